"""Analyses say what looking at every event one by one would say."""

from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.data.behaviour import builders as make
from tests.data.profile.builders import a_branch, a_staff, an_actor

from liuke.data import org
from liuke.data.behaviour.analyse import ask, run
from liuke.data.behaviour.analyse.model import Analysis, By, Query, Step, TimeGrain
from liuke.data.behaviour.follow import Stream
from liuke.data.behaviour.model import CHINA_MS, DAY_MS, NoEvents, QueryInvalid
from liuke.data.behaviour.plan.parse import parse, shipped
from liuke.data.behaviour.windows import stock
from liuke.data.behaviour.windows.context import COLUMNS
from liuke.data.behaviour.windows.state import Windows
from liuke.kernel.actor import Actor, Permission, Role
from liuke.kernel.bank import Bank
from liuke.kernel.ids import OneId
from liuke.kernel.rule import RuleInvalid

_PLAN = parse(shipped())
_SINCE, _UNTIL = date(2026, 10, 1), date(2026, 10, 10)
_BEGIN = (_SINCE - date(1970, 1, 1)).days * DAY_MS - CHINA_MS
_PAGES = ["home", "wealth_list", "wealth_detail"]

#: (customer, minutes since the period began, event, page, session, seconds)
_event = st.tuples(
    st.integers(1, 5),
    st.integers(-2 * 1440, 12 * 1440) | st.sampled_from([0, 60, 61, 1440, 10 * 1440 - 1, 10 * 1440]),
    st.sampled_from(["view", "click", "login"]),
    st.sampled_from(_PAGES),
    st.integers(0, 2),
    st.sampled_from([-1, 0, 30]),
)
_events = st.lists(_event, min_size=1, max_size=40)
Events = list[tuple[Any, ...]]


def _ground(events: Events, *, member: list[int] | None = None, now_day: int = 30) -> run.Ground:
    windows = Windows(stock.empty(), now=lambda: 0)
    who, minutes, name, page, session, seconds = zip(*events, strict=True)
    times = _BEGIN + np.array(minutes, np.int64) * 60_000
    texts = dict(zip(COLUMNS, (name, page, [None] * len(events), ["app"] * len(events)), strict=True))
    columns = {key: pa.chunked_array([pa.array(list(values), pa.string())]) for key, values in texts.items()}
    windows.add(
        np.array(who, np.int32),
        times,
        windows.contexts.of(columns, times),
        np.array(seconds, np.int32),
        np.array(session, np.int64),
    )
    base = windows.together(since=-(2**62), as_of=0)
    mask = np.zeros(0 if member is None else base.size, np.uint8)
    if member is not None:
        mask[[one for one in member if one < base.size]] = 1
    rows = windows.contexts.rows(0, {})
    return run.Ground(base, rows, _PLAN, mask, threads=2, now=_BEGIN + now_day * DAY_MS)


def _query(kind: Analysis, *steps: Step, **how: Any) -> Query:
    return Query(kind, steps, _SINCE, _UNTIL, **how)


def _answer(events: Events, query: Query, **how: Any) -> tuple[list[Any], dict[str, Any]]:
    _, rows, summary = run.answer(run.ready(_ground(events, **how), query))
    return rows, summary


def _inside(events: Events) -> Events:
    return sorted((e for e in events if 0 <= e[1] < 10 * 1440), key=lambda e: (e[0], e[1]))


_LIST, _DETAIL = Step("view", "page = 'wealth_list'"), Step("view", "page = 'wealth_detail'")
_IS_LIST: Callable[[tuple[Any, ...]], bool] = lambda e: e[2] == "view" and e[3] == "wealth_list"  # noqa: E731
_IS_DETAIL: Callable[[tuple[Any, ...]], bool] = lambda e: e[2] == "view" and e[3] == "wealth_detail"  # noqa: E731


@settings(max_examples=60, deadline=None)
@given(events=_events)
def test_a_trend_counts_events_and_customers_of_each_day(events: Events) -> None:
    rows, summary = _answer(events, _query(Analysis.TREND, _LIST, Step("login")))
    for day, step, _group, times, customers in rows:
        fits = [_IS_LIST, lambda e: e[2] == "login"][step]
        found = [
            e for e in _inside(events) if fits(e) and _SINCE + timedelta(days=e[1] // 1440) == date.fromisoformat(day)
        ]
        assert (times, customers) == (len(found), len({e[0] for e in found}))
    assert summary["customers_0"] == len({e[0] for e in _inside(events) if _IS_LIST(e)})


@settings(max_examples=30, deadline=None)
@given(events=_events)
def test_a_broken_down_trend_adds_up(events: Events) -> None:
    rows, _ = _answer(events, _query(Analysis.TREND, Step("view"), by=By.PAGE, grain=TimeGrain.WEEK))
    found = Counter(e[3] for e in _inside(events) if e[2] == "view")
    told: Counter[str] = Counter()
    for _day, _step, group, times, _customers in rows:
        told[group] += times
    assert +told == found


def _deepest(own: Events, window: int, fits: list[Callable[[Any], bool]]) -> int:
    """How far any way through one customer's events leads, by trying them all."""

    def on(step: int, after: int, began: int) -> int:
        if step == len(fits):
            return step
        ways = [e for e in own if fits[step](e) and (step == 0 or (e[1] > after and e[1] - began <= window))]
        return max([step, *(on(step + 1, e[1], e[1] if step == 0 else began) for e in ways)])

    return on(0, -1, 0)


@settings(max_examples=120, deadline=None)
@given(events=st.lists(_event, min_size=1, max_size=16))
def test_a_funnel_counts_the_deepest_way_of_each_customer(events: Events) -> None:
    steps = (_LIST, _DETAIL, Step("click"))
    rows, _ = _answer(events, _query(Analysis.FUNNEL, *steps, window_days=1))
    own: dict[int, Events] = defaultdict(list)
    for event in _inside(events):
        own[event[0]].append(event)
    depths = [_deepest(one, 1440, [_IS_LIST, _IS_DETAIL, lambda e: e[2] == "click"]) for one in own.values()]
    assert [row[1] for row in rows] == [sum(depth > step for depth in depths) for step in range(3)]


@settings(max_examples=60, deadline=None)
@given(events=_events)
def test_retention_counts_who_came_back_and_leaves_open_what_is_not_over(events: Events) -> None:
    rows, _ = _answer(events, _query(Analysis.RETENTION, Step("login"), Step("view"), returns=3), now_day=11)
    first: dict[int, int] = {}
    for who, minute, name, *_ in _inside(events):
        if name == "login":
            first.setdefault(who, minute // 1440)
    back = {(who, minute // 1440) for who, minute, name, *_ in events if name == "view" and 0 <= minute <= 11 * 1440}
    for day, row in enumerate(rows):
        cohort = [who for who, began in first.items() if began == day]
        assert row[1] == len(cohort)
        for later in range(1, 4):
            expected = sum((who, day + later) in back for who in cohort) if day + later < 11 else None
            assert row[1 + later] == expected


@settings(max_examples=60, deadline=None)
@given(events=_events)
def test_intervals_run_from_the_last_first_to_the_next_second(events: Events) -> None:
    rows, summary = _answer(events, _query(Analysis.INTERVAL, _LIST, Step("click")))
    found = []
    for who in range(1, 6):
        times = sorted({e[1] for e in _inside(events) if e[0] == who})
        since = None
        for at in times:
            here = [e for e in _inside(events) if e[0] == who and e[1] == at]
            if since is not None and any(e[2] == "click" for e in here):
                found.append(at - since)
                since = None
            if any(map(_IS_LIST, here)):
                since = at
    assert summary["count"] == len(found) == sum(row[2] for row in rows)
    assert summary["median_minutes"] == (sorted(found)[(len(found) - 1) // 2] if found else None)


@settings(max_examples=40, deadline=None)
@given(events=_events, member=st.lists(st.integers(1, 5), unique=True))
def test_a_distribution_and_the_doers_are_of_those_who_count(events: Events, member: list[int]) -> None:
    query = _query(Analysis.DISTRIBUTION, Step("view"))
    times = Counter(e[0] for e in _inside(events) if e[2] == "view" and e[0] in member)
    rows, summary = _answer(events, query, member=member)
    assert summary["customers"] == len(times) == sum(row[2] for row in rows)
    assert rows[0] == [1, 1, sum(n == 1 for n in times.values())]
    found = run.who(_ground(events, member=member), query, most=3)
    assert [one.times for one in found] == sorted(times.values(), reverse=True)[:3]
    assert all(times[one.one_id] == one.times for one in found)


@settings(max_examples=40, deadline=None)
@given(events=_events)
def test_hours_and_sessions_add_up_to_the_events(events: Events) -> None:
    inside = _inside(events)
    rows, summary = _answer(events, _query(Analysis.HOURS, Step("")))
    assert sum(row[2] for row in rows) == len(inside) == summary["times"]
    for weekday, hour, times, customers in rows:
        found = [
            e for e in inside if (e[1] // 60 % 24, (_SINCE + timedelta(days=e[1] // 1440)).weekday()) == (hour, weekday)
        ]
        assert (times, customers) == (len(found), len({e[0] for e in found}))
    rows, summary = _answer(events, _query(Analysis.SESSION))
    assert sum(row[1] * (row[4] or 0) for row in rows) <= len(inside) * 100
    assert (summary["sessions"] or 0) <= len(inside)


def test_a_path_tells_where_sessions_go_and_where_they_end() -> None:
    events = [
        (1, 0, "view", "home", 1, 5),
        (1, 1, "view", "wealth_list", 1, 5),
        (1, 2, "view", "wealth_list", 1, 5),
        (1, 3, "view", "wealth_detail", 1, 5),
        (2, 0, "view", "wealth_list", 1, 5),
        (2, 90, "view", "home", 2, 5),
    ]
    rows, summary = _answer(events, _query(Analysis.PATH, _LIST, depth=2))
    assert sorted(rows, key=str) == [
        [0, "wealth_list", "-", 1],
        [0, "wealth_list", "wealth_detail", 1],
        [1, "wealth_detail", "-", 1],
    ]
    assert summary == {"sessions": 2}


@settings(max_examples=25, deadline=None)
@given(events=_events)
def test_a_condition_on_the_stay_looks_at_each_event(events: Events) -> None:
    rows, _ = _answer(events, _query(Analysis.TREND, Step("view", "seconds >= 30 and page <> 'home'"), Step("click")))
    found = [e for e in _inside(events) if e[2] == "view" and e[5] >= 30 and e[3] != "home"]
    assert sum(row[3] for row in rows if row[1] == 0) == len(found)
    assert sum(row[3] for row in rows if row[1] == 1) == sum(e[2] == "click" for e in _inside(events))


@pytest.mark.parametrize(
    ("query", "fault"),
    [
        (_query(Analysis.FUNNEL, _LIST), QueryInvalid),
        (_query(Analysis.TREND, Step("fly")), QueryInvalid),
        (_query(Analysis.TREND, Step("view", "pagee = 'x'")), RuleInvalid),
        (Query(Analysis.TREND, (_LIST,), _UNTIL, _SINCE), QueryInvalid),
        (Query(Analysis.TREND, (_LIST,), date(2020, 1, 1), _UNTIL), QueryInvalid),
    ],
)
def test_what_cannot_be_asked_is_said_plainly(query: Query, fault: type[Exception]) -> None:
    with pytest.raises(fault):
        run.ready(_ground([(1, 0, "view", "home", 0, 0)]), query)


def test_an_analysis_sees_what_was_sent_and_only_the_askers_customers(
    app: Bank, machine: Actor, stream: Stream, send: Callable[..., None]
) -> None:
    with pytest.raises(NoEvents):
        ask.analyse(app, machine, _query(Analysis.TREND, _LIST))
    with app.write(machine) as tx:
        org.replace_branches(tx, [a_branch("HO", None, "总行")])
        org.replace_staff(tx, [a_staff("S001", "陈经理", "HO")])
        org.assign(tx, [(OneId(2), "S001", "HO", "test")])
    send(make.an_event("U1"), make.an_event("U2"), make.an_event("U2"))
    make.drained(stream)
    stream._published_at = -1e9
    stream.publish()
    day = date(2026, 11, 2)
    query = Query(Analysis.TREND, (_LIST,), day, day)
    assert ask.analyse(app, machine, query).summary == {"times_0": 3, "customers_0": 2}
    rm = an_actor(Role.RM, permissions=[Permission.BEHAVIOUR_READ])
    assert ask.analyse(app, rm, query).summary == {"times_0": 2, "customers_0": 1}
    only_1 = np.packbits(np.array([0, 1], np.uint8), bitorder="little")
    assert ask.analyse(app, machine, query, members=only_1).summary == {"times_0": 1, "customers_0": 1}
    assert [one.times for one in ask.who(app, machine, query)] == [2, 1]
