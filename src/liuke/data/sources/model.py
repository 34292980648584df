"""The nouns of sources: contracts, loads, quarantined rows and what is wrong with any of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from liuke.kernel.errors import Conflict, Invalid, LiukeError, NotFound, Unavailable
from liuke.kernel.event import Event


class Format(StrEnum):
    """How a source stores its rows."""

    CSV = "csv"
    FIXED = "fixed"
    JSONL = "jsonl"
    EXCEL = "excel"
    PARQUET = "parquet"
    SQL = "sql"
    REST = "rest"


class Mode(StrEnum):
    """Whether a file tells the whole present state, or only what is new."""

    SNAPSHOT = "snapshot"
    APPEND = "append"


class LoadState(StrEnum):
    """How far a load is. Only ``published`` rows can be seen by anyone."""

    LANDED = "landed"  # the raw copy is safe; a killed load goes on from here
    CHECKING = "checking"
    PUBLISHED = "published"
    REFUSED = "refused"  # the file is not acceptable; nothing of it was taken
    FAILED = "failed"  # the machine failed; the load is tried again


class Freshness(StrEnum):
    """What a screen says about a source in one word."""

    NEVER = "never"
    RUNNING = "running"
    FRESH = "fresh"
    LATE = "late"
    REFUSED = "refused"
    FAILED = "failed"
    BROKEN = "broken"  # its contract has errors


@dataclass(frozen=True, slots=True)
class Problem:
    """One error in a contract: where (line and column count from 1; 0 = the whole file), which key, and what to do."""

    line: int
    column: int
    key: str
    message: str


@dataclass(frozen=True, slots=True)
class ReasonCount:
    """How many rows were set aside for one reason; ``column`` is the source column, or empty for the whole row."""

    column: str
    reason: str
    rows: int


@dataclass(frozen=True, slots=True)
class TableCount:
    """What a load did to one canonical table."""

    table: str
    accepted: int
    unchanged: int
    corrected: int


@dataclass(frozen=True, slots=True)
class Load:
    """One file (or one extract) on its way in."""

    id: UUID
    source: str
    system: str
    file_name: str
    file_date: date | None
    sha256: str
    bytes: int
    contract_version: int
    state: LoadState
    attempts: int
    started_by: str
    started_at: datetime
    ended_at: datetime | None
    rows_read: int
    rows_accepted: int
    rows_unchanged: int
    rows_repeated: int
    rows_quarantined: int
    sentence: str
    new_columns: tuple[str, ...] = ()
    missing_columns: tuple[str, ...] = ()
    reasons: tuple[ReasonCount, ...] = ()
    tables: tuple[TableCount, ...] = ()

    @property
    def seconds(self) -> float | None:
        """How long it took, once it ended."""
        return (self.ended_at - self.started_at).total_seconds() if self.ended_at else None


@dataclass(frozen=True, slots=True)
class SourceView:
    """A source as the list shows it: what it is, how fresh, and what its last load did."""

    name: str
    title: str
    system: str
    system_title: str
    format: str
    mode: str
    cadence: str
    tables: tuple[str, ...]
    contract_version: int
    problems: tuple[Problem, ...]
    freshness: Freshness
    data_date: date | None
    due_at: datetime | None
    files: int
    rows_accepted: int
    rows_quarantined: int
    last_load: Load | None


@dataclass(frozen=True, slots=True)
class QuarantinedRow:
    """A row that was set aside: its place in the file, its raw text and why."""

    line_no: int
    reasons: tuple[str, ...]
    raw: str
    masked: bool


@dataclass(frozen=True, slots=True)
class Lineage:
    """One way from a source column to a canonical column, in the contract's words."""

    source: str
    source_column: str
    source_meaning: str
    pi: str
    table: str
    column: str
    column_meaning: str
    expression: str


@dataclass(frozen=True, slots=True)
class ContractVersion:
    """One saved text of a contract."""

    source: str
    version: int
    saved_by: str
    saved_at: datetime


@dataclass(frozen=True, slots=True)
class ContractText:
    """The contract in force: its text, what is wrong with it, and its history, newest first."""

    source: str
    version: int
    text: str
    problems: tuple[Problem, ...]
    versions: tuple[ContractVersion, ...]


@dataclass(frozen=True, kw_only=True)
class SourceLoaded(Event):
    """A file was taken in: rows by canonical table. Consumers read the rows from the lake by ``load_id``."""

    kind: ClassVar[str] = "source.loaded"
    source: str
    system: str
    load_id: str
    tables: Mapping[str, int] = field(default_factory=dict)
    rows_quarantined: int = 0


@dataclass(frozen=True, kw_only=True)
class SourceRefused(Event):
    """A file was refused as a whole."""

    kind: ClassVar[str] = "source.refused"
    source: str
    load_id: str
    code: str


@dataclass(frozen=True, kw_only=True)
class ContractSaved(Event):
    """A contract got a new version."""

    kind: ClassVar[str] = "contract.saved"
    source: str
    contract_version: int


@dataclass(frozen=True, kw_only=True)
class QuarantineViewed(Event):
    """Somebody looked at raw rows that were set aside; they may hold personal data."""

    kind: ClassVar[str] = "quarantine.viewed"
    wakes: ClassVar[bool] = False
    load_id: str
    after_line: int


class SourceUnknown(NotFound):
    """没有名为 {source} 的数据源。请检查名称,或先保存它的数据契约。"""


class LoadUnknown(NotFound):
    """没有找到这次加载。"""


class ContractInvalid(Invalid):
    """数据契约有 {count} 处错误,没有保存。第一处:{where}{reason}"""


class ContractBroken(Invalid):
    """数据源 {source} 的契约有 {count} 处错误,没有加载。第一处:{where}{reason}"""


class ContractMoved(Conflict):
    """数据契约已有更新的版本(第 {version} 版)。请刷新后再修改。"""


class SourceBusy(Conflict):
    """数据源 {source} 正在加载,请等它结束后再运行。"""


class FileRefused(LiukeError):
    """文件 {file} 未被接收:{reason}"""

    status = 422


class SourceUnreachable(Unavailable):
    """连接不上数据源 {source},没有加载任何数据。请检查网络和连接设置后重试。"""


class AddressMissing(Invalid):
    """没有设置环境变量 {variable},不知道到哪里读取。请由系统管理员设置后重试。"""


def cadence_of(text: str) -> timedelta:
    """``"1d"`` as a duration; units m, h, d, w. Raises: ValueError when it is not one of at least a minute."""
    unit = {"m": 1, "h": 60, "d": 1440, "w": 10080}.get(text[-1:])
    if unit is None or not text[:-1].isdigit() or int(text[:-1]) < 1:
        raise ValueError(text)
    return timedelta(minutes=int(text[:-1]) * unit)
