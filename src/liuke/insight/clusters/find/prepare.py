"""From tag values to a matrix in which a yuan and a login weigh alike."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from liuke.insight.clusters.model import Feature, Fill, Left, NothingDiffers, Transform

Floats = NDArray[np.float64]
Matrix = NDArray[np.float32]

#: The share of customers beyond which, on either side, values are pulled in: one giant must not be a cluster.
_TAIL: Final = 0.005
#: Quantiles are read off at most so many customers.
_QUANTILE_SAMPLE: Final = 200_000
#: No value lies further out, in standard deviations: what few customers have would otherwise outweigh all else.
_FAR: Final = 3.0
#: Below this spread a feature says nothing.
_FLAT: Final = 1e-9


@dataclass(frozen=True, slots=True)
class Treated:
    """How one feature was treated, so that another month is treated in the same way.

    ``fill`` is in the feature's own unit; ``low`` and ``high`` are the winsor bounds after the transform.
    """

    feature: Feature
    fill: float
    low: float
    high: float
    mean: float
    spread: float
    weight: float


@dataclass(frozen=True, slots=True)
class Prepared:
    """``values``: (n, d) float32, standardised and weighted; ``left``: features that are of no use."""

    values: Matrix
    treated: tuple[Treated, ...]
    left: tuple[Left, ...]

    @property
    def features(self) -> tuple[Feature, ...]:
        """The features of the columns."""
        return tuple(one.feature for one in self.treated)


def prepare(raw: Mapping[str, Floats], features: Sequence[Feature], *, seed: int) -> Prepared:
    """Transform, winsorise, fill, standardise, and weigh so that each family of features counts alike.

    raw: by tag, (n,) float64 in the feature's own unit, NaN where there is no value; a tag not in it is left out.

    Raises: NothingDiffers when no feature is left.
    """
    sizes = {len(column) for column in raw.values()}
    drawn = _drawn(max(sizes, default=0), seed)
    columns: list[Matrix] = []
    treated: list[Treated] = []
    left: list[Left] = []
    for feature in features:
        found = _treated(raw.get(feature.tag), feature, drawn)
        if isinstance(found, Left):
            left.append(found)
        else:
            treated.append(found[0])
            columns.append(found[1])
    if not columns:
        raise NothingDiffers
    weighted = _weighted(treated)
    values = np.empty((len(columns[0]), len(columns)), dtype=np.float32)
    for place, (column, one) in enumerate(zip(columns, weighted, strict=True)):
        np.multiply(column, np.float32(one.weight), out=values[:, place])
    return Prepared(values, tuple(weighted), tuple(left))


def apply(raw: Mapping[str, Floats], treated: Sequence[Treated]) -> Matrix:
    """Other customers, or another month, treated as before: (n, d) float32. A tag that is missing counts as filled."""
    size = max((len(column) for column in raw.values()), default=0)
    values = np.empty((size, len(treated)), dtype=np.float32)
    for place, one in enumerate(treated):
        column = raw.get(one.feature.tag, np.full(size, np.nan))
        values[:, place] = _standard(_transformed(_filled(column, one.fill), one.feature), one) * one.weight
    return values


def _drawn(size: int, seed: int) -> NDArray[np.int64] | None:
    if size <= _QUANTILE_SAMPLE:
        return None
    return np.random.default_rng(seed).integers(0, size, _QUANTILE_SAMPLE)


def _treated(column: Floats | None, feature: Feature, drawn: NDArray[np.int64] | None) -> tuple[Treated, Matrix] | Left:
    if column is None:
        return Left(feature.tag, feature.label, "目前没有这个标签")
    sample = column if drawn is None else column[drawn]
    known = sample[np.isfinite(sample)]
    if not known.size:
        return Left(feature.tag, feature.label, "没有客户有值")
    fill = _fill(known, feature)
    moved = _transformed(_filled(column, fill), feature)
    low, high = np.quantile(moved if drawn is None else moved[drawn], (_TAIL, 1 - _TAIL), method="nearest")
    clipped = np.clip(moved, low, high)
    mean, spread = float(clipped.mean()), float(clipped.std())
    if spread < _FLAT:
        return Left(feature.tag, feature.label, "几乎所有客户的值都相同")
    one = Treated(feature, fill, float(low), float(high), mean, spread, 1.0)
    return one, _standard(clipped, one).astype(np.float32)


def _fill(known: Floats, feature: Feature) -> float:
    match feature.fill:
        case Fill.ZERO:
            return 0.0
        case Fill.MEDIAN:
            return float(np.median(known))
        case Fill.LARGEST:
            return float(known.max())


def _filled(column: Floats, fill: float) -> Floats:
    return np.where(np.isfinite(column), column, fill)


def _transformed(column: Floats, feature: Feature) -> Floats:
    if feature.transform is Transform.LOG:
        return np.copysign(np.log1p(np.abs(column)), column)
    return column


def _standard(column: Floats, one: Treated) -> Floats:
    return np.clip((np.clip(column, one.low, one.high) - one.mean) / one.spread, -_FAR, _FAR)


def _weighted(treated: Sequence[Treated]) -> list[Treated]:
    """Each family weighs 1 in squared distance, however many features look at it."""
    counts: dict[str, int] = {}
    for one in treated:
        counts[one.feature.family] = counts.get(one.feature.family, 0) + 1
    return [
        Treated(one.feature, one.fill, one.low, one.high, one.mean, one.spread, counts[one.feature.family] ** -0.5)
        for one in treated
    ]
