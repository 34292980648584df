"""The town of three hundred customers, with pages and tags."""

import pytest
from tests.insight.segments import town as make

from liuke.kernel.actor import Actor
from liuke.kernel.bank import Bank


@pytest.fixture
def town(bank: Bank, machine: Actor) -> Bank:
    """The bank with the town in it."""
    make.people(bank, machine)
    make.tag(bank)
    return bank
