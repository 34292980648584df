"""The table of data-subject requests and every statement about it."""

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Date,
    DateTime,
    Index,
    LargeBinary,
    RowMapping,
    Table,
    Text,
    Uuid,
    insert,
    null,
    select,
    tuple_,
    update,
)

from liuke.guard.consent.requests.model import RequestKind, RequestState, SubjectRequest
from liuke.kernel.ids import OneId
from liuke.kernel.page import Page, page_of, read_cursor
from liuke.kernel.store.columns import PiClass, Retention, column, metadata
from liuke.kernel.store.records import ReadHandle, WriteHandle

_none = partial(column, pi=PiClass.NONE, keep=Retention.RECORD)
_c1 = partial(column, pi=PiClass.C1, keep=Retention.RECORD)
_MOMENT: Final = DateTime(timezone=True)

request_table = Table(
    "subject_request",
    metadata,
    _none("id", Uuid, primary_key=True),
    _c1("one_id", BigInteger),
    _c1("kind", Text),
    _c1("state", Text),
    _c1("evidence_ref", Text),
    _c1("branch_no", Text),
    _none("field", Text, nullable=True),
    column("wanted", LargeBinary, nullable=True, pi=PiClass.C2, keep=Retention.RECORD),
    _c1("asked_at", _MOMENT),
    _none("due_on", Date),
    _c1("taken_by", Text),
    _c1("closed_at", _MOMENT, nullable=True),
    _c1("closed_by", Text, nullable=True),
    _c1("answer", Text, nullable=True),
    Index("ix_subject_request_asked", "asked_at", "id"),
    Index("ix_subject_request_one_id", "one_id", "asked_at"),
)


def add(tx: WriteHandle, values: Mapping[str, object]) -> None:
    """Keep a new request."""
    tx.execute(insert(request_table).values(**values))


def read(tx: ReadHandle, request_id: UUID) -> RowMapping | None:
    """A request within the actor's scope."""
    return tx.one(select(request_table).where(request_table.c.id == request_id))


def lock(tx: WriteHandle, request_id: UUID) -> RowMapping | None:
    """A request within the actor's scope, locked until the transaction ends."""
    return tx.one(select(request_table).where(request_table.c.id == request_id).with_for_update())


def close(tx: WriteHandle, request_id: UUID, state: RequestState, *, answer: str) -> None:
    """End a request."""
    done = {"state": state, "answer": answer, "closed_at": tx.clock.now(), "closed_by": tx.actor.user_id}
    tx.execute(update(request_table).where(request_table.c.id == request_id).values(**done))


def forget_wanted(tx: WriteHandle, one_id: OneId) -> None:
    """Destroy what a customer wanted corrected."""
    tx.execute(update(request_table).where(request_table.c.one_id == one_id).values(wanted=null()))


def find(
    tx: ReadHandle, *, one_id: OneId | None, state: RequestState | None, cursor: str | None, limit: int
) -> Page[SubjectRequest]:
    """Requests, latest first."""
    request = request_table.c
    query = select(request_table).order_by(request.asked_at.desc(), request.id.desc()).limit(limit + 1)
    if one_id is not None:
        query = query.where(request.one_id == one_id)
    if state is not None:
        query = query.where(request.state == state)
    if cursor:
        query = query.where(tuple_(request.asked_at, request.id) < _after(cursor))
    return page_of([as_request(row) for row in tx.rows(query)], limit=limit, key=_key)


def _after(cursor: str) -> Any:  # noqa: ANN401
    return tuple_(*read_cursor(cursor, datetime.fromisoformat, UUID))


def _key(found: SubjectRequest) -> tuple[str, str]:
    return found.asked_at.isoformat(), str(found.id)


def as_request(row: Mapping[Any, Any]) -> SubjectRequest:
    """A stored request."""
    facts = {name: row[name] for name in SubjectRequest.__slots__}
    return SubjectRequest(**facts | {"kind": RequestKind(row["kind"]), "state": RequestState(row["state"])})
