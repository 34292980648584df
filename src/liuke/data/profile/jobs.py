"""The 360 pages as background work: after loads and decisions about identity, and all of them once a day."""

from datetime import datetime, timedelta
from typing import Final

from liuke.data.profile.refresh.affected import affected
from liuke.data.profile.refresh.load import Refreshed, refresh
from liuke.kernel.actor import Actor
from liuke.kernel.bank import Bank
from liuke.kernel.event import Recorded
from liuke.kernel.job import Job, Progress
from liuke.kernel.store import log

#: Events that may change a page.
CALLS: Final = ("source.loaded", "identity.ran", "identity.merged", "identity.split")

_CONSUMER: Final = "profile.refresh"
_MOST_EVENTS: Final = 5000


def follow(bank: Bank, actor: Actor, progress: Progress | None = None) -> Refreshed:
    """Refresh the customers that events since the last time concern; all of them when there is no event.

    The place in the event log moves only after the refresh: what a crash interrupts is done again.
    """
    events, since = _unread(bank, actor)
    only = affected(bank, actor, events, since=since) if events else None
    done = refresh(bank, actor, only=only, report=progress.at if progress else lambda _fraction, _phrase: None)
    if events:
        with bank.write(actor) as tx:
            log.advance(tx.connection, _CONSUMER, events[-1].txn, events[-1].seq, bank.clock)
    return done


def _unread(bank: Bank, actor: Actor) -> tuple[list[Recorded], datetime | None]:
    """Events not yet followed, and when events were last followed."""
    with bank.write(actor) as tx:
        txn, seq = log.position(tx.connection, _CONSUMER)
        moved = tx.one(log.cursor_table.select().where(log.cursor_table.c.consumer == _CONSUMER))
        events = log.read_after(tx.connection, txn, seq, kinds=CALLS, limit=_MOST_EVENTS)
    return events, moved["moved_at"] if moved else None


def _work(bank: Bank, actor: Actor, progress: Progress, _target: str) -> None:
    follow(bank, actor, progress)


JOBS: Final[tuple[Job, ...]] = (
    Job(name="profile.refresh", title="客户画像刷新", work=_work, every=timedelta(days=1), after=CALLS),
)
