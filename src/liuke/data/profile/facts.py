"""What guard may read of customers: plain facts for checks over one or over millions, and whole pages for a customer's
own copy. Row-level security narrows every query to the actor's customers."""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import Select, func, select

from liuke.data.profile import store
from liuke.data.profile.model import Field
from liuke.data.profile.seal import GONE, open_names, open_person
from liuke.data.profile.service import number_of, page, reveal
from liuke.kernel.crypto import KeyRing
from liuke.kernel.ids import OneId
from liuke.kernel.store.records import ReadHandle
from liuke.kernel.store.scope import scoped

__all__ = [
    "FIELDS",
    "GONE",
    "PLAIN",
    "birth_years",
    "knows",
    "names",
    "number_of",
    "numbers",
    "page",
    "reveal",
    "rows",
    "span",
]

#: Columns anybody with a scope may compute with; no name, number or word of the customer is among them.
PLAIN: Final = (
    "one_id",
    "kind",
    "branch_no",
    "branch_path",
    "rm_no",
    "tier",
    "as_of",
    "aum",
    "deposits",
    "wealth",
    "funds",
    "insurance",
    "metal",
    "loans",
    "card_balance",
    "risk_tolerance",
    "risk_valid_until",
    "open_complaints",
    "holdings",
)

#: Every field of a customer that lies encrypted.
FIELDS: Final = tuple(Field)


def rows() -> Select[Any]:
    """A query of the plain facts of customers, to be narrowed and joined."""
    return select(*(store.profile_table.c[name] for name in PLAIN))


def numbers() -> Select[Any]:
    """A query of the numbers of customers alone."""
    return select(store.profile_table.c.one_id)


def span(tx: ReadHandle) -> tuple[int, int]:
    """The lowest and the highest number of a customer; (1, 0) when there is none."""
    number = store.profile_table.c.one_id
    found = tx.one(select(func.min(number).label("first"), func.max(number).label("last")))
    return (found["first"], found["last"]) if found and found["first"] is not None else (1, 0)


def knows(tx: ReadHandle, one_id: OneId) -> bool:
    """Whether there is such a customer within the actor's scope."""
    query = select(store.profile_table.c.one_id).where(store.profile_table.c.one_id == one_id)
    return tx.one(scoped(query, store.profile_table, tx.actor)) is not None


def names(tx: ReadHandle, ring: KeyRing, one_ids: Sequence[int]) -> dict[int, str]:
    """Names in clear, for masking, of those of these customers who are within the actor's scope; GONE when erased."""
    profile, keys = store.profile_table, store.key_table
    query = (
        select(profile.c.one_id, profile.c.name, keys.c.wrapped)
        .outerjoin(keys, keys.c.one_id == profile.c.one_id)
        .where(profile.c.one_id.in_(one_ids))
    )
    found = tx.rows(scoped(query, profile, tx.actor))
    return {int(row["one_id"]): name for row, name in zip(found, open_names(ring, found), strict=True)}


def birth_years(tx: ReadHandle, ring: KeyRing, *, after: int, limit: int) -> Sequence[tuple[int, int | None]]:
    """(one_id, year of birth or None) of the next ``limit`` customers by number; an erased customer has none."""
    profile, keys = store.profile_table, store.key_table
    query = (
        select(profile.c.one_id, *(profile.c[name] for name in store.SEALED), keys.c.wrapped)
        .outerjoin(keys, keys.c.one_id == profile.c.one_id)
        .where(profile.c.one_id > after)
        .order_by(profile.c.one_id)
        .limit(limit)
    )
    found = []
    for row in tx.rows(scoped(query, profile, tx.actor)):
        person = open_person(ring, {**row, "name": None, "phones": None, "id_numbers": None, "address": None})
        found.append((int(row["one_id"]), person.birth_date.year if person.birth_date else None))
    return found
