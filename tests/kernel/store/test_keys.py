"""A database never meets keys it was not written under."""

import pytest

from liuke.kernel.actor import Actor
from liuke.kernel.bank import Bank
from liuke.kernel.crypto import KeyRing
from liuke.kernel.store.keys import WrongKeys, remember_keys


def test_the_same_keys_are_welcome_again(bank: Bank, machine: Actor) -> None:
    for _ in range(2):
        with bank.write(machine) as tx:
            remember_keys(tx, bank.keys)


def test_a_new_version_is_remembered(bank: Bank, machine: Actor) -> None:
    with bank.write(machine) as tx:
        remember_keys(tx, bank.keys)
    bank.keys.rotate()
    for _ in range(2):
        with bank.write(machine) as tx:
            remember_keys(tx, bank.keys)


def test_lost_or_foreign_keys_are_refused_before_anything_is_written(bank: Bank, machine: Actor) -> None:
    with bank.write(machine) as tx:
        remember_keys(tx, bank.keys)
    with pytest.raises(WrongKeys, match="从备份恢复"), bank.write(machine) as tx:
        remember_keys(tx, KeyRing.fresh())
