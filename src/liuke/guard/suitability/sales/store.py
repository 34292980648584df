"""Tables of insistence and dual recordings, and statements about them."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    JSON,
    BigInteger,
    Boolean,
    Date,
    DateTime,
    Index,
    Integer,
    RowMapping,
    Table,
    Text,
    Uuid,
    insert,
    select,
    update,
)

from liuke.kernel.ids import OneId
from liuke.kernel.store.columns import PiClass, Retention, column, metadata
from liuke.kernel.store.records import ReadHandle, WriteHandle

_none = partial(column, pi=PiClass.NONE, keep=Retention.RECORD)
_c1 = partial(column, pi=PiClass.C1, keep=Retention.RECORD)
_c2 = partial(column, pi=PiClass.C2, keep=Retention.RECORD)
_MOMENT: Final = DateTime(timezone=True)

insistence_table = Table(
    "insistence",
    metadata,
    _none("id", Uuid, primary_key=True),
    _c1("one_id", BigInteger),
    _none("product_no", Text),
    _c2("amount", BigInteger),
    _c1("reasons", ARRAY(Text)),
    _none("policy", Integer),
    _c2("warning", Text),
    _none("warning_digest", Text),
    _c1("evidence_ref", Text),
    _c1("made_by", Text),
    _c1("made_at", _MOMENT),
    _c1("confirmed_by", Text, nullable=True),
    _c1("confirmed_at", _MOMENT, nullable=True),
    _c1("valid_until", _MOMENT, nullable=True),
    Index("ix_insistence_one_id", "one_id", "product_no"),
)

recording_table = Table(
    "recording",
    metadata,
    _none("id", Uuid, primary_key=True),
    _c1("one_id", BigInteger),
    _none("product_no", Text),
    _c1("sale_ref", Text),
    _none("script", Text),
    _c1("steps", JSON),
    _c1("media_ref", Text),
    _none("media_algorithm", Text),
    _none("media_digest", Text),
    _none("media_bytes", BigInteger),
    _none("media_seconds", Integer),
    _none("complete", Boolean),
    _c1("made_by", Text),
    _c1("made_at", _MOMENT),
    _none("keep_until", Date),
    Index("ix_recording_one_id", "one_id", "made_at"),
)


def add(tx: WriteHandle, table: Table, values: Mapping[str, object]) -> None:
    """Keep a record of a sale."""
    tx.execute(insert(table).values(**values, made_by=tx.actor.user_id, made_at=tx.clock.now()))


def read(tx: ReadHandle, table: Table, record_id: UUID) -> RowMapping | None:
    """A record of a sale, within the actor's scope."""
    return tx.one(select(table).where(table.c.id == record_id))


def confirm(tx: WriteHandle, insistence_id: UUID, values: Mapping[str, object]) -> None:
    """Set the second person and the validity of an insistence."""
    tx.execute(update(insistence_table).where(insistence_table.c.id == insistence_id).values(**values))


def of_customer(tx: ReadHandle, table: Table, one_id: OneId) -> Sequence[RowMapping]:
    """Records of a customer, latest first."""
    query: Any = select(table).where(table.c.one_id == one_id).order_by(table.c.made_at.desc(), table.c.id)
    return tx.rows(query)
