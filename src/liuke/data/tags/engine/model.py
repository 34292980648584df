"""What an engine of tags is: given the book and a day, the columns of all tags."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import NamedTuple, Protocol

from liuke.data.tags.define.book import Book
from liuke.data.tags.snapshot.model import Bits, Values
from liuke.kernel.bank import Bank
from liuke.kernel.store.records import ReadHandle

#: Says how far a refresh is: (fraction, Chinese phrase).
Report = Callable[[float, str], None]


@dataclass(frozen=True, slots=True)
class Task:
    """What is to be computed. ``tx`` sees one state of the lake and of who is who; ``root`` is the tags' own folder."""

    bank: Bank
    tx: ReadHandle
    book: Book
    as_of: date
    root: Path
    report: Report


class Computed(NamedTuple):
    """One tag of everybody: bools for a truth, else whole numbers (as columns hold them); ``missing`` packed bits."""

    code: str
    values: Values
    missing: Bits | None


@dataclass(frozen=True, slots=True)
class Answer:
    """What an engine found: who is a customer, the columns one after another, and whether all was computed afresh.

    ``states`` and ``trace`` are the engine's own, to go on from: kept with the snapshot, no reader's business.
    """

    size: int
    present: Bits
    columns: Iterator[Computed]
    full: bool
    states: Mapping[str, Values] = field(default_factory=dict)
    trace: Mapping[str, object] = field(default_factory=dict)


class Engine(Protocol):
    """Computes all tags of a book as known on a day. Every engine gives equal bytes for equal facts."""

    #: How the command line and the snapshot call it.
    name: str

    def compute(self, task: Task) -> Answer:
        """Raises what its store raises; nothing is published then."""
        ...
