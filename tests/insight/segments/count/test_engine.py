"""The fast path, DuckDB over the whole rule, and the rule as Python, agree on every customer."""

import random
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from liuke.insight.segments.count import ask, bits
from liuke.insight.segments.count.cache import Cache
from liuke.insight.segments.count.columns import Derived, Held, typed
from liuke.insight.segments.count.engine import Engine
from liuke.insight.segments.count.index import build
from liuke.insight.segments.count.plan import Planner, Ranged
from liuke.kernel import rule
from liuke.kernel.rule import Catalogue, Checked, Field, Type
from liuke.kernel.rule.term import Windowed

SIZE = 203
WORDS = ("C1", "C2", "C3", "杭州", "")
FIELDS = {
    "aum": Field(Type.MONEY, "月日均资产", "元"),
    "aum_prev": Field(Type.MONEY, "上月日均资产", "元"),
    "age": Field(Type.INT, "年龄", "岁", digits=3),
    "outflow": Field(Type.DECIMAL, "净流出率", "%", scale=4),
    "vip": Field(Type.BOOL, "贵宾"),
    "active": Field(Type.BOOL, "活跃"),
    "risk": Field(Type.TEXT, "风险等级"),
    "due": Field(Type.DATE, "到期日"),
    "as_of": Field(Type.DATE, "数据日期"),
    "segment.富裕": Field(Type.BOOL, "富裕客群", column="s1"),
}
EVENTS = {"view": rule.Event("浏览", {"page": Field(Type.TEXT, "页面"), "paid": Field(Type.MONEY, "金额", "元")})}
CATALOGUE = Catalogue(FIELDS, EVENTS)
_EPOCH = date(1970, 1, 1)


class Town:
    """A few hundred customers with every kind of column; a fifth of the values is missing."""

    def __init__(self, seed: int) -> None:
        rng = np.random.default_rng(seed)
        self.mask = rng.random(SIZE) < 0.9
        self.mask[0] = False
        self.missing = {name: rng.random(SIZE) < 0.2 for name in FIELDS}
        self.held: dict[str, Any] = {
            "aum": rng.choice([0, 1, -1, 99, 100, 50_000_000, 49_999_999, 10**15], SIZE).astype(np.int64),
            "aum_prev": rng.choice([0, 100, 50_000_000], SIZE).astype(np.int32),
            "age": rng.integers(-2, 100, SIZE).astype(np.int8),
            "outflow": rng.integers(-20_000, 20_000, SIZE).astype(np.int32),
            "vip": rng.random(SIZE) < 0.5,
            "active": rng.random(SIZE) < 0.5,
            "risk": rng.integers(0, len(WORDS), SIZE).astype(np.uint8),
            "due": rng.integers(20_000, 20_040, SIZE).astype(np.int32),
        }
        self.members = rng.random(SIZE) < 0.3
        self.seen = rng.integers(0, 5, SIZE).astype(np.int32)
        self.last = rng.integers(1_790_000_000, 1_790_100_000, SIZE).astype(np.int64) * 1_000_000
        self.never = rng.random(SIZE) < 0.3

    def snapshot(self) -> Held:
        columns = {name: self._column(name) for name in self.held}
        return Held(date(2024, 10, 16), SIZE, np.packbits(self.mask, bitorder="little"), columns)

    def _column(self, name: str) -> Derived:
        missing = np.packbits(self.missing[name], bitorder="little")
        values = self.held[name]
        if values.dtype == np.bool_:
            return Derived(np.packbits(values, bitorder="little"), missing, kind="bool")
        return Derived(values, missing, WORDS if name == "risk" else None)

    def windows(self, _checked: Checked, term: Windowed) -> Derived:
        if term.call.function == "last_event":
            return Derived(self.last, np.packbits(self.never, bitorder="little"))
        return Derived(self.seen)

    def row(self, number: int) -> dict[str, Any]:
        row = {name: self._stored(name, number) for name in self.held if not self.missing[name][number]}
        return {
            **row,
            "as_of": date(2024, 10, 16),
            "segment.富裕": bool(self.members[number] and self.mask[number]),
            "#": number,
        }

    def _stored(self, name: str, number: int) -> Any:
        value = self.held[name][number]
        match FIELDS[name].type:
            case Type.BOOL:
                return bool(value)
            case Type.DECIMAL:
                return Decimal(int(value)).scaleb(-4)
            case Type.TEXT:
                return WORDS[value]
            case Type.DATE:
                return _EPOCH + timedelta(days=int(value))
        return int(value)

    def answers(self, call: rule.WindowCall) -> Any:
        if call.function == "last_event":
            return lambda row: (
                None
                if self.never[row["#"]]
                else datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=int(self.last[row["#"]]))
            )
        return lambda row: int(self.seen[row["#"]])

    def engine(self, *, indexed: bool, cache: Cache | None = None) -> Engine:
        engine = Engine(
            self.snapshot(),
            token="town",
            cache=cache or Cache(),
            segments={"segment.富裕": "s1"},
            members=lambda _code: bits.packed(self.members),
            windows=self.windows,
            indexes=(lambda code: build(engine.column(code)) if code in self.held else None) if indexed else None,
        )
        return engine


_LEAVES = (
    "aum {op} 500000",
    "aum {op} 0.005",
    "500000 {op} aum",
    "aum_prev {op} 1",
    "age {op} 30",
    "age {op} 300",
    "age {op} -200",
    "outflow {op} 0.80005",
    "outflow {op} -1.5",
    "due {op} date '2024-10-20'",
    "due {op} as_of + 4",
    "as_of {op} due",
    "due - as_of {op} 3",
    "day(as_of) {op} 16",
    "aum {op} aum_prev",
    "age + 1 {op} 40",
    "risk {op} 'C2'",
    "count_events('view', '7d') {op} 2",
    "sum_events('view', '7d', paid) {op} 0.02",
    "last_event('view') {op} timestamp '2026-09-22 08:00:00'",
)
_OTHERS = (
    "vip", "active", "segment.富裕", "vip = false", "active <> true", "risk in ('C1', '杭州')",
    "age in (1, 2, 3, 40, 41)",
    "age between 20 and 40", "age between 40 and 20", "aum between -0.01 and 0.015", "aum is null", "risk is null",
    "risk is not null", "segment.富裕 is null", "risk like 'C%'", "contains(risk, '州')", "coalesce(risk, 'C1') = 'C1'",
    "length(risk) > 1", "nullif(risk, 'C1') = 'C2'", "coalesce(age, 7) = 7", "true", "false", "vip = active",
    "case when age > 40 then vip else active end", "case when segment.富裕 then age > 3 else vip end",
    "days_between(due, date '2024-10-20') > 3", "last_event('view') is null", "aum / aum_prev > 0.5",
    "as_of = date '2024-10-16'", "count_events('view', '7d') = 0 and last_event('view') is null",
)  # fmt: skip


def a_condition(rng: random.Random, depth: int) -> str:
    """A random condition over the town's columns."""
    choice = rng.random()
    if depth == 0 or choice < 0.3:
        if rng.random() < 0.5:
            return rng.choice(_OTHERS)
        return rng.choice(_LEAVES).format(op=rng.choice(("=", "<>", "<", "<=", ">", ">=")))
    if choice < 0.45:
        return f"not ({a_condition(rng, depth - 1)})"
    sign = " and " if choice < 0.75 else " or "
    return sign.join(f"({a_condition(rng, depth - 1)})" for _ in range(rng.randint(2, 3)))


def checked(text: str) -> Checked:
    return rule.check(rule.parse(text), CATALOGUE, wants=Type.BOOL)


def by_python(town: Town, condition: Checked) -> list[int]:
    judge = rule.to_python(condition, windowed=town.answers)
    return [number for number in range(SIZE) if town.mask[number] and judge(town.row(number)) is True]


def by_duckdb(town: Town, condition: Checked) -> list[int]:
    engine = town.engine(indexed=False)
    planner = Planner(condition, lambda _code: (), {})
    whole = planner.asked(condition.term, wanted=True)
    planner = Planner(condition, lambda _code: (), {"segment.富裕": "s1"}, {}, planner.calls)
    engine._segments = {"segment.富裕": "s1"}
    return bits.numbers(engine._answered(whole, planner)).tolist()


@given(seed=st.integers(0, 2**32), town=st.integers(0, 50))
@settings(max_examples=150, deadline=None)
def test_every_way_of_evaluating_finds_the_same_customers(seed: int, town: int) -> None:
    place = Town(town)
    condition = checked(a_condition(random.Random(seed), 3))
    truth = by_python(place, condition)
    for indexed in (False, True):
        assert bits.numbers(place.engine(indexed=indexed).find(condition)).tolist() == truth
    assert by_duckdb(place, condition) == truth


@pytest.mark.parametrize("text", [*_OTHERS, *(leaf.format(op=">") for leaf in _LEAVES)])
def test_a_condition_and_its_negation_leave_out_exactly_the_unknown(text: str) -> None:
    town = Town(3)
    engine = town.engine(indexed=True)
    judge = rule.to_python(checked(text), windowed=town.answers)
    unknown = [number for number in range(SIZE) if town.mask[number] and judge(town.row(number)) is None]
    either = engine.find(checked(text)) | engine.find(checked(f"not ({text})"))
    assert bits.numbers(engine.present & ~either).tolist() == unknown


def test_plain_conditions_never_ask_duckdb(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_args: object) -> None:
        raise AssertionError("asked")

    monkeypatch.setattr(ask, "answer", refuse)
    plain = "aum >= 500000 and not (risk in ('C1') or risk like 'C%') and (vip or segment.富裕) and due is null"
    for text in (plain, "count_events('view', '7d', page = 'wealth') > 1 or age between 1 and 9"):
        Town(1).engine(indexed=True).find(checked(text))


def test_a_rule_of_five_hundred_terms_is_counted() -> None:
    town = Town(5)
    text = " or ".join(f"(age = {n % 90} and aum > {n})" for n in range(250))
    condition = checked(text)
    assert bits.numbers(town.engine(indexed=True).find(condition)).tolist() == by_python(town, condition)


def test_each_condition_has_a_count_of_its_own_at_its_place() -> None:
    town = Town(2)
    engine = town.engine(indexed=True)
    text = "vip and (age > 30 or not risk = 'C1') and aum > 0"
    found = {part.path: part.customers for part in engine.parts(checked(text), engine.present)}
    parts = {(0,): "vip", (1, 0): "age > 30", (1, 1, 0): "risk = 'C1'", (2,): "aum > 0"}
    assert found == {path: len(by_python(town, checked(part))) for path, part in parts.items()}


def test_the_same_test_is_computed_once_and_a_segment_is_read_anew() -> None:
    town, cache = Town(4), Cache()
    engine = town.engine(indexed=False, cache=cache)
    first = engine.find(checked("segment.富裕 and age > 3"))
    town.members[:] = False
    assert bits.count(first) > 0
    assert bits.count(engine.find(checked("segment.富裕 and age > 3"))) == 0


def test_the_cache_forgets_the_least_recently_asked() -> None:
    cache, made = Cache(room=2 * 8 * 4), []

    def compute(key: int) -> bits.Bits:
        made.append(key)
        return bits.empty(256)

    for key in (1, 2, 1, 3, 1, 2):
        cache.get(key, lambda key=key: compute(key))
    assert made == [1, 2, 3, 2]


@given(st.lists(st.integers(-(2**63), 2**63 - 1), min_size=1, max_size=80), st.integers(-(2**64), 2**64))
@settings(max_examples=100, deadline=None)
def test_an_index_finds_what_comparing_finds_at_any_bound(values: list[int], bound: int) -> None:
    held = np.array(values, dtype=np.int64)
    column = typed(Derived(held), bits.full(len(held)), len(held))
    engine = Engine(
        Held(
            date(2026, 1, 1), len(held), np.packbits(np.ones(len(held), bool), bitorder="little"), {"n": Derived(held)}
        ),
        token="n",
        cache=Cache(),
        indexes=lambda _code: build(column),
    )
    for ranges in (((None, bound),), ((bound, None),), ((bound, bound),), ((None, bound - 1), (bound + 1, None))):
        expected = [
            number
            for number, value in enumerate(values)
            if any((low is None or low <= value) and (high is None or value <= high) for low, high in ranges)
        ]
        assert bits.numbers(engine._compared(Ranged("n", ranges), column)).tolist() == expected


@given(st.sets(st.integers(0, 300)), st.integers(0, 300))
def test_packed_sets_behave_as_sets(numbers: set[int], size: int) -> None:
    made = bits.of(np.array(sorted(numbers), dtype=np.int64), size)
    kept = {number for number in numbers if number < size}
    assert set(bits.numbers(made).tolist()) == kept
    assert bits.count(made) == len(kept)
    asked = np.arange(-3, 320)
    assert {int(n) for n in asked[bits.has_each(made, asked)]} == kept
    assert all(bits.has(made, number) == (number in kept) for number in range(310))
    assert set(bits.numbers(bits.full(size) & ~made).tolist()) == set(range(size)) - kept
    assert set(bits.numbers(bits.resized(made, 100)).tolist()) == {number for number in kept if number < 100}
