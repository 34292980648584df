"""Contacts between customers and staff: calls and complaints, WeCom chats, visits, campaign touches."""

from dataclasses import dataclass

import numpy as np

from twinbank import phrases
from twinbank.customers import Customers
from twinbank.draw import Floats, Ints, Rng, happens, pick, stream
from twinbank.register import Register
from twinbank.window import SECONDS, Month

CALL_KINDS = ("咨询", "投诉", "建议", "挂失")
MOODS = tuple(phrases.CHAT_IN)


@dataclass(frozen=True, slots=True)
class Contact:
    """One row a call, message, visit or touch; `record` is a row of the register of the system it is kept in."""

    record: Ints
    at: Ints  # local second
    kind: Ints
    staff: Ints  # row of Staff
    lot: Ints  # a random number that chooses words


def calls(folk: Customers, register: Register, tellers: Ints, month: Month, *, seed: int) -> Contact:
    """Every complaint of the month that reaches the call centre, and everyday questions."""
    rng = stream(seed, "calls", month.label)
    owner = register.customer
    angry = np.flatnonzero(folk.complaint[owner, month.number] & (folk.leave[owner] >= month.first))
    asks = _poisson(rng, np.where(folk.leave[owner] > month.first, 0.12, 0))
    record = np.concatenate([angry, asks])
    kind = np.where(np.arange(len(record)) < len(angry), 1, np.array([0, 2, 3])[pick(rng, (86, 8, 6), len(record))])
    return _contact(rng, record, kind, tellers[rng.integers(0, len(tellers), len(record))], month, 8, 21)


def mood(folk: Customers, owner: Ints, month: Month) -> Floats:
    """(n, 5): weights of plain, wealth, angry, life, leaving talk of each customer in a month."""
    span = slice(max(0, month.number - 1), month.number + 1)
    soon = (folk.leave[owner] - month.first < 70).astype(float)
    angry = folk.complaint[owner, span].any(axis=1) + 0.08 * folk.price_sensitivity[owner]
    life = (folk.life_event[owner, span] > 0).any(axis=1).astype(float)
    return np.column_stack([np.full(len(owner), 2.0), 0.6 + folk.likes[owner, 1] * 3, angry * 3, life * 3, soon * 4])


def chats(folk: Customers, register: Register, month: Month, *, seed: int) -> Contact:
    """WeCom messages; even numbers of `lot` come from the customer. `kind` is the mood (index of MOODS)."""
    rng = stream(seed, "chats", month.label)
    owner = register.customer
    talk = _poisson(rng, np.where(folk.leave[owner] > month.first, 0.55 * (0.4 + folk.digital[owner]), 0))
    weights = np.cumsum(mood(folk, owner[talk], month), axis=1)
    kind = (rng.random(len(talk))[:, None] * weights[:, -1:] > weights).sum(axis=1)
    length = 1 + rng.integers(0, 4, len(talk))
    first = _contact(rng, talk, kind, folk.rm[owner[talk]], month, 8, 22)
    turn = np.arange(length.sum()) - np.repeat(np.cumsum(length) - length, length)
    at: Ints = np.asarray(np.repeat(first.at, length) + turn * rng.integers(20, 900, len(turn)), dtype=np.int64)
    order = np.argsort(at, kind="stable")
    lot = rng.integers(0, 10**6, len(turn)) * 2 + (turn + np.repeat(first.lot, length)) % 2
    rows: tuple[Ints, ...] = (
        np.repeat(first.record, length),
        at,
        np.repeat(first.kind, length),
        np.repeat(first.staff, length),
        lot,
    )
    keep = order[at[order] < (month.last + 1) * SECONDS]
    return Contact(*(column[keep] for column in rows))


def visits(folk: Customers, register: Register, month: Month, *, seed: int) -> Contact:
    """Visits and calls by RMs: more for richer customers."""
    rng = stream(seed, "visits", month.label)
    owner = register.customer
    rich = np.clip(np.log10(folk.wealth[owner] / 1e6), 0, 3)
    rows = _poisson(rng, np.where(folk.leave[owner] > month.first, 0.02 + 0.03 * rich, 0))
    return _contact(rng, rows, pick(rng, (30, 45, 25), len(rows)), folk.rm[owner[rows]], month, 9, 18)


def touches(folk: Customers, register: Register, month: Month, *, seed: int) -> Contact:
    """Campaign touches; `kind` = campaign × 10 + channel (短信 电话 微信 APP推送)."""
    rng = stream(seed, "touches", month.label)
    owner = register.customer
    rows = np.flatnonzero((folk.leave[owner] > month.first) & happens(rng, 0.16, len(owner)))
    campaign = (month.number * 3 + rng.integers(0, 3, len(rows))) % len(phrases.CAMPAIGNS)
    kind = campaign * 10 + pick(rng, (45, 20, 20, 15), len(rows))
    return _contact(rng, rows, kind, folk.rm[owner[rows]], month, 9, 20)


def _poisson(rng: Rng, rate: Floats) -> Ints:
    return np.repeat(np.arange(len(rate)), rng.poisson(rate))


def _contact(rng: Rng, record: Ints, kind: Ints, staff: Ints, month: Month, open_: int, close: int) -> Contact:
    size = len(record)
    at = (month.first + rng.integers(0, month.days, size)) * SECONDS + rng.integers(open_ * 3600, close * 3600, size)
    order = np.argsort(at, kind="stable")
    return Contact(record[order], at[order], kind[order], staff[order], rng.integers(0, 10**6, size))
