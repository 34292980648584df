"""The files of a snapshot while threads write them, each a stretch of customers at a time and in any order."""

import os
import threading
from pathlib import Path
from typing import Any, Final

import numpy as np
from numba import njit

from liuke.data.tags.model import Kind
from liuke.data.tags.snapshot.model import Flags, Values, packed_length

_KINDS: Final[dict[Kind, tuple[Any, ...]]] = {Kind.WORD: (np.uint8,), Kind.DATE: (np.int32,)}
_NARROW: Final = (np.int16, np.int32, np.int64)


class BitsFile:
    """Packed flags, little bit order. There is no file until a flag is set."""

    def __init__(self, path: Path) -> None:
        self.path = path
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
    """Whole numbers in the narrowest column that holds them all: what does not fit makes it wider."""

    def __init__(self, path: Path, kind: Kind = Kind.COUNT) -> None:
        self.path = path
        #: Numbers other than 0.
        self.count = 0
        self._dtypes = _KINDS.get(kind, _NARROW)
        self._lock = threading.Lock()
        self.dtype = np.dtype(self._dtypes[0])

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
            self._hold(low, high)
            if out.dtype != self.dtype:
                out = np.empty(len(told), self.dtype)
                _store(told, gone, out)
            self.count += count
            _write(self.path, out, begin * self.dtype.itemsize)

    def finish(self, size: int) -> None:
        """Give the file the length of so many customers."""
        _cut(self.path, size * self.dtype.itemsize)

    def _hold(self, low: int, high: int) -> None:
        """Be wide enough for numbers between two."""
        for dtype in self._dtypes:
            if np.iinfo(dtype).min <= low and high <= np.iinfo(dtype).max:
                break
        else:
            raise OverflowError(f"{low}..{high}")
        wanted = np.dtype(dtype)
        if wanted.itemsize > self.dtype.itemsize:
            if self.path.exists():
                _write(self.path, np.fromfile(self.path, self.dtype).astype(wanted), 0)
            self.dtype = wanted


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


def _write(path: Path, values: Values, offset: int) -> None:
    """Write an array's bytes at a place of a file."""
    told: memoryview = values.view(np.uint8).data
    handle = os.open(path, os.O_WRONLY | os.O_CREAT, 0o600)
    try:
        while told:
            done = os.pwrite(handle, told, offset)
            told, offset = told[done:], offset + done
    finally:
        os.close(handle)


def _cut(path: Path, length: int) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT, 0o600)
    try:
        os.ftruncate(handle, length)
    finally:
        os.close(handle)


def flush(path: Path) -> None:
    """See what was written of a file, or of a folder's names, on disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
