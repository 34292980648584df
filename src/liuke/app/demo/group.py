"""Segments of a demonstration bank: one of every template, with the sizes of the last month ends."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Final

from liuke.data import tags
from liuke.insight import segments
from liuke.kernel.actor import Actor
from liuke.kernel.bank import Bank

#: Month ends before the data day that segments are computed for, so that their trend has a past.
_MONTHS: Final = 3
#: Templates whose rules ask of events alone. The demonstration bank's balances and persons are known as of the data day
#: only: for what asks of those, an earlier day would count nobody.
_OF_EVENTS: Final = ("inactive", "card_drop", "night_wealth", "large_deposit", "looked_not_bought")


def group(bank: Bank, actor: Actor) -> None:
    """Make a segment of every template, computed for today and those of events for month ends too; safe to repeat."""
    owner = replace(actor, display="总行分析师")
    today = _tagged(bank, actor)
    if today is None:
        return
    past = _month_ends(today)
    for day in past:
        if day not in tags.days(bank):
            tags.refresh(bank, actor, as_of=day)
    made = segments.install(bank, owner, keys=_OF_EVENTS, as_of=past[0])
    if made:
        numbers = [one.id for one in made]
        for then in (*past[1:], None):
            segments.refresh(bank, owner, cause=segments.Cause.TAGS, only=numbers, as_of=then)
    segments.install(bank, owner)


def _tagged(bank: Bank, actor: Actor) -> date | None:
    """The day of the newest tags, computed when there are none."""
    try:
        return tags.open(bank).as_of
    except tags.NoSnapshot:
        return tags.refresh(bank, actor).as_of


def _month_ends(today: date) -> list[date]:
    """The last month ends before a day, oldest first."""
    found = []
    day = today
    for _ in range(_MONTHS):
        day = day.replace(day=1) - timedelta(days=1)
        found.append(day)
    return found[::-1]
