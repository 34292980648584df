"""聚类 · groups of customers that are found, not declared.

Answers: into which groups do the bank's customers fall by wealth, credit, activity, channel, service and life cycle;
how many groups speak for themselves (evidence shown); how each differs from the bank, what it earns with which
certainty, what it is called; would last month's customers have been grouped alike; which readable rule stands for a
group, and how faithfully.

Reads: tags (`liuke.data.tags`), as of any day there is a snapshot of. Writes: runs, versioned.

Emits: ``clusters.found``, ``clusters.segment_made``.

Does not: keep customers in a group from day to day: that is a segment, which a cluster becomes by its rule. Room
inside: ``find`` (the statistics, pure).
"""

from liuke.insight.clusters.become import make_segment as make_segment
from liuke.insight.clusters.features import FEATURES
from liuke.insight.clusters.find.run import find
from liuke.insight.clusters.find.stable import Table
from liuke.insight.clusters.model import Cluster, ClusterMethod, ClustersFound, Found, Run, TooFewCustomers, Wanted
from liuke.insight.clusters.service import read, run

__all__ = [
    "FEATURES",
    "Cluster",
    "ClusterMethod",
    "ClustersFound",
    "Found",
    "Run",
    "Table",
    "TooFewCustomers",
    "Wanted",
    "find",
    "read",
    "run",
]
