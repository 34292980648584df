"""From a snapshot of tags to the features of a day, and to what each customer earns."""

from collections.abc import Iterable, Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray

from liuke.data import tags
from liuke.insight.clusters.features import EARNINGS
from liuke.insight.clusters.find.prepare import Floats
from liuke.insight.clusters.find.stable import Table
from liuke.insight.clusters.model import Feature

#: Minor units in a 元, basis points in one, and months in a year for flows of thirty days.
_CENTS: Final = 100
_WHOLE_BP: Final = 10_000


def table_of(snapshot: tags.Snapshot, features: Iterable[Feature]) -> Table:
    """The customers of a snapshot and their features; a tag the snapshot has not is left out."""
    ids = np.flatnonzero(_bits(snapshot.present, snapshot.size))
    raw = {one.tag: _feature(snapshot, one, ids) for one in features if one.tag in snapshot}
    return Table(snapshot.as_of, ids.astype(np.int64), raw)


def profit_of(snapshot: tags.Snapshot, ids: NDArray[np.int64], rates: Mapping[str, int]) -> Floats:
    """元 a year of each customer: balances times the rates given, else those shipped; what is missing earns nothing."""
    total = np.zeros(len(ids))
    for line in EARNINGS:
        if line.tag in snapshot:
            held = np.nan_to_num(_numbers(snapshot, line.tag, ids)) / _CENTS
            total += held * line.times * (rates.get(line.tag, line.rate_bp) / _WHOLE_BP)
    return total


def _feature(snapshot: tags.Snapshot, feature: Feature, ids: NDArray[np.int64]) -> Floats:
    values = _numbers(snapshot, feature.tag, ids)
    if snapshot.column(feature.tag).kind is tags.Kind.DATE:
        today = (np.datetime64(snapshot.as_of) - np.datetime64("1970-01-01")).astype(int)
        since: Floats = today - values
        return since
    return values / feature.scale


def _numbers(snapshot: tags.Snapshot, tag: str, ids: NDArray[np.int64]) -> Floats:
    """A tag's stored numbers for some customers, NaN where there is none."""
    column = snapshot.column(tag)
    stored = _bits(column.values, snapshot.size) if column.kind is tags.Kind.BOOL else column.values
    values: Floats = stored[ids].astype(np.float64)
    if column.missing is not None:
        values[_bits(column.missing, snapshot.size)[ids]] = np.nan
    return values


def _bits(packed: NDArray[np.uint8], size: int) -> NDArray[np.bool_]:
    return np.unpackbits(packed, count=size, bitorder="little").view(np.bool_)
