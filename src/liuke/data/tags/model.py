"""Nouns of tags: what a tag is, how it is measured, its families, states and errors, and the events about it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import ClassVar, Final

from liuke.kernel.errors import Conflict, Invalid, NotFound, Unavailable
from liuke.kernel.event import Event
from liuke.kernel.store.columns import PiClass


class Family(StrEnum):
    """Which side of a customer a tag tells of."""

    ASSET = "asset"  # 资产
    TRANSACTION = "transaction"  # 交易
    CREDIT = "credit"  # 信贷
    PRODUCT = "product"  # 产品
    CHANNEL = "channel"  # 渠道与浏览
    SERVICE = "service"  # 互动与投诉
    LIFE = "life"  # 生命周期与家庭
    RISK = "risk"  # 风险与合规


FAMILIES: Final[Mapping[Family, str]] = {
    Family.ASSET: "资产",
    Family.TRANSACTION: "交易",
    Family.CREDIT: "信贷",
    Family.PRODUCT: "产品",
    Family.CHANNEL: "渠道与浏览",
    Family.SERVICE: "互动与投诉",
    Family.LIFE: "生命周期与家庭",
    Family.RISK: "风险与合规",
}


class TagKind(StrEnum):
    """What a tag's value is, and so how its column is stored."""

    BOOL = "bool"  # packed bits
    COUNT = "count"  # whole numbers: 次, 笔, 人
    DAYS = "days"  # whole days
    MONEY = "money"  # 分
    RATE = "rate"  # basis points: 12.34 % is 1234
    DATE = "date"  # days since 1970-01-01
    WORD = "word"  # uint8 code into the tag's words


#: On the wire names are unique over the whole house; inside this room one word will do.
Kind = TagKind


class Aggregate(StrEnum):
    """What is made of the rows of one customer. All but the last are merged from daily states."""

    COUNT = "count"  # rows
    SUM = "sum"  # of a value
    MAX = "max"  # of a value
    MIN = "min"  # of a value
    DAYS = "days"  # distinct days with a row
    FIRST = "first"  # earliest day
    LAST = "last"  # latest day
    LATEST = "latest"  # a field's word on the latest day; the later word of the tag's list where a day has several
    WEIGHTED = "weighted"  # sum of value × days since the window began: what a mean over the window stands on


#: Aggregates that take a value column, and those whose empty result is 0 rather than missing.
VALUED: Final = frozenset({Aggregate.SUM, Aggregate.MAX, Aggregate.MIN, Aggregate.WEIGHTED})
COUNTED: Final = frozenset({Aggregate.COUNT, Aggregate.SUM, Aggregate.DAYS, Aggregate.WEIGHTED})

#: Days from the data day that a window may reach back or ahead.
FARTHEST: Final = 3660


@dataclass(frozen=True, slots=True)
class Window:
    """The days a measure looks at, counted from the data day (0), both ends included; None is unbounded.

    ``since=-29, until=0`` is 近30天. ``month`` replaces ``since`` by the first day of the data day's month.
    """

    since: int | None = None
    until: int | None = None
    month: bool = False

    def days(self, as_of: date) -> tuple[int, int]:
        """First and last day of the window in days since 1970, as days are stored; an unbounded one has no-day too."""
        today = (as_of - EPOCH).days
        first = 0 if self.since is None else today + self.since
        if self.month:
            first = today - as_of.day + 1
        last = NO_DAY if self.until is None else min(LAST_DAY, today + self.until)
        return max(0, first), last


EPOCH: Final = date(1970, 1, 1)
#: Days are stored in 16 bits; the largest number stands for no day at all.
LAST_DAY: Final = 65_534
NO_DAY: Final = 65_535


def day_of(number: int) -> date:
    """The date so many days after 1970-01-01."""
    return EPOCH + timedelta(days=number)


@dataclass(frozen=True, slots=True)
class Measure:
    """How a tag is measured: rows of a table that pass a filter (kernel.rule), inside a window, aggregated."""

    table: str
    aggregate: Aggregate
    filter: str = ""
    value: str = ""
    window: Window = Window()


class TagState(StrEnum):
    """Where a definition stands."""

    DRAFT = "draft"  # 草稿
    LIVE = "live"  # 生效
    RETIRED = "retired"  # 停用


#: As `Kind`.
State = TagState


@dataclass(frozen=True, slots=True)
class Tag:
    """A tag's definition: measured from a table, or an ``expression`` over other tags and ``as_of``.

    ``words`` are the values a WORD may take with their Chinese, in order. An ``ingredient`` only feeds other tags: it
    is computed and may be named in rules, but stands on no customer's page.
    """

    code: str
    name: str
    family: Family
    kind: Kind
    unit: str
    owner: str
    meaning: str
    pi: PiClass
    measure: Measure | None = None
    expression: str = ""
    words: Mapping[str, str] = field(default_factory=dict)
    ingredient: bool = False
    schedule: str = "daily"
    version: int = 1
    state: State = State.LIVE
    shipped: bool = True


class UnknownTag(NotFound):
    """没有标签 {code}{proposal}。请在标签目录中查找。"""


class TagInvalid(Invalid):
    """标签“{tag}”的{part}不正确：{reason}"""


class CircularTag(Invalid):
    """标签之间互相引用成环：{path}。请拆开其中一环。"""


class CodeTaken(Conflict):
    """标签编码 {code} 已被使用。请换一个编码，或在原标签上保存新版本。"""


class CodeInvalid(Invalid):
    """标签编码须以小写字母开头，只含小写字母、数字和下划线，2–40 个字符。"""


class NothingToDo(Conflict):
    """标签 {code} 当前已是“{state}”，无需再操作。"""


class VersionMoved(Conflict):
    """标签 {code} 已被他人改到第 {version} 版。请刷新后再改。"""


class TagInUse(Conflict):
    """标签 {code} 正被{users}使用，不能停用。请先在这些地方去掉它。"""


class NoSnapshot(Unavailable):
    """标签还没有计算过。请先运行一次标签刷新(liuke tags refresh)。"""


class NoSuchDay(NotFound):
    """没有 {day} 的标签快照。请先用该数据日期刷新一次。"""


class TagsRunning(Conflict):
    """标签正在刷新，请等待它完成。"""


@dataclass(frozen=True, kw_only=True)
class TagsRefreshed(Event):
    """A snapshot of all tags was published; ``full``: computed afresh, not brought forward from the one before."""

    kind: ClassVar[str] = "tags.refreshed"
    as_of: str
    snapshot: str
    customers: int
    tags: int
    engine: str
    full: bool


@dataclass(frozen=True, kw_only=True)
class TagSaved(Event):
    """A definition of the bank's own was saved, put into force or retired."""

    kind: ClassVar[str] = "tag.saved"
    code: str
    tag_version: int
    state: str
