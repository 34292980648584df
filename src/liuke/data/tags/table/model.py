"""Nouns of the tables tags are measured from: their fields, values and the query that gives their rows."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from liuke.kernel.rule import Field


class Mode(StrEnum):
    """How a table grows: an EVENT row happened on a day and stays; a STATE row holds until it is replaced."""

    EVENT = "event"
    STATE = "state"


@dataclass(frozen=True, slots=True)
class TagTable:
    """A table tags may be measured from.

    ``facets`` are fields a filter may name: few distinct combinations, however many rows. ``values`` are numbers and
    dates that may be aggregated. ``day`` says what the row's day is. ``query`` (DuckDB, constructs Spark has too) gives
    one row a version of a fact: one_id, day, known, dead, the facets and the values; ``known`` is the day the bank knew
    it, ``dead`` the day it knew better (NULL: still holds). ``reads`` are the canonical tables of the query,
    ``columns`` which of their columns each field comes from.
    """

    name: str
    label: str
    mode: Mode
    day: str
    facets: Mapping[str, Field]
    values: Mapping[str, Field]
    query: str
    reads: tuple[str, ...]
    columns: Mapping[str, tuple[str, ...]]
    #: Values that are another one with a sign: + where the facet has the word, − elsewhere. Not stored twice.
    signed: Mapping[str, tuple[str, str, str]] = field(default_factory=dict)
    #: Whether the query counts its days itself, in days since 1970.
    counted: bool = False

    @property
    def stored(self) -> tuple[str, ...]:
        """The values that are kept, without the signed ones."""
        return tuple(name for name in self.values if name not in self.signed)
