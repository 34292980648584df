"""The table of the bank's own definitions, with every version; and where tags lie on disk."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, Final

from sqlalchemy import DateTime, Integer, Table, Text, insert, select, text
from sqlalchemy.dialects.postgresql import JSONB, distinct_on

from liuke.data.tags.define.read import shipped, tag_of
from liuke.data.tags.define.write import body_of
from liuke.data.tags.model import State, Tag
from liuke.kernel.bank import Bank
from liuke.kernel.errors import Conflict
from liuke.kernel.store.columns import PiClass, Retention, column, metadata
from liuke.kernel.store.records import ReadHandle, WriteHandle

_plain = partial(column, pi=PiClass.NONE, keep=Retention.PERMANENT)

definition_table = Table(
    "tag_definition",
    metadata,
    _plain("code", Text, primary_key=True),
    _plain("version", Integer, primary_key=True, autoincrement=False),
    _plain("state", Text),
    _plain("body", JSONB),
    _plain("note", Text),
    column("saved_by", Text, pi=PiClass.C1, keep=Retention.PERMANENT),
    _plain("saved_at", DateTime(timezone=True)),
)


@dataclass(frozen=True, slots=True)
class Saved:
    """A version of a definition as it was saved."""

    tag: Tag
    note: str
    saved_by: str
    saved_at: datetime


def root(bank: Bank) -> Path:
    """The folder of everything tags keep on disk."""
    folder: Path = bank.settings.home / "tags"
    return folder


def claim(tx: ReadHandle, busy: type[Conflict]) -> None:
    """Hold the right to refresh until the transaction ends. Raises ``busy`` when somebody else holds it."""
    if not tx.value(text("SELECT pg_try_advisory_xact_lock(hashtextextended('tags.refresh', 0))")):
        raise busy


def live(tx: ReadHandle) -> list[Tag]:
    """Every tag in force: the shipped ones, and the bank's own or the bank's own versions of them."""
    own = {tag.code: tag for tag in _newest(tx, (State.LIVE, State.RETIRED))}
    found = [own.pop(tag.code, tag) for tag in shipped()]
    return [tag for tag in (*found, *own.values()) if tag.state is State.LIVE]


def drafts(tx: ReadHandle) -> list[Tag]:
    """Definitions whose newest version is a draft."""
    return [tag for tag in _newest(tx, tuple(State)) if tag.state is State.DRAFT]


def _newest(tx: ReadHandle, states: Sequence[State]) -> list[Tag]:
    """Of each code the newest version in one of the states."""
    d = definition_table.c
    query = (
        select(definition_table).ext(distinct_on(d.code)).where(d.state.in_(states)).order_by(d.code, d.version.desc())
    )
    return [_tag(row) for row in tx.rows(query)]


def versions(tx: ReadHandle, code: str) -> list[Saved]:
    """Every saved version of a tag, newest first."""
    query = select(definition_table).where(definition_table.c.code == code)
    rows = tx.rows(query.order_by(definition_table.c.version.desc()))
    return [Saved(_tag(row), row["note"], row["saved_by"], row["saved_at"]) for row in rows]


def lock(tx: WriteHandle) -> None:
    """Writers of definitions wait for each other."""
    tx.value(text("SELECT pg_advisory_xact_lock(hashtextextended('tags.define', 0))"))


def save(tx: WriteHandle, tag: Tag, note: str) -> None:
    """Keep a version of a definition."""
    values: dict[str, Any] = {
        "code": tag.code,
        "version": tag.version,
        "state": tag.state,
        "body": body_of(tag),
        "note": note,
        "saved_by": tx.actor.user_id,
        "saved_at": tx.clock.now(),
    }
    tx.execute(insert(definition_table).values(**values))


_SHIPPED: Final = frozenset(tag.code for tag in shipped())


def _tag(row: Mapping[Any, Any]) -> Tag:
    return tag_of(
        row["body"] | {"code": row["code"], "version": row["version"], "state": row["state"]},
        shipped=row["code"] in _SHIPPED,
    )
