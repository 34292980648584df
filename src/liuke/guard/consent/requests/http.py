"""Data-subject requests over HTTP."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import Field as Limits

from liuke.data.profile import UnknownCustomer
from liuke.guard.consent.requests import service
from liuke.guard.consent.requests.model import (
    RequestClosed,
    RequestKind,
    RequestState,
    StillCustomer,
    SubjectRequest,
    UnknownRequest,
)
from liuke.kernel.bank import Bank
from liuke.kernel.errors import Forbidden, Invalid
from liuke.kernel.http import COMMON, ActorDep, BankDep, CursorQuery, LimitQuery, Wire, WirePage, problems

router = APIRouter(
    prefix="/api/subject-requests",
    tags=["consent"],
    responses=COMMON | problems(Forbidden, UnknownRequest, RequestClosed, Invalid),
)


class KeptOut(Wire):
    """What stays after an erasure, why, until when; ``verify``: to be confirmed by compliance."""

    what: str
    why: str
    until: str
    verify: bool


class RequestOut(Wire):
    """A request of a customer about their own data."""

    id: UUID
    customer_no: str
    kind: RequestKind
    state: RequestState
    evidence_ref: str
    branch_no: str
    field: str | None
    asked_at: datetime
    due_on: date
    taken_by: str
    closed_at: datetime | None
    closed_by: str | None
    answer: str | None


class SectionOut(Wire):
    """A part of what the bank holds about a customer."""

    name: str
    title: str
    content: Any


class ExportOut(Wire):
    """The customer's own copy of everything, and what the law keeps."""

    customer_no: str
    made_at: datetime
    sections: list[SectionOut]
    kept: list[KeptOut]


class RequestIn(Wire):
    """What a customer asks; a correction names the field and what should stand there."""

    customer_no: Annotated[str, Limits(max_length=32)]
    kind: RequestKind
    evidence_ref: Annotated[str, Limits(max_length=80)]
    field: Annotated[str, Limits(max_length=200)] = ""
    wanted: Annotated[str, Limits(max_length=200)] = ""


class RequestAnswerIn(Wire):
    """What the customer is told (4–500 characters)."""

    answer: Annotated[str, Limits(max_length=1000)]


class ErasureIn(Wire):
    """``confirmed``: the customer knows that running business and what the law keeps go on."""

    confirmed: bool


class WantedOut(Wire):
    """What should stand in the field."""

    wanted: str


@router.get("/kept")
def list_kept(actor: ActorDep) -> list[KeptOut]:
    """What stays after an erasure, why, and until when."""
    del actor  # any signed-in user
    return [KeptOut.model_validate(left) for left in service.kept()]


@router.get("", responses=problems(UnknownCustomer))
def list_requests(
    actor: ActorDep,
    bank: BankDep,
    customer_no: Annotated[str | None, Query(max_length=32)] = None,
    state: RequestState | None = None,
    cursor: CursorQuery = None,
    limit: LimitQuery = 50,
) -> WirePage[RequestOut]:
    """Requests within the asker's scope, latest first."""
    page = service.find(bank, actor, customer_no=customer_no, state=state, cursor=cursor, limit=limit)
    return WirePage(items=[_out(bank, found) for found in page.items], next_cursor=page.next_cursor)


@router.post("", status_code=201, responses=problems(UnknownCustomer))
def take_request(given: RequestIn, actor: ActorDep, bank: BankDep) -> RequestOut:
    """Take a request; it goes to the branch that owns the customer."""
    wanted = {name: getattr(given, name) for name in ("kind", "evidence_ref", "field", "wanted")}
    return _out(bank, service.ask(bank, actor, given.customer_no, **wanted))


@router.post("/{request_id}/export")
def export_subject(request_id: UUID, actor: ActorDep, bank: BankDep) -> ExportOut:
    """Everything about the customer who asked, in clear; every look is recorded and the request is done."""
    found = service.export(bank, actor, request_id)
    return ExportOut(
        customer_no=found.customer_no,
        made_at=found.made_at,
        sections=[SectionOut(name=one.name, title=one.title, content=one.content) for one in found.sections],
        kept=[KeptOut.model_validate(left) for left in found.kept],
    )


@router.post("/{request_id}/wanted")
def read_wanted(request_id: UUID, actor: ActorDep, bank: BankDep) -> WantedOut:
    """What a customer wants corrected, in clear; the look is recorded."""
    return WantedOut(wanted=service.wanted(bank, actor, request_id))


@router.post("/{request_id}/correction", status_code=204)
def close_correction(request_id: UUID, given: RequestAnswerIn, actor: ActorDep, bank: BankDep) -> None:
    """Close a correction that was put right in the source system."""
    service.correct(bank, actor, request_id, answer=given.answer)


@router.post("/{request_id}/erasure", responses=problems(StillCustomer))
def erase_subject(request_id: UUID, given: ErasureIn, actor: ActorDep, bank: BankDep) -> list[KeptOut]:
    """Destroy the customer's key, by somebody else than who took the request; says what stays."""
    return [KeptOut.model_validate(left) for left in service.erase(bank, actor, request_id, confirmed=given.confirmed)]


@router.post("/{request_id}/refusal", status_code=204)
def refuse_request(request_id: UUID, given: RequestAnswerIn, actor: ActorDep, bank: BankDep) -> None:
    """Close a request that cannot be met, saying why."""
    service.refuse(bank, actor, request_id, answer=given.answer)


def _out(bank: Bank, found: SubjectRequest) -> RequestOut:
    facts = {name: getattr(found, name) for name in RequestOut.model_fields if name != "customer_no"}
    return RequestOut(customer_no=bank.keys.customer_numbers.encode(found.one_id), **facts)
