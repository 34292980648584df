"""Tables of freezes, hold-outs and the calendar, and the statements about them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    BigInteger,
    DateTime,
    Index,
    Table,
    Text,
    Uuid,
    func,
    insert,
    or_,
    select,
    tuple_,
    update,
)
from sqlalchemy.dialects.postgresql import insert as upsert

from liuke.data import profile
from liuke.guard.consent import Channel
from liuke.guard.gate.settings.model import Freeze, FreezeKind, Holdout
from liuke.kernel.ids import OneId
from liuke.kernel.page import Page, page_of, read_cursor
from liuke.kernel.store.columns import PiClass, Retention, column, metadata
from liuke.kernel.store.records import ReadHandle, WriteHandle

_plain = partial(column, pi=PiClass.NONE, keep=Retention.RECORD)
_person = partial(column, pi=PiClass.C1, keep=Retention.RECORD)
_TIME: Final = DateTime(timezone=True)
freeze_table = Table(
    "gate_freeze",
    metadata,
    _plain("id", Uuid, primary_key=True),
    _person("one_id", BigInteger),
    _person("kind", Text),
    _plain("channels", ARRAY(Text)),
    _person("reason", Text),
    _person("since", _TIME),
    _person("until", _TIME, nullable=True),
    _person("placed_by", Text),
    _person("lifted_at", _TIME, nullable=True),
    _person("lifted_by", Text, nullable=True),
    Index("ix_gate_freeze_one_id", "one_id"),
)
holdout_table = Table(
    "gate_holdout",
    metadata,
    _plain("name", Text, primary_key=True),
    _plain("campaign", Text),
    _plain("since", _TIME),
    _plain("until", _TIME, nullable=True),
    _person("made_by", Text),
)
member_table = Table(
    "gate_holdout_member",
    metadata,
    _person("one_id", BigInteger, primary_key=True, autoincrement=False),
    _plain("name", Text, primary_key=True),
)


def add_freeze(tx: WriteHandle, freeze: Freeze) -> None:
    """Keep a freeze."""
    tx.execute(insert(freeze_table), {name: getattr(freeze, name) for name in Freeze.__slots__} | _listed(freeze))


def _listed(freeze: Freeze) -> dict[str, object]:
    return {"channels": [channel.value for channel in freeze.channels]}


def lift_freeze(tx: WriteHandle, freeze_id: UUID) -> OneId | None:
    """Lift a freeze in force of a customer in scope; returns the customer, or None when there is no such freeze."""
    held, seen = freeze_table.c, profile.facts.rows().subquery("seen")
    query = select(held.one_id).join(seen, seen.c.one_id == held.one_id).where(held.id == freeze_id)
    one_id = tx.value(query.where(held.lifted_at.is_(None)).with_for_update(of=freeze_table))
    if one_id is not None:
        values = {"lifted_at": tx.clock.now(), "lifted_by": tx.actor.user_id}
        tx.execute(update(freeze_table).where(held.id == freeze_id).values(**values))
    return None if one_id is None else OneId(one_id)


def freezes(
    tx: ReadHandle, *, one_id: OneId | None, now: datetime | None, cursor: str | None, limit: int
) -> Page[Freeze]:
    """Freezes of customers in scope, newest first; with ``now`` only those in force."""
    held, seen = freeze_table.c, profile.facts.rows().subquery("seen")
    query = select(freeze_table).join(seen, seen.c.one_id == held.one_id)
    query = query.order_by(held.since.desc(), held.id.desc()).limit(limit + 1)
    if one_id is not None:
        query = query.where(held.one_id == one_id)
    if now is not None:
        query = query.where(held.lifted_at.is_(None), or_(held.until.is_(None), held.until > now))
    if cursor:
        query = query.where(tuple_(held.since, held.id) < _after(cursor))
    rows = [_freeze(row) for row in tx.rows(query)]
    return page_of(rows, limit=limit, key=lambda found: (found.since.isoformat(), str(found.id)))


def _freeze(row: Mapping[Any, Any]) -> Freeze:
    facts = {name: row[name] for name in Freeze.__slots__}
    channels = tuple(Channel(name) for name in row["channels"])
    return Freeze(**facts | {"kind": FreezeKind(row["kind"]), "channels": channels})


def _after(cursor: str) -> Any:  # noqa: ANN401
    return tuple_(*read_cursor(cursor, datetime.fromisoformat, UUID))


def add_holdout(tx: WriteHandle, holdout: Holdout, one_ids: Sequence[OneId]) -> bool:
    """Register a hold-out with its members; False when the name is taken."""
    values = {name: getattr(holdout, name) for name in ("name", "campaign", "since", "until")}
    made = upsert(holdout_table).values(**values, made_by=tx.actor.user_id).on_conflict_do_nothing()
    if tx.one(made.returning(holdout_table.c.name)) is None:
        return False
    tx.copy("gate_holdout_member", ("one_id", "name"), ((int(one), holdout.name) for one in sorted(set(one_ids))))
    return True


def end_holdout(tx: WriteHandle, name: str) -> bool:
    """End a hold-out now; False when none of this name is in force."""
    held, now = holdout_table.c, tx.clock.now()
    in_force = (held.name == name) & or_(held.until.is_(None), held.until > now)
    return tx.execute(update(holdout_table).where(in_force).values(until=now)) > 0


def holdouts(tx: ReadHandle) -> list[Holdout]:
    """Every hold-out with its size, the latest first."""
    size = select(func.count()).where(member_table.c.name == holdout_table.c.name).scalar_subquery()
    held = holdout_table.c
    query = select(held.name, held.campaign, held.since, held.until, size.label("members"))
    return [Holdout(**row) for row in tx.rows(query.order_by(held.since.desc(), held.name))]
