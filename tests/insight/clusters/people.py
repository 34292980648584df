"""Customers of four planted kinds, for the tests of clustering."""

from datetime import date
from typing import Any

import numpy as np

from liuke.insight.clusters.features import FEATURES
from liuke.insight.clusters.find.prepare import Floats
from liuke.insight.clusters.find.stable import Table

DAY = date(2026, 10, 31)
#: Medians of each kind: 新人 young and poor, 家庭 with a loan, 富裕老人 with wealth products, 沉睡.
KINDS: dict[str, tuple[float, float, float, float]] = {
    "aum_mavg": (8_000, 60_000, 1_500_000, 20_000),
    "deposits": (7_000, 40_000, 500_000, 20_000),
    "wealth_value": (0, 5_000, 900_000, 0),
    "loan_balance": (0, 800_000, 0, 0),
    "txn_count_30d": (40, 25, 8, 0),
    "consume_30d": (3_000, 9_000, 5_000, 0),
    "login_30d": (25, 12, 6, 0),
    "age": (26, 38, 62, 55),
    "tenure_years": (1, 6, 18, 12),
}


def kinds(size: int, *, seed: int = 1) -> np.ndarray:
    """The kind of each customer, 0–3."""
    return np.random.default_rng(seed).choice(4, size, p=[0.4, 0.3, 0.1, 0.2])


def raw(kind: np.ndarray, *, seed: int = 2, missing: float = 0.02) -> dict[str, Floats]:
    """Their features with spread, and some ages unknown."""
    chance = np.random.default_rng(seed)
    found: dict[str, Any] = {}
    for tag, medians in KINDS.items():
        middle = np.array(medians, dtype=float)[kind]
        spread = (
            chance.normal(0, 4, len(kind)) if tag == "age" else middle * (np.exp(chance.normal(0, 0.25, len(kind))) - 1)
        )
        found[tag] = np.round(np.maximum(middle + spread, 0))
    found["age"][chance.random(len(kind)) < missing] = np.nan
    return found


def table(kind: np.ndarray, *, seed: int = 2, as_of: date = DAY) -> Table:
    """Those customers on a day, numbered from 1."""
    return Table(as_of, np.arange(1, len(kind) + 1), raw(kind, seed=seed))


USED = tuple(feature for feature in FEATURES if feature.tag in KINDS)
