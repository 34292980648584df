"""A rule that stands for a cluster: a small decision tree, its thresholds rounded to what a person would write."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from liuke.insight.clusters.find.fit import Labels, steady
from liuke.insight.clusters.find.prepare import Floats, Treated
from liuke.insight.clusters.model import Feature, Surrogate

Mask = NDArray[np.bool_]

#: Customers the tree is grown on.
_SAMPLE: Final = 20_000
#: Leaves tried, from the most readable; a bigger tree must earn its words.
_LEAVES: Final = (4, 7, 12)
_EARN: Final = 0.02
#: Leaves hold at least this share of customers.
_LEAST: Final = 0.002
#: Significant digits of a threshold.
_DIGITS: Final = (2, 3, 5)
#: Below this F1 a rule is not the cluster.
_USABLE: Final = 0.5


@dataclass(frozen=True, slots=True)
class Bound:
    """``feature >= at`` or, when ``below``, ``feature < at``. ``empty``: a customer without the tag counts too."""

    feature: Feature
    at: float
    below: bool
    empty: bool

    def mask(self, raw: Mapping[str, Floats]) -> Mask:
        """Who satisfies it."""
        column = raw[self.feature.tag]
        found: Mask = (column < self.at) if self.below else (column >= self.at)
        return found | ~np.isfinite(column) if self.empty else found

    @property
    def text(self) -> str:
        """As text of the rule language."""
        at = Decimal(repr(self.at)).normalize()
        said = f"{self.feature.expression or self.feature.tag} {'<' if self.below else '>='} {at:f}"
        return f"({said} or {self.feature.tag} is null)" if self.empty else said


#: Any of these, each all of its bounds.
Paths = tuple[tuple[Bound, ...], ...]


def surrogate(
    raw: Mapping[str, Floats], treated: Sequence[Treated], labels: Labels, number: int, *, seed: int
) -> Surrogate:
    """The shortest rule nearly as faithful to cluster ``number`` as the best found; fidelity is over everyone."""
    target: Mask = labels == number
    best: tuple[float, Paths] = (0.0, ())
    for leaves in _LEAVES:
        grown = _grown(raw, treated, target, leaves, seed)
        for digits in _DIGITS:
            paths = _rounded(grown, digits, raw, treated)
            score = _f1(members(paths, raw, len(labels)), target)
            if score > best[0] + _EARN:
                best = (score, paths)
    return _judged(best[1] if best[0] >= _USABLE else (), raw, target)


def members(paths: Paths, raw: Mapping[str, Floats], size: int) -> Mask:
    """Whom the rule names."""
    named = np.zeros(size, dtype=np.bool_)
    for path in paths:
        inside = np.ones(size, dtype=np.bool_)
        for bound in path:
            inside &= bound.mask(raw)
        named |= inside
    return named


def text(paths: Paths) -> str:
    """The rule as text."""
    parts = [" and ".join(bound.text for bound in path) for path in paths if path]
    return parts[0] if len(parts) == 1 else " or ".join(f"({part})" for part in parts)


def _judged(paths: Paths, raw: Mapping[str, Floats], target: Mask) -> Surrogate:
    named = members(paths, raw, len(target))
    hit = int(np.count_nonzero(named & target))
    count, size = int(np.count_nonzero(named)), int(np.count_nonzero(target))
    return Surrogate(
        text=text(paths),
        chinese="",
        accuracy=float(np.mean(named == target)) if len(target) else 0.0,
        precision=hit / count if count else 0.0,
        recall=hit / size if size else 0.0,
        named=count,
    )


def _f1(named: Mask, target: Mask) -> float:
    hit, asked = int(np.count_nonzero(named & target)), int(np.count_nonzero(named)) + int(np.count_nonzero(target))
    return 2.0 * hit / max(asked, 1)


#: A raw split: (column, threshold, left branch).
Split = tuple[int, float, bool]


def _grown(
    raw: Mapping[str, Floats], treated: Sequence[Treated], target: Mask, leaves: int, seed: int
) -> list[tuple[Split, ...]]:
    """The paths to the leaves that together stand best for the target."""
    from sklearn.tree import DecisionTreeClassifier

    size = len(target)
    rows = np.arange(size)
    if size > _SAMPLE:
        rows = np.sort(np.random.default_rng(seed).choice(size, _SAMPLE, replace=False))
    given = np.empty((len(rows), len(treated)))
    for place, one in enumerate(treated):
        column = raw[one.feature.tag][rows]
        given[:, place] = np.where(np.isfinite(column), column, one.fill)
    wanted = target[rows]
    if wanted.all() or not wanted.any():
        return []
    least = max(2, int(len(rows) * _LEAST))
    tree = DecisionTreeClassifier(max_leaf_nodes=leaves, min_samples_leaf=least, random_state=seed)
    with steady():
        tree.fit(given, wanted)
        ends = tree.apply(given)
    return _paths(tree.tree_, _chosen(ends, wanted))


def _chosen(ends: NDArray[np.int64], wanted: Mask) -> frozenset[int]:
    """The leaves, purest first, as long as F1 grows."""
    leaves, place = np.unique(ends, return_inverse=True)
    hits = np.bincount(place, weights=wanted)
    sizes = np.bincount(place)
    order = np.lexsort((leaves, -hits / sizes))
    scores = 2 * np.cumsum(hits[order]) / (np.cumsum(sizes[order]) + wanted.sum())
    return frozenset(leaves[order[: int(np.argmax(scores)) + 1]].tolist())


def _paths(tree: Any, chosen: frozenset[int]) -> list[tuple[Split, ...]]:  # noqa: ANN401  (scikit-learn's own type)
    """Paths to the chosen leaves; where both sides of a split are chosen, the split is not asked."""

    def whole(node: int) -> bool:
        if tree.children_left[node] < 0:
            return node in chosen
        return whole(tree.children_left[node]) and whole(tree.children_right[node])

    def walk(node: int, path: tuple[Split, ...]) -> list[tuple[Split, ...]]:
        if whole(node):
            return [path]
        if tree.children_left[node] < 0:
            return []
        place, at = int(tree.feature[node]), float(tree.threshold[node])
        return walk(tree.children_left[node], (*path, (place, at, True))) + walk(
            tree.children_right[node], (*path, (place, at, False))
        )

    return walk(0, ())


def _rounded(
    grown: Sequence[tuple[Split, ...]], digits: int, raw: Mapping[str, Floats], treated: Sequence[Treated]
) -> Paths:
    """The paths with readable thresholds, the tightest bound of a tag only."""
    found = []
    for path in grown:
        tightest: dict[tuple[int, bool], float] = {}
        for place, at, below in path:
            readable = _readable(at, digits, whole=treated[place].feature.whole)
            known = tightest.get((place, below))
            tightest[place, below] = readable if known is None else (min if below else max)(known, readable)
        found.append(tuple(_bound(treated[place], at, below, raw) for (place, below), at in tightest.items()))
    return tuple(found)


def _bound(one: Treated, at: float, below: bool, raw: Mapping[str, Floats]) -> Bound:  # noqa: FBT001  (as in a split)
    """Customers without the tag were grown as its fill, so they count where the fill does."""
    empty = ((one.fill < at) == below) and bool(np.isnan(raw[one.feature.tag]).any())
    return Bound(one.feature, at, below, empty)


def _readable(at: float, digits: int, *, whole: bool) -> float:
    """A threshold of so many significant digits. Whole numbers are cut between them, so 2.5 reads as 3."""
    rounded = float(f"{at:.{digits}g}")
    return float(np.ceil(at if abs(at) < 10**digits else rounded)) if whole else rounded
