"""The inner loop, compiled: for each row the measures its facets and its day belong to, added to its customer."""

from typing import Any, Final

import numpy as np
from numba import njit

from liuke.data.tags.engine.facts.model import NULL

COUNT: Final = 0
SUM: Final = 1
WEIGHTED: Final = 2
MAX: Final = 3
MIN: Final = 4
DAYS: Final = 5
FIRST: Final = 6
LAST: Final = 7
LATEST: Final = 8

#: What a least value starts from, and a greatest one.
HIGH: Final = np.iinfo(np.int64).max
LOW: Final = NULL
#: A row's value that is not there, as the projection writes it.
_ABSENT: Final = NULL + 1


@njit(nogil=True, cache=True, inline="always")  # type: ignore[untyped-decorator]
def _dated(now: int, op: int, day: int, code: int) -> int:
    """A day or a word of a day, with one more row."""
    if op == LAST:
        return max(now, day)
    if op == FIRST:
        return min(now, day)
    return max(now, day * 256 + code)


@njit(nogil=True, cache=True, inline="always")  # type: ignore[untyped-decorator]
def _valued(now: int, op: int, told: int, sign: int, offset: int) -> int:
    """A sum or an extreme, with one more row's value; ``offset`` days since the window began."""
    if op == SUM:
        return now + sign * told
    if op == WEIGHTED:
        return now + sign * told * offset
    return max(now, told) if op == MAX else min(now, told)


@njit(nogil=True, cache=True)  # type: ignore[untyped-decorator]
def add(
    ids: Any,  # noqa: ANN401  (numba compiles it for the arrays it is given)
    days: Any,  # noqa: ANN401
    facets: Any,  # noqa: ANN401
    values: Any,  # noqa: ANN401
    first_id: int,
    sign: int,
    classes: Any,  # noqa: ANN401
    facet_count: int,
    starts: Any,  # noqa: ANN401
    chosen: Any,  # noqa: ANN401
    ops: Any,  # noqa: ANN401
    slots: Any,  # noqa: ANN401
    firsts: Any,  # noqa: ANN401
    signed: Any,  # noqa: ANN401
    signs: Any,  # noqa: ANN401
    codes: Any,  # noqa: ANN401
    sums: Any,  # noqa: ANN401
) -> None:
    """Add (``sign`` 1) or take away (−1) rows.

    ids, days, facets: (n,) rows of one bucket, ``first_id`` its first number. values: (n,) of one value column, or one
    element when no measure here takes a value. classes: (65536,) class of each day. starts, chosen: for class c and
    facet f the measures ``chosen[starts[c * facet_count + f]:starts[… + 1]]``. ops, slots, firsts, signed: (m,) a
    measure's operation, first slot, first day of its window, whether its value takes the facet's sign. signs, codes:
    (facets,) and (m, facets). sums: (bucket, slots), changed in place.
    """
    valued = len(values) == len(ids)
    for row in range(len(ids)):
        day = np.int64(days[row])
        facet = np.int64(facets[row])
        place = np.int64(classes[day]) * facet_count + facet
        begin, end = starts[place], starts[place + 1]
        if begin == end:
            continue
        own = sums[np.int64(ids[row]) - first_id]
        value = np.int64(values[row]) if valued else np.int64(0)
        for at in range(begin, end):
            measure = chosen[at]
            op = ops[measure]
            slot = slots[measure]
            if op == COUNT:
                own[slot] += sign
            elif op == DAYS:
                offset = day - firsts[measure]
                own[slot + (offset >> 6)] |= np.int64(1) << (offset & 63)
            elif op > DAYS:
                own[slot] = _dated(own[slot], op, day, codes[measure, facet])
            elif value != _ABSENT:
                told = value * signs[facet] if signed[measure] else value
                own[slot] = _valued(own[slot], op, told, sign, day - firsts[measure])
