"""What others may ask about one customer: the page and its longer parts, a field in clear, erasure."""

from collections.abc import Sequence
from typing import Any, Final

import orjson
from sqlalchemy import RowMapping

from liuke.data import org
from liuke.data.profile import compose, ledger, store
from liuke.data.profile.model import (
    CustomerErased,
    CustomerRevealed,
    CustomerViewed,
    Entry,
    Field,
    Part,
    ReasonMissing,
    UnknownCustomer,
)
from liuke.data.profile.seal import open_person
from liuke.kernel.actor import Actor, Permission
from liuke.kernel.bank import Bank
from liuke.kernel.errors import Invalid
from liuke.kernel.ids import OneId
from liuke.kernel.page import BadCursor, decode_cursor, encode_cursor
from liuke.kernel.store.records import WriteHandle

#: Length of a reason to reveal, in characters.
REASON: Final = range(4, 201)


def number_of(bank: Bank, customer_no: str) -> OneId:
    """The inner number of a public customer number. Raises UnknownCustomer for a text that is none."""
    try:
        return OneId(bank.keys.customer_numbers.decode(customer_no))
    except Invalid:
        raise UnknownCustomer from None


def page(bank: Bank, actor: Actor, customer_no: str) -> bytes:
    """The 360 page as JSON. The look is recorded in the same transaction.

    Raises: UnknownCustomer when there is none, or none within the actor's scope: the two cannot be told apart.
    """
    actor.require(Permission.CUSTOMER_READ)
    row = store.page_row(bank.records, actor, number_of(bank, customer_no))
    if row is None:
        raise UnknownCustomer
    person = open_person(bank.keys, row)
    masking = org.Masking.for_actor(actor)
    return compose.page(row, person, ring=bank.keys, masking=masking, today=bank.clock.today())


def transactions(bank: Bank, actor: Actor, customer_no: str, *, cursor: str | None, limit: int) -> bytes:
    """One page of bookings, newest first. Raises UnknownCustomer, BadCursor."""
    masking = org.Masking.for_actor(actor)
    rows, row = _ledger(bank, actor, customer_no, Part.TRANSACTIONS, (Entry.TRANSACTION,), cursor, limit)
    erased = row["wrapped"] is None
    items = [ledger.booking(found, masking=masking, erased=erased) for found in rows[:limit]]
    return _page(items, rows, limit)


def timeline(
    bank: Bank, actor: Actor, customer_no: str, *, kinds: Sequence[Entry], cursor: str | None, limit: int
) -> bytes:
    """One page of everything that happened, newest first. Raises UnknownCustomer, BadCursor."""
    rows, row = _ledger(bank, actor, customer_no, Part.TIMELINE, kinds, cursor, limit)
    if row["wrapped"] is None:
        return _page([], [], limit)
    return _page([ledger.entry(found) for found in rows[:limit]], rows, limit)


def _ledger(
    bank: Bank,
    actor: Actor,
    customer_no: str,
    part: Part,
    kinds: Sequence[Entry],
    cursor: str | None,
    limit: int,
) -> tuple[list[dict[str, Any]], RowMapping]:
    """``limit`` + 1 rows of the customer's ledger from a cursor on, and the customer's row; the look is recorded."""
    after = decode_cursor(cursor, size=3) if cursor else None
    with bank.write(actor) as tx:
        row = _seen(bank, tx, customer_no, part)
        files = bank.lake.files(tx, store.LEDGER, partition=row["ledger"])
    with bank.lake.engine() as connection:
        return ledger.read(connection, files, row["one_id"], kinds=kinds, after=after, limit=limit), row


def _seen(bank: Bank, tx: WriteHandle, customer_no: str, part: Part) -> RowMapping:
    """The customer's sealed row, when the actor may see it; the look is recorded."""
    tx.actor.require(Permission.CUSTOMER_READ)
    one_id = number_of(bank, customer_no)
    row = store.sealed_row(tx, one_id)
    if row is None:
        raise UnknownCustomer
    tx.emit(CustomerViewed(subject=one_id, part=part))
    return row


def _page(items: list[dict[str, Any]], rows: list[dict[str, Any]], limit: int) -> bytes:
    following = encode_cursor(*ledger.key(rows[limit - 1])) if len(rows) > limit else None
    return orjson.dumps({"items": items, "next_cursor": following})


def changes(bank: Bank, actor: Actor, customer_no: str, *, cursor: str | None, limit: int) -> bytes:
    """变更日志: one page of the events about a customer, newest first. Raises UnknownCustomer, BadCursor."""
    before = _place(cursor) if cursor else None
    with bank.write(actor) as tx:
        one_id = _seen(bank, tx, customer_no, Part.CHANGES)["one_id"]
        rows = store.changes(tx, one_id, before=before, limit=limit)
    items = [
        {name: row[name] for name in ("id", "at", "kind", "actor_id", "via")} | {"facts": row["payload"]}
        for row in rows[:limit]
    ]
    following = encode_cursor(rows[limit - 1]["seq"]) if len(rows) > limit else None
    return orjson.dumps({"items": items, "next_cursor": following})


def _place(cursor: str) -> int:
    """The place in the event log a list goes on from. Raises BadCursor."""
    place = decode_cursor(cursor, size=1)[0]
    if not isinstance(place, int):
        raise BadCursor
    return place


def reveal(bank: Bank, actor: Actor, customer_no: str, *, field: Field, reason: str) -> bytes:
    """One field in clear. Field and reason are recorded. Raises ReasonMissing, Forbidden, UnknownCustomer."""
    actor.require(Permission.CUSTOMER_REVEAL)
    why = " ".join(reason.split())
    if len(why) not in REASON:
        raise ReasonMissing
    one_id = number_of(bank, customer_no)
    with bank.write(actor) as tx:
        row = store.sealed_row(tx, one_id)
        if row is None:
            raise UnknownCustomer
        tx.emit(CustomerRevealed(subject=one_id, field=field, reason=why))
    return orjson.dumps({"field": field, "values": open_person(bank.keys, row).values(field)})


def erase(bank: Bank, actor: Actor, customer_no: str) -> None:
    """Destroy a customer's personal information for good; the amounts stay. Raises Forbidden, UnknownCustomer."""
    actor.require(Permission.SYSTEM_MANAGE)
    one_id = number_of(bank, customer_no)
    with bank.write(actor) as tx:
        if store.sealed_row(tx, one_id) is None:
            raise UnknownCustomer
        if store.erase(tx, one_id):
            tx.emit(CustomerErased(subject=one_id))
