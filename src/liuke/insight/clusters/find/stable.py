"""Would last month's customers have been grouped alike?"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np
from numpy.typing import NDArray

from liuke.insight.clusters.find.fit import Fitted, Labels, fit, steady
from liuke.insight.clusters.find.prepare import Floats, Prepared, apply, prepare
from liuke.insight.clusters.model import Month, NothingDiffers

#: Customers compared in each month.
_MOST: Final = 60_000


@dataclass(frozen=True, slots=True)
class Table:
    """The features of a day: ``ids`` (n,) ascending customer numbers, ``raw`` by tag (n,) values with NaN for none."""

    as_of: date
    ids: NDArray[np.int64]
    raw: Mapping[str, Floats]

    def rows(self, places: NDArray[np.int64]) -> "Table":
        """Some of the customers."""
        return Table(self.as_of, self.ids[places], {tag: column[places] for tag, column in self.raw.items()})


def month(then: Table, now: Table, *, prepared: Prepared, fitted: Fitted, labels: Labels, seed: int) -> Month:
    """An independent clustering of another month against the run's: same features, same number, same seed.

    Source: Hubert & Arabie 1985, Comparing partitions (adjusted Rand index).
    """
    from sklearn.metrics import adjusted_rand_score

    _, here, there = np.intersect1d(now.ids, then.ids, assume_unique=True, return_indices=True)
    if len(here) > _MOST:
        drawn = np.sort(np.random.default_rng(seed).choice(len(here), _MOST, replace=False))
        here, there = here[drawn], there[drawn]
    if len(here) < 2 * fitted.k:
        return Month(then.as_of, None, None, len(here), "两个月共有的客户太少")
    past = then.rows(there)
    untold = [one.feature.label for one in prepared.treated if _says_nothing(past.raw.get(one.feature.tag))]
    if untold:
        return Month(then.as_of, None, None, len(here), f"当月没有{'、'.join(untold[:2])}等 {len(untold)} 项特征的数据")
    try:
        alone = prepare(past.raw, prepared.features, seed=seed)
    except NothingDiffers:
        return Month(then.as_of, None, None, len(here), "当月标签没有数据")
    again = fit(alone.values, method=fitted.method, k=fitted.k, seed=seed)
    with steady():
        ari = float(adjusted_rand_score(labels[here], again.labels(alone.values)))
    kept = fitted.labels(apply(past.raw, prepared.treated)) == labels[here]
    return Month(then.as_of, ari, float(kept.mean()), len(here), "")


def _says_nothing(column: Floats | None) -> bool:
    """Whether a month has no value of a feature, or the same one for everybody: it was not told then."""
    known = column[np.isfinite(column)] if column is not None else np.zeros(0)
    return not known.size or bool(known.min() == known.max())
