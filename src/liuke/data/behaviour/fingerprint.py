"""Texts by their fingerprint: 64 + 16 bits under a secret of this process, so that nobody can make two ids meet.

Two different ids are taken for one with probability n / 2^80 among n known ids: once in about ten thousand years at
500 million events a day. Tables cost 10 bytes a place at a load of at most three quarters.
"""

import secrets
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from numba import njit

U64 = npt.NDArray[np.uint64]
U16 = npt.NDArray[np.uint16]
I32 = npt.NDArray[np.int32]
Bools = npt.NDArray[np.bool_]

_LOAD: Final = 0.75
_SMALLEST: Final = 1024


@dataclass(frozen=True, slots=True)
class Fingerprints:
    """Of n texts: the two parts, and whether each is a plain identifier (1–64 visible ASCII characters)."""

    one: U64
    two: U16
    plain: Bools

    def take(self, rows: npt.NDArray[np.intp] | Bools) -> "Fingerprints":
        """Those of some rows."""
        return Fingerprints(self.one[rows], self.two[rows], self.plain[rows])


def new_secret() -> np.uint64:
    """A secret for one process."""
    return np.uint64(secrets.randbits(64) | 1)


def of(texts: pa.Array | pa.ChunkedArray, secret: np.uint64) -> Fingerprints:
    """The fingerprints of texts; null counts as empty. texts: (n,) string."""
    whole = texts.combine_chunks() if isinstance(texts, pa.ChunkedArray) else texts
    column = pc.cast(whole, pa.large_string())
    _, offsets, data = column.buffers()
    starts = np.frombuffer(offsets, dtype=np.int64)[column.offset : column.offset + len(column) + 1]
    octets = np.frombuffer(data, dtype=np.uint8) if data is not None and data.size else np.zeros(1, np.uint8)
    return Fingerprints(*_scan(octets, starts, secret))


def of_numbers(keys: U64) -> Fingerprints:
    """The fingerprints of numbers below 2^64 that are different exactly when the numbers are."""
    return Fingerprints(_bijection(keys), np.zeros(len(keys), np.uint16), np.ones(len(keys), np.bool_))


class Seen:
    """A growing set of fingerprints that says which of a batch are new."""

    def __init__(self) -> None:
        self._one = np.zeros(_SMALLEST, np.uint64)
        self._two = np.zeros(_SMALLEST, np.uint16)
        self.count = 0

    def add(self, ids: Fingerprints) -> Bools:
        """Put them in; (n,) True where one was not there before, also not earlier in the batch."""
        need = self.count + len(ids.one)
        if need > len(self._one) * _LOAD:
            size = _room(need)
            one, two = np.zeros(size, np.uint64), np.zeros(size, np.uint16)
            _regrow(self._one, self._two, one, two)
            self._one, self._two = one, two
        fresh: Bools = _add(self._one, self._two, ids.one, ids.two)
        self.count += int(fresh.sum())
        return fresh

    def holds(self, ids: Fingerprints) -> Bools:
        """(n,) whether each is there."""
        found: Bools = _holds(self._one, self._two, ids.one, ids.two)
        return found


class Numbers:
    """A map from fingerprints to positive numbers, made once."""

    def __init__(self, ids: Fingerprints, numbers: I32) -> None:
        size = _room(len(ids.one))
        self._one, self._two = np.zeros(size, np.uint64), np.zeros(size, np.uint16)
        self._numbers = np.zeros(size, np.int32)
        _put(self._one, self._two, self._numbers, ids.one, ids.two, numbers)

    def find(self, ids: Fingerprints) -> I32:
        """(n,) the number of each; 0 where there is none."""
        found: I32 = _find(self._one, self._two, self._numbers, ids.one, ids.two)
        return found


def _room(count: int) -> int:
    """A power of two with room for ``count`` at the load, and to grow a little."""
    size = _SMALLEST
    while size * _LOAD < count * 1.2:
        size *= 2
    return size


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _mix(key: np.uint64) -> np.uint64:
    key = (key ^ (key >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    key = (key ^ (key >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return key ^ (key >> np.uint64(31))


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _bijection(keys: U64) -> U64:
    out = np.empty_like(keys)
    for i in range(len(keys)):
        out[i] = _mix(keys[i] + np.uint64(1))
    return out


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _scan(octets: npt.NDArray[np.uint8], starts: npt.NDArray[np.int64], secret: np.uint64):  # type: ignore[no-untyped-def]  # noqa: ANN202
    count = len(starts) - 1
    one, two, plain = np.empty(count, np.uint64), np.empty(count, np.uint16), np.empty(count, np.bool_)
    for i in range(count):
        size = starts[i + 1] - starts[i]
        a = secret ^ np.uint64(size)
        b = _mix(secret + np.uint64(0x9E3779B97F4A7C15))
        fine = 1 <= size <= 64
        word, held = np.uint64(0), 0
        for at in range(starts[i], starts[i + 1]):
            octet = octets[at]
            fine = fine and 0x21 <= octet <= 0x7E
            word = (word << np.uint64(8)) | np.uint64(octet)
            held += 1
            if held == 8:
                a = _mix(a ^ word) + secret
                b = (b ^ word) * np.uint64(0x9FB21C651E98DF25)
                b ^= b >> np.uint64(29)
                word, held = np.uint64(0), 0
        a = _mix(a ^ word)
        b = _mix(b ^ (word * np.uint64(0xD6E8FEB86659FD93)) ^ np.uint64(size))
        one[i] = a if a != 0 else np.uint64(1)  # 0 marks an empty place
        two[i] = np.uint16(b >> np.uint64(48))
        plain[i] = fine
    return one, two, plain


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _place(table: U64, beside: U16, one: np.uint64, two: np.uint16) -> int:
    """Where it is, or the empty place where it belongs."""
    mask = np.uint64(len(table) - 1)
    at = one & mask
    while table[at] != 0 and not (table[at] == one and beside[at] == two):
        at = (at + np.uint64(1)) & mask
    return np.int64(at)  # type: ignore[return-value]


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _add(table: U64, beside: U16, one: U64, two: U16) -> Bools:
    fresh = np.zeros(len(one), np.bool_)
    for i in range(len(one)):
        at = _place(table, beside, one[i], two[i])
        if table[at] == 0:
            table[at], beside[at], fresh[i] = one[i], two[i], True
    return fresh


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _holds(table: U64, beside: U16, one: U64, two: U16) -> Bools:
    found = np.zeros(len(one), np.bool_)
    for i in range(len(one)):
        found[i] = table[_place(table, beside, one[i], two[i])] != 0
    return found


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _regrow(table: U64, beside: U16, new_table: U64, new_beside: U16) -> None:
    for i in range(len(table)):
        if table[i] != 0:
            at = _place(new_table, new_beside, table[i], beside[i])
            new_table[at], new_beside[at] = table[i], beside[i]


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _put(table: U64, beside: U16, numbers: I32, one: U64, two: U16, values: I32) -> None:
    for i in range(len(one)):
        at = _place(table, beside, one[i], two[i])
        table[at], beside[at], numbers[at] = one[i], two[i], values[i]


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _find(table: U64, beside: U16, numbers: I32, one: U64, two: U16) -> I32:
    found = np.zeros(len(one), np.int32)
    for i in range(len(one)):
        at = _place(table, beside, one[i], two[i])
        if table[at] != 0:
            found[i] = numbers[at]
    return found
