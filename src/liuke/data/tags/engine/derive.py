"""Tags computed from tags, over a bucket of customers: by columns where that is exact, else by their SQL."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa

from liuke.data.tags.define.book import AS_OF, DAY_OF_MONTH, RATE_DIGITS, Book, Entry
from liuke.data.tags.engine import sql, vector
from liuke.data.tags.model import EPOCH, Kind
from liuke.data.tags.snapshot.model import Told, Values

_RATE_MOST = 10**RATE_DIGITS - 1


class Deriver:
    """Computes the derived tags of a book."""

    def __init__(self, book: Book, as_of: date) -> None:
        self._book = book
        self._as_of = as_of
        self._words = {tag.code: tuple(tag.words) for tag in book.tags if tag.kind is Kind.WORD}
        self._fixed = {
            AS_OF: vector.Part((as_of - EPOCH).days, None),
            DAY_OF_MONTH: vector.Part(as_of.day, None),
        }

    def derive(self, measured: Mapping[str, Told], *, size: int) -> dict[str, Told]:
        """Derived tags of ``size`` customers whose measured tags are given."""
        told = {code: vector.Part(*one) for code, one in measured.items()}
        found: dict[str, Told] = {}
        try:
            for entry in self._book.derived:
                found[entry.tag.code] = self._one(entry, told, size)
                told[entry.tag.code] = vector.Part(*found[entry.tag.code])
        except vector.Beyond:
            return self._by_sql(measured)
        return found

    def _one(self, entry: Entry, told: Mapping[str, vector.Part], size: int) -> Told:
        if entry.expression is None:
            raise TypeError(f"{entry.tag.code} is measured")
        columns = vector.Columns(told, self._fixed, self._words)
        values, null = vector.value(entry.expression.term, columns)
        missing = None if null is None else np.broadcast_to(np.asarray(null, np.bool_), size)
        values = np.broadcast_to(np.asarray(values), size)
        values, missing = _stored(entry, values, missing, columns)
        return (values if missing is None else np.where(missing, np.zeros(1, values.dtype), values)), missing

    def _by_sql(self, measured: Mapping[str, Told]) -> dict[str, Told]:
        """The same by SQL, for rows with numbers or functions beyond columns."""
        rows = pa.table({code: pa.array(values, mask=missing) for code, (values, missing) in measured.items()})
        with duckdb.connect(config={"threads": 1}) as connection:
            connection.register("measured", rows)
            found = connection.sql(sql.derived(self._book, self._as_of)).to_arrow_table()
        return {entry.tag.code: _told(found[entry.tag.code], entry.tag.kind) for entry in self._book.derived}


def _stored(entry: Entry, values: Values, missing: Any, columns: vector.Columns) -> Told:  # noqa: ANN401
    """A rule's value as a snapshot holds it: amounts in 分, rates in basis points and cut, words by their code."""
    scale = entry.expression.shape.scale if entry.expression else 0
    match entry.tag.kind:
        case Kind.MONEY:
            return values * 10 ** (2 - scale), missing
        case Kind.RATE:
            return np.clip(values * 10 ** (2 - scale), -_RATE_MOST, _RATE_MOST), missing
        case Kind.WORD:
            codes = np.full(len(columns.vocabulary) + 1, -1, np.int64)
            for code, word in enumerate(entry.tag.words):
                codes[columns.vocabulary.get(word, len(columns.vocabulary))] = code
            codes[-1] = -1
            found = codes[values]
            unknown = found < 0
            return np.maximum(found, 0), unknown if missing is None else missing | unknown
        case _:
            return values, missing


def _told(column: pa.ChunkedArray, kind: Kind) -> Told:
    array = column.combine_chunks()
    missing = array.is_null().to_numpy(zero_copy_only=False) if array.null_count else None
    empty = array.fill_null(fill_value=False) if kind is Kind.BOOL else array.fill_null(0)
    return np.asarray(empty.to_numpy(zero_copy_only=False)), missing
