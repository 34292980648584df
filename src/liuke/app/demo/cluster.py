"""One clustering of the demonstration bank, compared with the month ends before."""

from datetime import date, timedelta
from typing import Final

from liuke.data import tags
from liuke.insight import clusters
from liuke.insight.clusters import TooFewCustomers, Wanted
from liuke.kernel.actor import Actor
from liuke.kernel.bank import Bank
from liuke.kernel.job import running

#: Month ends whose tags are computed for the comparison.
_MONTHS: Final = 3


def find_groups(bank: Bank, actor: Actor) -> None:
    """Tags of the newest day and of the month ends before it where they are not there yet, then one clustering."""
    newest = _newest(bank, actor)
    if newest is None:
        return
    last = newest
    for _ in range(_MONTHS):
        last = last.replace(day=1) - timedelta(days=1)
        if last not in tags.days(bank):
            tags.refresh(bank, actor, as_of=last)
    try:
        with running(bank, actor, job="clusters.run") as progress:
            clusters.run(bank, actor, Wanted(), progress=progress)
    except TooFewCustomers:
        return  # a handful of customers falls into no groups; the run says so on its page


def _newest(bank: Bank, actor: Actor) -> date | None:
    days = tags.days(bank)
    return days[-1] if days else tags.refresh(bank, actor).as_of
