"""The engine that runs the tags' SQL in DuckDB: no state, everything afresh. The oracle of the others."""

from collections.abc import Iterator

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from liuke.data import identity, sources
from liuke.data.tags.engine.model import Answer, Computed, Task
from liuke.data.tags.engine.sql import TAGGED, steps
from liuke.data.tags.model import Kind, Tag
from liuke.data.tags.snapshot.model import Values
from liuke.data.tags.snapshot.write import pack


class DuckEngine:
    """Tags by SQL."""

    name = "duckdb"

    def compute(self, task: Task) -> Answer:
        """All tags from the canonical tables of the lake."""
        with task.bank.lake.connect(task.tx, *sources.CANONICAL.values()) as lake:
            told = tagged(lake, task)
        return answer(told, task)


def tagged(lake: duckdb.DuckDBPyConnection, task: Task) -> pa.Table:
    """One row a customer, by number."""
    lake.register("member_rows", identity.members(task.tx))
    lake.execute("CREATE TEMP TABLE member AS SELECT source, source_key, one_id FROM member_rows").fetchall()
    found = steps(task.book, task.as_of)
    for place, step in enumerate(found):
        task.report(0.05 + 0.8 * place / len(found), "计算标签")
        kind = "TABLE" if step.kept else "VIEW"
        lake.execute(f"CREATE TEMP {kind} {step.name} AS {step.query}").fetchall()
    return lake.sql(f"SELECT * FROM {TAGGED} ORDER BY one_id").to_arrow_table()


def answer(told: pa.Table, task: Task) -> Answer:
    """The rows of a query as columns indexed by customer number."""
    one_ids = told["one_id"].to_numpy()
    size = int(one_ids[-1]) + 1 if len(one_ids) else 1
    present = np.zeros(size, np.bool_)
    present[one_ids] = True
    return Answer(size, pack(present), _columns(told, one_ids, size, task), full=True)


def _columns(told: pa.Table, one_ids: Values, size: int, task: Task) -> Iterator[Computed]:
    for tag in task.book.tags:
        column = told[tag.code].combine_chunks()
        values: Values = np.zeros(size, np.bool_ if tag.kind is Kind.BOOL else np.int64)
        values[one_ids] = numbers(column, tag)
        missing = None
        gone = lacking(column, tag)
        if gone.any():
            lacks = np.zeros(size, np.bool_)
            lacks[one_ids] = gone
            missing = pack(lacks)
        yield Computed(tag.code, values, missing)


def lacking(column: pa.Array, tag: Tag) -> Values:
    """Which rows have no value: NULL, or a word that is not the tag's."""
    told = pc.index_in(column, pa.array(list(tag.words), pa.string())) if tag.kind is Kind.WORD else column
    found: Values = told.is_null().to_numpy(zero_copy_only=False)
    return found


def numbers(column: pa.Array, tag: Tag) -> Values:
    """A query's column as the numbers a snapshot holds; what is missing is 0 or false."""
    match tag.kind:
        case Kind.BOOL:
            told = column.fill_null(fill_value=False)
        case Kind.DATE:
            told = column.cast(pa.int32()).fill_null(0)
        case Kind.WORD:
            told = pc.index_in(column, pa.array(list(tag.words), pa.string())).fill_null(0)
        case Kind.RATE:
            scaled = pc.multiply(column.cast(pa.decimal128(18, 2)), pa.scalar(100, pa.decimal128(3, 0)))
            told = scaled.cast(pa.int64()).fill_null(0)
        case _:
            told = column.cast(pa.int64()).fill_null(0)
    found: Values = told.to_numpy(zero_copy_only=False)
    return found
