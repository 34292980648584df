"""The table of refusals, and the statements that keep and list them; and the one that counts a send."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any, Final
from uuid import UUID

import orjson
from psycopg.types.numeric import Int4, Int8
from sqlalchemy import (
    BigInteger,
    Boolean,
    DateTime,
    Index,
    Integer,
    Table,
    Text,
    Uuid,
    func,
    insert,
    select,
    tuple_,
)
from sqlalchemy.dialects.postgresql import JSONB

from liuke.guard.gate.judge.model import Check
from liuke.guard.gate.judge.store import send_table
from liuke.guard.gate.model import Permit, Refusal, RefusalFilter
from liuke.kernel.page import Page, page_of, read_cursor
from liuke.kernel.store.columns import PiClass, Retention, column, metadata
from liuke.kernel.store.pipe import Query
from liuke.kernel.store.records import ReadHandle, WriteHandle

_plain = partial(column, pi=PiClass.NONE, keep=Retention.RECORD)
_person = partial(column, pi=PiClass.C1, keep=Retention.RECORD)
_TIME: Final = DateTime(timezone=True)
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


def add_send(tx: WriteHandle, permit: Permit, sent_at: datetime) -> None:
    """Count a send."""
    names = ("one_id", "channel", "purpose", "campaign", "product_no", "digest", "actor_id")
    facts = {name: getattr(permit, name) for name in names}
    tx.execute(insert(send_table), facts | {"permit": permit.id, "sent_at": sent_at})


def _after(cursor: str) -> Any:  # noqa: ANN401
    return tuple_(*read_cursor(cursor, datetime.fromisoformat, UUID))


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
