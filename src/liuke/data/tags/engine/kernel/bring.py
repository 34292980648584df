"""Bring a table's sums forward from an earlier snapshot: take away the days that left, add those that came.

What cannot be taken back (a greatest value that left its window) is added up afresh, over its own window only.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from liuke.data.tags.define.book import Book
from liuke.data.tags.define.digest import digest
from liuke.data.tags.engine.facts.model import BUCKET, Facts, Ints, Segment
from liuke.data.tags.engine.kernel import loop
from liuke.data.tags.engine.kernel.plan import Layout, Slot
from liuke.data.tags.model import EPOCH, Aggregate, Kind
from liuke.data.tags.snapshot.model import Snapshot, unpack

Stretch = tuple[int, int]

_TAKEN_BACK = frozenset({Aggregate.COUNT, Aggregate.SUM, Aggregate.WEIGHTED})
_KEPT_WHILE_UNBOUNDED = frozenset({Aggregate.MAX, Aggregate.MIN, Aggregate.FIRST, Aggregate.LATEST})
_NOTHING: Stretch = (1, 0)

#: Names of the states that hold, for a table, the numbers and the sums of those who have rows but are no customers.
STRANGERS = "?strangers-"
SUMS = "?sums-"


@dataclass(frozen=True)
class Earlier:
    """What an earlier snapshot knew of a table: up to which segment, and by which windows."""

    snapshot: Snapshot
    segments: tuple[Segment, ...]
    fresh: tuple[Segment, ...]
    #: Of each measure that can be brought forward its window then.
    windows: Mapping[str, Stretch]


@dataclass(frozen=True)
class Days:
    """The stretches of days to read, by measure: what left, what came, and in full (of new segments, of all)."""

    left: Mapping[str, Stretch]
    came: Mapping[str, Stretch]
    fresh: Mapping[str, Stretch]
    anew: Mapping[str, Stretch]


def earlier(
    plan: Layout, facts: Facts, snapshot: Snapshot | None, *, book: Book, layout: str, as_of: int
) -> Earlier | None:
    """What of a snapshot a table can be brought forward from; None: nothing."""
    if snapshot is None or snapshot.trace.get("layout") != layout:
        return None
    then = (snapshot.as_of - EPOCH).days
    numbers = set(snapshot.trace["segments"].get(plan.table.name, ()))
    known = tuple(one for one in facts.segments if one.number in numbers)
    settled = all(one.last_known <= then and one.last_dead <= then for one in known)
    if then > as_of or len(known) != len(numbers) or not settled:
        return None
    windows = {
        slot.entry.tag.code: _window(snapshot, slot.entry.tag.code) for slot in plan.slots if _can(slot, snapshot, book)
    }
    fresh = tuple(one for one in facts.segments if one.number not in numbers)
    return Earlier(snapshot, known, fresh, windows)


def _window(snapshot: Snapshot, code: str) -> Stretch:
    """A measure's window as a snapshot was computed by it."""
    first, last = snapshot.trace["windows"][code]
    return first, last


def _can(slot: Slot, snapshot: Snapshot, book: Book) -> bool:
    """Whether a measure of the snapshot is the same and can be brought forward."""
    code, measure = slot.entry.tag.code, slot.measure
    if code not in snapshot.trace["windows"]:
        return False
    if not code.startswith("?") and snapshot.plates[code].digest != digest(slot.entry.tag, book):
        return False
    first, _ = snapshot.trace["windows"][code]
    if measure.aggregate is Aggregate.WEIGHTED:
        return bool(first == slot.first)
    if measure.aggregate in _TAKEN_BACK or measure.aggregate is Aggregate.LAST:
        return True
    return measure.aggregate in _KEPT_WHILE_UNBOUNDED and slot.first == 0


def days_of(plan: Layout, before: Earlier | None) -> Days:
    """Which days to read for each measure."""
    now = {slot.entry.tag.code: (slot.first, slot.last) for slot in plan.slots}
    if before is None:
        return Days({}, {}, {}, now)
    left, came = {}, {}
    for slot in plan.slots:
        code = slot.entry.tag.code
        if code not in before.windows:
            continue
        first, last = before.windows[code]
        came[code] = (max(slot.first, last + 1), slot.last)
        left[code] = (first, min(last, slot.first - 1)) if slot.measure.aggregate in _TAKEN_BACK else _NOTHING
    fresh = {code: window for code, window in now.items() if code in before.windows}
    anew = {code: window for code, window in now.items() if code not in before.windows}
    return Days(left, came, fresh, anew)


def begin(plan: Layout, before: Earlier | None, facts: Facts, *, bucket: int) -> Ints:
    """The sums of a bucket's customers to go on from: (bucket, slots)."""
    if before is None:
        return np.repeat(plan.start[None, :], BUCKET, axis=0)
    low = bucket * BUCKET
    size = max(0, min(low + BUCKET, before.snapshot.size) - low)
    # Slot by slot in memory: few rows come, but every slot is read from a column and becomes one.
    sums = np.empty((plan.width, BUCKET), np.int64).T
    for slot in plan.slots:
        known = size if slot.entry.tag.code in before.windows else 0
        if known:
            sums[:known, slot.at] = _told(slot, before.snapshot, low, low + known)
        sums[known:, slot.at : slot.at + slot.width] = plan.start[slot.at]
    _add_strangers(plan, before, sums, bucket)
    moved = _moved(facts, before, low)
    if moved is not None:
        sums[moved] = plan.start
    return sums


def _add_strangers(plan: Layout, before: Earlier, sums: Ints, bucket: int) -> None:
    """The sums of those who had rows but were no customers."""
    name, snapshot = plan.table.name, before.snapshot
    ids = snapshot.state(f"{STRANGERS}{name}")
    low, high = np.searchsorted(ids, (bucket * BUCKET, (bucket + 1) * BUCKET))
    if low == high:
        return
    width = snapshot.trace["widths"][name]
    told = np.asarray(snapshot.state(f"{SUMS}{name}")[low * width : high * width]).astype(np.int64).reshape(-1, width)
    rows = np.asarray(ids[low:high]).astype(np.int64) - bucket * BUCKET
    for slot in plan.slots:
        code = slot.entry.tag.code
        if code in before.windows:
            values = told[:, snapshot.trace["places"][code]]
            if slot.measure.aggregate is Aggregate.LAST:
                values = np.where(values < slot.first, loop.LOW, values)
            sums[rows, slot.at] = values


def _told(slot: Slot, snapshot: Snapshot, low: int, high: int) -> Ints:
    """A measure's sums of some customers as a snapshot holds them."""
    code = slot.entry.tag.code
    if stated(slot):
        return _unstated(slot, snapshot.state(code)[low:high])
    column = snapshot.column(code)
    if slot.measure.aggregate in _TAKEN_BACK:
        return np.asarray(column.values[low:high])
    values = np.asarray(column.values[low:high]).astype(np.int64)
    lacking = ~unpack(np.asarray(snapshot.present[low >> 3 : (high + 7) >> 3]), high - low)
    if column.missing is not None:
        lacking |= unpack(np.asarray(column.missing[low >> 3 : (high + 7) >> 3]), high - low)
    values[lacking] = _EMPTY[slot.op]
    if slot.measure.aggregate is Aggregate.LAST:
        values[values < slot.first] = loop.LOW
    return values


_EMPTY = {loop.MAX: loop.LOW, loop.LAST: loop.LOW, loop.LATEST: loop.LOW, loop.MIN: loop.HIGH, loop.FIRST: loop.HIGH}


def stated(slot: Slot) -> bool:
    """Whether a measure's sums are more than its column tells, so that a snapshot keeps them beside it."""
    return slot.entry.tag.kind is Kind.BOOL or slot.measure.aggregate is Aggregate.LATEST


def state(slot: Slot, sums: Ints) -> Ints:
    """A measure's sums as a snapshot keeps them: nothing yet is −1, so that they stay narrow."""
    own = sums[:, slot.at]
    return np.where(own == loop.LOW, -1, own) if slot.measure.aggregate is Aggregate.LATEST else own


def _unstated(slot: Slot, kept: Ints) -> Ints:
    if slot.measure.aggregate is not Aggregate.LATEST:
        return np.asarray(kept)
    return np.where(kept < 0, loop.LOW, kept.astype(np.int64))


def _moved(facts: Facts, before: Earlier, low: int) -> Ints | None:
    """Customers of a bucket whose rows were written again since the snapshot."""
    if facts.since is None:
        return None
    last = max((one.number for one in before.segments), default=0)
    since = facts.since[low : low + BUCKET]
    found = np.flatnonzero(since > last)
    return found if len(found) else None
