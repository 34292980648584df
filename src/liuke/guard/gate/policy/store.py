"""Tables of versions of the policy and of days that are not what their weekday says, and the statements about them."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from functools import partial
from typing import Any, Final

import orjson
from sqlalchemy import (
    CheckConstraint,
    Date,
    DateTime,
    Identity,
    Index,
    Integer,
    Table,
    Text,
    delete,
    insert,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.dialects.postgresql import insert as upsert

from liuke.guard.gate.policy.document import from_json, to_json
from liuke.guard.gate.policy.model import Day, DayKind, PolicyState, Version
from liuke.kernel.crypto import digest
from liuke.kernel.page import Page, page_of, read_cursor, whole
from liuke.kernel.store.columns import PiClass, Retention, column, metadata
from liuke.kernel.store.pipe import Query
from liuke.kernel.store.records import ReadHandle, WriteHandle

_plain = partial(column, pi=PiClass.NONE, keep=Retention.RECORD)
_person = partial(column, pi=PiClass.C1, keep=Retention.RECORD)
_TIME: Final = DateTime(timezone=True)
policy_table = Table(
    "gate_policy",
    metadata,
    _plain("version", Integer, Identity(always=True), primary_key=True),
    _plain("body", JSONB),
    _plain("digest", Text),
    _plain("state", Text),
    _plain("note", Text),
    _person("drafted_by", Text),
    _plain("drafted_at", _TIME),
    _person("decided_by", Text, nullable=True),
    _plain("decided_at", _TIME, nullable=True),
    CheckConstraint("state <> 'published' OR decided_by <> drafted_by", name="four_eyes"),
    Index("ix_gate_policy_published", "decided_at", "version", postgresql_where=text("state = 'published'")),
)
calendar_table = Table(
    "gate_calendar",
    metadata,
    _plain("day", Date, primary_key=True),
    _plain("kind", Text),
    _plain("name", Text),
)

_STANDING: Final = (
    "SELECT version, digest, (SELECT kind FROM gate_calendar WHERE day = $1) AS kind FROM gate_policy"
    " WHERE state = 'published' AND decided_at <= $2 ORDER BY decided_at DESC, version DESC LIMIT 1"
)
_EVER: Final = datetime.max.replace(tzinfo=UTC)


def standing(day: date, at: datetime | None = None) -> Query:
    """A query of version and digest of the policy in force at a moment of the past (None: now, whatever the clock
    says), and of what the calendar says of a day. No row before the first.
    """
    return _STANDING, (day, at or _EVER)


def version(tx: ReadHandle, number: int, *, lock: bool = False) -> Version | None:
    """A version of the policy."""
    query = select(policy_table).where(policy_table.c.version == number)
    row = tx.one(query.with_for_update() if lock else query)
    return _version(row) if row else None


def versions(tx: ReadHandle, *, cursor: str | None, limit: int) -> Page[Version]:
    """Versions, newest first."""
    query = select(policy_table).order_by(policy_table.c.version.desc()).limit(limit + 1)
    if cursor:
        query = query.where(policy_table.c.version < read_cursor(cursor, whole)[0])
    return page_of([_version(row) for row in tx.rows(query)], limit=limit, key=lambda found: (found.version,))


def add_version(tx: WriteHandle, draft: Version) -> int:
    """Save a draft; returns its number."""
    body = to_json(draft.policy)
    values = {
        "body": body,
        "digest": digest(orjson.dumps(body)).hex(),
        "state": draft.state,
        "note": draft.note,
        "drafted_by": draft.drafted_by,
        "drafted_at": draft.drafted_at,
    }
    return int(tx.value(insert(policy_table).values(**values).returning(policy_table.c.version)))


def decide_version(tx: WriteHandle, number: int, state: PolicyState) -> None:
    """Publish or reject a draft."""
    values = {"state": state, "decided_by": tx.actor.user_id, "decided_at": tx.clock.now()}
    tx.execute(update(policy_table).where(policy_table.c.version == number).values(**values))


def _version(row: Mapping[Any, Any]) -> Version:
    facts = {name: row[name] for name in Version.__slots__ if name != "policy"}
    return Version(policy=from_json(row["body"]), **facts | {"state": PolicyState(row["state"])})


def calendar(tx: ReadHandle, since: date, until: date) -> list[Day]:
    """Days that are not what their weekday says, both ends included."""
    query = select(calendar_table).where(calendar_table.c.day.between(since, until)).order_by(calendar_table.c.day)
    return [Day(row["day"], DayKind(row["kind"]), row["name"]) for row in tx.rows(query)]


def set_day(tx: WriteHandle, day: Day) -> None:
    """Set a day of the calendar."""
    values = {"kind": day.kind, "name": day.name}
    statement = upsert(calendar_table).values(day=day.day, **values)
    tx.execute(statement.on_conflict_do_update(index_elements=["day"], set_=values))


def clear_day(tx: WriteHandle, day: date) -> None:
    """Let a day be what its weekday says."""
    tx.execute(delete(calendar_table).where(calendar_table.c.day == day))
