"""Money never meets a float and never mixes currencies."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liuke.kernel.money import CurrencyMismatch, Money
from liuke.kernel.rate import Rate

amounts = st.integers(min_value=-(10**15), max_value=10**15)


@given(amounts, amounts)
def test_adding_then_subtracting_gives_the_same_amount(left: int, right: int) -> None:
    assert Money(left) + Money(right) - Money(right) == Money(left)


@given(amounts)
def test_major_units_lead_back_to_the_same_minor_units(minor: int) -> None:
    assert Money.of(Money(minor).major) == Money(minor)


def test_half_a_fen_is_rounded_away_from_zero() -> None:
    assert Money.of("0.005") == Money(1)
    assert Money.of("-0.005") == Money(-1)


def test_yen_has_no_minor_unit() -> None:
    assert Money.of("120", "JPY").minor == 120
    assert Money(120, "JPY").major == Decimal(120)


def test_different_currencies_are_not_added() -> None:
    with pytest.raises(CurrencyMismatch) as caught:
        Money(1, "CNY") + Money(1, "USD")
    assert "CNY 与 USD" in caught.value.message


def test_a_rate_reads_as_percent() -> None:
    assert Rate.of_percent("2.15") == Rate(215)
    assert str(Rate(215)) == "2.15%"
