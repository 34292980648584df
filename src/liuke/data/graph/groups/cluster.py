"""Groups out of pairs: the surest pairs first, never against a person's word, never beyond what a group can be."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from numba import njit

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

#: Largest family: four grandparents, parents, children and their partners under one budget; larger is a dormitory.
#: Largest enterprise: a group of firms with its owners. People may go beyond, up to MOST.
CAP: Final = {"family": 12, "enterprise": 30}
MOST: Final = 50


@dataclass(frozen=True, slots=True)
class Clusters:
    """labels: (n,) place of the first member of each one's group.  joined: (e,) the pairs that joined two parts."""

    labels: Ints
    joined: npt.NDArray[np.bool_]


def cluster(
    left: Ints,
    right: Ints,
    weight: Floats,
    *,
    count: int,
    cap: int,
    must: Ints | None = None,
    cannot: Ints | None = None,
) -> Clusters:
    """Join ``count`` parties along pairs in descending weight (ties: by place), up to ``cap`` in a group.

    ``must`` (m, 2): pairs people joined, taken first and up to MOST.  ``cannot`` (c, 2): pairs people parted, never
    in one group. left, right: (e,) places, 0 ≤ place < count.  weight: (e,) any order-preserving number.
    """
    must = np.empty((0, 2), np.int64) if must is None else must
    cannot = np.empty((0, 2), np.int64) if cannot is None else cannot
    order = np.lexsort((right, left, -weight))
    first = np.concatenate([must[:, 0], left[order]])
    second = np.concatenate([must[:, 1], right[order]])
    labels, taken = _join(first, second, len(must), count, cap, MOST, np.sort(cannot, axis=1))
    joined = np.zeros(len(left), np.bool_)
    joined[order] = taken[len(must) :]
    return Clusters(labels, joined)


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _join(
    first: Ints, second: Ints, sure: int, count: int, cap: int, most: int, cannot: Ints
) -> tuple[Ints, npt.NDArray[np.bool_]]:
    parent = np.arange(count)
    size = np.ones(count, np.int64)
    taken = np.zeros(len(first), np.bool_)
    # Only groups that hold a parted party need a look at the parted pairs, and those are few.
    parted = np.zeros(count, np.bool_)
    for i in range(len(cannot)):
        parted[cannot[i, 0]] = True
        parted[cannot[i, 1]] = True
    touched = parted.copy()
    for i in range(len(first)):
        a, b = first[i], second[i]
        while parent[a] != a:
            parent[a] = parent[parent[a]]
            a = parent[a]
        while parent[b] != b:
            parent[b] = parent[parent[b]]
            b = parent[b]
        if a == b or size[a] + size[b] > (most if i < sure else cap):
            continue
        if touched[a] and touched[b] and _apart(parent, cannot, a, b):
            continue
        low, high = min(a, b), max(a, b)
        parent[high] = low
        size[low] += size[high]
        touched[low] = touched[low] or touched[high]
        taken[i] = True
    for i in range(count):
        root = i
        while parent[root] != root:
            root = parent[root]
        parent[i] = root
    return parent, taken


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _apart(parent: Ints, cannot: Ints, a: int, b: int) -> bool:
    """Whether joining the groups of roots ``a`` and ``b`` would put a parted pair together."""
    for i in range(len(cannot)):
        x, y = cannot[i, 0], cannot[i, 1]
        while parent[x] != x:
            x = parent[x]
        while parent[y] != y:
            y = parent[y]
        if (x == a and y == b) or (x == b and y == a):
            return True
    return False
