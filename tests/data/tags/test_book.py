"""Definitions are checked before anything is computed."""

from dataclasses import replace

import pytest

from liuke.data import tags
from liuke.data.tags.define.book import bind
from liuke.data.tags.define.read import shipped, tag_of, tags_of
from liuke.data.tags.model import CircularTag, Family, TagInvalid
from liuke.kernel.bank import Bank
from liuke.kernel.rule import RuleInvalid

_OWN = {"code": "x", "name": "试", "family": "asset", "owner": "某部", "meaning": "试", "kind": "count"}


def _measured(**facts: object) -> dict[str, object]:
    return _OWN | {
        "measure": {"table": "transaction", "aggregate": "count", "window": {"since": -6, "until": 0}} | facts
    }


def _derived(expression: str, **facts: object) -> dict[str, object]:
    return _OWN | {"expression": expression} | facts


def test_seventy_two_tags_in_eight_families_stand_on_the_page() -> None:
    shown = [tag for tag in shipped() if not tag.ingredient]
    assert len(shown) == 72
    assert {tag.family for tag in shown} == set(Family)
    assert len({tag.code for tag in shipped()}) == len(shipped()) == len({tag.name for tag in shipped()})


def test_the_tags_the_bank_asked_for_are_there() -> None:
    names = {tag.name for tag in shipped()}
    asked = ["近30天高频咨询科创板", "月日均AUM", "近3月存款净流出率", "夜间浏览理财偏好"]
    asked += ["代发3日留存率", "30天未登录", "投诉次数上升", "信用卡消费骤降"]
    assert set(asked) <= names


def test_each_tag_comes_after_those_it_is_computed_from() -> None:
    seen: set[str] = set()
    for entry in bind(shipped()).entries.values():
        assert entry.needs <= seen
        seen.add(entry.tag.code)


def test_an_unknown_field_proposes_the_nearest() -> None:
    with pytest.raises(RuleInvalid, match="direction"):
        bind([tag_of(_measured(filter="directon = 'in'"))])
    with pytest.raises(RuleInvalid, match="aum"):
        bind([*shipped(), tag_of(_derived("aun > 5", kind="bool"))])


def test_an_unknown_table_or_column_proposes_the_nearest() -> None:
    with pytest.raises(TagInvalid, match="transaction"):
        bind([tag_of(_measured(table="transactoin"))])
    with pytest.raises(TagInvalid, match="amount"):
        bind([tag_of(_measured(aggregate="sum", value="amout") | {"kind": "money"})])


def test_a_circle_is_named_and_refused() -> None:
    one, two = tag_of(_derived("y + 1")), tag_of(_derived("x + 1", code="y", name="乙"))
    with pytest.raises(CircularTag, match="试 → 乙 → 试"):
        bind([one, two])
    with pytest.raises(CircularTag):
        bind([tag_of(_derived("x + 1"))])


def test_a_kind_that_the_aggregate_does_not_give_is_refused() -> None:
    with pytest.raises(TagInvalid, match="类型"):
        bind([tag_of(_measured() | {"kind": "money"})])


def test_windows_end_after_they_begin_and_within_ten_years() -> None:
    for window in ({"since": 1, "until": 0}, {"since": -99_999, "until": 0}, {"since": -3, "until": 0, "month": True}):
        with pytest.raises(TagInvalid, match="时间窗"):
            bind([tag_of(_measured(window=window))])


def test_a_tag_is_measured_or_computed_never_both_or_neither() -> None:
    for body in (_OWN, _measured() | {"expression": "1"}):
        with pytest.raises(TagInvalid, match="口径"):
            bind([tag_of(body)])


def test_a_result_that_could_not_be_kept_is_refused() -> None:
    with pytest.raises(TagInvalid, match="超出"):
        bind([*shipped(), tag_of(_derived("round(aum * 1000000, 2)", kind="money"))])


def test_a_broken_text_says_what_is_missing() -> None:
    with pytest.raises(TagInvalid, match="TOML"):
        tags_of("[[tags")
    with pytest.raises(TagInvalid, match="owner"):
        tags_of('family = "asset"\n[[tags]]\ncode = "x"\nname = "甲"\nkind = "bool"\n')


def test_the_catalogue_names_every_tag_and_the_data_day(bank: Bank) -> None:
    catalogue = tags.catalogue(bank)
    assert {tag.code for tag in shipped()} < set(catalogue.fields)
    assert catalogue.fields["net_outflow_rate_3m"].unit == "%"


def test_the_words_of_a_word_are_told_in_order() -> None:
    risk = next(tag for tag in shipped() if tag.code == "risk_tolerance")
    assert list(risk.words) == ["C1", "C2", "C3", "C4", "C5"]
    assert replace(risk, words={}).words == {}
