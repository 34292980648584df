"""Credit cards: purchases, a bill each month, and payments, some of them from current accounts in core."""

from dataclasses import dataclass

import numpy as np

from twinbank import digits, flows
from twinbank.accounts import Accounts
from twinbank.counterparties import Counterparties
from twinbank.customers import Customers
from twinbank.draw import Ints, Texts, happens, lognormal, pick, stream
from twinbank.lending import brought
from twinbank.register import Register
from twinbank.shelf import Shelf
from twinbank.window import SECONDS, Month, Window

GRACE_DAYS = 18


@dataclass(frozen=True, slots=True)
class Cards:
    """One row a card; `owed` moves on from month to month, so it is a list of states held by the caller."""

    number: Texts
    record: Ints  # row of the card register
    customer: Ints
    product: Ints
    limit: Ints
    opened: Ints
    closed: Ints  # 0 = open
    autopay: Ints  # row of Accounts, −1 = none
    bill_day: Ints
    habit: Ints  # 0 pays all, 1 pays the minimum, 2 pays late or not at all

    def __len__(self) -> int:
        return len(self.number)


@dataclass(frozen=True, slots=True)
class Bills:
    """Bills of one month; fen."""

    card: Ints
    day: Ints
    due: Ints
    amount: Ints
    minimum: Ints
    paid: Ints
    paid_on: Ints
    overdue: Ints


@dataclass(frozen=True, slots=True)
class Purchases:
    """Card transactions of one month by time; `kind` 1 purchase 2 cash 3 repayment 5 interest; fen."""

    card: Ints
    at: Ints
    kind: Ints
    amount: Ints
    merchant: Ints  # −1 = none
    channel: Ints


def cards(folk: Customers, holders: Register, book: Accounts, shelf: Shelf, window: Window, *, seed: int) -> Cards:
    """One card, sometimes two, for every cardholder record."""
    rng = stream(seed, "cards")
    record = np.arange(len(holders))
    record = np.concatenate([record, record[happens(rng, 0.1, len(record))]])
    owner = holders.customer[record]
    size = len(record)
    body = digits.padded(629_977_100_000_000 + rng.permutation(size) * 83, 15)
    number = digits.text(np.column_stack([body, digits.luhn(body)])).astype("U16")
    limit = (lognormal(rng, folk.income[owner] * 3.0, 0.4, size) // 100_000 + 1).astype(np.int64) * 100_000
    opened = np.minimum(np.maximum(folk.opened[owner], window.until - rng.integers(30, 3000, size)), window.until - 1)
    opened = np.minimum(opened, folk.leave[owner] - 2)
    leaver = folk.leaves[owner]
    return Cards(
        number, record, owner, shelf.rows("card")[pick(rng, (40, 20, 15, 20, 5), size)], limit, opened,
        np.where(leaver & happens(rng, 0.5, size), np.minimum(folk.leave[owner] + 30, window.until), 0),
        np.where(happens(rng, 0.7, size), book.primary[owner], -1), rng.integers(3, 10, size),
        pick(rng, (88, 9, 3), size),
    )  # fmt: skip


def first_debt(deck: Cards, folk: Customers, window: Window, *, seed: int) -> Ints:
    """What every card owes when the window begins."""
    rng = stream(seed, "card-debt")
    debt = lognormal(rng, folk.income[deck.customer] * 0.12, 0.7, len(deck))
    owes = happens(rng, 0.7, len(deck)) & (deck.opened < window.start)
    return np.where(owes, debt, 0).astype(np.int64)


def month(
    deck: Cards, owed: Ints, folk: Customers, others: Counterparties, month_: Month, *, seed: int
) -> tuple[Purchases, Bills, flows.Flows, Ints]:
    """One month of all cards: transactions, bills, what core sees of the payments, and the debt afterwards."""
    rng = stream(seed, "card-month", month_.label)
    live = (deck.opened < month_.first) & (folk.leave[deck.customer] > month_.first)
    bills, pays = _bills(deck, owed, month_, rng)
    middle = month_.first + 15
    count = rng.poisson(np.where(live, 8.0 * folk.activity(middle)[deck.customer] * month_.days / 30, 0))
    card = np.repeat(np.arange(len(deck)), count)
    size = len(card)
    merchant = pick(rng, others.popularity, size)
    factor = (folk.income[deck.customer[card]] / 700_000) ** 0.5
    amount = (
        np.minimum(lognormal(rng, others.price[merchant] * 130 * factor, 0.8, size), deck.limit[card] / 6).astype(
            np.int64
        )
        + 1
    )
    day = month_.first + rng.integers(0, month_.days, size)
    at = day * SECONDS + rng.integers(7 * 3600, 23 * 3600, size)
    buys = Purchases(card, at, np.ones(size, np.int64), amount, merchant, pick(rng, (0, 0, 0, 0, 0, 45, 30, 25), size))
    both = Purchases(*(np.concatenate([getattr(buys, n), getattr(pays, n)]) for n in Purchases.__slots__))
    order = np.argsort(both.at, kind="stable")
    done = Purchases(*(getattr(both, n)[order] for n in Purchases.__slots__))
    sign = np.where(done.kind == 3, -1, 1)
    after = owed + np.bincount(done.card, done.amount * sign, len(deck)).astype(np.int64)
    return done, bills, _from_core(deck, folk, pays), after


def _bills(deck: Cards, owed: Ints, month_: Month, rng: np.random.Generator) -> tuple[Bills, Purchases]:
    card = np.flatnonzero(owed > 0)
    amount = owed[card]
    day = month_.first + deck.bill_day[card] - 1
    due = day + GRACE_DAYS
    minimum = np.maximum(amount // 10, 1)
    habit = deck.habit[card]
    pay = np.choose(habit, [amount, minimum, np.where(rng.random(len(card)) < 0.5, minimum, 0)])
    paid_on = due - rng.integers(0, 6, len(card)) * (deck.autopay[card] < 0) + (habit == 2)
    done = (pay > 0) & (paid_on <= month_.last)
    pay, paid_on = np.where(done, pay, 0), np.where(done, paid_on, 0)
    overdue = np.where((pay < minimum) & (due < month_.last), month_.last - due, 0)
    rows = day <= month_.last
    bills = Bills(*(c[rows] for c in (card, day, due, amount, minimum, pay, paid_on, overdue)))
    paid = np.flatnonzero(done & rows)
    at = paid_on[paid] * SECONDS + rng.integers(8 * 3600, 20 * 3600, len(paid))
    channel = np.where(deck.autopay[card[paid]] >= 0, flows.AUTO, flows.APP)
    return bills, Purchases(card[paid], at, np.full(len(paid), 3), pay[paid], np.full(len(paid), -1), channel)


def _from_core(deck: Cards, folk: Customers, pays: Purchases) -> flows.Flows:
    mine = np.flatnonzero(deck.autopay[pays.card] >= 0)
    card = pays.card[mine]
    out = flows.flows(
        deck.autopay[card], pays.at[mine] // SECONDS, -pays.amount[mine], second=pays.at[mine] % SECONDS,
        code=flows.CRP, other=flows.CARD_DESK, channel=flows.AUTO,
    )  # fmt: skip
    return flows.joined([out, brought(out, folk.leave[deck.customer[card]])])
