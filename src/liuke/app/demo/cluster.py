"""One clustering of the demonstration bank, compared with the month ends before."""

from liuke.app.demo.past import data_day
from liuke.insight import clusters
from liuke.insight.clusters import TooFewCustomers, Wanted
from liuke.kernel.actor import Actor
from liuke.kernel.bank import Bank
from liuke.kernel.job import running


def find_groups(bank: Bank, actor: Actor) -> None:
    """One clustering on the newest tags; those of the month ends must be there for it to be compared with."""
    if data_day(bank, actor) is None:
        return
    try:
        with running(bank, actor, job="clusters.run") as progress:
            clusters.run(bank, actor, Wanted(), progress=progress)
    except TooFewCustomers:
        return  # a handful of customers falls into no groups; the run says so on its page
