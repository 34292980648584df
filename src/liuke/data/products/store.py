"""The table of products and every statement about it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any, Final

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Date,
    DateTime,
    Index,
    Integer,
    Select,
    Table,
    Text,
    case,
    func,
    or_,
    select,
    text,
    tuple_,
)
from sqlalchemy.dialects.postgresql import insert as upsert

from liuke.data.products.model import Maturity, Product, ProductFilter, ProductKind, ProductRisk, Status, Window
from liuke.kernel.page import BadCursor, Page, decode_cursor, page_of
from liuke.kernel.store.columns import PiClass, Retention, column, metadata
from liuke.kernel.store.pipe import Query
from liuke.kernel.store.records import ReadHandle, WriteHandle

_plain = partial(column, pi=PiClass.NONE, keep=Retention.PERMANENT)

product_table = Table(
    "product",
    metadata,
    _plain("product_no", Text, primary_key=True),
    _plain("name", Text),
    _plain("kind", Text),
    _plain("risk", Text, nullable=True),
    _plain("term_days", Integer, nullable=True),
    _plain("rate_bp", Integer, nullable=True),
    _plain("benchmark_low_bp", Integer, nullable=True),
    _plain("benchmark_high_bp", Integer, nullable=True),
    _plain("min_amount", BigInteger, nullable=True),
    _plain("currency", Text),
    _plain("status", Text),
    _plain("sale_from", Date, nullable=True),
    _plain("sale_to", Date, nullable=True),
    _plain("starts_on", Date, nullable=True),
    _plain("matures_on", Date, nullable=True),
    _plain("issuer", Text),
    _plain("suitable_tiers", ARRAY(Text)),
    _plain("selling_points", ARRAY(Text)),
    _plain("closed_reason", Text),
    _plain("changed_at", DateTime(timezone=True)),
    Index("ix_product_maturity", "matures_on", "product_no", postgresql_where=text("matures_on IS NOT NULL")),
)

#: What a product was until a moment: written by the database itself (trigger ``product_past``) when it becomes another.
past_table = Table(
    "product_past",
    metadata,
    _plain("product_no", Text, primary_key=True),
    _plain("until", DateTime(timezone=True), primary_key=True),
    _plain("kind", Text),
    _plain("risk", Text, nullable=True),
    _plain("min_amount", BigInteger, nullable=True),
    _plain("status", Text),
    _plain("sale_to", Date, nullable=True),
)

#: What the sources do not say of a product stays as it is when they send it again.
_DESCRIBED: Final = ("suitable_tiers", "selling_points")


def save(tx: WriteHandle, rows: Sequence[Mapping[str, object]]) -> None:
    """Insert or update products by number."""
    statement = upsert(product_table)
    fresh = statement.excluded
    taken: dict[str, Any] = {name: fresh[name] for name in set(product_table.c.keys()) - {"product_no"}}
    for name in _DESCRIBED:
        taken[name] = case((func.cardinality(fresh[name]) > 0, fresh[name]), else_=product_table.c[name])
    tx.execute(statement.on_conflict_do_update(index_elements=["product_no"], set_=taken), rows)


def numbers(tx: ReadHandle) -> set[str]:
    """Every product number known."""
    return {row["product_no"] for row in tx.rows(select(product_table.c.product_no))}


def read(tx: ReadHandle, product_no: str) -> Product | None:
    """One product."""
    row = tx.one(select(product_table).where(product_table.c.product_no == product_no))
    return _product(row) if row else None


def by_numbers(tx: ReadHandle, wanted: Iterable[str]) -> list[Product]:
    """Products by number; an unknown number gives none."""
    query = select(product_table).where(product_table.c.product_no.in_(set(wanted)))
    return [_product(row) for row in tx.rows(query)]


def was(tx: ReadHandle, product: Product, at: datetime) -> Product:
    """A product with the kind, risk, smallest amount, status and end of sale it had at a moment."""
    past = past_table.c
    query = select(past_table).where(past.product_no == product.product_no, past.until > at)
    row = tx.one(query.order_by(past.until).limit(1))
    if row is None:
        return product
    return replace(
        product,
        kind=ProductKind(row["kind"]),
        risk=ProductRisk(row["risk"]) if row["risk"] else None,
        min_amount=row["min_amount"],
        status=Status(row["status"]),
        sale_to=row["sale_to"],
    )


def stamp(product_no: str | None) -> Query:
    """A query of a text (``stamp``) that is another when anything about the product is."""
    return "SELECT md5(product::text) AS stamp FROM product WHERE product_no = $1", (product_no,)


def find(tx: ReadHandle, wanted: ProductFilter, *, cursor: str | None, limit: int) -> Page[Product]:
    """Products by number."""
    product = product_table.c
    query = _narrowed(select(product_table), wanted).order_by(product.product_no).limit(limit + 1)
    if cursor:
        query = query.where(product.product_no > str(decode_cursor(cursor, size=1)[0]))
    return page_of([_product(row) for row in tx.rows(query)], limit=limit, key=lambda found: (found.product_no,))


def maturities(
    tx: ReadHandle, window: Window, kinds: Sequence[ProductKind], today: date, *, cursor: str | None, limit: int
) -> Page[Maturity]:
    """Products by the day they fall due."""
    product = product_table.c
    query = _narrowed(select(product_table), ProductFilter(kinds=tuple(kinds)))
    query = query.where(product.matures_on.between(window.since, window.until))
    if cursor:
        query = query.where(tuple_(product.matures_on, product.product_no) > _due_after(cursor))
    rows = tx.rows(query.order_by(product.matures_on, product.product_no).limit(limit + 1))
    due = [_maturity(_product(row), row["matures_on"], today) for row in rows]
    return page_of(due, limit=limit, key=lambda found: (found.matures_on.isoformat(), found.product_no))


def _due_after(cursor: str) -> Any:  # noqa: ANN401
    day, number = decode_cursor(cursor, size=2)
    try:
        return tuple_(date.fromisoformat(str(day)), str(number))
    except ValueError as fault:
        raise BadCursor from fault


def _narrowed(query: Select[Any], wanted: ProductFilter) -> Select[Any]:
    product = product_table.c
    if wanted.text:
        named = product.name.contains(wanted.text, autoescape=True)
        issued = product.issuer.contains(wanted.text, autoescape=True)
        query = query.where(or_(named, issued, product.product_no.istartswith(wanted.text, autoescape=True)))
    for held, chosen in ((product.kind, wanted.kinds), (product.risk, wanted.risks), (product.status, wanted.statuses)):
        if chosen:
            query = query.where(held.in_(chosen))
    return query


def _product(row: Mapping[Any, Any]) -> Product:
    facts = {name: row[name] for name in Product.__slots__}
    return Product(
        **facts
        | {
            "kind": ProductKind(row["kind"]),
            "risk": ProductRisk(row["risk"]) if row["risk"] else None,
            "status": Status(row["status"]),
            "suitable_tiers": tuple(row["suitable_tiers"]),
            "selling_points": tuple(row["selling_points"]),
        }
    )


def _maturity(product: Product, matures_on: date, today: date) -> Maturity:
    return Maturity(
        month=matures_on.replace(day=1),
        matures_on=matures_on,
        days_left=(matures_on - today) // timedelta(days=1),
        product_no=product.product_no,
        name=product.name,
        kind=product.kind,
        risk=product.risk,
        currency=product.currency,
        rate_bp=product.rate_bp,
        benchmark_low_bp=product.benchmark_low_bp,
        benchmark_high_bp=product.benchmark_high_bp,
    )
