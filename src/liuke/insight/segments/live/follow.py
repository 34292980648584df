"""Keeps sets up to date between refreshes: merges take numbers out, consent changes who may be reached."""

from typing import Final

from liuke.data import identity
from liuke.guard import consent
from liuke.insight.segments import desk, store
from liuke.insight.segments.count import bits
from liuke.insight.segments.members import reach
from liuke.insight.segments.members.renew import MACHINE
from liuke.insight.segments.model import Cause
from liuke.kernel.bank import Bank
from liuke.kernel.store import log

MERGES: Final = (identity.CustomersMerged.kind,)
#: Events after which customers may be reached, or no longer.
CONSENTS: Final = (
    "consent.granted",
    "consent.withdrawn",
    "consent.taken_over",
    "consent.blocked",
    "consent.block_lifted",
    "profiles.refreshed",
    "customer.erased",
)
#: Events about the whole bank: everybody is judged again.
_WHOLE: Final = frozenset({"consent.taken_over", "consent.block_lifted", "profiles.refreshed"})
_MOST: Final = 5000


def merges(bank: Bank) -> int:
    """Take numbers that merges gave up out of every segment; returns how many moves that were.

    The number that remains keeps its own membership until tags are computed for the two as one.
    """
    with bank.write(MACHINE) as tx:
        store.locked(tx)
        txn, seq = log.position(tx.connection, "segments.merges")
        events = log.read_after(tx.connection, txn, seq, kinds=MERGES, limit=_MOST)
        if not events:
            return 0
        freed = sorted({int(one) for happened in events for one in _numbers(happened.payload["freed"])})
        standing = desk.standing(bank, tx)
        moves = {
            number: [(one, False) for one in freed if bits.has(standing.members(number), one)]
            for number in standing.refreshes
        }
        done = store.add_moves(tx, moves, Cause.MERGE)
        log.advance(tx.connection, "segments.merges", events[-1].txn, events[-1].seq, bank.clock)
    return done


def _numbers(value: object) -> list[int]:
    return [int(one) for one in value] if isinstance(value, list) else []


def reachable(bank: Bank) -> int:
    """Judge again whoever consent's events are about; returns how many customers, or -1: all."""
    home, now = bank.settings.home, bank.clock.now()
    with bank.write(MACHINE) as tx:
        txn, seq = log.position(tx.connection, "segments.reach")
        events = log.read_after(tx.connection, txn, seq, kinds=CONSENTS, limit=_MOST)
        touched = sorted({int(one.subject) for one in events if one.subject is not None})
        everybody = not events or len(events) == _MOST or any(one.kind in _WHOLE for one in events)
        used = {segment.purpose for segment in store.every(tx)}
        for purpose in consent.Purpose:
            if purpose.value not in used:
                reach.path(home, purpose).unlink(missing_ok=True)  # built anew when somebody asks
            elif everybody:
                reach.build(tx, home, purpose, now=now)
            else:
                reach.update(tx, home, purpose, touched, now=now)
        if events:
            log.advance(tx.connection, "segments.reach", events[-1].txn, events[-1].seq, bank.clock)
    return -1 if everybody else len(touched)
