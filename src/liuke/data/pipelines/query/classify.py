"""What an output column means, and the classes it takes over from what it is made of.

Its class of personal information is the highest of its origins: an amount made from a name and a balance is as personal
as both. It is kept as long as the shortest-kept of its origins: a value derived from another never outlives it. One
made from nothing personal (a constant) is not personal and is kept as the table is.
"""

from collections.abc import Mapping
from typing import Final

from liuke.data.pipelines.model import Definition, OutColumn, Said
from liuke.kernel.store.columns import PiClass, Retention
from liuke.kernel.store.lake import LakeColumn, LakeTable
from liuke.kernel.trace import Origin, Traced

_CLASSES: Final = tuple(PiClass)
#: From the shortest to the longest.
_KEPT: Final = (Retention.SESSION, Retention.WORK, Retention.RECORD, Retention.RELATION, Retention.PERMANENT)


def classify(
    one: Definition, columns: Mapping[str, str], traced: Traced, tables: Mapping[str, LakeTable]
) -> tuple[OutColumn, ...]:
    """The output columns with meaning, unit, classes and origins, in the order of the query."""
    return tuple(_column(name, kind, one.columns.get(name, Said()), traced, tables) for name, kind in columns.items())


def _column(name: str, kind: str, said: Said, traced: Traced, tables: Mapping[str, LakeTable]) -> OutColumn:
    origins = sorted(traced.columns.get(name, frozenset()))
    held = [column for origin in origins if (column := _held(origin, tables)) is not None]
    same = held[0] if len(held) == 1 else None
    # A value of one origin with that origin's name is that value, unless the author says otherwise.
    like = same if same is not None and same.name == name else None
    return OutColumn(
        name=name,
        kind=kind,
        meaning=said.meaning or (like.meaning if like else ""),
        unit=said.unit or (like.unit if like and like.kind == kind else ""),
        pi=max((column.pi for column in held), key=_CLASSES.index, default=PiClass.NONE),
        keep=min((column.keep for column in held), key=_KEPT.index, default=Retention.RECORD),
        origins=tuple(f"{origin.table}.{origin.column}" for origin in origins),
    )


def _held(origin: Origin, tables: Mapping[str, LakeTable]) -> LakeColumn | None:
    table = tables.get(origin.table)
    return next((column for column in table.columns if column.name == origin.column), None) if table else None
