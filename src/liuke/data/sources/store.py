"""The tables of sources in PostgreSQL: contracts' texts and loads."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Date,
    DateTime,
    Index,
    Integer,
    RowMapping,
    Table,
    Text,
    Uuid,
    func,
    insert,
    select,
    text,
    tuple_,
    update,
)
from sqlalchemy.dialects.postgresql import JSONB, distinct_on

from liuke.data.sources.model import ContractVersion, Load, LoadState, ReasonCount, SourceBusy, TableCount
from liuke.kernel.bank import Bank
from liuke.kernel.store.columns import PiClass, Retention, column, metadata
from liuke.kernel.store.records import ReadHandle, WriteHandle

contract_table = Table(
    "source_contract",
    metadata,
    column("source", Text, primary_key=True, pi=PiClass.NONE, keep=Retention.PERMANENT),
    column("version", Integer, primary_key=True, pi=PiClass.NONE, keep=Retention.PERMANENT),
    column("text", Text, pi=PiClass.NONE, keep=Retention.PERMANENT),
    column("saved_by", Text, pi=PiClass.C1, keep=Retention.PERMANENT),
    column("saved_at", DateTime(timezone=True), pi=PiClass.NONE, keep=Retention.PERMANENT),
)

load_table = Table(
    "source_load",
    metadata,
    column("id", Uuid, primary_key=True, pi=PiClass.NONE, keep=Retention.RECORD),
    column("source", Text, pi=PiClass.NONE, keep=Retention.RECORD),
    column("system", Text, pi=PiClass.NONE, keep=Retention.RECORD),
    column("file_name", Text, pi=PiClass.NONE, keep=Retention.RECORD),
    column("file_date", Date, nullable=True, pi=PiClass.NONE, keep=Retention.RECORD),
    column("file_bytes", BigInteger, pi=PiClass.NONE, keep=Retention.RECORD),
    column("file_mtime_ns", BigInteger, pi=PiClass.NONE, keep=Retention.RECORD),
    column("sha256", Text, pi=PiClass.NONE, keep=Retention.RECORD),
    column("contract_version", Integer, pi=PiClass.NONE, keep=Retention.RECORD),
    column("state", Text, pi=PiClass.NONE, keep=Retention.RECORD),
    column("attempts", Integer, pi=PiClass.NONE, keep=Retention.RECORD),
    column("started_by", Text, pi=PiClass.C1, keep=Retention.RECORD),
    column("started_at", DateTime(timezone=True), pi=PiClass.NONE, keep=Retention.RECORD),
    column("ended_at", DateTime(timezone=True), nullable=True, pi=PiClass.NONE, keep=Retention.RECORD),
    column("rows_read", BigInteger, pi=PiClass.NONE, keep=Retention.RECORD),
    column("rows_accepted", BigInteger, pi=PiClass.NONE, keep=Retention.RECORD),
    column("rows_unchanged", BigInteger, pi=PiClass.NONE, keep=Retention.RECORD),
    column("rows_repeated", BigInteger, pi=PiClass.NONE, keep=Retention.RECORD),
    column("rows_quarantined", BigInteger, pi=PiClass.NONE, keep=Retention.RECORD),
    column("sentence", Text, pi=PiClass.NONE, keep=Retention.RECORD),
    column("cursor", Text, pi=PiClass.NONE, keep=Retention.RECORD),
    column("report", JSONB, pi=PiClass.NONE, keep=Retention.RECORD),
    Index("ix_source_load_file", "source", "file_name", "started_at"),
    Index("ix_source_load_started", "started_at", "id"),
    Index("ix_source_load_source", "source", "started_at", "id"),
)

_ZERO: Final = dict.fromkeys(
    ("rows_read", "rows_accepted", "rows_unchanged", "rows_repeated", "rows_quarantined"), 0
) | {"sentence": "", "cursor": "", "report": {}}
_NOT_SHOWN: Final = {"file_bytes", "file_mtime_ns", "cursor", "report"}


def as_load(row: RowMapping) -> Load:
    """A row as a load."""
    report: Mapping[str, Any] = row["report"]
    plain: dict[str, Any] = {key: value for key, value in row.items() if key not in _NOT_SHOWN}
    return Load(
        **plain | {"state": LoadState(row["state"])},
        bytes=row["file_bytes"],
        new_columns=tuple(report.get("new_columns", ())),
        missing_columns=tuple(report.get("missing_columns", ())),
        reasons=tuple(ReasonCount(**one) for one in report.get("reasons", ())),
        tables=tuple(TableCount(**one) for one in report.get("tables", ())),
    )


def files_seen(tx: ReadHandle, source: str) -> dict[str, RowMapping]:
    """The last load of every file of a source, by name."""
    query = (
        select(load_table)
        .ext(distinct_on(load_table.c.file_name))
        .where(load_table.c.source == source)
        .order_by(load_table.c.file_name, load_table.c.started_at.desc(), load_table.c.id.desc())
    )
    return {row["file_name"]: row for row in tx.rows(query)}


def unfinished(tx: ReadHandle, source: str, *, tries: int) -> Sequence[RowMapping]:
    """Loads whose raw copy is safe and that did not come to an end within ``tries`` attempts, oldest first."""
    going = (LoadState.LANDED, LoadState.CHECKING, LoadState.FAILED)
    query = select(load_table).where(
        load_table.c.source == source, load_table.c.state.in_(going), load_table.c.attempts < tries
    )
    return tx.rows(query.where(load_table.c.sha256 != "").order_by(load_table.c.started_at, load_table.c.id))


def begin(tx: WriteHandle, values: Mapping[str, object]) -> None:
    """Record a new load."""
    tx.execute(insert(load_table).values({**_ZERO, "ended_at": None, "attempts": 0, **values}))


def attempt(tx: WriteHandle, load_id: UUID, version: int) -> int:
    """Count another attempt at a load; returns its number."""
    claimed = (
        update(load_table)
        .where(load_table.c.id == load_id)
        .values(state=LoadState.CHECKING, attempts=load_table.c.attempts + 1, contract_version=version, sentence="")
        .returning(load_table.c.attempts)
    )
    return int(tx.value(claimed))


def finish(tx: WriteHandle, load_id: UUID, attempts: int, values: Mapping[str, object]) -> bool:
    """End this attempt at a load; false when another attempt has taken over or it already ended."""
    ended = update(load_table).where(
        load_table.c.id == load_id, load_table.c.attempts == attempts, load_table.c.state == LoadState.CHECKING
    )
    return tx.execute(ended.values(**values)) == 1


def seen_again(tx: WriteHandle, load_id: UUID, *, mtime_ns: int) -> None:
    """Note that a file was touched but is the same, so that it need not be read again."""
    tx.execute(update(load_table).where(load_table.c.id == load_id).values(file_mtime_ns=mtime_ns))


def one(tx: ReadHandle, load_id: UUID) -> RowMapping | None:
    """A load by its id."""
    return tx.one(select(load_table).where(load_table.c.id == load_id))


def newest_day(tx: ReadHandle, source: str) -> date | None:
    """The latest day a published file of the source is about."""
    query = select(func.max(load_table.c.file_date)).where(
        load_table.c.source == source, load_table.c.state == LoadState.PUBLISHED
    )
    day: date | None = tx.value(query)
    return day


def last_cursor(tx: ReadHandle, source: str) -> str:
    """Where the last published extract ended."""
    query = select(load_table.c.cursor).where(
        load_table.c.source == source, load_table.c.state == LoadState.PUBLISHED, load_table.c.cursor != ""
    )
    return str(tx.value(query.order_by(load_table.c.started_at.desc()).limit(1)) or "")


def page(tx: ReadHandle, source: str, *, after: tuple[datetime, UUID] | None, limit: int) -> Sequence[RowMapping]:
    """Loads, newest first, from a place on."""
    query = select(load_table)
    if source:
        query = query.where(load_table.c.source == source)
    if after:
        query = query.where(tuple_(load_table.c.started_at, load_table.c.id) < tuple_(*after))
    return tx.rows(query.order_by(load_table.c.started_at.desc(), load_table.c.id.desc()).limit(limit))


@dataclass(frozen=True, slots=True)
class Sums:
    """What all loads of a source come to: files and rows taken in, the newest day, when it last ran."""

    files: int
    accepted: int
    quarantined: int
    data_date: date | None
    last_at: datetime | None


NO_LOADS: Final = Sums(0, 0, 0, None, None)


def summary(tx: ReadHandle) -> dict[str, Sums]:
    """The sums of every source that ever ran."""
    done = load_table.c.state == LoadState.PUBLISHED
    query = select(
        load_table.c.source,
        func.count(load_table.c.file_name.distinct()).filter(done).label("files"),
        func.coalesce(func.sum(load_table.c.rows_accepted).filter(done), 0).label("accepted"),
        func.coalesce(func.sum(load_table.c.rows_quarantined).filter(done), 0).label("quarantined"),
        func.max(load_table.c.file_date).filter(done).label("data_date"),
        func.max(load_table.c.started_at).label("last_at"),
    ).group_by(load_table.c.source)
    return {
        row["source"]: Sums(
            row["files"], int(row["accepted"]), int(row["quarantined"]), row["data_date"], row["last_at"]
        )
        for row in tx.rows(query)
    }


def last_loads(tx: ReadHandle) -> dict[str, Load]:
    """The last load of every source."""
    query = (
        select(load_table)
        .ext(distinct_on(load_table.c.source))
        .order_by(load_table.c.source, load_table.c.started_at.desc(), load_table.c.id.desc())
    )
    return {row["source"]: as_load(row) for row in tx.rows(query)}


def contract_in_force(tx: ReadHandle, source: str, version: int | None = None) -> RowMapping | None:
    """A contract's text: the newest, or one version."""
    query = select(contract_table).where(contract_table.c.source == source)
    if version is not None:
        query = query.where(contract_table.c.version == version)
    return tx.one(query.order_by(contract_table.c.version.desc()).limit(1))


def newest_versions(tx: ReadHandle) -> dict[str, int]:
    """The version in force of every contract that was ever used."""
    query = select(contract_table.c.source, func.max(contract_table.c.version).label("version"))
    return {row["source"]: row["version"] for row in tx.rows(query.group_by(contract_table.c.source))}


def contract_versions(tx: ReadHandle, source: str) -> tuple[ContractVersion, ...]:
    """The saved versions of a contract, newest first."""
    c = contract_table.c
    query = select(c.source, c.version, c.saved_by, c.saved_at).where(c.source == source).order_by(c.version.desc())
    return tuple(ContractVersion(**row) for row in tx.rows(query))


def keep_contract(tx: WriteHandle, source: str, text_: str, *, stated: int, by: str, at: datetime) -> int:
    """The version number of a contract's text; a text not seen before gets the next one."""
    tx.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 1))"), {"name": f"contract.{source}"})
    newest = contract_in_force(tx, source)
    if newest is not None and newest["text"] == text_:
        return int(newest["version"])
    version = max(stated, (newest["version"] + 1) if newest else 1)
    tx.execute(insert(contract_table).values(source=source, version=version, text=text_, saved_by=by, saved_at=at))
    return version


def sole(bank: Bank, source: str) -> AbstractContextManager[None]:
    """Hold a source for oneself, across all processes, until the block ends or the process dies.

    Raises: SourceBusy when somebody else holds it.
    """
    return bank.records.sole(f"source.{source}", busy=SourceBusy(source=source))
