"""What counting reads: typed columns of tags by customer number, as a snapshot of a day holds them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from liuke.insight.segments.count import bits
from liuke.insight.segments.count.bits import Bits


class Column(Protocol):
    """One tag of every customer.

    ``kind`` is ``bool`` for packed bits. ``values``: ``(size,)`` whole numbers in the stored unit (分, days since 1970,
    units of 10^-scale), codes of ``words`` for text, or packed bits for yes/no. ``missing``: packed bits of customers
    without a value, or None.
    """

    @property
    def kind(self) -> str: ...
    @property
    def values(self) -> NDArray[Any]: ...
    @property
    def missing(self) -> NDArray[np.uint8] | None: ...
    @property
    def words(self) -> Sequence[str] | None: ...


class Snapshot(Protocol):
    """The tags of a day: never changed once published. No other snapshot has its ``name``."""

    @property
    def name(self) -> str: ...
    @property
    def as_of(self) -> date: ...
    @property
    def size(self) -> int: ...
    @property
    def present(self) -> NDArray[np.uint8]: ...
    def column(self, code: str) -> Column: ...


@dataclass(frozen=True, slots=True, eq=False)
class Typed:
    """A column ready to be compared: ``valid`` are the customers present who have a value.

    Of a yes/no column ``yes`` holds the set and ``values`` is empty.
    """

    values: NDArray[Any]
    valid: Bits
    words: tuple[str, ...] = ()
    yes: Bits | None = None


def typed(column: Column, present: Bits, size: int) -> Typed:
    """A column of the snapshot made ready."""
    valid = present if column.missing is None else present & ~bits.widened(column.missing, size)
    if column.kind == "bool":
        return Typed(np.zeros(0, np.uint8), valid, yes=bits.widened(column.values, size) & valid)
    return Typed(column.values[:size], valid, tuple(column.words or ()))


@dataclass(frozen=True, slots=True, eq=False)
class Derived:
    """A column computed here, such as a count of events: it has the shape of a tag's."""

    values: NDArray[Any]
    missing: NDArray[np.uint8] | None = None
    words: Sequence[str] | None = None
    kind: str = "count"


@dataclass(frozen=True, slots=True, eq=False)
class Held:
    """A snapshot in memory: what tests and other engines give to be counted."""

    as_of: date
    size: int
    present: NDArray[np.uint8]
    columns: Mapping[str, Column] = field(default_factory=dict)
    name: str = "held"

    def column(self, code: str) -> Column:
        """One tag."""
        return self.columns[code]
