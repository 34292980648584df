"""Lineage of segments: tag → segment and segment → segment, read off the rules in force."""

from collections.abc import Iterator

from liuke.data import tags
from liuke.insight.segments import rules, store
from liuke.insight.segments.count import tagged
from liuke.insight.segments.members.renew import MACHINE, vocabulary
from liuke.insight.segments.model import Segment
from liuke.kernel.bank import Bank
from liuke.kernel.errors import LiukeError
from liuke.kernel.lineage import Edge, Node, NodeKind


def lineage(bank: Bank) -> Iterator[Edge]:
    """Every edge into a segment in use."""
    try:
        known = tagged.current(bank)
    except tags.NoSnapshot:
        return
    with bank.read(MACHINE) as tx:
        words = vocabulary(known, tx)
        segments = store.every(tx)
    for segment in segments:
        try:
            names = sorted(words.check(segment.rule_text).names)
        except LiukeError:  # a tag it names is gone: its refresh says so
            names = rules.references(rules.parsed(segment))
        for name in names:
            other = words.segments.get(name)
            if other is not None:
                yield Edge(node_of(other), node_of(segment), segment.sentence)
            elif name in known.snapshot.plates:
                origin = Node(NodeKind.TAG, name, known.snapshot.plates[name].name)
                yield Edge(origin, node_of(segment), segment.sentence)


def node_of(segment: Segment) -> Node:
    """A segment as a node."""
    return Node(NodeKind.SEGMENT, str(segment.id), segment.name)
