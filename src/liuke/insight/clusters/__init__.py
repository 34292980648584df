"""聚类 · groups of customers that are found, not declared.

Answers: into which groups do the bank's customers fall by wealth, credit, activity, channel, service and life cycle;
how many groups speak for themselves (evidence shown); how each differs from the bank, what it earns with which
certainty, what it is called; would last month's customers have been grouped alike; which readable rule stands for a
group, and how faithfully.

Reads: tags (`liuke.data.tags`), as of any day there is a snapshot of.

Emits: ``clusters.found``, ``clusters.segment_made``.

Does not: keep customers in a group from day to day: that is a segment, which a cluster becomes by its rule.
"""

from liuke.insight.clusters.features import EARNINGS, FEATURES
from liuke.insight.clusters.find.run import find
from liuke.insight.clusters.find.stable import Table
from liuke.insight.clusters.model import Cluster, Found, Method, NothingDiffers, TooFewCustomers, Wanted

__all__ = [
    "EARNINGS",
    "FEATURES",
    "Cluster",
    "Found",
    "Method",
    "NothingDiffers",
    "Table",
    "TooFewCustomers",
    "Wanted",
    "find",
]
