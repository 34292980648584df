"""A demonstration bank has customers who agreed and customers who did not, and repeating it changes nothing."""

from sqlalchemy import BigInteger, column, values
from tests.guard.consent.builders import a_customer

from liuke.app.demo.care import take_care
from liuke.guard import consent
from liuke.guard.consent import Channel, Purpose, Question
from liuke.kernel.actor import Actor
from liuke.kernel.bank import Bank


def test_most_customers_of_a_demonstration_agreed_and_some_did_not(bank: Bank, machine: Actor) -> None:
    for one_id in range(1, 101):
        a_customer(bank, machine, one_id)
    take_care(bank, machine)
    take_care(bank, machine)
    people = values(column("one_id", BigInteger), name="people").data([(one,) for one in range(1, 101)])
    with bank.read(machine) as tx:
        rows = tx.rows(consent.sql(people, Question(Purpose.MARKETING, Channel.SMS, bank.clock.now())))
    agreed = sum(row["refusal"] is None for row in rows)
    assert 70 <= agreed <= 90
