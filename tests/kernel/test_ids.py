"""Identifiers: ordered by time, and within a millisecond by the order they were made in."""

import itertools
from datetime import timedelta

from liuke.kernel.clock import FixedClock
from liuke.kernel.ids import new_id


def test_ids_of_one_millisecond_are_in_the_order_they_were_made(clock: FixedClock) -> None:
    made = [new_id(clock) for _ in range(2_048)]
    assert made == sorted(made)
    assert {one.version for one in made} == {7}
    assert {one.variant for one in made} == {"specified in RFC 4122"}


def test_a_later_millisecond_sorts_after_an_earlier_one(clock: FixedClock) -> None:
    made = []
    for _ in range(200):
        made += [new_id(clock), new_id(clock)]
        clock.advance(timedelta(milliseconds=1))
    assert all(one < other for one, other in itertools.pairwise(made))


def test_more_ids_than_a_millisecond_counts_still_differ(clock: FixedClock) -> None:
    assert len({new_id(clock) for _ in range(10_000)}) == 10_000
