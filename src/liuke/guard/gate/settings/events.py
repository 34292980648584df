"""What happened to freezes, hold-outs and the calendar."""

from dataclasses import dataclass
from typing import ClassVar

from liuke.kernel.event import Event


@dataclass(frozen=True, kw_only=True)
class FreezeMoved(Event):
    """A customer was frozen, or a freeze lifted."""

    kind: ClassVar[str] = "gate.freeze_moved"
    freeze: str
    lifted: bool


@dataclass(frozen=True, kw_only=True)
class HoldoutMoved(Event):
    """A hold-out was registered or ended."""

    kind: ClassVar[str] = "gate.holdout_moved"
    holdout: str
    members: int
    ended: bool


@dataclass(frozen=True, kw_only=True)
class CalendarChanged(Event):
    """A day of the calendar was set."""

    kind: ClassVar[str] = "gate.calendar_changed"
    day: str
    day_kind: str
