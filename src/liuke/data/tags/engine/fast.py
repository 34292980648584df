"""The engine that reads projected facts bucket by bucket: everything in one pass, or only what a day changed."""

from collections.abc import Iterator
from functools import partial

from liuke.data.tags.define.book import Entry, facets
from liuke.data.tags.engine.facts.model import Facts, Segment
from liuke.data.tags.engine.facts.project import Projected, project
from liuke.data.tags.engine.fill import Reading, fill, rows_code
from liuke.data.tags.engine.kernel.bring import Earlier, days_of, earlier
from liuke.data.tags.engine.kernel.plan import Layout, Pass, judge, layout, passing
from liuke.data.tags.engine.model import Answer, Sink, Task
from liuke.data.tags.model import EPOCH, Aggregate, Family, Kind, Measure, NoSnapshot, Tag
from liuke.data.tags.snapshot import read
from liuke.data.tags.snapshot.model import Snapshot
from liuke.data.tags.table import SUBJECTS, TABLES, Mode
from liuke.kernel import rule
from liuke.kernel.store.columns import PiClass


class KernelEngine:
    """Tags by one pass over facts. ``forward``: go on from the newest snapshot where that gives the same."""

    name = "kernel"

    def __init__(self, *, forward: bool = True) -> None:
        self._forward = forward

    def compute(self, task: Task, into: Sink) -> Answer:
        """Bring the facts up to the lake, then the tags up to the day."""
        return measure(task, into, project(task, task.root / "facts"), forward=self._forward)


def measure(task: Task, into: Sink, projected: Projected, *, forward: bool = True) -> Answer:
    """All tags from projected facts, as known on the task's day."""
    snapshot = _newest(task) if forward else None
    readings = _readings(task, projected, snapshot)
    trace = {
        "layout": projected.layout,
        "segments": {one.name: [part.number for part in one.facts.segments] for one in readings},
        "widths": {one.name: one.plan.width for one in readings},
        "places": {slot.entry.tag.code: slot.at for one in readings for slot in one.plan.slots},
        "windows": {slot.entry.tag.code: [slot.first, slot.last] for one in readings for slot in one.plan.slots},
    }
    return Answer(all(one.before is None for one in readings), fill(task, readings, into), trace)


def _newest(task: Task) -> Snapshot | None:
    try:
        return read.newest(task.root)
    except NoSnapshot:
        return None


def _readings(task: Task, projected: Projected, snapshot: Snapshot | None) -> tuple[Reading, ...]:
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
            found.append(Reading(plan, facts, before, tuple(_passes(plan, facts, before))))
    return tuple(found)


def _days(wanted: Measure, *, mode: Mode, task: Task) -> tuple[int, int]:
    """A window in days since 1970; what happens later than the day is not known of."""
    first, last = wanted.window.days(task.as_of)
    return (first, min(last, (task.as_of - EPOCH).days)) if mode is Mode.EVENT else (first, last)


def _passes(plan: Layout, facts: Facts, before: Earlier | None) -> Iterator[tuple[Pass, tuple[Segment, ...]]]:
    filters = judge(plan, facts)
    days = days_of(plan, before)
    wanted = [(passing(plan, facts, filters, days.anew), facts.segments)]
    if before is not None:
        wanted += [
            (passing(plan, facts, filters, days.left, sign=-1), before.segments),
            (passing(plan, facts, filters, days.came), before.segments),
            (passing(plan, facts, filters, days.fresh), before.fresh),
        ]
    for one, segments in wanted:
        if one.calls and (found := one.among(segments)):
            yield one, found


def _rows(table: str) -> Entry:
    """Counts a table's rows: whoever has one is a customer."""
    tag = Tag(
        code=rows_code(table),
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


def _measure(entry: Entry) -> Measure:
    if entry.tag.measure is None:
        raise TypeError(f"{entry.tag.code} is computed, not measured")
    return entry.tag.measure
