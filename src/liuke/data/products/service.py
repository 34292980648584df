"""What others may ask of the shelf: bring it up to date, list, read, see what falls due."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Final

from liuke.data.products import store
from liuke.data.products.model import (
    BadWindow,
    Maturity,
    Product,
    ProductFilter,
    ProductKind,
    ProductsReplaced,
    Replaced,
    UnknownProduct,
    Window,
)
from liuke.data.products.shelve import BadRow, described, shelved
from liuke.kernel.actor import Actor, Permission
from liuke.kernel.bank import Bank
from liuke.kernel.page import Page
from liuke.kernel.store.records import ReadHandle, WriteHandle

#: Longest span of maturities.
_TEN_YEARS: Final = 3653


def replace(tx: WriteHandle, rows: Iterable[Mapping[str, object]]) -> Replaced:
    """Bring products up to date by number (canonical columns of ``product``); those not named stay.

    ``suitable_tiers`` and ``selling_points`` may be among the columns; where they are not, what is there stays. A row
    that cannot be shelved is left out and named in the result; the last row of a number counts.
    """
    before, now = store.numbers(tx), tx.clock.now()
    good: dict[str, dict[str, object]] = {}
    rejected: dict[str, str] = {}
    for row in rows:
        try:
            product = shelved(row)
        except BadRow as fault:
            rejected[str(row.get("product_no") or "")[:40]] = str(fault)
            continue
        good[str(product["product_no"])] = product | described(row) | {"changed_at": now}
    if good:
        store.save(tx, list(good.values()))
    added = len(good.keys() - before)
    done = Replaced(added=added, changed=len(good) - added, rejected=rejected)
    if good or rejected:
        tx.emit(ProductsReplaced(added=done.added, changed=done.changed, rejected=len(rejected)))
    return done


def find(bank: Bank, actor: Actor, wanted: ProductFilter, *, cursor: str | None, limit: int) -> Page[Product]:
    """The shelf, by product number."""
    actor.require(Permission.PRODUCT_READ)
    with bank.read(actor) as tx:
        return store.find(tx, wanted, cursor=cursor, limit=limit)


def read(bank: Bank, actor: Actor, product_no: str) -> Product:
    """One product. Raises UnknownProduct."""
    actor.require(Permission.PRODUCT_READ)
    with bank.read(actor) as tx:
        found = store.read(tx, product_no.replace("\0", ""))
    if found is None:
        raise UnknownProduct(product_no=product_no)
    return found


def by_numbers(tx: ReadHandle, wanted: Iterable[str]) -> dict[str, Product]:
    """Products by number, for those who show holdings; an unknown number is absent."""
    return {product.product_no: product for product in store.by_numbers(tx, wanted)}


def maturities(
    bank: Bank,
    actor: Actor,
    window: Window,
    *,
    kinds: Sequence[ProductKind] = (),
    cursor: str | None = None,
    limit: int = 100,
) -> Page[Maturity]:
    """Products that fall due within the window, by day."""
    actor.require(Permission.PRODUCT_READ)
    with bank.read(actor) as tx:
        return store.maturities(tx, window, kinds, bank.clock.today(), cursor=cursor, limit=limit)


def window(today: date, *, since: date | None, until: date | None) -> Window:
    """The days asked for: from today, for twelve months, where nothing is said. Raises BadWindow."""
    first = since or today
    if first.year >= date.max.year - 1:
        raise BadWindow
    last = until or date(first.year + 1, first.month, min(first.day, 28))
    if last < first or (last - first).days > _TEN_YEARS:
        raise BadWindow
    return Window(first, last)
