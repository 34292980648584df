"""Accounts of core: current accounts of persons and companies, and term deposits with their principal."""

from dataclasses import dataclass

import numpy as np

from twinbank import digits, flows
from twinbank.companies import Companies
from twinbank.customers import Customers
from twinbank.draw import Bools, Floats, Ints, Texts, happens, lognormal, pick, stream
from twinbank.register import Register
from twinbank.shelf import Shelf
from twinbank.window import Window


@dataclass(frozen=True, slots=True)
class Terms:
    """Term deposits; `account` is the row in Accounts."""

    account: Ints
    product: Ints
    principal: Ints
    rate: Floats
    start: Ints
    end: Ints
    renew: Bools
    paid_out: Bools
    ended: Ints  # day the money went back, 0 = still running
    source: Ints  # current account it came from


@dataclass(frozen=True, slots=True)
class Accounts:
    """Current accounts (records in order, then second accounts), then term accounts."""

    number: Texts
    record: Ints  # row of core's Register
    customer: Ints  # row of Customers, −1 = company
    share: Floats  # part of the owner's daily life that runs through it; 0 for term accounts
    opened: Ints
    closed: Ints  # 0 = open
    opening: Ints  # fen at the start of the window
    primary: Ints  # (customers,): main current account or −1
    firm: Ints  # (companies,): the company's account
    current: int  # number of current accounts; they come first
    terms: Terms

    def __len__(self) -> int:
        return len(self.number)


def _numbers(count: int, seed: int) -> Texts:
    order = stream(seed, "account-numbers").permutation(count)
    body = digits.padded(629_988_000_000_000_000 + 10_000_000_000 + order * 37, 18)
    return np.asarray(digits.text(np.column_stack([body, digits.luhn(body)])).astype("U19"))


def _terms(folk: Customers, primary: Ints, shelf: Shelf, window: Window, seed: int) -> tuple[Terms, Ints]:
    """Term deposits bought between two years before the window and its end, and their owners."""
    rng = stream(seed, "terms")
    chance = np.where(folk.wealth > 1_000_000, 0.15 + 0.5 * folk.likes[:, 0], 0.02)
    owner = np.flatnonzero((primary >= 0) & happens(rng, chance, len(folk)))
    owner = np.repeat(owner, 1 + pick(rng, (60, 28, 12), len(owner)))
    size = len(owner)
    principal = np.maximum(lognormal(rng, folk.wealth[owner] * 0.22, 0.5, size) // 100_000 * 100_000, 500_000).astype(
        np.int64
    )
    small, large = shelf.rows("deposit")[[1, 3, 5, 7, 9, 11]], shelf.rows("deposit")[[2, 4, 6, 8, 10, 12]]
    kind = pick(rng, (16, 18, 30, 14, 18, 4), size)
    product = np.where(principal >= 20_000_000, large[kind], small[kind])
    term, rate = shelf.column("term")[product], shelf.column("rate")[product]
    start = window.until - (rng.random(size) * (term + 120)).astype(np.int64)
    start = np.maximum(start, folk.opened[owner] + 3)
    due = start + term
    early = np.maximum(folk.leave[owner] - rng.integers(2, 25, size), start + 1)
    end = np.minimum(due, early)
    keep = (start <= window.until) & (due >= window.start) & (early >= window.start) & (start < folk.leave[owner] - 3)
    ended = np.where(end <= window.until, end, 0)
    columns = (
        primary[owner],
        product,
        principal,
        rate,
        start,
        due,
        happens(rng, 0.2, size),
        ended > 0,
        ended,
        primary[owner],
    )
    return Terms(*(column[keep] for column in columns)), owner[keep]


def accounts(folk: Customers, firms: Companies, core: Register, shelf: Shelf, window: Window, *, seed: int) -> Accounts:
    """All accounts; those of leavers without debts are closed on the day they leave."""
    rng = stream(seed, "accounts")
    second = np.flatnonzero((core.customer >= 0) & happens(rng, 0.15, len(core)))
    record = np.concatenate([np.arange(len(core)), second])
    owner = core.customer[record]
    current = len(record)
    primary = core.first.copy()  # the first records' accounts stand in record order
    main = (owner >= 0) & (primary[owner] == np.arange(current))
    share = np.where(owner < 0, 1.0, np.where(main, 0.92, 0.12))
    money = np.where(owner >= 0, folk.wealth[owner], 0)
    opening = np.where(
        main, lognormal(rng, money * 0.12 + 50_000, 0.7, current), lognormal(rng, 80_000.0, 1.0, current)
    )
    firm = np.flatnonzero(owner < 0)
    opening[firm] = lognormal(rng, 60_000_000.0, 1.2, len(firm))
    opened = np.where(owner >= 0, folk.opened[owner] + np.where(main, 0, 40), 0)
    opened = np.minimum(opened, np.minimum(window.until - 2, folk.leave[owner] - 2))
    opened[firm] = firms.opened[core.company[record[firm]]]
    opening = np.where(opened >= window.start, 0, opening).astype(np.int64)
    free = ~(folk.has["loan"] | folk.has["card"])
    closing = (owner >= 0) & folk.leaves[owner] & free[owner] & happens(rng, 0.8, len(folk))[owner]
    closed = np.where(closing, folk.leave[owner], 0)
    terms, holder = _terms(folk, primary, shelf, window, seed)
    rows = current + np.arange(len(holder))
    before = terms.start < window.start
    return Accounts(
        number=_numbers(current + len(holder), seed),
        record=np.concatenate([record, core.first[holder]]),
        customer=np.concatenate([owner, holder]),
        share=np.concatenate([share, np.zeros(len(holder))]),
        opened=np.concatenate([opened, terms.start]),
        closed=np.concatenate([closed, terms.ended]),
        opening=np.concatenate([opening, np.where(before, terms.principal, 0)]),
        primary=primary,
        firm=firm,
        current=current,
        terms=Terms(rows, *(getattr(terms, name) for name in Terms.__slots__[1:])),
    )


def term_flows(book: Accounts, window: Window, *, seed: int) -> flows.Flows:
    """Principal to the term account, principal and interest back."""
    rng = stream(seed, "term-flows")
    terms = book.terms
    size = len(terms.account)
    second = rng.integers(9 * 3600, 17 * 3600, size)
    new = terms.start >= window.start
    back = terms.ended >= window.start
    days = np.where(terms.ended > 0, terms.ended - terms.start, 0)
    rate = np.where(terms.ended < terms.end, 0.05, terms.rate)  # broken early: paid like a current account
    interest = np.maximum((terms.principal * rate / 100 * days / 365).astype(np.int64), 1)

    def part(mask: Bools, account: Ints, day: Ints, amount: Ints, *, code: int, add: int) -> flows.Flows:
        return flows.flows(
            account[mask], day[mask], amount[mask], second=second[mask] + add, code=code, other=flows.TERM_DESK,
            channel=flows.APP if code == flows.TDO else flows.AUTO,
        )  # fmt: skip

    return flows.joined(
        [
            part(new, terms.source, terms.start, -terms.principal, code=flows.TDO, add=0),
            part(new, terms.account, terms.start, terms.principal, code=flows.TDO, add=1),
            part(back, terms.account, terms.ended, -terms.principal, code=flows.TDM, add=0),
            part(back, terms.source, terms.ended, terms.principal, code=flows.TDM, add=1),
            part(back, terms.source, terms.ended, interest, code=flows.INT, add=2),
        ]
    )
