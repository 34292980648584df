"""Lineage of tags: canonical columns → tag, and tag → tag, read off the definitions in force."""

from collections.abc import Iterator

from liuke.data.sources import CANONICAL
from liuke.data.tags.define.book import Entry
from liuke.data.tags.model import Measure, Tag
from liuke.data.tags.service import book
from liuke.data.tags.table import TABLES
from liuke.kernel import rule
from liuke.kernel.bank import Bank
from liuke.kernel.lineage import Edge, Node, NodeKind, table_column


def lineage(bank: Bank) -> Iterator[Edge]:
    """Every edge into a tag."""
    found = book(bank)
    for entry in found.entries.values():
        target = node_of(entry.tag)
        for code in sorted(entry.needs):
            yield Edge(node_of(found.entries[code].tag), target, entry.tag.expression)
        if entry.tag.measure is not None and entry.filter is not None:
            yield from (Edge(_column(one), target, entry.tag.meaning) for one in columns(entry))


def node_of(tag: Tag) -> Node:
    """A tag as a node."""
    return Node(NodeKind.TAG, tag.code, tag.name)


def columns(entry: Entry) -> list[str]:
    """The canonical columns a measured tag is made from: those its filter names, and the one that is aggregated."""
    measure = entry.tag.measure
    if measure is None or entry.filter is None:
        return []
    table = TABLES[measure.table]
    named = [*sorted(entry.filter.names), *([measure.value] if measure.value else [])]
    found = [column for name in named for column in table.columns[name]]
    return list(dict.fromkeys(found or [_whole_row(measure)]))


def _whole_row(measure: Measure) -> str:
    """What stands for rows that are only counted."""
    return f"{TABLES[measure.table].reads[0]}.source_key"


def _column(name: str) -> Node:
    table, column = name.split(".")
    lake = CANONICAL[table]
    meaning = next(one.meaning for one in lake.columns if one.name == column)
    return table_column(table, column, of=lake.meaning, meaning=meaning)


def said(entry: Entry) -> str:
    """How a tag is computed, as one Chinese phrase."""
    checked = entry.expression
    if checked is not None:
        return rule.to_chinese(checked)
    return entry.tag.meaning
