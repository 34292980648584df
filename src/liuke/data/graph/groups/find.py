"""From weighed pairs to groups: who is in which, joined to whom, by which evidence."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from numba import njit

from liuke.data.graph.groups import weigh
from liuke.data.graph.groups.cluster import CAP, cluster
from liuke.data.graph.groups.number import number
from liuke.data.graph.model import EvidenceType, GroupKind

Ints = npt.NDArray[np.int64]
Columns = Mapping[str, npt.NDArray[np.generic]]

#: Bit of a mask that says a person joined the two.
_PERSON: Final = 1 << 40


@dataclass(frozen=True, slots=True)
class Before:
    """What stood before: memberships (one_id, group_id, (n,) each), groups a person confirmed, people's words."""

    one_ids: Ints
    groups: Ints
    confirmed: Ints
    together: Ints
    apart: Ints
    last: int


@dataclass(frozen=True, slots=True)
class Found:
    """Groups found. members: one_id, group_id, via (0 = first), confidence, reasons, needs; groups: id, size,
    confidence, types. Lists of words are PostgreSQL arrays in text. ``last``: the highest number given."""

    members: pa.Table
    groups: pa.Table
    last: int


_STEPS: Final[Mapping[GroupKind, Callable[[Columns], dict[str, weigh.Flags]]]] = {
    GroupKind.FAMILY: weigh.family_steps,
    GroupKind.ENTERPRISE: weigh.enterprise_steps,
}


def find(kind: GroupKind, pairs: Columns, before: Before) -> Found:
    """Groups of one kind out of pairs: left_id, right_id and what `weigh` asks for, (e,) each.

    People's words go before: who is together stays so, who is apart too, and a group a person confirmed neither
    takes nor loses a member by the machine.
    """
    steps = _STEPS[kind](pairs)
    weight, mask = weigh.weights(kind, steps), weigh.masks(kind, steps)
    ends = [pairs["left_id"].astype(np.int64), pairs["right_id"].astype(np.int64)]
    sealed = [
        _looked_up(before.one_ids, np.where(np.isin(before.groups, before.confirmed), before.groups, 0), e)
        for e in ends
    ]
    heard = (weight > 0) & (sealed[0] == sealed[1])
    left, right, weight, mask = ends[0][heard], ends[1][heard], weight[heard], mask[heard]
    ids = np.unique(np.concatenate([left, right, before.together.ravel()]))
    place = [np.searchsorted(ids, end) for end in (left, right)]
    must = np.searchsorted(ids, before.together).reshape(-1, 2)
    known = np.isin(before.apart, ids).all(axis=1) if len(before.apart) else np.zeros(0, np.bool_)
    cannot = np.searchsorted(ids, before.apart[known]).reshape(-1, 2)
    made = cluster(place[0], place[1], weight, count=len(ids), cap=CAP[kind], must=must, cannot=cannot)
    held = must[made.labels[must[:, 0]] == made.labels[must[:, 1]]]
    tree = [np.concatenate([held[:, side], place[side][made.joined]]) for side in (0, 1)]
    said = np.full(len(held), _PERSON, np.int64)
    masks = np.concatenate([said, mask[made.joined]])
    trust = weigh.probability(np.concatenate([np.full(len(held), weigh.SURE), weight[made.joined]]))
    via, by = _grown(tree[0], tree[1], len(ids))
    return _told(kind, ids, made.labels, via, by, masks, trust, before)


def _looked_up(keys: Ints, values: Ints, asked: Ints) -> Ints:
    """``values`` of ``asked`` by their ``keys``; 0 where there is none."""
    if not len(keys):
        return np.zeros(len(asked), np.int64)
    order = np.argsort(keys)
    at = np.minimum(np.searchsorted(keys[order], asked), len(keys) - 1)
    return np.where(keys[order][at] == asked, values[order][at], 0)


def _told(
    kind: GroupKind, ids: Ints, labels: Ints, via: Ints, by: Ints, masks: Ints, trust: weigh.Floats, before: Before
) -> Found:
    """The tables of the groups that have at least two members."""
    size = np.bincount(labels, minlength=len(ids))
    some = np.flatnonzero(size[labels] > 1)
    numbered = number(labels[some], previous=_looked_up(before.one_ids, before.groups, ids[some]), last=before.last)
    mask = np.where(by[some] >= 0, masks[by[some]] if len(masks) else 0, 0)
    sure = np.where(by[some] >= 0, trust[by[some]] if len(trust) else 1.0, 1.0).round(4)
    members = pa.table(
        {
            "one_id": ids[some],
            "group_id": numbered.numbers,
            "via": np.where(via[some] >= 0, ids[via[some]], 0),
            "confidence": sure,
            "reasons": _words(mask, lambda m: ("person",) if m & _PERSON else weigh.codes(kind, m)),
            "needs": _words(mask, lambda m: (EvidenceType.PERSON,) if m & _PERSON else weigh.needs(kind, m)),
        }
    )
    order = np.argsort(numbered.numbers, kind="stable")
    numbers, starts, sizes = np.unique(numbered.numbers[order], return_index=True, return_counts=True)
    heard = np.bitwise_or.reduceat(mask[order], starts) if len(starts) else np.zeros(0, np.int64)
    groups = pa.table(
        {
            "id": numbers,
            "size": sizes,
            "confidence": np.minimum.reduceat(sure[order], starts) if len(starts) else np.zeros(0),
            "types": _words(heard, lambda m: _types(kind, m)),
        }
    )
    return Found(members, groups, before.last + numbered.fresh)


def _types(kind: GroupKind, mask: int) -> tuple[str, ...]:
    said = (EvidenceType.PERSON,) if mask & _PERSON else ()
    return (*weigh.types(kind, mask & ~_PERSON), *said)


def _words(masks: Ints, told: Callable[[int], tuple[str, ...]]) -> pa.Array:
    """PostgreSQL arrays in text of what each mask tells; there are few different ones."""
    different, at = np.unique(masks, return_inverse=True)
    texts = np.array(["{" + ",".join(told(int(mask))) + "}" for mask in different] or [""], dtype=object)
    return pa.array(texts[at] if len(masks) else [], pa.string())


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _grown(left: Ints, right: Ints, count: int) -> tuple[Ints, Ints]:
    """Trees out of the pairs that joined: of each one the member it hangs on and the pair it does so by, else −1.

    A tree begins at the member that joined most others (ties: the first).
    """
    degree = np.zeros(count + 1, np.int64)
    for i in range(len(left)):
        degree[left[i]] += 1
        degree[right[i]] += 1
    start = np.zeros(count + 1, np.int64)
    for i in range(count):
        start[i + 1] = start[i] + degree[i]
    free = start[:-1].copy()
    other = np.empty(2 * len(left), np.int64)
    pair = np.empty(2 * len(left), np.int64)
    for i in range(len(left)):
        for a, b in ((left[i], right[i]), (right[i], left[i])):
            other[free[a]] = b
            pair[free[a]] = i
            free[a] += 1
    via, by = np.full(count, -1, np.int64), np.full(count, -1, np.int64)
    seen = np.zeros(count, np.bool_)
    queue = np.empty(count, np.int64)
    for root in np.argsort(-degree[:count], kind="mergesort"):
        if seen[root]:
            continue
        seen[root] = True
        head, tail = 0, 1
        queue[0] = root
        while head < tail:
            here = queue[head]
            head += 1
            for j in range(start[here], start[here + 1]):
                there = other[j]
                if not seen[there]:
                    seen[there] = True
                    via[there], by[there] = here, pair[j]
                    queue[tail] = there
                    tail += 1
    return via, by
