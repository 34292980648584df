"""Numbers of groups that last: a group keeps its number as long as most of its members stay together."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from numba import njit

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Numbered:
    """numbers: (n,) the group of each member.  fresh: how many new numbers were given."""

    numbers: Ints
    fresh: int


def number(labels: Ints, *, previous: Ints, last: int) -> Numbered:
    """Give every cluster a number: the old one most of its members had, else ``last`` + 1, + 2, …

    Between clusters that claim one number the one with more of its former members has it, then the first in order; a
    number is given once. labels: (n,) cluster of each member.  previous: (n,) former number, 0 for none.
    """
    roots, label = np.unique(labels, return_inverse=True)
    known = np.flatnonzero(previous > 0)
    olds, old = np.unique(previous[known], return_inverse=True)
    claims, votes = np.unique(label[known] * max(len(olds), 1) + old, return_counts=True)
    cluster, claimed = claims // max(len(olds), 1), claims % max(len(olds), 1)
    order = np.lexsort((cluster, claimed, -votes))
    owner = _grant(cluster[order], claimed[order], len(roots), len(olds))
    numbers = np.zeros(len(roots), np.int64)
    numbers[owner >= 0] = olds[owner[owner >= 0]]
    bare = np.flatnonzero(owner < 0)
    numbers[bare] = np.arange(last + 1, last + 1 + len(bare))
    return Numbered(numbers[label], len(bare))


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _grant(cluster: Ints, claimed: Ints, clusters: int, olds: int) -> Ints:
    owner = np.full(clusters, -1, np.int64)
    taken = np.zeros(olds, np.bool_)
    for i in range(len(cluster)):
        if owner[cluster[i]] < 0 and not taken[claimed[i]]:
            owner[cluster[i]] = claimed[i]
            taken[claimed[i]] = True
    return owner
