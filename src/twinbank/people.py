"""People and families: households are drawn first, so that spouses, parents and children fit in name and age."""

from dataclasses import dataclass, fields
from typing import TypeVar, cast

import numpy as np
from numpy.typing import NDArray

from twinbank import ids, names, places
from twinbank.digits import Bytes
from twinbank.draw import Bools, Ints, Rng, Texts, happens, pick, stream

HEAD, SPOUSE, CHILD, SECOND_CHILD, PARENT = range(5)
ADULT_DAYS = 16 * 365 + 4

_Column = TypeVar("_Column")


@dataclass(frozen=True, slots=True)
class People:
    """One row a person, sorted by household; the row number is the person_id."""

    household: Ints
    role: Ints  # HEAD … PARENT
    birth: NDArray[np.datetime64]
    woman: Bools
    surname: Texts
    given: Texts
    former_given: Texts  # "" = never changed the name
    id_no: Bytes  # (n, 18)
    passport: Bools  # identified by passport
    phone: Ints
    old_phone: Ints  # 0 = never changed the number
    changed_on: NDArray[np.datetime64]  # day the phone changed
    family_phone: Ints  # phone of another member of the household, 0 = lives alone
    homes: places.Homes
    old_homes: places.Homes

    def __len__(self) -> int:
        return len(self.household)

    def take(self, rows: Ints) -> "People":
        """Some people (a row number is then no longer a person_id)."""
        return People(*(_take(getattr(self, field.name), rows) for field in fields(self)))

    def names(self) -> Texts:
        """Full names."""
        return names.join(self.surname, self.given)

    def former_names(self) -> Texts:
        """Names before a change; the present name for those who never changed it."""
        return names.join(self.surname, np.where(self.former_given == "", self.given, self.former_given))

    def adults(self, today: np.datetime64) -> Bools:
        """Who is sixteen or older."""
        return np.asarray((today - self.birth).astype(int) >= ADULT_DAYS)


def _take(column: _Column, rows: Ints) -> _Column:
    taken = column.take(rows) if isinstance(column, places.Homes) else column[rows]  # type: ignore[index]
    return cast("_Column", taken)


@dataclass(frozen=True, slots=True)
class _Members:
    """Household members before they have names: household, role, birth day, gender."""

    household: Ints
    role: Ints
    birth: NDArray[np.datetime64]
    woman: Bools


def _members(rng: Rng, households: int, today: np.datetime64) -> _Members:
    """Who lives in each household, by age: heads 22–85, spouses, up to two children, sometimes a parent."""
    decade = pick(rng, (16, 24, 22, 20, 12, 6), households)
    head_days = (22 + decade * 10) * 365 + rng.integers(0, 3650, households)
    head_woman = happens(rng, 0.42, households)
    married = happens(rng, np.array([0.35, 0.78, 0.84, 0.83, 0.75, 0.55])[decade], households)
    spouse_days = np.maximum(
        head_days + (rng.normal(0, 800, households)).astype(int) + np.where(head_woman, 600, -600), 7700
    )
    has_child = happens(rng, np.where(married, 0.78, 0.12), households)
    mother_days = np.where(head_woman | ~married, head_days, spouse_days)
    child_days = mother_days - rng.integers(22 * 365, 34 * 365, households)
    second_days = child_days - rng.integers(500, 2500, households)
    has_second = has_child & happens(rng, 0.35, households)
    parent_days = head_days + rng.integers(22 * 365, 33 * 365, households)
    has_parent = happens(rng, 0.22, households)
    days = np.stack([head_days, spouse_days, child_days, second_days, parent_days])
    woman = np.stack([head_woman, ~head_woman, *(happens(rng, share, households) for share in (0.48, 0.48, 0.6))])
    there = np.stack([np.ones(households, bool), married, has_child, has_second, has_parent])
    there &= (days > 0) & (days < 96 * 365)
    there[SECOND_CHILD] &= there[CHILD]
    household, role = np.nonzero(there.T)
    return _Members(household, role, today - days[role, household].astype("timedelta64[D]"), woman[role, household])


def _surnames(rng: Rng, members: _Members, households: int) -> Texts:
    """Children have their father's surname (the mother's in one family of twelve), couples different ones."""
    table = names.surnames()
    mine, theirs = (names.draw_surnames(rng, households) for _ in range(2))
    head_woman = np.zeros(households, dtype=bool)
    head_woman[members.household[members.role == HEAD]] = members.woman[members.role == HEAD]
    father = np.where(head_woman ^ happens(rng, 1 / 12, households), theirs, mine)
    maiden = names.draw_surnames(rng, households)
    parent = np.where(
        np.bincount(members.household, (members.role == PARENT) & members.woman, households) > 0, maiden, mine
    )
    by_role = np.stack([mine, theirs, father, father, parent])
    return np.asarray(table[by_role[members.role, members.household]])


def _phones(rng: Rng, members: _Members, today: np.datetime64) -> tuple[Ints, Ints, NDArray[np.datetime64], Ints]:
    """Present and former phone, day of change, a family member's phone; one former number in five is reassigned."""
    size = len(members.household)
    pool = ids.draw_phones(rng, size + size // 3 + 1)
    phone, spare = pool[:size].copy(), pool[size:]
    changed = np.flatnonzero(happens(rng, 0.3, size))[: len(spare)]
    old = np.zeros(size, dtype=np.int64)
    old[changed] = spare[: len(changed)]
    day = today - rng.integers(60, 3000, size).astype("timedelta64[D]")
    # the carrier gives a dropped number to somebody else: a person whose own number is then that one
    given = rng.choice(changed, len(changed) // 5, replace=False) if len(changed) > 4 else changed[:0]
    heirs = rng.choice(size, len(given), replace=False)
    apart = members.household[heirs] != members.household[given]
    phone[heirs[apart]] = old[given[apart]]
    first = np.searchsorted(members.household, members.household)
    last = np.searchsorted(members.household, members.household, side="right") - 1
    rows = np.arange(size)
    other = np.where(rows == first, np.minimum(first + 1, last), first)
    return phone, old, day, np.where(other == rows, 0, phone[other])


def build(size: int, *, seed: int, today: np.datetime64, branches: int = 4, purpose: str = "people") -> People:
    """At least `size` adults (and their children) as of `today`, in whole households."""
    rng = stream(seed, purpose)
    households = int(size / 1.75) + 5
    members = _members(rng, households, today)
    count = len(members.household)
    year = members.birth.astype("datetime64[Y]").astype(int) + 1970
    given, former = (names.given(rng, woman=members.woman, birth_year=year) for _ in range(2))
    phone, old, day, family = _phones(rng, members, today)
    homes = places.draw_homes(rng, households, branches=branches).take(members.household)
    return People(
        household=members.household,
        role=members.role,
        birth=members.birth,
        woman=members.woman,
        surname=_surnames(rng, members, households),
        given=given,
        former_given=np.where(happens(rng, 0.012, count), former, ""),
        id_no=ids.draw_ids(rng, birth=members.birth, woman=members.woman, home=places.HOME),
        passport=happens(rng, 0.002, count),
        phone=phone,
        old_phone=old,
        changed_on=day,
        family_phone=family,
        homes=homes,
        old_homes=places.draw_homes(rng, count, branches=branches),
    )
