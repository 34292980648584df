"""The append-only event log, and consumers that read it once each, in order, without gaps.

An event's place is ``(txn, seq)``: the transaction that wrote it, then its number. A consumer reads only transactions
older than the oldest still open, so one that commits late is never skipped.
"""

from collections.abc import Sequence

import orjson
from psycopg.types.numeric import Int4, Int8
from sqlalchemy import (
    BigInteger,
    Connection,
    DateTime,
    Identity,
    Index,
    Integer,
    Table,
    Text,
    Uuid,
    func,
    insert,
    select,
    text,
    tuple_,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.dialects.postgresql import insert as upsert

from liuke.kernel.actor import Actor
from liuke.kernel.clock import Clock
from liuke.kernel.event import Event, Recorded
from liuke.kernel.ids import new_id
from liuke.kernel.store.columns import PiClass, Retention, column, metadata

#: NOTIFY channel that wakes consumers.
CHANNEL = "liuke_event"

_TXN = text("(pg_current_xact_id()::text::bigint)")

event_table = Table(
    "event",
    metadata,
    column("seq", BigInteger, Identity(always=True), primary_key=True, pi=PiClass.NONE, keep=Retention.RECORD),
    column("txn", BigInteger, server_default=_TXN, pi=PiClass.NONE, keep=Retention.RECORD),
    column("id", Uuid, pi=PiClass.NONE, keep=Retention.RECORD),
    column("kind", Text, pi=PiClass.NONE, keep=Retention.RECORD),
    column("version", Integer, pi=PiClass.NONE, keep=Retention.RECORD),
    column("at", DateTime(timezone=True), pi=PiClass.C1, keep=Retention.RECORD),
    column("actor_id", Text, pi=PiClass.C1, keep=Retention.RECORD),
    column("via", Text, pi=PiClass.NONE, keep=Retention.RECORD),
    column("request_id", Text, pi=PiClass.NONE, keep=Retention.RECORD),
    column("subject", BigInteger, nullable=True, pi=PiClass.C1, keep=Retention.RECORD),
    column("payload", JSONB, pi=PiClass.C1, keep=Retention.RECORD),
    Index("ix_event_txn_seq", "txn", "seq"),
    Index("ix_event_subject_seq", "subject", "seq", postgresql_where=text("subject IS NOT NULL")),
)

cursor_table = Table(
    "event_cursor",
    metadata,
    column("consumer", Text, primary_key=True, pi=PiClass.NONE, keep=Retention.PERMANENT),
    column("txn", BigInteger, pi=PiClass.NONE, keep=Retention.PERMANENT),
    column("seq", BigInteger, pi=PiClass.NONE, keep=Retention.PERMANENT),
    column("moved_at", DateTime(timezone=True), pi=PiClass.NONE, keep=Retention.PERMANENT),
)


def append(connection: Connection, events: Sequence[Event], actor: Actor, clock: Clock) -> None:
    """Write events in the open transaction; consumers wake when it commits."""
    if not events:
        return
    connection.execute(insert(event_table), [row_of(happened, actor, clock) for happened in events])
    if any(happened.wakes for happened in events):
        connection.execute(select(func.pg_notify(CHANNEL, "")))


_APPEND = (
    "INSERT INTO event (id, kind, version, at, actor_id, via, request_id, subject, payload)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9::jsonb)"
)


def appending(happened: Event, actor: Actor, clock: Clock) -> tuple[str, tuple[object, ...]]:
    """The statement that writes an event that wakes nobody, as text with its values."""
    row = row_of(happened, actor, clock)
    subject = None if happened.subject is None else Int8(happened.subject)
    payload = orjson.dumps(row["payload"]).decode()
    return _APPEND, (*(row | {"version": Int4(happened.version), "subject": subject, "payload": payload}).values(),)


def row_of(happened: Event, actor: Actor, clock: Clock) -> dict[str, object]:
    """An event as it is stored; the database adds its place."""
    return {
        "id": new_id(clock),
        "kind": happened.kind,
        "version": happened.version,
        "at": clock.now(),
        "actor_id": actor.user_id,
        "via": actor.via,
        "request_id": actor.request_id,
        "subject": happened.subject,
        "payload": happened.payload(),
    }


def read_after(
    connection: Connection, txn: int, seq: int, *, kinds: Sequence[str] = (), limit: int = 1000
) -> list[Recorded]:
    """Settled events after a place, oldest first; ``kinds`` narrows them."""
    settled = event_table.c.txn < text("(pg_snapshot_xmin(pg_current_snapshot())::text::bigint)")
    query = select(event_table).where(tuple_(event_table.c.txn, event_table.c.seq) > tuple_(txn, seq), settled)
    if kinds:
        query = query.where(event_table.c.kind.in_(kinds))
    rows = connection.execute(query.order_by(event_table.c.txn, event_table.c.seq).limit(limit)).mappings()
    return [Recorded(**row) for row in rows]


def now(connection: Connection) -> tuple[int, int]:
    """The place after everything settled: `read_after` from here gives what commits from now on."""
    oldest_open = connection.execute(text("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint")).scalar_one()
    return int(oldest_open) - 1, 2**62


def position(connection: Connection, consumer: str) -> tuple[int, int]:
    """Where a consumer stands, locked until the transaction ends so that two of the same name never run at once."""
    found = connection.execute(
        select(cursor_table.c.txn, cursor_table.c.seq).where(cursor_table.c.consumer == consumer).with_for_update()
    ).first()
    return (found.txn, found.seq) if found else (0, 0)


def advance(connection: Connection, consumer: str, txn: int, seq: int, clock: Clock) -> None:
    """Move a consumer's durable cursor, in the same transaction as what it did."""
    values = {"txn": txn, "seq": seq, "moved_at": clock.now()}
    connection.execute(
        upsert(cursor_table)
        .values(consumer=consumer, **values)
        .on_conflict_do_update(index_elements=["consumer"], set_=values)
    )
