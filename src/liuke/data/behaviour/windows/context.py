"""Contexts: what an event is, apart from who and when, numbered once, so that a rule is judged once a context.

A context is (event, page, product, channel, hour of the day in Shanghai). A bank has some ten thousand of them, however
many million events it has.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from liuke.data.behaviour.model import CHINA_MS
from liuke.data.products import Product

I32 = npt.NDArray[np.int32]
I64 = npt.NDArray[np.int64]
Context = tuple[str, str | None, str | None, str | None, int]

#: The columns of an event that make its context, in order; the hour comes from its time.
COLUMNS: Final = ("name", "page", "product_no", "channel")
_HOURS: Final = 24
_BITS: Final = 18


class Contexts:
    """The numbered contexts of one process; numbers are given once and stay."""

    def __init__(self, known: Sequence[Context] = ()) -> None:
        self.known: list[Context] = []
        self._words: dict[str | None, int] = {}
        self._by_key: dict[tuple[int, int], int] = {}
        for context in known:
            self._number(context)

    def __len__(self) -> int:
        return len(self.known)

    def of(self, columns: Mapping[str, pa.ChunkedArray], times: I64) -> I32:
        """(n,) the number of each event's context. columns: those of `COLUMNS`; times: milliseconds since 1970."""
        high = np.zeros(len(times), np.int64)
        low = np.zeros(len(times), np.int64)
        for place, name in enumerate(COLUMNS):
            codes = self._codes(columns[name])
            if place < 2:
                high = (high << _BITS * 2) | codes
            else:
                low = (low << _BITS * 2) | codes
        hours = ((times + CHINA_MS) // 3_600_000) % _HOURS
        low = low * _HOURS + hours
        pairs = np.stack([high, low], axis=1).view([("h", np.int64), ("l", np.int64)]).ravel()
        distinct, first, inverse = _distinct(pairs)
        numbers = np.empty(len(distinct), np.int32)
        for at, (key, row) in enumerate(zip(distinct.tolist(), first.tolist(), strict=True)):
            found = self._by_key.get(key)
            if found is None:
                told = [columns[name][row].as_py() for name in COLUMNS]
                found = self._number((told[0], told[1], told[2], told[3], int(hours[row])), key)
            numbers[at] = found
        return numbers[inverse]

    def _codes(self, column: pa.ChunkedArray) -> I64:
        coded = column.combine_chunks().dictionary_encode()
        words = [*coded.dictionary.to_pylist(), None]
        numbers = np.array([self._words.setdefault(word, len(self._words)) for word in words], np.int64)
        codes: I64 = numbers[pc.fill_null(coded.indices, len(words) - 1).to_numpy(zero_copy_only=False)]
        return codes

    def _number(self, context: Context, key: tuple[int, int] | None = None) -> int:
        codes = [self._words.setdefault(word, len(self._words)) for word in context[:4]]
        high, low = (codes[0] << _BITS * 2) | codes[1], ((codes[2] << _BITS * 2) | codes[3]) * _HOURS + context[4]
        number = self._by_key.setdefault(key or (high, low), len(self.known))
        if number == len(self.known):
            self.known.append(context)
        return number

    def rows(self, first: int, shelf: Mapping[str, Product]) -> list[dict[str, Any]]:
        """Contexts from a number on as rows a rule can be asked of; the product's facts come from the shelf."""
        return [_row(context, shelf) for context in self.known[first:]]


def _distinct(pairs: npt.NDArray[Any]) -> tuple[npt.NDArray[Any], npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """The different pairs, where each is met first, and which of them each row is."""
    low = pairs["l"]
    order = np.lexsort((low, pairs["h"]))
    ordered = pairs[order]
    new = np.ones(len(pairs), np.bool_)
    new[1:] = (ordered["h"][1:] != ordered["h"][:-1]) | (ordered["l"][1:] != ordered["l"][:-1])
    inverse = np.empty(len(pairs), np.intp)
    inverse[order] = np.cumsum(new) - 1
    return ordered[new], order[new], inverse


def _row(context: Context, shelf: Mapping[str, Product]) -> dict[str, Any]:
    name, page, product_no, channel, hour = context
    product = shelf.get(product_no or "")
    return {
        "event": name,
        "page": page,
        "product_no": product_no,
        "product": product.name if product else None,
        "product_kind": product.kind.value if product else None,
        "product_risk": product.risk.value if product and product.risk else None,
        "channel": channel,
        "hour": hour,
    }
