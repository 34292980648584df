"""The nouns of analysis: what is asked, and what comes back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final

#: Steps of a question, days of a period, days between two steps.
MAX_STEPS: Final = 10
MAX_DAYS: Final = 400
MAX_WINDOW_DAYS: Final = 90
#: Periods after the first of a retention.
MAX_RETURNS: Final = 30
#: Groups of a breakdown; the rest is 其他 (None).
MAX_GROUPS: Final = 12
#: Pages of a path that are told apart.
MAX_PAGES: Final = 24
#: Pages after the first of a path.
MAX_DEPTH: Final = 5


class Analysis(StrEnum):
    """What is asked."""

    TREND = "trend"  # 趋势
    FUNNEL = "funnel"  # 漏斗
    RETENTION = "retention"  # 留存
    PATH = "path"  # 路径
    DISTRIBUTION = "distribution"  # 分布
    INTERVAL = "interval"  # 间隔
    SESSION = "session"  # 会话
    HOURS = "hours"  # 时段


class TimeGrain(StrEnum):
    """By what time is counted, in the bank's days."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


class By(StrEnum):
    """What a trend is broken down by."""

    PAGE = "page"
    PRODUCT = "product"
    PRODUCT_KIND = "product_kind"
    PRODUCT_RISK = "product_risk"
    CHANNEL = "channel"


@dataclass(frozen=True, slots=True)
class Step:
    """Which events are meant: of one kind (empty: of any), on a condition of the rule language (empty: none)."""

    event: str
    where: str = ""


@dataclass(frozen=True, slots=True)
class Query:
    """A question. Both days included; ``window_days`` bounds a funnel from its first step to its last.

    ``steps``: trend, distribution: each for itself; funnel: in order; retention, interval: the first and the second
    (one step: it comes again); path: where it begins; session: which events count; hours: which events.
    """

    kind: Analysis
    steps: tuple[Step, ...]
    since: date
    until: date
    grain: TimeGrain = TimeGrain.DAY
    by: By | None = None
    window_days: int = 7
    returns: int = 7
    depth: int = 4


#: A figure in a row: a number, a code or a date as text, or nothing.
Cell = int | str | None


@dataclass(frozen=True, slots=True)
class Result:
    """An answer: named columns and rows, what was counted in words, and of when it is.

    ``customers``: how many customers were looked at; ``summary``: further figures by name.
    """

    kind: Analysis
    columns: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    summary: dict[str, int | None]
    steps: Sequence[str]
    customers: int
    as_of: datetime
    milliseconds: int


@dataclass(frozen=True, slots=True)
class Found:
    """A customer who did what was asked: how often, and when last."""

    one_id: int
    times: int
    last_at: datetime
