"""From scored pairs to rows: what a run changes in the tables of one-ID, and what it reads from the lake."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from liuke.data.identity import explain, match, store
from liuke.data.identity.assign import assign
from liuke.data.identity.linkage.cluster import FORBIDDEN, OTHER_BIRTH, OTHER_GENDER
from liuke.data.identity.linkage.model import Model
from liuke.data.identity.model import (
    Entry,
    JournalKind,
    Member,
    Outcome,
    Review,
    ReviewStatus,
    Step,
    Verdict,
    Waterfall,
    Why,
)
from liuke.kernel.actor import Actor
from liuke.kernel.bank import Bank
from liuke.kernel.ids import OneId, new_id
from liuke.kernel.store.records import ReadHandle, WriteHandle

Ints = npt.NDArray[np.int64]

#: The queue takes the most likely pairs of a run; people judge hundreds a day, not millions.
_QUEUE: Final = 5000
_CONTRADICTED: Final = {OTHER_BIRTH: Why.BIRTH, OTHER_GENDER: Why.GENDER}


@dataclass(frozen=True, slots=True)
class Moved:
    """Records that go from one set of customers to another: rows before and after, ready for the journal."""

    before: list[dict[str, Any]]
    after: list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Changes:
    """What a run changed."""

    outcome: Outcome
    moved: tuple[Moved, ...]
    at: datetime


def numbers(tx: ReadHandle, keys: pa.Table) -> Ints:
    """(n,) customer number of each key, 0 where it has none yet."""
    return _previous(store.members(tx), keys)[0]


def settle(
    tx: WriteHandle, keys: pa.Table, records: pa.Table, scored: match.Scored, *, model: Model, now: datetime
) -> Changes:
    """Cluster under the decisions in force, give numbers, write what changed, fill the review queue."""
    must, cannot = _decided(store.decisions(tx), keys)
    matched = match.decide(records, scored, must=must, cannot=cannot)
    known = store.members(tx)
    previous, since = _previous(known, keys)
    assigned = assign(matched.labels, previous=previous, since=since, last=store.last_number(tx))
    changed = np.flatnonzero(assigned.one_ids != previous)
    store.place(tx, keys.take(pa.array(changed)).append_column("one_id", pa.array(assigned.one_ids[changed])), now=now)
    store.set_last_number(tx, assigned.last)
    moved = _moves(keys, previous, since, assigned.one_ids, now)
    queued = store.queue_reviews(tx, review_rows(keys, records, matched, model=model, now=now))
    store.settle_reviews(tx)
    merges = sum(_kind(move) is JournalKind.MERGE for move in moved)
    outcome = Outcome(
        records=keys.num_rows,
        customers=len(np.unique(assigned.one_ids)),
        added=int((previous == 0).sum()),
        merged=merges,
        split=len(moved) - merges,
        reviews=queued,
    )
    return Changes(outcome, tuple(moved), now)


def journalled(bank: Bank, actor: Actor, changes: Changes) -> list[dict[str, Any]]:
    """Journal entries of a run: one for what it added, one for each customer it merged or split."""
    done = changes.outcome
    common = {"at": changes.at, "actor_id": actor.user_id, "undoes": None}
    entries: list[dict[str, Any]] = []
    if done.added:
        counts = {"records": done.records, "customers": done.customers, "added": done.added}
        entries.append(
            {"id": new_id(bank.clock), "kind": JournalKind.ASSIGN, "reason": "批量归并", "evidence": counts}
            | {"before": {}, "after": {}}
            | common
        )
    entries += [_move_entry(bank, move) | common for move in changes.moved]
    return entries


def _move_entry(bank: Bank, move: Moved) -> dict[str, Any]:
    old = sorted({row["one_id"] for row in move.before})
    new = sorted({row["one_id"] for row in move.after})
    kind = _kind(move)
    if kind is JournalKind.MERGE:
        evidence = {"keeps": new[0], "frees": [one_id for one_id in old if one_id not in new]}
    else:
        evidence = {"keeps": old[0], "others": [one_id for one_id in new if one_id != old[0]]}
    return {
        "id": new_id(bank.clock),
        "kind": kind,
        "reason": "批量归并",
        "evidence": evidence,
        "before": {"members": move.before},
        "after": {"members": move.after},
    }


def _kind(move: Moved) -> JournalKind:
    """All in one place afterwards is a merge; anything else took records apart."""
    return JournalKind.MERGE if len({row["one_id"] for row in move.after}) == 1 else JournalKind.SPLIT


def _moves(keys: pa.Table, previous: Ints, since: Ints, now_ids: Ints, now: datetime) -> list[Moved]:
    """Existing records whose number changed, grouped by the customers they tie together."""
    touched = np.flatnonzero((previous > 0) & (previous != now_ids))
    if not len(touched):
        return []
    group = _tied(previous[touched], now_ids[touched])
    whole = np.flatnonzero(np.isin(previous, list(group)) & (previous > 0))
    members: dict[int, list[int]] = defaultdict(list)
    for position in whole.tolist():
        members[group[int(previous[position])]].append(position)
    names = keys.take(pa.array(whole)).to_pylist()
    named = dict(zip(whole.tolist(), names, strict=True))
    stamp = now.isoformat()
    return [
        Moved(
            [named[p] | {"one_id": int(previous[p]), "since": _moment(int(since[p]))} for p in positions],
            [
                named[p]
                | {"one_id": int(now_ids[p]), "since": stamp if now_ids[p] != previous[p] else _moment(int(since[p]))}
                for p in positions
            ],
        )
        for positions in members.values()
    ]


def _tied(old: Ints, new: Ints) -> dict[int, int]:
    """Customer number → smallest number it is tied to by moving records."""
    parent: dict[int, int] = {}

    def root(number: int) -> int:
        parent.setdefault(number, number)
        while parent[number] != number:
            number = parent[number]
        return number

    for a, b in zip(old.tolist(), new.tolist(), strict=True):
        low, high = sorted((root(a), root(b)))
        parent[high] = low
    return {number: root(number) for number in parent}


def _moment(micros: int) -> str:
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=micros)).isoformat()


def _previous(known: pa.Table, keys: pa.Table) -> tuple[Ints, Ints]:
    """(n,) former number of each record and since when (microseconds), 0 where it had none."""
    at = pc.index_in(_joined(keys), _joined(known))
    place = at.fill_null(-1).to_numpy().astype(np.int64)
    if not known.num_rows:
        return np.zeros(len(place), np.int64), np.zeros(len(place), np.int64)
    had = place >= 0
    columns = (known["one_id"].to_numpy(), known["since"].to_numpy())
    one_ids, since = (np.where(had, column[place], 0).astype(np.int64) for column in columns)
    return one_ids, since


def _joined(keys: pa.Table) -> pa.Array:
    return pc.binary_join_element_wise(keys["source"], keys["source_key"], "\x1f").combine_chunks()


def _decided(decisions: Sequence[Mapping[str, Any]], keys: pa.Table) -> tuple[Ints, Ints]:
    """Record positions that people joined and kept apart, (m, 2) each."""
    if not decisions:
        return np.empty((0, 2), np.int64), np.empty((0, 2), np.int64)
    joined = _joined(keys)
    sides = []
    for side in ("left", "right"):
        names = pa.array([f"{d[f'{side}_source']}\x1f{d[f'{side}_key']}" for d in decisions])
        sides.append(pc.index_in(names, joined).fill_null(-1).to_numpy().astype(np.int64))
    pairs = np.stack(sides, axis=1)
    present = (pairs >= 0).all(axis=1)
    same = np.array([d["verdict"] == Verdict.SAME for d in decisions])
    return pairs[present & same], pairs[present & ~same]


def review_rows(
    keys: pa.Table, records: pa.Table, matched: match.Matched, *, model: Model, now: datetime
) -> list[dict[str, Any]]:
    """Pairs for people: likely ones that were not joined, with the reason and the waterfall; keys only, no PI."""
    edges = matched.edges
    left, right = edges["left"].to_numpy(), edges["right"].to_numpy()
    weight = edges["weight"].to_numpy()
    apart = (matched.labels[left] != matched.labels[right]) & ~match.two_ids(records, edges)
    waiting = np.flatnonzero(apart & (matched.fate != FORBIDDEN))
    waiting = waiting[np.argsort(-weight[waiting], kind="stable")][:_QUEUE]
    if not len(waiting):
        return []
    shares = explain.frequencies(records)
    weigher = explain.Weigher(model, records=records.num_rows)
    lefts = explain.rows(records, left[waiting].tolist(), shares=shares)
    rights = explain.rows(records, right[waiting].tolist(), shares=shares)
    names = [keys.take(pa.array(side[waiting])).to_pylist() for side in (left, right)]
    return [
        _review_row(a, b, explain.explain(x, y, weigher=weigher), _why(int(matched.fate[at]), float(weight[at])), now)
        for at, a, b, x, y in zip(waiting.tolist(), *names, lefts, rights, strict=True)
    ]


def _why(fate: int, weight: float) -> Why:
    return _CONTRADICTED.get(fate) or (Why.SHARED if weight >= match.LINK else Why.GREY)


def _review_row(
    left: Mapping[str, str], right: Mapping[str, str], waterfall: Waterfall, why: Why, now: datetime
) -> dict[str, Any]:
    import uuid

    pair = (left["source"], left["source_key"], right["source"], right["source_key"])
    steps = [[s.comparison, s.label, s.outcome, s.outcome_label, round(s.weight, 4)] for s in waterfall.steps]
    return {
        "id": uuid.uuid5(uuid.NAMESPACE_OID, "\x1f".join(pair)),
        **dict(zip(("left_source", "left_key", "right_source", "right_key"), pair, strict=True)),
        "weight": waterfall.total,
        "why": why,
        "waterfall": {"prior": round(waterfall.prior, 4), "steps": steps},
        "status": ReviewStatus.OPEN,
        "decided_by": None,
        "decided_at": None,
        "created_at": now,
    }


def review_of(row: Mapping[str, Any]) -> Review:
    """A row of the queue as the noun."""
    steps = tuple(Step(*step) for step in row["waterfall"]["steps"])
    return Review(
        id=row["id"],
        left=Member(row["left_source"], row["left_key"]),
        right=Member(row["right_source"], row["right_key"]),
        left_one_id=OneId(row["left_one_id"]),
        right_one_id=OneId(row["right_one_id"]),
        weight=row["weight"],
        why=Why(row["why"]),
        waterfall=Waterfall(row["waterfall"]["prior"], steps),
        status=ReviewStatus(row["status"]),
        decided_by=row["decided_by"],
        decided_at=row["decided_at"],
        created_at=row["created_at"],
    )


def entry_of(row: Mapping[str, Any]) -> Entry:
    """A row of the journal as the noun."""
    plain = ("id", "seq", "at", "actor_id", "reason", "evidence", "before", "after")
    undone: UUID | None = row["undone_by"]
    return Entry(
        **{name: row[name] for name in plain}, kind=JournalKind(row["kind"]), undoes=row["undoes"], undone_by=undone
    )
