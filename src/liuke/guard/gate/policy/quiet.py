"""Quiet hours: whether a moment falls into one, and when the next open minute comes."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Final

from liuke.guard.consent import Channel, Purpose
from liuke.guard.gate.policy.model import DayKind, Quiet
from liuke.kernel.clock import BANK_ZONE

#: How far the next open minute is looked for.
HORIZON_DAYS: Final = 16
_STEP: Final = timedelta(minutes=15)
_SATURDAY: Final = 6


def kind_of(day: date, calendar: Mapping[date, DayKind]) -> DayKind:
    """What kind of day it is: as the calendar says, else by its weekday."""
    return calendar.get(day) or (DayKind.REST if day.isoweekday() >= _SATURDAY else DayKind.WORKDAY)


def quiet_now(
    quiets: Iterable[Quiet], channel: Channel, purpose: Purpose, now: datetime, calendar: Mapping[date, DayKind]
) -> Quiet | None:
    """The quiet span that holds at the moment, if one does."""
    local = now.astimezone(BANK_ZONE)
    day, minute = kind_of(local.date(), calendar), local.hour * 60 + local.minute
    for span in quiets:
        meant = purpose in span.purposes and (not span.channels or channel in span.channels) and day in span.days
        if meant and _within(minute, span.from_minute, span.to_minute):
            return span
    return None


def next_open(
    quiets: Iterable[Quiet], channel: Channel, purpose: Purpose, now: datetime, calendar: Mapping[date, DayKind]
) -> datetime | None:
    """The next quarter of an hour outside every quiet span, within sixteen days."""
    spans = tuple(quiets)
    local = now.astimezone(BANK_ZONE).replace(second=0, microsecond=0)
    moment = local - timedelta(minutes=local.minute % 15) + _STEP
    for _ in range(HORIZON_DAYS * 96):
        if quiet_now(spans, channel, purpose, moment, calendar) is None:
            return moment
        moment += _STEP
    return None


def _within(minute: int, start: int, end: int) -> bool:
    return start <= minute < end if start < end else minute >= start or minute < end
