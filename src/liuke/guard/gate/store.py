"""Tables of the gate and the plain statements about them; the one statement of verdicts is in `judge`."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from functools import partial
from typing import Any, Final
from uuid import UUID

import orjson
from psycopg.types.numeric import Int4, Int8
from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    CheckConstraint,
    Date,
    DateTime,
    Identity,
    Index,
    Integer,
    Table,
    Text,
    Uuid,
    delete,
    func,
    insert,
    or_,
    select,
    text,
    tuple_,
    update,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.dialects.postgresql import insert as upsert

from liuke.data import profile
from liuke.guard.consent import Channel
from liuke.guard.gate.model import (
    Check,
    Day,
    DayKind,
    Freeze,
    FreezeKind,
    Holdout,
    Permit,
    PolicyState,
    Refusal,
    RefusalFilter,
    Version,
)
from liuke.guard.gate.policy import from_json, to_json
from liuke.kernel.crypto import digest
from liuke.kernel.ids import OneId
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
send_table = Table(
    "gate_send",
    metadata,
    _plain("permit", Uuid, primary_key=True),
    _person("one_id", BigInteger),
    _plain("channel", Text),
    _plain("purpose", Text),
    _plain("campaign", Text),
    _person("product_no", Text, nullable=True),
    _plain("digest", Text),
    _person("sent_at", _TIME),
    _person("actor_id", Text),
    Index("ix_gate_send_one_id", "one_id", "sent_at"),
)
refusal_table = Table(
    "gate_refusal",
    metadata,
    _plain("id", Uuid, primary_key=True),
    _plain("at", _TIME),
    _person("one_id", BigInteger),
    _person("branch_path", Text),
    _person("rm_no", Text, nullable=True),
    _plain("channel", Text),
    _plain("purpose", Text),
    _person("product_no", Text, nullable=True),
    _plain("campaign", Text),
    _plain("check_name", Text),
    _person("code", Text),
    _person("reason", Text),
    _person("remedy", Text),
    _person("evidence", JSONB),
    _person("actor_id", Text),
    _plain("trial", Boolean),
    _plain("policy_version", Integer),
    Index("ix_gate_refusal_at", "at", "id"),
    Index("ix_gate_refusal_one_id", "one_id", "at"),
)

#: Above every other use of advisory locks: one key a customer, so that counting and sending never interleave.
_LOCK: Final = 0x6761 << 48


def lock(tx: WriteHandle, one_id: OneId) -> None:
    """Let nobody else count or send for this customer until the transaction ends."""
    tx.one(select(func.pg_advisory_xact_lock(_LOCK | int(one_id))))


def used(tx: ReadHandle, permit: UUID) -> bool:
    """Whether a permit was used."""
    return tx.value(select(send_table.c.permit).where(send_table.c.permit == permit)) is not None


def add_send(tx: WriteHandle, permit: Permit, sent_at: datetime) -> None:
    """Count a send."""
    names = ("one_id", "channel", "purpose", "campaign", "product_no", "digest", "actor_id")
    facts = {name: getattr(permit, name) for name in names}
    tx.execute(insert(send_table), facts | {"permit": permit.id, "sent_at": sent_at})


def sends(tx: ReadHandle, one_id: OneId, *, limit: int) -> Sequence[Mapping[Any, Any]]:
    """The latest sends to a customer, newest first."""
    query = select(send_table).where(send_table.c.one_id == one_id).order_by(send_table.c.sent_at.desc()).limit(limit)
    return tx.rows(query)


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


_REFUSED: Final = tuple(column.name for column in refusal_table.columns)
_ADD_REFUSAL: Final = (
    f"INSERT INTO gate_refusal ({', '.join(_REFUSED)})"
    f" VALUES ({', '.join(f'${place}' for place in range(1, len(_REFUSED) + 1))})"
)


def adding(refusal: Refusal, *, branch_path: str, rm_no: str | None) -> Query:
    """The statement that keeps a refusal for the list."""
    facts = {name: getattr(refusal, name) for name in Refusal.__slots__}
    facts |= {"branch_path": branch_path, "rm_no": rm_no, "check_name": refusal.check.value}
    facts |= {"one_id": Int8(refusal.one_id), "policy_version": Int4(refusal.policy_version)}
    facts["evidence"] = orjson.dumps(dict(refusal.evidence), default=str).decode()
    return _ADD_REFUSAL, [facts[name] for name in _REFUSED]


def refusals(tx: ReadHandle, wanted: RefusalFilter, *, cursor: str | None, limit: int) -> Page[Refusal]:
    """Refusals of customers in scope, newest first."""
    held = refusal_table.c
    query = select(refusal_table).order_by(held.at.desc(), held.id.desc()).limit(limit + 1)
    for place, asked in ((held.check_name, wanted.check), (held.channel, wanted.channel), (held.one_id, wanted.one_id)):
        if asked is not None:
            query = query.where(place == asked)
    if wanted.trial is not None:
        query = query.where(held.trial == wanted.trial)
    if wanted.since is not None:
        query = query.where(held.at >= wanted.since)
    if wanted.until is not None:
        query = query.where(held.at < wanted.until)
    if cursor:
        query = query.where(tuple_(held.at, held.id) < _after(cursor))
    rows = [_refusal(row) for row in tx.rows(query)]
    return page_of(rows, limit=limit, key=lambda found: (found.at.isoformat(), str(found.id)))


def _refusal(row: Mapping[Any, Any]) -> Refusal:
    facts = {name: row[name] for name in Refusal.__slots__ if name != "check"}
    return Refusal(check=Check(row["check_name"]), **facts)


def refusal_counts(tx: ReadHandle, since: datetime) -> Sequence[Mapping[Any, Any]]:
    """Refusals of customers in scope since a moment, by check and channel; trials left out."""
    held = refusal_table.c
    query = select(held.check_name, held.channel, func.count().label("count")).where(held.at >= since, ~held.trial)
    return tx.rows(query.group_by(held.check_name, held.channel).order_by(func.count().desc()))
