"""Nouns of the fact store: segments, tables and the page that says which of them count."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from liuke.data.tags.model import NO_DAY

#: Customers of one bucket: few enough that what is added up for them is near the processor, and enough that the steps
#: in between, of which one runs at a time, weigh little.
BUCKET_BITS: Final = 16
BUCKET: Final = 1 << BUCKET_BITS
#: Stands for a value that is not there.
NULL: Final = np.iinfo(np.int64).min

Ints = npt.NDArray[Any]


@dataclass(frozen=True)
class Segment:
    """Rows written together. ``number`` grows with time; ``last_known`` and ``last_dead`` bound when rows changed,
    ``first_day`` and ``last_day`` the days they are of.

    Columns: id (uint32), day (uint16), known (uint16), dead (uint16, only when ``mortal``), facet (uint32), and one
    int64 a stored value.
    """

    path: Path
    number: int
    rows: int
    buckets: int
    last_known: int
    last_dead: int
    mortal: bool
    first_day: int = 0
    last_day: int = NO_DAY

    @cached_property
    def starts(self) -> Ints:
        """Where each bucket begins, one more than there are buckets."""
        return np.fromfile(self.path / "starts", np.int64)

    @cached_property
    def days(self) -> Ints:
        """The day of every row, to find a stretch of days in: mapped, as a search looks at few of them."""
        return np.memmap(self.path / "day", DTYPES["day"], "r")

    def slice(self, name: str, begin: int, end: int) -> Ints:
        """Some rows of a column, read-only. Read, not mapped: what was used once shall not stay in memory."""
        dtype = np.dtype(DTYPES.get(name, np.int64))
        handle = os.open(self.path / name, os.O_RDONLY)
        try:
            told = os.pread(handle, (end - begin) * dtype.itemsize, begin * dtype.itemsize)
        finally:
            os.close(handle)
        return np.frombuffer(told, dtype)

    def span(self, bucket: int) -> tuple[int, int]:
        """The rows of a bucket."""
        if bucket >= self.buckets:
            return 0, 0
        return int(self.starts[bucket]), int(self.starts[bucket + 1])


DTYPES: Final[Mapping[str, Any]] = {
    "id": np.uint32,
    "day": np.uint16,
    "known": np.uint16,
    "dead": np.uint16,
    "facet": np.uint32,
}


@dataclass(frozen=True)
class Facts:
    """A table's facts: its segments, its facets by code, and from which segment on each customer's rows count.

    Customers whose rows were written again count only in segments of that number or later (``since``); None: all
    rows of all segments count.
    """

    segments: tuple[Segment, ...]
    facets: Mapping[str, list[Any]]
    since: Ints | None = None

    @property
    def facet_count(self) -> int:
        """How many combinations of facets there are."""
        return len(next(iter(self.facets.values()), []))

    @property
    def buckets(self) -> int:
        """How many buckets have rows."""
        return max((segment.buckets for segment in self.segments), default=0)


@dataclass(frozen=True, slots=True)
class Kept:
    """What the page says of a table: its segments, the lake's files they were made from, the facets known."""

    segments: tuple[dict[str, Any], ...] = ()
    files: tuple[str, ...] = ()
    facets: int = 0
    since: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """Which segments count."""

    next_number: int = 1
    tables: Mapping[str, Kept] = field(default_factory=dict)
    #: Which layout the files have; another is written afresh.
    layout: str = ""
