"""Suitability: a product suits a customer or does not, for one as for many, and says why."""

from datetime import date
from typing import Any

import pytest
from liuke.data import products
from liuke.guard import suitability
from liuke.guard.suitability import Point
from liuke.guard.suitability import store
from liuke.kernel.actor import Actor
from liuke.kernel.bank import Bank
from liuke.kernel.ids import OneId

from tests.guard.consent.builders import a_customer

YUAN = 100


def a_product(bank: Bank, actor: Actor, product_no: str = "F4", **facts: Any) -> str:
    row = {"product_no": product_no, "name": "沪深300", "kind": "fund", "risk": "R4", "currency": "CNY"}
    with bank.write(actor) as tx:
        assert not products.replace(tx, [row | facts]).rejected
    return product_no


def a_buyer(bank: Bank, actor: Actor, one_id: int, **facts: Any) -> OneId:
    """C3, assessed this spring, 50 years old, has bought before, 1,000,000 元."""
    known = a_customer(bank, actor, one_id)
    own = {"tolerance": 3, "origin": "source", "assessed_on": date(2026, 3, 1), "valid_until": date(2027, 2, 28)}
    own |= {"birth_year": 1976, "experienced": True, "aum": 1_000_000 * YUAN}
    with bank.write(actor) as tx:
        store.lock(tx, known)
        store.change(tx, known, **(own | facts))
    return known


def points(bank: Bank, actor: Actor, one_id: OneId, product_no: str, amount: int | None = None) -> list[Point]:
    with bank.read(actor) as tx:
        said = suitability.check(tx, one_id, product_no, amount, bank.clock.now())
    return [] if isinstance(said, suitability.Fit) else [reason.point for reason in said.reasons]


def test_a_product_above_the_tolerance_is_refused_with_the_values_it_saw(bank: Bank, machine: Actor) -> None:
    buyer = a_buyer(bank, machine, 11, tolerance=2)
    a_product(bank, machine)
    with bank.read(machine) as tx:
        said = suitability.check(tx, buyer, "F4", None, bank.clock.now())
    assert isinstance(said, suitability.Unfit)
    assert [reason.point for reason in said.reasons] == [Point.TOO_RISKY]
    assert said.insistable
    assert "产品风险等级" in said.reasons[0].why
    assert "4" in said.reasons[0].why
