"""What a cluster earns the bank, with how sure that is."""

from collections.abc import Sequence
from typing import Final

import numpy as np

from liuke.insight.clusters.find.fit import Labels
from liuke.insight.clusters.find.prepare import Floats
from liuke.insight.clusters.model import Interval

_CONFIDENCE: Final = 0.95


def profits(profit: Floats, labels: Labels, k: int) -> tuple[Sequence[Interval], Sequence[Interval]]:
    """Mean profit of each cluster 1…k, and its difference to all other customers' mean.

    profit: (n,) 元 a customer and year. Means by Student's t; differences by Welch's t, with Bonferroni's correction,
    so that all k hold together with 95 % confidence. Source: Welch 1947, Biometrika 34.
    """
    sizes = np.bincount(labels, minlength=k + 1)[1:].astype(np.float64)
    sums: Floats = np.bincount(labels, weights=profit, minlength=k + 1)[1:].astype(np.float64)
    means = np.divide(sums, sizes, out=np.zeros(k), where=sizes > 0)
    apart = profit - means[labels - 1]
    squares = np.bincount(labels, weights=apart * apart, minlength=k + 1)[1:].astype(np.float64)
    return (
        [_mean(means[c], squares[c], sizes[c]) for c in range(k)],
        [_difference(c, means, squares, sizes) for c in range(k)],
    )


def _mean(mean: float, squares: float, size: float) -> Interval:
    from scipy.stats import t

    if size < 2:
        return Interval(float(mean), None, None)
    half = t.ppf(0.5 + _CONFIDENCE / 2, size - 1) * np.sqrt(squares / (size - 1) / size)
    return Interval(float(mean), float(mean - half), float(mean + half))


def _difference(number: int, means: Floats, squares: Floats, sizes: Floats) -> Interval:
    from scipy.stats import t

    others = np.arange(len(means)) != number
    size, rest = sizes[number], sizes[others].sum()
    if rest == 0:
        return Interval(0.0, None, None)
    mean = (means[others] * sizes[others]).sum() / rest
    spread = squares[others].sum() + (sizes[others] * (means[others] - mean) ** 2).sum()
    value = float(means[number] - mean)
    if size < 2 or rest < 2:
        return Interval(value, None, None)
    here, there = squares[number] / (size - 1) / size, spread / (rest - 1) / rest
    if here + there <= 0:
        return Interval(value, value, value)
    freedom = (here + there) ** 2 / (here**2 / (size - 1) + there**2 / (rest - 1))
    half = float(t.ppf(1 - (1 - _CONFIDENCE) / (2 * len(means)), freedom) * np.sqrt(here + there))
    return Interval(value, value - half, value + half)
