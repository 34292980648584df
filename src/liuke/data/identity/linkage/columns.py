"""Arrow columns as the verbs of linkage need them."""

from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc


def mapped(values: pa.Array, form: Callable[[str], Any], kind: pa.DataType | None = None) -> pa.Array:
    """Apply ``form`` to each distinct value once. Repeated values are what makes a million rows a matter of seconds."""
    encoded = values.dictionary_encode()
    distinct = [form(value) for value in encoded.dictionary.to_pylist()]
    return pc.take(pa.array(distinct, kind or pa.string()), encoded.indices)


def flat(table: pa.Table, name: str) -> pa.Array:
    """A column as one array."""
    column = table[name]
    return column.combine_chunks() if column.num_chunks != 1 else column.chunk(0)
