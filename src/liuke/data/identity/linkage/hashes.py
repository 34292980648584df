"""64-bit keys of values, equal in every process and for one row as for five million."""

from functools import reduce
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from numba import njit

Keys = npt.NDArray[np.uint64]

_GOLDEN: Final = np.uint64(0x9E3779B97F4A7C15)
_ONE: Final = np.uint64(0xBF58476D1CE4E5B9)
_TWO: Final = np.uint64(0x94D049BB133111EB)


def of_text(values: pa.Array) -> Keys:
    """Key of each text, 0 for null: FNV-1a over the UTF-8 bytes, then mixed. values: (n,) string."""
    plain = pc.cast(values.combine_chunks() if isinstance(values, pa.ChunkedArray) else values, pa.large_string())
    _, offsets, data = plain.buffers()
    starts = np.frombuffer(offsets, dtype=np.int64)[plain.offset : plain.offset + len(plain) + 1]
    octets = np.frombuffer(data, dtype=np.uint8) if data is not None else np.zeros(1, np.uint8)
    keys: Keys = mixed(_fnv(octets, starts))
    keys[pc.is_null(plain).to_numpy(zero_copy_only=False)] = 0
    return keys


def of_number(values: pa.Array) -> Keys:
    """Key of each integer, 0 for null."""
    keys: Keys = mixed(pc.fill_null(pc.cast(values, pa.int64()), 0).to_numpy(zero_copy_only=False).astype(np.uint64))
    keys[pc.is_null(values).to_numpy(zero_copy_only=False)] = 0
    return keys


def together(*parts: Keys) -> Keys:
    """Key of several keys side by side; 0 where any part is missing."""
    return reduce(_beside, parts)


def mixed(keys: Keys) -> Keys:
    """Spread the bits of a key. Source: Steele, Lea & Flood 2014, SplitMix64."""
    return np.asarray(_mixed(keys), dtype=np.uint64)


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _spread(key: np.uint64) -> np.uint64:
    key = key + _GOLDEN
    key = (key ^ (key >> np.uint64(30))) * _ONE
    key = (key ^ (key >> np.uint64(27))) * _TWO
    return key ^ (key >> np.uint64(31))


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _mixed(keys: Keys) -> Keys:
    out = np.empty_like(keys)
    for i in range(len(keys)):
        out[i] = _spread(keys[i])
    return out


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _beside(first: Keys, second: Keys) -> Keys:
    out = np.zeros_like(first)
    for i in range(len(first)):
        if first[i] != 0 and second[i] != 0:
            out[i] = _spread((first[i] << np.uint64(1)) ^ (first[i] >> np.uint64(63)) ^ second[i])
    return out


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _fnv(octets: npt.NDArray[np.uint8], starts: npt.NDArray[np.int64]) -> Keys:
    out = np.empty(len(starts) - 1, dtype=np.uint64)
    for i in range(len(out)):
        key = np.uint64(14695981039346656037)
        for j in range(starts[i], starts[i + 1]):
            key = (key ^ np.uint64(octets[j])) * np.uint64(1099511628211)
        out[i] = key
    return out
