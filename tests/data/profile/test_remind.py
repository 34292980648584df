"""Which three things come first, and from which day on."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some
from liuke.data.profile.model import Reminder
from liuke.data.profile.remind import SHOWN, Situation, age, remind

TODAY = date(2026, 11, 2)


def a_situation(**facts: Any) -> Situation:
    quiet = {"aum": 1_000, "change_3m": 0, "open_complaints": 0, "next_maturity_on": None, "next_maturity_amount": 0}
    return Situation(**(quiet | {"risk_valid_until": None, "last_contact_at": None, "birth_date": None} | facts))


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({}, []),
        ({"open_complaints": 1}, [Reminder.COMPLAINT_OPEN]),
        ({"aum": 700, "change_3m": -300}, [Reminder.AUM_DROP]),
        ({"aum": 701, "change_3m": -299}, []),
        ({"aum": 0, "change_3m": 0}, []),
        ({"next_maturity_on": TODAY}, [Reminder.MATURITY_NEAR]),
        ({"next_maturity_on": TODAY + timedelta(days=30)}, [Reminder.MATURITY_NEAR]),
        ({"next_maturity_on": TODAY + timedelta(days=31)}, []),
        ({"next_maturity_on": TODAY - timedelta(days=1)}, []),
        ({"risk_valid_until": TODAY - timedelta(days=1)}, [Reminder.RISK_EXPIRED]),
        ({"risk_valid_until": TODAY}, [Reminder.RISK_EXPIRING]),
        ({"risk_valid_until": TODAY + timedelta(days=31)}, []),
        ({"birth_date": date(1990, 11, 9)}, [Reminder.BIRTHDAY]),
        ({"birth_date": date(1990, 11, 10)}, []),
        ({"last_contact_at": datetime(2026, 8, 4, tzinfo=UTC)}, [Reminder.UNSEEN]),
        ({"last_contact_at": datetime(2026, 8, 5, tzinfo=UTC)}, []),
    ],
)
def test_a_reminder_begins_and_ends_on_its_day(facts: dict, expected: list[Reminder]) -> None:
    assert [one.kind for one in remind(a_situation(**facts), today=TODAY)] == expected


def test_who_was_born_on_the_leap_day_has_a_birthday_every_year() -> None:
    told = remind(a_situation(birth_date=date(1992, 2, 29)), today=date(2027, 2, 25))
    assert [(one.kind, one.on) for one in told] == [(Reminder.BIRTHDAY, date(2027, 3, 1))]


@given(
    some.integers(0, 10**12),
    some.integers(-(10**12), 10**12),
    some.dates(date(1900, 1, 1), date(2026, 1, 1)),
    some.dates(date(2020, 1, 1), date(2030, 1, 1)),
)
def test_there_are_never_more_than_three_and_the_complaint_leads(
    aum: int, change: int, born: date, until: date
) -> None:
    situation = a_situation(
        aum=aum, change_3m=change, open_complaints=1, next_maturity_on=until, risk_valid_until=until, birth_date=born
    )
    told = remind(situation, today=TODAY)
    assert 1 <= len(told) <= SHOWN
    assert told[0].kind is Reminder.COMPLAINT_OPEN
    assert age(born, TODAY) >= 0
