"""Why two records are, or are not, one party: the prior and what each comparison adds, in match weight."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from liuke.data.identity import party
from liuke.data.identity.linkage import hashes
from liuke.data.identity.linkage.columns import flat
from liuke.data.identity.linkage.compare import MISSING, Comparison, Row
from liuke.data.identity.linkage.model import Model
from liuke.data.identity.model import Step, Waterfall

#: Columns of which the rarity of a shared value counts.
RARITIES = tuple(dict.fromkeys(lv.frequency_of for c in party.COMPARISONS for lv in c.levels if lv.frequency_of))


def frequencies(records: pa.Table) -> dict[str, npt.NDArray[np.float64]]:
    """Column → (n,) share of filled records that hold the same value, 0–1; 0 where it is missing."""
    found = {}
    for column in RARITIES:
        values = flat(records, column)
        keys = hashes.of_text(values) if pa.types.is_string(values.type) else hashes.of_number(values)
        _, inverse, counts = np.unique(keys, return_inverse=True, return_counts=True)
        filled = max(int((keys != 0).sum()), 1)
        found[column] = np.where(keys == 0, 0.0, counts[inverse] / filled)
    return found


def rows(
    records: pa.Table, positions: Sequence[int], *, shares: Mapping[str, npt.NDArray[np.float64]]
) -> list[dict[str, Any]]:
    """Records as rows that can be compared, with the share of each value as ``tf_<column>``."""
    found: list[dict[str, Any]] = records.take(pa.array(positions, pa.int32())).to_pylist()
    for row, position in zip(found, positions, strict=True):
        row |= {f"tf_{column}": float(share[position]) for column, share in shares.items()}
    return found


class Weigher:
    """A trained model made ready to weigh single pairs, with the same outcome as the batch."""

    def __init__(self, model: Model, *, records: int, comparisons: Sequence[Comparison] = party.COMPARISONS) -> None:
        prior = model.prior(records)
        self.prior = math.log2(prior / (1 - prior))
        self.comparisons = comparisons
        trained = {c["output_column_name"]: c["comparison_levels"] for c in model.settings["comparisons"]}
        self._weights = [_weights(trained[comparison.name]) for comparison in comparisons]
        self._coincidence = [_coincidences(trained[comparison.name]) for comparison in comparisons]

    def outcomes(self, left: Row, right: Row) -> list[int]:
        """Position of the outcome of each comparison."""
        return [comparison.outcome(left, right) for comparison in self.comparisons]

    def weigh(self, left: Row, right: Row, outcomes: Sequence[int]) -> list[float]:
        """Match weight that each outcome adds, log2; a rare shared value adds more."""
        return [self._weights[i][at] + self._rarity(i, at, left, right) if at else 0.0 for i, at in enumerate(outcomes)]

    def total(self, left: Row, right: Row) -> tuple[float, list[int]]:
        """Match weight of a pair, log2 odds, and its outcomes."""
        outcomes = self.outcomes(left, right)
        return self.prior + sum(self.weigh(left, right, outcomes)), outcomes

    def _rarity(self, comparison: int, level: int, left: Row, right: Row) -> float:
        column = self.comparisons[comparison].levels[level].frequency_of
        share = max(left[f"tf_{column}"], right[f"tf_{column}"]) if column else 0.0
        return math.log2(self._coincidence[comparison][level] / share) if share > 0 else 0.0


def explain(left: Row, right: Row, *, weigher: Weigher) -> Waterfall:
    """The waterfall of a pair: the prior, then each comparison's outcome in words and the weight it adds."""
    outcomes = weigher.outcomes(left, right)
    weights = weigher.weigh(left, right, outcomes)
    steps = tuple(
        Step(c.name, c.label, c.levels[at].code, c.levels[at].label, weight)
        for c, at, weight in zip(weigher.comparisons, outcomes, weights, strict=True)
    )
    return Waterfall(weigher.prior, steps)


def _weights(levels: Sequence[Mapping[str, Any]]) -> list[float]:
    return [
        0.0 if level["label_for_charts"] == MISSING else math.log2(level["m_probability"] / level["u_probability"])
        for level in levels
    ]


def _coincidences(levels: Sequence[Mapping[str, Any]]) -> list[float]:
    return [float(level.get("u_probability") or 1.0) for level in levels]
