"""What a source contract says: where rows are, what each column is, and how they become canonical rows."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final

from liuke.data.sources.model import Format, Mode
from liuke.kernel.store.columns import PiClass


class ColumnType(StrEnum):
    """What a source column holds."""

    TEXT = "text"
    INT = "int"
    DECIMAL = "decimal"
    MONEY = "money"
    RATE = "rate"
    DATE = "date"
    TIME = "time"
    BOOL = "bool"


class KnownAt(StrEnum):
    """When our bank could know a row."""

    FILE_DATE = "file_date"  # the end of the day or month in the file's name
    LOAD_TIME = "load_time"  # when it was loaded
    EVENT_DAY = "event_day"  # the end of the day it happened: for history delivered at once


#: Formats each type may state; the first is the default. Date and time formats are free patterns of these letters.
FORMATS: Final[Mapping[ColumnType, tuple[str, ...]]] = {
    ColumnType.MONEY: ("yuan", "fen"),
    ColumnType.RATE: ("percent", "fraction", "bp"),
    ColumnType.BOOL: ("Y/N", "1/0", "true/false"),
}
EPOCHS: Final = ("epoch_s", "epoch_ms")


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the source. ``of`` names columns whose texts are joined before being read, e.g. date and time."""

    name: str
    type: ColumnType
    format: str
    pi: PiClass
    meaning: str
    required: bool = False
    width: int = 0
    scale: int = 4
    century: int = 0
    nulls: tuple[str, ...] = ()
    of: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FileSpec:
    """Where the rows are and how they are written."""

    path: str
    format: Format
    encoding: str = "utf-8"
    delimiter: str = ","
    quote: str = ""
    header: bool = True
    multiline: bool = False
    trailer: str = ""
    sheet: str = ""
    parts: bool = False
    zone: str = "Asia/Shanghai"
    nulls: tuple[str, ...] = ()
    #: Name of the environment variable that holds the address of a database or service; never the address itself.
    address: str = ""
    #: Table of a database, or path of a service.
    table: str = ""
    #: Column an extract goes on from.
    cursor: str = ""
    options: Mapping[str, object] | None = None


@dataclass(frozen=True, slots=True)
class LoadSpec:
    """How often it comes, what a file tells, and when a file is refused as a whole."""

    mode: Mode
    cadence: timedelta
    cadence_text: str
    known_at: KnownAt
    max_bad_percent: float
    future_days: int


@dataclass(frozen=True, slots=True)
class Mapped:
    """A canonical column's value: an expression in the rule language, then a table of codes."""

    expression: str
    codes: str = ""


@dataclass(frozen=True, slots=True)
class Check:
    """A quality rule; rows for which it is false are set aside with the reason."""

    rule: str
    reason: str


@dataclass(frozen=True, slots=True)
class Reference:
    """A column that must name a row of a canonical table of the same system; others are set aside with the reason."""

    column: str
    table: str
    reason: str


@dataclass(frozen=True, slots=True)
class Lookup:
    """A column found in a canonical table of the same system: ``take`` of the row whose ``match`` equals ``source``.

    ``where`` narrows the rows by equal values, e.g. ``{kind = "owner"}``.
    """

    name: str
    source: str
    table: str
    match: str
    take: str
    where: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Target:
    """A canonical table a row goes to, and how."""

    table: str
    key: str
    event_time: str
    when: str
    columns: Mapping[str, Mapped]


@dataclass(frozen=True, slots=True)
class Contract:
    """A source contract, read."""

    name: str
    version: int
    title: str
    system: str
    system_title: str
    file: FileSpec
    load: LoadSpec
    columns: tuple[Column, ...]
    codes: Mapping[str, Mapping[str, str]]
    checks: tuple[Check, ...]
    references: tuple[Reference, ...]
    lookups: tuple[Lookup, ...]
    targets: tuple[Target, ...]
    text: str

    @property
    def read_columns(self) -> tuple[Column, ...]:
        """The columns that stand in the source itself."""
        return tuple(column for column in self.columns if not column.of)

    @property
    def tables(self) -> tuple[str, ...]:
        """The canonical tables it feeds, each once."""
        return tuple(dict.fromkeys(target.table for target in self.targets))

    @property
    def reads(self) -> tuple[str, ...]:
        """The canonical tables it looks into, which must be loaded before it."""
        named = [one.table for one in self.references] + [one.table for one in self.lookups]
        return tuple(dict.fromkeys(named))
