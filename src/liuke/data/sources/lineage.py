"""Lineage of the sources: file → its columns → canonical columns, read off the contracts in force."""

from collections.abc import Iterator

from liuke.data.sources.canonical import CANONICAL
from liuke.data.sources.contract import folder
from liuke.data.sources.contract.trace import trace
from liuke.kernel.bank import Bank
from liuke.kernel.lineage import Edge, Node, NodeKind, table_column


def lineage(bank: Bank) -> Iterator[Edge]:
    """Every edge from a source's file to a canonical column."""
    for known in folder.known(bank).values():
        if known.plan is None:
            continue
        contract = known.plan.contract
        file = Node(NodeKind.SOURCE_FILE, contract.name, f"{contract.system_title} · {contract.title}")
        for way in trace(contract):
            said = f"{contract.title} · {way.source_meaning or way.source_column}"
            column = Node(NodeKind.SOURCE_COLUMN, f"{contract.name}.{way.source_column}", said)
            meaning = CANONICAL[way.table].meaning
            yield Edge(file, column, way.source_column)
            yield Edge(
                column, table_column(way.table, way.column, of=meaning, meaning=way.column_meaning), way.expression
            )
