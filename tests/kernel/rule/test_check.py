"""Fitting rules to a catalogue: names, types, units, sizes."""

from datetime import UTC, datetime

import pytest
from tests.kernel.rule.bank import CATALOGUE

from liuke.kernel import rule
from liuke.kernel.rule import Catalogue, Field, Type
from liuke.kernel.rule.errors import (
    NotAllowed,
    RuleInvalid,
    TooLarge,
    UnknownName,
    UnknownValue,
    WrongArguments,
    WrongType,
    WrongUnit,
)


def checked(text: str, **options: Type) -> rule.Checked:
    """A rule checked against the tests' catalogue."""
    return rule.check(rule.parse(text), CATALOGUE, **options)


@pytest.mark.parametrize(
    ("text", "position", "proposal"),
    [
        ("amu >= 1", 1, "aum"),
        ("vip and logn > 3", 9, "logins"),
        ("月日均资 >= 1", 1, "月日均资产"),
        ("AUM > 1", 1, "aum"),
        ("count_event('view', '7d') > 1", 1, "count_events"),
        ("lenght(name) > 1", 1, "length"),
        ("count_events('veiw', '7d') > 1", 14, "view"),
        ("count_events('view', '7d', produkt = 'x') > 1", 28, "product"),
    ],
)
def test_an_unknown_name_is_pointed_at_and_the_nearest_proposed(text: str, position: int, proposal: str) -> None:
    with pytest.raises(UnknownName) as caught:
        checked(text)
    assert caught.value.position == position
    assert f"“{proposal}”" in caught.value.message


def test_a_name_written_with_foreign_look_alikes_is_not_the_field() -> None:
    with pytest.raises(UnknownName):
        checked("\u0430um > 1")  # Cyrillic а


def test_a_field_may_be_named_by_its_chinese_name() -> None:
    assert checked("月日均资产 > 1").names == {"aum"}


def test_a_chinese_name_shared_by_two_fields_names_neither() -> None:
    catalogue = Catalogue({"a": Field(Type.INT, "次数"), "b": Field(Type.INT, "次数")})
    with pytest.raises(UnknownName):
        rule.check(rule.parse("次数 > 1"), catalogue)


@pytest.mark.parametrize(
    ("text", "error", "position"),
    [
        ("aum > 'x'", WrongType, 7),
        ("aum > '3'", WrongType, 7),
        ("name > 3", WrongType, 8),
        ("birth > seen", WrongType, 9),
        ("vip > active", WrongType, 1),
        ("aum and vip", WrongType, 1),
        ("not aum", WrongType, 5),
        ("vip = null", WrongType, 7),
        ("null = null", WrongType, 1),
        ("null is null", WrongType, 1),
        ("name + 1", WrongType, 1),
        ("birth + 1.5", WrongType, 9),
        ("birth + due", WrongType, 9),
        ("rate % 2", WrongType, 1),
        ("case when vip then 1 else 'x' end = 1", WrongType, 27),
        ("coalesce(aum, name) = 1", WrongType, 15),
        ("birth > 'yesterday'", RuleInvalid, 9),
        ("birth = '2023-02-29'", RuleInvalid, 9),
        ("aum > logins", WrongUnit, 7),
        ("aum + logins > 1", WrongUnit, 7),
        ("birth + logins > '2024-01-01'", WrongUnit, 9),
        ("minor(logins) > 1", WrongUnit, 7),
        ("gender = 'X'", UnknownValue, 10),
        ("gender in ('M', 'W')", UnknownValue, 17),
        ("length(name, name) > 1", WrongArguments, 1),
        ("round(rate, birth) > 1", WrongArguments, 13),
        ("round(rate, 11) > 1", WrongArguments, 13),
        ("substr(name, 0) = 'x'", WrongArguments, 14),
        ("left(name, -1) = 'x'", WrongArguments, 12),
        ("replace(name, '', 'x') = 'x'", WrongArguments, 15),
        ("name like code", WrongArguments, 11),
        ("logins in (1, logins)", WrongArguments, 15),
        ("logins in (1, null)", WrongArguments, 15),
        ("logins in ()", WrongArguments, 8),
        ("to_date(name, '%q') is null", WrongArguments, 15),
        ("to_date(name, 'yyyymmdd') is null", WrongArguments, 15),
        ("to_date(name, '%Y%m%d%H') is null", WrongArguments, 15),
        ("to_date(name, code) is null", WrongArguments, 15),
        ("count_events('view') > 1", WrongArguments, 1),
        ("count_events('view', '7x') > 1", WrongArguments, 22),
        ("count_events('view', '500d') > 1", WrongArguments, 22),
        ("count_events('view', '0d') > 1", WrongArguments, 22),
        ("count_events('view', '7d', seconds) > 1", WrongType, 28),
        ("sum_events('view', '7d', product) > 1", WrongType, 26),
        ("sum_events('view', '7d', seconds + 1) > 1", WrongArguments, 34),
        ("count_events('view', '7d', count_events('view', '7d') > 1) > 1", UnknownName, 28),
        ("sum(aum) > 1", NotAllowed, 1),
        ("max(aum, 1) > 1", NotAllowed, 1),
        ("big * big * big > 1", TooLarge, 5),
        ("aum > 999999999999999999999999999999999999999", TooLarge, 7),
        ("aum > " + "9" * 5_000, TooLarge, 7),
    ],
)
def test_what_does_not_fit_is_pointed_at(text: str, error: type[RuleInvalid], position: int) -> None:
    with pytest.raises(error) as caught:
        checked(text)
    assert caught.value.position == position
    assert "…" not in caught.value.message.replace("(…", "")


def test_a_text_literal_beside_a_date_is_read_as_a_date() -> None:
    assert checked("birth between '1990-01-01' and '1999-12-31'")
    assert checked("seen >= '2024-01-31'").term.args[1].value == datetime(2024, 1, 30, 16, tzinfo=UTC)  # type: ignore[union-attr]


def test_units_meet_through_multiplication_and_division() -> None:
    assert checked("aum / aum_prev < 0.8").shape.kind == "是否"
    assert checked("aum / aum_prev").shape.unit is None
    assert checked("aum / logins").shape.unit == "元/次"
    assert checked("aum * 2 + aum_prev").shape.unit == "元"
    assert checked("minor(aum)").shape.unit == "分"


@pytest.mark.parametrize(
    ("text", "wants", "error"),
    [
        ("aum", Type.BOOL, WrongType),
        ("vip", Type.INT, WrongType),
        ("aum", Type.INT, NotAllowed),
        ("big + big", Type.INT, TooLarge),
        ("rate", Type.MONEY, NotAllowed),
        ("name", Type.DATE, WrongType),
    ],
)
def test_a_rule_must_give_the_type_that_is_wanted(text: str, wants: Type, error: type[RuleInvalid]) -> None:
    with pytest.raises(error):
        checked(text, wants=wants)


def test_a_wanted_type_that_fits_is_given() -> None:
    assert checked("minor(to_decimal(raw))", wants=Type.INT)
    assert checked("'2024-01-31'", wants=Type.DATE).shape.kind == "日期"
    assert checked("aum >= 500000", wants=Type.BOOL)


def test_sql_that_would_grow_beyond_measure_is_refused() -> None:
    text = "birth"
    for _ in range(20):
        text = f"({text} + small) - small"
    with pytest.raises(TooLarge):
        checked(text)


def test_text_that_would_grow_beyond_measure_is_refused() -> None:
    text = "name"
    for _ in range(5):
        text = f"replace({text}, 'a', 'aaaaaaaaaa')"
    with pytest.raises(TooLarge):
        checked(text)


def test_a_field_that_cannot_be_computed_exactly_cannot_be_declared() -> None:
    with pytest.raises(ValueError, match="scale"):
        Field(Type.DECIMAL, "占比", scale=12)
