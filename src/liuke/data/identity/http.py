"""归并 over HTTP: the review queue with its waterfalls, previews, merges, and the journal with undo."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import Field

from liuke.data import org
from liuke.data.identity import merge, service
from liuke.data.identity.model import (
    AlreadyDecided,
    DecidedApart,
    Entry,
    JournalKind,
    Member,
    NotUndoable,
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
    Why,
)
from liuke.kernel.actor import Actor
from liuke.kernel.bank import Bank
from liuke.kernel.errors import Forbidden
from liuke.kernel.http import COMMON, ActorDep, BankDep, CursorQuery, LimitQuery, Wire, WirePage, problems
from liuke.kernel.ids import OneId

router = APIRouter(prefix="/api/identity", tags=["identity"], responses=COMMON | problems(Forbidden))

Reason = Annotated[str, Field(min_length=1, max_length=500)]
CustomerNo = Annotated[str, Field(min_length=1, max_length=32)]


class MemberOut(Wire):
    """One record of one source system."""

    source: str
    source_key: str


class ReviewOut(Wire):
    """One pair of the queue. ``weight`` is the match weight in log2 odds; ``probability`` the same as 0–1.

    A pair that shares only a phone or an address has no probability: its weight is high among families and colleagues
    too, so only a person can judge.
    """

    id: UUID
    left: MemberOut
    right: MemberOut
    left_customer_no: str
    right_customer_no: str
    weight: float
    probability: float | None
    why: Why
    status: ReviewStatus
    decided_by: str | None
    decided_by_name: str | None
    decided_at: datetime | None
    created_at: datetime


class StepOut(Wire):
    """One bar of the waterfall: what was compared, how it came out, and the weight (log2) it adds."""

    comparison: str
    label: str
    outcome: str
    outcome_label: str
    weight: float


class WaterfallOut(Wire):
    """From the prior to the total, log2 odds."""

    prior: float
    steps: list[StepOut]
    total: float


class PartyOut(Wire):
    """A source record as the asker may see it; ``None`` where the source holds nothing."""

    source: str
    source_key: str
    kind: str | None
    name: str | None
    id_type: str | None
    id_no: str | None
    birth_date: str | None
    gender: str | None
    phone: str | None
    phone2: str | None
    email: str | None
    city: str | None
    address: str | None


class ReviewDetailOut(Wire):
    """A pair with its waterfall and both records, masked by role."""

    review: ReviewOut
    waterfall: WaterfallOut
    left: PartyOut
    right: PartyOut


class DecisionIn(Wire):
    """A judgement of a pair and why."""

    verdict: Verdict
    reason: Reason


class PairIn(Wire):
    """Two customers by their public numbers."""

    customer_nos: Annotated[list[CustomerNo], Field(min_length=2, max_length=2)]


class MergeIn(PairIn):
    """Two customers to make one, and why."""

    reason: Reason


class UndoIn(Wire):
    """Why an entry is taken back."""

    reason: Reason


class ContradictionOut(Wire):
    """A fact against a merge; a ``hard`` one forbids it."""

    code: str
    label: str
    hard: bool


class PreviewOut(Wire):
    """What a merge would change."""

    keeps: str
    frees: str
    stays: list[MemberOut]
    moves: list[MemberOut]
    contradictions: list[ContradictionOut]
    allowed: bool


class MemberChangeOut(Wire):
    """One record's customer number before and after an entry."""

    source: str
    source_key: str
    before: str | None
    after: str | None


class JournalEntryOut(Wire):
    """One journal entry. ``can_undo``: it changed something and was not yet taken back."""

    id: UUID
    seq: int
    at: datetime
    kind: JournalKind
    actor_id: str
    actor_name: str
    reason: str
    review_id: str | None
    weight: float | None
    records: int
    changes: list[MemberChangeOut]
    undoes: UUID | None
    undone_by: UUID | None
    can_undo: bool


@router.get("/reviews")
def list_reviews(
    actor: ActorDep,
    bank: BankDep,
    status: ReviewStatus = ReviewStatus.OPEN,
    cursor: CursorQuery = None,
    limit: LimitQuery = 50,
) -> WirePage[ReviewOut]:
    """The review queue, most likely pairs first."""
    page = service.reviews(bank, actor, status=status, cursor=cursor, limit=limit)
    names = _names(bank, actor, [item.decided_by for item in page.items])
    return WirePage(items=[_review(bank, item, names) for item in page.items], next_cursor=page.next_cursor)


@router.get("/reviews/{review_id}", responses=problems(UnknownReview))
def show_review(actor: ActorDep, bank: BankDep, review_id: UUID) -> ReviewDetailOut:
    """One pair: the waterfall and both records side by side, masked."""
    found, (left, right) = service.review(bank, actor, review_id=review_id)
    mask = org.Masking.for_actor(actor)
    waterfall = WaterfallOut(
        prior=found.waterfall.prior,
        steps=[StepOut.model_validate(step) for step in found.waterfall.steps],
        total=found.waterfall.total,
    )
    return ReviewDetailOut(
        review=_review(bank, found, _names(bank, actor, [found.decided_by])),
        waterfall=waterfall,
        left=_party(left, mask),
        right=_party(right, mask),
    )


@router.post(
    "/reviews/{review_id}/decisions",
    responses=problems(UnknownReview, AlreadyDecided, TwoValidIds, DecidedApart, ReasonTooShort),
)
def decide_review(actor: ActorDep, bank: BankDep, review_id: UUID, body: DecisionIn) -> ReviewOut:
    """Judge a pair: the same customer (merged at once) or different ones (kept apart from now on)."""
    judged = merge.decide(bank, actor, review_id=review_id, verdict=body.verdict, reason=body.reason)
    return _review(bank, judged, _names(bank, actor, [judged.decided_by]))


@router.get("/journal")
def list_journal(
    actor: ActorDep,
    bank: BankDep,
    kind: Annotated[JournalKind | None, Query()] = None,
    cursor: CursorQuery = None,
    limit: LimitQuery = 50,
) -> WirePage[JournalEntryOut]:
    """The merge journal, newest first."""
    page = service.journal(bank, actor, kind=kind, cursor=cursor, limit=limit)
    names = _names(bank, actor, [item.actor_id for item in page.items])
    return WirePage(items=[_entry(bank, item, names) for item in page.items], next_cursor=page.next_cursor)


@router.post("/previews", responses=problems(UnknownOneId, SameCustomer))
def preview_merge(actor: ActorDep, bank: BankDep, body: PairIn) -> PreviewOut:
    """What a merge of two customers would change, before it is made."""
    return _preview(bank, merge.preview(bank, actor, one_ids=_pair(bank, body)))


@router.post(
    "/merges",
    status_code=201,
    responses=problems(UnknownOneId, SameCustomer, TwoValidIds, DecidedApart, ReasonTooShort),
)
def merge_customers(actor: ActorDep, bank: BankDep, body: MergeIn) -> JournalEntryOut:
    """Make two customers one; reversible."""
    made = merge.merge(bank, actor, one_ids=_pair(bank, body), reason=body.reason)
    return _entry(bank, made, _names(bank, actor, [made.actor_id]))


@router.post("/journal/{entry_id}/undo", responses=problems(UnknownEntry, NotUndoable, StateMoved, ReasonTooShort))
def undo_entry(actor: ActorDep, bank: BankDep, entry_id: UUID, body: UndoIn) -> JournalEntryOut:
    """Take an entry back to the byte."""
    made = merge.undo(bank, actor, entry_id=entry_id, reason=body.reason)
    return _entry(bank, made, _names(bank, actor, [made.actor_id]))


def _names(bank: Bank, actor: Actor, who: Iterable[str | None]) -> dict[str, str]:
    with bank.read(actor) as tx:
        return org.names(tx, who)


def _number(bank: Bank, one_id: int) -> str:
    return bank.keys.customer_numbers.encode(one_id)


def _pair(bank: Bank, body: PairIn) -> tuple[OneId, OneId]:
    first, second = (OneId(bank.keys.customer_numbers.decode(number)) for number in body.customer_nos)
    return first, second


def _member(member: Member) -> MemberOut:
    return MemberOut(source=member.source, source_key=member.source_key)


def _review(bank: Bank, review: Review, names: Mapping[str, str]) -> ReviewOut:
    same = ("id", "weight", "why", "status", "decided_by", "decided_at", "created_at")
    return ReviewOut(
        **{name: getattr(review, name) for name in same},
        left=_member(review.left),
        right=_member(review.right),
        left_customer_no=_number(bank, review.left_one_id),
        right_customer_no=_number(bank, review.right_one_id),
        probability=None if review.why is Why.SHARED else review.probability,
        decided_by_name=names[review.decided_by] if review.decided_by else None,
    )


def _preview(bank: Bank, plan: Preview) -> PreviewOut:
    return PreviewOut(
        keeps=_number(bank, plan.keeps),
        frees=_number(bank, plan.frees),
        stays=[_member(member) for member in plan.stays],
        moves=[_member(member) for member in plan.moves],
        contradictions=[ContradictionOut.model_validate(c) for c in plan.contradictions],
        allowed=plan.allowed,
    )


def _entry(bank: Bank, entry: Entry, names: Mapping[str, str]) -> JournalEntryOut:
    before, after = (
        {(row["source"], row["source_key"]): row["one_id"] for row in side.get("members", [])}
        for side in (entry.before, entry.after)
    )
    same = ("id", "seq", "at", "kind", "actor_id", "reason", "undoes", "undone_by", "can_undo")
    return JournalEntryOut(
        **{name: getattr(entry, name) for name in same},
        actor_name=names[entry.actor_id],
        review_id=entry.evidence.get("review"),
        weight=entry.evidence.get("weight"),
        records=int(entry.evidence.get("records") or len(before | after)),
        changes=[
            MemberChangeOut(
                source=source,
                source_key=key,
                before=_number(bank, before[source, key]) if (source, key) in before else None,
                after=_number(bank, after[source, key]) if (source, key) in after else None,
            )
            for source, key in sorted(before | after)
        ],
    )


def _party(party: Mapping[str, Any], mask: org.Masking) -> PartyOut:
    shown = {name: party.get(name) for name in PartyOut.model_fields}
    shown |= {name: mask(name, shown[name]) for name in org.REVEALABLE & PartyOut.model_fields.keys()}
    birth = shown["birth_date"]
    return PartyOut.model_validate(shown | {"birth_date": birth.isoformat() if birth else None})
