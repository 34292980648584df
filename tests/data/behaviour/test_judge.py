"""The verdict on events: the columns say what the schemas say."""

from typing import Any

import orjson
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.data.behaviour import builders as make

from liuke.data.behaviour.model import AsideReason
from liuke.data.behaviour.plan.judge import Judge, Judged
from liuke.data.behaviour.plan.parse import parse, shipped

_JUDGE = Judge(parse(shipped()))
_words = st.sampled_from(["wealth_list", "home", "", "页面", "x" * 64, "x" * 65, None, 3, True, "a\nb"])
_ids = st.sampled_from(["U1", "u-1:2", "", "a b", "x" * 64, "x" * 65, "张三", None, 7, "\x00", "\u2028"])
_times = st.sampled_from(
    [
        *(make.NOW + ago for ago in (0, -make.DAY, -4 * make.DAY, 200_000, 400_000)),
        *(4_070_908_800_000, 0, -1, 1.5, 1_793_592_000_000.0, "1793592000000", None, 2**63),
    ]
)
_seconds = st.sampled_from([0, 12, 86_400, 86_401, -1, 131_071, 131_072, 2**31, 1.0, 1.5, "3", None, False])
_events = st.fixed_dictionaries(
    {},
    optional={
        "event_id": _ids,
        "ts": _times,
        "user_id": _ids,
        "customer_no": _ids,
        "device_id": _ids,
        "session_id": _ids,
        "event": st.sampled_from(["view", "login", "click", "fly", "", None, 1]),
        "page": _words,
        "product_no": _words,
        "seconds": _seconds,
        "channel": st.sampled_from(["app", "web", "fax", None, 1]),
        "phone": st.just("13800000000"),
    },
)
_mostly_fine = st.builds(lambda extra: make.an_event() | extra, _events) | st.builds(make.an_event)
_lines = st.one_of(
    st.builds(orjson.dumps, _mostly_fine),
    st.builds(orjson.dumps, _mostly_fine),
    st.sampled_from(
        [
            b"{",
            b"[]",
            b"1",
            b'"x"',
            b"null",
            b'{"event_id":"\xff"}',
            b'{"a":1}{"b":2}',
            b"  ",
            b'{"ts":NaN}',
            b"{} null",
            b"null {}",
        ]
    ),
)


def _told(judged: Judged) -> tuple[list[Any], list[Any]]:
    rows = judged.events.to_pylist()
    return sorted(rows, key=repr), sorted((one.reason, one.field, one.message, one.raw) for one in judged.aside)


@settings(max_examples=400, deadline=None)
@given(batches=st.lists(st.lists(_lines, max_size=6), max_size=3))
def test_columns_and_single_lines_judge_alike(batches: list[list[bytes]]) -> None:
    records = [make.record_of(batch) for batch in batches]
    slow = [_JUDGE._lines(record) for record in records]
    rows = [row for part in slow for row in part.events.to_pylist()]
    aside = [(one.reason, one.field, one.message, one.raw) for part in slow for one in part.aside]
    assert _told(_JUDGE.judge(records)) == (sorted(rows, key=repr), sorted(aside))
    assert len(rows) + len(aside) == sum(record.lines for record in records)


def _reasons(*events: make.Event, skew: int = 0) -> list[tuple[AsideReason, str]]:
    judged = _JUDGE.judge([make.record_of(events, skew=skew)])
    return [(one.reason, one.field) for one in judged.aside]


def test_each_bad_event_is_set_aside_with_its_reason_and_the_good_one_beside_it_is_taken() -> None:
    bad = [
        make.an_event(ts=4_070_908_800_000),
        make.an_event(ago=4 * make.DAY),
        make.an_event(phone="13800000000"),
        make.an_event(None),
        make.an_event(event="fly"),
        make.an_event(page=None),
        b"{broken",
    ]
    judged = _JUDGE.judge([make.record_of([*bad, make.an_event()])])
    assert [(one.reason, one.field) for one in judged.aside] == [
        (AsideReason.AHEAD, "ts"),
        (AsideReason.LATE, "ts"),
        (AsideReason.FORM, "phone"),
        (AsideReason.FORM, "user_id"),
        (AsideReason.PLAN, "event"),
        (AsideReason.PLAN, "page"),
        (AsideReason.JSON, ""),
    ]
    assert len(judged.events) == 1


def test_a_phone_whose_clock_is_a_day_off_is_put_right() -> None:
    event = make.an_event(ts=make.NOW + make.DAY)
    assert _reasons(event) == [(AsideReason.AHEAD, "ts")]
    judged = _JUDGE.judge([make.record_of([event], skew=-make.DAY)])
    assert judged.events["ts"].to_pylist() == [make.NOW]


def test_what_was_found_good_once_stays_apart_from_what_only_looks_like_it() -> None:
    judge = Judge(parse(shipped()))
    assert judge.judge([make.record_of([make.an_event(seconds=5)])]).aside == []
    assert [one.field for one in judge.judge([make.record_of([make.an_event(seconds=86_401)])]).aside] == ["seconds"]
    assert [one.field for one in judge.judge([make.record_of([make.an_event(event="fly", seconds=5)])]).aside] == [
        "event"
    ]
