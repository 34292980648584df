"""Dirt: how a person looks in one source system, by the rates of that system (shares 0–1 of the rows)."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from twinbank import digits, ids, names, places
from twinbank.draw import Bools, Ints, Rng, Texts, happens
from twinbank.people import People

OLD_PHONE_SHARE = 0.3  # share of people who have a former phone at all


@dataclass(frozen=True, slots=True)
class Rates:
    """What goes wrong in a system; every figure is a share of its rows and stands in docs/twinbank.md."""

    id_missing: float = 0.0
    id_wrong: float = 0.0
    id_short: float = 0.0  # of those born before 1986
    id_lower: float = 0.0  # of those that end in X
    name_full_width: float = 0.0
    name_pinyin: float = 0.0
    name_wrong: float = 0.0
    name_former: float = 0.0
    birth_missing: float = 0.0
    gender_missing: float = 0.0
    phone_missing: float = 0.0
    phone_old: float = 0.0
    phone_family: float = 0.01
    address_missing: float = 0.0
    address_old: float = 0.05


SYSTEMS = {
    "core": Rates(0.02, 0.02, 0.04, 0.2, 0.015, 0.005, 0.008, 0.006, 0.03, 0.02, 0.05, 0.18, 0.01, 0.04, 0.12),
    "loan": Rates(0.02, 0.01, 0.01, 0.1, 0.005, 0.0, 0.004, 0.006, 0.02, 0.0, 0.02, 0.12, 0.01, 0.0, 0.06),
    "card": Rates(0.04, 0.02, 0.01, 0.1, 0.01, 0.03, 0.005, 0.004, 0.05, 0.0, 0.01, 0.2, 0.01, 0.0, 0.1),
    "wealth": Rates(0.03, 0.005, 0.0, 0.0, 0.005, 0.0, 0.002, 0.005, 0.03, 0.02, 0.02, 0.15, 0.01, 0.3, 0.08),
    "app": Rates(0.45, 0.003, 0.0, 0.0, 0.0, 0.01, 0.002, 0.002, 1.0, 0.3, 0.0, 0.1, 0.005, 0.15, 0.1),
    "callcentre": Rates(0.55, 0.01, 0.0, 0.0, 0.0, 0.0, 0.06, 0.0, 1.0, 0.1, 0.0, 0.05, 0.03, 0.8, 0.1),
    "wecom": Rates(1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.25, 0.4, 0.08, 0.0, 1.0, 0.0),
    "crm": Rates(0.2, 0.02, 0.06, 0.1, 0.03, 0.01, 0.015, 0.02, 0.15, 0.04, 0.06, 0.25, 0.01, 0.2, 0.15),
}


@dataclass(frozen=True, slots=True)
class Seen:
    """People as one system sees them, (n,) each; "" and NaT mean unknown."""

    name: Texts
    id_no: NDArray[np.bytes_]
    birth: NDArray[np.datetime64]
    woman: Bools
    gender_known: Bools
    phone: Ints  # 0 = unknown
    homes: places.Homes
    address_known: Bools

    def phones(self) -> Texts:
        """Phones as text, "" when unknown."""
        return np.where(self.phone == 0, "", self.phone.astype("U11"))

    def ids(self) -> Texts:
        """ID numbers as text, "" when unknown."""
        return self.id_no.astype("U18")


def _some(column: Texts, rows: Ints, change: Callable[[str], str]) -> Texts:
    """`column` with `change` applied to some rows (few, so one by one)."""
    if not len(rows):
        return column
    new = np.array([change(text) for text in column[rows].tolist()])
    out = column.astype(f"U{max(column.dtype.itemsize // 4, new.dtype.itemsize // 4)}")
    out[rows] = new
    return out


def _names(rng: Rng, people: People, rates: Rates) -> Texts:
    size = len(people)
    share = rates.name_former / 0.012  # of those who have a former name
    former = happens(rng, min(share, 1.0), size)
    out = np.where(former, people.former_names(), people.names())
    fate = rng.random(size)
    edges = np.cumsum([rates.name_wrong, rates.name_pinyin, rates.name_full_width / 2, rates.name_full_width / 2])
    changes: tuple[Callable[[str], str], ...] = (
        names.misheard,
        names.pinyin,
        lambda name: names.full_width(name, 0),
        lambda name: names.full_width(name, 1),
    )
    kind = np.digitize(fate, edges)
    for at, change in enumerate(changes):
        out = _some(out, np.flatnonzero(kind == at), change)
    return out


def _ids(rng: Rng, people: People, rates: Rates) -> NDArray[np.bytes_]:
    size = len(people)
    out = people.id_no.copy()
    wrong = np.flatnonzero(happens(rng, rates.id_wrong, size))
    out[wrong] = ids.mistyped(rng, out[wrong])
    before = people.birth < np.datetime64("1986-01-01")
    brief = np.flatnonzero(before & happens(rng, rates.id_short, size))
    out[brief] = ids.short(out[brief])
    lower = (out[:, 17] == ord("X")) & happens(rng, rates.id_lower, size)
    out[lower, 17] = ord("x")
    abroad = np.flatnonzero(people.passport)
    out[abroad] = passports(people.id_no[abroad])
    out[happens(rng, rates.id_missing, size)] = 0
    return digits.text(out)


def passports(numbers: digits.Bytes) -> digits.Bytes:
    """Passport numbers (`E` + eight digits) of those who have no ID card, made from the digits of the row's number."""
    out = np.zeros_like(numbers)
    out[:, 0], out[:, 1:9] = ord("E"), numbers[:, 8:16]
    return out


def _phones(rng: Rng, people: People, rates: Rates) -> Ints:
    size = len(people)
    old = (people.old_phone > 0) & happens(rng, rates.phone_old / OLD_PHONE_SHARE, size)
    out = np.where(old, people.old_phone, people.phone)
    family = (people.family_phone > 0) & happens(rng, rates.phone_family / 0.9, size)
    out = np.where(family, people.family_phone, out)
    return np.where(happens(rng, rates.phone_missing, size), 0, out)


def look(people: People, *, rng: Rng, rates: Rates) -> Seen:
    """The people as a system with these rates has them on file."""
    size = len(people)
    birth = people.birth.copy()
    birth[happens(rng, rates.birth_missing, size)] = np.datetime64("NaT")
    return Seen(
        name=_names(rng, people, rates),
        id_no=_ids(rng, people, rates),
        birth=birth,
        woman=people.woman,
        gender_known=~happens(rng, rates.gender_missing, size),
        phone=_phones(rng, people, rates),
        homes=people.homes.mixed(people.old_homes, happens(rng, rates.address_old, size)),
        address_known=~happens(rng, rates.address_missing, size),
    )
