"""The tags of one customer, and customers introduced by name."""

from dataclasses import replace

import pytest
from tests.data.profile.conftest import LI, WANG, ZHANG

from liuke.data import profile, tags
from liuke.data.profile.model import UnknownCustomer
from liuke.data.profile.tagged import service
from liuke.kernel.actor import Actor, Scope, ScopeKind
from liuke.kernel.bank import Bank
from liuke.kernel.store.log import read_after


def number(bank: Bank, one_id: int) -> str:
    return bank.keys.customer_numbers.encode(one_id)


def test_a_customers_tags_come_with_source_and_day(town: Bank, machine: Actor) -> None:
    tags.refresh(town, machine)
    snapshot, told = service.tags_of(town, machine, number(town, ZHANG))
    assert snapshot is not None
    assert len(told) == 72
    values = {plate.code: value for plate, value in told}
    assert values["deposits"] == 30_000_000
    assert all(plate.source for plate, _ in told)


def test_the_look_is_an_event_and_a_stranger_sees_nothing(town: Bank, machine: Actor) -> None:
    tags.refresh(town, machine)
    rm = replace(machine, scope=Scope(ScopeKind.BOOK, staff_no="S001"))
    service.tags_of(town, rm, number(town, ZHANG))
    with pytest.raises(UnknownCustomer):
        service.tags_of(town, rm, number(town, WANG))
    with town.read(machine) as tx:
        looks = read_after(tx.connection, 0, 0, kinds=["customer.viewed"])
    assert [(look.subject, look.payload["part"]) for look in looks] == [(ZHANG, "tags")]


def test_before_the_first_refresh_and_after_erasure_there_are_no_tags(town: Bank, machine: Actor) -> None:
    assert service.tags_of(town, machine, number(town, ZHANG)) == (None, [])
    tags.refresh(town, machine)
    profile.erase(town, machine, number(town, ZHANG))
    assert service.tags_of(town, machine, number(town, ZHANG))[1] == []


def test_only_customers_in_scope_are_introduced_and_the_look_is_an_event(town: Bank, machine: Actor) -> None:
    rm = replace(machine, scope=Scope(ScopeKind.BOOK, staff_no="S002"))
    found = profile.introduce(town, rm, [ZHANG, LI, WANG], where="tag", limit=10)
    assert [one.one_id for one in found] == [WANG]
    with town.read(machine) as tx:
        looks = read_after(tx.connection, 0, 0, kinds=["customers.listed"])
    assert [(look.payload["where"], look.payload["one_ids"]) for look in looks] == [("tag", [WANG])]
    blind = replace(rm, permissions=frozenset())
    assert profile.introduce(town, blind, [WANG], where="tag", limit=10) == []
