"""Asks DuckDB what no test of a single column can say, over the same columns without copying them."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

import duckdb
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from liuke.insight.segments.count import bits
from liuke.insight.segments.count.bits import Bits
from liuke.insight.segments.count.columns import Typed
from liuke.insight.segments.count.plan import Asked
from liuke.kernel.rule import Field, Type
from liuke.kernel.rule.term import Shape

_THREADS: Final = 2


def answer(asked: Asked, columns: Mapping[str, tuple[Typed, Type, Shape]], size: int) -> Bits:
    """Who makes the condition true (or false, when that is wanted)."""
    with duckdb.connect(config={"threads": _THREADS, "preserve_insertion_order": False}) as engine:
        engine.execute("SET TimeZone = 'UTC'")
        engine.register("held", table(columns, size))
        wanted = "" if asked.wanted else "NOT "
        query = f"SELECT one_id FROM ({shown_sql(columns)}) AS held WHERE {wanted}({asked.sql})"
        found = engine.execute(query).fetchnumpy()["one_id"]
    return bits.of(np.asarray(found, dtype=np.int64), size)


def table(columns: Mapping[str, tuple[Typed, Type, Shape]], size: int) -> pa.Table:
    """The columns as DuckDB reads them, with the customer's number first."""
    arrays: list[pa.Array] = [pa.array(np.arange(size, dtype=np.int64))]
    arrays += [_array(column, kind, size) for column, kind, _ in columns.values()]
    return pa.table(arrays, names=["one_id", *columns])


def shown_sql(columns: Mapping[str, tuple[Typed, Type, Shape]]) -> str:
    """The query over ``held`` for the columns as rules read them."""
    shown = ", ".join(["one_id", *(_column_sql(name, kind, shape) for name, (_, kind, shape) in columns.items())])
    return f"SELECT {shown} FROM held"


def _column_sql(name: str, kind: Type, shape: Shape) -> str:
    quoted = '"' + name.replace('"', '""') + '"'
    if kind is Type.TEXT:
        return f"{quoted}::VARCHAR AS {quoted}"
    if kind is Type.DECIMAL and shape.scale:
        digits = min(38, max(len(str(shape.limit)), shape.scale, 19))
        one = f"CAST(0.{'0' * (shape.scale - 1)}1 AS DECIMAL({shape.scale},{shape.scale}))"
        whole = f"CAST({quoted} AS DECIMAL({38 - shape.scale},0))"
        return f"CAST({whole} * {one} AS DECIMAL({digits},{shape.scale})) AS {quoted}"
    return quoted


def _array(column: Typed, kind: Type, size: int) -> pa.Array:
    valid = pa.py_buffer(column.valid)
    if column.yes is not None:
        return pa.Array.from_buffers(pa.bool_(), size, [valid, pa.py_buffer(column.yes)])
    if kind is Type.TEXT:
        codes = pa.Array.from_buffers(pa.int32(), size, [valid, pa.py_buffer(_plain(column.values, np.int32))])
        return pa.DictionaryArray.from_arrays(codes, pa.array(list(column.words), pa.string()))
    if kind is Type.DATE:
        return pa.Array.from_buffers(pa.date32(), size, [valid, pa.py_buffer(_plain(column.values, np.int32))])
    stored = pa.timestamp("us", tz="UTC") if kind is Type.TIMESTAMP else pa.int64()
    return pa.Array.from_buffers(stored, size, [valid, pa.py_buffer(_plain(column.values, np.int64))])


def _plain(values: NDArray[Any], kind: type[np.generic]) -> NDArray[Any]:
    return np.ascontiguousarray(values, dtype=kind)


def shapes(fields: Mapping[str, Field], names: Iterable[str]) -> dict[str, tuple[Type, Shape]]:
    """Type and shape of fields."""
    return {name: (Type(fields[name].type), fields[name].shape) for name in names}
