"""The past of a demonstration bank: tags of the month ends before the data day, so that trends have a beginning."""

from datetime import date, timedelta
from typing import Final

from liuke.data import tags
from liuke.kernel.actor import Actor
from liuke.kernel.bank import Bank

_MONTHS: Final = 3


def data_day(bank: Bank, actor: Actor) -> date | None:
    """The day of the newest tags, computed when there are none; None without data."""
    try:
        return tags.open(bank).as_of
    except tags.NoSnapshot:
        return tags.refresh(bank, actor).as_of


def month_ends(today: date) -> list[date]:
    """The last month ends before a day, oldest first."""
    found = []
    day = today
    for _ in range(_MONTHS):
        day = day.replace(day=1) - timedelta(days=1)
        found.append(day)
    return found[::-1]


def look_back(bank: Bank, actor: Actor) -> None:
    """Compute the tags of the last month ends where they are not there yet."""
    today = data_day(bank, actor)
    for day in month_ends(today) if today else ():
        if day not in tags.days(bank):
            tags.refresh(bank, actor, as_of=day)
