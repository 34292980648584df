"""The search index of the log in PostgreSQL, and every statement about it. The log itself is the truth."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Boolean,
    ColumnElement,
    DateTime,
    Identity,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    Uuid,
    delete,
    func,
    insert,
    select,
    tuple_,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.dialects.postgresql import insert as upsert

from liuke.guard.audit.model import Verification, Wanted
from liuke.guard.audit.seal.model import Checkpoint, Fault, FaultKind, Report
from liuke.kernel.ids import OneId
from liuke.kernel.job import RunState, run_table
from liuke.kernel.page import Page, page_of, read_cursor, whole
from liuke.kernel.store import log
from liuke.kernel.store.columns import PiClass, Retention, column, metadata
from liuke.kernel.store.records import ReadHandle, WriteHandle

_plain = partial(column, pi=PiClass.NONE, keep=Retention.RECORD)
_personal = partial(column, pi=PiClass.C1, keep=Retention.RECORD)

entry_table = Table(
    "audit_entry",
    metadata,
    _plain("n", BigInteger, primary_key=True, autoincrement=False),
    _personal("at", DateTime(timezone=True)),
    _plain("kind", Text),
    _personal("actor_id", Text),
    _personal("subjects", ARRAY(BigInteger)),
    _plain("event_id", Uuid, nullable=True),
    _plain("leaf", LargeBinary),
    Index("ix_audit_entry_at", "at", "n"),
    Index("ix_audit_entry_actor", "actor_id", "n"),
    Index("ix_audit_entry_kind", "kind", "n", postgresql_ops={"kind": "text_pattern_ops"}),
    Index("ix_audit_entry_subjects", "subjects", postgresql_using="gin"),
)

#: Customers the log knows, each with the key of what it says of them. A row that is deleted is an erasure.
person_table = Table(
    "audit_person",
    metadata,
    _personal("number", BigInteger, Identity(always=True), primary_key=True),
    _personal("subject", BigInteger),
    column("wrapped", LargeBinary, pi=PiClass.C3, keep=Retention.RECORD),
    Index("ix_audit_person_subject", "subject", unique=True),
)

#: Why nothing is written at present; one row, or none.
trouble_table = Table("audit_trouble", metadata, _plain("at", DateTime(timezone=True)), _plain("words", Text))

#: The newest checkpoint of each segment: the database is a witness too.
mark_table = Table(
    "audit_mark",
    metadata,
    _plain("segment", Text, primary_key=True),
    _plain("log_id", Text),
    _plain("size", BigInteger),
    _plain("line", LargeBinary),
)

verification_table = Table(
    "audit_verification",
    metadata,
    _plain("id", Uuid, primary_key=True),
    _plain("size", BigInteger, nullable=True),
    *(_plain(name, Integer) for name in ("checkpoints", "signatures", "erased", "faults_total")),
    _plain("sound", Boolean, nullable=True),
    _plain("faults", JSONB),
)

_COLUMNS: Final = ("n", "at", "kind", "actor_id", "subjects", "event_id", "leaf")
VERIFY_JOB: Final = "audit.verify"


# entries


def add(tx: WriteHandle, rows: Sequence[Sequence[object]]) -> None:
    """Index entries: (n, at, kind, actor_id, subjects, event_id, leaf) each."""
    if rows:
        tx.copy(entry_table.name, _COLUMNS, iter(rows))


def indexed(tx: ReadHandle) -> int:
    """How many entries are indexed; they are indexed in order, so the rest are from this number on."""
    newest = tx.value(select(func.max(entry_table.c.n)))
    return 0 if newest is None else int(newest) + 1


def clear(tx: WriteHandle) -> None:
    """Forget the index, to build it again from the log."""
    tx.execute(delete(entry_table))


def search(tx: ReadHandle, wanted: Wanted, *, cursor: str | None, limit: int) -> Page[int]:
    """Numbers of entries, newest first by number."""
    entry = entry_table.c
    query = select(entry.n).order_by(entry.n.desc()).limit(limit + 1)
    if wanted.since:
        query = query.where(entry.at >= wanted.since)
    if wanted.until:
        query = query.where(entry.at < wanted.until)
    if wanted.actor_id:
        query = query.where(entry.actor_id == wanted.actor_id)
    if wanted.subject is not None:
        query = query.where(entry.subjects.contains([wanted.subject]))
    if wanted.kind:
        named = wanted.kind.endswith(".")
        query = query.where(entry.kind.startswith(wanted.kind, autoescape=True) if named else entry.kind == wanted.kind)
    if cursor:
        query = query.where(entry.n < read_cursor(cursor, whole)[0])
    numbers = [int(row["n"]) for row in tx.rows(query)]
    return page_of(numbers, limit=limit, key=lambda n: (n,))


def kinds(tx: ReadHandle) -> list[tuple[str, int]]:
    """Kinds and how many entries each has, most first."""
    entries = func.count()
    query = (
        select(entry_table.c.kind, entries).group_by(entry_table.c.kind).order_by(entries.desc(), entry_table.c.kind)
    )
    return [(row["kind"], row["count"]) for row in tx.rows(query)]


def of_subject(tx: ReadHandle, subject: OneId, *, except_kinds: str) -> list[int]:
    """Numbers of all entries about a customer, but those whose kind begins with ``except_kinds``."""
    entry = entry_table.c
    query = select(entry.n).where(_about(subject, except_kinds))
    return [int(row["n"]) for row in tx.rows(query.order_by(entry.n))]


def _about(subject: OneId, except_kinds: str) -> ColumnElement[bool]:
    entry = entry_table.c
    return entry.subjects.contains([subject]) & ~entry.kind.startswith(except_kinds, autoescape=True)


def forget(tx: WriteHandle, subject: OneId, *, except_kinds: str) -> None:
    """Destroy a customer's key and number, and take the customer out of the index but for entries of some kinds."""
    left = func.array_remove(entry_table.c.subjects, subject)
    tx.execute(update(entry_table).where(_about(subject, except_kinds)).values(subjects=left))
    tx.execute(delete(person_table).where(person_table.c.subject == subject))


def rows_between(tx: ReadHandle, first: int, end: int) -> Iterator[Mapping[Any, Any]]:
    """Indexed entries from ``first`` to ``end`` - 1, in order."""
    entry = entry_table.c
    query = select(entry_table).where(entry.n >= first, entry.n < end)
    yield from tx.rows(query.order_by(entry.n))


# customers


def persons(
    tx: ReadHandle, *, subjects: Collection[int] = (), numbers: Collection[int] = ()
) -> Sequence[Mapping[Any, Any]]:
    """Number, customer and wrapped key of those of these customers, or numbers, that are not erased."""
    if not subjects and not numbers:
        return []
    person = person_table.c
    wanted = person.subject == func.any(list(subjects)) if subjects else person.number == func.any(list(numbers))
    return tx.rows(select(person_table).where(wanted).order_by(person.number))


def add_persons(tx: WriteHandle, fresh: Sequence[tuple[int, bytes]]) -> None:
    """Customers and their wrapped keys."""
    tx.execute(insert(person_table), [{"subject": subject, "wrapped": wrapped} for subject, wrapped in fresh])


# trouble


def trouble(tx: ReadHandle) -> str:
    """Why nothing is written at present; empty when all is well."""
    return str(tx.value(select(trouble_table.c.words)) or "")


def tell_trouble(tx: WriteHandle, words: str) -> None:
    """Say why nothing is written; empty: all is well again."""
    tx.execute(delete(trouble_table))
    if words:
        tx.execute(insert(trouble_table).values(at=tx.clock.now(), words=words))


# checkpoints seen


def remember(tx: WriteHandle, checkpoint: Checkpoint) -> None:
    """Keep the newest checkpoint of its segment."""
    values = {"log_id": checkpoint.log_id, "size": checkpoint.size, "line": checkpoint.line}
    tx.execute(
        upsert(mark_table)
        .values(segment=checkpoint.segment, **values)
        .on_conflict_do_update(index_elements=["segment"], set_=values, where=mark_table.c.line != checkpoint.line)
    )


def marks(tx: ReadHandle) -> list[tuple[str, str, int, bytes]]:
    """Log number, segment, size and line of every checkpoint kept, by size."""
    rows = tx.rows(select(mark_table).order_by(mark_table.c.size, mark_table.c.segment))
    return [(row["log_id"], row["segment"], row["size"], bytes(row["line"])) for row in rows]


def unsealed(tx: ReadHandle, consumer: str) -> int:
    """How many events the log has not taken in yet."""
    after = select(log.cursor_table.c.txn, log.cursor_table.c.seq).where(log.cursor_table.c.consumer == consumer)
    place = tx.one(after)
    txn, seq = (place["txn"], place["seq"]) if place else (0, 0)
    waiting = tuple_(log.event_table.c.txn, log.event_table.c.seq) > tuple_(txn, seq)
    return int(tx.value(select(func.count()).select_from(log.event_table).where(waiting)) or 0)


# verifications


def begin_verification(tx: WriteHandle, run_id: UUID) -> None:
    """A verification that runs."""
    zeros = dict.fromkeys(("checkpoints", "signatures", "erased", "faults_total"), 0)
    tx.execute(insert(verification_table).values(id=run_id, size=None, sound=None, faults=[], **zeros))


def end_verification(tx: WriteHandle, run_id: UUID, report: Report) -> None:
    """What a verification found."""
    faults = [{"kind": f.kind, "message": f.message, "segment": f.segment, "entry": f.entry} for f in report.faults]
    values = {name: getattr(report, name) for name in ("size", "checkpoints", "signatures", "erased", "faults_total")}
    tx.execute(
        update(verification_table)
        .where(verification_table.c.id == run_id)
        .values(sound=report.sound, faults=faults, **values)
    )


def verifications(tx: ReadHandle, *, run_id: UUID | None = None, limit: int = 20) -> list[Verification]:
    """The newest verifications, or one."""
    run = run_table.c
    query = (
        select(verification_table, run.state, run.fraction, run.started_by, run.started_at, run.ended_at)
        .join(run_table, run.id == verification_table.c.id)
        .order_by(run.started_at.desc(), run.id.desc())
        .limit(limit)
    )
    if run_id is not None:
        query = query.where(verification_table.c.id == run_id)
    return [_verification(row) for row in tx.rows(query)]


def running_since(tx: ReadHandle) -> datetime | None:
    """When the verification that runs now last moved; None when none runs."""
    query = select(func.max(run_table.c.moved_at)).where(
        run_table.c.job == VERIFY_JOB, run_table.c.state == RunState.RUNNING
    )
    found: datetime | None = tx.value(query)
    return found


def _verification(row: Mapping[Any, Any]) -> Verification:
    faults = [Fault(FaultKind(one["kind"]), one["message"], one["segment"], one["entry"]) for one in row["faults"]]
    facts = {name: row[name] for name in Verification.__slots__}
    return Verification(**facts | {"faults": faults, "state": RunState(row["state"])})
