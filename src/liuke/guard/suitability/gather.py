"""The facts a check looks at, for a set of customers and one product: one SQL query, for one customer or millions."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    ColumnElement,
    Date,
    FromClause,
    Select,
    SmallInteger,
    and_,
    case,
    cast,
    exists,
    func,
    literal,
    literal_column,
    select,
)

from liuke.data import products
from liuke.guard.suitability import points
from liuke.guard.suitability.model import Policy
from liuke.guard.suitability.sales.store import insistence_table
from liuke.guard.suitability.store import LIVE, grades, investor_table, policy, position_table
from liuke.kernel.clock import BANK_ZONE
from liuke.kernel.store.records import ReadHandle

_SOLD: Final = (products.Status.RAISING, products.Status.OPEN)


@dataclass(frozen=True, slots=True)
class Sale:
    """What is to be sold: the product's facts, the amount (分 of CNY) and the policy, as of ``now``."""

    product_no: str
    name: str
    on_sale: bool
    graded: bool
    grade: int | None
    amount: int
    policy: Policy
    now: datetime

    @property
    def today(self) -> date:
        """The business day of the check."""
        return self.now.astimezone(BANK_ZONE).date()


def sale(tx: ReadHandle, product_no: str, *, amount: int | None, now: datetime) -> Sale:
    """What is to be sold; without an amount, the product's smallest. Raises UnknownProduct."""
    product = products.by_numbers(tx, [product_no]).get(product_no)
    if product is None:
        raise products.UnknownProduct(product_no=product_no)
    rules = policy(tx)
    today = now.astimezone(BANK_ZONE).date()
    over = product.sale_to is not None and product.sale_to < today
    return Sale(
        product_no=product_no,
        name=product.name,
        on_sale=product.status in _SOLD and not over,
        graded=product.kind.value in rules.kinds,
        grade=_grade(tx, product),
        amount=max(0, amount if amount is not None else product.min_amount or 0),
        policy=rules,
        now=now,
    )


def _grade(tx: ReadHandle, product: products.Product) -> int | None:
    """The higher of the grades of the source, the issuer and the bank; None where nobody graded it."""
    ours = grades(tx, product.product_no).get(LIVE)
    given = [product.risk, ours.issuer if ours else None, ours.distributor if ours else None]
    return max((int(grade.value[1]) for grade in given if grade is not None), default=None)


def facts(customers: FromClause, wanted: Sale) -> Select[Any]:
    """One row a customer with every field of `points.CATALOGUE`, and ``insisted``. ``customers`` has ``one_id``."""
    buyer, held, rules = investor_table.c, position_table.c, wanted.policy
    matrix = {rank: rules.matrix[rank - 1] for rank in range(1, 6)}
    elder = _elder(wanted)
    columns: dict[str, ColumnElement[Any]] = {
        "graded": literal(wanted.graded, Boolean),
        "on_sale": literal(wanted.on_sale, Boolean),
        "grade": cast(literal(wanted.grade, SmallInteger), SmallInteger),
        "tolerance": buyer.tolerance,
        "max_grade": case(matrix, value=buyer.tolerance, else_=None),
        "valid_until": buyer.valid_until,
        "today": cast(literal(wanted.today, Date), Date),
        "elder": elder,
        "experienced": func.coalesce(buyer.experienced, False),
        "amount": literal(wanted.amount, BigInteger),
        "aum": func.coalesce(buyer.aum, 0),
        "held": func.coalesce(held.held, 0),
        "high_risk_held": func.coalesce(buyer.high_risk_held, 0),
        "product_share": case((func.coalesce(elder, True), rules.elder_product_share), else_=rules.product_share),
        **{name: literal(getattr(rules, name), SmallInteger) for name in _NUMBERS},
        "insisted": and_(func.coalesce(buyer.insists, False), exists(_insistence(customers, wanted))),
    }
    joined = customers.outerjoin(investor_table, buyer.one_id == customers.c.one_id).outerjoin(
        position_table, and_(held.one_id == customers.c.one_id, held.product_no == wanted.product_no)
    )
    named = (value.label(name) for name, value in columns.items())
    return select(customers.c.one_id, *named).select_from(joined)


_NUMBERS: Final = (
    "elder_max_grade",
    "first_time_max_grade",
    "share_from_grade",
    "high_risk_from_grade",
    "high_risk_share",
)


def verdicts(customers: FromClause, wanted: Sale) -> Select[Any]:
    """(one_id, refusal): the first `Point` against, or NULL where the product suits."""
    seen = facts(customers, wanted).subquery("suitability_facts")
    clauses = []
    for check in points.CHECKS:
        against: ColumnElement[bool] = literal_column(f"({points.sql()[check.point]}) IS NOT FALSE", Boolean)
        clauses.append((and_(against, ~seen.c.insisted) if check.insistable else against, literal(check.point.value)))
    return select(seen.c.one_id, case(*clauses, else_=None).label("refusal"))


def _elder(wanted: Sale) -> ColumnElement[Any]:
    """Whether a person is old, by year of birth; NULL when a person's is not known, false for a firm."""
    youngest = wanted.today.year - wanted.policy.elder_age
    buyer = investor_table.c
    return case((buyer.company, literal(value=False)), else_=buyer.birth_year <= youngest)


def _insistence(customers: FromClause, wanted: Sale) -> Select[Any]:
    """Written insistences of the customer on this product that hold now, for this amount, under this policy."""
    said = insistence_table.c
    return select(said.id).where(
        said.one_id == customers.c.one_id,
        said.product_no == wanted.product_no,
        said.amount >= wanted.amount,
        said.policy == wanted.policy.version,
        said.confirmed_at.is_not(None),
        said.confirmed_at <= wanted.now,
        said.valid_until > wanted.now,
        said.confirmed_by != said.made_by,
    )
