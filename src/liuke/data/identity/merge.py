"""The merge ledger: people merge, undo and judge; each step is a journal entry that can be taken back to the byte."""

from collections.abc import Mapping, Sequence
from itertools import combinations, product
from typing import Any, Final
from uuid import UUID

import pyarrow as pa

from liuke.data.identity import parties, settle, store
from liuke.data.identity.model import (
    AlreadyDecided,
    Contradiction,
    CustomersMerged,
    CustomersSplit,
    DecidedApart,
    Entry,
    IdentityViewed,
    JournalKind,
    Member,
    NotUndoable,
    PairDecided,
    Preview,
    ReasonTooShort,
    Review,
    ReviewStatus,
    SameCustomer,
    StateMoved,
    TwoValidIds,
    UnknownEntry,
    UnknownOneId,
    UnknownReview,
    Verdict,
)
from liuke.data.identity.normalise import PARTY_COLUMNS, normalise
from liuke.kernel.actor import Actor, Permission
from liuke.kernel.bank import Bank
from liuke.kernel.ids import OneId, new_id
from liuke.kernel.store.records import ReadHandle, WriteHandle

_SHORTEST_REASON: Final = 4
_HARD: Final = frozenset({"two_valid_ids", "person_and_firm", "decided_apart"})
_LABELS: Final = {
    "two_valid_ids": "有效证件号码不同",
    "person_and_firm": "一方为个人，一方为公司",
    "decided_apart": "已有人判定不是同一人",
    "birth": "出生日期不同",
    "gender": "性别不同",
    "name": "姓名不同",
}


def preview(bank: Bank, actor: Actor, *, one_ids: tuple[OneId, OneId]) -> Preview:
    """What a merge of two customers would change, and what speaks against it. Raises: UnknownOneId, SameCustomer."""
    actor.require(Permission.IDENTITY_READ)
    with bank.write(actor) as tx:
        tx.emit(IdentityViewed(part="preview", ids=[str(one_id) for one_id in one_ids]))
        return _preview(tx, bank, one_ids)


def merge(bank: Bank, actor: Actor, *, one_ids: tuple[OneId, OneId], reason: str) -> Entry:
    """Make two customers one. Later runs honour it.

    Raises: TwoValidIds, DecidedApart, UnknownOneId, SameCustomer, ReasonTooShort.
    """
    actor.require(Permission.IDENTITY_DECIDE)
    _reasoned(reason)
    with bank.write(actor) as tx:
        store.lock(tx)
        entry_id = _merge(tx, bank, actor, one_ids=one_ids, reason=reason, review=None)
        return _entry(tx, entry_id)


def decide(bank: Bank, actor: Actor, *, review_id: UUID, verdict: Verdict, reason: str) -> Review:
    """Judge a pair of the queue: the same (merges now) or different (no run will join them).

    Raises: UnknownReview, AlreadyDecided, ReasonTooShort, TwoValidIds, DecidedApart.
    """
    actor.require(Permission.IDENTITY_DECIDE)
    _reasoned(reason)
    with bank.write(actor) as tx:
        store.lock(tx)
        row = store.review(tx, review_id)
        if row is None:
            raise UnknownReview
        if row["status"] != ReviewStatus.OPEN:
            raise AlreadyDecided
        pair = settle.review_of(row)
        if verdict is Verdict.SAME and pair.left_one_id != pair.right_one_id:
            _merge(tx, bank, actor, one_ids=(pair.left_one_id, pair.right_one_id), reason=reason, review=pair)
        else:
            _judge(tx, bank, actor, pair, verdict, reason)
        store.set_review(tx, review_id, status=verdict.value, by=actor.user_id, at=bank.clock.now())
        tx.emit(PairDecided(review_id=str(review_id), verdict=verdict))
        return settle.review_of(store.review(tx, review_id) or {})


def undo(bank: Bank, actor: Actor, *, entry_id: UUID, reason: str) -> Entry:
    """Take a merge, split or judgement back: every row it changed is again what it was, to the byte.

    A merge of the machine's that a person undoes stays undone: later runs keep the two apart.
    Raises: UnknownEntry, NotUndoable, StateMoved, ReasonTooShort.
    """
    actor.require(Permission.IDENTITY_DECIDE)
    _reasoned(reason)
    with bank.write(actor) as tx:
        store.lock(tx)
        done = _entry(tx, entry_id)
        if not done.can_undo:
            raise NotUndoable
        _unmoved(tx, done)
        store.restore_members(tx, done.before.get("members", []))
        store.drop_decisions(tx, entry_id)
        if review := done.before.get("review"):
            store.set_review(tx, UUID(review["id"]), status=review["status"], by=None, at=None)
        undo_id = new_id(bank.clock)
        evidence = {"undoes": str(entry_id), "binds": _bind(tx, bank, actor, done, undo_id)}
        _write(tx, bank, actor, undo_id, JournalKind.UNDO, reason, evidence, done.after, done.before, undoes=entry_id)
        _tell_undone(tx, done, undo_id)
        return _entry(tx, undo_id)


def _merge(
    tx: WriteHandle, bank: Bank, actor: Actor, *, one_ids: tuple[OneId, OneId], reason: str, review: Review | None
) -> UUID:
    plan = _preview(tx, bank, one_ids)
    _allowed(plan)
    entry_id, now = new_id(bank.clock), bank.clock.now()
    before = store.members_of(tx, list(one_ids))
    moved = [{"source": m.source, "source_key": m.source_key, "one_id": plan.keeps} for m in plan.moves]
    store.place(tx, pa.Table.from_pylist(moved), now=now)
    left, right = (review.left, review.right) if review else (plan.stays[0], plan.moves[0])
    store.add_decisions(tx, [_decision(bank, actor, entry_id, left, right, Verdict.SAME)])
    evidence = {
        "keeps": plan.keeps,
        "frees": [plan.frees],
        "contradictions": [c.code for c in plan.contradictions],
        "review": str(review.id) if review else None,
        "weight": review.weight if review else None,
    }
    after = {"members": store.members_of(tx, [plan.keeps])}
    _write(
        tx, bank, actor, entry_id, JournalKind.MERGE, reason, evidence, {"members": before} | _standing(review), after
    )
    tx.emit(CustomersMerged(subject=plan.keeps, freed=[plan.frees], journal_id=str(entry_id)))
    return entry_id


def _judge(tx: WriteHandle, bank: Bank, actor: Actor, pair: Review, verdict: Verdict, reason: str) -> None:
    """A judgement that moves no record now: it binds later runs."""
    entry_id = new_id(bank.clock)
    if verdict is Verdict.SAME or pair.left_one_id == pair.right_one_id:
        store.add_decisions(tx, [_decision(bank, actor, entry_id, pair.left, pair.right, verdict)])
    else:
        one, two = (_members(tx, one_id) for one_id in (pair.left_one_id, pair.right_one_id))
        store.add_decisions(tx, _all_apart(bank, actor, entry_id, one, two))
    evidence = {"review": str(pair.id), "verdict": verdict, "weight": pair.weight}
    _write(tx, bank, actor, entry_id, JournalKind.DECIDE, reason, evidence, _standing(pair), {"verdict": verdict})


def _members(tx: ReadHandle, one_id: OneId) -> list[Member]:
    return [Member(row["source"], row["source_key"]) for row in store.members_of(tx, [one_id])]


def _standing(review: Review | None) -> dict[str, Any]:
    return {"review": {"id": str(review.id), "status": review.status}} if review else {}


def _preview(tx: ReadHandle, bank: Bank, one_ids: tuple[OneId, OneId]) -> Preview:
    if one_ids[0] == one_ids[1]:
        raise SameCustomer
    sides = {one_id: store.members_of(tx, [one_id]) for one_id in one_ids}
    if not all(sides.values()):
        raise UnknownOneId
    keeps, frees = sorted(one_ids, key=lambda one_id: (-len(sides[one_id]), one_id))
    stays, moves = (
        tuple(Member(row["source"], row["source_key"]) for row in sides[one_id]) for one_id in (keeps, frees)
    )
    found = _contradictions(tx, bank, stays, moves)
    return Preview(keeps, frees, stays, moves, tuple(Contradiction(c, _LABELS[c], c in _HARD) for c in found))


def _contradictions(tx: ReadHandle, bank: Bank, stays: Sequence[Member], moves: Sequence[Member]) -> list[str]:
    left, right = (_facts(parties.read_some(tx, bank.lake, side)) for side in (stays, moves))
    found = [
        code for code in ("two_valid_ids", "person_and_firm", "birth", "gender", "name") if _differ(left, right, code)
    ]
    return ["decided_apart", *found] if _decided_apart(tx, stays, moves) else found


def _facts(found: Sequence[Mapping[str, Any]]) -> dict[str, set[Any]]:
    """What the records of one customer state, by the code of the contradiction it could make."""
    rows = normalise(_party_table(found)).to_pylist()
    return {
        "two_valid_ids": {row["id_no"] for row in rows if row["id_valid"]},
        "person_and_firm": {row["firm"] for row in rows},
        "birth": {row["birth"] for row in rows} - {None},
        "gender": {row["gender"] for row in rows} - {None},
        "name": {row["reading"] for row in rows} - {None},
    }


def _differ(left: Mapping[str, set[Any]], right: Mapping[str, set[Any]], code: str) -> bool:
    if code == "two_valid_ids":
        return len(left[code] | right[code]) > 1 and bool(left[code]) and bool(right[code])
    return bool(left[code]) and bool(right[code]) and not left[code] & right[code]


def _party_table(found: Sequence[Mapping[str, Any]]) -> pa.Table:
    columns = {}
    for name in PARTY_COLUMNS:
        kind = pa.date32() if name == "birth_date" else pa.string()
        columns[name] = pa.array([party.get(name) for party in found], kind)
    return pa.table(columns)


def _decided_apart(tx: ReadHandle, stays: Sequence[Member], moves: Sequence[Member]) -> bool:
    one, two = set(stays), set(moves)
    for decision in store.decisions(tx):
        if decision["verdict"] == Verdict.DIFFERENT:
            left = Member(decision["left_source"], decision["left_key"])
            right = Member(decision["right_source"], decision["right_key"])
            if (left in one and right in two) or (left in two and right in one):
                return True
    return False


def _allowed(plan: Preview) -> None:
    codes = {c.code for c in plan.contradictions}
    if codes & {"two_valid_ids", "person_and_firm"}:
        raise TwoValidIds
    if "decided_apart" in codes:
        raise DecidedApart


def _unmoved(tx: ReadHandle, done: Entry) -> None:
    """What the entry left behind must still stand, else a later change would be lost."""
    after = done.after.get("members", [])
    keys = [Member(row["source"], row["source_key"]) for row in after]
    standing = {(row["source"], row["source_key"]): row for row in store.members_at(tx, keys)}
    if standing != {(row["source"], row["source_key"]): row for row in after}:
        raise StateMoved


def _bind(tx: WriteHandle, bank: Bank, actor: Actor, done: Entry, undo_id: UUID) -> bool:
    """The machine's own merge or split would come back with the next run: forbid it. A person's needs no such thing."""
    if not done.actor_id.startswith("system:"):
        return False
    split = done.kind is JournalKind.SPLIT
    parts: dict[tuple[int, int], list[Member]] = {}
    for old, new in zip(done.before["members"], done.after["members"], strict=True):
        part = (old["one_id"], new["one_id"] if split else 0)
        parts.setdefault(part, []).append(Member(old["source"], old["source_key"]))
    for one, two in combinations(sorted(parts), 2):
        if split and one[0] == two[0]:
            store.add_decisions(tx, [_decision(bank, actor, undo_id, parts[one][0], parts[two][0], Verdict.SAME)])
        elif not split:
            store.add_decisions(tx, _all_apart(bank, actor, undo_id, parts[one], parts[two]))
    return True


def _all_apart(
    bank: Bank, actor: Actor, entry_id: UUID, one: Sequence[Member], two: Sequence[Member]
) -> list[dict[str, Any]]:
    """Every record of one customer apart from every record of the other, so that none slips over by other evidence."""
    return [_decision(bank, actor, entry_id, a, b, Verdict.DIFFERENT) for a, b in product(one, two)]


def _tell_undone(tx: WriteHandle, done: Entry, undo_id: UUID) -> None:
    evidence = done.evidence
    if done.kind is JournalKind.MERGE:
        tx.emit(
            CustomersSplit(subject=OneId(evidence["keeps"]), others=list(evidence["frees"]), journal_id=str(undo_id))
        )
    elif done.kind is JournalKind.SPLIT:
        tx.emit(
            CustomersMerged(subject=OneId(evidence["keeps"]), freed=list(evidence["others"]), journal_id=str(undo_id))
        )


def _decision(
    bank: Bank, actor: Actor, entry_id: UUID, left: Member, right: Member, verdict: Verdict
) -> dict[str, Any]:
    return {
        "id": new_id(bank.clock),
        "left_source": left.source,
        "left_key": left.source_key,
        "right_source": right.source,
        "right_key": right.source_key,
        "verdict": verdict,
        "actor_id": actor.user_id,
        "at": bank.clock.now(),
        "journal_id": entry_id,
    }


def _write(
    tx: WriteHandle,
    bank: Bank,
    actor: Actor,
    entry_id: UUID,
    kind: JournalKind,
    reason: str,
    evidence: Mapping[str, Any],
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    undoes: UUID | None = None,
) -> None:
    store.add_entries(
        tx,
        [
            {
                "id": entry_id,
                "at": bank.clock.now(),
                "kind": kind,
                "actor_id": actor.user_id,
                "reason": reason,
                "evidence": dict(evidence),
                "before": dict(before),
                "after": dict(after),
                "undoes": undoes,
            }
        ],
    )


def _entry(tx: ReadHandle, entry_id: UUID) -> Entry:
    row = store.entry(tx, entry_id)
    if row is None:
        raise UnknownEntry
    return settle.entry_of(row)


def _reasoned(reason: str) -> None:
    if len(reason.strip()) < _SHORTEST_REASON:
        raise ReasonTooShort
