"""Membership in batch: every segment over one snapshot, those it names first; one that fails stops no other."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Final

import numpy as np
import structlog
from numpy.typing import NDArray
from sqlalchemy import select

from liuke.data import identity
from liuke.insight.segments import desk, rules, store
from liuke.insight.segments.batch import choose
from liuke.insight.segments.batch.model import BatchEngine, Refreshed, Task
from liuke.insight.segments.count import bits, happen, tagged
from liuke.insight.segments.count.bits import Bits
from liuke.insight.segments.count.columns import Snapshot
from liuke.insight.segments.count.tagged import Tagged
from liuke.insight.segments.members import files
from liuke.insight.segments.members.hold import Standing, cut
from liuke.insight.segments.model import Cause, Segment, SegmentsRefreshed
from liuke.insight.segments.rules import Vocabulary
from liuke.kernel import rule
from liuke.kernel.actor import Actor
from liuke.kernel.bank import Bank
from liuke.kernel.errors import LiukeError
from liuke.kernel.rule import Checked
from liuke.kernel.store.log import event_table
from liuke.kernel.store.records import ReadHandle, WriteHandle

_log = structlog.get_logger("liuke.segments")

#: Sees the whole bank: membership does not depend on who asks.
MACHINE: Final = Actor.system("segments")


def vocabulary(known: Tagged, tx: ReadHandle) -> Vocabulary:
    """What rules may name now."""
    return rules.vocabulary(
        known.fields,
        store.every(tx, state=None),
        events=known.events,
        windows=happen.ALL_WINDOWS,
        columns={**happen.COLUMNS, **known.columns},
    )


def refresh(
    bank: Bank,
    actor: Actor,
    *,
    cause: Cause,
    only: Sequence[int] | None = None,
    as_of: date | None = None,
    engine: BatchEngine | None = None,
    tell: Callable[[float], None] = lambda _fraction: None,
) -> Refreshed:
    """Compute membership of all segments in use, or of ``only`` these and of those that name them, as of a day.

    The snapshot is read once: whatever happens meanwhile, all segments of a run stand on the same day. A customer whose
    number was given up by a merge since that day is left out when the sets are published; the number that remains keeps
    its own membership until the next refresh. Raises NoSnapshot.
    """
    known = tagged.current(bank, as_of)
    snapshot = known.snapshot
    with bank.read(MACHINE) as tx:
        words = vocabulary(known, tx)
        chosen = _chosen(words, only)
        done = evaluate(bank, tx, words, chosen, snapshot, engine or choose.engine(choose.DEFAULT), tell)
    with bank.write(actor) as tx:
        store.locked(tx)
        _publish(bank, tx, chosen, done, snapshot, cause)
    for segment in chosen:
        files.prune(bank.settings.home, segment.id)
    return done


def _chosen(words: Vocabulary, only: Sequence[int] | None) -> list[Segment]:
    """Segments to compute, each after those it names."""
    in_order = [segment for segment in rules.ordered(list(words.segments.values())) if segment.state == "active"]
    if only is None:
        return in_order
    wanted = set(only)
    for segment in in_order:
        if any(words.segments[name].id in wanted for name in _named(words, segment)):
            wanted.add(segment.id)
    return [segment for segment in in_order if segment.id in wanted]


def _named(words: Vocabulary, segment: Segment) -> list[str]:
    return [name for name in rules.references(rule.parse(segment.rule_text)) if name in words.segments]


def evaluate(
    bank: Bank,
    tx: ReadHandle,
    words: Vocabulary,
    chosen: Sequence[Segment],
    snapshot: Snapshot,
    engine: BatchEngine,
    tell: Callable[[float], None] = lambda _fraction: None,
) -> Refreshed:
    """Members of segments, each after those it names. Who names one that fails is told its last members."""
    checked: dict[int, Checked] = {}
    failed: dict[int, str] = {}
    for segment in chosen:
        try:
            checked[segment.id] = words.check(segment.rule_text)
        except LiukeError as fault:
            failed[segment.id] = fault.message
            _log.warning("segment_failed", segment=segment.id, code=fault.code)
    done = engine.find(Task(bank, tx, words, snapshot, checked, desk.standing(bank, tx).members, tell))
    done.failed |= failed
    return done


def _publish(
    bank: Bank, tx: WriteHandle, chosen: Sequence[Segment], done: Refreshed, snapshot: Snapshot, cause: Cause
) -> None:
    standing = desk.standing(bank, tx)
    alive = ~bits.of(freed_since(tx, cut(snapshot.as_of)), snapshot.size)
    for segment in chosen:
        as_of = snapshot.as_of
        if segment.id in done.failed:
            none = {"customers": 0, "reachable": 0, "joined": 0, "gone": 0}
            store.add_refresh(tx, segment, as_of=as_of, cause=cause, fault=done.failed[segment.id], **none)
            continue
        done.found[segment.id] = done.found[segment.id] & alive
        _keep(bank, tx, standing, segment, done.found[segment.id], snapshot, cause)
    if chosen:
        known = sorted(done.found)
        failed = sorted(done.failed)
        tx.emit(SegmentsRefreshed(as_of=snapshot.as_of.isoformat(), segments=known, failed=failed, cause=cause))


def _keep(
    bank: Bank,
    tx: WriteHandle,
    standing: Standing,
    segment: Segment,
    members: Bits,
    snapshot: Snapshot,
    cause: Cause,
) -> None:
    home = bank.settings.home
    before = standing.members(segment.id)
    size = max(snapshot.size, len(before) * bits.WORD)
    now, then = bits.resized(members, size), bits.resized(before, size)
    reach = desk.of(bank).reach.mask(tx, home, rules.purpose_of(segment.purpose), now=bank.clock.now())
    number = store.add_refresh(
        tx,
        segment,
        as_of=snapshot.as_of,
        cause=cause,
        customers=bits.count(now),
        reachable=bits.count(now & bits.resized(reach, size)),
        joined=bits.count(now & ~then),
        gone=bits.count(then & ~now),
    )
    files.write(home, segment.id, number, members, before=before)


def freed_since(tx: ReadHandle, since: datetime) -> NDArray[np.int64]:
    """Numbers given up by merges since a moment and not split off again, ascending."""
    event = event_table.c
    kinds = (identity.CustomersMerged.kind, identity.CustomersSplit.kind)
    query = select(event.kind, event.payload).where(event.kind.in_(kinds), event.at > since)
    freed: set[int] = set()
    for row in tx.rows(query.order_by(event.txn, event.seq)):
        if row["kind"] == identity.CustomersMerged.kind:
            freed |= {int(number) for number in row["payload"]["freed"]}
        else:
            freed -= {int(number) for number in row["payload"]["others"]}
    return np.array(sorted(freed), dtype=np.int64)
