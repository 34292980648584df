"""The tables of one-ID: members, the merge journal, the review queue, people's decisions."""

import io
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import pyarrow as pa
import pyarrow.csv as pacsv
from sqlalchemy import (
    BigInteger,
    DateTime,
    Double,
    Identity,
    Index,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    and_,
    delete,
    func,
    insert,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.dialects.postgresql import insert as upsert

from liuke.data.identity.linkage.model import Model
from liuke.data.identity.model import JournalKind, Member, ReviewStatus
from liuke.kernel.store.columns import PiClass, Retention, column, metadata
from liuke.kernel.store.records import ReadHandle, WriteHandle

member_table = Table(
    "identity_member",
    metadata,
    column("source", Text, primary_key=True, pi=PiClass.NONE, keep=Retention.RELATION),
    column("source_key", Text, primary_key=True, pi=PiClass.C1, keep=Retention.RELATION),
    column("one_id", BigInteger, pi=PiClass.C1, keep=Retention.RELATION),
    column("since", DateTime(timezone=True), pi=PiClass.NONE, keep=Retention.RELATION),
    Index("ix_identity_member_one_id", "one_id"),
)

number_table = Table(
    "identity_number",
    metadata,
    column("id", SmallInteger, primary_key=True, pi=PiClass.NONE, keep=Retention.PERMANENT),
    column("last", BigInteger, pi=PiClass.NONE, keep=Retention.PERMANENT),
)

journal_table = Table(
    "identity_journal",
    metadata,
    column("id", Uuid, primary_key=True, pi=PiClass.NONE, keep=Retention.RECORD),
    column("seq", BigInteger, Identity(always=True), pi=PiClass.NONE, keep=Retention.RECORD),
    column("at", DateTime(timezone=True), pi=PiClass.NONE, keep=Retention.RECORD),
    column("kind", Text, pi=PiClass.NONE, keep=Retention.RECORD),
    column("actor_id", Text, pi=PiClass.C1, keep=Retention.RECORD),
    column("reason", Text, pi=PiClass.C1, keep=Retention.RECORD),
    column("evidence", JSONB, pi=PiClass.C1, keep=Retention.RECORD),
    column("before", JSONB, pi=PiClass.C1, keep=Retention.RECORD),
    column("after", JSONB, pi=PiClass.C1, keep=Retention.RECORD),
    column("undoes", Uuid, nullable=True, pi=PiClass.NONE, keep=Retention.RECORD),
    UniqueConstraint("undoes"),
    Index("ix_identity_journal_seq", "seq"),
)

review_table = Table(
    "identity_review",
    metadata,
    column("id", Uuid, primary_key=True, pi=PiClass.NONE, keep=Retention.WORK),
    column("left_source", Text, pi=PiClass.NONE, keep=Retention.WORK),
    column("left_key", Text, pi=PiClass.C1, keep=Retention.WORK),
    column("right_source", Text, pi=PiClass.NONE, keep=Retention.WORK),
    column("right_key", Text, pi=PiClass.C1, keep=Retention.WORK),
    column("weight", Double, pi=PiClass.NONE, keep=Retention.WORK),
    column("why", Text, pi=PiClass.NONE, keep=Retention.WORK),
    column("waterfall", JSONB, pi=PiClass.C1, keep=Retention.WORK),
    column("status", Text, pi=PiClass.NONE, keep=Retention.WORK),
    column("decided_by", Text, nullable=True, pi=PiClass.C1, keep=Retention.WORK),
    column("decided_at", DateTime(timezone=True), nullable=True, pi=PiClass.NONE, keep=Retention.WORK),
    column("created_at", DateTime(timezone=True), pi=PiClass.NONE, keep=Retention.WORK),
    UniqueConstraint("left_source", "left_key", "right_source", "right_key"),
    Index("ix_identity_review_queue", "status", "weight", "id"),
)

decision_table = Table(
    "identity_decision",
    metadata,
    column("id", Uuid, primary_key=True, pi=PiClass.NONE, keep=Retention.RECORD),
    column("left_source", Text, pi=PiClass.NONE, keep=Retention.RECORD),
    column("left_key", Text, pi=PiClass.C1, keep=Retention.RECORD),
    column("right_source", Text, pi=PiClass.NONE, keep=Retention.RECORD),
    column("right_key", Text, pi=PiClass.C1, keep=Retention.RECORD),
    column("verdict", Text, pi=PiClass.NONE, keep=Retention.RECORD),
    column("actor_id", Text, pi=PiClass.C1, keep=Retention.RECORD),
    column("at", DateTime(timezone=True), pi=PiClass.NONE, keep=Retention.RECORD),
    column("journal_id", Uuid, pi=PiClass.NONE, keep=Retention.RECORD),
    Index("ix_identity_decision_journal", "journal_id"),
)

#: Writers of one-ID wait for each other; readers never wait.
_LOCK: Final = 0x6F6E654964

_MEMBERS_SCHEMA: Final = {"source": pa.string(), "source_key": pa.string(), "one_id": pa.int64(), "since": pa.int64()}


def own_model_path(home: Path) -> Path:
    """Where the bank keeps the model trained on its own parties."""
    return home / "identity-model.json"


def own_model(home: Path) -> Model | None:
    """The bank's own model, if it trained one. Raises: ModelUnreadable."""
    path = own_model_path(home)
    return Model.from_json(path.read_text("utf-8")) if path.exists() else None


def keep_model(model: Model, path: Path) -> Path:
    """Write a model in one piece."""
    draft = path.with_suffix(".draft")
    draft.write_text(model.to_json(), "utf-8")
    draft.replace(path)
    return path


def lock(tx: WriteHandle) -> None:
    """Hold the right to change one-ID until the transaction ends."""
    tx.value(select(func.pg_advisory_xact_lock(_LOCK)))


def members(tx: ReadHandle) -> pa.Table:
    """All members: source, source_key, one_id, since (microseconds since 1970), in order of key."""
    query = (
        "COPY (SELECT source, source_key, one_id, (extract(epoch FROM since) * 1000000)::bigint AS since"
        ' FROM identity_member ORDER BY source COLLATE "C", source_key COLLATE "C")'
        " TO STDOUT (FORMAT csv, FORCE_QUOTE (source, source_key))"
    )
    sink = io.BytesIO()
    raw: Any = tx.connection.connection
    with raw.cursor() as cursor, cursor.copy(query) as stream:
        for part in stream:
            sink.write(part)
    if not sink.tell():
        return pa.table({name: pa.array([], kind) for name, kind in _MEMBERS_SCHEMA.items()})
    sink.seek(0)
    return pacsv.read_csv(
        sink,
        read_options=pacsv.ReadOptions(column_names=list(_MEMBERS_SCHEMA)),
        parse_options=pacsv.ParseOptions(newlines_in_values=True),
        convert_options=pacsv.ConvertOptions(column_types=_MEMBERS_SCHEMA, strings_can_be_null=False),
    )


def place(tx: WriteHandle, changed: pa.Table, *, now: datetime) -> None:
    """Write the one_id of changed or new members (source, source_key, one_id), in bulk."""
    if not changed.num_rows:
        return
    raw: Any = tx.connection.connection
    body = io.BytesIO()
    options = pacsv.WriteOptions(include_header=False)
    pacsv.write_csv(changed.select(["source", "source_key", "one_id"]), body, options)
    with raw.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE placed (source text, source_key text, one_id bigint) ON COMMIT DROP")
        with cursor.copy("COPY placed FROM STDIN (FORMAT csv)") as stream:
            stream.write(body.getbuffer())
        cursor.execute(
            "INSERT INTO identity_member (source, source_key, one_id, since) SELECT source, source_key, one_id, %s"
            " FROM placed ON CONFLICT (source, source_key) DO UPDATE SET one_id = excluded.one_id,"
            " since = excluded.since",
            (now,),
        )
        cursor.execute("DROP TABLE placed")


def members_of(tx: ReadHandle, one_ids: Sequence[int]) -> list[dict[str, Any]]:
    """Members of some customers, complete and ready for a journal entry, in order of key."""
    query = select(member_table).where(member_table.c.one_id.in_(one_ids))
    return _plain(tx.rows(query.order_by(member_table.c.source, member_table.c.source_key)))


def members_at(tx: ReadHandle, keys: Iterable[Member]) -> list[dict[str, Any]]:
    """The named members, in order of key."""
    wanted = [and_(member_table.c.source == k.source, member_table.c.source_key == k.source_key) for k in keys]
    if not wanted:
        return []
    query = select(member_table).where(or_(*wanted))
    return _plain(tx.rows(query.order_by(member_table.c.source, member_table.c.source_key)))


def restore_members(tx: WriteHandle, rows: Sequence[dict[str, Any]]) -> None:
    """Set members exactly to the given rows, the time they are so since included."""
    for row in rows:
        tx.execute(
            update(member_table)
            .where(member_table.c.source == row["source"], member_table.c.source_key == row["source_key"])
            .values(one_id=row["one_id"], since=datetime.fromisoformat(row["since"]))
        )


def last_number(tx: ReadHandle) -> int:
    """The highest customer number ever given; 0 before the first."""
    return int(tx.value(select(number_table.c.last)) or 0)


def set_last_number(tx: WriteHandle, last: int) -> None:
    """Remember the highest customer number ever given."""
    row = upsert(number_table).values(id=1, last=last)
    tx.execute(row.on_conflict_do_update(index_elements=["id"], set_={"last": row.excluded.last}))


def decisions(tx: ReadHandle) -> list[dict[str, Any]]:
    """All decisions in force, oldest first."""
    return [dict(row) for row in tx.rows(select(decision_table).order_by(decision_table.c.at, decision_table.c.id))]


def add_decisions(tx: WriteHandle, rows: Sequence[dict[str, Any]]) -> None:
    """Put decisions in force."""
    tx.execute(insert(decision_table), rows)


def drop_decisions(tx: WriteHandle, journal_id: UUID) -> None:
    """Take the decisions of a journal entry out of force; the journal keeps them."""
    tx.execute(delete(decision_table).where(decision_table.c.journal_id == journal_id))


def add_entries(tx: WriteHandle, entries: Sequence[dict[str, Any]]) -> None:
    """Append to the journal."""
    if entries:
        tx.execute(insert(journal_table), entries)


def entry(tx: ReadHandle, entry_id: UUID) -> dict[str, Any] | None:
    """One journal entry, with the entry that undid it."""
    row = tx.one(_entries().where(journal_table.c.id == entry_id))
    return dict(row) if row else None


def entries(tx: ReadHandle, *, kind: JournalKind | None, before_seq: int | None, limit: int) -> list[dict[str, Any]]:
    """Journal entries, newest first."""
    query = _entries().order_by(journal_table.c.seq.desc()).limit(limit)
    if kind:
        query = query.where(journal_table.c.kind == kind)
    if before_seq is not None:
        query = query.where(journal_table.c.seq < before_seq)
    return [dict(row) for row in tx.rows(query)]


def _entries() -> Any:  # noqa: ANN401
    undoing = journal_table.alias("undoing")
    return select(journal_table, undoing.c.id.label("undone_by")).outerjoin(
        undoing, undoing.c.undoes == journal_table.c.id
    )


def queue_reviews(tx: WriteHandle, rows: Sequence[dict[str, Any]]) -> int:
    """Add pairs to the queue; a pair already there keeps its standing, an open one gets the new weights."""
    for start in range(0, len(rows), 1000):
        added = upsert(review_table).values(list(rows[start : start + 1000]))
        tx.execute(
            added.on_conflict_do_update(
                index_elements=["left_source", "left_key", "right_source", "right_key"],
                set_={name: added.excluded[name] for name in ("weight", "why", "waterfall")},
                where=review_table.c.status == ReviewStatus.OPEN,
            )
        )
    return len(rows)


def settle_reviews(tx: WriteHandle) -> int:
    """Close open pairs that now are one customer anyway; returns how many."""
    left, right = member_table.alias("l"), member_table.alias("r")
    joined = (
        select(review_table.c.id)
        .join(left, and_(left.c.source == review_table.c.left_source, left.c.source_key == review_table.c.left_key))
        .join(
            right, and_(right.c.source == review_table.c.right_source, right.c.source_key == review_table.c.right_key)
        )
        .where(review_table.c.status == ReviewStatus.OPEN, left.c.one_id == right.c.one_id)
    )
    return tx.execute(update(review_table).where(review_table.c.id.in_(joined)).values(status=ReviewStatus.SETTLED))


def review(tx: ReadHandle, review_id: UUID) -> dict[str, Any] | None:
    """One pair, with the customer each record belongs to now."""
    row = tx.one(_reviews().where(review_table.c.id == review_id))
    return dict(row) if row else None


def reviews(
    tx: ReadHandle, *, status: ReviewStatus, after: tuple[float, UUID] | None, limit: int
) -> list[dict[str, Any]]:
    """Pairs of one standing, most likely first."""
    query = _reviews().where(review_table.c.status == status)
    if after:
        weight, last = after
        query = query.where(
            or_(review_table.c.weight < weight, and_(review_table.c.weight == weight, review_table.c.id > last))
        )
    return [dict(row) for row in tx.rows(query.order_by(review_table.c.weight.desc(), review_table.c.id).limit(limit))]


def _reviews() -> Any:  # noqa: ANN401
    left, right = member_table.alias("l"), member_table.alias("r")
    return (
        select(review_table, left.c.one_id.label("left_one_id"), right.c.one_id.label("right_one_id"))
        .join(left, and_(left.c.source == review_table.c.left_source, left.c.source_key == review_table.c.left_key))
        .join(
            right, and_(right.c.source == review_table.c.right_source, right.c.source_key == review_table.c.right_key)
        )
    )


def set_review(tx: WriteHandle, review_id: UUID, *, status: str, by: str | None, at: datetime | None) -> None:
    """Set where a pair stands."""
    tx.execute(
        update(review_table).where(review_table.c.id == review_id).values(status=status, decided_by=by, decided_at=at)
    )


def state(tx: ReadHandle) -> str:
    """A fingerprint of everything but the journal: equal exactly when members, decisions, reviews and numbers are."""
    parts = []
    for table, order in (
        ("identity_member", "source, source_key"),
        ("identity_decision", "id"),
        ("identity_review", "id"),
        ("identity_number", "id"),
    ):
        parts.append(
            str(tx.value(text(f"SELECT md5(coalesce(string_agg(t::text, '|' ORDER BY {order}), '')) FROM {table} t")))
        )
    return ":".join(parts)


def _plain(rows: Iterable[Any]) -> list[dict[str, Any]]:
    names = ("source", "source_key", "one_id")
    return [{name: row[name] for name in names} | {"since": row["since"].isoformat()} for row in rows]
