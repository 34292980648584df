"""A question made ready: which contexts belong to which step, which days to which bucket, which customers count."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from liuke.data.behaviour import catalogue
from liuke.data.behaviour.analyse.model import (
    MAX_DAYS,
    MAX_DEPTH,
    MAX_GROUPS,
    MAX_RETURNS,
    MAX_STEPS,
    MAX_WINDOW_DAYS,
    Analysis,
    By,
    Query,
    Step,
    TimeGrain,
)
from liuke.data.behaviour.model import CHINA_MS, DAY_MS, Plan, QueryInvalid
from liuke.data.behaviour.windows.stock import Stock
from liuke.kernel import rule
from liuke.kernel.rule import Checked

U32 = npt.NDArray[np.uint32]
I32 = npt.NDArray[np.int32]
Rows = Sequence[Mapping[str, Any]]

_EPOCH: Final = date(1970, 1, 1)
#: How many steps each kind takes.
_STEPS: Final = {
    Analysis.TREND: (1, MAX_STEPS),
    Analysis.FUNNEL: (2, MAX_STEPS),
    Analysis.RETENTION: (1, 2),
    Analysis.PATH: (0, 1),
    Analysis.DISTRIBUTION: (1, 1),
    Analysis.INTERVAL: (1, 2),
    Analysis.SESSION: (0, 1),
    Analysis.HOURS: (1, 1),
}
_ANY: Final = Step("")


@dataclass(frozen=True, slots=True)
class Asked:
    """A step that was read: the event's name (empty: any), its condition, and both in Chinese."""

    event: str
    condition: Checked | None
    chinese: str


@dataclass(frozen=True, slots=True)
class Span:
    """The period in milliseconds, and for each of its days (and the days of returns) its bucket."""

    begin: int
    end: int
    bucket_of: I32
    labels: list[str]


def steps_of(query: Query, plan: Plan) -> list[Asked]:
    """The steps of a question, read. A second step that is not named is the first again.

    Raises: QueryInvalid, RuleInvalid.
    """
    least, most = _STEPS[query.kind]
    if not least <= len(query.steps) <= most:
        raise QueryInvalid(
            reason=f"这种分析需要 {least} 至 {most} 个事件" if least < most else f"这种分析需要 {least} 个事件"
        )
    given = query.steps or (_ANY,)
    if query.kind in (Analysis.RETENTION, Analysis.INTERVAL) and len(given) == 1:
        given = (given[0], given[0])
    return [_asked(step, plan) for step in given]


def _asked(step: Step, plan: Plan) -> Asked:
    if step.event and step.event not in plan.events:
        raise QueryInvalid(reason=f"埋点方案里没有事件“{step.event[:40]}”")
    named = plan.events[step.event].title if step.event else "任意事件"
    if not step.where.strip():
        return Asked(step.event, None, named)
    checked = catalogue.condition(step.where, plan)
    return Asked(step.event, checked, f"{named}（{rule.to_chinese(checked)}）")


def span_of(query: Query, *, more_days: int = 0) -> Span:
    """The period of a question. Raises QueryInvalid."""
    days = (query.until - query.since).days + 1
    if not 1 <= days <= MAX_DAYS:
        raise QueryInvalid(reason=f"时间范围应为 1 至 {MAX_DAYS} 天，结束日不早于开始日")
    if not 1 <= query.window_days <= MAX_WINDOW_DAYS:
        raise QueryInvalid(reason=f"完成时限应为 1 至 {MAX_WINDOW_DAYS} 天")
    if not 1 <= query.returns <= MAX_RETURNS or not 1 <= query.depth <= MAX_DEPTH:
        raise QueryInvalid(reason=f"观察期数应为 1 至 {MAX_RETURNS}，路径深度应为 1 至 {MAX_DEPTH}")
    first = (query.since - _EPOCH).days
    starts = [_start(query.since + timedelta(days=day), query.grain) for day in range(days + more_days)]
    known = list(dict.fromkeys(starts))
    place = {start: number for number, start in enumerate(known)}
    buckets = np.array([place[start] for start in starts], np.int32)
    begin = first * DAY_MS - CHINA_MS
    labels = [max(start, query.since).isoformat() for start in known]
    return Span(begin, begin + days * DAY_MS, buckets, labels)


def _start(day: date, grain: TimeGrain) -> date:
    match grain:
        case TimeGrain.DAY:
            return day
        case TimeGrain.WEEK:
            return day - timedelta(days=day.weekday())
        case TimeGrain.MONTH:
            return day.replace(day=1)


def bits(asked: Sequence[Asked], rows: Rows, stock: Stock) -> tuple[U32, U32]:
    """(step, extra): see `kernel`. ``extra`` is empty unless a condition asks for the seconds of stay."""
    step = np.zeros(max(len(rows), 1), np.uint32)
    extra = np.zeros(0, np.uint32)
    for number, one in enumerate(asked):
        bit = np.uint32(1 << number)
        long = one.condition is not None and "seconds" in one.condition.names
        fits: Callable[[Mapping[str, Any]], bool] = _always
        if one.condition is not None and not long:
            fits = _holds(rule.to_python(one.condition))
        for place, row in enumerate(rows):
            if (not one.event or row["event"] == one.event) and fits(row):
                step[place] |= bit
        if long and one.condition is not None:
            if not len(extra):
                extra = np.full(len(stock.time), 0xFFFFFFFF, np.uint32)
            extra &= np.where(_long(one.condition, rows, stock), np.uint32(0xFFFFFFFF), ~bit).astype(np.uint32)
    return step, extra


def _always(_row: Mapping[str, Any]) -> bool:
    return True


def _holds(asked: Callable[[Any], Any]) -> Callable[[Mapping[str, Any]], bool]:
    return lambda row: asked(row) is True


def _long(condition: Checked, rows: Rows, stock: Stock) -> npt.NDArray[np.bool_]:
    """(n,) which events satisfy a condition on the seconds of stay, by DuckDB over columns it reads in place."""
    names = sorted(condition.names - {"seconds"})
    contexts = pa.table(
        {"place": pa.array(range(len(rows)), pa.int32())}
        | {name: pa.array([row[name] for row in rows], pa.int64() if name == "hour" else pa.string()) for name in names}
    )
    events = pa.table({"number": np.arange(len(stock.time)), "context": stock.context, "stay": stock.seconds})
    found = np.zeros(len(stock.time), np.bool_)
    with duckdb.connect() as connection:
        connection.register("events", events)
        connection.register("contexts", contexts)
        listed = "".join(f', c."{name}"' for name in names)
        asked = rule.to_sql(condition, "duckdb")
        query = (
            f"SELECT number FROM (SELECT e.number, CASE WHEN e.stay >= 0 THEN e.stay::BIGINT END AS seconds{listed}"
            f" FROM events e JOIN contexts c ON c.place = e.context) WHERE {asked}"
        )
        found[connection.sql(query).to_arrow_table()["number"].to_numpy()] = True
    return found


def groups_of(
    by: By | None, rows: Rows, weight: npt.NDArray[np.int64], *, most: int = MAX_GROUPS
) -> tuple[npt.NDArray[np.int16], list[str | None]]:
    """(group, names): for each context its group; the heaviest get one of their own, the rest share the last (None)."""
    if by is None:
        return np.zeros(max(len(rows), 1), np.int16), [None]
    name = {By.PRODUCT: "product"}.get(by, by.value)
    told = [row[name] or "" for row in rows]
    heavy: dict[str, int] = {}
    for word, events in zip(told, weight.tolist(), strict=True):
        heavy[word] = heavy.get(word, 0) + events
    shown = [word for word, events in sorted(heavy.items(), key=lambda item: (-item[1], item[0])) if events]
    shown = shown[:most] if len(shown) > most + 1 else shown
    place = {word: number for number, word in enumerate(shown)}
    names: list[str | None] = [*shown, None]
    return np.array([place.get(word, len(shown)) for word in told] or [0], np.int16), names
