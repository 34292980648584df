"""What an engine of tags is: given the book and a day, the columns of all tags."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Protocol

from liuke.data.tags.define.book import Book
from liuke.data.tags.snapshot.model import Flags, Told, Values
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


class Sink(Protocol):
    """Takes stretches of customers from an engine's threads, in any order, each once."""

    def put(self, begin: int, present: Flags, told: Mapping[str, Told]) -> None:
        """Tags of customers from ``begin`` on (a multiple of eight): who is one, and each tag's (values, missing)."""
        ...

    def put_states(self, begin: int, states: Mapping[str, Values]) -> None:
        """The engine's own sums of customers from ``begin`` on."""
        ...


@dataclass(frozen=True, slots=True)
class Answer:
    """Whether all was computed afresh, and what the engine notes to go on from: no reader's business.

    ``kept``: numbers of others than all customers; ``trace``: what fits on a page.
    """

    full: bool
    kept: Mapping[str, Values] = field(default_factory=dict)
    trace: Mapping[str, object] = field(default_factory=dict)


class Engine(Protocol):
    """Computes all tags of a book as known on a day. Every engine gives equal bytes for equal facts."""

    #: How the command line and the snapshot call it.
    name: str

    def compute(self, task: Task, into: Sink) -> Answer:
        """Raises what its store raises; nothing is published then."""
        ...
