"""Cases over HTTP."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Final
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Body, Path, Query, Response

from liuke.guard.cases import service, work
from liuke.guard.cases.model import (
    AttachmentRefused,
    Case,
    CaseFilter,
    CaseKind,
    CaseState,
    Disposition,
    Evidence,
    LinkKind,
    NotMember,
    Priority,
    Queue,
    Step,
    UnknownCase,
    UnknownQueue,
    WrongState,
)
from liuke.kernel.bank import Bank
from liuke.kernel.errors import Forbidden, Invalid
from liuke.kernel.http import COMMON, ActorDep, BankDep, CursorQuery, LimitQuery, Wire, WirePage, problems
from liuke.kernel.ids import OneId

router = APIRouter(prefix="/api/cases", tags=["cases"], responses=COMMON | problems(Forbidden))

CaseNo = Annotated[str, Path(max_length=20)]
Words = Annotated[str, Body(embed=True, max_length=4000)]
_WORKED: Final = problems(UnknownCase, WrongState, NotMember, Invalid)


class CaseOut(Wire):
    """A case. Users are named by id; ``customer_no`` is the customer it is about, if it is about one."""

    case_no: str
    kind: CaseKind
    queue: str
    title: str
    summary: str
    customer_no: str | None
    priority: Priority
    state: CaseState
    assignee: str | None
    assignee_name: str | None
    watchers: list[str]
    opened_by: str
    opened_at: datetime
    due_at: datetime
    overdue: bool
    disposition: Disposition | None
    proposal: str
    proposed_by: str | None
    proposed_at: datetime | None
    closed_by: str | None
    closed_at: datetime | None
    alerts: int


class NoteOut(Wire):
    """One line of the diary."""

    at: datetime
    by: str
    by_name: str | None
    step: Step
    words: str


class AlertOut(Wire):
    """An alert that joined the case."""

    at: datetime
    rule: str
    words: str
    score: int | None


class LinkOut(Wire):
    """A link to evidence; a customer's ``ref`` is the public customer number."""

    at: datetime
    by: str
    kind: LinkKind
    ref: str
    words: str


class AttachmentOut(Wire):
    """A file of the case, with the SHA-256 of its content."""

    id: UUID
    name: str
    media_type: str
    bytes: int
    sha256: str
    added_by: str
    added_at: datetime


class DossierOut(Wire):
    """A case with everything in it."""

    case: CaseOut
    notes: list[NoteOut]
    alerts: list[AlertOut]
    links: list[LinkOut]
    attachments: list[AttachmentOut]


class QueueOut(Wire):
    """A queue: hours to settle by priority, its members by id and by role."""

    name: str
    title: str
    hours: dict[Priority, int]
    members: list[str]
    roles: list[str]


class QueueIn(Wire):
    """What to set of a queue."""

    title: Annotated[str, Body(max_length=40)]
    hours: dict[Priority, int]
    members: Annotated[list[str], Body(max_length=200)]
    roles: Annotated[list[str], Body(max_length=20)]


class QueueStatistics(Wire):
    """Counts of a queue: now, and ``opened`` … ``dismissed`` of the last 30 days."""

    queue: str
    title: str
    unsettled: int
    unassigned: int
    proposed: int
    overdue: int
    opened: int
    closed: int
    on_time: int
    confirmed: int
    dismissed: int
    median_seconds: float | None


class ColleagueOut(Wire):
    """Somebody a case may be given to."""

    user_id: str
    name: str


class CaseIn(Wire):
    """A case to open by hand."""

    kind: CaseKind
    title: Annotated[str, Body(max_length=120)]
    summary: Annotated[str, Body(max_length=2000)] = ""
    customer_no: Annotated[str | None, Body(max_length=20)] = None
    priority: Priority = Priority.NORMAL
    queue: Annotated[str, Body(max_length=40)] = ""


class LinkIn(Wire):
    """Evidence to link."""

    kind: LinkKind
    ref: Annotated[str, Body(min_length=1, max_length=64)]
    words: Annotated[str, Body(max_length=200)] = ""


class ProposalIn(Wire):
    """How to settle the case, and why."""

    disposition: Disposition
    words: Annotated[str, Body(max_length=4000)]


class CaseDecisionIn(Wire):
    """Whether the proposal is agreed to, and why."""

    agreed: bool
    words: Annotated[str, Body(max_length=4000)]


@router.get("")
def list_cases(
    actor: ActorDep,
    bank: BankDep,
    queue: Annotated[str, Query(max_length=40)] = "",
    kind: CaseKind | None = None,
    state: CaseState | None = None,
    unsettled: bool = False,
    mine: bool = False,
    overdue: bool = False,
    cursor: CursorQuery = None,
    limit: LimitQuery = 50,
) -> WirePage[CaseOut]:
    """Cases you may see, the soonest due first."""
    wanted = CaseFilter(queue, kind, state, unsettled, mine, overdue)
    page = service.find(bank, actor, wanted, cursor=cursor, limit=limit)
    names = service.names(bank, actor)
    return WirePage(items=[_case(bank, case, names) for case in page.items], next_cursor=page.next_cursor)


@router.post("", status_code=201, responses=problems(UnknownQueue))
def open_case(wanted: CaseIn, actor: ActorDep, bank: BankDep) -> CaseOut:
    """Open a case by hand."""
    subject = OneId(bank.keys.customer_numbers.decode(wanted.customer_no)) if wanted.customer_no else None
    case = work.start(
        bank,
        actor,
        wanted.kind,
        title=wanted.title,
        summary=wanted.summary,
        subject=subject,
        priority=wanted.priority,
        queue=wanted.queue,
    )
    return _named(bank, actor, case)


@router.get("/queues")
def list_queues(actor: ActorDep, bank: BankDep) -> list[QueueOut]:
    """Every queue."""
    return [_queue(queue) for queue in service.queues(bank, actor)]


@router.put("/queues/{name}", responses=problems(UnknownQueue))
def set_queue(name: Annotated[str, Path(max_length=40)], wanted: QueueIn, actor: ActorDep, bank: BankDep) -> QueueOut:
    """Set a queue's title, hours and members."""
    hours = {str(priority): hours for priority, hours in wanted.hours.items()}
    queue = Queue(name, wanted.title, hours, tuple(wanted.members), tuple(wanted.roles))
    return _queue(service.set_queue(bank, actor, queue))


@router.get("/statistics")
def read_statistics(actor: ActorDep, bank: BankDep) -> list[QueueStatistics]:
    """Counts by queue over the cases you may see."""
    return [QueueStatistics.model_validate(row) for row in service.statistics(bank, actor)]


@router.get("/colleagues")
def list_colleagues(actor: ActorDep, bank: BankDep) -> list[ColleagueOut]:
    """Whom a case may be given to."""
    return [ColleagueOut(user_id=key, name=name) for key, name in service.names(bank, actor).items()]


@router.get("/{case_no}", responses=problems(UnknownCase))
def read_case(case_no: CaseNo, actor: ActorDep, bank: BankDep) -> DossierOut:
    """A case with everything in it. The look is recorded."""
    found = service.read(bank, actor, case_no)
    names = service.names(bank, actor)
    notes = [NoteOut(**_chosen(row, "at", "by", "step", "words"), by_name=names.get(row["by"])) for row in found.notes]
    return DossierOut(
        case=_case(bank, found.case, names),
        notes=notes,
        alerts=[AlertOut(**_chosen(row, "at", "rule", "words", "score")) for row in found.alerts],
        links=[_link(bank, row) for row in found.links],
        attachments=[AttachmentOut.model_validate(file) for file in found.attachments],
    )


@router.post("/{case_no}/assignments", responses=_WORKED)
def assign_case(
    case_no: CaseNo, assignee: Annotated[str | None, Body(embed=True, max_length=64)], actor: ActorDep, bank: BankDep
) -> CaseOut:
    """Give a case to a colleague, or back to its queue (null)."""
    return _named(bank, actor, work.assign(bank, actor, case_no, assignee=assignee))


@router.post("/{case_no}/notes", status_code=204, responses=_WORKED)
def add_note(case_no: CaseNo, words: Words, actor: ActorDep, bank: BankDep) -> None:
    """Write into the diary."""
    work.note(bank, actor, case_no, words=words)


@router.post("/{case_no}/links", status_code=204, responses=_WORKED)
def add_link(case_no: CaseNo, wanted: LinkIn, actor: ActorDep, bank: BankDep) -> None:
    """Link an event, customer, product or other case."""
    customer = wanted.kind is LinkKind.CUSTOMER
    ref = str(bank.keys.customer_numbers.decode(wanted.ref)) if customer else wanted.ref
    work.link(bank, actor, case_no, Evidence(wanted.kind, ref, wanted.words))


@router.put("/{case_no}/watchers", responses=_WORKED)
def set_watchers(
    case_no: CaseNo,
    watchers: Annotated[list[str], Body(embed=True, max_length=50)],
    actor: ActorDep,
    bank: BankDep,
) -> CaseOut:
    """Name exactly who else may see the case."""
    return _named(bank, actor, work.watch(bank, actor, case_no, watchers=tuple(watchers)))


@router.post("/{case_no}/attachments", status_code=201, responses=_WORKED | problems(AttachmentRefused))
def add_attachment(
    case_no: CaseNo,
    name: Annotated[str, Query(min_length=1, max_length=200)],
    content: Annotated[bytes, Body(media_type="application/octet-stream")],
    actor: ActorDep,
    bank: BankDep,
) -> AttachmentOut:
    """Add a file; the body is its content."""
    return AttachmentOut.model_validate(work.attach(bank, actor, case_no, name=name, content=content))


@router.get(
    "/{case_no}/attachments/{attachment_id}",
    response_class=Response,
    responses=problems(UnknownCase) | {200: {"content": {"application/octet-stream": {}}}},
)
def read_attachment(case_no: CaseNo, attachment_id: UUID, actor: ActorDep, bank: BankDep) -> Response:
    """A file of the case, to save. The look is recorded."""
    file, content = service.take(bank, actor, case_no, attachment_id)
    saved = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(file.name)}"}
    return Response(content, media_type="application/octet-stream", headers=saved)


@router.post("/{case_no}/proposals", responses=_WORKED)
def propose_disposition(case_no: CaseNo, wanted: ProposalIn, actor: ActorDep, bank: BankDep) -> CaseOut:
    """Propose how to settle the case; somebody else decides."""
    case = work.propose(bank, actor, case_no, disposition=wanted.disposition, words=wanted.words)
    return _named(bank, actor, case)


@router.post("/{case_no}/decisions", responses=_WORKED)
def decide_case(case_no: CaseNo, wanted: CaseDecisionIn, actor: ActorDep, bank: BankDep) -> CaseOut:
    """Settle the case as proposed, or send it back."""
    return _named(bank, actor, work.decide(bank, actor, case_no, agreed=wanted.agreed, words=wanted.words))


@router.post("/{case_no}/reopenings", responses=_WORKED)
def reopen_case(case_no: CaseNo, words: Words, actor: ActorDep, bank: BankDep) -> CaseOut:
    """Take a settled case up again."""
    return _named(bank, actor, work.reopen(bank, actor, case_no, words=words))


def _named(bank: Bank, actor: ActorDep, case: Case) -> CaseOut:
    return _case(bank, case, service.names(bank, actor))


def _case(bank: Bank, case: Case, names: dict[str, str]) -> CaseOut:
    kept = {name: getattr(case, name) for name in Case.__slots__ if name in CaseOut.model_fields}
    number = bank.keys.customer_numbers.encode(case.subject) if case.subject is not None else None
    return CaseOut(
        **kept | {"watchers": list(case.watchers)}, customer_no=number, assignee_name=names.get(case.assignee or "")
    )


def _link(bank: Bank, row: Mapping[str, Any]) -> LinkOut:
    facts = _chosen(row, "at", "by", "kind", "ref", "words")
    if facts["kind"] == LinkKind.CUSTOMER:
        facts["ref"] = bank.keys.customer_numbers.encode(OneId(int(facts["ref"])))
    return LinkOut(**facts)


def _chosen(row: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {name: row[name] for name in names}


def _queue(queue: Queue) -> QueueOut:
    return QueueOut(
        name=queue.name,
        title=queue.title,
        hours={Priority(priority): hours for priority, hours in queue.hours.items()},
        members=list(queue.members),
        roles=list(queue.roles),
    )
