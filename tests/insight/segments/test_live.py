"""Whoever did something is in a live segment, or out of it, when the micro-batch has been told."""

from collections.abc import Callable
from typing import Any

import numpy as np
from sqlalchemy import select
from tests.insight.segments import town as make

from liuke.insight import segments
from liuke.insight.segments import Draft, desk
from liuke.insight.segments.count import bits
from liuke.insight.segments.members.renew import MACHINE
from liuke.kernel.bank import Bank
from liuke.kernel.rule import Checked, WindowCall
from liuke.kernel.store.log import event_table


class Looks:
    """Online windows of one kind of event: how often each customer did it."""

    def __init__(self) -> None:
        self.times: dict[int, int] = {}

    def windowed(self, _checked: Checked) -> Callable[[WindowCall], Callable[[Any], int]]:
        return lambda _call: lambda row: self.times.get(row["one_id"], 0)


RULE = "count_events('view', '7d') >= 3 and aum > 5900000 and net_outflow_rate_3m >= 0"


def members(bank: Bank, segment_id: int) -> list[int]:
    with bank.read(MACHINE) as tx:
        return [int(n) for n in bits.numbers(desk.standing(bank, tx).members(segment_id))]


def touched(*numbers: int) -> Any:
    return np.array(numbers, dtype=np.int32)


def test_customers_come_and_go_by_what_they_do(town: Bank) -> None:
    made = segments.create(town, make.analyst(), Draft("常看", RULE, "service", live=True))
    seconds = iter(range(0, 100, 2))
    live, looks = segments.Live(clock=lambda: next(seconds)), Looks()
    looks.times = {296: 3, 297: 2, 1: 9, 999: 5}
    live(town, looks, touched(1, 296, 297, 999))
    assert members(town, made.id) == [296]
    looks.times |= {297: 3, 296: 0}
    live(town, looks, touched(296, 297))
    live(town, looks, touched(296, 297))
    assert members(town, made.id) == [297]
    with town.read(MACHINE) as tx:
        told = tx.rows(select(event_table.c.payload).where(event_table.c.kind == "segment.moved"))
    assert [(row["payload"]["joined"], row["payload"]["gone"]) for row in told] == [([296], []), ([297], [296])]


def test_a_segment_that_is_not_live_or_needs_a_sequence_waits_for_the_batch(town: Bank) -> None:
    plain = segments.create(town, make.analyst(), Draft("批量", RULE, "service"))
    text = "followed_events('view', 'submit', '7d') = 1 and count_events('view', '7d') >= 3"
    sequence = segments.create(town, make.analyst(), Draft("序列", text, "service", live=True))
    looks = Looks()
    looks.times = {296: 3}
    segments.Live()(town, looks, touched(296))
    assert (members(town, plain.id), members(town, sequence.id)) == ([], [])


def test_a_live_segment_follows_a_live_segment_it_names(town: Bank) -> None:
    analyst, seconds = make.analyst(), iter(range(0, 100, 2))
    inner = segments.create(town, analyst, Draft("内", "count_events('view', '7d') >= 3", "service", live=True))
    outer = segments.create(town, analyst, Draft("外", f"{inner.field} and aum > 1", "service", live=True))
    live, looks = segments.Live(clock=lambda: next(seconds)), Looks()
    looks.times = {296: 3}
    live(town, looks, touched(296))
    live(town, looks, touched(296))
    assert (members(town, inner.id), members(town, outer.id)) == ([296], [296])
