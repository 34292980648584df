"""The bank's customers: who they are, what they like, which systems know them, and when they will leave."""

from dataclasses import dataclass

import numpy as np

from twinbank import places, staffing
from twinbank.draw import Bools, Floats, Ints, Texts, happens, lognormal, pick, stream
from twinbank.people import People
from twinbank.window import Window

PERSONAS = ("student", "salaried", "manager", "self_employed", "retired", "farmer")
STUDENT, SALARIED, MANAGER, SELF_EMPLOYED, RETIRED, FARMER = range(6)
LIKES = ("deposit", "wealth", "fund", "insurance", "metal")
NEVER = 10**6  # a leaving day that never comes
_INCOME = np.array([120_000, 720_000, 2_200_000, 1_000_000, 420_000, 330_000])  # median a month, fen
_DAILY_BASE = 1.5e-4  # about 5 % a year before any covariate
REASONS = ("rate", "service", "life_event", "drift")


@dataclass(frozen=True, slots=True)
class Customers:
    """One row a customer (a person who has a relation with the bank)."""

    person: Ints  # row of People
    branch: Ints  # row of Branches
    rm: Ints  # row of Staff
    persona: Ints
    income: Ints  # a month, fen
    wealth: Ints  # all money with us at the start, fen
    likes: Floats  # (n, 5), 0–1
    price_sensitivity: Floats
    digital: Floats
    tolerance: Ints  # 1–5
    opened: Ints
    has: dict[str, Bools]  # system → known there
    hazard: Floats  # mean daily hazard over the window
    leave: Ints  # day of leaving or NEVER
    reason: Ints  # index of REASONS
    complaint: Bools  # (n, months): has a complaint in that month
    life_event: Ints  # (n, months): 0 none, 1 moved, 2 new job, 3 house, 4 child, 5 illness

    def __len__(self) -> int:
        return len(self.person)

    def activity(self, middle: int) -> Floats:
        """0–1: how much of usual life still runs through us around a day; fades over the 75 days before leaving."""
        return np.asarray(np.clip((self.leave - middle) / 75, 0.0, 1.0))

    @property
    def leaves(self) -> Bools:
        """Who leaves inside the window."""
        return np.asarray(self.leave < NEVER)


def _personas(seed: int, age: Ints) -> Ints:
    rng = stream(seed, "persona")
    by_age = np.array(
        [
            (85, 12, 0, 2, 0, 1),
            (4, 66, 6, 18, 0, 6),
            (0, 52, 12, 24, 0, 12),
            (0, 22, 6, 12, 50, 10),
            (0, 0, 0, 2, 86, 12),
        ]
    )
    band = np.digitize(age, (22, 35, 53, 62))
    out = np.zeros(len(age), dtype=np.int64)
    for at, weights in enumerate(by_age):
        rows = np.flatnonzero(band == at)
        out[rows] = pick(rng, weights.tolist(), len(rows))
    return out


def _systems(seed: int, persona: Ints, digital: Floats, wealth: Ints, age: Ints) -> dict[str, Bools]:
    rng = stream(seed, "systems")
    size = len(persona)
    core = happens(rng, 0.97, size)
    working = np.isin(persona, (SALARIED, MANAGER, SELF_EMPLOYED))
    rich = np.clip(np.log10(wealth / 1e6), 0, 3)  # 0 at 10,000 yuan, 3 at 10 million
    return {
        "core": core,
        "card": ~core | happens(rng, np.where(working & (age > 21), 0.55, 0.12), size),
        "loan": core & (age > 23) & (age < 65) & happens(rng, np.where(working, 0.26, 0.05), size),
        "wealth": core & (age > 17) & happens(rng, np.clip(0.06 + 0.17 * rich, 0, 0.9), size),
        "app": happens(rng, np.clip(digital * 1.15, 0, 0.97), size),
        "callcentre": happens(rng, 0.22, size),
        "wecom": core & happens(rng, np.clip(0.2 + 0.15 * rich, 0, 0.8), size),
        "crm": core & happens(rng, np.clip(0.45 + 0.15 * rich, 0, 0.97), size),
    }


def _life(seed: int, size: int, months: int) -> Ints:
    rng = stream(seed, "life")
    event = happens(rng, 0.012, size * months) * (1 + pick(rng, (30, 30, 15, 15, 10), size * months))
    return event.reshape(size, months)


def _leaving(
    seed: int, window: Window, base: Floats, complaint: Bools, life: Ints, price: Floats
) -> tuple[Floats, Ints, Ints]:
    """Mean daily hazard, leaving day and reason: hazard = base × e^(covariates), drawn month by month.

    Covariates: a complaint in this or the two months before × 3.5; a life event in the same span × 2.5; the rates of
    competitors (high in January, April, July, October) × e^(1.2 · price sensitivity).
    """
    rng = stream(seed, "leaving")
    size, months = complaint.shape
    leave, reason = np.full(size, NEVER), np.zeros(size, dtype=np.int64)
    total = np.zeros(size)
    for month in window.months:
        span = slice(max(0, month.number - 2), month.number + 1)
        angry, moved = complaint[:, span].any(axis=1), life[:, span].any(axis=1)
        tempted = price * (1.2 if month.of_year % 3 == 1 else 0.5)
        factors = np.stack([np.exp(tempted), np.where(angry, 3.5, 1.0), np.where(moved, 2.5, 1.0), np.full(size, 1.6)])
        hazard = base * factors[:3].prod(axis=0)
        total += hazard
        goes = (leave == NEVER) & (rng.random(size) < 1 - np.exp(-hazard * month.days))
        leave[goes] = month.first + rng.integers(0, month.days, int(goes.sum()))
        reason[goes] = factors.argmax(axis=0)[goes]
    return total / months, leave, reason


def _homes_of(people: People, person: Ints, branches: staffing.Branches, seed: int) -> Ints:
    """The sub-branch of each customer: one in the home city, the same for a whole household."""
    rng = stream(seed, "branch")
    city = places.divisions()["city"][people.homes.division]
    lot = rng.integers(0, 10**6, int(people.household[-1]) + 1)[people.household[person]]
    out = branches.leaves[lot % len(branches.leaves)]
    for name in np.unique(branches.city):
        mine = branches.leaves[branches.city[branches.leaves] == name]
        rows = np.flatnonzero(city[person] == name)
        if len(mine):
            out[rows] = mine[lot[rows] % len(mine)]
    return out


def customers(
    people: People, bank: staffing.Branches, staff: staffing.Staff, window: Window, *, size: int, seed: int
) -> Customers:
    """`size` adults become customers."""
    rng = stream(seed, "customers")
    today = np.datetime64(window.until, "D")
    person = np.sort(rng.permutation(np.flatnonzero(people.adults(today)))[:size])
    age = ((today - people.birth[person]).astype(np.int64)) // 365
    persona = _personas(seed, age)
    income = lognormal(rng, _INCOME[persona].astype(float), 0.45, size).astype(np.int64)
    wealth = np.clip(lognormal(rng, income * np.clip(age - 16, 1, 40) * 0.45, 1.1, size), 20_000, 5e9).astype(np.int64)
    price, digital = rng.beta(2, 3, size), np.clip(rng.normal(1.05 - age / 90, 0.18, size), 0.02, 1)
    months = len(window.months)
    service = rng.gamma(0.6, 1.0, size)  # how badly we treat this customer
    complaint = happens(rng, np.repeat(np.clip(0.006 * service, 0, 0.2), months), size * months).reshape(size, months)
    life = _life(seed, size, months)
    has = _systems(seed, persona, digital, wealth, age)
    loyal = 1 - 0.35 * has["wealth"] - 0.35 * has["loan"] - 0.2 * (persona == RETIRED)
    base = _DAILY_BASE * loyal * rng.gamma(2.0, 0.5, size)
    hazard, leave, reason = _leaving(seed, window, base, complaint, life, price)
    likes = rng.dirichlet((2.5, 1.8, 1.0, 0.7, 0.4), size)
    branch = _homes_of(people, person, bank, seed)
    return Customers(
        person, branch, staffing.books(rng, staff, branch), persona, income, wealth, likes, price, digital,
        np.clip(np.round(1.4 + 3.2 * (likes[:, 2] + likes[:, 4]) + rng.normal(0.6, 0.7, size)), 1, 5).astype(np.int64),
        _joined(seed, window, age, leave),
        has, hazard, leave, reason, complaint, life,
    )  # fmt: skip


def _joined(seed: int, window: Window, age: Ints, leave: Ints) -> Ints:
    """Day of the first relation: before the window, for six in a hundred inside it."""
    rng = stream(seed, "joined")
    before = window.start - (rng.random(len(age)) ** 0.7 * np.minimum(age - 15, 20) * 330).astype(np.int64) - 5
    inside = window.start + rng.integers(0, max(window.until - window.start - 20, 1), len(age))
    return np.where(happens(rng, 0.06, len(age)) & (leave == NEVER), inside, before)


def tier(wealth: Ints) -> Texts:
    """The old CRM's words for how much a customer has with us."""
    return np.array(["普通", "金卡", "白金", "钻石"])[np.digitize(wealth, (5_000_000, 30_000_000, 100_000_000))]
