"""任务 over HTTP: what long work runs, how far it is, how it ended."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from sqlalchemy import RowMapping, select, tuple_

from liuke.data import org
from liuke.kernel.actor import Permission
from liuke.kernel.errors import Forbidden, NotFound
from liuke.kernel.http import COMMON, ActorDep, BankDep, CursorQuery, LimitQuery, Wire, WirePage, problems
from liuke.kernel.job import RunState, run_table
from liuke.kernel.page import page_of, read_cursor

router = APIRouter(prefix="/api/jobs", tags=["jobs"], responses=COMMON | problems(Forbidden))


class RunUnknown(NotFound):
    """没有这次任务记录，可能已过保存期限。"""


class RunOut(Wire):
    """One run of long work; ``fraction`` is 0–1, ``message`` a short Chinese phrase."""

    id: UUID
    job: str
    target: str
    state: RunState
    fraction: float
    message: str
    started_by: str
    started_by_name: str
    started_at: datetime
    moved_at: datetime
    ended_at: datetime | None


@router.get("")
def list_runs(
    actor: ActorDep,
    bank: BankDep,
    job: Annotated[str, Query(max_length=64)] = "",
    state: RunState | None = None,
    cursor: CursorQuery = None,
    limit: LimitQuery = 50,
) -> WirePage[RunOut]:
    """Runs, newest first; narrowed to one job or one state."""
    actor.require(Permission.JOB_READ)
    query = select(run_table).order_by(run_table.c.started_at.desc(), run_table.c.id.desc()).limit(limit + 1)
    if job:
        query = query.where(run_table.c.job == job)
    if state:
        query = query.where(run_table.c.state == state)
    if cursor:
        place = read_cursor(cursor, datetime.fromisoformat, UUID)
        query = query.where(tuple_(run_table.c.started_at, run_table.c.id) < tuple_(*place))
    with bank.read(actor) as tx:
        rows = tx.rows(query)
        names = org.names(tx, [row["started_by"] for row in rows])
    page = page_of(rows, limit=limit, key=lambda row: (row["started_at"].isoformat(), str(row["id"])))
    return WirePage(items=[_run(row, names) for row in page.items], next_cursor=page.next_cursor)


@router.get("/{run_id}", responses=problems(RunUnknown))
def show_run(actor: ActorDep, bank: BankDep, run_id: UUID) -> RunOut:
    """One run, to follow its progress."""
    actor.require(Permission.JOB_READ)
    with bank.read(actor) as tx:
        row = tx.one(select(run_table).where(run_table.c.id == run_id))
        if row is None:
            raise RunUnknown
        return _run(row, org.names(tx, [row["started_by"]]))


def _run(row: RowMapping, names: Mapping[str, str]) -> RunOut:
    return RunOut.model_validate({**row, "started_by_name": names[row["started_by"]]})
