"""An index of one column: customers in order of value, and the packed set of the first of them at a few marks.

Whoever lies in a range of values is a stretch of that order: the set at the nearest mark, with the customers between
mark and end turned over. That takes a fraction of a millisecond for ten million customers, whatever the range, where
comparing every value takes ten.
"""

import bisect
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numba import njit
from numpy.typing import NDArray

from liuke.insight.segments.count import bits
from liuke.insight.segments.count.bits import Bits
from liuke.insight.segments.count.columns import Typed
from liuke.insight.segments.count.plan import Ranges

#: Stretches between marks: with 16, at most one thirty-second of the customers is turned over.
STRETCHES: Final = 16
#: Rows compared at a time without an index; a piece of a column fits the processor's cache.
_PIECE: Final = 1 << 18


@dataclass(frozen=True, slots=True, eq=False)
class Index:
    """``order``: ``(n,)`` customer numbers by value; ``marks``: places in it; ``sets``: who comes before each mark."""

    order: NDArray[np.uint32]
    marks: NDArray[np.int64]
    sets: NDArray[np.uint64]

    def first(self, place: int) -> Bits:
        """The set of the first ``place`` customers of the order."""
        near = int(np.abs(self.marks - place).argmin())
        found: Bits = self.sets[near].copy()
        start, stop = sorted((int(self.marks[near]), place))
        _turn(found, self.order, start, stop)
        return found


def build(column: Typed) -> Index:
    """The index of a column of numbers, dates or words."""
    valid = bits.numbers(column.valid)
    order = valid[np.argsort(column.values[valid], kind="stable")].astype(np.uint32)
    marks = np.linspace(0, len(order), STRETCHES + 1).astype(np.int64)
    sets = np.zeros((STRETCHES + 1, len(column.valid)), dtype=np.uint64)
    for number in range(1, STRETCHES + 1):
        sets[number] = sets[number - 1]
        _turn(sets[number], order, int(marks[number - 1]), int(marks[number]))
    return Index(order, marks, sets)


def found_in(index: Index, values: NDArray[Any], ranges: Ranges) -> Bits:
    """Customers whose value lies in the ranges."""
    total: Bits | None = None
    for low, high in ranges:
        start = 0 if low is None else _place(index, values, low)
        stop = len(index.order) if high is None else _place(index, values, high + 1)
        if start >= stop:
            continue
        piece = index.first(stop)
        if start:
            piece ^= index.first(start)
        total = piece if total is None else total | piece
    return np.zeros(index.sets.shape[1], dtype=np.uint64) if total is None else total


def _place(index: Index, values: NDArray[Any], least: int) -> int:
    """How many customers come before the first whose value is at least ``least``."""
    order = index.order
    return bisect.bisect_left(range(len(order)), least, key=lambda place: int(values[order[place]]))


def compared(column: Typed, ranges: Ranges) -> Bits:
    """Customers whose value lies in the ranges, by looking at every value."""
    values = column.values
    mask = np.zeros(len(values), dtype=np.bool_)
    low_bound, high_bound = np.iinfo(values.dtype).min, np.iinfo(values.dtype).max
    for low, high in ranges:
        if (low is not None and low > high_bound) or (high is not None and high < low_bound):
            continue
        for start in range(0, len(values), _PIECE):
            piece, found = values[start : start + _PIECE], mask[start : start + _PIECE]
            found |= _inside(piece, low, high, low_bound)
    return bits.packed(mask) & column.valid


def _inside(values: NDArray[Any], low: int | None, high: int | None, least: int) -> NDArray[np.bool_]:
    kind, most = values.dtype.type, np.iinfo(values.dtype).max
    found = np.ones(len(values), dtype=np.bool_)
    if low is not None and low > least:
        found &= values >= kind(low)
    if high is not None and high < most:
        found &= values <= kind(high)
    return found


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _turn(found: Bits, order: NDArray[np.uint32], start: int, stop: int) -> None:
    """Turn over the bits of a stretch of customers."""
    for place in range(start, stop):
        number = order[place]
        found[number >> 6] ^= np.uint64(1) << np.uint64(number & 63)
