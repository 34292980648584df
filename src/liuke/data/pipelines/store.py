"""Tables of derived tables: what each is, its versions, what it has consumed, and its runs."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
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
    func,
    insert,
    select,
    text,
    tuple_,
    update,
)
from sqlalchemy.dialects.postgresql import JSONB, distinct_on

from liuke.data.pipelines import graph
from liuke.data.pipelines.model import (
    Broken,
    OutColumn,
    PipelineBusy,
    PipelineRunState,
    PipelineState,
    RuleKind,
    Run,
    RunKind,
    Severity,
    Version,
)
from liuke.kernel.bank import Bank
from liuke.kernel.store.columns import PiClass, Retention, column, metadata
from liuke.kernel.store.lake import LakeColumn, LakeTable, file_table
from liuke.kernel.store.records import ReadHandle, WriteHandle

_LAST: Final = Retention.PERMANENT
_WORK: Final = Retention.WORK

pipeline_table = Table(
    "pipeline",
    metadata,
    column("name", Text, primary_key=True, pi=PiClass.NONE, keep=_LAST),
    column("state", Text, pi=PiClass.NONE, keep=_LAST),
    column("newest_version", Integer, pi=PiClass.NONE, keep=_LAST),
    column("live_version", Integer, nullable=True, pi=PiClass.NONE, keep=_LAST),
    column("built_version", Integer, nullable=True, pi=PiClass.NONE, keep=_LAST),
    column("built_at", DateTime(timezone=True), nullable=True, pi=PiClass.NONE, keep=_LAST),
    #: Input table → the lake files the visible rows were made from.
    column("consumed", JSONB, pi=PiClass.NONE, keep=_LAST),
)

version_table = Table(
    "pipeline_version",
    metadata,
    column("name", Text, primary_key=True, pi=PiClass.NONE, keep=_LAST),
    column("version", Integer, primary_key=True, autoincrement=False, pi=PiClass.NONE, keep=_LAST),
    column("text", Text, pi=PiClass.NONE, keep=_LAST),
    #: Output columns as checked when it was saved.
    column("columns", JSONB, pi=PiClass.NONE, keep=_LAST),
    column("inputs", JSONB, pi=PiClass.NONE, keep=_LAST),
    column("reads", JSONB, pi=PiClass.NONE, keep=_LAST),
    column("saved_by", Text, pi=PiClass.C1, keep=_LAST),
    column("saved_at", DateTime(timezone=True), pi=PiClass.NONE, keep=_LAST),
)

run_table = Table(
    "pipeline_run",
    metadata,
    column("id", Uuid, primary_key=True, pi=PiClass.NONE, keep=_WORK),
    column("name", Text, pi=PiClass.NONE, keep=_WORK),
    column("version", Integer, pi=PiClass.NONE, keep=_WORK),
    column("kind", Text, pi=PiClass.NONE, keep=_WORK),
    column("state", Text, pi=PiClass.NONE, keep=_WORK),
    column("since", Date, nullable=True, pi=PiClass.NONE, keep=_WORK),
    column("until", Date, nullable=True, pi=PiClass.NONE, keep=_WORK),
    column("whole", Boolean, pi=PiClass.NONE, keep=_WORK),
    column("partitions", JSONB, pi=PiClass.NONE, keep=_WORK),
    column("partitions_done", Integer, pi=PiClass.NONE, keep=_WORK),
    column("rows", BigInteger, pi=PiClass.NONE, keep=_WORK),
    column("why", Text, pi=PiClass.NONE, keep=_WORK),
    column("sentence", Text, pi=PiClass.NONE, keep=_WORK),
    #: Rules broken, with sample keys masked by their class.
    column("broken", JSONB, pi=PiClass.C1, keep=_WORK),
    #: Input table → lake files; a run that is taken up again reads the same.
    column("inputs", JSONB, pi=PiClass.NONE, keep=_WORK),
    column("started_by", Text, pi=PiClass.C1, keep=_WORK),
    column("started_at", DateTime(timezone=True), pi=PiClass.NONE, keep=_WORK),
    column("ended_at", DateTime(timezone=True), nullable=True, pi=PiClass.NONE, keep=_WORK),
    Index("ix_pipeline_run_name", "name", "started_at", "id"),
)

_NOT_SHOWN: Final = {"name", "whole", "inputs", "partitions", "kind", "state", "broken"}


def pipelines(tx: ReadHandle) -> dict[str, RowMapping]:
    """Every derived table by name."""
    return {row["name"]: row for row in tx.rows(select(pipeline_table).order_by(pipeline_table.c.name))}


def pipeline(tx: ReadHandle, name: str) -> RowMapping | None:
    """One derived table."""
    return tx.one(select(pipeline_table).where(pipeline_table.c.name == name))


def lock(tx: WriteHandle) -> None:
    """Let definitions change one after the other, so that no circle closes between two of them."""
    tx.execute(text("SELECT pg_advisory_xact_lock(hashtextextended('pipelines', 2))"))


def put(tx: WriteHandle, name: str, **values: object) -> None:
    """Change a derived table's record, or begin it."""
    if tx.execute(update(pipeline_table).where(pipeline_table.c.name == name).values(**values)) == 0:
        begun: dict[str, object] = {
            "state": PipelineState.DRAFT,
            "live_version": None,
            "built_version": None,
            "built_at": None,
            "consumed": {},
        }
        tx.execute(insert(pipeline_table).values({**begun, "name": name, **values}))


def add_version(tx: WriteHandle, values: Mapping[str, object]) -> None:
    """Keep a version's text."""
    tx.execute(insert(version_table).values(**values))


def version(tx: ReadHandle, name: str, number: int) -> RowMapping | None:
    """One version of a definition."""
    return tx.one(select(version_table).where(version_table.c.name == name, version_table.c.version == number))


def versions(tx: ReadHandle, name: str) -> tuple[Version, ...]:
    """The versions of a definition, newest first."""
    c = version_table.c
    query = select(c.version, c.saved_by, c.saved_at).where(c.name == name).order_by(c.version.desc())
    return tuple(Version(**row) for row in tx.rows(query))


def working(tx: ReadHandle) -> dict[str, RowMapping]:
    """Of every derived table the version that counts: the live one, or the newest where none is live."""
    counts = func.coalesce(pipeline_table.c.live_version, pipeline_table.c.newest_version)
    query = select(version_table).join(
        pipeline_table, (pipeline_table.c.name == version_table.c.name) & (counts == version_table.c.version)
    )
    return {row["name"]: row for row in tx.rows(query.order_by(version_table.c.name))}


def built(tx: ReadHandle) -> dict[str, RowMapping]:
    """Of every derived table that was ever built and is not retired, the version its visible rows are of."""
    query = select(version_table).join(
        pipeline_table,
        (pipeline_table.c.name == version_table.c.name) & (pipeline_table.c.built_version == version_table.c.version),
    )
    return {row["name"]: row for row in tx.rows(query.where(pipeline_table.c.state != PipelineState.RETIRED))}


def columns_of(row: Mapping[Any, Any]) -> tuple[OutColumn, ...]:
    """The output columns a version was saved with."""
    return tuple(OutColumn(**one | {"origins": tuple(one["origins"])}) for one in row["columns"])


def lake_table(name: str, meaning: str, columns: Sequence[OutColumn]) -> LakeTable:
    """The lake table of a derived table."""
    return LakeTable(
        name,
        meaning,
        tuple(
            LakeColumn(one.name, one.kind, one.meaning or one.name, one.unit, PiClass(one.pi), Retention(one.keep))
            for one in columns
        ),
    )


def files(tx: ReadHandle, tables: Sequence[str]) -> dict[str, dict[UUID, RowMapping]]:
    """The visible files of tables, by table and id."""
    c = file_table.c
    query = select(c.table_name, c.id, c.path, c.partition, c.rows, c.bytes).where(
        c.table_name.in_(tables), c.removed_at.is_(None)
    )
    found: dict[str, dict[UUID, RowMapping]] = {table: {} for table in tables}
    for row in tx.rows(query.order_by(c.added_at, c.id)):
        found[row["table_name"]][row["id"]] = row
    return found


def files_by_id(tx: ReadHandle, ids: Sequence[UUID]) -> list[RowMapping]:
    """Files by id, visible or not."""
    c = file_table.c
    return list(tx.rows(select(c.id, c.path, c.partition, c.table_name, c.removed_at).where(c.id.in_(ids))))


def sizes(tx: ReadHandle) -> dict[str, tuple[int, int]]:
    """Rows and bytes of every table of the lake."""
    c = file_table.c
    query = select(c.table_name, func.sum(c.rows).label("rows"), func.sum(c.bytes).label("bytes"))
    rows = tx.rows(query.where(c.removed_at.is_(None)).group_by(c.table_name))
    return {row["table_name"]: (int(row["rows"]), int(row["bytes"])) for row in rows}


def taken(tx: ReadHandle, name: str) -> bool:
    """Whether the lake has a table of this name that is no derived table."""
    held = tx.value(select(file_table.c.id).where(file_table.c.table_name == name).limit(1))
    return held is not None and pipeline(tx, name) is None


def begin_run(tx: WriteHandle, values: Mapping[str, object]) -> None:
    """Record a run."""
    zero = {"partitions_done": 0, "rows": 0, "sentence": "", "broken": [], "ended_at": None}
    tx.execute(insert(run_table).values({**zero, **values}))


def move_run(tx: WriteHandle, run_id: UUID, **values: object) -> None:
    """Change a run's record."""
    tx.execute(update(run_table).where(run_table.c.id == run_id).values(**values))


def open_run(tx: ReadHandle, name: str) -> RowMapping | None:
    """The run of a table that did not come to an end."""
    query = select(run_table).where(run_table.c.name == name, run_table.c.state == PipelineRunState.RUNNING)
    return tx.one(query.order_by(run_table.c.started_at.desc()).limit(1))


def last_runs(tx: ReadHandle) -> dict[str, Run]:
    """The last run of every table."""
    query = (
        select(run_table)
        .ext(distinct_on(run_table.c.name))
        .order_by(run_table.c.name, run_table.c.started_at.desc(), run_table.c.id.desc())
    )
    return {row["name"]: as_run(row) for row in tx.rows(query)}


def stopped(tx: ReadHandle) -> dict[str, tuple[str, ...]]:
    """The tables that must wait, each with those of its inputs that failed, are not built or retired, or wait too."""
    records, last = pipelines(tx), last_runs(tx)
    bad = {
        name
        for name, record in records.items()
        if record["built_version"] is None
        or record["state"] == PipelineState.RETIRED
        or (name in last and last[name].state in (PipelineRunState.REJECTED, PipelineRunState.FAILED))
    }
    return graph.stopped({name: row["inputs"] for name, row in working(tx).items()}, bad)


def inputs_of(tx: ReadHandle, run_id: UUID) -> dict[str, list[str]]:
    """The files a run read, by input."""
    found: dict[str, list[str]] = tx.value(select(run_table.c.inputs).where(run_table.c.id == run_id)) or {}
    return found


def runs(tx: ReadHandle, name: str, *, after: tuple[datetime, UUID] | None, limit: int) -> list[Run]:
    """Runs of one table (of all, when empty), newest first."""
    query = select(run_table).order_by(run_table.c.started_at.desc(), run_table.c.id.desc()).limit(limit)
    if name:
        query = query.where(run_table.c.name == name)
    if after:
        query = query.where(tuple_(run_table.c.started_at, run_table.c.id) < tuple_(*after))
    return [as_run(row) for row in tx.rows(query)]


def as_run(row: RowMapping) -> Run:
    """A row as a run."""
    plain: dict[str, Any] = {key: value for key, value in row.items() if key not in _NOT_SHOWN}
    return Run(
        **plain,
        table=row["name"],
        kind=RunKind(row["kind"]),
        state=PipelineRunState(row["state"]),
        partitions=len(row["partitions"]),
        broken=tuple(
            Broken(
                **one
                | {
                    "kind": RuleKind(one["kind"]),
                    "severity": Severity(one["severity"]),
                    "samples": tuple(one["samples"]),
                }
            )
            for one in row["broken"]
        ),
    )


def sole(bank: Bank, name: str) -> AbstractContextManager[None]:
    """Hold a derived table for oneself, across all processes, until the block ends or the process dies.

    Raises: PipelineBusy when somebody else holds it.
    """
    return bank.records.sole(f"pipeline.{name}", busy=PipelineBusy(table=name))
