"""Packed sets of customers: bit n of the set is the customer with number n, in 64-bit words, lowest bit first."""

from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

#: ``(words,)`` of uint64. Bits beyond the last customer are zero.
Bits: TypeAlias = NDArray[np.uint64]

WORD: Final = 64


def words(size: int) -> int:
    """How many words hold ``size`` customers."""
    return -(-size // WORD)


def empty(size: int) -> Bits:
    """The set of nobody."""
    return np.zeros(words(size), dtype=np.uint64)


def full(size: int) -> Bits:
    """The set of every number below ``size``."""
    found = np.full(words(size), np.uint64(0xFFFF_FFFF_FFFF_FFFF))
    if size % WORD:
        found[-1] = np.uint64((1 << size % WORD) - 1)
    return found


def packed(mask: NDArray[np.bool_]) -> Bits:
    """The set of a ``(size,)`` mask."""
    return widened(np.packbits(mask, bitorder="little"), len(mask))


def widened(octets: NDArray[np.uint8], size: int) -> Bits:
    """A set from bytes as `numpy.packbits` writes them (``bitorder="little"``); copies, and clears what lies beyond."""
    found = np.zeros(words(size), dtype=np.uint64)
    wanted = -(-size // 8)
    found.view(np.uint8)[:wanted] = octets[:wanted]
    if size % WORD:
        found[-1] &= np.uint64((1 << size % WORD) - 1)
    return found


def of(one_ids: NDArray[np.integer], size: int) -> Bits:
    """The set of these numbers; those of ``size`` and beyond are left out."""
    mask = np.zeros(words(size) * WORD, dtype=np.bool_)
    mask[one_ids[one_ids < size]] = True
    return np.packbits(mask, bitorder="little").view(np.uint64)


def numbers(bits: Bits) -> NDArray[np.int64]:
    """The numbers in a set, ascending."""
    octets = bits.view(np.uint8)
    if len(octets) == 0:
        return np.zeros(0, dtype=np.int64)
    return np.flatnonzero(np.unpackbits(octets, bitorder="little"))


def count(bits: Bits) -> int:
    """How many are in a set."""
    return int(np.bitwise_count(bits).sum(dtype=np.int64))


def count_both(left: Bits, right: Bits) -> int:
    """How many are in both sets."""
    return count(left & right)


def has(bits: Bits, number: int) -> bool:
    """Whether a number is in a set."""
    place = number // WORD
    return 0 <= place < len(bits) and bool(int(bits[place]) >> (number % WORD) & 1)


def has_each(bits: Bits, one_ids: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which of ``(n,)`` numbers are in a set."""
    octets = bits.view(np.uint8)
    inside = (one_ids >= 0) & (one_ids < len(octets) * 8)
    known = np.where(inside, one_ids, 0)
    if len(octets) == 0:
        return np.zeros(len(one_ids), dtype=np.bool_)
    found: NDArray[np.bool_] = inside & ((octets[known >> 3] >> (known & 7).astype(np.uint8)) & 1).astype(np.bool_)
    return found


def resized(bits: Bits, size: int) -> Bits:
    """The set among numbers below ``size``: longer with nobody new, or cut."""
    found = empty(size)
    kept = min(len(found), len(bits))
    found[:kept] = bits[:kept]
    if size % WORD:
        found[-1] &= np.uint64((1 << size % WORD) - 1)
    return found
