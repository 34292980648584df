"""How many clusters: the evidence for each number, and the choice with its reason."""

from collections.abc import Callable, Sequence
from typing import Final

import numpy as np

from liuke.insight.clusters.find.fit import distinct, draw, fit, mixture, steady
from liuke.insight.clusters.find.prepare import Matrix
from liuke.insight.clusters.model import ClusterMethod, Evidence

#: Customers the evidence is measured on, and those of them whose silhouettes are averaged.
SAMPLE: Final = 10_000
_SILHOUETTES: Final = 3_000
#: Resamples per number of clusters, and the share of the sample in each.
_RESAMPLES: Final = 4
_PART: Final = 0.7
#: Clusterings less alike than this under resampling are chance, and clusters smaller than this nobody acts on.
STABLE: Final = 0.8
_SMALL: Final = 0.01


def weigh(
    values: Matrix,
    numbers: Sequence[int],
    *,
    method: ClusterMethod,
    seed: int,
    tell: Callable[[int], None] = lambda _k: None,
) -> tuple[Evidence, ...]:
    """The evidence for each number of clusters, on a sample of (n, d) values; those nobody can tell apart are left."""
    sample = draw(values, SAMPLE, seed)
    most = distinct(sample, max(numbers, default=0) + 1)
    found = []
    for k in numbers:
        if k < most:
            tell(k)
            found.append(_evidence(sample, k, method, seed))
    return tuple(found)


def _evidence(sample: Matrix, k: int, method: ClusterMethod, seed: int) -> Evidence:
    from sklearn.metrics import davies_bouldin_score, silhouette_score

    whole = fit(sample, method=method, k=k, seed=seed, starts=2)
    labels = whole.labels(sample)
    sizes = np.bincount(labels, minlength=k + 1)[1:]
    if np.count_nonzero(sizes) < 2:
        return Evidence(k, 0.0, 0.0, _bic(sample, k, seed), 0.0, 0.0)
    with steady():
        inside = draw_labels(sample, labels, seed)
        silhouette = float(silhouette_score(*inside)) if 1 < len(np.unique(inside[1])) < len(inside[1]) else 0.0
        scatter = float(davies_bouldin_score(sample, labels))
    stability = _stability(sample, labels, k, method, seed)
    return Evidence(k, silhouette, scatter, _bic(sample, k, seed), stability, float(sizes.min() / len(sample)))


def draw_labels(sample: Matrix, labels: np.ndarray, seed: int) -> tuple[Matrix, np.ndarray]:
    """The customers whose silhouettes are averaged."""
    if len(sample) <= _SILHOUETTES:
        return sample, labels
    rows = np.random.default_rng(seed).choice(len(sample), _SILHOUETTES, replace=False)
    return sample[rows], labels[rows]


def _bic(sample: Matrix, k: int, seed: int) -> float:
    few = draw(sample, _SILHOUETTES, seed)
    with steady():
        return float(mixture(few, min(k, distinct(few, k)), seed).bic(few.astype(np.float64)))


def _stability(sample: Matrix, labels: np.ndarray, k: int, method: ClusterMethod, seed: int) -> float:
    """Mean adjusted Rand index of the clustering with those of parts of the sample, each asked about everyone.

    Source: Lange, Roth, Braun & Buhmann 2004, Stability-based validation of clustering solutions.
    """
    from sklearn.metrics import adjusted_rand_score

    chance = np.random.default_rng(seed)
    alike = []
    for turn in range(_RESAMPLES):
        rows = np.sort(chance.choice(len(sample), max(k + 1, int(len(sample) * _PART)), replace=False))
        again = fit(sample[rows], method=method, k=k, seed=seed + 1 + turn, starts=2)
        alike.append(adjusted_rand_score(labels, again.labels(sample)))
    return float(np.mean(alike))


def choose(evidence: Sequence[Evidence], *, method: ClusterMethod) -> tuple[int, str]:
    """The number of clusters, and why, in Chinese.

    Numbers that are unstable under resampling or leave a sliver are set aside, unless nothing else is left; of the rest
    the best mean rank of silhouette, Davies–Bouldin and stability wins (for a mixture BIC counts too); on a tie the
    smaller.
    """
    good = [one for one in evidence if one.stability >= STABLE and one.smallest >= _SMALL]
    asked = good or list(evidence)
    order: list[Callable[[Evidence], float]] = [
        lambda one: -one.silhouette,
        lambda one: one.davies_bouldin,
        lambda one: -one.stability,
    ]
    if method is ClusterMethod.MIXTURE:
        order.append(lambda one: one.bic)
    ranks = {one.k: sum(_rank(asked, one, key) for key in order) for one in asked}
    best = min(asked, key=lambda one: (ranks[one.k], one.k))
    return best.k, _reason(best, evidence, set_aside=len(evidence) - len(asked), any_good=bool(good))


def _rank(among: Sequence[Evidence], one: Evidence, key: Callable[[Evidence], float]) -> int:
    return sum(key(other) < key(one) for other in among)


def _reason(best: Evidence, evidence: Sequence[Evidence], *, set_aside: int, any_good: bool) -> str:
    span = f"{min(one.k for one in evidence)}–{max(one.k for one in evidence)}"
    said = (
        f"在 {span} 类中，{best.k} 类综合最好：轮廓系数 {best.silhouette:.2f}，"
        f"戴维森堡丁指数 {best.davies_bouldin:.2f}，重抽样一致性 {best.stability:.2f}，最小一类占 {best.smallest:.1%}"
    )
    if not any_good:
        return f"{said}。没有一个类数足够稳定（一致性不低于 {STABLE:.1f} 且每类不少于 {_SMALL:.0%}），结果只供参考。"
    return f"{said}。另有 {set_aside} 个类数因不稳定或出现过小的类而未采用。" if set_aside else f"{said}。"
