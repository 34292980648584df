"""The table of sends: what the caps count."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    DateTime,
    Index,
    Table,
    Text,
    Uuid,
    func,
    select,
)

from liuke.kernel.ids import OneId
from liuke.kernel.store.columns import PiClass, Retention, column, metadata
from liuke.kernel.store.records import ReadHandle, WriteHandle

_plain = partial(column, pi=PiClass.NONE, keep=Retention.RECORD)
_person = partial(column, pi=PiClass.C1, keep=Retention.RECORD)
_TIME: Final = DateTime(timezone=True)
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
#: Above every other use of advisory locks: one key a customer, so that counting and sending never interleave.
_LOCK: Final = 0x6761 << 48


def lock(tx: WriteHandle, one_id: OneId) -> None:
    """Let nobody else count or send for this customer until the transaction ends."""
    tx.one(select(func.pg_advisory_xact_lock(_LOCK | int(one_id))))


def used(tx: ReadHandle, permit: UUID) -> bool:
    """Whether a permit was used."""
    return tx.value(select(send_table.c.permit).where(send_table.c.permit == permit)) is not None


def sends(tx: ReadHandle, one_id: OneId, *, limit: int) -> Sequence[Mapping[Any, Any]]:
    """The latest sends to a customer, newest first."""
    query = select(send_table).where(send_table.c.one_id == one_id).order_by(send_table.c.sent_at.desc()).limit(limit)
    return tx.rows(query)
