"""Events in batch: what customers did, as columns of counts, sums and times by customer number.

A window reaches back from the end of the snapshot's day. ``followed_events(A, B, '7d', …)`` counts the times a customer
did A and within seven days after it did B, looking at the last `HORIZON_DAYS` days.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import duckdb
import numpy as np

from liuke.data import identity, sources
from liuke.insight.segments.count.columns import Derived
from liuke.kernel import rule
from liuke.kernel.bank import Bank
from liuke.kernel.rule import Checked, Event, Field, Type, Window, WindowCall
from liuke.kernel.rule.catalogue import WINDOWS
from liuke.kernel.rule.term import Kind, Windowed, number
from liuke.kernel.store.records import ReadHandle
from liuke.kernel.store.steps import Dialect, filled

#: How far back a sequence of events is looked for.
HORIZON_DAYS: Final = 90

_FIELDS: Final = {
    "page": Field(Type.TEXT, "页面"),
    "product_no": Field(Type.TEXT, "产品编号"),
    "seconds": Field(Type.INT, "停留秒数", "秒", digits=9),
    "channel": Field(Type.TEXT, "渠道"),
    "hour": Field(Type.INT, "钟点", digits=2),
}
_NAMES: Final = {
    "login": "登录", "view": "浏览", "click": "点击", "search": "搜索", "share": "分享", "submit": "提交",
}  # fmt: skip

EVENTS: Final = {name: Event(label, _FIELDS) for name, label in _NAMES.items()}
#: Windows a segment may use: those of the language, and sequences.
ALL_WINDOWS: Final = {
    **WINDOWS,
    "followed_events": Window(
        ("event", "then", "window"),
        number(0, 12, "次"),
        f"近{HORIZON_DAYS}天内{{event}}后{{window}}内接着{{then}}的次数",
    ),
}

#: The canonical table events are read from.
SOURCE: Final = sources.CANONICAL["behaviour"]
_HOUR: Final = rule.check(
    rule.parse("hour(event_time)"), rule.Catalogue({"event_time": Field(Type.TIMESTAMP, "时间", column="b.event_time")})
)

#: Which columns of the canonical model an event's field comes from, for the purposes they may serve.
COLUMNS: Final = {
    "page": frozenset({"behaviour.page"}),
    "product_no": frozenset({"behaviour.product_no"}),
    "seconds": frozenset({"behaviour.seconds"}),
    "channel": frozenset({"behaviour.channel"}),
    "hour": frozenset({"behaviour.event_time"}),
}


def answered(planned: Mapping[str, Event]) -> dict[str, Event]:
    """The events of a tracking plan with those of their fields that batch columns can be made of."""
    return {
        name: Event(event.label, {field: kind for field, kind in event.fields.items() if field in COLUMNS})
        for name, event in planned.items()
    }


@contextmanager
def reading(bank: Bank, tx: ReadHandle) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection in which ``happened`` holds every event: one_id, event, moment and the events' fields."""
    with bank.lake.connect(tx, SOURCE) as engine:
        engine.register("member", identity.members(tx))
        engine.execute(f"CREATE VIEW happened AS {happened_sql('duckdb')}").fetchall()
        yield engine


def happened_sql(dialect: Dialect) -> str:
    """Every event of a customer, from the canonical table and ``member``."""
    clock = rule.to_expression(_HOUR, dialect)
    return filled(
        "SELECT m.one_id, b.name AS event, b.event_time AS moment, b.page, b.product_no,"
        ' CAST(b.seconds AS BIGINT) AS seconds, b.channel, CAST("?hour" AS BIGINT) AS hour'
        f" FROM ({sources.current_sql('behaviour')}) AS b"
        " JOIN member AS m ON m.source = b.source AND m.source_key = b.party_key",
        lambda name: clock if name == "?hour" else None,
        dialect,
    )


def since(call: WindowCall, until: datetime) -> datetime:
    """Where the window of a call begins when it ends at ``until``."""
    if call.function == "last_event":
        return datetime(1970, 1, 1, tzinfo=UTC)
    if call.function == "followed_events" or call.window is None:
        return until - timedelta(days=HORIZON_DAYS)
    return until - call.window


def column(
    engine: duckdb.DuckDBPyConnection, checked: Checked, term: Windowed, *, until: datetime, size: int
) -> Derived:
    """A window call as a column. ``until`` is the end of the window; events at or after it do not count."""
    call = term.call
    condition = "true" if call.filter is None else rule.to_sql(rule.part(checked, call.filter), "duckdb")
    query = _followed_sql(condition) if call.function == "followed_events" else _window_sql(term, condition)
    values: dict[str, Any] = {"event": call.event, "since": since(call, until), "until": until}
    if call.then is not None:
        values |= {"then": call.then, "seconds": (call.window or timedelta()).total_seconds()}
    found = engine.execute(query, values).fetchnumpy()
    return _spread(np.asarray(found["one_id"]), np.asarray(found["answer"]), term, size)


def _window_sql(term: Windowed, condition: str) -> str:
    call = term.call
    answers = {
        "count_events": "count(*)",
        "sum_events": f"coalesce(sum({_amount(term)}), 0)::BIGINT",
        "distinct_events": f'count(DISTINCT "{call.value}")',
        "last_event": "epoch_us(max(moment))",
    }
    return (
        f"SELECT one_id, {answers[call.function]} AS answer FROM happened"
        f" WHERE event = $event AND moment >= $since AND moment < $until AND ({condition}) GROUP BY one_id"
    )


def _amount(term: Windowed) -> str:
    """The summed field in units of 10^-scale where it is a decimal."""
    field = f'"{term.call.value}"'
    return f"{field} * {10**term.shape.scale}" if term.pointed else field


def _followed_sql(condition: str) -> str:
    """Each first event with the next of the other kind after it, by one walk over both in time."""
    return (
        "WITH both_kinds AS (SELECT one_id, moment, event,"
        f" event = $event AND ({condition}) AS first, event = $then AS second"
        " FROM happened WHERE event IN ($event, $then) AND moment >= $since AND moment < $until),"
        " walked AS (SELECT one_id, moment, first, min(CASE WHEN second THEN moment END) OVER ("
        "PARTITION BY one_id ORDER BY moment RANGE BETWEEN INTERVAL 1 MICROSECOND FOLLOWING"
        " AND to_seconds(CAST($seconds AS DOUBLE)) FOLLOWING) AS next FROM both_kinds)"
        " SELECT one_id, count(*) AS answer FROM walked WHERE first AND next IS NOT NULL GROUP BY one_id"
    )


def _spread(one_ids: Any, answers: Any, term: Windowed, size: int) -> Derived:  # noqa: ANN401  (arrays of DuckDB)
    """Answers by customer number. Counts and sums of nothing are 0; a time that never was is missing."""
    inside = one_ids < size
    one_ids, answers = one_ids[inside].astype(np.int64), answers[inside].astype(np.int64)
    highest = int(answers.max()) if len(answers) else 0
    counted = term.shape.kind is Kind.NUMBER
    kind = (
        np.int64 if not counted or highest > np.iinfo(np.int32).max or term.call.function == "sum_events" else np.int32
    )
    values = np.zeros(size, dtype=kind)
    values[one_ids] = answers
    if counted:
        return Derived(values)
    missing = np.ones(size, dtype=np.bool_)
    missing[one_ids] = False
    return Derived(values, np.packbits(missing, bitorder="little"))
