"""Insistence opens what may be insisted on, for a day, by two persons; recordings are indexed and packed."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import orjson
import pytest
from sqlalchemy import BigInteger, column, text, values
from tests.guard.consent.builders import a_customer, an_actor
from tests.guard.suitability.test_check import YUAN, a_buyer, a_product

from liuke.data import products
from liuke.guard import suitability
from liuke.guard.suitability import take_over
from liuke.guard.suitability.sales import pack, service
from liuke.guard.suitability.sales.model import (
    STEPS,
    BadRecording,
    CannotInsist,
    NothingToInsist,
    Recording,
    Script,
    SecondPersonNeeded,
    Step,
    UnknownInsistence,
)
from liuke.guard.suitability.store import investor
from liuke.kernel.actor import Actor, Permission, Scope, ScopeKind
from liuke.kernel.bank import Bank
from liuke.kernel.clock import FixedClock
from liuke.kernel.crypto import digest
from liuke.kernel.ids import OneId


@pytest.fixture
def seller() -> Actor:
    return an_actor(permissions=(Permission.SUITABILITY_SELL, Permission.SUITABILITY_READ))


@pytest.fixture
def second(seller: Actor) -> Actor:
    head = Scope(ScopeKind.BRANCH, branch_path="HO/0571/")
    return replace(seller, user_id="user-head", scope=head)


def fits(bank: Bank, actor: Actor, one_id: OneId, amount: int = 0) -> bool:
    people = values(column("one_id", BigInteger), name="people").data([(int(one_id),)])
    with bank.read(actor) as tx:
        said = suitability.check(tx, one_id, "F4", amount, bank.clock.now())
        rows = tx.rows(suitability.sql(tx, people, "F4", amount, bank.clock.now()))
    assert (rows[0]["refusal"] is None) == isinstance(said, suitability.Fit)
    return isinstance(said, suitability.Fit)


def test_an_insistence_holds_for_its_product_amount_and_day_once_a_second_person_confirmed(
    bank: Bank, machine: Actor, seller: Actor, second: Actor, clock: FixedClock
) -> None:
    a_product(bank, machine)
    buyer = a_buyer(bank, machine, 11, tolerance=2)
    number = bank.keys.customer_numbers.encode(buyer)
    made = service.insist(bank, seller, number, "F4", amount=10_000 * YUAN, evidence_ref="JS-1")
    assert "沪深300" in made.warning
    assert made.warning_digest == digest(made.warning.encode(), name="sm3").hex()
    assert not fits(bank, machine, buyer)
    with pytest.raises(SecondPersonNeeded):
        service.confirm(bank, seller, made.id)
    service.confirm(bank, second, made.id)
    with pytest.raises(UnknownInsistence):
        service.confirm(bank, second, made.id)
    assert fits(bank, machine, buyer, 10_000 * YUAN)
    assert not fits(bank, machine, buyer, 10_001 * YUAN)
    clock.advance(-timedelta(hours=1))
    assert not fits(bank, machine, buyer)
    clock.advance(timedelta(hours=26))
    assert not fits(bank, machine, buyer)


def test_nobody_insists_on_what_suits_or_on_what_may_not_be(bank: Bank, machine: Actor, seller: Actor) -> None:
    a_product(bank, machine)
    fitting, lowest, unassessed = (
        bank.keys.customer_numbers.encode(a_buyer(bank, machine, one_id, tolerance=rank))
        for one_id, rank in ((11, 5), (12, 1), (13, None))
    )
    with pytest.raises(NothingToInsist):
        service.insist(bank, seller, fitting, "F4", amount=0, evidence_ref="JS-1")
    for customer_no in (lowest, unassessed):
        with pytest.raises(CannotInsist):
            service.insist(bank, seller, customer_no, "F4", amount=0, evidence_ref="JS-1")


def a_recording(**facts: Any) -> Recording:
    own: dict[str, Any] = {"id": UUID(int=0), "one_id": OneId(0), "product_no": "F4", "sale_ref": "S-1"}
    own |= {"script": Script.AGENCY, "media_ref": "nas:1/a.mp4", "media_algorithm": "sm3", "media_digest": "a" * 64}
    own |= {"steps": tuple(Step(name, place * 20) for place, name in enumerate(STEPS[Script.AGENCY]))}
    own |= {"media_bytes": 10**7, "media_seconds": 600, "complete": False, "made_by": ""}
    return Recording(**(own | {"made_at": datetime(2000, 1, 1, tzinfo=UTC), "keep_until": date(2000, 1, 1)} | facts))


def test_a_recording_is_indexed_kept_past_its_product_and_packed_with_a_digest(
    bank: Bank, machine: Actor, seller: Actor
) -> None:
    a_product(bank, machine, matures_on=date(2028, 2, 29))
    number = bank.keys.customer_numbers.encode(a_buyer(bank, machine, 11))
    kept = service.keep(bank, seller, number, a_recording())
    assert kept.complete
    assert kept.keep_until == date(2033, 3, 1)
    assert not service.keep(bank, seller, number, a_recording(steps=a_recording().steps[:-1])).complete
    packed = orjson.loads(pack.pack(bank, seller, kept.id))
    again = orjson.dumps(packed["content"], option=orjson.OPT_SORT_KEYS)
    assert packed["sm3"] == digest(again, name="sm3").hex()
    assert packed["content"]["customer_no"] == number
    assert pack.pack_pdf(bank, seller, kept.id).startswith(b"%PDF")


@pytest.mark.parametrize(
    "facts",
    [
        {"media_digest": "xyz"},
        {"media_algorithm": "md5"},
        {"media_seconds": 0},
        {"sale_ref": ""},
        {"steps": (Step("cooling_off", 1),)},
        {"steps": (Step("risk_grade", 601),)},
    ],
)
def test_a_broken_recording_is_refused(bank: Bank, seller: Actor, facts: dict[str, Any]) -> None:
    with pytest.raises(BadRecording):
        service.keep(bank, seller, "LK", a_recording(**facts))


def test_buyers_follow_the_customers_pages(bank: Bank, machine: Actor) -> None:
    held = [
        {"product_no": "F4", "kind": "fund", "risk": "R4", "market_value": 7_000, "status": "held"},
        {"product_no": "F4", "kind": "fund", "risk": "R4", "market_value": 500, "status": "closed"},
        {"product_no": "T1", "kind": "deposit", "risk": None, "market_value": 900, "status": "held"},
    ]
    facts = {"risk_tolerance": "C3", "risk_valid_until": date(2027, 1, 1), "aum": 10_000}
    a_customer(bank, machine, 11, holdings=orjson.dumps(held).decode(), **facts)
    a_customer(bank, machine, 12, kind="company")
    assert take_over(bank, machine) == 2
    with bank.write(machine) as tx:
        known = investor(tx, OneId(11))
        positions = tx.rows(text("SELECT product_no, held FROM investor_position ORDER BY product_no"))
        tx.execute(text("UPDATE investor SET origin = 'paper', tolerance = 5, valid_until = '2027-06-01'"))
    assert known is not None
    assert (known.tolerance, known.origin, known.experienced) == ("C3", "source", True)
    assert [(row["product_no"], row["held"]) for row in positions] == [("F4", 7_000), ("T1", 900)]
    take_over(bank, machine)
    with bank.write(machine) as tx:
        ours = investor(tx, OneId(11))
        tx.execute(text("UPDATE profile SET risk_valid_until = '2027-09-01'"))
    take_over(bank, machine)
    with bank.read(machine) as tx:
        theirs = investor(tx, OneId(11))
    assert ours is not None
    assert theirs is not None
    assert (ours.tolerance, theirs.tolerance) == ("C5", "C3")


def test_a_product_nobody_knows_cannot_be_insisted_on(bank: Bank, machine: Actor, seller: Actor) -> None:
    number = bank.keys.customer_numbers.encode(a_buyer(bank, machine, 11))
    with pytest.raises(products.UnknownProduct):
        service.insist(bank, seller, number, "NONE", amount=0, evidence_ref="JS-1")
