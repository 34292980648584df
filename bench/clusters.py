"""Clustering a million customers by seventeen features: the choice of k, the fit, names, profits and rules.

The customers are made here: six kinds with lognormal amounts, many zeros and missing values, as tags hold them. What is
timed is a whole run on one process, from feature values in memory to named clusters, without the months compared.
"""

import os
import time
from collections.abc import Iterator
from datetime import date

import numpy as np

from bench.figure import Figure
from liuke.insight import clusters
from liuke.insight.clusters import ClusterMethod, Table, Wanted

CUSTOMERS = 1_000_000
GOAL_SECONDS = 10.0
#: Share of customers of each kind, and for each tag the kinds' medians.
SHARES = (0.35, 0.25, 0.15, 0.12, 0.08, 0.05)
MEDIANS = {
    "aum_mavg": (5e3, 3e4, 2e5, 8e5, 1e5, 3e6),
    "deposits": (4e3, 2e4, 1e5, 2e5, 9e4, 1e6),
    "wealth_value": (0, 1e4, 1e5, 6e5, 1e4, 2e6),
    "fund_value": (0, 2e3, 0, 8e4, 0, 3e5),
    "net_outflow_rate_3m": (2, -5, 10, -3, 1, -8),
    "loan_balance": (0, 3e5, 0, 0, 0, 0),
    "card_owed": (100, 5e3, 0, 0, 0, 1e4),
    "txn_count_30d": (5, 40, 12, 14, 0, 8),
    "consume_30d": (500, 5e3, 2e3, 8e3, 0, 6e3),
    "last_txn_on": (6, 1, 3, 2, 120, 4),
    "login_30d": (3, 15, 4, 8, 0, 5),
    "wealth_view_30d": (0, 2, 3, 12, 0, 9),
    "mobile_pay_share": (85, 92, 50, 60, 10, 50),
    "calls_90d": (0, 0, 1, 1, 0, 2),
    "age": (27, 36, 52, 58, 68, 50),
    "tenure_years": (1, 4, 9, 12, 18, 10),
    "salary_mean_6m": (4e3, 1.5e4, 6e3, 0, 0, 3e4),
}


def figures(scale: float) -> Iterator[Figure]:
    """Both methods on the same customers, each run twice: the second must give the same clusters."""
    size = max(2_000, int(CUSTOMERS * scale))
    table, kind, profit = _made(size)
    clusters.find(_made(2_000)[0], np.zeros(2_000), clusters.FEATURES, Wanted(k=3))  # libraries are loaded
    for method in ClusterMethod:
        wanted = Wanted(method=method, seed=7)
        began = time.perf_counter()
        found, labels = clusters.find(table, profit, clusters.FEATURES, wanted)
        goal = GOAL_SECONDS if method is ClusterMethod.KMEANS else None
        yield Figure(f"{method}: {size:,} customers", time.perf_counter() - began, "s", goal)
        yield Figure(f"{method}: clusters chosen", float(found.k), "")
        yield Figure(f"{method}: agreement with the kinds made (ARI)", _agreement(kind, labels), "")
        recall = sum(cluster.surrogate.recall * cluster.size for cluster in found.clusters) / size
        yield Figure(f"{method}: customers their cluster's rule names", recall * 100, "%")
        if method is ClusterMethod.KMEANS:
            again = clusters.find(table, profit, clusters.FEATURES, wanted)[1]
            yield Figure(
                f"{method}: customers placed otherwise by the same seed", float(np.sum(again != labels)), "", 0
            )
    yield Figure("load average of the machine", os.getloadavg()[0], "")


def _agreement(kind: np.ndarray, labels: np.ndarray) -> float:
    from sklearn.metrics import adjusted_rand_score

    return float(adjusted_rand_score(kind, labels))


def _made(size: int) -> tuple[Table, np.ndarray, np.ndarray]:
    chance = np.random.default_rng(3)
    kind = chance.choice(len(SHARES), size, p=SHARES)
    raw = {}
    for tag, medians in MEDIANS.items():
        middle = np.array(medians, dtype=np.float64)[kind]
        near = tag in ("age", "mobile_pay_share")
        column = middle + chance.normal(0, 6, size) if near else middle * np.exp(chance.normal(0, 0.5, size))
        raw[tag] = np.round(column)
        if tag in ("age", "last_txn_on", "mobile_pay_share"):
            raw[tag][chance.random(size) < 0.04] = np.nan
    profit = raw["aum_mavg"] * 0.006 + raw["loan_balance"] * 0.012
    return Table(date(2026, 10, 31), np.arange(1, size + 1), raw), kind, profit
