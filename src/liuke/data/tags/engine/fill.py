"""Fill a snapshot bucket by bucket: the sums of every table, the tags they tell, and those computed from tags."""

from collections import deque
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final

import numpy as np

from liuke.data.tags.engine.derive import Deriver
from liuke.data.tags.engine.facts.model import BUCKET, Facts, Ints, Segment
from liuke.data.tags.engine.kernel.bring import STRANGERS, SUMS, Earlier, begin, state, stated
from liuke.data.tags.engine.kernel.plan import Layout, Pass, settle
from liuke.data.tags.engine.kernel.scan import scan
from liuke.data.tags.engine.model import Sink, Task
from liuke.data.tags.model import EPOCH
from liuke.data.tags.snapshot.model import Told

#: Buckets begun ahead of the one that is waited for, for each thread.
_AHEAD: Final = 2

#: Of each table the numbers and sums of a bucket's strangers: they have rows but are no customers (yet).
_Strangers = dict[str, tuple[Ints, Ints]]


@dataclass(frozen=True)
class Reading:
    """How a table is read: its sums, and the passes over which of its segments."""

    plan: Layout
    facts: Facts
    before: Earlier | None
    passes: tuple[tuple[Pass, tuple[Segment, ...]], ...]

    @property
    def name(self) -> str:
        """The table."""
        return self.plan.table.name


def rows_code(table: str) -> str:
    """What the count of a table's rows is called among its measures: whoever has one is a customer."""
    return f"?{table}"


def fill(task: Task, readings: Sequence[Reading], into: Sink) -> dict[str, Ints]:
    """Fill a snapshot by several threads; returns what the next refresh goes on from beside the customers' own sums."""
    buckets = max((reading.facts.buckets for reading in readings), default=1) or 1
    threads = max(1, task.bank.settings.tables_threads)
    deriver = Deriver(task.book, task.as_of)
    found: list[_Strangers] = []

    def take(waiting: deque[Future[_Strangers]]) -> None:
        found.append(waiting.popleft().result())
        task.report(0.45 + 0.45 * len(found) / buckets, "计算标签")

    with ThreadPoolExecutor(threads) as pool:
        waiting = deque[Future[_Strangers]]()
        for bucket in range(buckets):
            waiting.append(pool.submit(_bucket, task, readings, bucket, deriver, into))
            if len(waiting) > _AHEAD * threads:
                take(waiting)
        while waiting:
            take(waiting)
    return _kept(readings, found)


def _bucket(task: Task, readings: Sequence[Reading], bucket: int, deriver: Deriver, into: Sink) -> _Strangers:
    as_of = (task.as_of - EPOCH).days
    present = np.zeros(BUCKET, np.bool_)
    told: dict[str, Told] = {}
    sums: dict[str, Ints] = {}
    for reading in readings:
        own = sums[reading.name] = begin(reading.plan, reading.before, reading.facts, bucket=bucket)
        for wanted, segments in reading.passes:
            scan(wanted, reading.facts, own, bucket=bucket, as_of=as_of, segments=segments)
        told |= settle(reading.plan, own)
        rows = told.pop(rows_code(reading.name), None)
        if rows is not None:
            present |= rows[0]
    told |= deriver.derive(told, size=BUCKET)
    into.put(bucket * BUCKET, present, told)
    for reading in readings:
        slots = [slot for slot in reading.plan.slots if stated(slot)]
        states = {slot.entry.tag.code: state(slot, sums[reading.name]) for slot in slots}
        into.put_states(bucket * BUCKET, states)
    return _strangers(readings, sums, present, bucket)


def _strangers(readings: Sequence[Reading], sums: dict[str, Ints], present: Ints, bucket: int) -> _Strangers:
    """Numbers that have rows but are no customers: once they are, their past counts, and no column holds it."""
    found = {}
    others = np.flatnonzero(~present)
    for reading in readings:
        own = sums[reading.name][others]
        strange = (own != reading.plan.start).any(axis=1)
        found[reading.name] = (others[strange] + bucket * BUCKET, own[strange])
    return found


def _kept(readings: Sequence[Reading], strangers: Sequence[_Strangers]) -> dict[str, Ints]:
    kept = {}
    for reading in readings:
        parts = [one[reading.name] for one in strangers]
        kept[f"{STRANGERS}{reading.name}"] = np.concatenate([ids for ids, _ in parts])
        kept[f"{SUMS}{reading.name}"] = np.concatenate([sums.ravel() for _, sums in parts])
    return kept
