"""Requests to change relations and groups over HTTP: asked for, listed, approved, refused, withdrawn."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Final, TypeVar
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import Field

from liuke.data.graph.decide import ask, judge, listing
from liuke.data.graph.model import (
    Action,
    AlreadyAsked,
    AlreadyDecided,
    BadConfidence,
    BadValidity,
    ChangeState,
    GroupKind,
    GroupMoved,
    GroupTooLarge,
    NothingToChange,
    OwnProposal,
    ReasonTooShort,
    RelationKind,
    SelfRelation,
    UnknownGroup,
    UnknownRelation,
    UnknownRequest,
    WrongParties,
)
from liuke.data.graph.people import Party, Standing
from liuke.data.profile import UnknownCustomer
from liuke.kernel.errors import Forbidden
from liuke.kernel.http import COMMON, ActorDep, BankDep, CursorQuery, LimitQuery, Wire, WirePage, problems

router = APIRouter(prefix="/api/relation-requests", tags=["graph"], responses=COMMON | problems(Forbidden))

E = TypeVar("E", bound=StrEnum)

Reason = Annotated[str, Field(max_length=400)]
CustomerNo = Annotated[str, Field(max_length=32)]
GroupNo = Annotated[int, Field(ge=1, le=2**62)]
_ASKED: Final = problems(AlreadyAsked, ReasonTooShort, UnknownCustomer)


class RelationAddIn(Wire):
    """A relation to register, read from ``left`` to ``right`` (``parent``: left is the parent of right)."""

    left: CustomerNo
    right: CustomerNo
    kind: RelationKind
    confidence: float = 1.0
    valid_from: date | None = None
    valid_to: date | None = None
    reason: Reason


class RelationDenyIn(Wire):
    """A relation that does not hold."""

    relation_id: Annotated[int, Field(ge=1, le=2**62)]
    reason: Reason


class GroupConfirmIn(Wire):
    """A group to confirm as it stands."""

    group_id: GroupNo
    reason: Reason


class GroupMergeIn(Wire):
    """Two groups to make one."""

    group_id: GroupNo
    other_id: GroupNo
    reason: Reason


class GroupSplitIn(Wire):
    """Members to take out of a group."""

    group_id: GroupNo
    customer_nos: Annotated[list[CustomerNo], Field(min_length=1, max_length=50)]
    reason: Reason


class RelationJudgeIn(Wire):
    """Words to a decision; a refusal needs some."""

    reason: Reason = ""


class RelationSubject(Wire):
    """A party a request is about, masked like everywhere."""

    standing: Standing
    customer_no: str | None
    name: str | None
    leaves: bool


class RelationRequest(Wire):
    """A request. ``mine``: asked for by the asker, who may withdraw but not judge it."""

    id: UUID
    action: Action
    state: ChangeState
    relation: RelationKind | None
    group_kind: GroupKind | None
    group_id: int | None
    other_id: int | None
    subjects: list[RelationSubject]
    reason: str
    proposed_by: str
    proposed_at: datetime
    mine: bool
    decided_by: str | None
    decided_at: datetime | None
    decision: str


@router.get("")
def list_requests(
    actor: ActorDep,
    bank: BankDep,
    state: Annotated[ChangeState | None, Query()] = None,
    cursor: CursorQuery = None,
    limit: LimitQuery = 50,
) -> WirePage[RelationRequest]:
    """Requests about customers in the asker's scope, newest first."""
    page = listing.requests(bank, actor, state=state, cursor=cursor, limit=limit)
    return WirePage(items=[_out(told) for told in page.items], next_cursor=page.next_cursor)


@router.post(
    "/add", status_code=201, responses=_ASKED | problems(SelfRelation, BadConfidence, BadValidity, WrongParties)
)
def ask_to_add(body: RelationAddIn, actor: ActorDep, bank: BankDep) -> RelationRequest:
    """Ask to register a relation."""
    asked = ask.ask_to_add(
        bank,
        actor,
        left_no=body.left,
        right_no=body.right,
        kind=body.kind,
        confidence=body.confidence,
        valid_from=body.valid_from,
        valid_to=body.valid_to,
        reason=body.reason,
    )
    return _out(listing.told(bank, actor, asked))


@router.post("/deny", status_code=201, responses=_ASKED | problems(UnknownRelation, NothingToChange))
def ask_to_deny(body: RelationDenyIn, actor: ActorDep, bank: BankDep) -> RelationRequest:
    """Ask to put on record that a relation does not hold."""
    return _out(listing.told(bank, actor, ask.ask_to_deny(bank, actor, edge_id=body.relation_id, reason=body.reason)))


@router.post("/confirm", status_code=201, responses=_ASKED | problems(UnknownGroup, NothingToChange))
def ask_to_confirm(body: GroupConfirmIn, actor: ActorDep, bank: BankDep) -> RelationRequest:
    """Ask to confirm a group as it stands."""
    return _out(listing.told(bank, actor, ask.ask_to_confirm(bank, actor, group_id=body.group_id, reason=body.reason)))


@router.post("/merge", status_code=201, responses=_ASKED | problems(UnknownGroup, WrongParties, GroupTooLarge))
def ask_to_merge(body: GroupMergeIn, actor: ActorDep, bank: BankDep) -> RelationRequest:
    """Ask to make two groups one."""
    asked = ask.ask_to_merge(bank, actor, group_id=body.group_id, other_id=body.other_id, reason=body.reason)
    return _out(listing.told(bank, actor, asked))


@router.post("/split", status_code=201, responses=_ASKED | problems(UnknownGroup, NothingToChange))
def ask_to_split(body: GroupSplitIn, actor: ActorDep, bank: BankDep) -> RelationRequest:
    """Ask to take members out of a group."""
    asked = ask.ask_to_split(
        bank, actor, group_id=body.group_id, customer_nos=tuple(body.customer_nos), reason=body.reason
    )
    return _out(listing.told(bank, actor, asked))


_JUDGED: Final = problems(UnknownRequest, AlreadyDecided, OwnProposal)


@router.post("/{request_id}/approve", responses=_JUDGED | problems(GroupMoved, GroupTooLarge))
def approve_request(request_id: UUID, body: RelationJudgeIn, actor: ActorDep, bank: BankDep) -> RelationRequest:
    """Say yes to another's request; the change is in force when this answers."""
    return _out(listing.told(bank, actor, judge.approve(bank, actor, request_id=request_id, words=body.reason)))


@router.post("/{request_id}/refuse", responses=_JUDGED | problems(ReasonTooShort))
def refuse_request(request_id: UUID, body: RelationJudgeIn, actor: ActorDep, bank: BankDep) -> RelationRequest:
    """Say no to another's request, with the reason."""
    return _out(listing.told(bank, actor, judge.refuse(bank, actor, request_id=request_id, reason=body.reason)))


@router.post("/{request_id}/withdraw", responses=problems(UnknownRequest, AlreadyDecided))
def withdraw_request(request_id: UUID, actor: ActorDep, bank: BankDep) -> RelationRequest:
    """Take one's own request back."""
    return _out(listing.told(bank, actor, judge.withdraw(bank, actor, request_id=request_id)))


def _out(told: listing.Told) -> RelationRequest:
    asked, facts = told.request, told.request.facts
    kind = facts.get("kind")
    return RelationRequest(
        id=asked.id,
        action=asked.action,
        state=asked.state,
        relation=_one_of(RelationKind, kind),
        group_kind=_one_of(GroupKind, kind),
        group_id=facts.get("group") or facts.get("keeps"),
        other_id=facts.get("goes"),
        subjects=[_subject(party, party.one_id in facts.get("leave", ())) for party in told.parties],
        reason=asked.reason,
        proposed_by=told.names.get(asked.proposed_by, asked.proposed_by),
        proposed_at=asked.proposed_at,
        mine=told.mine,
        decided_by=told.names.get(asked.decided_by or "", asked.decided_by),
        decided_at=asked.decided_at,
        decision=asked.decision,
    )


def _one_of(kind: type[E], value: str | None) -> E | None:
    return next((one for one in kind if one.value == value), None)


def _subject(party: Party, leaves: bool) -> RelationSubject:
    return RelationSubject(standing=party.standing, customer_no=party.customer_no, name=party.name, leaves=leaves)
