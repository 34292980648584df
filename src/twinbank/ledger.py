"""The ledger of core: puts a month's movements in order, keeps every balance, and never lets one fall below zero.

A balance that would fall below zero is topped up at the start of the month by a transfer from the owner's account at
another bank. Who leaves takes the rest along: the account is closed, or all but 50 yuan is moved away.
"""

from dataclasses import dataclass

import numpy as np

from twinbank import flows
from twinbank.accounts import Accounts
from twinbank.counterparties import Counterparties
from twinbank.customers import NEVER, Customers
from twinbank.draw import Floats, Ints, stream
from twinbank.spending import Life, closing_day, random_rows
from twinbank.window import SECONDS, Month

CHUNK = 8192  # accounts worked on together: small enough to stay in the processor's cache
_LEFT_BEHIND = 5_000  # fen
_LEAVES_AT = 16 * 3600 + 1800


@dataclass(frozen=True, slots=True)
class Page:
    """Posted movements of some accounts in one month, by account and time."""

    rows: flows.Flows
    balance: Ints


@dataclass(frozen=True, slots=True)
class Ledger:
    """The state: `balance` moves on with every month and is the only thing here that changes."""

    book: Accounts
    folk: Customers
    home: Life
    others: Counterparties
    leave: Ints  # (current accounts,)
    balance: Ints  # (accounts,): fen
    seed: int


def open_ledger(book: Accounts, folk: Customers, home: Life, others: Counterparties, *, seed: int) -> Ledger:
    """The ledger on the morning of the first day."""
    return Ledger(book, folk, home, others, closing_day(book, folk), book.opening.copy(), seed)


def activity(ledger: Ledger, month: Month) -> Floats:
    """(current accounts,): how alive each account is in a month."""
    owner = ledger.book.customer[: ledger.book.current]
    alive = ledger.folk.activity(month.first + 15)
    return np.where(owner >= 0, alive[owner], 1.0) * (ledger.book.opened[: ledger.book.current] <= month.last)


def chunks(ledger: Ledger) -> list[tuple[int, int]]:
    """Ranges of accounts that are posted together."""
    size = len(ledger.book)
    return [(low, min(low + CHUNK, size)) for low in range(0, size, CHUNK)]


def post(ledger: Ledger, month: Month, others: flows.Flows, alive: Floats, span: tuple[int, int]) -> Page:
    """Post one month of some accounts. `others`: this month's caused movements, sorted by account."""
    low, high = span
    rng = stream(ledger.seed, "ledger", month.label, low)
    own = random_rows(rng, ledger.home, ledger.book, ledger.others, month, low=low, high=high, activity=alive)
    cut = np.searchsorted(others.account, [low, high])
    caused = others.where(np.arange(cut[0], cut[1]))
    own = own.where(_alive(ledger, own))
    extra = [_interest(ledger, month, low, high), _edges(ledger, month, low, high)]
    rows = _ordered(flows.joined([own, caused, *extra]), month, low)
    return _balanced(ledger, rows, rng)


def _alive(ledger: Ledger, rows: flows.Flows) -> np.ndarray:
    day = rows.at // SECONDS
    return np.asarray((day < ledger.leave[rows.account]) & (day > ledger.book.opened[rows.account]))


def _interest(ledger: Ledger, month: Month, low: int, high: int) -> flows.Flows:
    """Interest on the 21st of each quarter's last month, on the balance at the start of the month."""
    rows = np.arange(low, min(high, ledger.book.current))
    day = month.first + 20
    if month.of_year % 3 or day > month.last:
        rows = rows[:0]
    rows = rows[(ledger.leave[rows] > day) & (ledger.balance[rows] > 8_000)]
    amount = np.maximum((ledger.balance[rows] * 0.0005 / 4).astype(np.int64), 1)
    return flows.flows(
        rows, np.full(len(rows), day), amount, second=np.full(len(rows), 60), code=flows.INT, other=flows.NOBODY,
        channel=flows.AUTO,
    )  # fmt: skip


def _edges(ledger: Ledger, month: Month, low: int, high: int) -> flows.Flows:
    """A row for a top-up at the start of each account's month and one for the leaving; amounts come later."""
    rows = np.arange(low, min(high, ledger.book.current))
    first = np.maximum(ledger.book.opened[rows], month.first)
    here = first <= month.last
    gone = rows[(ledger.leave[rows] >= month.first) & (ledger.leave[rows] <= month.last)]
    start = flows.flows(
        rows[here], first[here], np.zeros(int(here.sum()), np.int64), second=np.zeros(int(here.sum()), np.int64),
        code=flows.TRI,
        other=flows.FIRST, channel=flows.APP,
    )  # fmt: skip
    closed = ledger.book.closed[gone] > 0
    end = flows.flows(
        gone, ledger.leave[gone], np.zeros(len(gone), np.int64), second=np.full(len(gone), _LEAVES_AT), code=flows.TRO,
        other=flows.FIRST, channel=np.where(closed, flows.COUNTER, flows.APP),
    )  # fmt: skip
    code = np.where(closed, flows.CLS, flows.TRO)
    return flows.joined([start, flows.Flows(end.account, end.at, end.amount, code, end.other, end.channel)])


def _ordered(rows: flows.Flows, month: Month, low: int) -> flows.Flows:
    """By account, then time, then as they came; one integer holds all three, so any sort gives the same order."""
    bits = max(len(rows), 1).bit_length()
    key = ((rows.account - low) << (22 + bits)) | ((rows.at - month.first * SECONDS) << bits) | np.arange(len(rows))
    key.sort()
    return rows.where(key & ((1 << bits) - 1))


def _balanced(ledger: Ledger, rows: flows.Flows, rng: np.random.Generator) -> Page:
    if not len(rows):
        return Page(rows, rows.amount)
    amount, account = rows.amount.copy(), rows.account
    first = np.flatnonzero(np.r_[True, account[1:] != account[:-1]])
    owner = account[first]
    place = np.cumsum(np.r_[0, account[1:] != account[:-1]])
    sums = np.cumsum(amount)
    running = sums - (sums[first] - amount[first])[place] + ledger.balance[account]
    short = -np.minimum(np.minimum.reduceat(running, first), 0)
    top = np.where(
        (short > 0) & (owner < ledger.book.current), (short // 10_000 + rng.integers(1, 12, len(owner))) * 10_000, 0
    )
    amount[first] += np.where(amount[first] == 0, top, 0)
    running += top[place]
    second = rows.at % SECONDS
    day = rows.at // SECONDS
    leave = np.where(account < ledger.book.current, ledger.leave[np.minimum(account, ledger.book.current - 1)], NEVER)
    goes = np.flatnonzero((amount == 0) & (second == _LEAVES_AT) & (day == leave))
    rest = np.where(rows.code[goes] == flows.CLS, running[goes], np.maximum(running[goes] - _LEFT_BEHIND, 0))
    amount[goes] = -rest
    taken = np.zeros(len(first), dtype=np.int64)
    taken[place[goes]] = rest
    after = np.full(len(first), len(rows))
    after[place[goes]] = goes
    running -= np.where(np.arange(len(rows)) >= after[place], taken[place], 0)
    last = np.r_[first[1:], len(rows)] - 1
    ledger.balance[owner] = running[last]
    kept = np.flatnonzero(amount)
    other = np.where(
        (rows.code == flows.TRI) & (rows.other == flows.FIRST), _own_elsewhere(ledger, account), rows.other
    )
    other = np.where(
        ((rows.code == flows.CLS) | (rows.code == flows.TRO)) & (rows.other == flows.FIRST),
        _own_elsewhere(ledger, account),
        other,
    )
    return Page(flows.Flows(account, rows.at, amount, rows.code, other, rows.channel).where(kept), running[kept])


def _own_elsewhere(ledger: Ledger, account: Ints) -> Ints:
    """A counterparty elsewhere, always the same for one account."""
    return np.asarray(ledger.others.stranger + (account * 7919) % (ledger.others.firm - ledger.others.stranger))
