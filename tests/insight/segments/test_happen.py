"""Events in batch answer as a walk over each customer's events does."""

import random
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
import pytest
from tests.data.profile import builders as lake

from liuke.insight.segments.count import happen
from liuke.insight.segments.members.hold import cut
from liuke.kernel import rule
from liuke.kernel.actor import Actor
from liuke.kernel.bank import Bank
from liuke.kernel.rule.term import Apply, Windowed

UNTIL = cut(date(2026, 10, 31))
SIZE = 12
Happened = list[tuple[int, str, datetime, dict[str, Any]]]


@pytest.fixture
def happened(bank: Bank, machine: Actor) -> Happened:
    """Events of ten customers over a hundred days, some at the very edges of windows."""
    rng = random.Random(7)
    edges = [timedelta(0), timedelta(days=7), timedelta(days=30), timedelta(days=90), timedelta(microseconds=1)]
    found: Happened = []
    for number in range(400):
        at = UNTIL - (rng.choice(edges) if number % 8 == 0 else timedelta(minutes=rng.randrange(144_000)))
        facts = {"page": rng.choice(["home", "wealth_list", None]), "seconds": rng.choice([None, 3, 40])}
        found.append((rng.randrange(1, 11), rng.choice(["login", "view", "submit"]), at, facts))
    rows = [
        lake.a_behaviour("app", f"e{place}", f"U-{one_id}", at, name=name, **facts)
        for place, (one_id, name, at, facts) in enumerate(found)
    ]
    lake.fill(bank, machine, "behaviour", rows)
    lake.join(bank, machine, {("app", f"U-{number}"): number for number in range(1, 11)})
    return found


def a_call(text: str) -> tuple[rule.Checked, Windowed]:
    """The window call a text compares."""
    catalogue = rule.Catalogue({}, happen.EVENTS, windows=happen.ALL_WINDOWS)
    checked = rule.check(rule.parse(text), catalogue)
    assert isinstance(checked.term, Apply)
    found = next(arg for arg in checked.term.args if isinstance(arg, Windowed))
    return checked, found


def column(bank: Bank, machine: Actor, text: str) -> list[Any]:
    checked, term = a_call(text)
    with bank.read(machine) as tx, happen.reading(bank, tx) as engine:
        made = happen.column(engine, checked, term, until=UNTIL, size=SIZE)
    gone = np.zeros(SIZE, bool) if made.missing is None else np.unpackbits(made.missing, bitorder="little")[:SIZE]
    return [None if gone[n] else int(made.values[n]) for n in range(1, 11)]


def by_hand(happened: Happened, answer: Callable[[Happened], Any]) -> list[Any]:
    return [answer(sorted((one for one in happened if one[0] == n), key=lambda one: one[2])) for n in range(1, 11)]


def within(events: Happened, name: str, days: int) -> Happened:
    return [one for one in events if one[1] == name and UNTIL - timedelta(days=days) <= one[2] < UNTIL]


def test_counts_sums_and_distinct_values_look_back_from_the_end_of_the_day(
    bank: Bank, machine: Actor, happened: Happened
) -> None:
    assert column(bank, machine, "count_events('login', '7d') > 1") == by_hand(
        happened, lambda events: len(within(events, "login", 7))
    )
    assert column(bank, machine, "count_events('view', '30d', page = 'home', seconds > 3) > 1") == by_hand(
        happened,
        lambda events: sum(
            one[3]["page"] == "home" and (one[3]["seconds"] or 0) > 3 for one in within(events, "view", 30)
        ),
    )
    assert column(bank, machine, "sum_events('view', '90d', seconds) > 1") == by_hand(
        happened, lambda events: sum(one[3]["seconds"] or 0 for one in within(events, "view", 90))
    )
    assert column(bank, machine, "distinct_events('view', '90d', page) > 1") == by_hand(
        happened, lambda events: len({one[3]["page"] for one in within(events, "view", 90)} - {None})
    )


def test_the_last_time_is_missing_for_who_never_did_it(bank: Bank, machine: Actor, happened: Happened) -> None:
    def last(events: Happened) -> int | None:
        times = [one[2] for one in events if one[1] == "submit" and one[2] < UNTIL and one[3]["seconds"] == 40]
        return (max(times) - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1) if times else None

    text = "last_event('submit', seconds = 40) > timestamp '2026-01-01 00:00:00'"
    assert column(bank, machine, text) == by_hand(happened, last)


@pytest.mark.parametrize(("second", "days"), [("submit", 7), ("view", 7), ("submit", 1)])
def test_a_sequence_counts_firsts_followed_in_time(
    bank: Bank, machine: Actor, happened: Happened, second: str, days: int
) -> None:
    def followed(events: Happened) -> int:
        firsts = [one[2] for one in within(events, "view", happen.HORIZON_DAYS) if one[3]["page"] == "home"]
        seconds = [one[2] for one in within(events, second, happen.HORIZON_DAYS)]
        return sum(any(at < then <= at + timedelta(days=days) for then in seconds) for at in firsts)

    found = column(bank, machine, f"followed_events('view', '{second}', '{days}d', page = 'home') > 0")
    assert found == by_hand(happened, followed)
    assert any(found)


def test_a_sequence_is_said_in_chinese() -> None:
    checked, _ = a_call("followed_events('view', 'submit', '7d') = 0")
    assert rule.to_chinese(checked) == "近90天内没有浏览后7天内接着提交"
