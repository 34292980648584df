"""Suitability: a product suits a customer or does not, for one as for many, and says why."""

import random
import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import BigInteger, column, select, text, values
from tests.guard.consent.builders import a_customer, an_actor

from liuke.data import products
from liuke.data.profile import UnknownCustomer
from liuke.guard import suitability
from liuke.guard.suitability import Grade, Point, gather, handle, store
from liuke.guard.suitability import points as rules
from liuke.guard.suitability.model import BadPolicy, DraftWaiting, NotYourOwn, Policy
from liuke.kernel.actor import EVERYTHING, Actor, Permission, Role
from liuke.kernel.bank import Bank
from liuke.kernel.clock import FixedClock
from liuke.kernel.ids import OneId

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


def test_the_past_of_one_customer_is_looked_up_by_that_customers_number(bank: Bank, machine: Actor) -> None:
    a_buyer(bank, machine, 11)
    a_product(bank, machine)
    with bank.read(machine) as tx:
        sale = replace(gather.sale(tx, "F4", amount=None, now=bank.clock.now()), past=True)
        people = values(column("one_id", BigInteger), name="people").data([(11,)])
        joined, refusal, _ = gather.onto(people, people.c.one_id, sale, only=lambda one_id: one_id == 11)
        asked = select(refusal).select_from(joined).compile(dialect=tx.connection.dialect)
        # Few rows: whether the planner scans, gathers or seeks is decided by when statistics last came by.
        for way in ("enable_seqscan", "enable_bitmapscan"):
            tx.rows(text("SELECT set_config(:way, 'off', true)").bindparams(way=way))
        plan = "\n".join(row[0] for row in tx.connection.exec_driver_sql(f"EXPLAIN {asked}", asked.params))
    assert re.search(r"pk_investor on investor.*\n\s+Index Cond: \(one_id =", plan), plan


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


def test_every_bad_state_of_customer_or_product_is_named(bank: Bank, machine: Actor) -> None:
    a_product(bank, machine)
    a_product(bank, machine, "N0", risk=None)
    a_product(bank, machine, "X4", status="closed")
    a_product(bank, machine, "D1", kind="deposit", risk=None)
    never = a_buyer(bank, machine, 11, tolerance=None, valid_until=None)
    lapsed = a_buyer(bank, machine, 12, tolerance=5, valid_until=date(2026, 11, 1))
    today = a_buyer(bank, machine, 13, tolerance=5, valid_until=date(2026, 11, 2))
    unseen = a_customer(bank, machine, 14)
    assert points(bank, machine, never, "F4") == [Point.NOT_ASSESSED]
    assert points(bank, machine, unseen, "F4")[:1] == [Point.NOT_ASSESSED]
    assert points(bank, machine, lapsed, "F4") == [Point.EXPIRED]
    assert points(bank, machine, today, "F4") == []
    assert points(bank, machine, today, "N0") == [Point.NO_GRADE]
    assert points(bank, machine, today, "X4") == [Point.NOT_ON_SALE]
    assert points(bank, machine, never, "D1") == []
    with pytest.raises(products.UnknownProduct):
        points(bank, machine, today, "NONE")
    with pytest.raises(UnknownCustomer):
        points(bank, machine, OneId(404), "F4")


def test_a_clock_back_an_hour_over_midnight_does_not_revive_an_expired_assessment_the_day_after(
    bank: Bank, machine: Actor, clock: FixedClock
) -> None:
    a_product(bank, machine)
    buyer = a_buyer(bank, machine, 11, tolerance=5, valid_until=date(2026, 11, 2))
    clock.moment = datetime(2026, 11, 2, 16, 30, tzinfo=UTC)  # 00:30 of the 3rd in Shanghai
    assert points(bank, machine, buyer, "F4") == [Point.EXPIRED]
    clock.advance(-timedelta(hours=1))  # 23:30 of the 2nd: valid on that day, as it was
    assert points(bank, machine, buyer, "F4") == []


def test_the_old_the_new_and_the_concentrated_are_treated_with_care(bank: Bank, machine: Actor) -> None:
    a_product(bank, machine)
    bold = {"tolerance": 5}
    assert points(bank, machine, a_buyer(bank, machine, 11, birth_year=1961, **bold), "F4") == [Point.ELDER]
    assert points(bank, machine, a_buyer(bank, machine, 12, birth_year=1962, **bold), "F4") == []
    assert points(bank, machine, a_buyer(bank, machine, 13, birth_year=None, **bold), "F4") == [Point.ELDER]
    firm = a_buyer(bank, machine, 14, birth_year=None, company=True, **bold)
    assert points(bank, machine, firm, "F4") == []
    assert points(bank, machine, a_buyer(bank, machine, 15, experienced=False, **bold), "F4") == [Point.FIRST_TIME]
    rich = a_buyer(bank, machine, 16, **bold)
    assert points(bank, machine, rich, "F4", 400_000 * YUAN) == []
    assert points(bank, machine, rich, "F4", 400_001 * YUAN) == [Point.HIGH_RISK_SHARE]
    assert points(bank, machine, rich, "F4", 500_001 * YUAN) == [Point.ONE_PRODUCT, Point.HIGH_RISK_SHARE]
    lowest = a_buyer(bank, machine, 17, tolerance=1)
    assert points(bank, machine, lowest, "F4") == [Point.LOWEST]


def test_the_higher_of_issuer_distributor_and_source_counts(bank: Bank, machine: Actor) -> None:
    a_product(bank, machine, "F2", risk="R2")
    buyer = a_buyer(bank, machine, 11, tolerance=2)
    assert points(bank, machine, buyer, "F2") == []
    first, second = compliance("wang"), compliance("zhao")
    handle.propose_grade(bank, first, "F2", issuer=Grade.R1, distributor=Grade.R3, basis="底层资产含可转债")
    assert points(bank, machine, buyer, "F2") == []
    with pytest.raises(NotYourOwn):
        handle.settle_grade(bank, first, "F2", approved=True)
    handle.settle_grade(bank, second, "F2", approved=True)
    assert points(bank, machine, buyer, "F2") == [Point.TOO_RISKY]


def test_the_policy_changes_only_with_two_pairs_of_eyes(bank: Bank, machine: Actor) -> None:
    a_product(bank, machine)
    old = a_buyer(bank, machine, 11, tolerance=5, birth_year=1956)
    first, second = compliance("wang"), compliance("zhao")
    version = handle.propose_policy(bank, first, {"elder_age": 75}, reason="总行通知调整年龄")
    with pytest.raises(DraftWaiting):
        handle.propose_policy(bank, first, {"elder_age": 80}, reason="总行通知调整年龄")
    with pytest.raises(NotYourOwn):
        handle.settle_policy(bank, first, version, approved=True)
    assert points(bank, machine, old, "F4") == [Point.ELDER]
    handle.settle_policy(bank, second, version, approved=True)
    assert points(bank, machine, old, "F4") == []
    for bad in ({"elder_age": 5}, {"matrix": [5, 4, 3, 2, 1]}, {"nothing": 1}, {"kinds": ["boat"]}):
        with pytest.raises(BadPolicy):
            handle.propose_policy(bank, first, bad, reason="总行通知调整年龄")


def test_a_set_and_each_of_it_are_judged_alike(bank: Bank, machine: Actor) -> None:
    dice = random.Random(7)
    for one_id in range(1, 61):
        facts: dict[str, Any] = {"tolerance": dice.choice([None, 1, 2, 3, 4, 5]), "experienced": dice.random() < 0.7}
        facts |= {"valid_until": dice.choice([None, date(2026, 11, 1), date(2026, 11, 2), date(2027, 5, 1)])}
        facts |= {"birth_year": dice.choice([None, 1950, 1961, 1990]), "company": dice.random() < 0.1}
        facts |= {"aum": dice.choice([0, 100_000, 10**8]), "high_risk_held": dice.choice([0, 50_000, 10**8])}
        a_buyer(bank, machine, one_id, **facts)
    for grade in (None, "R1", "R2", "R3", "R4", "R5"):
        a_product(bank, machine, f"P{grade}", risk=grade, kind=dice.choice(["fund", "wealth"]))
    a_product(bank, machine, "D", kind="deposit", risk=None)
    people = values(column("one_id", BigInteger), name="people").data([(one,) for one in range(1, 61)])
    with bank.read(machine) as tx:
        for product_no in ("PNone", "PR1", "PR2", "PR3", "PR4", "PR5", "D"):
            for amount in (None, 0, 60_000, 10**9):
                rows = tx.rows(suitability.sql(tx, people, product_no, amount, bank.clock.now()))
                assert len(rows) == 60
                for row in rows:
                    said = suitability.check(tx, OneId(row["one_id"]), product_no, amount, bank.clock.now())
                    first = said.reasons[0].point if isinstance(said, suitability.Unfit) else None
                    assert row["refusal"] == first, (dict(row), said)


def test_no_customer_is_offered_more_than_the_matrix_allows() -> None:
    for tolerance in range(1, 6):
        for grade in range(1, 6):
            facts = _calm(tolerance=tolerance, grade=grade, max_grade=Policy().matrix[tolerance - 1])
            against = [one for one, said in rules.functions().items() if said(facts) is not False]
            assert bool(against) == (grade > tolerance), (tolerance, grade, against)


def _calm(**facts: Any) -> dict[str, Any]:
    """Facts of a customer against whom nothing but the matrix speaks."""
    own = {"graded": True, "on_sale": True, "valid_until": date(2027, 1, 1), "today": date(2026, 11, 2)}
    own |= {"elder": False, "experienced": True, "amount": 0, "aum": 10**8, "held": 0, "high_risk_held": 0}
    names = ("elder_max_grade", "first_time_max_grade", "share_from_grade", "high_risk_from_grade", "product_share")
    own |= {name: getattr(Policy(), name) for name in (*names, "high_risk_share")}
    return own | facts


def compliance(name: str) -> Actor:
    rights = (Permission.SUITABILITY_READ, Permission.SUITABILITY_EDIT)
    return replace(an_actor(Role.COMPLIANCE, scope=EVERYTHING, permissions=rights), user_id=name)
