"""Some rows of what a definition would give: of its newest partition, within a little memory and time, masked."""

import time
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, Final

import duckdb

from liuke.data.pipelines.build.inputs import RAW as RAW_SCHEMA
from liuke.data.pipelines.build.inputs import Input, Span, day_sql, known_tables, opened, present, show
from liuke.data.pipelines.build.stage import limited, translated
from liuke.data.pipelines.define.edit import checked
from liuke.data.pipelines.define.read import from_tree
from liuke.data.pipelines.model import (
    Definition,
    Grain,
    OutColumn,
    Partition,
    PipelineInvalid,
    PipelinePreviewed,
    Preview,
)
from liuke.data.pipelines.query.mask import masked
from liuke.kernel.actor import Actor, Permission
from liuke.kernel.bank import Bank

ROWS: Final = 50
SECONDS: Final = 20
MEMORY_MIB: Final = 1024
SPILL_MIB: Final = 4096


def preview(bank: Bank, actor: Actor, tree: Mapping[str, Any]) -> Preview:
    """The first rows of a definition that is not saved, masked by class of personal information. The look is an event.

    Raises: Forbidden, PipelineInvalid, QueryFailed, QueryTooLong, QueryTooLarge.
    """
    actor.require(Permission.PIPELINE_EDIT)
    one, problems = from_tree(tree)
    if one is None:
        raise PipelineInvalid(count=len(problems), where=problems[0].field, reason=problems[0].message)
    begun = time.monotonic()
    with bank.write(actor) as tx:
        found = checked(tx, one)
        wrong = [problem for problem in found.problems if problem.field in ("sql", "partition.column")]
        if wrong:
            raise PipelineInvalid(count=len(wrong), where=f"第 {wrong[0].line} 行，", reason=wrong[0].message)
        inputs = present(bank, tx, known_tables(tx, built=True), found.inputs)
        tx.emit(PipelinePreviewed(table=one.name, inputs=list(found.inputs), rows=ROWS))
    rows = _rows(bank, one, inputs, found.run_sql)
    shown = tuple(_shown(row, found.columns) for row in rows[:ROWS])
    return Preview(found.columns, shown, len(rows) > ROWS, round(time.monotonic() - begun, 3))


def _rows(bank: Bank, one: Definition, inputs: Mapping[str, Input], run_sql: str) -> list[tuple[Any, ...]]:
    texts = f"SELECT CAST(COLUMNS(*) AS VARCHAR) FROM ({run_sql}) LIMIT {ROWS + 1}"
    with (
        opened(bank, inputs, memory_mib=MEMORY_MIB, spill_mib=SPILL_MIB) as connection,
        translated(f"{MEMORY_MIB // 1024} GB"),
        limited(connection, SECONDS),
    ):
        show(connection, inputs, one.partition, _newest(connection, inputs, one.partition))
        return list(connection.execute(texts).fetchall())


def _newest(connection: duckdb.DuckDBPyConnection, inputs: Mapping[str, Input], cut: Partition | None) -> Span | None:
    """The days of the newest partition, so that a preview need not read years."""
    if cut is None or not all(table in inputs for table in cut.by) or not cut.by:
        return None
    days = [
        connection.execute(f'SELECT max({day_sql(inputs[table], column)}) FROM {RAW_SCHEMA}."{table}"').fetchall()[0][0]
        for table, column in cut.by.items()
    ]
    known: list[date] = [day for day in days if day is not None]
    if not known:
        return None
    last = max(known)
    first = last.replace(day=1) if cut.grain is Grain.MONTH else last - timedelta(days=cut.after_days)
    return Span(first, last)


def _shown(row: tuple[Any, ...], columns: tuple[OutColumn, ...]) -> tuple[str | None, ...]:
    return tuple(masked(value, column.pi) for value, column in zip(row, columns, strict=True))
