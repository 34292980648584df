"""The facts a check looks at, for a set of customers and one product: one SQL query, for one customer or millions."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    ColumnElement,
    Date,
    DateTime,
    FromClause,
    Integer,
    Select,
    SmallInteger,
    Text,
    and_,
    case,
    cast,
    exists,
    func,
    literal,
    literal_column,
    null,
    select,
    true,
)

from liuke.data import products
from liuke.guard.consent import Narrow
from liuke.guard.suitability import points
from liuke.guard.suitability.model import Policy
from liuke.guard.suitability.sales.store import insistence_table
from liuke.guard.suitability.store import grades_at, investor_table, past_table, policy, position_table
from liuke.kernel.clock import BANK_ZONE
from liuke.kernel.store.places import place
from liuke.kernel.store.records import ReadHandle

_SOLD: Final = (products.Status.RAISING, products.Status.OPEN)


@dataclass(frozen=True, slots=True)
class Sale:
    """What is to be sold: the product's facts, the amount (分 of CNY) and the policy, as of ``now``.

    ``past``: to the customer as they were assessed at ``now``, not as they are.
    """

    product_no: str
    name: str
    on_sale: bool
    graded: bool
    grade: int | None
    amount: int
    policy: Policy
    now: datetime
    past: bool = False

    @property
    def today(self) -> date:
        """The business day of the check."""
        return self.now.astimezone(BANK_ZONE).date()

    def places(self) -> Mapping[str, object]:
        """What of a statement is another for another amount or moment, by the names of its places; all else is fixed
        by the product, the policy and whether the product is on sale.
        """
        return {
            "sale_now": self.now,
            "sale_today": self.today,
            "sale_youngest": self.today.year - self.policy.elder_age,
            "sale_amount": self.amount,
            "sale_stranger": _of_a_stranger(self),
        }


@dataclass(frozen=True, slots=True)
class Offered:
    """A product as it stands on the shelf: the higher of its grades (None: nobody graded it), the policy in force."""

    product: products.Product
    grade: int | None
    policy: Policy


def offered(tx: ReadHandle, product_no: str, *, at: datetime | None = None) -> Offered:
    """A product with its grade and the policy, as they are, or as they were at a moment. Raises UnknownProduct."""
    product = products.by_numbers(tx, [product_no]).get(product_no)
    if product is None:
        raise products.UnknownProduct(product_no=product_no[:40])
    if at is not None:
        product = products.was(tx, product, at)
    given = [int(product.risk.value[1]) if product.risk else None, *grades_at(tx, product_no, at)]
    grade = max((rank for rank in given if rank is not None), default=None)
    return Offered(product, grade, policy(tx, at))


def sale_of(found: Offered, *, amount: int | None, now: datetime, past: bool = False) -> Sale:
    """What is to be sold; without an amount, the product's smallest."""
    product, today = found.product, now.astimezone(BANK_ZONE).date()
    over = product.sale_to is not None and product.sale_to < today
    return Sale(
        product_no=product.product_no,
        name=product.name,
        on_sale=product.status in _SOLD and not over,
        graded=product.kind.value in found.policy.kinds,
        grade=found.grade,
        amount=max(0, amount if amount is not None else product.min_amount or 0),
        policy=found.policy,
        now=now,
        past=past,
    )


def sale(tx: ReadHandle, product_no: str, *, amount: int | None, now: datetime) -> Sale:
    """What is to be sold, read now. Raises UnknownProduct."""
    return sale_of(offered(tx, product_no), amount=amount, now=now)


def facts(customers: FromClause, wanted: Sale) -> Select[Any]:
    """One row a customer with every field of `points.CATALOGUE`, and ``insisted``. ``customers`` has ``one_id``."""
    one_id, known, held = customers.c.one_id, _investors(wanted), position_table.c
    joined = customers.outerjoin(known, known.c.one_id == one_id).outerjoin(
        position_table, and_(held.one_id == one_id, held.product_no == wanted.product_no)
    )
    return select(one_id, *_columns(known, one_id, wanted)).select_from(joined)


#: Kept of the past only since a later release: what is not known of then is taken from now.
_AMOUNTS: Final = ("aum", "high_risk_held")


def _investors(wanted: Sale) -> FromClause:
    """Everybody known as a buyer: as they are, or as they were assessed at the time of the sale."""
    if not wanted.past:
        return investor_table
    now, was = investor_table.c, past_table.c
    mine = select(past_table).where(was.one_id == now.one_id, was.until > _now(wanted)).order_by(was.until)
    then = mine.limit(1).lateral("then")
    # The number is the same in both and stays a plain column: a statement about one customer reads that one only.
    assessed = set(was.keys()) - {"one_id", *_AMOUNTS}
    columns = [
        func.coalesce(then.c[name], now[name]).label(name)
        if name in _AMOUNTS
        else case((then.c.one_id.is_not(None), then.c[name]), else_=now[name]).label(name)
        if name in assessed
        else now[name]
        for name in now.keys()  # noqa: SIM118  (columns are not a mapping of names)
    ]
    return select(*columns).select_from(investor_table.outerjoin(then, true())).subquery("buyer")


def _columns(known: FromClause, one_id: ColumnElement[Any], wanted: Sale) -> list[ColumnElement[Any]]:
    """The fields of `points.CATALOGUE`, and ``insisted``, of a buyer joined with what they hold of the product."""
    buyer, held, rules = known.c, position_table.c, wanted.policy
    matrix = {rank: rules.matrix[rank - 1] for rank in range(1, 6)}
    elder = _elder(known, wanted)
    columns: dict[str, ColumnElement[Any]] = {
        "graded": literal(wanted.graded, Boolean),
        "on_sale": literal(wanted.on_sale, Boolean),
        "grade": cast(literal(wanted.grade, SmallInteger), SmallInteger),
        "tolerance": buyer.tolerance,
        "max_grade": case(matrix, value=buyer.tolerance, else_=None),
        "valid_until": buyer.valid_until,
        "today": place("sale_today", wanted.today, Date()),
        "elder": elder,
        "experienced": func.coalesce(buyer.experienced, False),
        "amount": _amount(wanted),
        "aum": func.coalesce(buyer.aum, 0),
        "held": func.coalesce(held.held, 0),
        "high_risk_held": func.coalesce(buyer.high_risk_held, 0),
        "product_share": case((func.coalesce(elder, True), rules.elder_product_share), else_=rules.product_share),
        **{name: literal(getattr(rules, name), SmallInteger) for name in _NUMBERS},
        "insisted": and_(func.coalesce(buyer.insists, False), exists(_insistence(one_id, wanted))),
    }
    return [value.label(name) for name, value in columns.items()]


_NUMBERS: Final = (
    "elder_max_grade",
    "first_time_max_grade",
    "share_from_grade",
    "high_risk_from_grade",
    "high_risk_share",
)


def verdicts(customers: FromClause, wanted: Sale) -> Select[Any]:
    """(one_id, refusal): the first `Point` against, or NULL where the product suits."""
    joined, refusal, _ = onto(customers, customers.c.one_id, wanted)
    return select(customers.c.one_id, refusal.label("refusal")).select_from(joined)


def onto(
    source: FromClause, one_id: ColumnElement[Any], wanted: Sale, *, only: Narrow | None = None, told: bool = False
) -> tuple[FromClause, ColumnElement[Any], list[ColumnElement[Any]]]:
    """A query over customers with them as buyers joined on, the first `Point` against (NULL: it suits), and, when
    ``told``, the facts it rests on for `facts_in`.

    ``only`` narrows what is read, by the column of customers, to those the query asks about anyway.
    """
    fit = _buyers(wanted, only).subquery("fit")
    joined = source.outerjoin(fit, fit.c.one_id == one_id)
    refusal = case(
        (fit.c.one_id.is_(None), place("sale_stranger", _of_a_stranger(wanted), Text())), else_=fit.c.refusal
    )
    return joined, refusal, [fit.c[name].label(f"{_TOLD}{name}") for name in _FACTS] if told else []


def facts_in(row: Mapping[Any, Any], wanted: Sale) -> dict[str, Any]:
    """The facts of one customer in a row of a query made with ``told``."""
    found = {name: row[f"{_TOLD}{name}"] for name in _FACTS}
    return found if found["today"] is not None else _nothing_known(wanted)


def _buyers(wanted: Sale, only: Narrow | None) -> Select[Any]:
    """(one_id, refusal) of everybody known as a buyer."""
    investors, held = _investors(wanted), position_table.c
    buyer = investors.c
    mine = and_(
        held.one_id == buyer.one_id, held.product_no == wanted.product_no, only(held.one_id) if only else true()
    )
    known = select(buyer.one_id, *_columns(investors, buyer.one_id, wanted)).select_from(
        investors.outerjoin(position_table, mine)
    )
    seen = (known.where(only(buyer.one_id)) if only else known).subquery("suitability_facts")
    hard = [_against(check) for check in points.CHECKS if not check.insistable]
    soft = [_against(check) for check in points.CHECKS if check.insistable]
    refusal = case(*hard, (seen.c.insisted, null()), *soft, else_=None)
    return select(seen.c.one_id, refusal.label("refusal"), *(seen.c[name] for name in _FACTS))


_FACTS: Final = (*points.CATALOGUE.fields, "insisted")
#: Goes before the name of a fact in a row about more than suitability.
_TOLD: Final = "buyer_"


def _against(check: points.Check) -> tuple[ColumnElement[bool], ColumnElement[Any]]:
    return literal_column(f"({points.sql()[check.point]}) IS NOT FALSE", Boolean), literal(check.point.value)


def _of_a_stranger(wanted: Sale) -> str | None:
    """The first point against somebody of whom nothing is known as a buyer."""
    said, facts = points.functions(), _nothing_known(wanted)
    against = (check.point for check in points.CHECKS if said[check.point](facts) is not False)
    return next((point.value for point in against), None)


def _nothing_known(wanted: Sale) -> dict[str, Any]:
    """The facts of somebody of whom nothing is known as a buyer: those of the sale."""
    sold = {"graded": wanted.graded, "on_sale": wanted.on_sale, "grade": wanted.grade, "today": wanted.today}
    rules = {name: getattr(wanted.policy, name) for name in _NUMBERS}
    owned = {"experienced": False, "amount": wanted.amount, "aum": 0, "held": 0, "high_risk_held": 0, "insisted": False}
    share = {"product_share": wanted.policy.elder_product_share}
    return dict.fromkeys(_FACTS) | sold | rules | owned | share


def _elder(known: FromClause, wanted: Sale) -> ColumnElement[Any]:
    """Whether a person is old, by year of birth; NULL when a person's is not known, false for a firm."""
    youngest = place("sale_youngest", wanted.places()["sale_youngest"], Integer())
    buyer = known.c
    return case((buyer.company, literal(value=False)), else_=buyer.birth_year <= youngest)


def _now(wanted: Sale) -> ColumnElement[Any]:
    return place("sale_now", wanted.now, DateTime(timezone=True))


def _amount(wanted: Sale) -> ColumnElement[Any]:
    return place("sale_amount", wanted.amount, BigInteger())


def _insistence(one_id: ColumnElement[Any], wanted: Sale) -> Select[Any]:
    """Written insistences of the customer on this product that hold now, for this amount, under this policy."""
    said = insistence_table.c
    return select(said.id).where(
        said.one_id == one_id,
        said.product_no == wanted.product_no,
        said.amount >= _amount(wanted),
        said.policy == wanted.policy.version,
        said.confirmed_at.is_not(None),
        said.confirmed_at <= _now(wanted),
        said.valid_until > _now(wanted),
        said.confirmed_by != said.made_by,
    )
