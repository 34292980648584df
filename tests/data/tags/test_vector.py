"""Rules over columns say what they say row by row."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from liuke.data.tags.engine.vector import Beyond, Columns, Part, value
from liuke.kernel import rule
from liuke.kernel.rule.term import Kind

_DAY: Final = date(2026, 10, 31)
_EPOCH: Final = date(1970, 1, 1)
_WORDS: Final = ("C1", "C2", "C3")
_CATALOGUE: Final = rule.Catalogue(
    fields={
        "a": rule.Field(rule.Type.MONEY, "甲", "元"),
        "b": rule.Field(rule.Type.MONEY, "乙", "元"),
        "n": rule.Field(rule.Type.INT, "次数", digits=10),
        "r": rule.Field(rule.Type.DECIMAL, "比例", "%", scale=2, digits=11),
        "d": rule.Field(rule.Type.DATE, "某日"),
        "w": rule.Field(rule.Type.TEXT, "等级", values={word: word for word in _WORDS}),
        "t": rule.Field(rule.Type.BOOL, "真"),
        "as_of": rule.Field(rule.Type.DATE, "数据日期"),
    }
)
_RULES: Final = (
    "a + b - 3",
    "a * n",
    "a * 100 / b",
    "round(a / 7, 2)",
    "round(r * 3, 1)",
    "- a",
    "abs(a - b)",
    "a > b and n <= 3 or t",
    "not t and a = b",
    "a is null or w = 'C1'",
    "r >= 12.5",
    "n between 2 and 4",
    "n between n and 3",
    "w in ('C1', 'C3')",
    "coalesce(w, 'C2') <> 'C2'",
    "case when a > 5 then 'x' when w = 'C2' then w end",
    "case when t then a else b end",
    "greatest(a, b, 1)",
    "least(a, b)",
    "coalesce(a, b, 0)",
    "nullif(n, 2)",
    "d > as_of - 90",
    "d + 5",
    "as_of - d",
    "days_between(d, as_of) > 30",
    "years_between(d, as_of)",
)

#: Up to 100 million yuan in fen: a * 100 / b in millionths is still held by 64 bits.
_money = st.one_of(st.none(), st.integers(-3, 3), st.integers(-(10**10), 10**10))
_rows = st.fixed_dictionaries(
    {
        "a": _money,
        "b": _money,
        "n": st.one_of(st.none(), st.integers(-5, 5)),
        "r": st.one_of(st.none(), st.integers(-5000, 5000)),
        "d": st.one_of(st.none(), st.integers(-30_000, 30_000)),
        "w": st.one_of(st.none(), st.integers(0, 2)),
        "t": st.one_of(st.none(), st.booleans()),
    }
)


@given(st.lists(_rows, min_size=1, max_size=20), st.sampled_from(_RULES))
@settings(max_examples=150, deadline=None)
def test_a_rule_over_columns_is_the_rule_row_by_row(rows: list[dict[str, Any]], text: str) -> None:
    checked = rule.check(rule.parse(text), _CATALOGUE)
    columns = _columns(rows)
    found = value(checked.term, columns)
    null = np.broadcast_to(np.asarray(False if found.null is None else found.null), len(rows))
    values = np.broadcast_to(np.asarray(found.values), len(rows))
    function = rule.to_python(checked)
    for place, row in enumerate(rows):
        said = function(_row(row))
        told = None if null[place] else _word(values[place], checked, columns)
        assert told == said, (text, row)


def _columns(rows: list[dict[str, Any]]) -> Columns:
    told = {}
    for name in rows[0]:
        kind = np.bool_ if name == "t" else np.int64
        values = np.array([row[name] or 0 for row in rows], kind)
        null = np.array([row[name] is None for row in rows])
        told[name] = Part(values, null if null.any() else None)
    return Columns(told, {"as_of": Part((_DAY - _EPOCH).days, None)}, {"w": _WORDS})


def _row(row: dict[str, Any]) -> dict[str, Any]:
    shown = dict(row) | {"as_of": _DAY}
    shown["r"] = None if row["r"] is None else Decimal(row["r"]) / 100
    shown["d"] = None if row["d"] is None else _EPOCH + timedelta(days=row["d"])
    shown["w"] = None if row["w"] is None else _WORDS[row["w"]]
    return shown


def _word(told: Any, checked: rule.Checked, columns: Columns) -> Any:
    match checked.shape.kind:
        case Kind.NUMBER:
            return Decimal(int(told)) / 10**checked.shape.scale if checked.shape.scale else int(told)
        case Kind.DATE:
            return _EPOCH + timedelta(days=int(told))
        case Kind.TEXT:
            return next(text for text, place in columns.vocabulary.items() if place == told)
        case _:
            return bool(told)


def test_what_64_bits_do_not_hold_is_left_to_sql() -> None:
    rows = [dict.fromkeys(("b", "n", "r", "d", "w", "t")) | {"a": 10**15}]
    with pytest.raises(Beyond):
        value(rule.check(rule.parse("a * 100 / 7"), _CATALOGUE).term, _columns(rows))


def test_what_columns_cannot_say_is_left_to_sql() -> None:
    rows = [dict.fromkeys(("a", "b", "n", "r", "d", "t")) | {"w": 1}]
    for text in ("upper(w) = 'C1'", "w < 'C2'"):
        with pytest.raises(Beyond):
            value(rule.check(rule.parse(text), _CATALOGUE).term, _columns(rows))
