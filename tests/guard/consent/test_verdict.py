"""Consent: what a customer granted, withdrew and forbade decides every verdict, for one as for many."""

from datetime import timedelta

import pytest
from liuke.data.profile import UnknownCustomer
from liuke.guard import consent
from liuke.guard.consent import Channel, Matter, Purpose, Question
from liuke.guard.consent import service
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

from tests.guard.consent.builders import a_customer, an_act


@pytest.fixture
def zhang(bank: Bank, machine: Actor) -> OneId:
    return a_customer(bank, machine, 11)


def reasons(bank: Bank, actor: Actor, one_id: OneId, purpose: Purpose = Purpose.MARKETING, channel: Channel = Channel.SMS, **more: bool) -> list[Reason]:
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
