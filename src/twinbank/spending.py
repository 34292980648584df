"""Daily life on current accounts: salaries, pensions, transfers between customers, spending, cash."""

from dataclasses import dataclass

import numpy as np

from twinbank import flows
from twinbank.accounts import Accounts
from twinbank.companies import Companies
from twinbank.counterparties import Counterparties
from twinbank.customers import FARMER, NEVER, RETIRED, SALARIED, SELF_EMPLOYED, STUDENT, Customers
from twinbank.draw import Floats, Ints, Rng, happens, lognormal, pick, stream
from twinbank.people import People
from twinbank.window import SECONDS, Month, Window

_A_MONTH = np.array([17.0, 21.0, 24.0, 26.0, 11.0, 9.0])  # movements by persona, as students … farmers
_FIRM_A_MONTH = 45.0
# spending, transfer in, transfer out, cash out, cash in
_MIX, _MIX_CODES = (0.83, 0.055, 0.075, 0.025, 0.015), np.array([flows.CON, flows.TRI, flows.TRO, flows.WDR, flows.DEP])
_FIRM_MIX, _FIRM_CODES = (0.45, 0.5, 0.05), np.array([flows.TRI, flows.TRO, flows.FEE])
_HOURS = np.array(
    [4, 2, 1, 1, 1, 2, 8, 22, 38, 44, 46, 58, 64, 46, 42, 46, 50, 60, 70, 66, 54, 40, 22, 10], dtype=float
)
_FRIENDS = 3


@dataclass(frozen=True, slots=True)
class Life:
    """What the ledger needs to know of each current account, prepared once."""

    rate: Floats  # movements a month
    factor: Floats  # level of spending, 1 = an average income
    customer: Ints  # −1 = company
    friends: Ints  # (customers, 3): whom they send money to


def life(people: People, folk: Customers, book: Accounts, *, seed: int) -> Life:
    """Rates and friends; the first friend is of the same household where there is one."""
    rng = stream(seed, "life-of-accounts")
    owner = book.customer[: book.current]
    rate = np.where(owner >= 0, _A_MONTH[folk.persona[owner]] * rng.gamma(6.0, 1 / 6.0, len(owner)), _FIRM_A_MONTH)
    friends = rng.integers(0, len(folk), (len(folk), _FRIENDS))
    home = people.household[folk.person]
    same = home[1:] == home[:-1]
    friends[:-1, 0] = np.where(same, np.arange(1, len(folk)), friends[:-1, 0])
    friends[1:, 0] = np.where(same, np.arange(len(folk) - 1), friends[1:, 0])
    factor = np.sqrt(folk.income[owner] / 700_000)
    return Life(rate * book.share[: book.current], np.where(owner >= 0, factor, 60.0), owner, friends)


def monthly(
    folk: Customers, firms: Companies, book: Accounts, others: Counterparties, home: Life, month: Month, *, seed: int
) -> flows.Flows:
    """Salaries, pensions, allowances and transfers between our own customers in one month."""
    rng = stream(seed, "monthly", month.label)
    parts = [*_salaries(rng, folk, firms, book, others, month), _pensions(rng, folk, book, month)]
    parts += _between(rng, folk, book, others, home, month)
    return flows.joined(parts)


def _salaries(
    rng: Rng, folk: Customers, firms: Companies, book: Accounts, others: Counterparties, month: Month
) -> list[flows.Flows]:
    day = month.first + firms.pay_day - 1
    paid = np.flatnonzero((firms.employer >= 0) & (book.primary >= 0))
    firm = firms.employer[paid]
    paid = paid[(folk.leave[paid] > day[firm] + 20) & (folk.opened[paid] < day[firm]) & (day[firm] <= month.last)]
    firm = firms.employer[paid]
    bonus = 1.6 if month.of_year == 1 else 1.0
    amount = (folk.income[paid] * rng.normal(1.0, 0.04, len(paid)).clip(0.7, 1.3) * bonus).astype(np.int64)
    in_ = flows.flows(
        book.primary[paid], day[firm], amount, second=32_400 + rng.integers(0, 3600, len(paid)), code=flows.SAL,
        other=others.firm + firm, channel=flows.AUTO,
    )  # fmt: skip
    bill = np.bincount(firm, amount, len(firms)).astype(np.int64)
    pays = np.flatnonzero(bill)
    out = flows.flows(
        book.firm[pays], day[pays], -bill[pays], second=np.full(len(pays), 32_000), code=flows.TRO, other=flows.NOBODY,
        channel=flows.WEB,
    )  # fmt: skip
    return [in_, out]


def _pensions(rng: Rng, folk: Customers, book: Accounts, month: Month) -> flows.Flows:
    """Pensions on the 15th, salaries of those paid through other banks on the 10th, money from home for students."""
    day = np.select([folk.persona == RETIRED, folk.persona == STUDENT], [14, 2], 9) + month.first
    code = np.where(folk.persona == RETIRED, flows.SAL, flows.TRI)
    gets = np.flatnonzero((book.primary >= 0) & (folk.leave > day + 20) & (folk.opened < day) & (day <= month.last))
    worker = (folk.persona[gets] >= SALARIED) & (folk.persona[gets] <= FARMER)
    gets = gets[
        ~worker
        | (folk.persona[gets] == RETIRED)
        | happens(rng, 0.35, len(gets))
        | (folk.persona[gets] == SELF_EMPLOYED)
    ]
    size = len(gets)
    amount = (folk.income[gets] * rng.normal(0.8, 0.1, size).clip(0.3, 1.3)).astype(np.int64)
    other = np.where(folk.persona[gets] == RETIRED, flows.STATE_PENSION, flows.FIRST)
    out = flows.flows(
        book.primary[gets], day[gets], amount, second=rng.integers(8 * 3600, 18 * 3600, size), code=flows.TRI,
        other=other, channel=flows.AUTO,
    )  # fmt: skip
    return flows.Flows(out.account, out.at, out.amount, code[gets], out.other, out.channel)


def _between(
    rng: Rng, folk: Customers, book: Accounts, others: Counterparties, home: Life, month: Month
) -> list[flows.Flows]:
    """Transfers from customer to customer: one row on each side, in the same second."""
    there = (book.primary >= 0) & (folk.opened < month.first)
    sender = np.repeat(np.arange(len(folk)), rng.poisson(np.where(there, 0.9 * folk.activity(month.first + 15), 0)))
    receiver = home.friends[sender, pick(rng, (55, 25, 20), len(sender))]
    at = month.first * SECONDS + rng.integers(0, month.days * SECONDS, len(sender))
    day = at // SECONDS
    fine = there[receiver] & (folk.leave[receiver] > day) & (folk.leave[sender] > day) & (receiver != sender)
    sender, receiver, at = sender[fine], receiver[fine], at[fine]
    amount = (lognormal(rng, np.sqrt(folk.income[sender] / 700_000) * 400, 1.1, len(sender))).astype(
        np.int64
    ) * 100 + 100
    from_, to = book.primary[sender], book.primary[receiver]
    return [
        flows.flows(
            a, at // SECONDS, sign * amount, second=at % SECONDS, code=code, other=others.account + b, channel=flows.APP
        )
        for a, b, sign, code in ((from_, to, -1, flows.TRO), (to, from_, 1, flows.TRI))
    ]


def opening_deposits(folk: Customers, book: Accounts, window: Window) -> flows.Flows:
    """The first money of accounts opened inside the window."""
    rows = np.flatnonzero((book.opened[: book.current] >= window.start) & (book.customer[: book.current] >= 0))
    amount = np.maximum(folk.wealth[book.customer[rows]] // 4 // 10_000 * 10_000, 10_000)
    return flows.flows(
        rows, book.opened[rows], amount, second=np.full(len(rows), 36_000), code=flows.DEP, other=flows.NOBODY,
        channel=flows.COUNTER,
    )  # fmt: skip


def random_rows(
    rng: Rng, home: Life, book: Accounts, others: Counterparties, month: Month, *, low: int, high: int, activity: Floats
) -> flows.Flows:
    """Everyday movements of current accounts `low` … `high` − 1 in one month, in no order."""
    rows = np.arange(low, min(high, book.current))
    count = rng.poisson(home.rate[rows] * activity[rows] * month.days / 30.4)
    account = np.repeat(rows, count)
    size = len(account)
    firm = home.customer[account] < 0
    code = np.where(firm, _FIRM_CODES[pick(rng, _FIRM_MIX, size)], _MIX_CODES[pick(rng, _MIX, size)])
    at = _when(rng, month, size)
    merchant = pick(rng, others.popularity, size)
    shop = code == flows.CON
    price = np.where(
        shop, others.price[merchant], np.array([0, 550, 420, 0, 600, 1500, 0, 0, 0, 1])[np.minimum(code, 9)]
    )
    amount = lognormal(rng, price * home.factor[account] * 100, 0.85, size).astype(np.int64) + 1
    cash = (code == flows.WDR) | (code == flows.DEP)
    amount = np.where(cash, np.maximum(amount // 10_000, 1) * 10_000, amount)
    stranger = others.stranger + rng.integers(0, others.firm - others.stranger, size)
    other = np.where(shop, flows.FIRST + merchant, np.where(cash | (code == flows.FEE), flows.NOBODY, stranger))
    channel = np.where(shop, pick(rng, (0, 0, 0, 4, 0, 12, 46, 38), size), np.where(cash, flows.ATM, flows.APP))
    sign = np.where((code == flows.TRI) | (code == flows.DEP), 1, -1)
    return flows.Flows(account, at, amount * sign, code, other, channel)


def _when(rng: Rng, month: Month, size: int) -> Ints:
    """Local seconds inside the month: by hour of the day, a little more at weekends."""
    days = np.arange(month.first, month.last + 1)
    weekend = (days + 3) % 7 >= 5
    day = month.first + pick(rng, np.where(weekend, 1.2, 1.0), size)
    return np.asarray(day * SECONDS + pick(rng, _HOURS, size) * 3600 + rng.integers(0, 3600, size))


def closing_day(book: Accounts, folk: Customers) -> Ints:
    """Day on which the owner of each current account leaves, `NEVER` when he stays."""
    owner = book.customer[: book.current]
    return np.where(owner >= 0, folk.leave[owner], NEVER)
