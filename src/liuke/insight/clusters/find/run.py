"""One whole clustering: from the features of a day to named, judged and compared clusters."""

from collections.abc import Callable, Iterable
from typing import Final

import numpy as np

from liuke.insight.clusters.find.choose import SAMPLE, choose, weigh
from liuke.insight.clusters.find.contrast import contrasts
from liuke.insight.clusters.find.fit import Fitted, Labels, compact, distinct, fit
from liuke.insight.clusters.find.name import names
from liuke.insight.clusters.find.prepare import Floats, Prepared, prepare
from liuke.insight.clusters.find.profit import profits
from liuke.insight.clusters.find.stable import Table, month
from liuke.insight.clusters.find.surrogate import surrogate
from liuke.insight.clusters.model import (
    LEAST_EACH,
    Cluster,
    Evidence,
    Feature,
    Found,
    NothingDiffers,
    TooFewCustomers,
    Wanted,
)

#: Told how far the run is, 0–1, and what it is at.
Tell = Callable[[float, str], None]
_SILENT: Final[Tell] = lambda _done, _phrase: None  # noqa: E731


def find(
    now: Table,
    profit: Floats,
    features: tuple[Feature, ...],
    wanted: Wanted,
    *,
    past: Iterable[Table] = (),
    tell: Tell = _SILENT,
) -> tuple[Found, Labels]:
    """Cluster the customers of ``now``; returns what was found and each customer's cluster, numbered from 1.

    profit: (n,) 元 a customer and year. ``past``: the same features on earlier days, for stability over time.

    Raises: TooFewCustomers, NothingDiffers.
    """
    numbers = _numbers(wanted, len(now.ids))
    tell(0.05, "整理特征")
    prepared = prepare(now.raw, features, seed=wanted.seed)
    if distinct(prepared.values, 2) < 2:
        raise NothingDiffers
    k, reason, evidence = _decide(prepared, numbers, wanted, tell)
    tell(0.45, f"划分 {k} 类")
    fitted, labels = compact(fit(prepared.values, method=wanted.method, k=k, seed=wanted.seed), prepared.values)
    tell(0.6, "解释各类")
    clusters = _clusters(now, prepared, fitted, labels, profit, wanted.seed)
    months = []
    for place, then in enumerate(past):
        tell(0.75 + 0.04 * min(place, 5), f"与 {then.as_of:%Y年%m月} 比较")
        months.append(month(then, now, prepared=prepared, fitted=fitted, labels=labels, seed=wanted.seed))
    found = Found(
        k=fitted.k,
        reason=reason,
        features=prepared.features,
        left=prepared.left,
        evidence=evidence,
        clusters=clusters,
        months=tuple(sorted(months, key=lambda one: one.as_of)),
        sample=min(len(now.ids), SAMPLE),
    )
    return found, labels


def _numbers(wanted: Wanted, customers: int) -> list[int]:
    """The numbers of clusters to weigh; those too many for the customers there are fall away."""
    asked = [wanted.k] if wanted.k else list(range(wanted.k_min, wanted.k_max + 1))
    numbers = [k for k in asked if customers >= k * LEAST_EACH]
    if not numbers:
        raise TooFewCustomers(count=customers, k=asked[0], needed=asked[0] * LEAST_EACH)
    return numbers


def _decide(
    prepared: Prepared, numbers: list[int], wanted: Wanted, tell: Tell
) -> tuple[int, str, tuple[Evidence, ...]]:
    """The number of clusters, why, and the evidence. The neighbours of a number asked for are weighed too."""
    if wanted.k:
        numbers = sorted({max(2, wanted.k - 1), wanted.k, wanted.k + 1})

    def at(k: int) -> None:
        tell(0.1 + 0.35 * numbers.index(k) / len(numbers), f"衡量 {k} 类")

    evidence = weigh(prepared.values, numbers, method=wanted.method, seed=wanted.seed, tell=at)
    if wanted.k:
        return wanted.k, f"按指定分为 {wanted.k} 类。", evidence
    if not evidence:
        k = max(2, distinct(prepared.values))
        return k, f"客户只有 {k} 种不同的情形，分为 {k} 类。", evidence
    k, reason = choose(evidence, method=wanted.method)
    return k, reason, evidence


def _clusters(
    now: Table, prepared: Prepared, fitted: Fitted, labels: Labels, profit: Floats, seed: int
) -> tuple[Cluster, ...]:
    k = fitted.k
    differ = contrasts(prepared, now.raw, labels, k)
    called = names(differ, {feature.tag: feature for feature in prepared.features})
    earned, more = profits(profit, labels, k)
    sizes = np.bincount(labels, minlength=k + 1)[1:]
    return tuple(
        Cluster(
            number=place + 1,
            name=called[place],
            size=int(sizes[place]),
            share=float(sizes[place] / len(labels)),
            contrasts=differ[place],
            profit=earned[place],
            difference=more[place],
            surrogate=surrogate(now.raw, prepared.treated, labels, place + 1, seed=seed),
        )
        for place in range(k)
    )
