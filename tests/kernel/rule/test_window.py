"""Functions over windows of events: answered by whoever holds the events."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import duckdb
import pytest
from tests.kernel.rule.bank import CATALOGUE, PAY, VIEW

from liuke.kernel import rule
from liuke.kernel.rule import Catalogue, Window, WindowCall
from liuke.kernel.rule.term import BOOL

TEXT = (
    "count_events('view', '7d', product = '大额存单', seconds > 10) > 3 and sum_events('pay', '30d', amount) >= 500000"
)


def checked(text: str) -> rule.Checked:
    """A rule checked against the tests' catalogue."""
    return rule.check(rule.parse(text), CATALOGUE)


def test_a_rule_names_the_window_calls_it_needs() -> None:
    first, second = checked(TEXT).windows
    assert (first.function, first.event, first.window) == ("count_events", "view", timedelta(days=7))
    assert (second.event, second.window, second.value) == ("pay", timedelta(days=30), "amount")


def test_the_filter_of_a_call_runs_over_events() -> None:
    whole = checked(TEXT)
    call = whole.windows[0]
    assert call.filter is not None
    condition = rule.part(whole, call.filter)
    matches = rule.to_python(condition)
    assert matches({"product": "大额存单", "seconds": 11}) is True
    assert matches({"product": "大额存单", "seconds": 10}) is False
    assert rule.to_sql(condition) == """(("product" = '大额存单') AND ("seconds" > 10))"""


def test_python_asks_once_per_call_and_then_per_row() -> None:
    asked: list[WindowCall] = []

    def windows(call: WindowCall) -> Any:
        asked.append(call)
        return lambda row: row[call.function]

    run = rule.to_python(checked(TEXT), windowed=windows)
    assert len(asked) == 2
    assert run({"count_events": 4, "sum_events": 50_000_000}) is True
    assert run({"count_events": 4, "sum_events": 49_999_999}) is False
    assert run({"count_events": None, "sum_events": 50_000_000}) is None


def test_sql_takes_a_prepared_column_for_each_call() -> None:
    names = {call: f"w{place}" for place, call in enumerate(checked(TEXT).windows)}
    written = rule.to_sql(checked(TEXT), windowed=lambda call: names[call])
    assert duckdb.sql(f"SELECT {written} FROM (SELECT 4 AS w0, 50000000 AS w1)").fetchall() == [(True,)]


def test_the_sum_of_a_decimal_field_comes_with_its_point() -> None:
    catalogue = Catalogue({}, {"trade": rule.Event("申购", {"units": rule.Field(rule.Type.DECIMAL, "份额", scale=4)})})
    found = rule.check(rule.parse("sum_events('trade', '7d', units) * 2 > 3"), catalogue)
    for answer, truth in (("1.5", False), ("1.5001", True)):
        assert rule.to_python(found, windowed=lambda call, n=answer: lambda row: Decimal(n))({}) is truth  # type: ignore[misc]
        written = rule.to_sql(found, windowed=lambda call: "w")
        sql = f"SELECT {written} FROM (SELECT CAST({answer} AS DECIMAL(38, 4)) AS w)"
        assert duckdb.sql(sql).fetchall() == [(truth,)]


def test_a_window_call_without_anybody_to_answer_is_a_mistake_of_the_program() -> None:
    with pytest.raises(ValueError, match="windowed"):
        rule.to_python(checked(TEXT))
    with pytest.raises(ValueError, match="windowed"):
        rule.to_sql(checked(TEXT))


def test_a_catalogue_may_declare_functions_of_its_own() -> None:
    sequence = Window(("event", "window", "then"), BOOL, "{event}后{window}内有{then}")
    catalogue = Catalogue({}, {"view": VIEW, "pay": PAY}, windows={"followed_by": sequence})
    found = rule.check(rule.parse("followed_by('view', '7d', 'pay', seconds > 60)"), catalogue)
    assert found.windows[0].then == "pay"
    assert rule.to_chinese(found) == "浏览（停留秒数超过60秒）后7天内有转账"
    assert rule.to_python(found, windowed=lambda call: lambda row: True)({}) is True
