"""Clusters of records that are one party: the strongest edges first, and never against a hard contradiction."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from numba import njit

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

#: Why an edge was not followed.
JOINED: Final = 0
ALREADY: Final = 1
TWO_IDS: Final = 2
FORBIDDEN: Final = 3
OTHER_BIRTH: Final = 4
OTHER_GENDER: Final = 5
SAME_GROUP: Final = 6


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of each record and may contradict a join; all arrays (n,), 0 means unknown.

    document: key of a valid identity number.  birth: yyyymmdd.  gender: 1 or 2.
    group: records of one group are never joined (one source that holds each party once).
    """

    document: Ints
    birth: Ints
    gender: Ints
    group: Ints

    @classmethod
    def nothing(cls, count: int) -> "Facts":
        """No facts: every edge may be followed."""
        empty = np.zeros(count, np.int64)
        return cls(empty, empty, empty, empty)


@dataclass(frozen=True, slots=True)
class Clusters:
    """labels: (n,) position of each record's first cluster member.  fate: (e,) what became of each edge."""

    labels: Ints
    fate: npt.NDArray[np.int8]


def cluster(
    left: Ints,
    right: Ints,
    weight: npt.NDArray[np.float64],
    *,
    facts: Facts,
    proven: Flags | None = None,
    must: Ints | None = None,
    cannot: Ints | None = None,
) -> Clusters:
    """Join records along edges in descending weight (ties: by position), unless the join would contradict a fact.

    Two clusters that hold different valid identity numbers are never joined, whoever asks. Different birth dates or
    genders stop a join unless the edge is ``proven`` (the identity number itself agrees). People decide: ``must``
    (m, 2) pairs are joined first, ``cannot`` (c, 2) pairs never end up together.

    left, right: (e,) record positions.  weight: (e,) match weight, log2 odds.  Returns labels (n,) and edge fates (e,).
    """
    count = len(facts.document)
    must = np.empty((0, 2), np.int64) if must is None else must.astype(np.int64)
    cannot = np.empty((0, 2), np.int64) if cannot is None else cannot.astype(np.int64)
    proven = np.zeros(len(left), np.bool_) if proven is None else proven
    order = np.lexsort((right, left, -weight))
    first = np.concatenate([must[:, 0], left[order].astype(np.int64)])
    second = np.concatenate([must[:, 1], right[order].astype(np.int64)])
    sure = np.concatenate([np.ones(len(must), np.bool_), proven[order]])
    heads, chain, partner = _forbidden(cannot, count)
    table = np.stack([facts.document, facts.birth, facts.gender], axis=1)
    labels, fate = _join(first, second, sure, table, facts.group, heads, chain, partner)
    placed = np.empty(len(left), np.int8)
    placed[order] = fate[len(must) :]
    return Clusters(labels, placed)


def _forbidden(cannot: Ints, count: int) -> tuple[Ints, Ints, Ints]:
    """Each record's forbidden partners as a linked list: head per record, next and partner per entry."""
    both = np.concatenate([cannot, cannot[:, ::-1]])
    heads = np.full(count, -1, np.int64)
    chain = np.full(len(both), -1, np.int64)
    for entry, (record, _) in enumerate(both):
        chain[entry] = heads[record]
        heads[record] = entry
    return heads, chain, both[:, 1].copy()


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _root(parent: Ints, node: int) -> int:
    while parent[node] != node:
        parent[node] = parent[parent[node]]
        node = parent[node]
    return node


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _apart(parent: Ints, heads: Ints, chain: Ints, partner: Ints, a: int, b: int) -> bool:
    entry = heads[a]
    while entry >= 0:
        if _root(parent, partner[entry]) == b:
            return True
        entry = chain[entry]
    return False


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _overlap(groups: Ints, ring: Ints, a: int, b: int) -> bool:
    """Whether two clusters hold records of one group, walking each cluster's ring of members."""
    i = a
    while True:
        if groups[i] != 0:
            j = b
            while True:
                if groups[i] == groups[j]:
                    return True
                j = ring[j]
                if j == b:
                    break
        i = ring[i]
        if i == a:
            return False


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _refusal(table: Ints, a: int, b: int, sure: bool) -> int:  # noqa: FBT001
    if table[a, 0] != 0 and table[b, 0] != 0 and table[a, 0] != table[b, 0]:
        return TWO_IDS
    if not sure:
        if table[a, 1] != 0 and table[b, 1] != 0 and table[a, 1] != table[b, 1] and not _near(table[a, 1], table[b, 1]):
            return OTHER_BIRTH
        if table[a, 2] != 0 and table[b, 2] != 0 and table[a, 2] != table[b, 2]:
            return OTHER_GENDER
    return JOINED


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _near(a: int, b: int) -> bool:
    """Birth dates that one slip of the pen explains: two of year, month and day agree, or month and day are swapped."""
    y1, m1, d1, y2, m2, d2 = a // 10000, a // 100 % 100, a % 100, b // 10000, b // 100 % 100, b % 100
    return (y1 == y2) + (m1 == m2) + (d1 == d2) >= 2 or (y1 == y2 and m1 == d2 and d1 == m2)


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _join(
    first: Ints, second: Ints, sure: Flags, table: Ints, groups: Ints, heads: Ints, chain: Ints, partner: Ints
) -> tuple[Ints, npt.NDArray[np.int8]]:
    count = len(table)
    parent = np.arange(count)
    ring = np.arange(count)
    size = np.ones(count, np.int64)
    facts = table.copy()
    grouped = groups.any()
    fate = np.zeros(len(first), np.int8)
    for edge in range(len(first)):
        a, b = _root(parent, first[edge]), _root(parent, second[edge])
        if a == b:
            fate[edge] = ALREADY
            continue
        if size[a] < size[b]:
            a, b = b, a
        fate[edge] = _refusal(facts, a, b, sure[edge])
        if (
            fate[edge] == JOINED
            and len(partner)
            and (_apart(parent, heads, chain, partner, a, b) or _apart(parent, heads, chain, partner, b, a))
        ):
            fate[edge] = FORBIDDEN
        if fate[edge] == JOINED and grouped and _overlap(groups, ring, a, b):
            fate[edge] = SAME_GROUP
        if fate[edge] != JOINED:
            continue
        parent[b] = a
        size[a] += size[b]
        ring[a], ring[b] = ring[b], ring[a]
        for k in range(facts.shape[1]):
            if facts[a, k] == 0:
                facts[a, k] = facts[b, k]
        _append(heads, chain, a, b)
    return _first_member(parent), fate


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _append(heads: Ints, chain: Ints, a: int, b: int) -> None:
    """Give cluster ``a`` the forbidden partners of cluster ``b``."""
    if heads[b] < 0:
        return
    entry = heads[b]
    while chain[entry] >= 0:
        entry = chain[entry]
    chain[entry] = heads[a]
    heads[a] = heads[b]


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _first_member(parent: Ints) -> Ints:
    """Label each record with the smallest position in its cluster."""
    count = len(parent)
    least = np.full(count, count, np.int64)
    labels = np.empty(count, np.int64)
    for i in range(count):
        root = _root(parent, i)
        least[root] = min(least[root], i)
        labels[i] = least[root]
    return labels
