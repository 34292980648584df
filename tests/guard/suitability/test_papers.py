"""Assessments: scored by the paper in force, limited in number, held back where they look guided."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from tests.guard.consent.builders import a_customer, an_actor

from liuke.guard.consent import Channel
from liuke.guard.suitability import Tolerance, store
from liuke.guard.suitability.model import NotYourOwn
from liuke.guard.suitability.papers import service
from liuke.guard.suitability.papers.model import (
    AnswerNotOnPaper,
    BadPaper,
    PaperWithdrawn,
    Sign,
    Sitting,
    SittingState,
    TooManyThisYear,
    TooManyToday,
    Unanswered,
    UnknownPaper,
    UnknownSitting,
)
from liuke.kernel.actor import EVERYTHING, Actor, Permission, Role
from liuke.kernel.bank import Bank
from liuke.kernel.clock import FixedClock
from liuke.kernel.errors import Forbidden
from liuke.kernel.ids import OneId

STEADY = {f"q{n}": "b" for n in range(1, 11)}
BOLD = {**{f"q{n}": "d" for n in range(1, 11)}, "q1": "b", "q3": "a", "q8": "c", "q10": "c"}


@pytest.fixture
def seller() -> Actor:
    return an_actor(permissions=(Permission.SUITABILITY_SELL, Permission.SUITABILITY_READ))


@pytest.fixture
def judge() -> Actor:
    rights = (Permission.SUITABILITY_READ, Permission.SUITABILITY_EDIT)
    return an_actor(Role.COMPLIANCE, scope=EVERYTHING, permissions=rights)


@pytest.fixture
def customer_no(bank: Bank, machine: Actor) -> str:
    return bank.keys.customer_numbers.encode(a_customer(bank, machine, 11))


def begin(bank: Bank, seller: Actor, customer_no: str) -> Sitting:
    return service.start(bank, seller, customer_no, paper_no=service.RETAIL, channel=Channel.COUNTER)[0]


def fill(bank: Bank, seller: Actor, sitting: Sitting, answers: Mapping[str, str]) -> None:
    for question, option in answers.items():
        service.answer(bank, seller, sitting.id, question=question, option=option)


def sit(
    bank: Bank, seller: Actor, customer_no: str, answers: Mapping[str, str] = STEADY, seconds: int = 120
) -> Sitting:
    sitting = begin(bank, seller, customer_no)
    fill(bank, seller, sitting, answers)
    bank.clock.advance(timedelta(seconds=seconds))  # type: ignore[attr-defined]
    return service.submit(bank, seller, sitting.id)


def tolerance(bank: Bank, actor: Actor) -> Tolerance | None:
    with bank.read(actor) as tx:
        known = store.investor(tx, OneId(11))
    return known.tolerance if known else None


def test_answers_become_a_tolerance_that_holds_for_a_year(bank: Bank, seller: Actor, customer_no: str) -> None:
    done = sit(bank, seller, customer_no)
    assert (done.state, done.score, done.tolerance, done.signs) == (SittingState.DONE, 54, Tolerance.C3, ())
    with bank.read(seller) as tx:
        known = store.investor(tx, OneId(11))
    assert known is not None
    assert known.valid_until is not None
    assert known.assessed_on is not None
    assert (known.valid_until - known.assessed_on).days == 365


def test_one_answer_can_cap_the_tolerance_whatever_the_sum(bank: Bank, seller: Actor, customer_no: str) -> None:
    done = sit(bank, seller, customer_no, BOLD | {"q9": "a"})
    assert done.score is not None
    assert done.score >= 85
    assert done.tolerance is Tolerance.C1


def test_a_third_assessment_on_a_day_and_a_ninth_in_a_year_are_refused(
    bank: Bank, seller: Actor, customer_no: str, clock: FixedClock
) -> None:
    for _ in range(4):
        for _ in range(2):
            sit(bank, seller, customer_no)
        with pytest.raises((TooManyToday, TooManyThisYear)):
            begin(bank, seller, customer_no)
        clock.advance(timedelta(days=1))
    with pytest.raises(TooManyThisYear):
        begin(bank, seller, customer_no)
    clock.advance(timedelta(days=365))
    begin(bank, seller, customer_no)


def test_a_clock_back_an_hour_gives_no_attempt_back(
    bank: Bank, seller: Actor, customer_no: str, clock: FixedClock
) -> None:
    clock.advance(timedelta(hours=12, minutes=30))  # 00:30 of the next day in Shanghai
    for _ in range(2):
        sit(bank, seller, customer_no)
    clock.advance(-timedelta(hours=1))
    with pytest.raises(TooManyToday):
        begin(bank, seller, customer_no)


def test_a_sitting_whose_time_cannot_be_told_waits_for_a_second_person(
    bank: Bank, seller: Actor, judge: Actor, customer_no: str
) -> None:
    held = sit(bank, seller, customer_no, seconds=-3600)
    assert (held.state, held.signs) == (SittingState.REVIEW, (Sign.CLOCK,))
    assert tolerance(bank, seller) is None
    with pytest.raises(NotYourOwn):
        service.settle(bank, replace(judge, user_id=seller.user_id), held.id, confirmed=True, note="已电话核实")
    with pytest.raises(Forbidden):
        service.settle(bank, seller, held.id, confirmed=True, note="已电话核实")
    assert service.settle(bank, judge, held.id, confirmed=True, note="已电话核实").state is SittingState.DONE
    assert tolerance(bank, seller) is Tolerance.C3


def test_guided_answers_are_held_back(bank: Bank, seller: Actor, judge: Actor, customer_no: str) -> None:
    assert sit(bank, seller, customer_no, seconds=19).signs == (Sign.TOO_FAST,)
    sitting = begin(bank, seller, customer_no)
    fill(bank, seller, sitting, BOLD)
    for _ in range(11):
        fill(bank, seller, sitting, {"q7": "a"})
        fill(bank, seller, sitting, {"q7": "d"})
    bank.clock.advance(timedelta(minutes=5))  # type: ignore[attr-defined]
    held = service.submit(bank, seller, sitting.id)
    assert held.signs == (Sign.TOO_MANY_CHANGES, Sign.JUMP)
    assert service.settle(bank, judge, held.id, confirmed=False, note="员工代为作答").state is SittingState.VOID
    assert tolerance(bank, seller) is None


def test_a_paper_withdrawn_while_answering_cannot_be_submitted_and_costs_no_attempt(
    bank: Bank, seller: Actor, judge: Actor, customer_no: str
) -> None:
    sitting = begin(bank, seller, customer_no)
    fill(bank, seller, sitting, STEADY)
    body: dict[str, Any] = {
        "questions": [{"id": "q1", "text": "态度", "options": [_option("a", 1), _option("b", 9)]}],
        "bands": [{"from": 0, "tolerance": 1}, {"from": 5, "tolerance": 5}],
    }
    version = service.propose(bank, judge, service.RETAIL, title="新卷", body=body)
    with pytest.raises(NotYourOwn):
        service.publish(bank, judge, service.RETAIL, version)
    service.publish(bank, replace(judge, user_id="second"), service.RETAIL, version)
    for late in (lambda: service.submit(bank, seller, sitting.id), lambda: fill(bank, seller, sitting, {"q1": "a"})):
        with pytest.raises(PaperWithdrawn):
            late()
    assert tolerance(bank, seller) is None
    for _ in range(2):
        assert sit(bank, seller, customer_no, {"q1": "b"}).tolerance is Tolerance.C5
    service.withdraw(bank, judge, service.RETAIL)
    bank.clock.advance(timedelta(days=1))  # type: ignore[attr-defined]
    with pytest.raises(UnknownPaper):
        begin(bank, seller, customer_no)


def test_answers_that_are_missing_or_not_on_the_paper_are_named(bank: Bank, seller: Actor, customer_no: str) -> None:
    sitting = begin(bank, seller, customer_no)
    with pytest.raises(AnswerNotOnPaper):
        fill(bank, seller, sitting, {"q1": "z"})
    fill(bank, seller, sitting, {"q1": "a"})
    with pytest.raises(Unanswered, match="还有 9 题"):
        service.submit(bank, seller, sitting.id)
    fill(bank, seller, sitting, STEADY)
    bank.clock.advance(timedelta(minutes=2))  # type: ignore[attr-defined]
    service.submit(bank, seller, sitting.id)
    with pytest.raises(UnknownSitting):
        service.submit(bank, seller, sitting.id)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"questions": [], "bands": [{"from": 0, "tolerance": 1}]},
        {"questions": [{"id": "a", "text": "?", "options": []}], "bands": [{"from": 0, "tolerance": 1}]},
        {"questions": [{"id": "a"}], "bands": []},
    ],
)
def test_a_broken_paper_is_refused(bank: Bank, judge: Actor, body: dict[str, Any]) -> None:
    with pytest.raises(BadPaper):
        service.propose(bank, judge, "retail2", title="卷", body=body)


def _option(name: str, points: int) -> dict[str, Any]:
    return {"id": name, "text": name, "score": points}
