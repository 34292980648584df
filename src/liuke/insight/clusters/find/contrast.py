"""How each cluster differs from the bank, feature by feature."""

from collections.abc import Mapping

import numpy as np

from liuke.insight.clusters.find.fit import Labels
from liuke.insight.clusters.find.prepare import Floats, Prepared
from liuke.insight.clusters.model import Contrast


def contrasts(
    prepared: Prepared, raw: Mapping[str, Floats], labels: Labels, k: int
) -> tuple[tuple[Contrast, ...], ...]:
    """For each cluster 1…k its contrasts in the order of the features.

    The difference of means is taken over the treated values, so that one giant's balance does not speak for a cluster;
    the medians are of the values as the tags hold them.
    """
    sizes = np.maximum(np.bincount(labels, minlength=k + 1)[1:], 1)
    order = np.argsort(labels, kind="stable")
    bounds = np.searchsorted(labels[order], np.arange(1, k + 2))
    by_feature = []
    for place, one in enumerate(prepared.treated):
        column = raw[one.feature.tag]
        total = np.bincount(labels, weights=prepared.values[:, place], minlength=k + 1)[1:]
        z = total / sizes / one.weight
        arranged = column[order]
        groups = [arranged[bounds[number] : bounds[number + 1]] for number in range(k)]
        bank = _median(column)
        by_feature.append(
            [
                Contrast(
                    tag=one.feature.tag,
                    label=one.feature.label,
                    unit=one.feature.unit,
                    z=float(z[number]),
                    median=_median(group),
                    bank_median=bank,
                    missing=float(np.mean(~np.isfinite(group))) if len(group) else 0.0,
                )
                for number, group in enumerate(groups)
            ]
        )
    return tuple(zip(*by_feature, strict=True))


def _median(column: Floats) -> float | None:
    known = column[np.isfinite(column)]
    return float(np.median(known)) if known.size else None
