"""Statements that find customers: the list, search values, names of a book, what falls due."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Label,
    RowMapping,
    Text,
    cast,
    exists,
    func,
    literal,
    literal_column,
    or_,
    select,
    tuple_,
)

from liuke.data import org
from liuke.data.profile.model import CustomerFilter, DueFilter, Sort
from liuke.data.profile.store import blind_table, due_table, key_table, profile_table
from liuke.kernel.page import read_cursor, whole
from liuke.kernel.store.records import ReadHandle
from liuke.kernel.store.scope import scoped

_P: Final = profile_table.c
_LISTED: Final = (
    "one_id",
    "kind",
    "name",
    "tier",
    "aum",
    "aum_mavg",
    "change_3m",
    "holds",
    "risk_tolerance",
    "risk_valid_until",
    "next_maturity_on",
    "next_maturity_amount",
    "last_contact_at",
    "last_login_at",
    "branch_no",
    "branch_name",
    "rm_no",
    "rm_name",
    "source_count",
    "as_of",
)
#: The same expression as the index has, so that the order comes from the index.
_CONTACT: Final[Label[datetime]] = literal_column("coalesce(last_contact_at, 'epoch'::timestamptz)").label("contact")
#: The key of each customer shown. Not a join: PostgreSQL looks it up after it cut the list to its limit.
_WRAPPED: Final = select(key_table.c.wrapped).where(key_table.c.one_id == _P.one_id).scalar_subquery().label("wrapped")
_ORDER: Final[dict[str, ColumnElement[Any]]] = {
    "aum": _P.aum,
    "change_3m": _P.change_3m,
    "last_contact": _CONTACT.element,
}


def listing(
    tx: ReadHandle,
    wanted: CustomerFilter,
    *,
    among: Sequence[int] | None,
    today: date,
    sort: Sort,
    cursor: str | None,
    limit: int,
) -> Sequence[RowMapping]:
    """``limit`` + 1 customers that fit, in order; ``among`` narrows them to those a keyword found."""
    name, down = sort.lstrip("-"), sort.startswith("-")
    ordered = _ORDER[name]
    query = (
        select(*(_P[column] for column in _LISTED), _WRAPPED, _CONTACT)
        .where(*_conditions(tx, wanted, today))
        .order_by(*((ordered.desc(), _P.one_id.desc()) if down else (ordered, _P.one_id)))
        .limit(limit + 1)
    )
    if among is not None:
        query = query.where(_among(_P.one_id, among))
    if cursor:
        here, key = tuple_(ordered, _P.one_id), _after(cursor, name)
        query = query.where(here < key if down else here > key)
    return tx.rows(scoped(query, profile_table, tx.actor))


def keys(tx: ReadHandle, *, cursor: str | None, limit: int) -> list[tuple[int, int]]:
    """(AUM, one_id) of the actor's next customers, the largest first."""
    query = select(_P.aum, _P.one_id).order_by(_P.aum.desc(), _P.one_id.desc()).limit(limit)
    if cursor:
        query = query.where(tuple_(_P.aum, _P.one_id) < _after(cursor, "aum"))
    return [(row["aum"], row["one_id"]) for row in tx.rows(scoped(query, profile_table, tx.actor))]


def _after(cursor: str, name: str) -> Any:  # noqa: ANN401
    """The place a list goes on from. Raises BadCursor."""
    value, one_id = read_cursor(cursor, datetime.fromisoformat if name == "last_contact" else whole, whole)
    return tuple_(literal(value), literal(one_id, BigInteger))


def place(row: RowMapping, sort: Sort) -> tuple[object, int]:
    """The place of a row in its list."""
    name = sort.lstrip("-")
    value = row["contact"].astimezone(UTC).isoformat() if name == "last_contact" else row[name]
    return value, row["one_id"]


def _conditions(tx: ReadHandle, wanted: CustomerFilter, today: date) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.tiers:
        found.append(_P.tier.in_(wanted.tiers))
    if wanted.risks:
        found.append(_P.risk_tolerance.in_(wanted.risks))
    if wanted.holds:
        found.append(_P.holds.op("&&")(cast(literal(list(wanted.holds), ARRAY(Text)), ARRAY(Text))))
    if wanted.aum_min is not None:
        found.append(_P.aum >= wanted.aum_min)
    if wanted.aum_max is not None:
        found.append(_P.aum <= wanted.aum_max)
    if wanted.matures_within_days is not None:
        until = today + timedelta(days=wanted.matures_within_days)
        due = (due_table.c.one_id == _P.one_id, due_table.c.matures_on.between(today, until))
        found.append(exists().where(*due))
    if wanted.rm_no:
        found.append(_P.rm_no == wanted.rm_no)
    if wanted.branch_no:
        found.append(_below(tx, _P.branch_path, wanted.branch_no))
    return found


def _below(tx: ReadHandle, path: ColumnElement[str], branch_no: str) -> ColumnElement[bool]:
    """Whether a path is that of the branch or of one below it."""
    top = org.branch_paths(tx).get(branch_no)
    return literal(value=False) if top is None else path.startswith(top, autoescape=True)


def _among(column: ColumnElement[int], one_ids: Iterable[int]) -> ColumnElement[bool]:
    return column == func.any(cast(literal(list(one_ids), ARRAY(BigInteger)), ARRAY(BigInteger)))


def by_values(tx: ReadHandle, values: Sequence[tuple[str, bytes]]) -> list[tuple[int, str]]:
    """Customers of the actor's that any of these (kind, search value) finds: (one_id, kind).

    One outside the scope leads nowhere here already, so that finding nothing costs the same as finding a stranger.
    """
    if not values:
        return []
    either = or_(*((blind_table.c.kind == kind) & (blind_table.c.value == value) for kind, value in values))
    query = (
        select(blind_table.c.one_id, blind_table.c.kind)
        .join(profile_table, _P.one_id == blind_table.c.one_id)
        .where(either)
        .order_by(blind_table.c.one_id)
        .limit(500)
    )
    return [(row["one_id"], row["kind"]) for row in tx.rows(scoped(query, profile_table, tx.actor))]


def book_names(tx: ReadHandle, *, limit: int) -> Sequence[RowMapping]:
    """Encrypted names of at most ``limit`` customers within the actor's scope, the largest first."""
    query = (
        select(_P.one_id, _P.name, key_table.c.wrapped)
        .join(key_table, key_table.c.one_id == _P.one_id)
        .where(_P.name.is_not(None))
        .order_by(_P.aum.desc(), _P.one_id)
        .limit(limit)
    )
    return tx.rows(scoped(query, profile_table, tx.actor))


def named(tx: ReadHandle, one_ids: Sequence[int], *, limit: int) -> Sequence[RowMapping]:
    """Those of the customers that the actor may see, the largest first."""
    columns = ("one_id", "name", "tier", "aum", "branch_name", "rm_name")
    query = (
        select(*(_P[column] for column in columns), _WRAPPED)
        .where(_among(_P.one_id, one_ids))
        .order_by(_P.aum.desc(), _P.one_id)
        .limit(limit)
    )
    return tx.rows(scoped(query, profile_table, tx.actor))


def ladder(tx: ReadHandle, wanted: DueFilter) -> Sequence[RowMapping]:
    """What falls due by month and product; ``month_customers`` counts each customer once a month."""
    month = func.date_trunc("month", due_table.c.matures_on)
    query = (
        select(
            cast(month, due_table.c.matures_on.type).label("month"),
            due_table.c.product_no,
            func.max(due_table.c.product_name).label("product_name"),
            func.max(due_table.c.kind).label("kind"),
            cast(func.sum(due_table.c.amount), BigInteger).label("amount"),
            func.array_agg(func.distinct(due_table.c.one_id)).label("one_ids"),
        )
        .where(*_due_conditions(tx, wanted))
        .group_by(month, due_table.c.product_no)
        .order_by(month, literal_column("amount").desc(), due_table.c.product_no)
    )
    return tx.rows(scoped(query, due_table, tx.actor))


def due(tx: ReadHandle, wanted: DueFilter, *, cursor: str | None, limit: int) -> Sequence[RowMapping]:
    """``limit`` + 1 holdings falling due with their customers, by day."""
    order = (due_table.c.matures_on, due_table.c.one_id, due_table.c.place)
    query = select(due_table).where(*_due_conditions(tx, wanted)).order_by(*order).limit(limit + 1)
    if cursor:
        query = query.where(tuple_(*order) > _after_due(cursor))
    chosen = scoped(query, due_table, tx.actor).subquery("chosen")
    named_too = (
        select(chosen, _P.name, _P.tier, _P.rm_name, _WRAPPED)
        .join_from(chosen, profile_table, _P.one_id == chosen.c.one_id)
        .order_by(*(chosen.c[column.name] for column in order))
    )
    return tx.rows(named_too)


def _after_due(cursor: str) -> Any:  # noqa: ANN401
    day, one_id, held = read_cursor(cursor, date.fromisoformat, whole, whole)
    return tuple_(literal(day), literal(one_id, BigInteger), literal(held, BigInteger))


def _due_conditions(tx: ReadHandle, wanted: DueFilter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [due_table.c.matures_on.between(wanted.since, wanted.until)]
    if wanted.kinds:
        found.append(due_table.c.kind.in_(wanted.kinds))
    if wanted.product_no:
        found.append(due_table.c.product_no == wanted.product_no)
    if wanted.rm_no:
        found.append(due_table.c.rm_no == wanted.rm_no)
    if wanted.branch_no:
        found.append(_below(tx, due_table.c.branch_path, wanted.branch_no))
    return found


def newest(tx: ReadHandle) -> tuple[date | None, str]:
    """The data day of the actor's customers, and the bank's currency."""
    found = tx.one(scoped(select(_P.as_of, _P.currency).limit(1), profile_table, tx.actor))
    return (found["as_of"], found["currency"]) if found else (None, "CNY")
