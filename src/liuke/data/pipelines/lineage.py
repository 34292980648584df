"""Lineage of derived tables: column → column, read off the queries in force."""

from collections.abc import Iterator, Mapping

from liuke.data.pipelines import store
from liuke.data.pipelines.build.inputs import known_tables
from liuke.data.pipelines.define.read import read
from liuke.kernel.actor import Actor
from liuke.kernel.bank import Bank
from liuke.kernel.lineage import Edge, Node, table_column
from liuke.kernel.store.lake import LakeTable


def lineage(bank: Bank) -> Iterator[Edge]:
    """Every edge into a column of a derived table."""
    with bank.read(Actor.system("lineage")) as tx:
        working, tables = store.working(tx), known_tables(tx)
    titles = {name: one.title for name, row in working.items() if (one := read(row["text"])[0])}
    for name, row in working.items():
        for column in store.columns_of(row):
            target = table_column(name, column.name, of=titles.get(name, name), meaning=column.meaning)
            for origin in column.origins:
                yield Edge(_node(origin, tables, titles), target, name)


def _node(origin: str, tables: Mapping[str, LakeTable], titles: Mapping[str, str]) -> Node:
    name, _, column = origin.partition(".")
    table = tables.get(name)
    meaning = next((held.meaning for held in table.columns if held.name == column), "") if table else ""
    of = titles.get(name) or (table.meaning if table else name)
    return table_column(name, column, of=of, meaning=meaning)
