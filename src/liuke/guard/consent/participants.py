"""Rooms that keep something about a customer say here how it is told, erased and why part of it is kept."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from liuke.kernel.ids import OneId
from liuke.kernel.store.records import ReadHandle, WriteHandle


@dataclass(frozen=True, slots=True)
class Kept:
    """What stays after an erasure: what, why (the law), until when, in words a customer understands."""

    what: str
    why: str
    until: str
    verify: bool


@dataclass(frozen=True, slots=True)
class Participant:
    """A room's part in requests of data subjects. ``export`` gives JSON values; ``erase`` may be done twice."""

    name: str
    title: str
    export: Callable[[ReadHandle, OneId], Any]
    erase: Callable[[WriteHandle, OneId], None] | None = None
    kept: tuple[Kept, ...] = ()


_KNOWN: Final[dict[str, Participant]] = {}


def participate(participant: Participant) -> None:
    """Take part in exports and erasures; the last of a name counts."""
    _KNOWN[participant.name] = participant


def participants() -> tuple[Participant, ...]:
    """All rooms that take part, by name."""
    return tuple(_KNOWN[name] for name in sorted(_KNOWN))
