"""How good a clustering is against the truth."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class PairFigures:
    """Pairwise precision, recall and F1, 0–1."""

    precision: float
    recall: float

    @property
    def f1(self) -> float:
        return 2 * self.precision * self.recall / (self.precision + self.recall)


def pair_figures(labels: np.ndarray, truth: np.ndarray) -> PairFigures:
    """labels, truth: (n,) cluster found and real party of each record."""
    both = _pairs(labels.astype(np.int64) * (int(truth.max()) + 1) + truth)
    return PairFigures(both / max(_pairs(labels), 1), both / max(_pairs(truth), 1))


def _pairs(values: np.ndarray) -> int:
    counts = np.unique(values, return_counts=True)[1]
    return int((counts * (counts - 1) // 2).sum())
