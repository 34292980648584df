"""Consent: what a customer granted, withdrew and forbade decides every verdict, for one as for many."""

from datetime import timedelta

import pytest
from tests.guard.consent.builders import a_customer, an_act

from liuke.data.profile import UnknownCustomer
from liuke.guard import consent
from liuke.guard.consent import Channel, Matter, Purpose, service
from liuke.guard.consent.model import (
    BASES,
    BlockKind,
    Ground,
    InTheFuture,
    NoConsentNeeded,
    OlderThanWithdrawal,
    Reason,
)
from liuke.kernel.actor import Actor
from liuke.kernel.bank import Bank
from liuke.kernel.clock import FixedClock
from liuke.kernel.ids import OneId


@pytest.fixture
def zhang(bank: Bank, machine: Actor) -> OneId:
    return a_customer(bank, machine, 11)


def reasons(
    bank: Bank,
    actor: Actor,
    one_id: OneId,
    purpose: Purpose = Purpose.MARKETING,
    channel: Channel = Channel.SMS,
    **more: bool,
) -> list[Reason]:
    with bank.read(actor) as tx:
        found = consent.verdict(tx, one_id, purpose=purpose, channel=channel, now=bank.clock.now(), **more)
    return [refusal.reason for refusal in found.refusals]


def say(bank: Bank, actor: Actor, one_id: OneId, *args, **facts) -> None:
    with bank.write(actor) as tx:
        consent.record(tx, one_id, an_act(*args, **facts))


def test_nothing_granted_means_no_marketing_but_service_is_lawful(bank: Bank, machine: Actor, zhang: OneId) -> None:
    for purpose, basis in BASES.items():
        expected = [Reason.NOT_GRANTED] if basis.ground is Ground.CONSENT else []
        assert reasons(bank, machine, zhang, purpose) == expected, purpose


def test_a_grant_holds_for_its_purpose_and_channel_only(bank: Bank, machine: Actor, zhang: OneId) -> None:
    say(bank, machine, zhang)
    for purpose in (Purpose.MARKETING, Purpose.RESEARCH, Purpose.PROFILING):
        for channel in Channel:
            granted = (purpose, channel) == (Purpose.MARKETING, Channel.SMS)
            assert (reasons(bank, machine, zhang, purpose, channel) == []) == granted


def test_a_withdrawal_stops_the_next_verdict_and_names_its_evidence(bank: Bank, machine: Actor, zhang: OneId) -> None:
    say(bank, machine, zhang)
    say(bank, machine, zhang, granted=False)
    with bank.read(machine) as tx:
        said = consent.verdict(tx, zhang, purpose=Purpose.MARKETING, channel=Channel.SMS, now=bank.clock.now())
    assert [refusal.reason for refusal in said.refusals] == [Reason.NOT_GRANTED]
    assert said.refusals[0].message == "客户已撤回营销授权"
    assert said.refusals[0].evidence["evidence_ref"] == "APP-2026-0001"


def test_a_withdrawal_holds_when_the_clock_went_back_an_hour(
    bank: Bank, machine: Actor, zhang: OneId, clock: FixedClock
) -> None:
    say(bank, machine, zhang)
    clock.advance(-timedelta(hours=1))
    say(bank, machine, zhang, granted=False)
    assert reasons(bank, machine, zhang) == [Reason.NOT_GRANTED]
    clock.advance(timedelta(hours=2))
    assert reasons(bank, machine, zhang) == [Reason.NOT_GRANTED]


def test_a_grant_signed_before_a_withdrawal_does_not_undo_it(
    bank: Bank, machine: Actor, zhang: OneId, clock: FixedClock
) -> None:
    say(bank, machine, zhang, granted=False)
    with pytest.raises(OlderThanWithdrawal):
        say(bank, machine, zhang, decided_at=clock.now() - timedelta(days=2))
    clock.advance(-timedelta(hours=1))
    with pytest.raises(OlderThanWithdrawal):
        say(bank, machine, zhang)
    clock.advance(timedelta(hours=2))
    say(bank, machine, zhang)
    assert reasons(bank, machine, zhang) == []


def test_an_act_of_tomorrow_and_a_consent_nobody_needs_are_refused(
    bank: Bank, machine: Actor, zhang: OneId, clock: FixedClock
) -> None:
    with pytest.raises(InTheFuture):
        say(bank, machine, zhang, decided_at=clock.now() + timedelta(days=1))
    with pytest.raises(NoConsentNeeded):
        say(bank, machine, zhang, Purpose.SERVICE)
    with pytest.raises(UnknownCustomer):
        say(bank, machine, OneId(404))


def test_the_switches_stop_personal_offers_and_machine_decisions_only(bank: Bank, machine: Actor, zhang: OneId) -> None:
    say(bank, machine, zhang)
    say(bank, machine, zhang, Purpose.PROFILING)
    say(bank, machine, zhang, None, matter=Matter.PERSONAL, granted=False)
    assert reasons(bank, machine, zhang, Purpose.PROFILING) == [Reason.SWITCHED_OFF]
    assert reasons(bank, machine, zhang) == []
    say(bank, machine, zhang, None, matter=Matter.AUTOMATED, granted=False)
    assert reasons(bank, machine, zhang, automated=True) == [Reason.SWITCHED_OFF]
    with bank.read(machine) as tx:
        assert consent.personal_allowed(tx, [zhang, OneId(12)]) == {OneId(12)}


def test_sensitive_information_needs_a_consent_of_its_own(bank: Bank, machine: Actor, zhang: OneId) -> None:
    say(bank, machine, zhang)
    assert reasons(bank, machine, zhang, sensitive=True) == [Reason.SENSITIVE_NOT_GRANTED]
    say(bank, machine, zhang, matter=Matter.SENSITIVE)
    assert reasons(bank, machine, zhang, sensitive=True) == []


def test_a_black_list_ends_at_its_time_or_when_it_is_lifted(
    bank: Bank, machine: Actor, zhang: OneId, clock: FixedClock
) -> None:
    say(bank, machine, zhang)
    with bank.write(machine) as tx:
        number = service.block(tx, zhang, kind=BlockKind.COMPLAINT, reason="投诉处理中", channels=[Channel.SMS])
        until = clock.now() + timedelta(days=1)
        service.block(tx, zhang, kind=BlockKind.REFUSES, reason="不要打电话", channels=[Channel.PHONE], until=until)
    assert reasons(bank, machine, zhang) == [Reason.BLOCKED]
    assert reasons(bank, machine, zhang, Purpose.SERVICE, Channel.PHONE) == [Reason.BLOCKED]
    assert reasons(bank, machine, zhang, Purpose.LEGAL, Channel.PHONE) == []
    with bank.write(machine) as tx:
        service.lift(tx, number, reason="投诉已办结")
    clock.advance(timedelta(days=2))
    assert reasons(bank, machine, zhang) == []
    assert reasons(bank, machine, zhang, Purpose.SERVICE, Channel.PHONE) == []


@pytest.mark.parametrize(
    ("hour", "day", "refused"),
    [(23, 0, True), (7, 1, True), (8, 1, False), (21, 0, False), (7, 0, False), (23, 1, False)],
)
def test_quiet_hours_cross_midnight_and_belong_to_the_day_they_begin_on(
    bank: Bank, machine: Actor, zhang: OneId, clock: FixedClock, hour: int, day: int, refused: bool
) -> None:
    say(bank, machine, zhang)
    with bank.write(machine) as tx:
        service.set_quiet(tx, zhang, from_minute=22 * 60, to_minute=8 * 60, weekdays=[1])
    clock.advance(timedelta(days=day, hours=hour - 12))  # the clock stands at noon of a Monday
    assert reasons(bank, machine, zhang) == ([Reason.QUIET] if refused else [])
    assert reasons(bank, machine, zhang, Purpose.LEGAL) == []
