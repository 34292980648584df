"""客群 · customers chosen by a rule: how many they are at this moment, who they are, how they differ.

Answers: the exact number of customers a rule is true for, on every keystroke, and of those how many may be reached for
a purpose; who is in a segment, since when, who came and went; how a segment differs from the bank; what it shares with
others.

A segment is a condition of the rule language over tags, events and other segments, versioned, with an owner and a
purpose (处理目的): what may not serve the purpose cannot be used. Membership is a packed set of customer numbers,
computed again when tags are, moved in between by events and merges.

Reads: snapshots of ``data.tags``, events of the lake, consent, the customers' pages for scope and lists. Writes: rules
and refreshes in PostgreSQL, sets and indexes under ``home/segments``.

Emits: ``segment.saved``, ``segment.state_changed``, ``segments.refreshed``, ``segment.moved``,
``segment.export_asked``, ``segment.export_decided``, ``segment.exported``; lists of members are looks like any other
(``customers.listed``).

Does not: define tags, find clusters, or reach anybody. Rooms inside: ``count`` (from rule to set), ``batch`` (all
segments at once: by counting, or as SQL in DuckDB and on Spark), ``members`` (sets on disk, scope, reach), ``look``
(contrast, overlap), ``live`` (between refreshes), ``export``, ``templates``.
"""

from liuke.insight.segments.batch.choose import engine as engine
from liuke.insight.segments.lineage import lineage
from liuke.insight.segments.live.listen import Live
from liuke.insight.segments.members.renew import refresh
from liuke.insight.segments.model import Cause, Draft, Segment, SegmentsRefreshed, SegmentState, UnknownSegment
from liuke.insight.segments.service import count, create
from liuke.insight.segments.templates.service import install

__all__ = [
    "Cause",
    "Draft",
    "Live",
    "Segment",
    "SegmentState",
    "SegmentsRefreshed",
    "UnknownSegment",
    "count",
    "create",
    "install",
    "lineage",
    "refresh",
]
