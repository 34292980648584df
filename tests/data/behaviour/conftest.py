"""A bank whose app has some users, and somebody who sends events."""

from collections.abc import Callable, Iterator

import pytest
from tests.data.behaviour import builders as make
from tests.data.profile.builders import a_party, fill, join

from liuke.data.behaviour.follow import Stream, following
from liuke.kernel.actor import Actor
from liuke.kernel.bank import Bank

#: The app's users are customers 1 to 9; customer 1 is known to the core system too.
USERS = range(1, 10)


@pytest.fixture
def app(bank: Bank, machine: Actor) -> Bank:
    """The bank with the users of its app; users 8 and 9 share a device."""
    parties = [a_party("app", f"U{n}", device_id=f"d{min(n, 8)}") for n in USERS]
    fill(bank, machine, "party", [*parties, a_party("core", "C1")])
    join(bank, machine, {("core", "C1"): 1} | {("app", f"U{n}"): n for n in USERS})
    return bank


@pytest.fixture
def stream(app: Bank) -> Iterator[Stream]:
    """The stream process of the bank."""
    with following(app) as opened:
        yield opened


@pytest.fixture
def send(app: Bank) -> Callable[..., None]:
    """Make a batch durable, as the door does."""

    def now(*events: make.Event, **how: int) -> None:
        make.send(app, events, **how)

    return now
