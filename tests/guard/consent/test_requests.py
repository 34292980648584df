"""What a customer may ask about their own data: a copy, a correction, to be forgotten, with what stays and why."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy import text
from tests.guard.consent.builders import a_customer, an_act, an_actor

from liuke.data import profile
from liuke.data.profile import UnknownCustomer
from liuke.guard import consent
from liuke.guard.consent import Channel, Purpose
from liuke.guard.consent.model import EvidenceMissing, Reason
from liuke.guard.consent.requests import service
from liuke.guard.consent.requests.model import (
    CorrectionIncomplete,
    RequestClosed,
    RequestKind,
    RequestState,
    SecondPersonNeeded,
    StillCustomer,
    UnknownRequest,
    WrongKind,
)
from liuke.guard.suitability import store as buyers
from liuke.kernel.actor import EVERYTHING, Actor, Permission, Role, Scope, ScopeKind
from liuke.kernel.bank import Bank
from liuke.kernel.errors import Forbidden
from liuke.kernel.ids import OneId, new_id

_ALL = (Permission.CONSENT_READ, Permission.CONSENT_EDIT, Permission.SUBJECT_HANDLE)
_LOOK = (Permission.CUSTOMER_READ, Permission.CUSTOMER_REVEAL)


@pytest.fixture
def judge() -> Actor:
    return an_actor(Role.COMPLIANCE, scope=EVERYTHING, permissions=(*_ALL, *_LOOK))


@pytest.fixture
def rm() -> Actor:
    return an_actor(permissions=(Permission.CONSENT_READ, Permission.CONSENT_EDIT))


def a_person(bank: Bank, machine: Actor, one_id: int = 11, **facts: Any) -> str:
    """A customer whose name and phone lie sealed."""
    known = a_customer(bank, machine, one_id, **facts)
    with bank.write(machine) as tx:
        wrapped = tx.value(text("SELECT wrapped FROM subject_key WHERE one_id = :one"), {"one": one_id})
        key = bank.keys.unwrap(wrapped, one_id)
        sealed = {
            "name": bank.keys.encrypt("张小三", key=key, at="profile.name"),
            "phones": bank.keys.encrypt('["13812341234"]', key=key, at="profile.phones"),
            "id_numbers": bank.keys.encrypt("[]", key=key, at="profile.id_numbers"),
        }
        change = "UPDATE profile SET name = :name, phones = :phones, id_numbers = :id_numbers WHERE one_id = :one"
        tx.execute(text(change), sealed | {"one": one_id})
    return bank.keys.customer_numbers.encode(known)


def ask(bank: Bank, actor: Actor, customer_no: str, kind: RequestKind, **facts: str) -> Any:
    return service.ask(bank, actor, customer_no, kind=kind, evidence_ref="REQ-1", **facts)


def kinds(bank: Bank, machine: Actor) -> list[str]:
    with bank.read(machine) as tx:
        return [row["kind"] for row in tx.rows(text("SELECT kind FROM event ORDER BY seq"))]


def test_a_copy_holds_everything_in_clear_and_every_look_is_recorded(bank: Bank, machine: Actor, judge: Actor) -> None:
    number = a_person(bank, machine)
    with bank.write(machine) as tx:
        consent.record(tx, OneId(11), an_act())
    asked = ask(bank, judge, number, RequestKind.EXPORT)
    assert asked.due_on == date(2026, 12, 2)
    copy = service.export(bank, judge, asked.id)
    told = {section.name: section.content for section in copy.sections}
    assert told["profile"]["identity"]["phone"] == ["13812341234"]  # type: ignore[index]
    assert told["consent"]["acts"][0]["evidence_ref"] == "APP-2026-0001"  # type: ignore[index]
    assert "suitability" in told
    assert copy.kept
    assert {"customer.revealed", "subject.requested", "subject.exported"} <= set(kinds(bank, machine))
    with pytest.raises(RequestClosed):
        service.export(bank, judge, asked.id)


def test_a_correction_goes_to_the_owning_branch_and_lies_sealed_until_then(
    bank: Bank, machine: Actor, judge: Actor, rm: Actor
) -> None:
    number = a_person(bank, machine)
    asked = ask(bank, judge, number, RequestKind.CORRECT, field="地址", wanted="文三路 9 号")
    with bank.read(machine) as tx:
        stored = tx.value(text("SELECT wanted FROM subject_request"))
    assert "文三路".encode() not in bytes(stored)
    other = replace(rm, scope=Scope(ScopeKind.BRANCH, branch_path="HO/0574/"))
    assert service.find(bank, other, customer_no=None, state=None, cursor=None, limit=10).items == []
    with pytest.raises(UnknownRequest):
        service.correct(bank, other, asked.id, answer="已在核心系统更正")
    owner = replace(rm, scope=Scope(ScopeKind.BRANCH, branch_path="HO/0571/"))
    assert service.wanted(bank, owner, asked.id) == "文三路 9 号"
    service.correct(bank, owner, asked.id, answer="已在核心系统更正")
    found = service.find(bank, owner, customer_no=number, state=RequestState.DONE, cursor=None, limit=10)
    assert [one.answer for one in found.items] == ["已在核心系统更正"]


def test_a_person_is_forgotten_by_two_and_nobody_reaches_them_again(
    bank: Bank, machine: Actor, judge: Actor, rm: Actor
) -> None:
    number = a_person(bank, machine, aum=100_00)
    with bank.write(machine) as tx:
        consent.record(tx, OneId(11), an_act())
        buyers.lock(tx, OneId(11))
        buyers.change(tx, OneId(11), birth_year=1976)
    ask(bank, rm, number, RequestKind.CORRECT, field="地址", wanted="文三路 9 号")
    asked = ask(bank, rm, number, RequestKind.ERASE)
    with pytest.raises(SecondPersonNeeded):
        service.erase(bank, replace(judge, user_id=rm.user_id), asked.id, confirmed=True)
    with pytest.raises(Forbidden):
        service.erase(bank, rm, asked.id, confirmed=True)
    with pytest.raises(StillCustomer, match=r"100\.00"):
        service.erase(bank, judge, asked.id, confirmed=False)
    left = service.erase(bank, judge, asked.id, confirmed=True)
    assert all(one.why and one.until for one in left)
    assert any("反洗钱法" in one.why for one in left)
    with bank.read(machine) as tx:
        assert tx.value(text("SELECT wrapped FROM subject_key WHERE one_id = 11")) is None
        assert tx.value(text("SELECT count(*) FROM subject_request WHERE wanted IS NOT NULL")) == 0
        assert tx.value(text("SELECT birth_year FROM investor WHERE one_id = 11")) is None
        said = consent.verdict(tx, OneId(11), purpose=Purpose.SERVICE, channel=Channel.SMS, now=bank.clock.now())
    assert [refusal.reason for refusal in said.refusals] == [Reason.BLOCKED]
    assert {"customer.erased", "subject.erased"} <= set(kinds(bank, machine))


def test_an_erasure_broken_off_half_way_is_finished_by_doing_it_again(
    bank: Bank, machine: Actor, judge: Actor, rm: Actor
) -> None:
    number = a_person(bank, machine)
    asked = ask(bank, rm, number, RequestKind.ERASE)
    profile.erase(bank, machine, number)
    service.erase(bank, judge, asked.id, confirmed=False)
    found = service.find(bank, judge, customer_no=number, state=None, cursor=None, limit=10)
    assert found.items[0].state is RequestState.DONE


def test_requests_that_cannot_be_taken_are_refused(bank: Bank, machine: Actor, judge: Actor) -> None:
    number = a_person(bank, machine)
    with pytest.raises(CorrectionIncomplete):
        ask(bank, judge, number, RequestKind.CORRECT)
    with pytest.raises(EvidenceMissing):
        service.ask(bank, judge, number, kind=RequestKind.EXPORT, evidence_ref="有中文")
    with pytest.raises(UnknownCustomer):
        ask(bank, judge, "LK404", RequestKind.EXPORT)
    asked = ask(bank, judge, number, RequestKind.EXPORT)
    with pytest.raises(WrongKind):
        service.correct(bank, judge, asked.id, answer="已在核心系统更正")
    with pytest.raises(UnknownRequest):
        service.export(bank, judge, new_id(bank.clock))
    service.refuse(bank, judge, asked.id, answer="无法核实请求人身份")


def test_pages_of_requests_follow_each_other(bank: Bank, machine: Actor, judge: Actor) -> None:
    number = a_person(bank, machine)
    asked = [ask(bank, judge, number, RequestKind.EXPORT).id for _ in range(5)]
    seen, cursor = [], None
    while True:
        page = service.find(bank, judge, customer_no=None, state=None, cursor=cursor, limit=2)
        seen += [one.id for one in page.items]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert sorted(seen) == sorted(asked)
    assert len(seen) == 5
