"""Nouns of derived tables: what one is, how it is brought up to date and judged, its runs, its errors and events."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from liuke.kernel.errors import Conflict, Invalid, NotFound, Unavailable
from liuke.kernel.event import Event


class PipelineState(StrEnum):
    """Where a derived table stands. Only a live one is brought up to date by itself."""

    DRAFT = "draft"  # 草稿: never published
    LIVE = "live"  # 生效
    PAUSED = "paused"  # 暂停: keeps its last good version, is not run
    RETIRED = "retired"  # 停用: no longer shown to others


class Health(StrEnum):
    """What a screen says about a derived table in one word."""

    NEVER = "never"  # not yet built
    FRESH = "fresh"
    STALE = "stale"  # its inputs have moved on, or its cadence has passed
    RUNNING = "running"
    FAILED = "failed"  # the last run failed; the last good version stays visible
    BLOCKED = "blocked"  # something it is made from failed


class Grain(StrEnum):
    """How wide a partition is."""

    DAY = "day"
    MONTH = "month"


class RuleKind(StrEnum):
    """What a quality rule looks at."""

    NOT_NULL = "not_null"
    UNIQUE = "unique"
    RANGE = "range"
    ROWS = "rows"
    RULE = "rule"


class Severity(StrEnum):
    """What a failing rule does: stop the run, or only say so."""

    STOP = "stop"
    WARN = "warn"


class RunKind(StrEnum):
    """What a run brings up to date."""

    CHANGED = "changed"  # partitions whose inputs changed
    WHOLE = "whole"  # everything
    RANGE = "range"  # a span of partitions


class PipelineRunState(StrEnum):
    """How a run stands or ended."""

    RUNNING = "running"
    DONE = "done"
    REJECTED = "rejected"  # a quality rule failed; nothing became visible
    FAILED = "failed"  # the machine or the query failed; nothing became visible
    BLOCKED = "blocked"  # not begun: something it is made from failed


@dataclass(frozen=True, slots=True)
class Partition:
    """By which output column a table is cut, and what of its inputs a partition looks at.

    ``by``: input table → its column whose Beijing day is the day it belongs to. A partition of day d reads rows of
    those tables from ``before_days`` before d to ``after_days`` after it; a changed day touches partitions that near.
    ``frozen``: inputs whose changes do not recompute partitions already there. A change of any other input recomputes
    everything.
    """

    column: str
    grain: Grain = Grain.DAY
    by: Mapping[str, str] = field(default_factory=dict)
    before_days: int = 0
    after_days: int = 0
    frozen: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class QualityRule:
    """A rule the rows must keep. ``most`` is how many rows may break it.

    ``least`` and ``greatest`` bound a column (RANGE) or the number of rows (ROWS); ``expression`` is a condition of the
    rule language (RULE): rows for which it is false break it.
    """

    kind: RuleKind
    name: str
    columns: tuple[str, ...] = ()
    least: str = ""
    greatest: str = ""
    expression: str = ""
    severity: Severity = Severity.STOP
    most: int = 0


@dataclass(frozen=True, slots=True)
class Said:
    """What the author says of an output column; empty = as its input says."""

    meaning: str = ""
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Definition:
    """A derived table as its author writes it. ``cadence`` is empty or like ``1d``."""

    name: str
    title: str
    meaning: str
    owner: str
    sql: str
    keys: tuple[str, ...]
    partition: Partition | None = None
    on_commit: bool = True
    cadence: str = ""
    columns: Mapping[str, Said] = field(default_factory=dict)
    rules: tuple[QualityRule, ...] = ()


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with a definition: which field (``sql``, ``rules[0]`` …), where in it, and what to do.

    Line and column count from 1; 0 = the whole field.
    """

    field: str
    line: int
    column: int
    message: str


@dataclass(frozen=True, slots=True)
class OutColumn:
    """An output column: DuckDB type, meaning, unit, classes of personal information and retention, and its origins."""

    name: str
    kind: str
    meaning: str
    unit: str
    pi: str
    keep: str
    origins: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Checked:
    """A definition looked at: its problems, and what it would be when there are none."""

    problems: tuple[Problem, ...]
    columns: tuple[OutColumn, ...] = ()
    inputs: tuple[str, ...] = ()
    reads: tuple[str, ...] = ()
    run_sql: str = ""
    spark_sql: str = ""


@dataclass(frozen=True, slots=True)
class Version:
    """One saved text of a definition."""

    version: int
    saved_by: str
    saved_at: datetime
    saved_by_name: str = ""


@dataclass(frozen=True, slots=True)
class Broken:
    """How the rows kept one quality rule: ``rows`` broke it; some of their keys, masked by class."""

    rule: str
    kind: RuleKind
    severity: Severity
    rows: int
    most: int
    samples: tuple[str, ...]

    @property
    def stops(self) -> bool:
        """Whether the run may not become visible."""
        return self.severity is Severity.STOP and self.rows > self.most


@dataclass(frozen=True, slots=True)
class Run:
    """One run: what was to be brought up to date, what became of it. ``sentence`` is empty when all went well."""

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
    broken: tuple[Broken, ...]
    started_by: str
    started_at: datetime
    ended_at: datetime | None
    started_by_name: str = ""


@dataclass(frozen=True, slots=True)
class View:
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
    keys: tuple[str, ...]
    partition: str
    on_commit: bool
    cadence: str
    inputs: tuple[str, ...]
    used_by: tuple[str, ...]
    rows: int
    bytes: int
    built_at: datetime | None
    last_run: Run | None
    blocked_by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Full:
    """A derived table with everything about it. ``built`` are the columns that stand in the lake."""

    view: View
    definition: Definition
    version: int
    text: str
    checked: Checked
    built: tuple[OutColumn, ...]
    versions: tuple[Version, ...]


@dataclass(frozen=True, slots=True)
class DiffLine:
    """A line of the difference of two texts: ``sign`` is a blank, + or -."""

    sign: str
    text: str


@dataclass(frozen=True, slots=True)
class Preview:
    """Some rows of what a query would give: texts as shown, masked by class of personal information."""

    columns: tuple[OutColumn, ...]
    rows: tuple[tuple[str | None, ...], ...]
    more: bool
    seconds: float


@dataclass(frozen=True, kw_only=True)
class PipelineSaved(Event):
    """A derived table's definition got a new version."""

    kind: ClassVar[str] = "pipeline.saved"
    table: str
    table_version: int


@dataclass(frozen=True, kw_only=True)
class PipelineStated(Event):
    """A derived table was published, paused, resumed or retired."""

    kind: ClassVar[str] = "pipeline.stated"
    table: str
    state: str
    table_version: int


@dataclass(frozen=True, kw_only=True)
class PipelineBuilt(Event):
    """A derived table was brought up to date and can be seen."""

    kind: ClassVar[str] = "pipeline.built"
    table: str
    table_version: int
    run_id: str
    rows: int
    partitions: int


@dataclass(frozen=True, kw_only=True)
class PipelineFailed(Event):
    """A run ended without anything becoming visible: by a quality rule, by a fault, or because an input failed."""

    kind: ClassVar[str] = "pipeline.failed"
    table: str
    table_version: int
    run_id: str
    state: str
    rule: str


@dataclass(frozen=True, kw_only=True)
class PipelinePreviewed(Event):
    """Somebody looked at rows a query would give, masked."""

    kind: ClassVar[str] = "pipeline.previewed"
    wakes: ClassVar[bool] = False
    table: str
    inputs: list[str]
    rows: int


class PipelineUnknown(NotFound):
    """没有名为 {table} 的加工表。请检查名称，或先保存它的定义。"""


class PipelineInvalid(Invalid):
    """定义有 {count} 处错误，没有保存。第一处：{where}{reason}"""


class PipelineBroken(Invalid):
    """加工表 {table} 的定义已不能运行：{reason}请修改后重新发布。上次成功的数据仍可使用。"""


class PipelineMoved(Conflict):
    """定义已有更新的版本（第 {version} 版）。请刷新后再修改。"""


class PipelineBusy(Conflict):
    """加工表 {table} 正在运行，请等它结束后再试。"""


class PipelineNeeded(Conflict):
    """不能这样做：{tables} 还在使用加工表 {table}{detail}。请先修改或停用它们。"""


class NotPublished(Conflict):
    """加工表 {table} 尚未发布，不能运行。请先发布。"""


class NothingLike(Invalid):
    """这段时间没有可以重算的分区。请检查起止日期，且加工表须有分区列。"""


class RuleBroken(Conflict):
    """加工表 {table} 没有更新：{rule}，{rows} 行不符合。上次成功的数据仍可使用，依赖它的加工表已停下。"""


class InputFailed(Conflict):
    """加工表 {table} 没有运行：它所用的 {inputs} 最近一次没有成功。请先处理它们。"""


class QueryFailed(Invalid):
    """查询没有运行成功：{reason}请修改后再试。"""


class QueryTooLong(Unavailable):
    """查询超过 {seconds} 秒没有结束，已停止。请缩小范围，或先筛选再联接。"""


class QueryTooLarge(Invalid):
    """查询需要的内存超过上限（{limit}），已停止。请缩小范围，或先筛选再联接。"""


class ResultTooLarge(Invalid):
    """结果超过 {limit} 行的上限，没有保存。请检查联接条件是否完整，或缩小范围。"""


class PartitionDiffers(Invalid):
    """按分区计算与全量计算的结果不同（分区 {partition}）：分区外的数据也影响它。请加大前后天数，或不分区。"""
