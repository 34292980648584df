"""Time is asked of a clock, never of the machine: tests and replays set it."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

#: The bank's business day is the civil day in Shanghai.
BANK_ZONE = ZoneInfo("Asia/Shanghai")


class Clock(Protocol):
    """Where the present comes from."""

    def now(self) -> datetime:
        """The present moment, aware, in UTC."""
        ...

    def today(self) -> date:
        """The bank's business day."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def today(self) -> date:
        return self.now().astimezone(BANK_ZONE).date()


@dataclass(slots=True)
class FixedClock:
    """A clock that stands still until it is moved: for tests and replays."""

    moment: datetime

    def now(self) -> datetime:
        return self.moment

    def today(self) -> date:
        return self.moment.astimezone(BANK_ZONE).date()

    def advance(self, by: timedelta) -> None:
        """Move the clock forward (or back) by ``by``."""
        self.moment += by
