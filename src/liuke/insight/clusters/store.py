"""The table of runs and every statement about it."""

from dataclasses import asdict, fields
from datetime import date
from functools import partial
from typing import Any, Final
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy import (
    ARRAY,
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
    update,
)
from sqlalchemy.dialects.postgresql import JSONB

from liuke.insight.clusters.model import AlreadyRunning, ClusterState, Found, Run, Wanted
from liuke.kernel.ids import new_id
from liuke.kernel.page import Page, page_of, read_cursor, whole
from liuke.kernel.store.columns import PiClass, Retention, column, metadata
from liuke.kernel.store.records import ReadHandle, WriteHandle

_plain = partial(column, pi=PiClass.NONE, keep=Retention.RECORD)
_staff = partial(column, pi=PiClass.C1, keep=Retention.RECORD)
_TIME: Final = DateTime(timezone=True)

run_table = Table(
    "cluster_run",
    metadata,
    _plain("id", Uuid, primary_key=True),
    _plain("version", Integer),
    _plain("state", Text),
    _plain("wanted", JSONB),
    _plain("as_of", Date, nullable=True),
    _plain("size", BigInteger),
    _plain("names", ARRAY(Text)),
    _plain("found", JSONB, nullable=True),
    _plain("segments", JSONB),
    _plain("message", Text),
    _plain("job_run", Uuid, nullable=True),
    _staff("started_by", Text),
    _plain("started_at", _TIME),
    _plain("ended_at", _TIME, nullable=True),
    Index("ix_cluster_run_version", "version", unique=True),
)

_LOCK: Final = text("SELECT pg_try_advisory_xact_lock(hashtextextended('clusters.run', 0))")
#: What was found, from and to JSON: nested frozen dataclasses of the standard library.
_FOUND: Final = TypeAdapter(Found)
_WANTED: Final = TypeAdapter(Wanted)
_BROKEN: Final = "处理进程中断，聚类没有完成。请重新开始。"


def claim(tx: ReadHandle) -> None:
    """Hold the right to run until the transaction ends. Raises AlreadyRunning."""
    if not tx.value(_LOCK):
        raise AlreadyRunning


def begin(tx: WriteHandle, wanted: Wanted, *, job_run: UUID | None) -> UUID:
    """A new run, by whoever holds the claim; runs that a crash left open are closed."""
    now = tx.clock.now()
    left = run_table.c.state == ClusterState.RUNNING
    tx.execute(update(run_table).where(left).values(state=ClusterState.FAILED, ended_at=now, message=_BROKEN))
    run_id = new_id(tx.clock)
    version = int(tx.value(select(func.coalesce(func.max(run_table.c.version), 0)))) + 1
    row = {
        "id": run_id,
        "version": version,
        "state": ClusterState.RUNNING,
        "wanted": asdict(wanted),
        "size": 0,
        "names": [],
        "segments": {},
        "message": "",
        "job_run": job_run,
        "started_by": tx.actor.user_id,
        "started_at": now,
    }
    tx.execute(insert(run_table).values(row))
    return run_id


def succeed(tx: WriteHandle, run_id: UUID, found: Found, *, as_of: date, size: int) -> None:
    """The run is done."""
    values = {
        "state": ClusterState.DONE,
        "as_of": as_of,
        "size": size,
        "names": [cluster.name for cluster in found.clusters],
        "found": _FOUND.dump_python(found, mode="json"),
        "ended_at": tx.clock.now(),
    }
    tx.execute(update(run_table).where(run_table.c.id == run_id).values(values))


def fail(tx: WriteHandle, run_id: UUID, message: str) -> None:
    """The run came to nothing, and why."""
    values = {"state": ClusterState.FAILED, "message": message, "ended_at": tx.clock.now()}
    tx.execute(update(run_table).where(run_table.c.id == run_id).values(values))


def add_segment(tx: WriteHandle, run_id: UUID, number: int, segment: int) -> None:
    """Remember which segment a cluster became; the last one counts."""
    added = run_table.c.segments.op("||")(func.jsonb_build_object(str(number), segment))
    tx.execute(update(run_table).where(run_table.c.id == run_id).values(segments=added))


def read(tx: ReadHandle, run_id: UUID) -> Run | None:
    """One run with what it found."""
    row = tx.one(select(run_table).where(run_table.c.id == run_id))
    return _run(row) if row else None


def last_done(tx: ReadHandle) -> Run | None:
    """The newest run that found something."""
    done = select(run_table).where(run_table.c.state == ClusterState.DONE)
    row = tx.one(done.order_by(run_table.c.version.desc()).limit(1))
    return _run(row) if row else None


def listed(tx: ReadHandle, *, cursor: str | None, limit: int) -> Page[Run]:
    """Runs, newest first, without what they found."""
    columns = [one for one in run_table.c if one.name != "found"]
    query = select(*columns).order_by(run_table.c.version.desc()).limit(limit + 1)
    if cursor:
        query = query.where(run_table.c.version < read_cursor(cursor, whole)[0])
    page = page_of(tx.rows(query), limit=limit, key=lambda row: (row["version"],))
    return page.map(_run)


def _run(row: RowMapping) -> Run:
    facts: dict[str, Any] = {one.name: row.get(one.name) for one in fields(Run)}
    facts["state"] = ClusterState(row["state"])
    facts["wanted"] = _WANTED.validate_python(row["wanted"])
    facts["names"] = tuple(row["names"])
    facts["found"] = _FOUND.validate_python(row["found"]) if row.get("found") else None
    facts["segments"] = {int(number): int(segment) for number, segment in row["segments"].items()}
    return Run(**facts)
