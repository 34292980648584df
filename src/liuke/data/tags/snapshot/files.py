"""The files of a snapshot while threads write them, each a stretch of customers at a time and in any order."""

import os
import threading
from pathlib import Path
from typing import Any, Final

import numpy as np
from numba import njit

from liuke.data.tags.model import Kind
from liuke.data.tags.snapshot.model import Flags, Values, packed_length

_WORDS: Final = (np.dtype(np.uint8),)
_NUMBERS: Final = tuple(np.dtype(one) for one in (np.int8, np.int16, np.int32, np.int64))


class BitsFile:
    """Packed flags, little bit order. There is no file until a flag is set."""

    def __init__(self, path: Path) -> None:
        self.path = str(path)
        self.count = 0
        self._lock = threading.Lock()

    def put(self, begin: int, flags: Flags) -> None:
        """The flags of customers from ``begin`` on, a multiple of eight; a stretch comes once."""
        found = int(np.count_nonzero(flags))
        if found:
            _write(self.path, np.packbits(flags, bitorder="little"), begin >> 3)
            with self._lock:
                self.count += found

    def finish(self, size: int) -> None:
        """Give the file the length of so many customers."""
        _cut(self.path, packed_length(size))


class NumbersFile:
    """Whole numbers in the narrowest column that holds them all.

    A stretch is written as wide as any before it; those that were written narrower are put right in the end.
    """

    def __init__(self, path: Path, kind: Kind = Kind.COUNT) -> None:
        self.path = str(path)
        #: Numbers other than 0.
        self.count = 0
        self._dtypes: tuple[np.dtype[Any], ...] = _WORDS if kind is Kind.WORD else _NUMBERS
        self.dtype = self._dtypes[0]
        self._stretches: dict[np.dtype[Any], list[tuple[int, int]]] = {}
        self._lock = threading.Lock()

    def put(self, begin: int, values: Values, gone: Flags) -> None:
        """The numbers of customers from ``begin`` on, 0 for those ``gone``; a stretch comes once.

        Raises: OverflowError for a number the widest column of the kind does not hold.
        """
        told = np.ascontiguousarray(values, np.int64)
        if not told.flags.writeable:  # the loop is compiled for arrays that are
            told = told.copy()
        out = np.empty(len(told), self.dtype)
        low, high, count = _store(told, gone, out)
        with self._lock:
            self.dtype = max(self.dtype, self._fitting(low, high), key=lambda one: one.itemsize)
            self.count += count
            dtype = self.dtype
            self._stretches.setdefault(dtype, []).append((begin, len(told)))
        if out.dtype != dtype:
            out = np.empty(len(told), dtype)
            _store(told, gone, out)
        _write(self._file(dtype), out, begin * dtype.itemsize)

    def finish(self, size: int) -> None:
        """Make it one file of the length of so many customers."""
        for dtype, stretches in self._stretches.items():
            if dtype != self.dtype:
                self._widen(dtype, stretches)
        if self._stretches:
            Path(self._file(self.dtype)).rename(self.path)
        _cut(self.path, size * self.dtype.itemsize)

    def _widen(self, dtype: np.dtype[Any], stretches: list[tuple[int, int]]) -> None:
        narrow = self._file(dtype)
        for begin, length in stretches:
            values = np.fromfile(narrow, dtype, length, offset=begin * dtype.itemsize)
            _write(self._file(self.dtype), values.astype(self.dtype), begin * self.dtype.itemsize)
        Path(narrow).unlink()

    def _file(self, dtype: np.dtype[Any]) -> str:
        return f"{self.path}.{dtype.str[1:]}"

    def _fitting(self, low: int, high: int) -> np.dtype[Any]:
        for dtype in self._dtypes:
            if np.iinfo(dtype).min <= low and high <= np.iinfo(dtype).max:
                return dtype
        raise OverflowError(f"{low}..{high}")


@njit(nogil=True, cache=True)  # type: ignore[untyped-decorator]
def _store(values: Any, gone: Any, out: Any) -> Any:  # noqa: ANN401  (compiled for its arrays)
    """Copy (n,) numbers, 0 where gone, into a narrower array; the least, the greatest and how many are not 0."""
    low, high, count = np.int64(0), np.int64(0), 0
    for at in range(len(values)):
        value = np.int64(0) if gone[at] else values[at]
        low = min(low, value)
        high = max(high, value)
        count += value != 0
        out[at] = value
    return low, high, count


def _write(path: str, values: Values, offset: int) -> None:
    """Write an array's bytes at a place of a file."""
    told: memoryview = values.view(np.uint8).data
    handle = os.open(path, os.O_WRONLY | os.O_CREAT, 0o600)
    try:
        while told:
            done = os.pwrite(handle, told, offset)
            told, offset = told[done:], offset + done
    finally:
        os.close(handle)


def _cut(path: str, length: int) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT, 0o600)
    try:
        os.ftruncate(handle, length)
    finally:
        os.close(handle)
