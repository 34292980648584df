"""存证 over HTTP: search the log, prove an entry, verify everything now, take evidence away."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Body, Path, Query, Response, status
from pydantic import Field

from liuke.data import org
from liuke.guard.audit import service
from liuke.guard.audit.model import (
    EntryUnknown,
    EntryView,
    FontMissing,
    LogNotBegun,
    SizesWrong,
    Verification,
    VerificationRunning,
    VerificationUnknown,
    Wanted,
)
from liuke.guard.audit.seal.model import Checkpoint, FaultKind, HashName
from liuke.kernel.actor import Actor
from liuke.kernel.bank import Bank
from liuke.kernel.crypto.model import BadCustomerNumber
from liuke.kernel.errors import Forbidden
from liuke.kernel.http import COMMON, ActorDep, BankDep, CursorQuery, LimitQuery, Wire, WirePage, problems
from liuke.kernel.ids import OneId
from liuke.kernel.job import RunState

router = APIRouter(prefix="/api/audit", tags=["audit"], responses=COMMON | problems(Forbidden))

EntryNo = Annotated[int, Path(ge=0, le=2**53, description="条目编号，自 0 起")]


class AuditEntryOut(Wire):
    """An entry: ``customer_no`` and ``payload`` are null where the person was erased; ``customers`` are those that a
    list showed, ``listed_erased`` how many of them were erased since."""

    n: int
    at: datetime
    kind: str
    actor_id: str
    actor_name: str
    via: str
    request_id: str
    event_id: str | None
    customer_no: str | None
    customers: list[str]
    payload: dict[str, Any] | None
    erased: bool
    listed_erased: int


class CheckpointOut(Wire):
    """A signed statement of what the log held; hashes are hexadecimal."""

    size: int
    at: datetime
    root: str
    hash: HashName
    key_id: str
    signature: str
    segment: str
    sealed: bool


class EntryProofOut(Wire):
    """An entry with its inclusion proof (RFC 9162): ``raw`` is hashed to ``leaf``, and with ``path`` to the root."""

    entry: AuditEntryOut
    raw: str
    leaf: str
    path: list[str]
    checkpoint: CheckpointOut


class ConsistencyOut(Wire):
    """Proof that the log of size ``first`` is the beginning of the log of size ``second`` (RFC 9162). ``holds``: it was
    recomputed, and agrees with what is signed; ``first_signed``: a checkpoint states this very root."""

    first: int
    first_root: str
    first_signed: bool
    second: int
    second_root: str
    second_signed: bool
    path: list[str]
    holds: bool


class AuditFaultOut(Wire):
    """Something a verification found; ``segment`` and ``entry`` are named where they are known."""

    kind: FaultKind
    message: str
    segment: str | None
    entry: int | None


class VerificationOut(Wire):
    """A verification of the whole log: ``sound`` is null until it is done; at most 100 faults are listed."""

    id: UUID
    state: RunState
    fraction: float
    started_by: str
    started_at: datetime
    ended_at: datetime | None
    size: int | None
    checkpoints: int
    signatures: int
    erased: int
    sound: bool | None
    faults: list[AuditFaultOut]
    faults_total: int


class WitnessOut(Wire):
    """A witness and the size of the log it last saw; ``trouble`` is empty when all is well."""

    name: str
    size: int | None
    at: datetime | None
    trouble: str


class AuditStateOut(Wire):
    """Where the log stands; ``unsealed`` counts events not yet in it, ``trouble`` says why nothing is written."""

    log_id: str
    size: int
    indexed: int
    unsealed: int
    trouble: str
    hash: HashName
    algorithm: str
    key_id: str
    public_key: str
    segments: int
    sealed_segments: int
    disk_bytes: int
    last: CheckpointOut | None
    witnesses: list[WitnessOut]
    verification: VerificationOut | None


class AuditKindOut(Wire):
    """A kind of entry and how many there are."""

    kind: str
    entries: int


class EvidenceRequest(Wire):
    """The entries wanted and why; taking evidence is itself an entry."""

    entries: list[Annotated[int, Field(ge=0, le=2**53)]] = Field(min_length=1, max_length=200)
    reason: str = Field(min_length=2, max_length=200)


class AuditEvidenceOut(Wire):
    """An evidence pack that the offline verifier accepts: ``pack`` is stored as a file, as it is."""

    file_name: str
    pack: dict[str, Any]


def _entry(bank: Bank, entry: EntryView, names: Mapping[str, str]) -> AuditEntryOut:
    number = bank.keys.customer_numbers.encode
    facts = {name: getattr(entry, name) for name in AuditEntryOut.model_fields.keys() & set(EntryView.__slots__)}
    named = None if entry.subject is None else number(entry.subject)
    return AuditEntryOut(
        **facts,
        actor_name=names[entry.actor_id],
        customer_no=named,
        customers=[number(one_id) for one_id in entry.listed],
    )


def _names(bank: Bank, actor: Actor, entries: Sequence[EntryView]) -> dict[str, str]:
    with bank.read(actor) as tx:
        return org.names(tx, {entry.actor_id for entry in entries})


def _checkpoint(checkpoint: Checkpoint) -> CheckpointOut:
    facts = {name: getattr(checkpoint, name) for name in CheckpointOut.model_fields if name != "signature"}
    return CheckpointOut(**facts, signature=checkpoint.signature.hex())


def _verification(done: Verification) -> VerificationOut:
    return VerificationOut.model_validate(done)


@router.get("", responses=problems(LogNotBegun))
def get_state(bank: BankDep, actor: ActorDep) -> AuditStateOut:
    """Where the log stands: size, key, witnesses, last verification."""
    state = service.state(bank, actor)
    facts = {name: getattr(state, name) for name in AuditStateOut.model_fields}
    return AuditStateOut(
        **facts
        | {
            "last": state.last and _checkpoint(state.last),
            "witnesses": [WitnessOut.model_validate(one) for one in state.witnesses],
            "verification": state.verification and _verification(state.verification),
        }
    )


@router.get("/entries", responses=problems(LogNotBegun, BadCustomerNumber))
def list_entries(
    bank: BankDep,
    actor: ActorDep,
    since: datetime | None = None,
    until: datetime | None = None,
    actor_id: Annotated[str, Query(max_length=64)] = "",
    customer_no: Annotated[str, Query(max_length=32)] = "",
    kind: Annotated[str, Query(max_length=64, description="种类，或以点结尾的前缀，如 customer.")] = "",
    cursor: CursorQuery = None,
    limit: LimitQuery = 50,
) -> WirePage[AuditEntryOut]:
    """Entries, newest first; narrowed by time, actor, customer and kind."""
    subject = OneId(bank.keys.customer_numbers.decode(customer_no)) if customer_no else None
    wanted = Wanted(since=since, until=until, actor_id=actor_id, subject=subject, kind=kind)
    page = service.search(bank, actor, wanted, cursor=cursor, limit=limit)
    names = _names(bank, actor, page.items)
    return WirePage(items=[_entry(bank, entry, names) for entry in page.items], next_cursor=page.next_cursor)


@router.get("/kinds")
def list_kinds(bank: BankDep, actor: ActorDep) -> list[AuditKindOut]:
    """The kinds of entries there are, with counts, for the search field."""
    return [AuditKindOut(kind=kind, entries=entries) for kind, entries in service.kinds(bank, actor)]


@router.get("/entries/{n}", responses=problems(EntryUnknown, LogNotBegun))
def get_entry(bank: BankDep, actor: ActorDep, n: EntryNo) -> EntryProofOut:
    """One entry with the proof that the newest checkpoint holds it."""
    found = service.proved(bank, actor, n)
    return EntryProofOut(
        entry=_entry(bank, found.entry, _names(bank, actor, [found.entry])),
        raw=found.raw,
        leaf=found.leaf.hex(),
        path=[step.hex() for step in found.proof.path],
        checkpoint=_checkpoint(found.checkpoint),
    )


@router.get("/checkpoints", responses=problems(LogNotBegun))
def list_checkpoints(
    bank: BankDep, actor: ActorDep, cursor: CursorQuery = None, limit: LimitQuery = 50
) -> WirePage[CheckpointOut]:
    """Signed checkpoints, newest first."""
    page = service.checkpoints(bank, actor, cursor=cursor, limit=limit)
    return WirePage(items=[_checkpoint(one) for one in page.items], next_cursor=page.next_cursor)


@router.get("/consistency", responses=problems(SizesWrong, LogNotBegun))
def get_consistency(
    bank: BankDep, actor: ActorDep, first: Annotated[int, Query(ge=1)], second: Annotated[int, Query(ge=1)]
) -> ConsistencyOut:
    """Proof that one size of the log is the beginning of another."""
    found = service.consistency(bank, actor, first, second)
    return ConsistencyOut(
        first=first,
        first_root=found.first_root.hex(),
        first_signed=found.first_signed,
        second=second,
        second_root=found.proof.root.hex(),
        second_signed=found.second_signed,
        path=[step.hex() for step in found.proof.path],
        holds=found.holds,
    )


@router.post(
    "/verifications", status_code=status.HTTP_202_ACCEPTED, responses=problems(VerificationRunning, LogNotBegun)
)
def start_verification(bank: BankDep, actor: ActorDep) -> VerificationOut:
    """Verify the whole log now, in the background; follow it by its id."""
    return _verification(service.start_verification(bank, actor))


@router.get("/verifications")
def list_verifications(bank: BankDep, actor: ActorDep) -> list[VerificationOut]:
    """The last 20 verifications, newest first."""
    return [_verification(done) for done in service.verifications(bank, actor)]


@router.get("/verifications/{run_id}", responses=problems(VerificationUnknown))
def get_verification(bank: BankDep, actor: ActorDep, run_id: UUID) -> VerificationOut:
    """One verification: how far it is, or what it found."""
    return _verification(service.verification(bank, actor, run_id))


@router.post("/evidence", responses=problems(EntryUnknown, LogNotBegun))
def take_evidence(bank: BankDep, actor: ActorDep, wanted: Annotated[EvidenceRequest, Body()]) -> AuditEvidenceOut:
    """An evidence pack of some entries as JSON: entries, proofs, checkpoint, keys."""
    name, pack = service.evidence(bank, actor, wanted.entries, reason=wanted.reason)
    return AuditEvidenceOut(file_name=f"{name}.json", pack=pack)


@router.post(
    "/evidence/pdf",
    response_class=Response,
    responses=problems(EntryUnknown, LogNotBegun, FontMissing) | {200: {"content": {"application/pdf": {}}}},
)
def take_printed_evidence(bank: BankDep, actor: ActorDep, wanted: Annotated[EvidenceRequest, Body()]) -> Response:
    """The same evidence pack as a PDF to print and sign."""
    name, pdf = service.printed_evidence(bank, actor, wanted.entries, reason=wanted.reason)
    headers = {"Content-Disposition": f'attachment; filename="{name}.pdf"'}
    return Response(pdf, media_type="application/pdf", headers=headers)
