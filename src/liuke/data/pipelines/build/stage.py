"""Computes partitions chunk by chunk into files of the run's own, which nobody sees yet and a restart finds again."""

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final
from uuid import UUID

import duckdb

from liuke.data.pipelines import store
from liuke.data.pipelines.build.inputs import Input, Span, hold, opened, show
from liuke.data.pipelines.build.plan import Plan, chunks, part_sql
from liuke.data.pipelines.model import (
    Checked,
    Definition,
    Grain,
    PartitionDiffers,
    QueryFailed,
    QueryTooLarge,
    QueryTooLong,
    ResultTooLarge,
)
from liuke.data.pipelines.query.bind import said_of
from liuke.kernel.actor import Actor
from liuke.kernel.bank import Bank
from liuke.kernel.store.lake import FileDraft
from liuke.kernel.store.records import DiskFull

#: One chunk may take so long, and a table may have so many rows; beyond them a join has gone wrong.
RUN_SECONDS: Final = 3600
MAX_ROWS: Final = 2_000_000_000
#: Disk a run may spill to, in MiB.
RUN_SPILL_MIB: Final = 64 * 1024

#: Told how many partitions of how many are done.
Report = Callable[[int, int], None]


def staged_name(name: str, run_id: UUID) -> str:
    """The table a run's files stand under until they become visible."""
    return f"{name}~{run_id.hex}"


class Stage:
    """One run's own table and the way into it."""

    def __init__(self, bank: Bank, actor: Actor, one: Definition, checked: Checked, run_id: UUID) -> None:
        self._bank = bank
        self._actor = actor
        self._one = one
        self._checked = checked
        self._run_id = run_id
        self.table: Final = store.lake_table(staged_name(one.name, run_id), one.title, checked.columns)
        self.folder: Final = bank.lake.root / self.table.name
        self._held: frozenset[str] = frozenset()

    @contextmanager
    def opened(self, inputs: Mapping[str, Input], *, also: Sequence[Path] = ()) -> Iterator[duckdb.DuckDBPyConnection]:
        """A sealed database over the inputs that may write into the run's folder alone."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        reach = opened(self._bank, inputs, also=also, folder=self.folder, spill_mib=RUN_SPILL_MIB)
        with reach as connection, translated():
            yield connection

    def fill(
        self,
        connection: duckdb.DuckDBPyConnection,
        inputs: Mapping[str, Input],
        plan: Plan,
        *,
        done: int,
        report: Report,
    ) -> None:
        """Compute the partitions after the first ``done``; each chunk counts as soon as it is written."""
        cut = self._one.partition
        rows = 0
        groups = list(chunks(plan.partitions[done:], cut.grain if cut else Grain.DAY))
        if cut is not None and len(groups) > 1:
            self._held = frozenset(cut.by)
            with limited(connection, RUN_SECONDS):
                hold(connection, inputs, cut.by, self._checked.run_sql)
        for group, span in groups:
            show(connection, inputs, cut, span, held=self._held)
            with limited(connection, RUN_SECONDS):
                connection.execute(
                    f"CREATE OR REPLACE TEMP TABLE computed AS {self._chunk_sql(group, span)}"
                ).fetchall()
            rows += int(connection.execute("SELECT count(*) FROM computed").fetchall()[0][0])
            if rows > MAX_ROWS:
                raise ResultTooLarge(limit=f"{MAX_ROWS:,}")
            drafts = list(self._written(connection))
            done += len(group)
            with self._bank.write(self._actor) as tx:
                self._bank.lake.publish(tx, drafts)
                store.move_run(tx, self._run_id, partitions_done=done)
            report(done, len(plan.partitions))

    def _chunk_sql(self, group: Sequence[str], span: Span | None) -> str:
        cut = self._one.partition
        if cut is None or span is None:
            return self._checked.run_sql
        listed = ", ".join(f"DATE '{part}'" for part in group)
        column = f'"{cut.column}"'
        near = f"{column} BETWEEN DATE '{span.since}' AND DATE '{span.until}'"
        return f"SELECT * FROM ({self._checked.run_sql}) WHERE {near} AND {part_sql(cut)} IN ({listed})"

    def _written(self, connection: duckdb.DuckDBPyConnection) -> Iterator[FileDraft]:
        """The computed rows as draft files, one a partition, in the order of the keys."""
        keys = ", ".join(f'"{key}"' for key in self._one.keys)
        cut = self._one.partition
        if cut is None:
            draft = self._bank.lake.write_query(self.table, connection, f"SELECT * FROM computed ORDER BY {keys}")
            yield from [draft] if draft else []
            return
        part = part_sql(cut)
        for (value,) in connection.execute(f"SELECT DISTINCT {part} AS part FROM computed ORDER BY part").fetchall():
            where = f"{part} = DATE '{value}'" if value is not None else f"{part} IS NULL"
            query = f"SELECT * FROM computed WHERE {where} ORDER BY {keys}"
            draft = self._bank.lake.write_query(self.table, connection, query, partition=str(value or "none"))
            yield from [draft] if draft else []

    def files(self) -> list[Path]:
        """The files written so far."""
        with self._bank.read(self._actor) as tx:
            return self._bank.lake.files(tx, self.table)

    def prove(self, connection: duckdb.DuckDBPyConnection, inputs: Mapping[str, Input], staged_sql: str) -> None:
        """Compare what was computed partition by partition with the query over everything.

        DOUBLE columns are compared only as empty or not: sums of them depend on the order of rows.

        Raises: PartitionDiffers, with the first partition that differs.
        """
        cut = self._one.partition
        if cut is None or not cut.by:
            return
        show(connection, inputs, None, None, held=self._held)
        marks = ", ".join(
            f'"{column.name}" IS NULL' if column.kind == "DOUBLE" else f'"{column.name}"'
            for column in self._checked.columns
        )
        sums = f"{part_sql(cut)} AS part, count(*) AS n, sum(CAST(hash({marks}) AS HUGEINT)) AS h"
        summed = f"SELECT {sums} FROM ({{}}) GROUP BY ALL"
        query = (
            f"SELECT coalesce(a.part, b.part) FROM ({summed.format(self._checked.run_sql)}) a"
            f" FULL JOIN ({summed.format(staged_sql)}) b ON a.part IS NOT DISTINCT FROM b.part"
            " WHERE a.n IS DISTINCT FROM b.n OR a.h IS DISTINCT FROM b.h ORDER BY 1 LIMIT 1"
        )
        with limited(connection, RUN_SECONDS):
            found = connection.execute(query).fetchall()
        if found:
            raise PartitionDiffers(partition=found[0][0] or "空")


@contextmanager
def limited(connection: duckdb.DuckDBPyConnection, seconds: float) -> Iterator[None]:
    """Stop what the connection does when it takes longer. Raises: QueryTooLong."""
    late = threading.Event()

    def stop() -> None:
        late.set()
        connection.interrupt()

    timer = threading.Timer(seconds, stop)
    timer.daemon = True
    timer.start()
    try:
        yield
    except duckdb.InterruptException as fault:
        if late.is_set():
            raise QueryTooLong(seconds=int(seconds)) from fault
        raise
    finally:
        timer.cancel()


@contextmanager
def translated(memory: str = "服务器为加工表设定的内存") -> Iterator[None]:
    """The database's faults in our words."""
    try:
        yield
    except duckdb.OutOfMemoryException as fault:
        if "No space left" in str(fault):
            raise DiskFull from fault
        raise QueryTooLarge(limit=memory) from fault
    except duckdb.Error as fault:
        raise QueryFailed(reason=said_of(str(fault)).rstrip("。") + "。") from fault
