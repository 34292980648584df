"""数据源与质量 over HTTP: sources, loads, quarantine, contracts, lineage."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body, status

from liuke.data.sources import service
from liuke.data.sources.model import (
    ContractInvalid,
    ContractMoved,
    Format,
    Freshness,
    LoadState,
    LoadUnknown,
    Mode,
    SourceBusy,
    SourceUnknown,
)
from liuke.kernel.actor import Actor
from liuke.kernel.errors import Forbidden
from liuke.kernel.http import COMMON, ActorDep, BankDep, CursorQuery, LimitQuery, Wire, WirePage, problems

router = APIRouter(prefix="/api/sources", tags=["sources"], responses=COMMON | problems(Forbidden))


class ContractProblem(Wire):
    """One error in a contract; line and column count from 1, 0 = the whole text."""

    line: int
    column: int
    key: str
    message: str


class ReasonRows(Wire):
    """How many rows were set aside for one reason; ``column`` is empty when the whole row is meant."""

    column: str
    reason: str
    rows: int


class TableRows(Wire):
    """What a load did to one canonical table: rows new or changed, unchanged, and corrections of earlier rows."""

    table: str
    accepted: int
    unchanged: int
    corrected: int


class LoadSummary(Wire):
    """One load as a list shows it. ``sentence`` is the Chinese sentence to show, empty when all went well."""

    id: UUID
    source: str
    system: str
    file_name: str
    file_date: date | None
    bytes: int
    contract_version: int
    state: LoadState
    attempts: int
    started_by: str
    started_by_name: str
    started_at: datetime
    ended_at: datetime | None
    seconds: float | None
    rows_read: int
    rows_accepted: int
    rows_unchanged: int
    rows_repeated: int
    rows_quarantined: int
    sentence: str


class LoadDetail(LoadSummary):
    """One load with everything known about it."""

    sha256: str
    new_columns: list[str]
    missing_columns: list[str]
    reasons: list[ReasonRows]
    tables: list[TableRows]


class SourceSummary(Wire):
    """A source: what it is, how fresh it is, and its last load."""

    name: str
    title: str
    system: str
    system_title: str
    format: Format
    mode: Mode
    cadence: str
    tables: list[str]
    contract_version: int
    problems: list[ContractProblem]
    freshness: Freshness
    data_date: date | None
    due_at: datetime | None
    files: int
    rows_accepted: int
    rows_quarantined: int
    last_load: LoadSummary | None


class QuarantineRow(Wire):
    """A row set aside: line in the file, raw text (masked unless the actor may see it) and reasons."""

    line_no: int
    reasons: list[str]
    raw: str
    masked: bool


class ContractVersionWire(Wire):
    """One saved version of a contract."""

    version: int
    saved_by: str
    saved_by_name: str
    saved_at: datetime


class ContractWire(Wire):
    """The contract in force: its TOML text, its errors and its history, newest first."""

    source: str
    version: int
    text: str
    problems: list[ContractProblem]
    versions: list[ContractVersionWire]


class ContractDraft(Wire):
    """A contract's text to check or save; ``base_version`` is the version it was edited from (0 = new)."""

    text: str
    base_version: int


class ContractCheck(Wire):
    """What a contract's text would be: its name and problems (none = it may be saved)."""

    source: str
    problems: list[ContractProblem]


class LineageRow(Wire):
    """One way from a source column to a canonical column."""

    source: str
    source_column: str
    source_meaning: str
    pi: str
    table: str
    column: str
    column_meaning: str
    expression: str


class RunStarted(Wire):
    """A load was started in the background; follow it at /api/jobs/{run_id}."""

    run_id: UUID


@router.get("", operation_id="sources:list")
def list_sources(bank: BankDep, actor: ActorDep) -> list[SourceSummary]:
    """All sources with freshness and counts, in reading order (systems, then names)."""
    return [SourceSummary.model_validate(one) for one in service.source_list(bank, actor)]


@router.get("/lineage", operation_id="sources:lineage")
def get_lineage(bank: BankDep, actor: ActorDep, table: str = "", source: str = "") -> list[LineageRow]:
    """Source column → canonical column, for one canonical table, one source, or all."""
    return [LineageRow.model_validate(one) for one in service.lineage(bank, actor, table=table, source=source)]


@router.post("/contract-checks", operation_id="sources:check_contract")
def check_contract(bank: BankDep, actor: ActorDep, draft: Annotated[ContractDraft, Body()]) -> ContractCheck:
    """Read a contract's text and name every error with its place; nothing is saved."""
    source, found = service.check_contract(bank, actor, text=draft.text)
    return ContractCheck(source=source, problems=[ContractProblem.model_validate(one) for one in found])


@router.post("/runs", operation_id="sources:run_all", status_code=status.HTTP_202_ACCEPTED)
def run_all(bank: BankDep, actor: ActorDep) -> RunStarted:
    """Load everything that has arrived, in the background."""
    return RunStarted(run_id=service.start(bank, actor, source=""))


@router.get("/loads", operation_id="sources:recent_loads")
def recent_loads(
    bank: BankDep, actor: ActorDep, cursor: CursorQuery = None, limit: LimitQuery = 50
) -> WirePage[LoadSummary]:
    """Loads of all sources, newest first."""
    return _loads(bank, actor, source="", cursor=cursor, limit=limit)


@router.get("/loads/{load_id}", operation_id="sources:load", responses=problems(LoadUnknown))
def get_load(bank: BankDep, actor: ActorDep, load_id: UUID) -> LoadDetail:
    """One load: counts by table and by reason, new and missing columns."""
    return LoadDetail.model_validate(service.load(bank, actor, load_id=load_id))


@router.get("/loads/{load_id}/quarantine", operation_id="sources:quarantine", responses=problems(LoadUnknown))
def get_quarantine(
    bank: BankDep, actor: ActorDep, load_id: UUID, cursor: CursorQuery = None, limit: LimitQuery = 50
) -> WirePage[QuarantineRow]:
    """Rows of a load that were set aside, by line."""
    page = service.quarantine(bank, actor, load_id=load_id, cursor=cursor, limit=limit)
    return WirePage[QuarantineRow](
        items=[QuarantineRow.model_validate(one) for one in page.items], next_cursor=page.next_cursor
    )


@router.get("/{source}", operation_id="sources:get", responses=problems(SourceUnknown))
def get_source(bank: BankDep, actor: ActorDep, source: str) -> SourceSummary:
    """One source with freshness and counts."""
    return SourceSummary.model_validate(service.source_view(bank, actor, source=source))


@router.get("/{source}/loads", operation_id="sources:loads", responses=problems(SourceUnknown))
def get_loads(
    bank: BankDep, actor: ActorDep, source: str, cursor: CursorQuery = None, limit: LimitQuery = 50
) -> WirePage[LoadSummary]:
    """Loads of one source, newest first."""
    return _loads(bank, actor, source=source, cursor=cursor, limit=limit)


@router.post(
    "/{source}/runs",
    operation_id="sources:run",
    status_code=status.HTTP_202_ACCEPTED,
    responses=problems(SourceUnknown, SourceBusy),
)
def run_source(bank: BankDep, actor: ActorDep, source: str) -> RunStarted:
    """Load what has arrived of one source, in the background."""
    return RunStarted(run_id=service.start(bank, actor, source=source))


@router.get("/{source}/contract", operation_id="sources:contract", responses=problems(SourceUnknown))
def get_contract(bank: BankDep, actor: ActorDep, source: str) -> ContractWire:
    """The contract in force, with its history."""
    return ContractWire.model_validate(service.contract(bank, actor, source=source))


@router.get("/{source}/contract/{version}", operation_id="sources:contract_version", responses=problems(SourceUnknown))
def get_contract_version(bank: BankDep, actor: ActorDep, source: str, version: int) -> ContractWire:
    """An earlier version of a contract."""
    return ContractWire.model_validate(service.contract(bank, actor, source=source, version=version))


@router.put(
    "/{source}/contract",
    operation_id="sources:save_contract",
    responses=problems(SourceUnknown, ContractInvalid, ContractMoved),
)
def save_contract(bank: BankDep, actor: ActorDep, source: str, draft: Annotated[ContractDraft, Body()]) -> ContractWire:
    """Save a new version of a contract; refused while it has errors."""
    saved = service.save_contract(bank, actor, source=source, text=draft.text, base_version=draft.base_version)
    return ContractWire.model_validate(saved)


def _loads(bank: BankDep, actor: Actor, *, source: str, cursor: str | None, limit: int) -> WirePage[LoadSummary]:
    page = service.loads(bank, actor, source=source, cursor=cursor, limit=limit)
    return WirePage[LoadSummary](
        items=[LoadSummary.model_validate(one) for one in page.items], next_cursor=page.next_cursor
    )
