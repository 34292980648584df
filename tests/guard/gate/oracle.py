"""What the gate should answer, worked out a second time from plain arrays and the rules as people read them."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import numpy as np

from liuke.guard.consent import Channel, Purpose

NOW = datetime(2026, 11, 2, 4, tzinfo=UTC)
TODAY = date(2026, 11, 2)
PURPOSES = list(Purpose)
CHANNELS = list(Channel)
#: (product number, kind, grade)
SHELF = [("R1", "wealth", 1), ("R3", "fund", 3), ("R4", "fund", 4), ("R5", "insurance", 5), ("DEP", "deposit", 0)]
SOLICITING = {Purpose.MARKETING, Purpose.PROFILING, Purpose.RESEARCH}


@dataclass
class World:
    """Customers 1…n as columns; every one drawn by chance from a seed."""

    n: int
    granted: np.ndarray  # (n, purposes, channels) bool
    personal: np.ndarray
    blocked: np.ndarray
    tolerance: np.ndarray  # 0: never assessed
    valid_days: np.ndarray  # days after today the assessment holds; negative: over
    birth_year: np.ndarray  # 0: not known
    experienced: np.ndarray
    aum: np.ndarray
    high_risk: np.ndarray
    complaints: np.ndarray
    frozen: np.ndarray
    held_out: np.ndarray
    sends: list[tuple[int, Channel, Purpose, datetime]]


def a_world(n: int, seed: int) -> World:
    """A world in which every reason to refuse is common."""
    draw = np.random.default_rng(seed)
    sends = [
        (
            int(draw.integers(1, n + 1)),
            CHANNELS[int(draw.integers(0, 9))],
            PURPOSES[int(draw.integers(0, 6))],
            NOW - timedelta(minutes=int(draw.integers(0, 60 * 24 * 40))),
        )
        for _ in range(n * 2)
    ]
    return World(
        n=n,
        granted=draw.random((n, 6, 9)) < 0.8,
        personal=draw.random(n) < 0.9,
        blocked=draw.random(n) < 0.03,
        tolerance=draw.integers(0, 6, n),
        valid_days=draw.integers(-30, 300, n),
        birth_year=np.where(draw.random(n) < 0.05, 0, draw.integers(1940, 2006, n)),
        experienced=draw.random(n) < 0.6,
        aum=draw.integers(0, 50_000_000, n),
        high_risk=draw.integers(0, 20_000_000, n),
        complaints=draw.random(n) < 0.05,
        frozen=draw.random(n) < 0.04,
        held_out=draw.random(n) < 0.08,
        sends=sends,
    )


def consented(world: World, purpose: Purpose, channel: Channel) -> np.ndarray:
    """Who may be reached for the purpose on the channel, as far as the customer has a say."""
    allowed = ~world.blocked if purpose not in {Purpose.ANTIFRAUD, Purpose.LEGAL} else np.ones(world.n, bool)
    if purpose in SOLICITING:
        allowed &= world.granted[:, PURPOSES.index(purpose), CHANNELS.index(channel)]
    if purpose is Purpose.PROFILING:
        allowed &= world.personal
    return allowed


def suitable(world: World, product: str, amount: int) -> np.ndarray:
    """Who may be sold the product for the amount."""
    _, kind, grade = next(found for found in SHELF if found[0] == product)
    if kind == "deposit":
        return np.ones(world.n, bool)
    old = (world.birth_year == 0) | (world.birth_year <= TODAY.year - 65)
    fits = (world.tolerance > 0) & (world.valid_days >= 0) & (grade <= world.tolerance)
    if grade > 3:
        fits &= ~old & world.experienced
        fits &= (world.high_risk + amount) * 100 <= 40 * np.maximum(world.aum, world.high_risk + amount)
    if grade >= 3:
        share = np.where(old, 30, 50)
        fits &= amount * 100 <= share * np.maximum(world.aum, amount)
    return fits


def room(world: World, purpose: Purpose, channel: Channel, *, weekly: int, monthly: int) -> np.ndarray:
    """Whom the caps still have room for: ``weekly`` on the channel, ``monthly`` (30 days) on all."""
    week, month = np.zeros(world.n + 1, int), np.zeros(world.n + 1, int)
    for one_id, sent_on, sent_for, at in world.sends:
        if sent_for in SOLICITING:
            week[one_id] += sent_on is channel and at > NOW - timedelta(days=7)
            month[one_id] += at > NOW - timedelta(days=30)
    full = (week >= weekly) | (month >= monthly)
    return ~full[1:] if purpose in SOLICITING else np.ones(world.n, bool)


def verdicts(world: World, purpose: Purpose, channel: Channel, product: str | None, amount: int) -> np.ndarray:
    """For each customer the check that says no first, or an empty text."""
    soliciting = purpose in SOLICITING
    offering = purpose in {Purpose.MARKETING, Purpose.PROFILING}
    nobody = np.zeros(world.n, bool)
    against = [
        ("consent", ~consented(world, purpose, channel)),
        ("purpose", nobody if product is None or offering else ~nobody),
        ("suitability", nobody if product is None else ~suitable(world, product, amount)),
        ("freeze", (world.complaints | world.frozen) if soliciting else nobody),
        ("holdout", world.held_out if soliciting else nobody),
        ("cap", ~room(world, purpose, channel, weekly=1, monthly=3)),
    ]
    answer = np.full(world.n, "", dtype="<U12")
    for name, refused in reversed(against):
        answer[refused] = name
    return answer
