"""数据开发 over HTTP: derived tables, their definitions and versions, checks, previews, runs."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Body, Path, status

from liuke.data.pipelines import service
from liuke.data.pipelines.build.preview import preview
from liuke.data.pipelines.build.run import Wanted
from liuke.data.pipelines.define import edit
from liuke.data.pipelines.model import (
    Definition,
    Full,
    Grain,
    Health,
    NothingLike,
    NotPublished,
    PipelineBroken,
    PipelineBusy,
    PipelineInvalid,
    PipelineMoved,
    PipelineNeeded,
    PipelineRunState,
    PipelineState,
    PipelineUnknown,
    QueryFailed,
    QueryTooLarge,
    QueryTooLong,
    RuleKind,
    RunKind,
    Severity,
)
from liuke.kernel.errors import Forbidden
from liuke.kernel.http import COMMON, ActorDep, BankDep, CursorQuery, LimitQuery, Wire, WirePage, problems

router = APIRouter(prefix="/api/pipelines", tags=["pipelines"], responses=COMMON | problems(Forbidden))

Name = Annotated[str, Path(max_length=60)]


class PartitionWire(Wire):
    """By which column a table is cut; ``by`` is input table → its column of time; reach in days."""

    column: str
    grain: Grain
    by: dict[str, str]
    before_days: int
    after_days: int
    frozen: list[str]


class SaidWire(Wire):
    """What the author says of an output column; empty = as its input says."""

    meaning: str
    unit: str


class RuleWire(Wire):
    """A quality rule; see `docs/pipelines.md` for what each kind needs. ``most`` rows may break it."""

    kind: RuleKind
    name: str
    columns: list[str]
    least: str
    greatest: str
    expression: str
    severity: Severity
    most: int


class DefinitionWire(Wire):
    """A derived table as its author writes it."""

    table: str
    title: str
    meaning: str
    owner: str
    sql: str
    keys: list[str]
    partition: PartitionWire | None
    on_commit: bool
    cadence: str
    columns: dict[str, SaidWire]
    rules: list[RuleWire]


class DefinitionDraft(Wire):
    """A definition to check, preview or save; ``base_version`` is the version it was edited from (0 = new)."""

    definition: DefinitionWire
    base_version: int


class PipelineProblem(Wire):
    """One thing wrong: which field, where in it (from 1; 0 = the whole field), and what to do."""

    field: str
    line: int
    column: int
    message: str


class OutColumnWire(Wire):
    """An output column with its classes and the columns it comes from (``table.column``)."""

    name: str
    kind: str
    meaning: str
    unit: str
    pi: str
    keep: str
    origins: list[str]


class DefinitionCheck(Wire):
    """A definition looked at. Without problems it may be saved."""

    problems: list[PipelineProblem]
    columns: list[OutColumnWire]
    inputs: list[str]
    spark_sql: str


class PreviewWire(Wire):
    """Some rows, masked; ``more`` tells that there are further ones."""

    columns: list[OutColumnWire]
    rows: list[list[str | None]]
    more: bool
    seconds: float


class BrokenWire(Wire):
    """How many rows broke a rule, and the keys of some, masked."""

    rule: str
    kind: RuleKind
    severity: Severity
    rows: int
    most: int
    samples: list[str]
    stops: bool


class PipelineRun(Wire):
    """One run; ``sentence`` is the Chinese sentence to show, empty when all went well."""

    id: UUID
    table: str
    version: int
    kind: RunKind
    state: PipelineRunState
    since: date | None
    until: date | None
    partitions: int
    partitions_done: int
    rows: int
    why: str
    sentence: str
    broken: list[BrokenWire]
    started_by: str
    started_by_name: str
    started_at: datetime
    ended_at: datetime | None


class PipelineSummary(Wire):
    """A derived table as the list shows it."""

    name: str
    title: str
    meaning: str
    owner: str
    state: PipelineState
    health: Health
    newest_version: int
    live_version: int | None
    built_version: int | None
    keys: list[str]
    partition: str
    on_commit: bool
    cadence: str
    inputs: list[str]
    used_by: list[str]
    rows: int
    bytes: int
    built_at: datetime | None
    last_run: PipelineRun | None
    blocked_by: list[str]


class PipelineVersion(Wire):
    """One saved version."""

    version: int
    saved_by: str
    saved_by_name: str
    saved_at: datetime


class PipelineDetail(Wire):
    """A derived table with everything about it; ``built`` are the columns that stand in the lake."""

    summary: PipelineSummary
    definition: DefinitionWire
    version: int
    text: str
    check: DefinitionCheck
    built: list[OutColumnWire]
    versions: list[PipelineVersion]


class LakeColumnWire(Wire):
    """A column of a table a query may read."""

    name: str
    kind: str
    meaning: str
    unit: str
    pi: str


class LakeTableWire(Wire):
    """A table a query may read."""

    name: str
    meaning: str
    derived: bool
    rows: int
    columns: list[LakeColumnWire]


class DiffLineWire(Wire):
    """A line of a difference: ``sign`` is a blank, + or -."""

    sign: str
    text: str


class Publication(Wire):
    """The version to put in force."""

    version: int


class StateChange(Wire):
    """Pause (paused), resume (live) or retire (retired)."""

    state: PipelineState


class RunWanted(Wire):
    """What to bring up to date: what changed, everything, or a span of days (both included)."""

    kind: RunKind
    since: date | None
    until: date | None


class PipelineRunStarted(Wire):
    """A run was started in the background; follow it at /api/jobs/{run_id}."""

    run_id: UUID


@router.get("", operation_id="pipelines:list")
def list_pipelines(bank: BankDep, actor: ActorDep) -> list[PipelineSummary]:
    """All derived tables, by name."""
    return [PipelineSummary.model_validate(one) for one in service.overview(bank, actor)]


@router.get("/tables", operation_id="pipelines:tables")
def list_tables(bank: BankDep, actor: ActorDep) -> list[LakeTableWire]:
    """The tables a query may read, with their columns."""
    return [
        LakeTableWire(
            name=one.table.name,
            meaning=one.table.meaning,
            derived=one.derived,
            rows=one.rows,
            columns=[LakeColumnWire.model_validate(column) for column in one.table.columns],
        )
        for one in service.lake_tables(bank, actor)
    ]


@router.get("/runs", operation_id="pipelines:recent_runs")
def recent_runs(
    bank: BankDep, actor: ActorDep, cursor: CursorQuery = None, limit: LimitQuery = 50
) -> WirePage[PipelineRun]:
    """Runs of all tables, newest first."""
    return _runs(bank, actor, "", cursor, limit)


@router.post("/checks", operation_id="pipelines:check")
def check_definition(bank: BankDep, actor: ActorDep, draft: Annotated[DefinitionDraft, Body()]) -> DefinitionCheck:
    """Everything wrong with a definition, each at its place, and what it would be; nothing is saved."""
    return DefinitionCheck.model_validate(service.check_definition(bank, actor, _tree(draft.definition)))


@router.post(
    "/previews",
    operation_id="pipelines:preview",
    responses=problems(PipelineInvalid, QueryFailed, QueryTooLarge, QueryTooLong),
)
def preview_definition(bank: BankDep, actor: ActorDep, draft: Annotated[DefinitionDraft, Body()]) -> PreviewWire:
    """Some rows of the newest partition a definition would give, masked; the look is an event."""
    return PreviewWire.model_validate(preview(bank, actor, _tree(draft.definition)))


@router.get("/{name}", operation_id="pipelines:get", responses=problems(PipelineUnknown))
def get_pipeline(bank: BankDep, actor: ActorDep, name: Name) -> PipelineDetail:
    """One derived table with its newest definition."""
    return _detail(service.full(bank, actor, name))


@router.get("/{name}/versions/{version}", operation_id="pipelines:version", responses=problems(PipelineUnknown))
def get_version(bank: BankDep, actor: ActorDep, name: Name, version: int) -> PipelineDetail:
    """One derived table with an earlier definition."""
    return _detail(service.full(bank, actor, name, version=version))


@router.get("/{name}/diff", operation_id="pipelines:diff", responses=problems(PipelineUnknown))
def get_diff(bank: BankDep, actor: ActorDep, name: Name, old: int, new: int) -> list[DiffLineWire]:
    """The difference of two versions, line by line."""
    return [DiffLineWire.model_validate(line) for line in edit.diff(bank, actor, name, old=old, new=new)]


@router.put("/{name}", operation_id="pipelines:save", responses=problems(PipelineInvalid, PipelineMoved))
def save_pipeline(
    bank: BankDep, actor: ActorDep, name: Name, draft: Annotated[DefinitionDraft, Body()]
) -> PipelineDetail:
    """Save a definition as a new version, not yet in force; refused while it has errors."""
    edit.save(bank, actor, _tree(draft.definition) | {"table": name}, base_version=draft.base_version)
    return _detail(service.full(bank, actor, name))


@router.post(
    "/{name}/publications",
    operation_id="pipelines:publish",
    responses=problems(PipelineUnknown, PipelineBroken, PipelineNeeded),
)
def publish_pipeline(
    bank: BankDep, actor: ActorDep, name: Name, wanted: Annotated[Publication, Body()]
) -> PipelineDetail:
    """Put a version in force; it is built at the next run."""
    edit.publish(bank, actor, name, version=wanted.version)
    return _detail(service.full(bank, actor, name))


@router.post("/{name}/state", operation_id="pipelines:state", responses=problems(PipelineUnknown, PipelineNeeded))
def change_state(bank: BankDep, actor: ActorDep, name: Name, wanted: Annotated[StateChange, Body()]) -> PipelineDetail:
    """Pause, resume or retire a derived table."""
    edit.state_to(bank, actor, name, wanted.state)
    return _detail(service.full(bank, actor, name))


@router.get("/{name}/runs", operation_id="pipelines:runs")
def list_runs(
    bank: BankDep, actor: ActorDep, name: Name, cursor: CursorQuery = None, limit: LimitQuery = 50
) -> WirePage[PipelineRun]:
    """Runs of one table, newest first."""
    return _runs(bank, actor, name, cursor, limit)


@router.post(
    "/{name}/runs",
    operation_id="pipelines:run",
    status_code=status.HTTP_202_ACCEPTED,
    responses=problems(PipelineUnknown, NotPublished, PipelineBusy, NothingLike),
)
def run_pipeline(
    bank: BankDep, actor: ActorDep, name: Name, wanted: Annotated[RunWanted, Body()]
) -> PipelineRunStarted:
    """Bring a derived table up to date, in the background."""
    asked = Wanted(wanted.kind, wanted.since, wanted.until)
    return PipelineRunStarted(run_id=service.start(bank, actor, name=name, wanted=asked))


def _tree(definition: DefinitionWire) -> dict[str, Any]:
    return definition.model_dump(mode="json")


def _runs(bank: BankDep, actor: ActorDep, name: str, cursor: str | None, limit: int) -> WirePage[PipelineRun]:
    page = service.runs(bank, actor, name=name, cursor=cursor, limit=limit)
    return WirePage(items=[PipelineRun.model_validate(one) for one in page.items], next_cursor=page.next_cursor)


def _detail(one: Full) -> PipelineDetail:
    return PipelineDetail(
        summary=PipelineSummary.model_validate(one.view),
        definition=_definition(one.definition),
        version=one.version,
        text=one.text,
        check=DefinitionCheck.model_validate(one.checked),
        built=[OutColumnWire.model_validate(column) for column in one.built],
        versions=[PipelineVersion.model_validate(version) for version in one.versions],
    )


def _definition(one: Definition) -> DefinitionWire:
    return DefinitionWire(
        table=one.name,
        title=one.title,
        meaning=one.meaning,
        owner=one.owner,
        sql=one.sql,
        keys=list(one.keys),
        partition=PartitionWire.model_validate(one.partition) if one.partition else None,
        on_commit=one.on_commit,
        cadence=one.cadence,
        columns={name: SaidWire.model_validate(said) for name, said in one.columns.items()},
        rules=[RuleWire.model_validate(rule) for rule in one.rules],
    )
