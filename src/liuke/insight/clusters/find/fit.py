"""Fit a clustering and say who belongs where; one thread, so that the same seed gives the same bits."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from liuke.insight.clusters.find.prepare import Matrix
from liuke.insight.clusters.model import MOST, ClusterMethod

Labels = NDArray[np.uint8]

#: Centres are sought on so many customers from several starts; k-means then moves them on everyone.
SEARCH: Final = 20_000
#: A mixture is fitted on so many customers; everyone is then given the likeliest component.
_MIXTURE_SAMPLE: Final = 100_000
_STARTS: Final = 4
_STEPS: Final = 40
#: Added to each variance, in squared standard deviations: counts that are mostly zero would make it vanish.
_FLOOR: Final = 0.02


@dataclass(frozen=True, slots=True)
class Fitted:
    """A clustering that can say where a customer belongs. ``order`` turns the fit's own numbers into 1…k."""

    method: ClusterMethod
    k: int
    model: Any
    order: NDArray[np.uint8]

    def labels(self, values: Matrix) -> Labels:
        """(n,) cluster numbers from 1, for (n, d) values."""
        with steady():
            found: Labels = self.order[self.model.predict(values)]
        return found


def fit(values: Matrix, *, method: ClusterMethod, k: int, seed: int, starts: int = _STARTS) -> Fitted:
    """Fit ``k`` clusters on (n, d) values. Numbers run from the highest first column to the lowest.

    Fewer than ``k`` different customers give as many clusters as there are different ones.
    """
    sample = draw(values, SEARCH if method is ClusterMethod.KMEANS else _MIXTURE_SAMPLE, seed)
    k = min(k, distinct(sample, k))
    with steady():
        if method is ClusterMethod.KMEANS:
            model, centres = _kmeans(values, sample, k, seed, starts)
        else:
            model = mixture(sample, k, seed)
            centres = model.means_
    order = np.empty(k, dtype=np.uint8)
    order[np.lexsort((*centres.T[:0:-1], -centres[:, 0]))] = np.arange(1, k + 1, dtype=np.uint8)
    return Fitted(method, k, model, order)


def _kmeans(values: Matrix, sample: Matrix, k: int, seed: int, starts: int) -> tuple[Any, NDArray[np.float64]]:
    from sklearn.cluster import KMeans

    found = KMeans(k, n_init=starts, random_state=seed).fit(sample)
    if len(values) > len(sample):
        found = KMeans(k, init=found.cluster_centers_, n_init=1, max_iter=_STEPS, tol=1e-3, random_state=seed).fit(
            values
        )
    return found, np.asarray(found.cluster_centers_, dtype=np.float64)


def mixture(sample: Matrix, k: int, seed: int) -> Any:  # noqa: ANN401  (scikit-learn's own type)
    """A Gaussian mixture with full covariances."""
    from sklearn.mixture import GaussianMixture

    wide = sample.astype(np.float64)
    return GaussianMixture(k, reg_covar=_FLOOR, max_iter=100, tol=2e-3, random_state=seed).fit(wide)


def compact(fitted: Fitted, values: Matrix) -> tuple[Fitted, Labels]:
    """The clusters that have customers, numbered without gaps, and who belongs where."""
    labels = fitted.labels(values)
    used = np.flatnonzero(np.bincount(labels, minlength=fitted.k + 1)[1:]) + 1
    if len(used) == fitted.k:
        return fitted, labels
    anew = np.ones(fitted.k + 1, dtype=np.uint8)
    anew[used] = np.arange(1, len(used) + 1, dtype=np.uint8)
    return Fitted(fitted.method, len(used), fitted.model, anew[fitted.order]), anew[labels]


def draw(values: Matrix, most: int, seed: int) -> Matrix:
    """At most so many rows, drawn without putting back."""
    if len(values) <= most:
        return values
    return values[np.sort(np.random.default_rng(seed).choice(len(values), most, replace=False))]


def distinct(values: Matrix, most: int = MOST) -> int:
    """How many different rows there are, counted up to ``most``."""
    if len(values) == 0:
        return 0
    seen = np.unique(values[: most * 50], axis=0)
    return min(len(seen if len(seen) >= most else np.unique(values, axis=0)), most)


@contextmanager
def steady() -> Iterator[None]:
    """One thread for sums, whose order then never changes; a fit that stops early says so in its figures, not here."""
    from sklearn.exceptions import ConvergenceWarning
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1), warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        yield
