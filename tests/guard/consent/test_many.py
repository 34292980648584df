"""One definition, two forms: what is said of a set of customers is what is said of each."""

import random
from datetime import timedelta

from sqlalchemy import BigInteger, column, values
from tests.guard.consent.builders import a_customer, an_act, evidence

from liuke.guard import consent
from liuke.guard.consent import Channel, EvidenceKind, Matter, Purpose, Question, service
from liuke.guard.consent.model import BlockKind
from liuke.kernel.actor import Actor
from liuke.kernel.bank import Bank
from liuke.kernel.clock import FixedClock
from liuke.kernel.errors import LiukeError
from liuke.kernel.ids import OneId

_PEOPLE = 25


def _live(bank: Bank, machine: Actor, clock: FixedClock, dice: random.Random) -> None:
    """A random life of customers: acts, lists and quiet hours, the clock now and then going back."""
    for _ in range(120):
        one_id = OneId(dice.randint(1, _PEOPLE))
        clock.advance(timedelta(minutes=dice.choice([-60, 5, 60, 600])))
        channels = frozenset(dice.sample(list(Channel), dice.randint(1, 4)))
        try:
            with bank.write(machine) as tx:
                match dice.randint(0, 9):
                    case 0:
                        service.block(
                            tx, one_id, kind=dice.choice(list(BlockKind)), reason="随机登记", channels=channels
                        )
                    case 1:
                        start, end = dice.sample(range(0, 1441, 60), 2)
                        service.set_quiet(tx, one_id, from_minute=start, to_minute=end, channels=channels)
                    case _:
                        matter = dice.choice(list(Matter))
                        act = an_act(
                            dice.choice(list(Purpose)), granted=dice.random() < 0.7, channels=channels, matter=matter
                        )
                        consent.record(tx, one_id, act)
        except LiukeError:
            continue


def test_a_set_and_each_of_it_are_judged_alike(bank: Bank, machine: Actor, clock: FixedClock) -> None:
    dice = random.Random(20261102)
    for one_id in range(1, _PEOPLE + 1):
        a_customer(bank, machine, one_id)
    _live(bank, machine, clock, dice)
    everybody = values(column("one_id", BigInteger), name="people").data([(one,) for one in range(1, _PEOPLE + 1)])
    refused = 0
    with bank.read(machine) as tx:
        for _ in range(40):
            asked = {"purpose": dice.choice(list(Purpose)), "channel": dice.choice(list(Channel))}
            asked |= {"sensitive": dice.random() < 0.5, "automated": dice.random() < 0.5, "now": clock.now()}
            rows = tx.rows(consent.sql(everybody, Question(**asked)))
            assert len(rows) == _PEOPLE
            for row in rows:
                said = consent.verdict(tx, OneId(row["one_id"]), **asked)
                assert row["refusal"] == (said.refusals[0].reason if said.refusals else None)
                refused += not said.allowed
    assert 0 < refused < 40 * _PEOPLE


def test_consents_of_a_source_are_taken_over_once_and_undo_no_withdrawal(
    bank: Bank, machine: Actor, clock: FixedClock
) -> None:
    told, silent = a_customer(bank, machine, 11), a_customer(bank, machine, 12)
    with bank.write(machine) as tx:
        consent.record(tx, told, an_act(granted=False))
        given = {"purpose": Purpose.MARKETING, "channels": [Channel.SMS, Channel.PHONE], "decided_at": clock.now()}
        source = consent.Evidence(EvidenceKind.SOURCE, "core:2026-10")
        assert consent.take_over(tx, None, evidence=source, **given) == 1
        assert consent.take_over(tx, [told, silent], evidence=source, **given) == 0
        held = consent.state(tx, [told, silent])
    assert held[told].granted == frozenset()
    assert held[silent].granted == {(Purpose.MARKETING, Channel.SMS), (Purpose.MARKETING, Channel.PHONE)}
    assert evidence().kind is EvidenceKind.APP
