"""Tables of suitability: buyers, what they hold, product grades, versions of the policy; and statements about them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any, Final

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Date,
    DateTime,
    Index,
    Integer,
    RowMapping,
    SmallInteger,
    Table,
    Text,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert as upsert

from liuke.guard.suitability.model import Grade, Investor, Policy, ProductGrade, Tolerance
from liuke.kernel.ids import OneId
from liuke.kernel.store.columns import PiClass, Retention, column, metadata
from liuke.kernel.store.pipe import Query
from liuke.kernel.store.records import ReadHandle, WriteHandle

_plain = partial(column, pi=PiClass.NONE, keep=Retention.PERMANENT)
_none = partial(column, pi=PiClass.NONE, keep=Retention.RELATION)
_c1 = partial(column, pi=PiClass.C1, keep=Retention.RELATION)
_c2 = partial(column, pi=PiClass.C2, keep=Retention.RELATION)
_MOMENT: Final = DateTime(timezone=True)

#: One narrow row a customer, so that a check over millions reads no wide row. Tolerances are ranks 1–5.
investor_table = Table(
    "investor",
    metadata,
    _c1("one_id", BigInteger, primary_key=True, autoincrement=False),
    _c2("tolerance", SmallInteger, nullable=True),
    _none("origin", Text),
    _c1("assessed_on", Date, nullable=True),
    _c1("valid_until", Date, nullable=True),
    _c1("company", Boolean),
    _c2("birth_year", SmallInteger, nullable=True),
    _c1("experienced", Boolean),
    _c2("aum", BigInteger),
    _c2("high_risk_held", BigInteger),
    _c1("insists", Boolean),
    _none("changed_at", _MOMENT),
)

#: What a buyer was until a moment: written by the database itself (trigger ``investor_past``) when it becomes another.
past_table = Table(
    "investor_past",
    metadata,
    _c1("one_id", BigInteger, primary_key=True, autoincrement=False),
    _none("until", _MOMENT, primary_key=True),
    _c2("tolerance", SmallInteger, nullable=True),
    _c1("assessed_on", Date, nullable=True),
    _c1("valid_until", Date, nullable=True),
    _c1("experienced", Boolean),
    _c2("aum", BigInteger, nullable=True),
    _c2("high_risk_held", BigInteger, nullable=True),
)

position_table = Table(
    "investor_position",
    metadata,
    _none("product_no", Text, primary_key=True),
    _c1("one_id", BigInteger, primary_key=True, autoincrement=False),
    _c2("held", BigInteger),
    Index("ix_investor_position_one_id", "one_id"),
)

grade_table = Table(
    "product_grade",
    metadata,
    _plain("product_no", Text, primary_key=True),
    _plain("state", Text, primary_key=True),
    _plain("issuer", SmallInteger, nullable=True),
    _plain("distributor", SmallInteger, nullable=True),
    _plain("basis", Text),
    _plain("made_by", Text),
    _plain("approved_by", Text, nullable=True),
    _plain("made_at", _MOMENT),
)

#: Grades in force until a moment (NULL: none), written by the database itself (trigger ``product_grade_past``).
grade_past_table = Table(
    "product_grade_past",
    metadata,
    _plain("product_no", Text, primary_key=True),
    _plain("until", _MOMENT, primary_key=True),
    _plain("issuer", SmallInteger, nullable=True),
    _plain("distributor", SmallInteger, nullable=True),
)

policy_table = Table(
    "suitability_policy",
    metadata,
    _plain("version", Integer, primary_key=True, autoincrement=False),
    _plain("state", Text),
    _plain("body", JSON),
    _plain("reason", Text),
    _plain("made_by", Text),
    _plain("made_at", _MOMENT),
    _plain("approved_by", Text, nullable=True),
    _plain("approved_at", _MOMENT, nullable=True),
)

DRAFT: Final = "draft"
LIVE: Final = "live"
PAST: Final = "past"  # was in force
REJECTED: Final = "rejected"


def policy(tx: ReadHandle, at: datetime | None = None) -> Policy:
    """The policy in force, now or at a moment; the one shipped where none was approved by then."""
    held = policy_table.c
    query = select(policy_table).where(
        held.state.in_((LIVE, PAST)), held.approved_at <= at if at else held.state == LIVE
    )
    row = tx.one(query.order_by(held.approved_at.desc(), held.version.desc()).limit(1))
    return as_policy(row) if row else Policy()


def policy_row(tx: ReadHandle, state: str) -> RowMapping | None:
    """The version of the policy in a state."""
    return tx.one(select(policy_table).where(policy_table.c.state == state))


def as_policy(row: Mapping[Any, Any]) -> Policy:
    """The numbers of a stored version."""
    body = dict(row["body"])
    body |= {name: tuple(body[name]) for name in ("matrix", "kinds") if name in body}
    return Policy(**(body | {"version": row["version"]}))


def stamp(product_no: str | None) -> Query:
    """A query of a text (``stamp``) that is another when the policy or the grades of the product are."""
    return (
        "SELECT concat_ws(',', (SELECT version FROM suitability_policy WHERE state = 'live'), '/', g.issuer, '/',"
        " g.distributor) AS stamp"
        " FROM (SELECT) AS one LEFT JOIN product_grade g ON g.product_no = $1 AND g.state = 'live'"
    ), (product_no,)


def add_policy(tx: WriteHandle, body: Mapping[str, object], *, reason: str) -> int:
    """Keep a draft; returns its version."""
    version = int(tx.value(select(func.coalesce(func.max(policy_table.c.version), 0)))) + 1
    facts = {"version": version, "state": DRAFT, "body": dict(body), "reason": reason}
    tx.execute(insert(policy_table).values(**facts, made_by=tx.actor.user_id, made_at=tx.clock.now()))
    return version


def settle_policy(tx: WriteHandle, version: int, *, approved: bool) -> None:
    """Put a draft in force in place of the present one, or put it aside."""
    if approved:
        tx.execute(update(policy_table).where(policy_table.c.state == LIVE).values(state=PAST))
    done = {"state": LIVE if approved else REJECTED, "approved_by": tx.actor.user_id, "approved_at": tx.clock.now()}
    tx.execute(update(policy_table).where(policy_table.c.version == version).values(**done))


def grades(tx: ReadHandle, product_no: str) -> dict[str, ProductGrade]:
    """Grades of a product by state: those in force and those proposed."""
    rows = tx.rows(select(grade_table).where(grade_table.c.product_no == product_no))
    return {row["state"]: _grade(row) for row in rows}


def grades_at(tx: ReadHandle, product_no: str, at: datetime | None) -> tuple[int | None, int | None]:
    """Ranks given by the issuer and by the bank that are in force, or were at a moment."""
    past, live = grade_past_table.c, grade_table.c
    if at is not None:
        query = select(past.issuer, past.distributor).where(past.product_no == product_no, past.until > at)
        row = tx.one(query.order_by(past.until).limit(1))
        if row is not None:
            return row["issuer"], row["distributor"]
    query = select(live.issuer, live.distributor).where(live.product_no == product_no, live.state == LIVE)
    row = tx.one(query)
    return (row["issuer"], row["distributor"]) if row else (None, None)


def drafts(tx: ReadHandle) -> list[ProductGrade]:
    """Grades that wait for a second person."""
    query = select(grade_table).where(grade_table.c.state == DRAFT).order_by(grade_table.c.made_at)
    return [_grade(row) for row in tx.rows(query)]


def _grade(row: Mapping[Any, Any]) -> ProductGrade:
    facts = {name: row[name] for name in ProductGrade.__slots__}
    named = {name: Grade(f"R{row[name]}") if row[name] else None for name in ("issuer", "distributor")}
    return ProductGrade(**facts | named)


def save_grade(tx: WriteHandle, values: Mapping[str, object]) -> None:
    """Keep grades of a product in a state, in place of those there."""
    statement = upsert(grade_table).values(**values)
    taken = {name: statement.excluded[name] for name in set(grade_table.c.keys()) - {"product_no", "state"}}
    tx.execute(statement.on_conflict_do_update(index_elements=["product_no", "state"], set_=taken))


def drop_draft(tx: WriteHandle, product_no: str) -> None:
    """Put proposed grades aside."""
    tx.execute(grade_table.delete().where(grade_table.c.product_no == product_no, grade_table.c.state == DRAFT))


def investor(tx: ReadHandle, one_id: OneId) -> Investor | None:
    """A customer as a buyer."""
    row = tx.one(select(investor_table).where(investor_table.c.one_id == one_id))
    if row is None:
        return None
    facts = {name: row[name] for name in Investor.__slots__}
    return Investor(**facts | {"tolerance": Tolerance(f"C{row['tolerance']}") if row["tolerance"] else None})


def lock(tx: WriteHandle, one_id: OneId) -> RowMapping:
    """The buyer's row, made when it is not there, locked until the transaction ends."""
    fresh = {"origin": "none", "company": False, "experienced": False, "aum": 0, "high_risk_held": 0, "insists": False}
    statement = upsert(investor_table).values(one_id=one_id, changed_at=tx.clock.now(), **fresh)
    tx.execute(statement.on_conflict_do_nothing(index_elements=["one_id"]))
    found = tx.one(select(investor_table).where(investor_table.c.one_id == one_id).with_for_update())
    assert found is not None  # noqa: S101  (it was just made)
    return found


def change(tx: WriteHandle, one_id: OneId, **values: object) -> None:
    """Set columns of a buyer."""
    mine = investor_table.c.one_id == one_id
    tx.execute(update(investor_table).where(mine).values(changed_at=tx.clock.now(), **values))


def set_birth_years(tx: WriteHandle, years: Sequence[tuple[int, int | None]]) -> None:
    """Keep years of birth, of those known as buyers."""
    from sqlalchemy import bindparam

    known = [{"number": one_id, "year": year} for one_id, year in years if year is not None]
    if known:
        mine = investor_table.c.one_id == bindparam("number")
        tx.execute(update(investor_table).where(mine).values(birth_year=bindparam("year")), known)
