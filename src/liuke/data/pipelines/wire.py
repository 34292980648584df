"""Wire types of derived tables: a definition, what a check, a preview and a run say of it."""

from datetime import date, datetime
from uuid import UUID

from liuke.data.pipelines.model import (
    Definition,
    Grain,
    Health,
    PipelineRunState,
    PipelineState,
    RuleKind,
    RunKind,
    Severity,
)
from liuke.kernel.http import Wire


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


def definition_of(one: Definition) -> DefinitionWire:
    """A definition on the wire."""
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
