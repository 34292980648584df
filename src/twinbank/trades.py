"""Wealth, funds, insurance and metal: positions bought by preference and risk, held, matured, redeemed, taken away."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from twinbank import flows
from twinbank.accounts import Accounts
from twinbank.customers import Customers
from twinbank.draw import Floats, Ints, Rng, happens, lognormal, stream
from twinbank.register import Register
from twinbank.shelf import KINDS, PAST_DAYS, Shelf
from twinbank.window import SECONDS, Window


@dataclass(frozen=True, slots=True)
class Positions:
    """One row a position; day 0 = none; money fen."""

    customer: Ints
    product: Ints
    amount: Ints
    units: Floats
    started: Ints
    matures: Ints
    ended: Ints
    proceeds: Ints  # paid back when it ended
    value: Ints  # on the last data date
    at: Ints  # local second of the order
    by_app: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.customer)


def _choose(rng: Rng, folk: Customers, owner: Ints, day: Ints, shelf: Shelf) -> Ints:
    """A product of a liked kind, sold on about that day, of a risk that fits (one time in ten it does not)."""
    kind = np.zeros(len(owner), dtype=np.int64)
    taste = np.cumsum(folk.likes[owner, 1:], axis=1)
    kind = (rng.random(len(owner))[:, None] * taste[:, -1:] > taste).sum(axis=1)
    risk = np.array([int(p.risk[1:] or 0) for p in shelf.products])
    starts = shelf.column("starts")
    product = np.full(len(owner), -1)
    for at, name in enumerate(KINDS[1:]):
        rows = np.flatnonzero(kind == at)
        open_ended = shelf.rows(name)[starts[shelf.rows(name)] == 0]
        for level in range(1, 6):
            mine = rows[np.minimum(folk.tolerance[owner[rows]] + happens(rng, 0.1, len(rows)), 5) == level]
            fit = open_ended[risk[open_ended] <= level]
            if len(fit):
                product[mine] = fit[rng.integers(0, len(fit), len(mine))]
    series = np.flatnonzero(starts > 0)
    series = series[np.argsort(starts[series], kind="stable")]
    rows = np.flatnonzero((kind == 0) & (folk.tolerance[owner] > 1) & happens(rng, 0.75, len(owner)))
    place = np.searchsorted(starts[series], day[rows] + 1) + rng.integers(0, 3, len(rows))
    product[rows] = np.where(place < len(series), series[np.minimum(place, len(series) - 1)], -1)
    return product


def positions(folk: Customers, shelf: Shelf, window: Window, *, seed: int) -> Positions:
    """Everything held at some time since the shelf's first day."""
    rng = stream(seed, "positions")
    owner = np.flatnonzero(folk.has["wealth"])
    owner = np.repeat(owner, 1 + rng.poisson(1.6, len(owner)))
    size = len(owner)
    day = window.until - (rng.random(size) * (window.until - window.start + PAST_DAYS - 20)).astype(np.int64)
    product = _choose(rng, folk, owner, day, shelf)
    sale, starts, ends = (shelf.column(name)[product] for name in ("sale_from", "starts", "ends"))
    started = np.where(starts > 0, sale + rng.integers(0, 8, size), day)
    started = np.maximum(started, np.where(starts > 0, 0, folk.opened[owner] + 5))
    redeemed = np.where(happens(rng, 0.4, size), started + 15 + rng.exponential(220, size).astype(np.int64), 10**6)
    taken = folk.leave[owner] - rng.integers(2, 40, size)
    end = np.minimum(np.where(ends > 0, ends, redeemed), taken)
    keep = (
        (product >= 0)
        & (started <= window.until)
        & (started > folk.opened[owner])
        & (end > started)
        & (end >= window.start)
    )
    owner, product, started, end = owner[keep], product[keep], started[keep], end[keep]
    return _valued(rng, folk, shelf, window, owner=owner, product=product, started=started, end=end)


def _valued(
    rng: Rng, folk: Customers, shelf: Shelf, window: Window, *, owner: Ints, product: Ints, started: Ints, end: Ints
) -> Positions:
    size = len(owner)
    least = shelf.column("minimum")[product]
    amount = np.maximum(
        lognormal(rng, folk.wealth[owner] * 0.12, 0.6, size) // 100_000 * 100_000, np.maximum(least, 100_000)
    )
    amount = amount.astype(np.int64)
    units = np.round(amount / 100 / shelf.price(product, started), 4)
    ended = np.where(end <= window.until, end, 0)
    proceeds = np.where(ended > 0, np.round(units * shelf.price(product, end) * 100), 0).astype(np.int64)
    value = np.where(ended > 0, 0, np.round(units * shelf.price(product, np.full(size, window.until)) * 100)).astype(
        np.int64
    )
    at = started * SECONDS + rng.integers(9 * 3600, 21 * 3600, size)
    matures = shelf.column("ends")[product]
    app = folk.has["app"][owner] & happens(rng, 0.8, size)
    return Positions(owner, product, amount, units, started, matures, ended, proceeds, value, at, app)


def trade_flows(held: Positions, book: Accounts, window: Window) -> flows.Flows:
    """Money out for purchases and back for redemptions and maturities."""
    account = book.primary[held.customer]
    new = held.started >= window.start
    back = held.ended >= window.start
    second = held.at % SECONDS
    channel = np.where(held.by_app, flows.APP, flows.COUNTER)
    bought = flows.flows(
        account[new], held.started[new], -held.amount[new], second=second[new], code=flows.WBY,
        other=flows.WEALTH_POOL, channel=channel[new],
    )  # fmt: skip
    sold = flows.flows(
        account[back], held.ended[back], held.proceeds[back], second=np.full(int(back.sum()), 10 * 3600),
        code=flows.WRD,
        other=flows.WEALTH_POOL, channel=flows.AUTO,
    )  # fmt: skip
    return flows.joined([bought, sold])


def settle(register: Register, book: Accounts) -> Ints:
    """Settlement account (row of Accounts) of every investor record."""
    return book.primary[register.customer]
