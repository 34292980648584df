"""Lineage: which source columns each canonical column comes from, read off the contract itself."""

import re
from collections.abc import Iterator
from typing import Final

from liuke.data.sources.canonical import CANONICAL
from liuke.data.sources.contract.spec import Column, Contract
from liuke.data.sources.model import Lineage

_TEXT: Final = re.compile(r"'(?:[^']|'')*'")
_WORD: Final = re.compile(r"[^\W\d]\w*(?:\.\w+)*")


def trace(contract: Contract) -> Iterator[Lineage]:
    """Every way from a source column to a canonical column, in the order of the canonical tables."""
    columns = {column.name: column for column in contract.columns}
    for target in contract.targets:
        meanings = {column.name: column.meaning for column in CANONICAL[target.table].columns}
        said = {name: mapped.expression for name, mapped in target.columns.items()}
        said = {"source_key": target.key} | ({"event_time": target.event_time} if target.event_time else {}) | said
        for name, expression in said.items():
            for column in _named(expression, columns):
                yield Lineage(
                    source=contract.name,
                    source_column=column.name,
                    source_meaning=column.meaning,
                    pi=column.pi,
                    table=target.table,
                    column=name,
                    column_meaning=meanings.get(name, ""),
                    expression=expression,
                )


def _named(expression: str, columns: dict[str, Column]) -> Iterator[Column]:
    """The source columns an expression names; a joined column stands for its parts."""
    for word in dict.fromkeys(_WORD.findall(_TEXT.sub("", expression))):
        column = columns.get(word)
        if column is not None:
            yield from ([columns[part] for part in column.of] or [column])
