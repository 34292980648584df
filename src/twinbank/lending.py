"""Loans: contracts, their repayment schedule, who pays late, who guarantees."""

from dataclasses import dataclass

import numpy as np

from twinbank import flows
from twinbank.accounts import Accounts
from twinbank.customers import FARMER, SELF_EMPLOYED, Customers
from twinbank.draw import Bools, Floats, Ints, happens, lognormal, pick, stream
from twinbank.register import Register
from twinbank.shelf import Shelf
from twinbank.window import SECONDS, Window

AHEAD_DAYS = 365
MORTGAGE, CONSUMER, BUSINESS, CAR, FUND = range(5)
_MONTHS = ((240, 300, 360), (12, 24, 36), (12, 12, 24), (24, 36, 60), (240, 300, 360))
_TIMES_INCOME = np.array([80.0, 8.0, 22.0, 12.0, 60.0])


@dataclass(frozen=True, slots=True)
class Contracts:
    """One row a loan contract; money fen, rate percent a year."""

    record: Ints  # row of the loan register
    customer: Ints
    product: Ints
    amount: Ints
    rate: Floats
    months: Ints
    start: Ints
    bullet: Bools  # interest monthly, principal at the end
    late_days: Ints  # usual delay of payments
    missed: Ints  # number of last due instalments not paid
    account: Ints  # current account it is repaid from

    def __len__(self) -> int:
        return len(self.customer)


@dataclass(frozen=True, slots=True)
class Schedule:
    """Instalments due inside the window and in the year after it."""

    contract: Ints
    period: Ints
    due: Ints
    principal: Ints
    interest: Ints
    paid_on: Ints  # 0 = not (yet)
    owed_after: Ints  # principal owed after it


def contracts(
    folk: Customers, loans: Register, book: Accounts, shelf: Shelf, window: Window, *, seed: int
) -> Contracts:
    """One contract, sometimes two, for each borrower record."""
    rng = stream(seed, "contracts")
    record = np.arange(len(loans))
    record = np.concatenate([record, record[happens(rng, 0.18, len(record))]])
    owner = loans.customer[record]
    size = len(record)
    trade = np.isin(folk.persona[owner], (SELF_EMPLOYED, FARMER))
    kind = np.where(trade, pick(rng, (20, 20, 45, 10, 5), size), pick(rng, (40, 30, 2, 12, 16), size))
    months = np.array(_MONTHS)[kind, rng.integers(0, 3, size)]
    amount = (lognormal(rng, folk.income[owner] * _TIMES_INCOME[kind], 0.35, size) // 1_000_000 + 1).astype(
        np.int64
    ) * 1_000_000
    age = (rng.random(size) * np.minimum(months, 100) * 30.4).astype(np.int64)
    start = np.maximum(window.until - 5 - age, folk.opened[owner] + 3)
    start = np.minimum(start, window.until - 1)
    product = shelf.rows("loan")[kind]
    rate = np.round(shelf.column("rate")[product] + rng.normal(0, 0.25, size), 2)
    late = np.where(happens(rng, 0.06, size), rng.integers(1, 20, size), 0)
    missed = np.where(happens(rng, 0.02, size), rng.integers(1, 4, size), 0)
    return Contracts(
        record, owner, product, amount, rate, months, start, kind == BUSINESS, late, missed, book.primary[owner]
    )


def _month_of(day: Ints) -> tuple[Ints, Ints]:
    date = np.asarray(day).astype("datetime64[D]")
    month = date.astype("datetime64[M]")
    return month.astype(np.int64), (date - month).astype(np.int64) + 1


def schedule(loans: Contracts, window: Window) -> Schedule:
    """Equal instalments (or interest and a final principal), due on the day of the month the loan was paid out."""
    begin, day = _month_of(loans.start)
    low = np.maximum(1, _month_of(np.array([window.start]))[0] - begin)
    high = np.minimum(loans.months, _month_of(np.array([window.until + AHEAD_DAYS]))[0] - begin)
    count = np.maximum(high - low + 1, 0)
    contract = np.repeat(np.arange(len(loans)), count)
    period = low[contract] + np.arange(len(contract)) - np.repeat(np.cumsum(count) - count, count)
    due = (begin[contract] + period).astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    due += np.minimum(day[contract], 28) - 1
    monthly, months = loans.rate[contract] / 1200, loans.months[contract]
    owed = [_owed(loans.amount[contract], monthly, months, period - back) for back in (1, 0)]
    bullet = loans.bullet[contract]
    owed = [
        np.where(bullet, np.where(at < months, loans.amount[contract], 0), o)
        for at, o in zip((period - 1, period), owed, strict=True)
    ]
    interest = np.round(owed[0] * monthly).astype(np.int64)
    past = due + loans.late_days[contract] <= window.until
    left = np.bincount(contract, past, len(loans)).astype(np.int64)[contract]
    turn = period - low[contract]
    paid = past & (turn < left - loans.missed[contract])
    return Schedule(
        contract, period, due, owed[0] - owed[1], interest, np.where(paid, due + loans.late_days[contract], 0), owed[1]
    )


def _owed(amount: Ints, monthly: Floats, months: Ints, period: Ints) -> Ints:
    """Principal owed after `period` equal instalments, fen."""
    growth = (1 + monthly) ** period
    payment = amount * monthly / (1 - (1 + monthly) ** -months)
    return np.where(period >= months, 0, np.round(amount * growth - payment * (growth - 1) / monthly)).astype(np.int64)


def balances(loans: Contracts, plan: Schedule, window: Window) -> tuple[Ints, Ints]:
    """Principal owed and days past due of each contract on the last data date."""
    begin, _ = _month_of(loans.start)
    before = np.maximum(0, _month_of(np.array([window.start]))[0] - begin - 1)
    owed = _owed(loans.amount, loans.rate / 1200, loans.months, np.minimum(before, loans.months))
    owed = np.where(loans.bullet & (before < loans.months), loans.amount, owed)
    paid = np.flatnonzero(plan.paid_on > 0)
    owed[plan.contract[paid]] = plan.owed_after[paid]  # rows are in order of period, so the last one stays
    open_ = np.flatnonzero((plan.paid_on == 0) & (plan.due < window.until))
    days = np.zeros(len(loans), dtype=np.int64)
    np.maximum.at(days, plan.contract[open_], window.until - plan.due[open_])
    return owed, days


def loan_flows(loans: Contracts, plan: Schedule, folk: Customers, window: Window, *, seed: int) -> flows.Flows:
    """Payouts and repayments; who has left the bank in all but debts brings the money for each repayment."""
    rng = stream(seed, "loan-flows")
    new = np.flatnonzero(loans.start >= window.start)
    out = [
        flows.flows(
            loans.account[new], loans.start[new], loans.amount[new], second=rng.integers(34_000, 60_000, len(new)),
            code=flows.LDR, other=flows.LOAN_DESK, channel=flows.COUNTER,
        ),
        flows.flows(
            loans.account[new], loans.start[new], -loans.amount[new], second=np.full(len(new), 61_000),
            code=flows.TRO, other=flows.LOAN_DESK, channel=flows.AUTO,
        ),
    ]  # fmt: skip
    paid = np.flatnonzero(plan.paid_on >= window.start)
    contract = plan.contract[paid]
    repay = flows.flows(
        loans.account[contract], plan.paid_on[paid], -(plan.principal + plan.interest)[paid],
        second=rng.integers(6 * 3600, 20 * 3600, len(paid)), code=flows.LRP, other=flows.LOAN_DESK, channel=flows.AUTO,
    )  # fmt: skip
    return flows.joined([*out, repay, brought(repay, folk.leave[loans.customer[contract]])])


def brought(payments: flows.Flows, leave: Ints) -> flows.Flows:
    """Money brought in an hour before each payment that falls after its owner has left."""
    late = payments.where(payments.at >= leave * SECONDS)
    size = len(late)
    return flows.Flows(
        late.account,
        late.at - 3600,
        -late.amount,
        np.full(size, flows.TRI),
        np.full(size, flows.FIRST),
        np.full(size, flows.APP),
    )
