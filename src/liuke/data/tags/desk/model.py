"""Nouns of the desk: how a tag's values are spread, a draft that was tried, all there is to know about a tag."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from liuke.data.tags.model import Tag
from liuke.data.tags.snapshot.model import Plate
from liuke.data.tags.store import Saved
from liuke.kernel.lineage import Node


@dataclass(frozen=True, slots=True)
class Bin:
    """How many customers have a value in ``low ≤ value < high`` (numbers and dates), or this ``word`` or truth.

    Amounts in 分, rates in basis points, dates in days since 1970; None is open.
    """

    word: str
    low: int | None
    high: int | None
    customers: int


@dataclass(frozen=True, slots=True)
class Spread:
    """How a tag's values are spread over customers. ``missing`` have no value; the quantiles are of those who have."""

    bins: Sequence[Bin]
    customers: int
    missing: int
    filled: int
    low: int | None
    median: int | None
    high: int | None


@dataclass(frozen=True, slots=True)
class Tried:
    """A draft computed on the newest day. ``every``: one customer in so many was looked at and counted.

    ``one_ids`` are customers with a value, in random order, for whoever may show some of them; ``values`` are theirs.
    """

    as_of: date
    sentence: str
    every: int
    spread: Spread
    one_ids: Sequence[int]
    values: Sequence[bool | int | str | date | None]


@dataclass(frozen=True, slots=True)
class Listed:
    """A tag in the catalogue. ``plate`` None: no snapshot has it yet. ``draft``: a newer version is not in force."""

    tag: Tag
    plate: Plate | None
    users: int
    draft: bool


@dataclass(frozen=True, slots=True)
class Catalogued:
    """The catalogue with the day and time it was computed; None before the first refresh."""

    as_of: date | None
    refreshed_at: datetime | None
    customers: int
    tags: Sequence[Listed]


@dataclass(frozen=True, slots=True)
class Shown:
    """One tag: its definition in force or newest draft, how it reads, what it needs, how it is spread, its versions."""

    tag: Tag
    sentence: str
    needs: Sequence[Tag]
    users: Sequence[Node]
    plate: Plate | None
    as_of: date | None
    refreshed_at: datetime | None
    spread: Spread | None
    versions: Sequence[Saved]
