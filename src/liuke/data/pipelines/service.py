"""What others may ask of derived tables: the list, one with all about it, its runs, the tables to read, and to run."""

import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from liuke.data import org, sources
from liuke.data.pipelines import graph, store
from liuke.data.pipelines.build.inputs import known_tables
from liuke.data.pipelines.build.run import Wanted, bring
from liuke.data.pipelines.define import edit
from liuke.data.pipelines.define.read import read
from liuke.data.pipelines.model import (
    Checked,
    Definition,
    Full,
    Health,
    NotPublished,
    PipelineRunState,
    PipelineState,
    PipelineUnknown,
    Run,
    Version,
    View,
)
from liuke.kernel.actor import Actor, Permission
from liuke.kernel.bank import Bank
from liuke.kernel.errors import LiukeError
from liuke.kernel.job import running
from liuke.kernel.page import Page, page_of, read_cursor
from liuke.kernel.store.lake import LakeTable
from liuke.kernel.store.records import ReadHandle


def tables(tx: ReadHandle) -> dict[str, LakeTable]:
    """The derived tables that can be read, by name: scan one with ``bank.lake.connect(tx, table)``.

    Rows are of the last good version; columns state their class of personal information and retention.
    """
    return {
        name: store.lake_table(name, _title(row["text"]), store.columns_of(row))
        for name, row in store.built(tx).items()
    }


def _title(text: str) -> str:
    one = read(text)[0]
    return one.title if one else ""


@dataclass(frozen=True, slots=True)
class TableView:
    """A table a query may read: what one row is, its columns and how many rows there are."""

    table: LakeTable
    derived: bool
    rows: int


def lake_tables(bank: Bank, actor: Actor) -> list[TableView]:
    """All tables a query may read, canonical ones first. Raises: Forbidden."""
    actor.require(Permission.PIPELINE_READ)
    with bank.read(actor) as tx:
        known, sizes, titles = (
            known_tables(tx),
            store.sizes(tx),
            {n: _title(r["text"]) for n, r in store.working(tx).items()},
        )
    return [
        TableView(
            replace(table, meaning=titles.get(name, table.meaning)),
            name not in sources.CANONICAL,
            sizes.get(name, (0, 0))[0],
        )
        for name, table in known.items()
    ]


def overview(bank: Bank, actor: Actor) -> list[View]:
    """All derived tables, by name. Raises: Forbidden."""
    actor.require(Permission.PIPELINE_READ)
    with bank.read(actor) as tx:
        return _views(tx)


def _views(tx: ReadHandle) -> list[View]:
    records, working, last, sizes = store.pipelines(tx), store.working(tx), store.last_runs(tx), store.sizes(tx)
    inputs = {name: tuple(row["inputs"]) for name, row in working.items()}
    files = store.files(tx, sorted({table for read_ in inputs.values() for table in read_}))
    names, stopped = org.names(tx, [run.started_by for run in last.values()]), store.stopped(tx)
    views = []
    for name, record in records.items():
        one = read(working[name]["text"])[0]
        if one is None:
            continue
        run = last.get(name)
        run = replace(run, started_by_name=names[run.started_by]) if run else None
        behind = _behind(record, one, inputs[name], files)
        size = sizes.get(name, (0, 0))
        views.append(
            View(
                name=name,
                title=one.title,
                meaning=one.meaning,
                owner=one.owner,
                state=PipelineState(record["state"]),
                health=_health(record, run, behind=behind, stopped=name in stopped),
                newest_version=record["newest_version"],
                live_version=record["live_version"],
                built_version=record["built_version"],
                keys=one.keys,
                partition=one.partition.column if one.partition else "",
                on_commit=one.on_commit,
                cadence=one.cadence,
                inputs=inputs[name],
                used_by=graph.users(inputs, name),
                rows=size[0],
                bytes=size[1],
                built_at=record["built_at"],
                last_run=run,
                blocked_by=stopped.get(name, ()),
            )
        )
    return views


def _behind(
    record: Mapping[Any, Any], one: Definition, inputs: Sequence[str], files: Mapping[str, Mapping[UUID, object]]
) -> bool:
    """Whether inputs have moved on since the visible rows were made, or another version is in force."""
    frozen = one.partition.frozen if one.partition else ()
    consumed = record["consumed"]
    return record["built_version"] != record["live_version"] or any(
        {str(number) for number in files.get(name, ())} != set(consumed.get(name, ()))
        for name in inputs
        if name not in frozen
    )


def _health(record: Mapping[Any, Any], run: Run | None, *, behind: bool, stopped: bool) -> Health:
    if run is not None and run.state is PipelineRunState.RUNNING:
        return Health.RUNNING
    if run is not None and run.state in (PipelineRunState.REJECTED, PipelineRunState.FAILED):
        return Health.FAILED
    if stopped and record["live_version"] is not None:
        return Health.BLOCKED
    if record["built_version"] is None:
        return Health.NEVER
    return Health.STALE if behind else Health.FRESH


def full(bank: Bank, actor: Actor, name: str, *, version: int | None = None) -> Full:
    """One derived table with everything about it: the newest version, or an earlier one.

    Raises: Forbidden, PipelineUnknown.
    """
    actor.require(Permission.PIPELINE_READ)
    with bank.read(actor) as tx:
        view = next((one for one in _views(tx) if one.name == name), None)
        if view is None:
            raise PipelineUnknown(table=name)
        number = view.newest_version if version is None else version
        kept = store.version(tx, name, number)
        one = read(kept["text"])[0] if kept else None
        if kept is None or one is None:
            raise PipelineUnknown(table=name)
        built = store.built(tx).get(name)
        return Full(
            view=view,
            definition=one,
            version=number,
            text=kept["text"],
            checked=edit.checked(tx, one),
            built=store.columns_of(built) if built else (),
            versions=_signed(tx, store.versions(tx, name)),
        )


def _signed(tx: ReadHandle, versions: Sequence[Version]) -> tuple[Version, ...]:
    names = org.names(tx, [one.saved_by for one in versions]) | {edit.FILE: "文件"}
    return tuple(replace(one, saved_by_name=names[one.saved_by]) for one in versions)


def check_definition(bank: Bank, actor: Actor, tree: Mapping[str, Any]) -> Checked:
    """Everything wrong with a definition, and what it would be. Raises: Forbidden."""
    return edit.check_tree(bank, actor, tree)


def runs(bank: Bank, actor: Actor, *, name: str, cursor: str | None, limit: int) -> Page[Run]:
    """Runs of one table (of all, when empty), newest first. Raises: Forbidden, BadCursor."""
    actor.require(Permission.PIPELINE_READ)
    after = None
    if cursor:
        at, run_id = read_cursor(cursor, datetime.fromisoformat, UUID)
        after = (at, run_id)
    with bank.read(actor) as tx:
        found = store.runs(tx, name, after=after, limit=limit + 1)
        names = org.names(tx, [one.started_by for one in found])
    signed = [replace(one, started_by_name=names[one.started_by]) for one in found]
    return page_of(signed, limit=limit, key=lambda one: (one.started_at.isoformat(), one.id))


def start(bank: Bank, actor: Actor, *, name: str, wanted: Wanted) -> UUID:
    """Run a derived table in the background; returns the id of the job's run, to follow at /api/jobs.

    Raises: Forbidden, PipelineUnknown, NotPublished, PipelineBusy.
    """
    actor.require(Permission.PIPELINE_EDIT)
    with bank.read(actor) as tx:
        present = store.pipeline(tx, name)
    if present is None:
        raise PipelineUnknown(table=name)
    if present["live_version"] is None:
        raise NotPublished(table=name)
    with store.sole(bank, name):
        pass
    begun: Future[UUID] = Future()
    threading.Thread(target=_run, args=(bank, actor, name, wanted, begun), name=f"pipeline {name}", daemon=True).start()
    return begun.result(timeout=30)


def _run(bank: Bank, actor: Actor, name: str, wanted: Wanted, begun: "Future[UUID]") -> None:
    try:
        with running(bank, actor, job="pipeline", target=name) as progress:
            begun.set_result(progress.run_id)
            bring(bank, actor, name, wanted, report=progress.at)
    except LiukeError as fault:
        if not begun.done():
            begun.set_exception(fault)
