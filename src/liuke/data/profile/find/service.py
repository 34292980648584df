"""What others may ask when they look for customers. Every answer is finished JSON, and every look is recorded."""

import contextlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

import numpy as np
import orjson
from numpy.typing import NDArray

from liuke.data import org
from liuke.data.profile.find import store
from liuke.data.profile.find.match import fits
from liuke.data.profile.find.rate import Rate
from liuke.data.profile.model import (
    CustomerFilter,
    CustomersListed,
    DueFilter,
    Row,
    SearchTooOften,
    SearchTooShort,
    Sort,
)
from liuke.data.profile.seal import GONE, open_names
from liuke.kernel.actor import Actor, Permission, ScopeKind
from liuke.kernel.bank import Bank
from liuke.kernel.crypto import BlindKind, KeyRing
from liuke.kernel.errors import Invalid
from liuke.kernel.page import Page, encode_cursor
from liuke.kernel.store.records import ReadHandle, WriteHandle

#: Customers a search shows.
HITS: Final = 20
#: Names of a book that are read for a search by part of a name.
BOOK: Final = 5000
_SHORTEST: Final = 2

_rate: Final = Rate()


def listing(bank: Bank, actor: Actor, wanted: CustomerFilter, *, sort: Sort, cursor: str | None, limit: int) -> bytes:
    """One page of the customers that fit. Raises Forbidden, BadCursor, SearchTooOften."""
    actor.require(Permission.CUSTOMER_READ)
    if wanted.text.strip() and not _rate.allows(actor.user_id, now=bank.clock.now()):
        raise SearchTooOften
    with bank.write(actor) as tx:
        among = list(_matching(bank.keys, tx, wanted.text)) if wanted.text.strip() else None
        today = bank.clock.today()
        rows = store.listing(tx, wanted, among=among, today=today, sort=sort, cursor=cursor, limit=limit)
        shown = rows[:limit]
        _seen(tx, "list", shown)
    following = encode_cursor(*store.place(shown[-1], sort)) if len(rows) > limit else None
    return orjson.dumps({"items": _items(bank.keys, actor, shown), "next_cursor": following})


def among(
    bank: Bank,
    actor: Actor,
    inside: Callable[[NDArray[np.int64]], NDArray[np.bool_]],
    *,
    few: Sequence[int] | None,
    where: str,
    cursor: str | None,
    limit: int,
) -> Page[dict[str, Any]]:
    """One page of a set of customers within the actor's scope, the largest AUM first, as the list shows them.

    ``inside`` tells which of some numbers are in the set; ``few``: all of them, where they are not many. ``where``
    names the set in the event of the look. Raises: Forbidden, BadCursor.
    """
    actor.require(Permission.CUSTOMER_READ)
    sort, today = Sort.AUM_DOWN, bank.clock.today()
    with bank.write(actor) as tx:
        wanted = list(few) if few is not None else _walk(tx, inside, cursor=cursor, limit=limit)
        rows = store.listing(tx, CustomerFilter(), among=wanted, today=today, sort=sort, cursor=cursor, limit=limit)
        shown = rows[:limit]
        _seen(tx, where, shown)
    items = _items(bank.keys, actor, shown)
    return Page(items, encode_cursor(*store.place(shown[-1], sort)) if len(rows) > limit else None)


def _walk(
    tx: ReadHandle, inside: Callable[[NDArray[np.int64]], NDArray[np.bool_]], *, cursor: str | None, limit: int
) -> list[int]:
    """The next ``limit`` + 1 numbers of the set, found by walking the actor's customers by AUM."""
    found: list[int] = []
    while len(found) <= limit:
        keys = store.keys(tx, cursor=cursor, limit=_STEP)
        numbers = np.array([one_id for _aum, one_id in keys], dtype=np.int64)
        found += numbers[inside(numbers)].tolist()
        if len(keys) < _STEP:
            break
        cursor = encode_cursor(*keys[-1])
    return found[: limit + 1]


#: Customers looked at in one step of a walk.
_STEP: Final = 5000


def _items(ring: KeyRing, actor: Actor, rows: Sequence[Row]) -> list[dict[str, Any]]:
    """Rows as the list shows them."""
    return [
        {str(name): row[name] for name in row if name not in _INNER} | _named(ring, row, name)
        for row, name in zip(rows, _names(ring, actor, rows), strict=True)
    ]


#: Columns that do not leave the bank.
_INNER: Final = {"one_id", "wrapped", "contact", "place", "branch_path"}


def _named(ring: KeyRing, row: Row, name: str) -> dict[str, Any]:
    number = ring.customer_numbers.encode(row["one_id"])
    return {"customer_no": number, "name": name, "rm_no": row["rm_no"] or "", "erased": row["wrapped"] is None}


def _names(ring: KeyRing, actor: Actor, rows: Sequence[Row]) -> list[str]:
    """Names as the actor may see them."""
    masking = org.Masking.for_actor(actor)
    return [name if name == GONE else masking.name(name) for name in open_names(ring, rows)]


def _seen(tx: WriteHandle, where: str, rows: Sequence[Row]) -> None:
    one_ids = list(dict.fromkeys(row["one_id"] for row in rows))
    tx.emit(CustomersListed(where=where, count=len(one_ids), one_ids=one_ids))


def search(bank: Bank, actor: Actor, typed: str) -> bytes:
    """At most twenty customers found by what was typed. Raises Forbidden, SearchTooShort, SearchTooOften."""
    actor.require(Permission.CUSTOMER_READ)
    if len(typed.strip()) < _SHORTEST:
        raise SearchTooShort
    if not _rate.allows(actor.user_id, now=bank.clock.now()):
        raise SearchTooOften
    with bank.write(actor) as tx:
        matched = _matching(bank.keys, tx, typed)
        rows = store.named(tx, list(matched), limit=HITS + 1) if matched else []
        shown = rows[:HITS]
        _seen(tx, "search", shown)
    hits = [
        {
            "customer_no": bank.keys.customer_numbers.encode(row["one_id"]),
            "name": name,
            "matched": matched[row["one_id"]],
            "tier": row["tier"],
            "aum": row["aum"],
            "branch_name": row["branch_name"],
            "rm_name": row["rm_name"],
        }
        for row, name in zip(shown, _names(bank.keys, actor, shown), strict=True)
    ]
    return orjson.dumps({"hits": hits, "more": len(rows) > HITS})


@dataclass(frozen=True, slots=True)
class Introduced:
    """A customer by name, as the actor may see it."""

    one_id: int
    customer_no: str
    name: str
    tier: str
    branch_name: str


def introduce(bank: Bank, actor: Actor, one_ids: Sequence[int], *, where: str, limit: int) -> list[Introduced]:
    """Those of some customers that the actor may see, the largest first; none without the right to read customers.

    ``where`` names the screen in the event of having seen them.
    """
    if not actor.may(Permission.CUSTOMER_READ):
        return []
    with bank.write(actor) as tx:
        rows = store.named(tx, one_ids, limit=limit)
        _seen(tx, where, rows)
    return [
        Introduced(
            one_id=int(row["one_id"]),
            customer_no=bank.keys.customer_numbers.encode(row["one_id"]),
            name=name,
            tier=row["tier"],
            branch_name=row["branch_name"],
        )
        for row, name in zip(rows, _names(bank.keys, actor, rows), strict=True)
    ]


def _matching(ring: KeyRing, tx: ReadHandle, typed: str) -> dict[int, str]:
    """Customers found by what was typed, and by what of theirs: customer_no, name, phone or id_no."""
    text = typed.strip()
    found: dict[int, str] = {}
    with contextlib.suppress(Invalid):
        found[ring.customer_numbers.decode(text)] = "customer_no"
    values = [(kind.value, value) for kind in _kinds(text) for value in ring.blind_many(kind, (text,)) if value]
    for one_id, kind in store.by_values(tx, values):
        found.setdefault(one_id, kind)
    if tx.actor.scope.kind is ScopeKind.BOOK and not any(character.isdigit() for character in text):
        rows = store.book_names(tx, limit=BOOK)
        for row, name in zip(rows, open_names(ring, rows), strict=True):
            if fits(name, text):
                found.setdefault(row["one_id"], "name")
    return found


def _kinds(text: str) -> tuple[BlindKind, ...]:
    """What a text may be: with digits a phone or ID number, else a name."""
    return (BlindKind.PHONE, BlindKind.ID_NO) if any(c.isdigit() for c in text) else (BlindKind.NAME,)


def ladder(bank: Bank, actor: Actor, wanted: DueFilter) -> bytes:
    """到期阶梯: months, and in each the products by amount. Raises Forbidden, Invalid."""
    actor.require(Permission.CUSTOMER_READ)
    window = _window(wanted, bank.clock.today())
    with bank.read(actor) as tx:
        rows = store.ladder(tx, window)
        as_of, currency = store.newest(tx)
    months: dict[date, list[dict[str, Any]]] = {}
    people: dict[date, set[int]] = {}
    for row in rows:
        people.setdefault(row["month"], set()).update(row["one_ids"])
        months.setdefault(row["month"], []).append(
            {name: row[name] for name in ("product_no", "product_name", "kind", "amount")}
            | {"customers": len(row["one_ids"])}
        )
    rungs = [
        {
            "month": month,
            "amount": sum(product["amount"] for product in products),
            "customers": len(people[month]),
            "products": products,
        }
        for month, products in months.items()
    ]
    return orjson.dumps({"as_of": as_of, "currency": currency, "rungs": rungs})


def due(bank: Bank, actor: Actor, wanted: DueFilter, *, cursor: str | None, limit: int) -> bytes:
    """One page of holdings falling due, by day. Raises Forbidden, Invalid, BadCursor."""
    actor.require(Permission.CUSTOMER_READ)
    window = _window(wanted, bank.clock.today())
    with bank.write(actor) as tx:
        rows = store.due(tx, window, cursor=cursor, limit=limit)
        shown = rows[:limit]
        _seen(tx, "ladder", shown)
    items = []
    for row, name in zip(shown, _names(bank.keys, actor, shown), strict=True):
        item = {str(name): row[name] for name in row if name not in _INNER} | _named(bank.keys, row, name)
        item.pop("erased")
        items.append(item)
    last = shown[-1] if len(rows) > limit else None
    following = encode_cursor(last["matures_on"], last["one_id"], last["place"]) if last else None
    return orjson.dumps({"items": items, "next_cursor": following})


def _window(wanted: DueFilter, today: date) -> DueFilter:
    since = wanted.since or today
    if since.year >= date.max.year - 1:
        raise Invalid(reason="开始日期太远")
    until = wanted.until or _year_later(since)
    if until < since:
        raise Invalid(reason="结束日期早于开始日期")
    return replace(wanted, since=since, until=until)


def _year_later(day: date) -> date:
    try:
        return day.replace(year=day.year + 1)
    except ValueError:
        return date(day.year + 1, 3, 1)
