"""Tables of segments, their versions, refreshes and moves, and every statement about them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any, Final

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    Date,
    DateTime,
    Identity,
    Index,
    Integer,
    Table,
    Text,
    func,
    insert,
    select,
    text,
    update,
)

from liuke.insight.segments.model import Cause, Draft, Move, Refresh, Segment, SegmentState, Version
from liuke.kernel.page import Page, page_of, read_cursor, whole
from liuke.kernel.store.columns import PiClass, Retention, column, metadata
from liuke.kernel.store.records import ReadHandle, WriteHandle

_plain = partial(column, pi=PiClass.NONE, keep=Retention.PERMANENT)
_c1 = partial(column, pi=PiClass.C1, keep=Retention.PERMANENT)
_record = partial(column, pi=PiClass.NONE, keep=Retention.RECORD)
_MOMENT: Final = DateTime(timezone=True)

segment_table = Table(
    "segment",
    metadata,
    _plain("id", BigInteger, Identity(always=True), primary_key=True),
    _plain("code", Text),
    _plain("name", Text),
    _plain("meaning", Text),
    _plain("purpose", Text),
    _plain("state", Text),
    _plain("version", Integer),
    _plain("rule_text", Text),
    _plain("sentence", Text),
    _plain("live", Boolean),
    _plain("strategy", ARRAY(Text)),
    _plain("template", Text),
    _c1("owner", Text),
    _c1("owner_name", Text),
    _plain("created_at", _MOMENT),
    _plain("changed_at", _MOMENT),
    Index("uq_segment_code", "code", unique=True),
    Index("uq_segment_name", "name", unique=True),
    Index("ix_segment_changed", "changed_at", "id"),
)

version_table = Table(
    "segment_version",
    metadata,
    _plain("segment_id", BigInteger, primary_key=True, autoincrement=False),
    _plain("version", Integer, primary_key=True, autoincrement=False),
    _plain("name", Text),
    _plain("rule_text", Text),
    _plain("sentence", Text),
    _plain("purpose", Text),
    _plain("note", Text),
    _c1("saved_by", Text),
    _c1("saved_name", Text),
    _plain("saved_at", _MOMENT),
)

#: The set itself is a file of packed bits named after the refresh.
refresh_table = Table(
    "segment_refresh",
    metadata,
    _record("id", BigInteger, Identity(always=True), primary_key=True),
    _record("segment_id", BigInteger),
    _record("version", Integer),
    _record("as_of", Date),
    _record("at", _MOMENT),
    _record("cause", Text),
    _record("customers", BigInteger),
    _record("reachable", BigInteger),
    _record("joined", BigInteger),
    _record("gone", BigInteger),
    _record("fault", Text),
    Index("ix_segment_refresh_segment", "segment_id", "id"),
)

#: Who came or went between two refreshes: by what they did, or because two numbers became one.
move_table = Table(
    "segment_move",
    metadata,
    _record("id", BigInteger, Identity(always=True), primary_key=True),
    _record("segment_id", BigInteger),
    column("one_id", BigInteger, pi=PiClass.C1, keep=Retention.RECORD),
    _record("joined", Boolean),
    _record("cause", Text),
    _record("at", _MOMENT),
    Index("ix_segment_move_segment", "segment_id", "id"),
    Index("ix_segment_move_one_id", "one_id", "id"),
)


def add(tx: WriteHandle, draft: Draft, *, code: str, sentence: str) -> Segment:
    """A new segment with its first version."""
    now = tx.clock.now()
    row = _facts(draft, sentence) | {"code": code, "state": SegmentState.ACTIVE, "version": 1, "created_at": now}
    row |= {"changed_at": now, "owner": tx.actor.user_id, "owner_name": tx.actor.display, "template": draft.template}
    made = tx.one(insert(segment_table).values(**row).returning(segment_table))
    assert made is not None  # noqa: S101  (an insert that returns)
    segment = _segment(made)
    _keep_version(tx, segment, draft.note)
    return segment


def change(tx: WriteHandle, segment: Segment, draft: Draft, *, sentence: str) -> Segment | None:
    """The next version of a segment; None when it is no longer at the version it was read at."""
    here = (segment_table.c.id == segment.id) & (segment_table.c.version == segment.version)
    row = _facts(draft, sentence) | {"version": segment.version + 1, "changed_at": tx.clock.now()}
    made = tx.one(update(segment_table).where(here).values(**row).returning(segment_table))
    if made is None:
        return None
    changed = _segment(made)
    _keep_version(tx, changed, draft.note)
    return changed


def _facts(draft: Draft, sentence: str) -> dict[str, Any]:
    return {
        "name": draft.name,
        "meaning": draft.meaning,
        "purpose": draft.purpose,
        "rule_text": draft.rule_text,
        "sentence": sentence,
        "live": draft.live,
        "strategy": list(draft.strategy),
    }


def _keep_version(tx: WriteHandle, segment: Segment, note: str) -> None:
    row = {name: getattr(segment, name) for name in ("version", "name", "rule_text", "sentence", "purpose")}
    row |= {"segment_id": segment.id, "note": note, "saved_at": segment.changed_at}
    tx.execute(insert(version_table).values(**row, saved_by=tx.actor.user_id, saved_name=tx.actor.display))


def set_state(tx: WriteHandle, segment_id: int, state: SegmentState) -> None:
    """Put a segment out of use or back into it."""
    here = segment_table.c.id == segment_id
    tx.execute(update(segment_table).where(here).values(state=state, changed_at=tx.clock.now()))


def read(tx: ReadHandle, segment_id: int) -> Segment | None:
    """One segment."""
    row = tx.one(select(segment_table).where(segment_table.c.id == segment_id))
    return _segment(row) if row else None


def taken(tx: ReadHandle, *, name: str, code: str, but: int = 0) -> bool:
    """Whether another segment has the name or the code."""
    either = (segment_table.c.name == name) | (segment_table.c.code == code)
    return tx.one(select(segment_table.c.id).where(either, segment_table.c.id != but)) is not None


def every(tx: ReadHandle, *, state: SegmentState | None = SegmentState.ACTIVE) -> list[Segment]:
    """All segments, in the order they were made."""
    query = select(segment_table).order_by(segment_table.c.id)
    if state is not None:
        query = query.where(segment_table.c.state == state)
    return [_segment(row) for row in tx.rows(query)]


def find(tx: ReadHandle, *, text_: str, state: SegmentState | None, cursor: str | None, limit: int) -> Page[Segment]:
    """Segments, latest changed first."""
    segment = segment_table.c
    query = select(segment_table).order_by(segment.changed_at.desc(), segment.id.desc()).limit(limit + 1)
    if text_:
        query = query.where(
            segment.name.contains(text_, autoescape=True) | segment.sentence.contains(text_, autoescape=True)
        )
    if state is not None:
        query = query.where(segment.state == state)
    if cursor:
        at, number = read_cursor(cursor, datetime.fromisoformat, whole)
        query = query.where((segment.changed_at < at) | ((segment.changed_at == at) & (segment.id < number)))
    found = [_segment(row) for row in tx.rows(query)]
    return page_of(found, limit=limit, key=lambda item: (item.changed_at.isoformat(), item.id))


def versions(tx: ReadHandle, segment_id: int) -> list[Version]:
    """Every version, newest first."""
    query = select(version_table).where(version_table.c.segment_id == segment_id)
    rows = tx.rows(query.order_by(version_table.c.version.desc()).limit(200))
    return [Version(**{name: row[name] for name in Version.__slots__}) for row in rows]


def add_refresh(tx: WriteHandle, segment: Segment, **facts: Any) -> int:  # noqa: ANN401  (columns of the table)
    """Record a refresh; returns its number."""
    row = {"segment_id": segment.id, "version": segment.version, "at": tx.clock.now(), "fault": ""} | facts
    return int(tx.value(insert(refresh_table).values(**row).returning(refresh_table.c.id)))


def latest(tx: ReadHandle, segment_ids: Sequence[int] | None = None) -> dict[int, Refresh]:
    """The last refresh that went well of each segment."""
    refresh = refresh_table.c
    newest = select(func.max(refresh.id)).where(refresh.fault == "").group_by(refresh.segment_id)
    if segment_ids is not None:
        newest = newest.where(refresh.segment_id.in_(segment_ids))
    rows = tx.rows(select(refresh_table).where(refresh.id.in_(newest)))
    return {row["segment_id"]: _refresh(row) for row in rows}


def faults(tx: ReadHandle, segment_ids: Sequence[int]) -> dict[int, str]:
    """Why the newest refresh of a segment failed, of those whose did."""
    refresh = refresh_table.c
    newest = select(func.max(refresh.id)).where(refresh.segment_id.in_(segment_ids)).group_by(refresh.segment_id)
    rows = tx.rows(select(refresh.segment_id, refresh.fault).where(refresh.id.in_(newest), refresh.fault != ""))
    return {row["segment_id"]: row["fault"] for row in rows}


def refreshes(tx: ReadHandle, segment_id: int, *, limit: int) -> list[Refresh]:
    """Refreshes that went well, newest first."""
    refresh = refresh_table.c
    query = select(refresh_table).where(refresh.segment_id == segment_id, refresh.fault == "")
    return [_refresh(row) for row in tx.rows(query.order_by(refresh.id.desc()).limit(limit))]


def add_moves(tx: WriteHandle, moves: Mapping[int, Sequence[tuple[int, bool]]], cause: Cause) -> int:
    """Record who came (True) or went of each segment; returns how many."""
    now = tx.clock.now()
    rows = [
        {"segment_id": segment_id, "one_id": one_id, "joined": joined, "cause": cause, "at": now}
        for segment_id, moved in moves.items()
        for one_id, joined in moved
    ]
    if rows:
        tx.execute(insert(move_table), rows)
    return len(rows)


def last_moves(tx: ReadHandle) -> dict[int, int]:
    """The number of the newest move of each segment that has any: one step into the index for each, however many."""
    move, segment = move_table.c, segment_table.c
    newest = select(move.id).where(move.segment_id == segment.id).order_by(move.id.desc()).limit(1).scalar_subquery()
    rows = tx.rows(select(segment.id, newest.label("newest")))
    return {row["id"]: row["newest"] for row in rows if row["newest"] is not None}


def moves(tx: ReadHandle, segment_id: int, *, after: int, since: datetime) -> list[tuple[int, Move]]:
    """Moves of a segment after a number and a moment, oldest first, each with its number."""
    move = move_table.c
    query = select(move_table).where(move.segment_id == segment_id, move.id > after, move.at > since).order_by(move.id)
    return [(row["id"], _move(row)) for row in tx.rows(query)]


def moves_of(tx: ReadHandle, one_id: int, *, limit: int) -> list[tuple[int, Move]]:
    """Moves of a customer, newest first, each with its segment."""
    query = select(move_table).where(move_table.c.one_id == one_id).order_by(move_table.c.id.desc()).limit(limit)
    return [(row["segment_id"], _move(row)) for row in tx.rows(query)]


def recent(tx: ReadHandle, segment_id: int, *, limit: int) -> list[Move]:
    """The newest moves of a segment."""
    move = move_table.c
    query = select(move_table).where(move.segment_id == segment_id).order_by(move.id.desc()).limit(limit)
    return [_move(row) for row in tx.rows(query)]


def locked(tx: WriteHandle) -> None:
    """Let nobody else change what segments refer to until the transaction ends, so that no circle closes unseen."""
    tx.execute(text("SELECT pg_advisory_xact_lock(hashtextextended('segment references', 0))"))


def _segment(row: Mapping[Any, Any]) -> Segment:
    facts = {name: row[name] for name in Segment.__slots__}
    return Segment(**facts | {"state": SegmentState(row["state"]), "strategy": tuple(row["strategy"])})


def _refresh(row: Mapping[Any, Any]) -> Refresh:
    return Refresh(**{name: row[name] for name in Refresh.__slots__} | {"cause": Cause(row["cause"])})


def _move(row: Mapping[Any, Any]) -> Move:
    return Move(row["one_id"], row["joined"], Cause(row["cause"]), row["at"])
