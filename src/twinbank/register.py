"""Registration: one person becomes one, sometimes two, customer numbers in each system that knows the person."""

from dataclasses import dataclass

import numpy as np

from twinbank import dirt
from twinbank.companies import Companies
from twinbank.customers import Customers
from twinbank.draw import Ints, Texts, happens, stream
from twinbank.people import People

TWICE = {
    "core": 0.015,
    "loan": 0.01,
    "card": 0.01,
    "wealth": 0.005,
    "app": 0.02,
    "callcentre": 0.06,
    "wecom": 0.05,
    "crm": 0.02,
}
_BASE32 = "abcdefghijkmnpqrstuvwxyz23456789"


@dataclass(frozen=True, slots=True)
class Register:
    """The customer records of one system: first registrations in customer order, then second ones, then companies."""

    customer: Ints  # row of Customers, −1 = a company
    company: Ints  # row of Companies, −1 = a person
    key: Texts  # customer number in this system
    first: Ints  # (customers,): record of each customer, −1 = not known here
    seen: dirt.Seen  # (persons' records,): how they look here

    def __len__(self) -> int:
        return len(self.customer)

    @property
    def persons(self) -> int:
        """Number of records that are persons; they come first."""
        return int((self.customer >= 0).sum())


def _scramble(count: int, width: int, seed: int, system: str) -> Ints:
    """`count` different numbers of `width` digits in no visible order; the highest ones stay free for bad rows."""
    step = stream(seed, "numbers", system).integers(1, 8, count)
    order = stream(seed, "order", system).permutation(count)
    return np.asarray((10 ** (width - 1) + np.cumsum(step))[order])


def _keys(system: str, count: int, seed: int) -> Texts:
    if system == "app":
        number = _scramble(count, 12, seed, system) * 7919 % (16**12 // 3)
        return np.array([f"u_{n:012x}" for n in number.tolist()])
    if system == "wecom":
        letters = np.array(list(_BASE32))[stream(seed, "wecom-keys").integers(0, 32, (count, 14))]
        tail = _scramble(count, 6, seed, system)
        return np.array([f"wm{''.join(row)}{n:06d}" for row, n in zip(letters.tolist(), tail.tolist(), strict=True)])
    form = {
        "core": ("00", 8),
        "loan": ("LN", 8),
        "card": ("K", 11),
        "wealth": ("88", 9),
        "callcentre": ("KF", 7),
        "crm": ("G", 8),
    }
    prefix, width = form[system]
    return np.array([f"{prefix}{n}" for n in _scramble(count, width, seed, system).tolist()])


def register(system: str, people: People, folk: Customers, firms: Companies, *, seed: int) -> Register:
    """Everybody whom `system` knows, with numbers and dirt of its own."""
    rng = stream(seed, "register", system)
    known = np.flatnonzero(folk.has[system])
    again = known[happens(rng, TWICE[system], len(known))]
    persons = np.concatenate([known, again])
    company = np.full(len(persons), -1)
    if system == "core":
        company = np.concatenate([company, np.arange(len(firms))])
    first = np.full(len(folk), -1)
    first[known] = np.arange(len(known))
    return Register(
        customer=np.concatenate([persons, np.full(len(company) - len(persons), -1)]),
        company=company,
        key=_keys(system, len(company), seed),
        first=first,
        seen=dirt.look(people.take(folk.person[persons]), rng=rng, rates=dirt.SYSTEMS[system]),
    )
