"""Mobile bank sessions: what people look at follows what they like and whether they are about to go."""

from dataclasses import dataclass

import numpy as np

from twinbank.customers import Customers
from twinbank.draw import Bools, Ints, Rng, happens, pick, stream
from twinbank.register import Register
from twinbank.shelf import Shelf
from twinbank.window import SECONDS, Month

EVENTS = ("login", "view", "click", "search", "share", "submit")
PAGES = (
    "home", "account", "transfer", "deposit_list", "deposit_detail", "wealth_list", "wealth_detail", "fund_list",
    "fund_detail",
    "loan_apply", "card_bill", "close_account", "rate_compare", "service", "settings",
)  # fmt: skip
LOGIN, VIEW, CLICK, SEARCH, SHARE, SUBMIT = range(len(EVENTS))
_DETAIL = {"deposit_detail": "deposit", "wealth_detail": "wealth", "fund_detail": "fund"}
_DAY = np.array([1, 0.5, 0.3, 0.2, 0.2, 0.5, 2, 5, 7, 7, 6, 6, 8, 6, 5, 5, 6, 6, 7, 8, 8, 7, 5, 3])
_NIGHT = np.array([9, 6, 2, 0.5, 0.2, 0.2, 0.5, 1, 1, 1, 1, 1, 2, 1, 1, 1, 1, 1, 2, 3, 5, 8, 12, 14])


@dataclass(frozen=True, slots=True)
class Events:
    """Events of one month by time; `user` is a row of the app register; product −1 = none."""

    user: Ints
    session: Ints  # number inside the month
    at: Ints  # local second
    name: Ints
    page: Ints
    product: Ints
    seconds: Ints


def night_owls(folk: Customers, *, seed: int) -> Bools:
    """Who looks at wealth products after ten at night: seven in a hundred of those that like them."""
    rng = stream(seed, "night-owls")
    return np.asarray((folk.likes[:, 1] + folk.likes[:, 2] > 0.35) & happens(rng, 0.16, len(folk)))


def month(folk: Customers, users: Register, shelf: Shelf, month_: Month, *, owls: Bools, seed: int) -> Events:
    """All sessions of one month: a login, then one to eight pages."""
    rng = stream(seed, "app", month_.label)
    owner = users.customer
    alive = folk.activity(month_.first + 15)[owner] * (folk.opened[owner] < month_.last)
    going = (folk.leave[owner] > month_.first - 5) & (folk.leave[owner] < month_.last + 60)
    rate = 2.6 * folk.digital[owner] * np.maximum(alive, np.where(going, 0.35, 0)) * month_.days / 30
    rate = np.where(folk.leave[owner] < month_.first, 0, rate * np.where(owls[owner], 1.8, 1.0))
    session = np.repeat(np.arange(len(owner)), rng.poisson(rate))
    person = owner[session]
    hour = np.where(owls[person], pick(rng, _NIGHT, len(person)), pick(rng, _DAY, len(person)))
    day = month_.first + rng.integers(0, month_.days, len(person))
    start = day * SECONDS + hour * 3600 + rng.integers(0, 3600, len(person))
    fine = day < folk.leave[person]
    order = np.argsort(start[fine], kind="stable")
    return _pages(rng, folk, owner, session[fine][order], start[fine][order], shelf, month_, owls)


def _pages(
    rng: Rng, folk: Customers, owner: Ints, user: Ints, start: Ints, shelf: Shelf, month_: Month, owls: Bools
) -> Events:
    count = 1 + np.minimum(rng.geometric(0.4, len(user)), 8)
    session = np.repeat(np.arange(len(user)), count)
    place = np.arange(len(session)) - np.repeat(np.cumsum(count) - count, count)
    who = owner[user[session]]
    page = np.where(place == 0, 0, _page(rng, folk, who, owls, month_))
    seconds = np.where(place == 0, rng.integers(1, 6, len(page)), rng.geometric(1 / 35, len(page)) + 2)
    waited = np.cumsum(seconds) - seconds
    at = start[session] + waited - waited[np.cumsum(count) - count][session]
    name = np.where(
        place == 0, LOGIN, np.array([VIEW, CLICK, SEARCH, SHARE, SUBMIT])[pick(rng, (78, 15, 4, 1, 2), len(page))]
    )
    product = _products(rng, page, shelf, at // SECONDS)
    order = np.argsort(at, kind="stable")
    return Events(*(column[order] for column in (user[session], session, at, name, page, product, seconds)))


def _page(rng: Rng, folk: Customers, who: Ints, owls: Bools, month_: Month) -> Ints:
    """A page by preference: lists and details of liked kinds, closing and rate comparison for those about to leave."""
    size = len(who)
    plain = np.array([0, 1, 2, 9, 10, 13, 14])[pick(rng, (16, 30, 26, 4, 12, 6, 4), size)]
    taste = np.cumsum(folk.likes[who, :3], axis=1)
    kind = (rng.random(size)[:, None] * taste[:, -1:] > taste).sum(axis=1)
    shop = 3 + 2 * kind + (rng.random(size) < 0.65)
    browses = happens(rng, np.where(owls[who], 0.8, 0.32), size)
    page = np.where(browses, shop, plain)
    soon = folk.leave[who] - month_.first
    leaving = (soon < 75) & happens(rng, 0.3, size)
    curious = happens(rng, 0.02 * folk.price_sensitivity[who], size)
    return np.where(leaving, np.where(rng.random(size) < 0.35, 11, 12), np.where(curious, 12, page))


def _products(rng: Rng, page: Ints, shelf: Shelf, day: Ints) -> Ints:
    """The product shown on a detail page: one on sale about that day."""
    out = np.full(len(page), -1)
    for name, kind in _DETAIL.items():
        rows = np.flatnonzero(page == PAGES.index(name))
        goods = shelf.rows(kind)
        series = goods[shelf.column("starts")[goods] > 0]
        always = goods[shelf.column("starts")[goods] == 0]
        out[rows] = always[rng.integers(0, len(always), len(rows))]
        if len(series):
            new = rows[rng.random(len(rows)) < 0.7]
            sale = shelf.column("sale_from")[series]
            last = np.searchsorted(sale, day[new], side="right") - 1
            out[new] = series[np.clip(last - rng.integers(0, 3, len(new)), 0, len(series) - 1)]
    return out
