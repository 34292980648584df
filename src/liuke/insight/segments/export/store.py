"""The table of exports and every statement about it."""

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any, Final

from sqlalchemy import BigInteger, DateTime, Identity, Index, Integer, Table, Text, insert, select, update

from liuke.insight.segments.export.model import LASTS, Export, ExportContent, ExportFormat, ExportState
from liuke.kernel.page import Page, page_of, read_cursor, whole
from liuke.kernel.store.columns import PiClass, Retention, column, metadata
from liuke.kernel.store.records import ReadHandle, WriteHandle

_none = partial(column, pi=PiClass.NONE, keep=Retention.RECORD)
_c1 = partial(column, pi=PiClass.C1, keep=Retention.RECORD)
_MOMENT: Final = DateTime(timezone=True)

export_table = Table(
    "segment_export",
    metadata,
    _none("id", BigInteger, Identity(always=True), primary_key=True),
    _none("segment_id", BigInteger),
    _none("version", Integer),
    _none("format", Text),
    _none("content", Text),
    _c1("reason", Text),
    _none("state", Text),
    _c1("asked_by", Text),
    _c1("asked_name", Text),
    _none("asked_at", _MOMENT),
    _c1("decided_by", Text),
    _c1("decided_name", Text),
    _c1("answer", Text),
    _none("decided_at", _MOMENT, nullable=True),
    _none("customers", BigInteger),
    _none("digest", Text),
    _none("expires_at", _MOMENT, nullable=True),
    Index("ix_segment_export_asked", "asked_at", "id"),
)


def add(
    tx: WriteHandle,
    *,
    segment_id: int,
    version: int,
    format_: ExportFormat,
    content: ExportContent,
    reason: str,
    customers: int,
) -> Export:
    """A new request of the actor."""
    row = {"segment_id": segment_id, "version": version, "format": format_, "content": content, "reason": reason}
    row |= {"state": ExportState.ASKED, "asked_by": tx.actor.user_id, "asked_name": tx.actor.display}
    row |= {"asked_at": tx.clock.now(), "customers": customers}
    row |= dict.fromkeys(("decided_by", "decided_name", "answer", "digest"), "")
    made = tx.one(insert(export_table).values(**row).returning(export_table))
    assert made is not None  # noqa: S101  (an insert that returns)
    return _export(made)


def decide(tx: WriteHandle, export_id: int, state: ExportState, *, answer: str) -> Export | None:
    """Answer a request; None when it was answered already."""
    export, now = export_table.c, tx.clock.now()
    row: dict[str, object] = {
        "state": state,
        "answer": answer,
        "decided_by": tx.actor.user_id,
        "decided_name": tx.actor.display,
    }
    row |= {"decided_at": now, "expires_at": now + LASTS}
    open_one = (export.id == export_id) & (export.state == ExportState.ASKED)
    made = tx.one(update(export_table).where(open_one).values(**row).returning(export_table))
    return _export(made) if made else None


def sign(tx: WriteHandle, export_id: int, *, customers: int, digest: str) -> None:
    """Write down what was fetched."""
    here = export_table.c.id == export_id
    tx.execute(update(export_table).where(here).values(customers=customers, digest=digest))


def read(tx: ReadHandle, export_id: int) -> Export | None:
    """One request."""
    row = tx.one(select(export_table).where(export_table.c.id == export_id))
    return _export(row) if row else None


def find(
    tx: ReadHandle, *, segment_id: int | None, asked_by: str | None, cursor: str | None, limit: int
) -> Page[Export]:
    """Requests, newest first: of a segment, of somebody, or all."""
    export = export_table.c
    query = select(export_table).order_by(export.asked_at.desc(), export.id.desc()).limit(limit + 1)
    if segment_id is not None:
        query = query.where(export.segment_id == segment_id)
    if asked_by is not None:
        query = query.where(export.asked_by == asked_by)
    if cursor:
        at, number = read_cursor(cursor, datetime.fromisoformat, whole)
        query = query.where((export.asked_at < at) | ((export.asked_at == at) & (export.id < number)))
    found = [_export(row) for row in tx.rows(query)]
    return page_of(found, limit=limit, key=lambda one: (one.asked_at.isoformat(), one.id))


def _export(row: Mapping[Any, Any]) -> Export:
    facts = {name: row[name] for name in Export.__slots__}
    kinds = {
        "format": ExportFormat(row["format"]),
        "content": ExportContent(row["content"]),
        "state": ExportState(row["state"]),
    }
    return Export(**facts | kinds)
