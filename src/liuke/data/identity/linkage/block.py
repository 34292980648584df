"""Which pairs are worth comparing: those that share a blocking key (分块规则)."""

from collections.abc import Mapping
from typing import Final

import numpy as np
import numpy.typing as npt
from numba import njit

from liuke.data.identity.linkage.hashes import Keys

Pairs = npt.NDArray[np.int64]
Indices = npt.NDArray[np.int64]

#: A key shared by more records than this singles nobody out (a placeholder, a branch's own phone) and is not used.
BUSIEST: Final = 64


def pairs(
    keys: Mapping[str, Keys],
    *,
    busiest: int = BUSIEST,
    crossed: tuple[str, str] | None = None,
    groups: npt.NDArray[np.int32] | None = None,
) -> Pairs:
    """Distinct candidate pairs, packed by `pack`, in ascending order.

    keys: name → (n,) key of each record, 0 where it has none.
    crossed: two keys whose values are also compared with each other (first and second phone).
    groups: (n,); when given, only records of different groups are paired.
    """
    found = [_within(_quiet(values, busiest)) for values in keys.values()]
    if crossed:
        found.append(_across(*(keys[name] for name in crossed), busiest=busiest))
    packed = np.unique(np.concatenate(found)) if found else np.empty(0, np.int64)
    if groups is None:
        return packed
    left, right = unpack(packed)
    return np.asarray(packed[groups[left] != groups[right]], dtype=np.int64)


def pack(left: Indices, right: Indices) -> Pairs:
    """Two record positions as one integer, smaller first."""
    return (np.minimum(left, right).astype(np.int64) << 32) | np.maximum(left, right)


def unpack(packed: Pairs) -> tuple[Indices, Indices]:
    """The smaller and the larger record position of each pair."""
    return packed >> 32, packed & 0xFFFFFFFF


def _quiet(values: Keys, busiest: int) -> tuple[Indices, Indices]:
    """Record positions ordered by key, and where each key's run starts; empty, lonely and busy keys are left out."""
    filled = np.flatnonzero(values)
    order = filled[np.argsort(values[filled])]
    ordered = values[order]
    starts = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]]) if len(ordered) else np.empty(0, np.int64)
    sizes = np.diff(np.r_[starts, len(ordered)])
    kept = (sizes > 1) & (sizes <= busiest)
    bounds = np.stack([starts[kept], starts[kept] + sizes[kept]], axis=1).astype(np.int64)
    return order.astype(np.int64), bounds


def _within(runs: tuple[Indices, Indices]) -> Pairs:
    order, bounds = runs
    sizes = bounds[:, 1] - bounds[:, 0]
    total = int((sizes * (sizes - 1) // 2).sum())
    return np.asarray(_emit(order, bounds, total))


def _across(first: Keys, second: Keys, *, busiest: int) -> Pairs:
    """Pairs in which the first key of one record equals the second key of another."""
    count = len(first)
    order, bounds = _quiet(np.concatenate([first, second]), busiest)
    found = _within((order, bounds))
    left, right = unpack(found)
    mixed = found[(left < count) & (right >= count)]
    left, right = unpack(mixed)
    right = right - count
    return np.asarray(pack(left, right)[left != right], dtype=np.int64)


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _emit(order: Indices, bounds: Indices, total: int) -> Pairs:
    out = np.empty(total, dtype=np.int64)
    at = 0
    for run in range(len(bounds)):
        for i in range(bounds[run, 0], bounds[run, 1]):
            for j in range(i + 1, bounds[run, 1]):
                a, b = order[i], order[j]
                out[at] = (min(a, b) << 32) | max(a, b)
                at += 1
    return out
