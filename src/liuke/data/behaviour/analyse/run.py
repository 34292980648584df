"""Answering questions over the stock, on all cores: each takes an equal share of the events."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from liuke.data.behaviour.analyse import kernel
from liuke.data.behaviour.analyse.model import MAX_PAGES, Analysis, By, Cell, Found, Query, Step, TimeGrain
from liuke.data.behaviour.analyse.prepare import Asked, Rows, Span, bits, groups_of, span_of, steps_of
from liuke.data.behaviour.model import DAY_MS, Plan
from liuke.data.behaviour.windows.state import moment
from liuke.data.behaviour.windows.stock import Stock

U8 = npt.NDArray[np.uint8]
I64 = npt.NDArray[np.int64]

#: Intervals and ways through a funnel are told to the minute; intervals beyond this many count as this long.
_MOST_MINUTES: Final = 90 * 24 * 60
#: Bounds of a distribution of times, and of one of intervals in minutes.
_TIMES: Final = (1, 2, 3, 4, 6, 11, 21, 51, 101)
_MINUTES: Final = (0, 1, 5, 30, 60, 360, 1440, 3 * 1440, 7 * 1440, 30 * 1440)

Table = list[list[Cell]]
Answer = tuple[list[str], Table, dict[str, int | None]]


@dataclass(frozen=True, slots=True)
class Ground:
    """What questions are asked of: the stock, its contexts as rows, who counts (empty: all), how many cores."""

    stock: Stock
    rows: Rows
    plan: Plan
    member: U8
    threads: int = 2
    now: int = 0


@dataclass(frozen=True, slots=True)
class _Ready:
    ground: Ground
    query: Query
    asked: list[Asked]
    span: Span
    step: npt.NDArray[np.uint32]
    extra: npt.NDArray[np.uint32]

    def spread(self, work: Callable[..., Any], *columns: Any, rest: Sequence[Any]) -> list[Any]:  # noqa: ANN401
        """The kernel's answers for shares of customers. ``columns`` are those of the stock beside the usual ones."""
        stock, ground = self.ground.stock, self.ground
        share = np.linspace(0, len(stock.time), ground.threads + 1).astype(np.int64)
        cuts = np.searchsorted(stock.start, share, "left")
        cuts[0], cuts[-1] = 0, stock.size
        edges = sorted({int(cut) for cut in cuts})
        spans = list(pairwise(edges))
        first = (stock.start, stock.time, stock.context, *columns, self.step, self.extra, ground.member)
        with ThreadPoolExecutor(max(len(spans), 1)) as pool:
            return list(pool.map(lambda part: work(*first, part[0], part[1], self.span.begin, *rest), spans))


def ready(ground: Ground, query: Query) -> _Ready:
    """A question made ready. Raises: QueryInvalid, RuleInvalid."""
    asked = steps_of(query, ground.plan)
    more = 0
    if query.kind is Analysis.RETENTION:
        more = {TimeGrain.DAY: 1, TimeGrain.WEEK: 7, TimeGrain.MONTH: 31}[query.grain] * (query.returns + 1)
    span = span_of(query, more_days=more)
    step, extra = bits(asked, ground.rows, ground.stock)
    return _Ready(ground, query, asked, span, step, extra)


def answer(made: _Ready) -> Answer:
    """Columns, rows and summary of a question's answer."""
    return _ANSWERS[made.query.kind](made)


def _trend(made: _Ready) -> Answer:
    weight = np.bincount(made.ground.stock.context, minlength=len(made.ground.rows))
    weight = np.where(made.step[: len(weight)] > 0, weight, 0) if len(weight) else weight
    group, names = groups_of(made.query.by, made.ground.rows, weight)
    steps, buckets = len(made.asked), len(made.span.labels)
    rest = (made.span.end, made.span.bucket_of, group, steps, len(names), buckets)
    times, customers, whole = (sum(parts) for parts in zip(*made.spread(kernel.trend, rest=rest), strict=True))
    rows: Table = []
    for s in range(steps):
        for g, name in enumerate(names):
            if made.query.by and not whole[s, g]:
                continue
            rows += [
                [label, s, name, int(times[s, g, b]), int(customers[s, g, b])]
                for b, label in enumerate(made.span.labels)
            ]
    totals: dict[str, int | None] = {f"times_{s}": int(times[s].sum()) for s in range(steps)}
    if not made.query.by:
        totals |= {f"customers_{s}": int(whole[s].sum()) for s in range(steps)}
    return ["day", "step", "group", "times", "customers"], rows, totals


def _funnel(made: _Ready) -> Answer:
    steps, window = len(made.asked), made.query.window_days * DAY_MS
    parts = made.spread(kernel.funnel, rest=(made.span.end, steps, window))
    reached, minutes = (sum(part) for part in zip(*parts, strict=True))
    rows: Table = [
        [s, int(reached[s]), _share(reached[s], reached[0]), _share(reached[s], reached[max(s - 1, 0)]),
         _quantile(minutes[s], 0.5) if s else None]
        for s in range(steps)
    ]  # fmt: skip
    return ["step", "customers", "of_first_bp", "of_previous_bp", "median_minutes"], rows, {}


def _retention(made: _Ready) -> Answer:
    cohorts = int(made.span.bucket_of[(made.span.end - made.span.begin) // DAY_MS - 1]) + 1
    last = min(made.span.begin + len(made.span.bucket_of) * DAY_MS, made.ground.now + 1)
    rest = (made.span.end, last, made.span.bucket_of, cohorts, made.query.returns)
    table = sum(made.spread(kernel.retention, rest=rest))
    over = _buckets_over(made)
    rows: Table = []
    for cohort in range(cohorts):
        kept: list[Cell] = [
            int(table[cohort, later]) if cohort + later < over else None for later in range(1, made.query.returns + 1)
        ]
        rows.append([made.span.labels[cohort], int(table[cohort, 0]), *kept])
    return ["cohort", "customers", *(f"r{later}" for later in range(1, made.query.returns + 1))], rows, {}


def _buckets_over(made: _Ready) -> int:
    """How many buckets are over: what has not ended yet is not told as if nobody came back."""
    days = (made.ground.now - made.span.begin) // DAY_MS
    inside = made.span.bucket_of[: max(days + 1, 0)]
    return int(inside[-1]) if 0 < len(inside) < len(made.span.bucket_of) else len(made.span.labels)


def _path(made: _Ready) -> Answer:
    weight = np.bincount(made.ground.stock.context, minlength=len(made.ground.rows))
    node, names = groups_of(By.PAGE, made.ground.rows, weight, most=MAX_PAGES)
    depth = made.query.depth
    rest = (made.span.end, node, len(names), depth)
    flow = sum(made.spread(_with_session(made), rest=rest))
    ends = [*(name if name is not None else "*" for name in names), "-"]
    rows: Table = [
        [int(level), ends[a], ends[b], int(flow[level, a, b])] for level, a, b in np.argwhere(flow > 0).tolist()
    ]
    return ["level", "from", "to", "sessions"], rows, {"sessions": int(flow[0].sum())}


def _with_session(made: _Ready) -> Callable[..., Any]:
    session = made.ground.stock.session

    def work(start: Any, time: Any, context: Any, *others: Any) -> Any:  # noqa: ANN401
        return kernel.path(start, time, context, session, *others)

    return work


def _distribution(made: _Ready) -> Answer:
    times = np.concatenate([part[0] for part in made.spread(kernel.per_customer, rest=(made.span.end,))])
    active = times[times > 0]
    bounds = [*_TIMES, 2**62]
    counts = np.histogram(active, bins=np.array(bounds, np.float64))[0]
    rows: Table = [
        [low, high - 1 if high < 2**62 else None, int(n)]
        for low, high, n in zip(bounds, bounds[1:], counts, strict=False)
    ]
    middle = int(np.median(active)) if len(active) else None
    return ["from", "to", "customers"], rows, {"customers": len(active), "times": int(active.sum()), "median": middle}


def _interval(made: _Ready) -> Answer:
    minutes = sum(made.spread(kernel.interval, rest=(made.span.end, _MOST_MINUTES)))
    bounds = [*_MINUTES, _MOST_MINUTES + 1]
    rows: Table = [[low, high, int(minutes[low:high].sum())] for low, high in pairwise(bounds)]
    summary = {
        "count": int(minutes.sum()),
        "median_minutes": _quantile(minutes, 0.5),
        "p90_minutes": _quantile(minutes, 0.9),
    }
    return ["from_minutes", "to_minutes", "times"], rows, summary


def _sessions(made: _Ready) -> Answer:
    stock = made.ground.stock

    def work(start: Any, time: Any, context: Any, *others: Any) -> Any:  # noqa: ANN401
        return kernel.sessions(start, time, context, stock.session, stock.seconds, *others)

    table = sum(made.spread(work, rest=(made.span.end, made.span.bucket_of, len(made.span.labels))))
    rows: Table = [
        [label, int(table[0, b]), int(table[1, b]), *_means(table[:, b])] for b, label in enumerate(made.span.labels)
    ]
    whole = table.sum(axis=1)
    names = ("seconds", "events_x100", "single_bp")
    summary: dict[str, int | None] = {"sessions": int(whole[0]), **dict(zip(names, _means(whole), strict=True))}
    return ["day", "sessions", "customers", *names], rows, summary


def _means(of: I64) -> list[int | None]:
    """Mean seconds, a hundred times the mean events, and the share of single events, of some sessions."""
    count = int(of[0])
    if not count:
        return [None, None, None]
    return [int(of[3]) // count, int(of[2]) * 100 // count, int(of[4]) * 10_000 // count]


def _hours(made: _Ready) -> Answer:
    table = sum(made.spread(kernel.hours, rest=(made.span.end,)))
    rows: Table = [
        [day, hour, int(table[0, day, hour]), int(table[1, day, hour])] for day in range(7) for hour in range(24)
    ]
    night = int(table[0, :, 22:].sum() + table[0, :, :6].sum())
    return ["weekday", "hour", "times", "customers"], rows, {"times": int(table[0].sum()), "night_times": night}


def who(ground: Ground, query: Query, *, most: int) -> list[Found]:
    """The customers who did the question's first step most often, most often first. Raises as `ready`."""
    made = ready(ground, query)
    parts = made.spread(kernel.per_customer, rest=(made.span.end,))
    times = np.concatenate([part[0] for part in parts])
    last = np.concatenate([part[1] for part in parts])
    order = np.lexsort((np.arange(len(times)), -last, -times))[:most]
    return [Found(int(one), int(times[one]), moment(int(last[one]))) for one in order.tolist() if times[one]]


def warm(plan: Plan) -> None:
    """Compile every pass once, on next to nothing; whoever asks first after a new release need not wait for it."""
    none = np.zeros(1, np.int64)
    short = np.zeros(1, np.int32)
    tiny = Stock(np.array([0, 1], np.int64), none, short, short, none, (("view", None, None, None, 0),), 0)
    rows = [dict.fromkeys(("page", "product_no", "product", "product_kind", "product_risk", "channel")) | {"hour": 0}]
    day = date(1970, 1, 1)
    step = Step(next(iter(plan.events)))
    for kind in Analysis:
        steps = (step, step) if kind is Analysis.FUNNEL else (step,)
        for member in (np.zeros(0, np.uint8), np.ones(1, np.uint8)):
            ground = Ground(tiny, [{**rows[0], "event": step.event}], plan, member, 1, DAY_MS)
            answer(ready(ground, Query(kind, steps, day, day)))


def _share(part: int, whole: int) -> int:
    return int(part) * 10_000 // int(whole) if whole else 0


def _quantile(histogram: I64, share: float) -> int | None:
    """The smallest place below which at least that share of a histogram lies."""
    whole = int(histogram.sum())
    return int(np.searchsorted(np.cumsum(histogram), share * whole, "left")) if whole else None


def days_back(today: date, days: int) -> tuple[date, date]:
    """The last ``days`` days, today included."""
    return today - timedelta(days=days - 1), today


_ANSWERS: Final[dict[Analysis, Callable[[_Ready], Answer]]] = {
    Analysis.TREND: _trend,
    Analysis.FUNNEL: _funnel,
    Analysis.RETENTION: _retention,
    Analysis.PATH: _path,
    Analysis.DISTRIBUTION: _distribution,
    Analysis.INTERVAL: _interval,
    Analysis.SESSION: _sessions,
    Analysis.HOURS: _hours,
}
