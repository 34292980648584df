"""Typed events: what happened, written in the same transaction as the change itself.

An event's payload holds identifiers and codes only, never a name, phone or ID number: the log is kept for ten years and
cannot be changed. `liuke.kernel.store.log` stores and reads them.
"""

from dataclasses import dataclass, fields
from datetime import datetime
from typing import ClassVar, Final
from uuid import UUID

from liuke.kernel.ids import OneId

#: Every event type by its kind, so that a stored event can be read back typed.
KINDS: Final[dict[str, type["Event"]]] = {}


@dataclass(frozen=True, kw_only=True)
class Event:
    """What happened. A subclass names its ``kind`` (noun.verb-past) and adds its facts as fields."""

    kind: ClassVar[str] = ""
    version: ClassVar[int] = 1
    #: Whether consumers are woken at once. A look at a page wakes nobody.
    wakes: ClassVar[bool] = True

    #: The customer it is about, if it is about one.
    subject: OneId | None = None

    def __init_subclass__(cls) -> None:
        if not cls.kind or KINDS.setdefault(cls.kind, cls).__qualname__ != cls.__qualname__:
            raise TypeError(f"{cls.__qualname__}: an event needs a kind of its own, not {cls.kind!r}")

    def payload(self) -> dict[str, object]:
        """The facts, without the subject."""
        return {field.name: getattr(self, field.name) for field in fields(self) if field.name != "subject"}


@dataclass(frozen=True, slots=True)
class Recorded:
    """An event as it stands in the log: with its place, time and actor."""

    txn: int
    seq: int
    id: UUID
    kind: str
    version: int
    at: datetime
    actor_id: str
    via: str
    request_id: str
    subject: OneId | None
    payload: dict[str, object]
