"""Stable customer numbers: which number each cluster keeps, and which clusters get a new one."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from numba import njit

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Assigned:
    """one_ids: (n,) number of each record.  last: the highest number ever given."""

    one_ids: Ints
    last: int


def assign(labels: Ints, *, previous: Ints, since: Ints, last: int) -> Assigned:
    """Give every cluster one number.

    A number stays with the cluster that holds most of its former members; between equals with the longest-standing
    members, then with the cluster first in order. A cluster left without a number gets ``last`` + 1, + 2, …; a number
    is never given twice, so an unchanged rerun changes nothing and a merge frees a number for good.

    labels: (n,) cluster of each record, as from `cluster`.  previous: (n,) former number, 0 for a new record.
    since: (n,) when the former number was given (any ascending unit).  last: highest number ever given, ≥ 0.
    """
    known = np.flatnonzero(previous > 0)
    claims = _claims(labels[known], previous[known], since[known])
    owner = _settle(*claims, int(labels.max(initial=0)) + 1, max(last, int(previous.max(initial=0))) + 1)
    last = max(last, int(previous.max(initial=0)))
    roots = np.unique(labels)
    bare = roots[owner[roots] == 0]
    owner[bare] = np.arange(last + 1, last + 1 + len(bare))
    return Assigned(owner[labels], last + len(bare))


def _claims(labels: Ints, previous: Ints, since: Ints) -> tuple[Ints, Ints]:
    """(cluster, number) claims in the order in which they are granted."""
    order = np.lexsort((since, previous, labels))
    cluster, number, age = labels[order], previous[order], since[order]
    starts = np.flatnonzero(np.r_[True, (cluster[1:] != cluster[:-1]) | (number[1:] != number[:-1])][: len(cluster)])
    members = np.diff(np.r_[starts, len(cluster)])
    rank = np.lexsort((cluster[starts], number[starts], age[starts], -members))
    return cluster[starts][rank], number[starts][rank]


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _settle(clusters: Ints, numbers: Ints, cluster_count: int, number_count: int) -> Ints:
    owner = np.zeros(cluster_count, np.int64)
    taken = np.zeros(number_count, np.bool_)
    for i in range(len(clusters)):
        if owner[clusters[i]] == 0 and not taken[numbers[i]]:
            owner[clusters[i]] = numbers[i]
            taken[numbers[i]] = True
    return owner
