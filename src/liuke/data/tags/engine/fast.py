"""The engine that reads projected facts bucket by bucket: everything in one pass, or only what a day changed."""

from collections import deque
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Final

import numpy as np

from liuke.data.tags.define.book import Entry, facets
from liuke.data.tags.engine.build import Column, narrow
from liuke.data.tags.engine.derive import Deriver, Told
from liuke.data.tags.engine.facts.model import BUCKET, Facts, Ints, Segment
from liuke.data.tags.engine.facts.project import Projected, project
from liuke.data.tags.engine.kernel.bring import STRANGERS, SUMS, Earlier, begin, days_of, earlier, stated
from liuke.data.tags.engine.kernel.plan import Layout, Pass, judge, layout, passing, settle
from liuke.data.tags.engine.kernel.scan import scan
from liuke.data.tags.engine.model import Answer, Computed, Task
from liuke.data.tags.model import EPOCH, Aggregate, Family, Kind, Measure, NoSnapshot, Tag
from liuke.data.tags.snapshot import read
from liuke.data.tags.snapshot.model import Snapshot
from liuke.data.tags.snapshot.write import pack
from liuke.data.tags.table import SUBJECTS, TABLES, Mode
from liuke.kernel import rule
from liuke.kernel.store.columns import PiClass

#: Buckets begun ahead of the one that is waited for, for each thread.
_AHEAD: Final = 2


@dataclass(frozen=True)
class _Reading:
    """How a table is read: its sums, and the passes over which of its segments."""

    plan: Layout
    facts: Facts
    before: Earlier | None
    passes: tuple[tuple[Pass, tuple[Segment, ...]], ...]


@dataclass(frozen=True)
class _Filling:
    """What the buckets are found into: every thread fills its bucket's stretch."""

    columns: Mapping[str, Column]
    states: Mapping[str, Column]
    present: Ints


#: Of each table the numbers and sums of a bucket's strangers: they have rows but are no customers (yet).
_Strangers = Mapping[str, tuple[Ints, Ints]]


class KernelEngine:
    """Tags by one pass over facts. ``forward``: go on from the newest snapshot where that gives the same."""

    name = "kernel"

    def __init__(self, *, forward: bool = True) -> None:
        self._forward = forward

    def compute(self, task: Task) -> Answer:
        """Bring the facts up to the lake, then the tags up to the day."""
        return measure(task, project(task, task.root / "facts"), forward=self._forward)


def measure(task: Task, projected: Projected, *, forward: bool = True) -> Answer:
    """All tags from projected facts, as known on the task's day."""
    snapshot = _newest(task) if forward else None
    readings = _readings(task, projected, snapshot)
    buckets = max((reading.facts.buckets for reading in readings), default=1) or 1
    size = buckets * BUCKET
    columns = {code: Column(size) for code in task.book.entries}
    kept = [slot.entry.tag.code for reading in readings for slot in reading.plan.slots if stated(slot)]
    filling = _Filling(columns, {code: Column(size) for code in kept}, np.zeros(size, np.bool_))
    strangers: dict[str, list[tuple[Ints, Ints]]] = {}
    for bucket, others in _buckets(task, readings, buckets, filling):
        for name, found in others.items():
            strangers.setdefault(name, []).append(found)
        task.report(0.45 + 0.45 * (bucket + 1) / buckets, "计算标签")
    present = filling.present
    return _answer(readings, projected, columns, _states_of(filling.states, strangers, present), present)


def _answer(
    readings: tuple[_Reading, ...],
    projected: Projected,
    columns: dict[str, Column],
    states: dict[str, Ints],
    present: Ints,
) -> Answer:
    size = _size(present)
    bits = pack(present[:size])
    trace = {
        "layout": projected.layout,
        "segments": {one.plan.table.name: [part.number for part in one.facts.segments] for one in readings},
        "widths": {one.plan.table.name: one.plan.width for one in readings},
        "places": {slot.entry.tag.code: slot.at for one in readings for slot in one.plan.slots},
        "windows": {slot.entry.tag.code: [slot.first, slot.last] for one in readings for slot in one.plan.slots},
    }
    full = all(one.before is None for one in readings)
    return Answer(size, bits, _columns(columns, size), full=full, states=states, trace=trace)


def _size(present: Ints) -> int:
    """One more than the largest number of a customer."""
    return int(np.flatnonzero(present)[-1]) + 1 if present.any() else 1


def _states_of(
    states: Mapping[str, Column], strangers: Mapping[str, list[tuple[Ints, Ints]]], present: Ints
) -> dict[str, Ints]:
    """What the next refresh goes on from, beside the columns."""
    size = _size(present)
    found = {code: column.values[:size] for code, column in states.items()}
    for name, parts in strangers.items():
        found[f"{STRANGERS}{name}"] = np.concatenate([ids for ids, _ in parts])
        found[f"{SUMS}{name}"] = np.concatenate([sums.ravel() for _, sums in parts])
    return found


def _columns(columns: dict[str, Column], size: int) -> Iterator[Computed]:
    """The columns one after another; each is let go when the next is asked for."""
    for code in list(columns):
        column = columns.pop(code)
        values = column.values[:size] if len(column.values) else np.zeros(size, np.int16)
        missing = None if column.missing is None else column.missing[: (size + 7) // 8]
        yield Computed(code, values, missing)


def _newest(task: Task) -> Snapshot | None:
    try:
        return read.newest(task.root)
    except NoSnapshot:
        return None


def _readings(task: Task, projected: Projected, snapshot: Snapshot | None) -> tuple[_Reading, ...]:
    found = []
    for name, table in TABLES.items():
        entries = [entry for entry in task.book.measured if _measure(entry).table == name]
        if name in SUBJECTS:
            entries.append(_rows(name))
        if entries:
            facts = projected.facts[name]
            plan = layout(table, entries, partial(_days, mode=table.mode, task=task))
            as_of = (task.as_of - EPOCH).days
            before = earlier(plan, facts, snapshot, book=task.book, layout=projected.layout, as_of=as_of)
            if before is not None and before.fresh and table.mode is Mode.STATE:
                before = None
            found.append(_Reading(plan, facts, before, tuple(_passes(plan, facts, before))))
    return tuple(found)


def _days(wanted: Measure, *, mode: Mode, task: Task) -> tuple[int, int]:
    """A window in days since 1970; what happens later than the day is not known of."""
    first, last = wanted.window.days(task.as_of)
    return (first, min(last, (task.as_of - EPOCH).days)) if mode is Mode.EVENT else (first, last)


def _passes(plan: Layout, facts: Facts, before: Earlier | None) -> Iterator[tuple[Pass, tuple[Segment, ...]]]:
    filters = judge(plan, facts)
    days = days_of(plan, before)
    yield passing(plan, facts, filters, days.anew), facts.segments
    if before is not None:
        yield passing(plan, facts, filters, days.left, sign=-1), before.segments
        yield passing(plan, facts, filters, days.came), before.segments
        yield passing(plan, facts, filters, days.fresh), before.fresh


def _rows(table: str) -> Entry:
    """Counts a table's rows: whoever has one is a customer."""
    tag = Tag(
        code=f"?{table}",
        name="行数",
        family=Family.LIFE,
        kind=Kind.BOOL,
        unit="",
        owner="",
        meaning="",
        pi=PiClass.NONE,
        measure=Measure(table, Aggregate.COUNT),
    )
    return Entry(tag, filter=rule.check(rule.parse("true"), facets(table)))


def _buckets(
    task: Task, readings: tuple[_Reading, ...], buckets: int, filling: _Filling
) -> Iterator[tuple[int, _Strangers]]:
    """Fill buckets by several threads; the strangers of each, in order."""
    threads = max(1, task.bank.settings.tables_threads)
    deriver = Deriver(task.book, task.as_of)
    with ThreadPoolExecutor(threads) as pool:
        waiting: deque[tuple[int, Future[_Strangers]]] = deque()
        for bucket in range(buckets):
            waiting.append((bucket, pool.submit(_bucket, task, readings, bucket, deriver, filling)))
            if len(waiting) > _AHEAD * threads:
                place, future = waiting.popleft()
                yield place, future.result()
        while waiting:
            place, future = waiting.popleft()
            yield place, future.result()


def _bucket(task: Task, readings: tuple[_Reading, ...], bucket: int, deriver: Deriver, filling: _Filling) -> _Strangers:
    as_of = (task.as_of - EPOCH).days
    present = np.zeros(BUCKET, np.bool_)
    told: dict[str, Told] = {}
    states: dict[str, Ints] = {}
    sums_of: dict[str, Ints] = {}
    for reading in readings:
        sums = begin(reading.plan, reading.before, reading.facts, bucket=bucket)
        for wanted, segments in reading.passes:
            scan(wanted, reading.facts, sums, bucket=bucket, as_of=as_of, segments=segments)
        told |= settle(reading.plan, sums)
        states |= _states(reading, sums)
        sums_of[reading.plan.table.name] = sums
        rows = told.pop(f"?{reading.plan.table.name}", None)
        if rows is not None:
            present |= rows[0]
    told |= deriver.derive(told, size=BUCKET)
    gone = ~present
    absent = gone if any((sums_of[one.plan.table.name][gone] != one.plan.start).any() for one in readings) else None
    low = bucket * BUCKET
    filling.present[low : low + BUCKET] = present
    for code, one in told.items():
        filling.columns[code].put(low, narrow(one, absent))
    for code, state in states.items():
        filling.states[code].put(low, narrow((state, None), absent))
    return _strangers(readings, sums_of, present, bucket)


def _strangers(readings: tuple[_Reading, ...], sums_of: Mapping[str, Ints], present: Ints, bucket: int) -> _Strangers:
    """Numbers that have rows but are no customers: once they are, their past counts, and no column holds it."""
    found = {}
    for reading in readings:
        sums = sums_of[reading.plan.table.name]
        others = np.flatnonzero(~present)
        others = others[(sums[others] != reading.plan.start).any(axis=1)]
        found[reading.plan.table.name] = (others + bucket * BUCKET, sums[others])
    return found


def _states(reading: _Reading, sums: Ints) -> dict[str, Ints]:
    """Sums that say more than their columns."""
    return {slot.entry.tag.code: sums[:, slot.at].copy() for slot in reading.plan.slots if stated(slot)}


def _measure(entry: Entry) -> Measure:
    if entry.tag.measure is None:
        raise TypeError(f"{entry.tag.code} is computed, not measured")
    return entry.tag.measure
