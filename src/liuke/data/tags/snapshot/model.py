"""Nouns of a snapshot: one file a tag, indexed by customer number, and the page that says what is in them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from liuke.data.tags.model import Family, Kind

Bits = npt.NDArray[np.uint8]
Values = npt.NDArray[Any]
Flags = npt.NDArray[np.bool_]
#: A tag's values over some customers, and which of them have none (None: all have one).
Told = tuple[Values, Any]

#: The files of a snapshot's folder.
PAGE: Final = "page.json"
PRESENT: Final = "present.bits"
#: The file beside the snapshots that names the newest.
NEWEST: Final = "newest"


@dataclass(frozen=True, slots=True)
class Plate:
    """What a snapshot says of one of its columns: enough to read it without the definition it came from.

    ``digest`` names the definition it was computed by; ``filled`` counts customers with a value (for a truth: with
    yes; for an amount or count: other than 0).
    """

    code: str
    name: str
    family: Family
    kind: Kind
    unit: str
    pi: str
    ingredient: bool
    dtype: str
    missing: bool
    words: tuple[str, ...]
    labels: tuple[str, ...]
    version: int
    digest: str
    filled: int
    told: int
    source: str


@dataclass(frozen=True)
class Column:
    """One tag of every customer, indexed by OneId (place 0 is nobody), mapped from disk.

    ``values``: packed bits of a truth (uint8, little bit order); uint8 codes into ``words`` of a word; days since 1970
    of a date, 分 of money, basis points of a rate, whole numbers of counts and days (int8 to int64, as narrow as all
    of them fit).
    ``missing``: packed bits of the customers without a value, None when nobody is without.
    """

    plate: Plate
    path: Path
    size: int

    @property
    def kind(self) -> Kind:
        """How the values are to be read."""
        return self.plate.kind

    @property
    def words(self) -> tuple[str, ...]:
        """The words of a WORD by code, as rules write them."""
        return self.plate.words

    @cached_property
    def values(self) -> Values:
        """The values, read-only."""
        length = packed_length(self.size) if self.kind is Kind.BOOL else self.size
        return np.memmap(self.path / f"{self.plate.code}.values", dtype=self.plate.dtype, mode="r", shape=(length,))

    @cached_property
    def missing(self) -> Bits | None:
        """Packed bits of customers without a value."""
        if not self.plate.missing:
            return None
        file = self.path / f"{self.plate.code}.missing"
        return np.memmap(file, dtype=np.uint8, mode="r", shape=(packed_length(self.size),))

    def at(self, one_id: int) -> bool | int | str | date | None:
        """One customer's value: a truth, a word, a date, or a number in the column's unit; None without one."""
        if self.missing is not None and bit(self.missing, one_id):
            return None
        number = bit(self.values, one_id) if self.kind is Kind.BOOL else int(self.values[one_id])
        return told(number, self.kind, self.words)


@dataclass(frozen=True, eq=False)
class Snapshot:
    """All tags of all customers as known on a day. It never changes; a newer one is another snapshot."""

    name: str
    path: Path
    as_of: date
    created_at: datetime
    engine: str
    #: Length of every column: one more than the largest customer number.
    size: int
    customers: int
    plates: Mapping[str, Plate]
    #: What the engine noted to go on from.
    trace: Mapping[str, Any]

    def state(self, code: str) -> Values:
        """An engine's own sums of a tag."""
        if code not in self._states:
            path, dtype = self.path / f"{code}.state", np.dtype(self.trace["states"][code])
            self._states[code] = np.memmap(path, dtype, "r") if path.stat().st_size else np.zeros(0, dtype)
        return self._states[code]

    @cached_property
    def _states(self) -> dict[str, Values]:
        return {}

    @cached_property
    def present(self) -> Bits:
        """Packed bits of the numbers that are customers."""
        return np.memmap(self.path / PRESENT, dtype=np.uint8, mode="r", shape=(packed_length(self.size),))

    @cached_property
    def _columns(self) -> dict[str, Column]:
        return {code: Column(plate, self.path, self.size) for code, plate in self.plates.items()}

    def column(self, code: str) -> Column:
        """A tag's column. Raises KeyError for a code the snapshot has not."""
        return self._columns[code]

    def __contains__(self, code: object) -> bool:
        return code in self.plates

    def holds(self, one_id: int) -> bool:
        """Whether the number is a customer of the snapshot."""
        return 0 < one_id < self.size and bit(self.present, one_id)


_EPOCH: Final = date(1970, 1, 1).toordinal()


def told(number: int, kind: Kind, words: Sequence[str]) -> bool | int | str | date:
    """What a column's number says: a truth, a word, a date, or the number itself in the column's unit."""
    match kind:
        case Kind.BOOL:
            return bool(number)
        case Kind.WORD:
            return words[number]
        case Kind.DATE:
            return date.fromordinal(_EPOCH + number)
        case _:
            return number


def packed_length(size: int) -> int:
    """Bytes that hold so many bits."""
    return (size + 7) // 8


def bit(bits: Bits, place: int) -> bool:
    """One bit of packed bits, little bit order."""
    return bool(bits[place >> 3] >> (place & 7) & 1)


def unpack(bits: Bits, size: int) -> Flags:
    """Packed bits as bools."""
    return np.unpackbits(bits, count=size, bitorder="little").view(np.bool_)
