"""How a tag's values are spread: bins a person can read, exact counts."""

from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt

from liuke.data.tags.desk.model import Bin, Spread
from liuke.data.tags.model import EPOCH, Kind
from liuke.data.tags.snapshot.model import Bits, Column, Snapshot, Values

#: Edges between bins. Money in 分 (1千, 1万, 5万, 10万, 50万, 100万, 500万元), rates in basis points.
_EDGES: Final = {
    Kind.MONEY: (1, 10**5, 10**6, 5 * 10**6, 10**7, 5 * 10**7, 10**8, 5 * 10**8),
    Kind.COUNT: (1, 2, 3, 6, 11, 21, 51, 101),
    Kind.DAYS: (1, 8, 31, 91, 181, 366, 731, 1096),
    Kind.RATE: (1, 501, 1001, 2001, 3001, 5001, 8001, 10001),
}
_YES: Final = "yes"
_NO: Final = "no"
#: Most bins of a date; a longer span is told in years, a shorter in months.
_MONTHS: Final = 24


@lru_cache(maxsize=256)
def of_snapshot(snapshot: Snapshot, code: str) -> Spread:
    """The spread of a tag over everybody in a snapshot."""
    column = snapshot.column(code)
    return spread(column, here=_unpacked(snapshot.present, snapshot.size))


def spread(column: Column, *, here: npt.NDArray[np.bool_]) -> Spread:
    """The spread of a column over the customers that are ``here`` ((size,) truths)."""
    missing = _unpacked(column.missing, column.size) & here if column.missing is not None else np.zeros_like(here)
    told = here & ~missing
    values = (
        _unpacked(column.values, column.size)[told] if column.kind is Kind.BOOL else np.asarray(column.values)[told]
    )
    return spread_of(values, column.kind, column.words, customers=int(here.sum()))


def spread_of(values: Values, kind: Kind, words: tuple[str, ...], *, customers: int) -> Spread:
    """The spread of ``values`` ((n,), as a column holds them; truths as bools) among so many ``customers``."""
    filled = int(values.sum()) if kind is Kind.BOOL else len(values)
    if kind in _EDGES:
        filled = int((values != 0).sum())
    quantiles: list[int | None] = [None, None, None]
    if len(values) and kind not in (Kind.BOOL, Kind.WORD):
        quantiles = [int(one) for one in np.quantile(values, [0.0, 0.5, 1.0], method="nearest")]
    bins = _bins(values, kind, words)
    return Spread(bins, customers, customers - len(values), filled, *quantiles)


def _bins(values: Values, kind: Kind, words: tuple[str, ...]) -> list[Bin]:
    match kind:
        case Kind.BOOL:
            yes = int(values.sum())
            return [Bin(_YES, None, None, yes), Bin(_NO, None, None, len(values) - yes)]
        case Kind.WORD:
            counts = np.bincount(values, minlength=len(words))
            return [Bin(word, None, None, int(count)) for word, count in zip(words, counts, strict=False)]
        case Kind.DATE:
            return _between(values, _date_edges(values))
        case _:
            return _between(values, list(_EDGES[kind]))


def _between(values: Values, edges: list[int]) -> list[Bin]:
    """Counts between edges, without empty ends."""
    if not len(values) or not edges:
        return []
    counts = np.bincount(np.searchsorted(np.array(edges), values, side="right"), minlength=len(edges) + 1)
    lows, highs = [None, *edges], [*edges, None]
    bins = [Bin("", low, high, int(count)) for low, high, count in zip(lows, highs, counts, strict=True)]
    while bins and bins[0].customers == 0:
        bins.pop(0)
    while bins and bins[-1].customers == 0:
        bins.pop()
    return bins


def _date_edges(values: Values) -> list[int]:
    """First days of the months between the dates, or of the years when there are many."""
    if not len(values):
        return []
    low, high = (np.datetime64(EPOCH) + int(day) for day in (values.min(), values.max()))
    months = np.arange(low.astype("M8[M]"), high.astype("M8[M]") + 2)
    if len(months) > _MONTHS:
        months = np.arange(low.astype("M8[Y]"), high.astype("M8[Y]") + 2)
    return [int(day) for day in months.astype("M8[D]").astype(np.int64)]


def _unpacked(bits: Bits, size: int) -> npt.NDArray[np.bool_]:
    return np.unpackbits(bits, count=size, bitorder="little").view(np.bool_)
