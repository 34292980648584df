"""The tables of behaviour: versions of the tracking plan, how far the log is taken in, what came in by the minute; and
its lake table of events set aside."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any, Final

from sqlalchemy import BigInteger, DateTime, Integer, Table, Text, delete, func, insert, select, text
from sqlalchemy.dialects.postgresql import insert as upsert

from liuke.data.behaviour.model import Minute, PlanVersion
from liuke.kernel.store.columns import PiClass, Retention, column, metadata
from liuke.kernel.store.lake import LakeColumn, LakeTable, file_table
from liuke.kernel.store.records import ReadHandle, WriteHandle

_plain = partial(column, pi=PiClass.NONE, keep=Retention.PERMANENT)
_work = partial(column, pi=PiClass.NONE, keep=Retention.WORK)

plan_table = Table(
    "behaviour_plan",
    metadata,
    _plain("version", Integer, primary_key=True),
    _plain("text", Text),
    column("saved_by", Text, pi=PiClass.C1, keep=Retention.PERMANENT),
    _plain("saved_at", DateTime(timezone=True)),
)

place_table = Table(
    "behaviour_place",
    metadata,
    _work("segment", Text, primary_key=True),
    _work("place", BigInteger),
)

minute_table = Table(
    "behaviour_minute",
    metadata,
    _work("minute", DateTime(timezone=True), primary_key=True),
    _work("accepted", BigInteger),
    _work("duplicates", BigInteger),
    _work("late", BigInteger),
    _work("malformed", BigInteger),
    _work("unresolved", BigInteger),
)

#: Events set aside; a partition is a day by the server's clock.
ASIDE: Final = LakeTable(
    "behaviour_aside",
    "隔离的行为事件：未被接收的事件及原因",
    (
        LakeColumn("received_at", "TIMESTAMPTZ", "接收的时间", "UTC", PiClass.NONE, Retention.WORK),
        LakeColumn("number", "BIGINT", "序号，与接收时间一起唯一", "", PiClass.NONE, Retention.WORK),
        LakeColumn("reason", "VARCHAR", "原因：json form plan late ahead", "", PiClass.NONE, Retention.WORK),
        LakeColumn("field", "VARCHAR", "哪个字段，空为整条", "", PiClass.NONE, Retention.WORK),
        LakeColumn("message", "VARCHAR", "说明", "", PiClass.NONE, Retention.WORK),
        LakeColumn("raw", "VARCHAR", "原始内容，至多 4096 字节", "", PiClass.C2, Retention.WORK),
    ),
)

_COUNTS: Final = ("accepted", "duplicates", "late", "malformed", "unresolved")


def plans(tx: ReadHandle) -> list[PlanVersion]:
    """Saved versions of the plan, newest first."""
    return [PlanVersion(**row) for row in tx.rows(select(plan_table).order_by(plan_table.c.version.desc()))]


def plan(tx: ReadHandle, version: int | None = None) -> PlanVersion | None:
    """One version of the plan, or the newest; None when there is none."""
    query = select(plan_table).order_by(plan_table.c.version.desc()).limit(1)
    if version is not None:
        query = query.where(plan_table.c.version == version)
    row = tx.one(query)
    return PlanVersion(**row) if row else None


def add_plan(tx: WriteHandle, saved: PlanVersion) -> None:
    """Save a version of the plan."""
    tx.execute(
        insert(plan_table).values(
            version=saved.version, text=saved.text, saved_by=saved.saved_by, saved_at=saved.saved_at
        )
    )


def lock_plan(tx: WriteHandle) -> None:
    """Hold the right to save a plan until the transaction ends."""
    tx.value(text("SELECT pg_advisory_xact_lock(hashtextextended('behaviour.plan', 1))"))


def places(tx: ReadHandle) -> dict[str, int]:
    """How far each segment of the log is committed."""
    return {row["segment"]: row["place"] for row in tx.rows(select(place_table))}


def set_places(tx: WriteHandle, found: Mapping[str, int]) -> None:
    """Move the committed places."""
    if found:
        row = upsert(place_table)
        tx.execute(
            row.on_conflict_do_update(index_elements=["segment"], set_={"place": row.excluded.place}),
            [{"segment": name, "place": place} for name, place in found.items()],
        )


def drop_places(tx: WriteHandle, segments: Sequence[str]) -> None:
    """Forget segments that are gone."""
    tx.execute(delete(place_table).where(place_table.c.segment.in_(segments)))


def add_minutes(tx: WriteHandle, minutes: Mapping[int, Mapping[str, int]]) -> None:
    """Add to what came in by the minute; keys are minutes since 1970."""
    if not minutes:
        return
    row = upsert(minute_table)
    added: dict[str, Any] = {name: minute_table.c[name] + row.excluded[name] for name in _COUNTS}
    tx.execute(
        row.on_conflict_do_update(index_elements=["minute"], set_=added),
        [
            {"minute": datetime.fromtimestamp(minute * 60, UTC)} | {name: counts.get(name, 0) for name in _COUNTS}
            for minute, counts in sorted(minutes.items())
        ],
    )


def minutes(tx: ReadHandle, *, since: datetime) -> list[Minute]:
    """What came in, by the minute, oldest first; minutes without anything are left out."""
    query = select(minute_table).where(minute_table.c.minute >= since).order_by(minute_table.c.minute)
    return [Minute(**row) for row in tx.rows(query)]


def scattered(tx: ReadHandle, table: str, *, before: str) -> list[str]:
    """Partitions of live events, hours before ``before``, that lie in more than one file; oldest first."""
    file = file_table.c
    query = (
        select(file.partition)
        .where(file.table_name == table, file.removed_at.is_(None), file.partition.startswith("live-"))
        .where(file.partition < before)
        .group_by(file.partition)
        .having(func.count() > 1)
        .order_by(file.partition)
    )
    return [row["partition"] for row in tx.rows(query)]
