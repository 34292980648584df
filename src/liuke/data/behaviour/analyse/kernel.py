"""One pass over customers' events by time, compiled; every function takes a span of customers, so that cores share.

``step``: for each context the bits of the steps it is an event of; ``extra``: for each event the bits that remain after
conditions a context does not decide (empty: all remain); ``member``: 1 for customers that count (empty: all do).
"""

from typing import Any

import numpy as np
import numpy.typing as npt
from numba import njit

I16 = npt.NDArray[np.int16]
I32 = npt.NDArray[np.int32]
I64 = npt.NDArray[np.int64]
U32 = npt.NDArray[np.uint32]
U8 = npt.NDArray[np.uint8]
Bools = npt.NDArray[np.bool_]

MINUTE = 60_000
#: A session without a mark ends after half an hour of silence.
_SILENCE = 30 * MINUTE


@njit(cache=True, nogil=True, inline="always")  # type: ignore[untyped-decorator]
def _bits(step: U32, extra: U32, context: I32, at: int) -> Any:  # noqa: ANN401
    bits = step[context[at]]
    return bits & extra[at] if len(extra) else bits


@njit(cache=True, nogil=True, inline="always")  # type: ignore[untyped-decorator]
def _counts(member: U8, who: int) -> bool:
    return len(member) == 0 or (who < len(member) and member[who] == 1)


@njit(cache=True, nogil=True)
def trend(start, time, context, step, extra, member, lo, hi, begin, end, bucket_of, group, steps, groups, buckets):  # type: ignore[no-untyped-def]
    """(times, customers, whole): events and customers by step, group and bucket; customers by step and group."""
    times = np.zeros((steps, groups, buckets), np.int64)
    customers = np.zeros((steps, groups, buckets), np.int64)
    whole = np.zeros((steps, groups), np.int64)
    last = np.full((steps, groups), -1, np.int64)
    for who in range(lo, hi):
        if not _counts(member, who):
            continue
        for at in range(start[who], start[who + 1]):
            if time[at] < begin:
                continue
            if time[at] >= end:
                break
            bits = _bits(step, extra, context, at)
            if bits == 0:
                continue
            bucket = bucket_of[(time[at] - begin) // 86_400_000]
            g = group[context[at]]
            for s in range(steps):
                if (bits >> np.uint32(s)) & np.uint32(1):
                    times[s, g, bucket] += 1
                    mark = who * buckets + bucket
                    if last[s, g] != mark:
                        customers[s, g, bucket] += 1
                        if last[s, g] < who * buckets:
                            whole[s, g] += 1
                        last[s, g] = mark
    return times, customers, whole


@njit(cache=True, nogil=True)
def funnel(start, time, context, step, extra, member, lo, hi, begin, end, steps, window):  # type: ignore[no-untyped-def]
    """(reached, minutes): customers that came to each step in order, and in how many minutes from the first.

    A later step must be later by the clock. Of all ways to a step the one that began last is kept: whatever follows
    within the window of an earlier beginning follows within its window too.
    """
    reached = np.zeros(steps, np.int64)
    minutes = np.zeros((steps, window // 60_000 + 1), np.int64)
    best, fresh = np.empty(steps, np.int64), np.empty(steps, np.int64)
    for who in range(lo, hi):
        if not _counts(member, who):
            continue
        best[:], fresh[:] = -1, -1
        deepest, now = -1, np.int64(-1)
        for at in range(start[who], start[who + 1]):
            if time[at] < begin:
                continue
            if time[at] >= end:
                break
            bits = _bits(step, extra, context, at)
            if bits == 0:
                continue
            if time[at] != now:
                for s in range(steps):
                    best[s] = max(best[s], fresh[s])
                    fresh[s] = -1
                now = time[at]
            for s in range(steps):
                if not (bits >> np.uint32(s)) & np.uint32(1):
                    continue
                since = now if s == 0 else best[s - 1]
                if since >= 0 and now - since <= window:
                    fresh[s] = max(fresh[s], since)
                    if s == deepest + 1:
                        deepest = s
                        reached[s] += 1
                        minutes[s, (now - since) // 60_000] += 1
    return reached, minutes


@njit(cache=True, nogil=True)
def retention(start, time, context, step, extra, member, lo, hi, begin, end, last, bucket_of, cohorts, returns):  # type: ignore[no-untyped-def]
    """(cohorts, returns + 1): customers by the bucket of their first event of step 0 and by how many buckets later they
    did step 1; column 0 counts the cohort. Returns are seen until ``last``."""
    table = np.zeros((cohorts, returns + 1), np.int64)
    seen = np.full(returns + 1, -1, np.int64)
    for who in range(lo, hi):
        if not _counts(member, who):
            continue
        cohort = -1
        for at in range(start[who], start[who + 1]):
            if time[at] < begin:
                continue
            if time[at] >= last:
                break
            bits = _bits(step, extra, context, at)
            if bits == 0:
                continue
            bucket = bucket_of[(time[at] - begin) // 86_400_000]
            if cohort < 0:
                if bits & np.uint32(1) and time[at] < end:
                    cohort = bucket
                    table[cohort, 0] += 1
            elif bits & np.uint32(2):
                later = bucket - cohort
                if 0 < later <= returns and seen[later] != who:
                    seen[later] = who
                    table[cohort, later] += 1
    return table


@njit(cache=True, nogil=True)
def path(start, time, context, session, step, extra, member, lo, hi, begin, end, node, nodes, depth):  # type: ignore[no-untyped-def]
    """(depth, nodes, nodes + 1): how often a session went from one page to the next, by how far after its first event
    of step 0; the last place is leaving. Staying on a page is no step."""
    flow = np.zeros((depth, nodes, nodes + 1), np.int64)
    for who in range(lo, hi):
        if not _counts(member, who):
            continue
        level, page, mark, before = -1, -1, np.int64(0), np.int64(0)
        fresh = True
        for at in range(start[who], start[who + 1]):
            if time[at] < begin:
                continue
            if time[at] >= end:
                break
            new = fresh or session[at] != mark or (mark == 0 and time[at] - before > _SILENCE)
            if new:
                if 0 <= level < depth:
                    flow[level, page, nodes] += 1
                level, page, fresh = -1, -1, False
            mark, before = session[at], time[at]
            here = node[context[at]]
            if here < 0:
                continue
            if level < 0:
                if _bits(step, extra, context, at):
                    level, page = 0, here
            elif here != page and level < depth:
                flow[level, page, here] += 1
                level, page = level + 1, here
        if 0 <= level < depth:
            flow[level, page, nodes] += 1
    return flow


@njit(cache=True, nogil=True)
def per_customer(start, time, context, step, extra, member, lo, hi, begin, end):  # type: ignore[no-untyped-def]
    """(times, last): for each customer of the span how often they did step 0, and when last (-1 never)."""
    times, last = np.zeros(hi - lo, np.int64), np.full(hi - lo, -1, np.int64)
    for who in range(lo, hi):
        if not _counts(member, who):
            continue
        for at in range(start[who], start[who + 1]):
            if time[at] < begin:
                continue
            if time[at] >= end:
                break
            if _bits(step, extra, context, at):
                times[who - lo] += 1
                last[who - lo] = time[at]
    return times, last


@njit(cache=True, nogil=True)
def interval(start, time, context, step, extra, member, lo, hi, begin, end, most):  # type: ignore[no-untyped-def]
    """(most + 1,) how many minutes went from step 0 to the next step 1; the last place holds all that are longer."""
    minutes = np.zeros(most + 1, np.int64)
    for who in range(lo, hi):
        if not _counts(member, who):
            continue
        since, now, fresh = np.int64(-1), np.int64(-1), np.int64(-1)
        for at in range(start[who], start[who + 1]):
            if time[at] < begin:
                continue
            if time[at] >= end:
                break
            bits = _bits(step, extra, context, at)
            if bits == 0:
                continue
            if time[at] != now:
                since, fresh, now = max(since, fresh), np.int64(-1), time[at]
            if bits & np.uint32(2) and since >= 0:
                minutes[min((now - since) // 60_000, most)] += 1
                since = np.int64(-1)
            if bits & np.uint32(1):
                fresh = now
    return minutes


@njit(cache=True, nogil=True)
def sessions(start, time, context, session, seconds, step, extra, member, lo, hi, begin, end, bucket_of, buckets):  # type: ignore[no-untyped-def]
    """(5, buckets): by the day a session begins: sessions, customers, events, seconds from first to last event with the
    stay on the last, sessions of a single event."""
    table = np.zeros((5, buckets), np.int64)
    seen = np.int64(-1)
    for who in range(lo, hi):
        if not _counts(member, who):
            continue
        bucket, first, last, count, mark = -1, np.int64(0), np.int64(0), 0, np.int64(0)
        for at in range(start[who], start[who + 1]):
            if time[at] < begin:
                continue
            if time[at] >= end:
                break
            if _bits(step, extra, context, at) == 0:
                continue
            if count == 0 or session[at] != mark or (mark == 0 and time[at] - last > _SILENCE):
                if count:
                    table[2, bucket] += count
                    table[3, bucket] += (last - first) // 1000
                    table[4, bucket] += count == 1
                bucket = bucket_of[(time[at] - begin) // 86_400_000]
                table[0, bucket] += 1
                if seen != who * buckets + bucket:
                    table[1, bucket] += 1
                    seen = who * buckets + bucket
                first, count, mark = time[at], 0, session[at]
            count += 1
            last = (
                max(last, time[at] + max(seconds[at], 0) * 1000) if count > 1 else time[at] + max(seconds[at], 0) * 1000
            )
        if count:
            table[2, bucket] += count
            table[3, bucket] += (last - first) // 1000
            table[4, bucket] += count == 1
    return table


@njit(cache=True, nogil=True)
def hours(start, time, context, step, extra, member, lo, hi, begin, end):  # type: ignore[no-untyped-def]
    """(2, 7, 24): events and customers by weekday (Monday 0) and hour in Shanghai."""
    table = np.zeros((2, 7, 24), np.int64)
    seen = np.full((7, 24), -1, np.int64)
    for who in range(lo, hi):
        if not _counts(member, who):
            continue
        for at in range(start[who], start[who + 1]):
            if time[at] < begin:
                continue
            if time[at] >= end:
                break
            if _bits(step, extra, context, at) == 0:
                continue
            local = (time[at] + 28_800_000) // 3_600_000
            day, hour = (local // 24 + 3) % 7, local % 24
            table[0, day, hour] += 1
            if seen[day, hour] != who:
                seen[day, hour] = who
                table[1, day, hour] += 1
    return table
