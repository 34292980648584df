"""What others may ask of suitability: check one customer or many, take tolerances over, keep policy and grades."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, FromClause, Select, literal, select

from liuke.data import profile
from liuke.guard.suitability import gather, points
from liuke.guard.suitability.model import Fit, Point, Reason, Unfit
from liuke.kernel.ids import OneId
from liuke.kernel.store.records import ReadHandle

_MISSING = frozenset({Point.NO_GRADE, Point.NOT_ASSESSED})


def check(tx: ReadHandle, one_id: OneId, product_no: str, amount: int | None, now: datetime) -> Fit | Unfit:
    """Whether a product suits a customer. ``amount`` in 分 of CNY; None asks for the product's smallest.

    Raises: UnknownCustomer, UnknownProduct.
    """
    if not profile.facts.knows(tx, one_id):
        raise profile.UnknownCustomer
    return judged(tx, one_id, gather.sale(tx, product_no, amount=amount, now=now))


def judged(tx: ReadHandle, one_id: OneId, wanted: gather.Sale) -> Fit | Unfit:
    """The same for somebody known to be a customer, and a sale already read."""
    one = select(literal(int(one_id), BigInteger).label("one_id")).subquery("one")
    row = tx.one(gather.facts(one, wanted))
    assert row is not None  # noqa: S101  (one customer, one row)
    return judge(one_id, wanted, dict(row))


def told(point: Point, wanted: gather.Sale, row: Mapping[Any, Any]) -> Reason:
    """One point against, in words, from a row of a query that `gather.onto` was told to fill."""
    return _reason(points.of(point), gather.facts_in(row, wanted))


def judge(one_id: OneId, wanted: gather.Sale, facts: dict[str, Any]) -> Fit | Unfit:
    """The verdict over the facts of one customer: pure."""
    said = {check.point: points.functions()[check.point](facts) for check in points.CHECKS}
    against = [check for check in points.CHECKS if said[check.point] is not False]
    insisted = bool(facts["insisted"])
    open_points = [found for found in against if not (insisted and found.insistable)]
    version = wanted.policy.version
    if not open_points:
        return Fit(one_id, wanted.product_no, version, facts, insisted=bool(against))
    if any(found.point in _MISSING for found in open_points):
        open_points = [found for found in open_points if said[found.point]]
    reasons = tuple(_reason(found, facts) for found in open_points)
    return Unfit(one_id, wanted.product_no, version, reasons, facts)


def _reason(found: points.Check, facts: dict[str, Any]) -> Reason:
    why = points.why(found.point, facts)
    return Reason(found.point, found.message, found.remedy, found.insistable, why, found.verify)


def sql(tx: ReadHandle, customers: FromClause, product_no: str, amount: int | None, now: datetime) -> Select[Any]:
    """(one_id, refusal) over a set of customers (``one_id`` once each); refusal NULL where the product suits.

    Raises: UnknownProduct.
    """
    return gather.verdicts(customers, gather.sale(tx, product_no, amount=amount, now=now))
