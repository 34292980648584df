"""The engine that runs the tags' SQL in DuckDB: no state, everything afresh. The oracle of the others."""

from typing import Final

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from liuke.data import identity, sources
from liuke.data.tags.define.book import Book
from liuke.data.tags.engine.model import Answer, Sink, Task
from liuke.data.tags.engine.sql import TAGGED, steps
from liuke.data.tags.model import Kind, Tag
from liuke.data.tags.snapshot.model import Told, Values

#: Customers handed on at a time.
_STRETCH: Final = 1 << 16


class DuckEngine:
    """Tags by SQL."""

    name = "duckdb"

    def compute(self, task: Task, into: Sink) -> Answer:
        """All tags from the canonical tables of the lake."""
        with task.bank.lake.connect(task.tx, *sources.CANONICAL.values()) as lake:
            hand(tagged(lake, task), task.book, into)
        return Answer(full=True)


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


def hand(rows: pa.Table, book: Book, into: Sink) -> None:
    """Hand the rows of a query, by number, to a sink as columns indexed by customer number."""
    one_ids = rows["one_id"].to_numpy()
    for begin in range(0, int(one_ids[-1]) + 1 if len(one_ids) else 1, _STRETCH):
        low, high = np.searchsorted(one_ids, (begin, begin + _STRETCH))
        places = one_ids[low:high] - begin
        present = np.zeros(_STRETCH, np.bool_)
        present[places] = True
        told = {tag.code: _told(rows[tag.code][low:high], places, tag) for tag in book.tags}
        into.put(begin, present, told)


def _told(column: pa.ChunkedArray, places: Values, tag: Tag) -> Told:
    array = column.combine_chunks()
    values: Values = np.zeros(_STRETCH, np.bool_ if tag.kind is Kind.BOOL else np.int64)
    missing = np.zeros(_STRETCH, np.bool_)
    values[places], missing[places] = numbers(array, tag), lacking(array, tag)
    return values, missing


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
