"""Segments of a demonstration bank: one of every template, with the sizes of the last month ends."""

from dataclasses import replace
from typing import Final

from liuke.app.demo.past import data_day, month_ends
from liuke.insight import segments
from liuke.kernel.actor import Actor
from liuke.kernel.bank import Bank

#: Templates whose rules ask of events alone. The demonstration bank's balances and persons are known as of the data day
#: only: for what asks of those, an earlier day would count nobody.
_OF_EVENTS: Final = ("inactive", "card_drop", "night_wealth", "large_deposit", "looked_not_bought")


def group(bank: Bank, actor: Actor) -> None:
    """Make a segment of every template, computed for today and those of events for month ends too; safe to repeat.

    The month ends' tags must be there (`past.look_back`).
    """
    owner = replace(actor, display="总行分析师")
    today = data_day(bank, actor)
    if today is None:
        return
    past = month_ends(today)
    made = segments.install(bank, owner, keys=_OF_EVENTS, as_of=past[0])
    if made:
        numbers = [one.id for one in made]
        for then in (*past[1:], None):
            segments.refresh(bank, owner, cause=segments.Cause.TAGS, only=numbers, as_of=then)
    segments.install(bank, owner)
