"""三大提醒: the at most three things to know before speaking with a customer."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from liuke.data.profile.model import Reminder

#: How many reminders a page shows.
SHOWN: Final = 3
#: AUM that fell by this share (percent) within three months is a reminder.
DROP_PERCENT: Final = 30
#: Money or an assessment that ends within this many days.
NEAR_DAYS: Final = 30
#: Nobody spoke with the customer for this long.
UNSEEN_DAYS: Final = 90
BIRTHDAY_DAYS: Final = 7


@dataclass(frozen=True, slots=True)
class Situation:
    """What reminders are made from: amounts in 分, days as dates of the bank."""

    aum: int
    change_3m: int
    open_complaints: int
    next_maturity_on: date | None
    next_maturity_amount: int
    risk_valid_until: date | None
    last_contact_at: datetime | None
    birth_date: date | None


@dataclass(frozen=True, slots=True)
class Reminding:
    """One reminder with its day, amount (分) or number of days, where it has them."""

    kind: Reminder
    on: date | None = None
    amount: int | None = None
    days: int | None = None


def remind(situation: Situation, *, today: date) -> list[Reminding]:
    """The most pressing reminders first, at most three."""
    return [found for _, found in zip(range(SHOWN), _all(situation, today), strict=False)]


def _all(now: Situation, today: date) -> Iterator[Reminding]:
    if now.open_complaints:
        yield Reminding(Reminder.COMPLAINT_OPEN, days=None, amount=None)
    before = now.aum - now.change_3m
    if before > 0 and -now.change_3m * 100 >= before * DROP_PERCENT:
        yield Reminding(Reminder.AUM_DROP, amount=-now.change_3m)
    due = now.next_maturity_on
    if due and 0 <= (due - today).days <= NEAR_DAYS:
        yield Reminding(Reminder.MATURITY_NEAR, on=due, amount=now.next_maturity_amount, days=(due - today).days)
    if now.risk_valid_until:
        left = (now.risk_valid_until - today).days
        if left < 0:
            yield Reminding(Reminder.RISK_EXPIRED, on=now.risk_valid_until, days=-left)
        elif left <= NEAR_DAYS:
            yield Reminding(Reminder.RISK_EXPIRING, on=now.risk_valid_until, days=left)
    if now.birth_date and (left := _days_to_birthday(now.birth_date, today)) <= BIRTHDAY_DAYS:
        yield Reminding(Reminder.BIRTHDAY, on=today + timedelta(days=left), days=left)
    if now.last_contact_at and (silent := (today - now.last_contact_at.date()).days) >= UNSEEN_DAYS:
        yield Reminding(Reminder.UNSEEN, days=silent)


def _days_to_birthday(born: date, today: date) -> int:
    for year in (today.year, today.year + 1):
        day = _birthday(born, year)
        if day >= today:
            return (day - today).days
    raise AssertionError("next year's birthday is after today")


def _birthday(born: date, year: int) -> date:
    """The birthday in a year; who was born on 29 February has it on 1 March in other years."""
    try:
        return born.replace(year=year)
    except ValueError:
        return date(year, 3, 1)


def age(born: date, today: date) -> int:
    """Whole years lived."""
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))
