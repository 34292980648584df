"""Loops over customers' events, compiled. Events of a customer lie together, by time; fresh ones are a chain, newest
first, so that what came late finds its place without moving others."""

import numpy as np
import numpy.typing as npt
from numba import njit

I32 = npt.NDArray[np.int32]
I64 = npt.NDArray[np.int64]
U8 = npt.NDArray[np.uint8]


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def chain(head: I32, before: I32, time: I64, one_id: I32, first: int) -> None:
    """Put new events into their customers' chains. They stand from ``first`` on, by customer and time."""
    end = first + len(one_id)
    last = end - 1
    while last >= first:
        who = one_id[last - first]
        newer, at = -1, head[who]
        while last >= first and one_id[last - first] == who:
            while at != -1 and time[at] > time[last]:
                newer, at = at, before[at]
            before[last] = at
            if newer == -1:
                head[who] = last
            else:
                before[newer] = last
            newer = last
            last -= 1


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def walk(head: int, before: I32, time: I64, after: int, until: int) -> I32:
    """Places of a chain's events with after < time <= until, oldest first."""
    count, at = 0, head
    while at != -1 and time[at] > after:
        count += time[at] <= until
        at = before[at]
    found = np.empty(count, np.int32)
    at = head
    while at != -1 and time[at] > after:
        if time[at] <= until:
            count -= 1
            found[count] = at
        at = before[at]
    return found


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def sort_by_customer(one_id: I32, time: I64, size: int) -> tuple[I64, I64]:
    """(start, order): where each customer's events begin (size + 1 places) and the rows by customer and time."""
    start = np.zeros(size + 1, np.int64)
    for i in range(len(one_id)):
        start[one_id[i] + 1] += 1
    for who in range(size):
        start[who + 1] += start[who]
    at, order = start[:-1].copy(), np.empty(len(one_id), np.int64)
    for i in range(len(one_id)):
        order[at[one_id[i]]] = i
        at[one_id[i]] += 1
    for who in range(size):
        a, b = start[who], start[who + 1]
        if b - a > 1:
            rows = order[a:b]
            sorted_already = True
            for i in range(1, len(rows)):
                if time[rows[i]] < time[rows[i - 1]]:
                    sorted_already = False
                    break
            if not sorted_already:
                order[a:b] = rows[np.argsort(time[rows], kind="mergesort")]
    return start, order


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def merged_order(start: I64, time: I64, head: I32, before: I32, fresh_time: I64, since: int) -> tuple[I64, I64]:
    """(start, order) of stock and fresh events together; a fresh event at place p stands as -1 - p. Older than
    ``since`` are left out."""
    size = max(len(start) - 1, len(head))
    new_start = np.zeros(size + 1, np.int64)
    room = 0
    for who in range(len(start) - 1):
        room += start[who + 1] - start[who]
    order = np.empty(room + len(fresh_time), np.int64)
    out = 0
    for who in range(size):
        new_start[who] = out
        a = start[who] if who < len(start) - 1 else 0
        b = start[who + 1] if who < len(start) - 1 else 0
        while a < b and time[a] < since:
            a += 1
        first = out
        at = head[who] if who < len(head) else -1
        # Newest first from both, then turned round.
        while b > a or (at != -1 and fresh_time[at] >= since):
            if at != -1 and fresh_time[at] >= since and (b == a or fresh_time[at] >= time[b - 1]):
                order[out] = -1 - at
                at = before[at]
            else:
                b -= 1
                order[out] = b
            out += 1
        i, j = first, out - 1
        while i < j:
            order[i], order[j] = order[j], order[i]
            i += 1
            j -= 1
    new_start[size] = out
    return new_start, order[:out]


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def picked(order: I64, stock: npt.NDArray[np.int64], fresh: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Values of stock and fresh events in an order of `merged_order`."""
    out = np.empty(len(order), stock.dtype)
    for i in range(len(order)):
        out[i] = stock[order[i]] if order[i] >= 0 else fresh[-1 - order[i]]
    return out


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def stock_rows(start: I64, time: I64, context: I32, match: U8, after: int, until: int) -> tuple[I32, I64]:
    """(customer, place) of the stock's events with after < time <= until whose context matches."""
    count = 0
    for i in range(len(time)):
        count += after < time[i] <= until and match[context[i]] == 1
    who_of, place = np.empty(count, np.int32), np.empty(count, np.int64)
    out = 0
    for who in range(len(start) - 1):
        for i in range(start[who], start[who + 1]):
            if after < time[i] <= until and match[context[i]] == 1:
                who_of[out], place[out] = who, i
                out += 1
    return who_of, place


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def counted(one_id: I32, size: int) -> I64:
    """(size,) how often each customer stands in a list."""
    out = np.zeros(size, np.int64)
    for i in range(len(one_id)):
        out[one_id[i]] += 1
    return out


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def summed(one_id: I32, value: I64, size: int) -> I64:
    """(size,) the sum of each customer's values."""
    out = np.zeros(size, np.int64)
    for i in range(len(one_id)):
        out[one_id[i]] += value[i]
    return out


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def latest(one_id: I32, value: I64, size: int) -> I64:
    """(size,) the largest of each customer's values; -1 where there is none."""
    out = np.full(size, -1, np.int64)
    for i in range(len(one_id)):
        out[one_id[i]] = max(out[one_id[i]], value[i])
    return out
