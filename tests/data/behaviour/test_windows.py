"""Windows are exact: whatever the order and the size of the batches, they answer as counting over all events would."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from liuke.data.behaviour import catalogue
from liuke.data.behaviour.model import CHINA_MS, QueryInvalid
from liuke.data.behaviour.plan.parse import parse, shipped
from liuke.data.behaviour.windows import stock
from liuke.data.behaviour.windows.context import COLUMNS
from liuke.data.behaviour.windows.state import Windows
from liuke.kernel import rule

NOW = 1_793_592_000_000
_PLAN = parse(shipped())
_CATALOGUE = catalogue.of_customers(_PLAN)
_CALLS = [
    "count_events('view', '5m')",
    "count_events('view', '24h', page = 'wealth_list')",
    "count_events('click', '90d', hour >= 22 or hour < 6)",
    "count_events('view', '30d', seconds > 10)",
    "count_events('view', '7d', page = 'wealth_list' and seconds is null)",
    "sum_events('view', '7d', seconds)",
    "sum_events('view', '7d', hour, channel = 'web')",
    "distinct_events('view', '30d', page)",
    "distinct_events('view', '30d', session_id)",
    "distinct_events('click', '30d', seconds, page <> 'home')",
    "last_event('view')",
    "last_event('click', page = 'wealth_list')",
]
_CHECKED = [rule.check(rule.parse(text), _CATALOGUE) for text in _CALLS]

_event = st.tuples(
    st.integers(1, 4),
    st.integers(-2 * 60_000, 95 * 86_400_000) | st.sampled_from([0, 300_000, 86_400_000, 300_001, 7 * 86_400_000]),
    st.sampled_from(["view", "click"]),
    st.sampled_from(["wealth_list", "home", None]),
    st.sampled_from(["app", "web"]),
    st.sampled_from([-1, 0, 5, 20]),
    st.sampled_from([0, 1, 2]),
)
_batches = st.lists(st.lists(_event, max_size=8), max_size=6)


def _windows() -> Windows:
    return Windows(stock.empty(), now=lambda: NOW)


def _add(windows: Windows, batch: list[tuple[Any, ...]]) -> None:
    if not batch:
        return
    who, ago, name, page, channel, seconds, session = zip(*batch, strict=True)
    times = NOW - np.array(ago, np.int64)
    texts = dict(zip(COLUMNS, (name, page, [None] * len(batch), channel), strict=True))
    columns = {column: pa.chunked_array([pa.array(list(values), pa.string())]) for column, values in texts.items()}
    context = windows.contexts.of(columns, times)
    windows.add(np.array(who, np.int32), times, context, np.array(seconds, np.int32), np.array(session, np.int64))


def _brute(events: list[tuple[Any, ...]], who: int, checked: rule.Checked) -> Any:
    """The answer by looking at every event there is."""
    [call] = checked.windows
    asked: Callable[[Any], Any] = (
        rule.to_python(rule.part(checked, call.filter)) if call.filter else (lambda _row: True)
    )
    chosen = []
    for owner, ago, name, page, channel, seconds, session in events:
        at = NOW - ago
        inside = ago >= 0 and (call.window is None or ago < call.window / timedelta(milliseconds=1))
        row = {"page": page, "channel": channel, "hour": (at + CHINA_MS) // 3_600_000 % 24}
        row |= {"seconds": seconds if seconds >= 0 else None, "session_id": session or None}
        if owner == who and name == call.event and inside and asked(row) is True:
            chosen.append((at, row))
    if call.function == "count_events":
        return len(chosen)
    if call.function == "last_event":
        return datetime.fromtimestamp(max(at for at, _ in chosen) / 1000, UTC) if chosen else None
    values = [row[call.value] for _, row in chosen if row[call.value] is not None]
    return sum(values) if call.function == "sum_events" else len(set(values))


@settings(max_examples=150, deadline=None)
@given(batches=_batches, renew_after=st.integers(0, 6))
def test_windows_answer_as_a_count_over_all_events_would(
    batches: list[list[tuple[Any, ...]]], renew_after: int
) -> None:
    windows = _windows()
    for number, batch in enumerate(batches):
        _add(windows, batch)
        if number == renew_after:
            windows.renew(windows.together(since=0, as_of=NOW))
    events = [event for batch in batches for event in batch]
    for checked in _CHECKED:
        [call] = checked.windows
        whole = windows.column(call, checked)
        for who in range(1, 5):
            expected = _brute(events, who, checked)
            assert windows.answer(who, call, checked) == expected
            in_column = int(whole[who]) if who < len(whole) else None
            if call.function == "last_event":
                assert (in_column if in_column != -1 else None) == (
                    int(expected.timestamp() * 1000) if expected else None
                )
            else:
                assert (in_column or 0) == expected


@settings(max_examples=60, deadline=None)
@given(events=st.lists(_event, max_size=20), cut=st.integers(0, 20))
def test_the_order_of_arrival_does_not_matter(events: list[tuple[Any, ...]], cut: int) -> None:
    forwards, backwards = _windows(), _windows()
    _add(forwards, events)
    for event in events[:cut:-1]:
        _add(backwards, [event])
    _add(backwards, events[: cut + 1])
    for who in range(1, 5):
        told = [
            sorted(
                (int(t), repr(w.contexts.known[c]), int(s))
                for t, c, s in zip(h.time, h.context, h.seconds, strict=True)
            )
            for w, h in ((w, w.happened(who, until=2**60)) for w in (forwards, backwards))
        ]
        assert told[0] == told[1]
        assert (np.diff(backwards.happened(who, until=2**60).time) >= 0).all()


def test_a_rule_of_several_windows_is_answered_for_a_row() -> None:
    windows = _windows()
    _add(windows, [(2, 60_000, "view", "wealth_list", "app", 30, 1)] * 4)
    checked = rule.check(
        rule.parse("count_events('view', '7d') > 3 and sum_events('view', '1h', seconds) = 120"), _CATALOGUE
    )
    asked = rule.to_python(checked, windowed=windows.windowed(checked))
    assert [asked({"one_id": who}) for who in (1, 2, 3, 10_000_000)] == [False, True, False, False]


def test_a_session_can_be_counted_but_is_no_condition() -> None:
    checked = rule.check(rule.parse("count_events('view', '7d', session_id = 's1')"), _CATALOGUE)
    windows = _windows()
    _add(windows, [(2, 60_000, "view", "wealth_list", "app", 30, 1)])
    with pytest.raises(QueryInvalid):
        windows.answer(2, checked.windows[0], checked)


def test_a_customer_with_a_million_events_is_counted_exactly() -> None:
    windows, count = _windows(), 1_000_000
    times = NOW - np.arange(count, dtype=np.int64) * 60
    texts = dict.fromkeys(COLUMNS, pa.chunked_array([pa.array(["view"])]))
    context = np.repeat(windows.contexts.of(texts, times[:1]), count)
    for part in np.array_split(np.random.default_rng(1).permutation(count), 20):
        windows.add(
            np.full(len(part), 7, np.int32), times[part], context[part], np.ones(len(part), np.int32), times[part]
        )
    [call] = rule.check(rule.parse("count_events('view', '5m')"), _CATALOGUE).windows
    assert windows.answer(7, call) == 5_000
    windows.renew(windows.together(since=0, as_of=NOW))
    assert windows.answer(7, call) == 5_000
    assert int(windows.column(call)[7]) == 5_000
