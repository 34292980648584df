"""Bring the tags up to a day: compute them by an engine, write a snapshot, publish it and say so."""

import time
from dataclasses import dataclass
from datetime import date
from typing import Final

import duckdb

from liuke.data import sources
from liuke.data.tags import store
from liuke.data.tags.define.book import bind
from liuke.data.tags.engine import choose
from liuke.data.tags.engine.model import Engine, Report, Task
from liuke.data.tags.model import TagsRefreshed, TagsRunning
from liuke.data.tags.publish import publish
from liuke.data.tags.snapshot import write
from liuke.kernel.actor import Actor, Permission
from liuke.kernel.bank import Bank

#: Days kept besides month ends.
KEEP_DAYS: Final = 8
#: Tables of the bank's own books: their newest row says which day the bank is at.
_BOOKS: Final = ("account", "customer", "transaction")


@dataclass(frozen=True, slots=True)
class Refreshed:
    """What a refresh did; ``as_of`` None: there is no data yet."""

    as_of: date | None
    snapshot: str
    customers: int
    tags: int
    full: bool


def refresh(
    bank: Bank,
    actor: Actor,
    *,
    as_of: date | None = None,
    engine: Engine | None = None,
    report: Report = lambda _fraction, _phrase: None,
) -> Refreshed:
    """Compute all live tags as known on ``as_of`` (the newest day, when not given) and publish them as one snapshot.

    Readers see the snapshot before or this one, never a mixture; what is merged or loaded meanwhile is in the next.

    Raises: TagsRunning when another refresh is at work; Forbidden.
    """
    actor.require(Permission.SYSTEM_MANAGE)
    chosen = engine or choose.engine(choose.DEFAULT)
    with bank.read(actor) as tx:
        store.claim(tx, TagsRunning)
        day = as_of or newest_day(bank, actor)
        if day is None:
            return Refreshed(None, "", 0, 0, full=False)
        book = bind(store.live(tx))
        task = Task(bank, tx, book, day, store.root(bank), report)
        made = publish(task, chosen.compute, chosen.name)
    done = Refreshed(day, made.name, made.customers, len(book.entries), made.full)
    with bank.write(actor) as tx:
        tx.emit(
            TagsRefreshed(
                as_of=day.isoformat(),
                snapshot=made.name,
                customers=done.customers,
                tags=done.tags,
                engine=chosen.name,
                full=done.full,
            )
        )
    write.sweep(store.root(bank), keep_days=KEEP_DAYS, now=time.time())
    return done


def newest_day(bank: Bank, actor: Actor) -> date | None:
    """The newest day the bank's own books speak of."""
    query = " UNION ALL ".join(f'SELECT max(known_at) AS moment FROM "{name}"' for name in _BOOKS)
    with bank.read(actor) as tx, bank.lake.connect(tx, *(sources.CANONICAL[name] for name in _BOOKS)) as lake:
        return _day(lake, query)


def _day(lake: duckdb.DuckDBPyConnection, query: str) -> date | None:
    day: date | None = lake.execute(
        f"SELECT CAST(max(moment) - INTERVAL 1 MICROSECOND + INTERVAL 8 HOUR AS DATE) FROM ({query})"
    ).fetchall()[0][0]
    return day
