"""Which measures a pass adds up, laid out as the arrays the inner loop reads."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import numpy as np

from liuke.data.tags.define.book import Entry
from liuke.data.tags.engine.facts.model import DTYPES, Facts, Ints, Segment
from liuke.data.tags.engine.kernel import loop
from liuke.data.tags.model import COUNTED, NO_DAY, VALUED, Aggregate, Kind, Measure
from liuke.data.tags.table import TagTable
from liuke.kernel.rule import to_python

_OPS: Final = {
    Aggregate.COUNT: loop.COUNT,
    Aggregate.SUM: loop.SUM,
    Aggregate.WEIGHTED: loop.WEIGHTED,
    Aggregate.MAX: loop.MAX,
    Aggregate.MIN: loop.MIN,
    Aggregate.DAYS: loop.DAYS,
    Aggregate.FIRST: loop.FIRST,
    Aggregate.LAST: loop.LAST,
    Aggregate.LATEST: loop.LATEST,
}
_STARTS: Final = {
    loop.MAX: loop.LOW,
    loop.LAST: loop.LOW,
    loop.LATEST: loop.LOW,
    loop.MIN: loop.HIGH,
    loop.FIRST: loop.HIGH,
}
#: Days that one word of a set of days holds.
_WORD: Final = 64


@dataclass(frozen=True)
class Slot:
    """A measure in the sums of a bucket: ``width`` slots from ``at`` on; its window in days since 1970."""

    entry: Entry
    at: int
    width: int
    first: int
    last: int

    @property
    def measure(self) -> Measure:
        """How it is measured."""
        if self.entry.tag.measure is None:
            raise TypeError(f"{self.entry.tag.code} is not measured")
        return self.entry.tag.measure

    @cached_property
    def op(self) -> int:
        """The operation of the inner loop."""
        return _OPS[self.measure.aggregate]


@dataclass(frozen=True)
class Layout:
    """The sums of one table: a slot or more for each measure."""

    table: TagTable
    slots: tuple[Slot, ...]

    @property
    def width(self) -> int:
        """Slots of one customer."""
        return sum(slot.width for slot in self.slots)

    @cached_property
    def start(self) -> Ints:
        """What every customer's sums start from."""
        row = np.zeros(self.width, np.int64)
        for slot in self.slots:
            row[slot.at : slot.at + slot.width] = _STARTS.get(slot.op, 0)
        return row


def layout(table: TagTable, entries: Sequence[Entry], windows: Callable[[Measure], tuple[int, int]]) -> Layout:
    """Slots for the measures of a table; ``windows`` gives first and last day of each."""
    slots = []
    at = 0
    for entry in entries:
        if entry.tag.measure is None:
            continue
        first, last = windows(entry.tag.measure)
        dated = entry.tag.measure.aggregate in _DATED
        last = min(last, NO_DAY - 1) if dated else last
        width = max(1, (last - first) // _WORD + 1) if entry.tag.measure.aggregate is Aggregate.DAYS else 1
        slots.append(Slot(entry, at, width, first, last))
        at += width
    return Layout(table, tuple(slots))


_DATED: Final = frozenset({Aggregate.DAYS, Aggregate.FIRST, Aggregate.LAST, Aggregate.LATEST})


@dataclass(frozen=True)
class Pass:
    """Measures to add or take away over rows of some days: one call of the inner loop for each value column."""

    sign: int
    #: First and last days to read, apart and in order, of the type days are stored in: each (stretches,).
    firsts: Ints
    lasts: Ints
    calls: tuple["Call", ...]

    def among(self, segments: Sequence[Segment]) -> tuple[Segment, ...]:
        """The segments that have rows of these days."""
        return tuple(one for one in segments if ((self.firsts <= one.last_day) & (self.lasts >= one.first_day)).any())


@dataclass(frozen=True)
class Call:
    """The arrays of one call of the inner loop. ``value`` names the value column, empty for none."""

    value: str
    classes: Ints
    facet_count: int
    starts: Ints
    chosen: Ints
    ops: Ints
    slots: Ints
    firsts: Ints
    signed: Ints
    signs: Ints
    codes: Ints


@dataclass(frozen=True)
class Filters:
    """What each measure's filter says of each combination of facets, judged once."""

    passes: Mapping[str, Ints]
    codes: Mapping[str, Ints]
    signs: Mapping[str, Ints]


def judge(plan: Layout, facts: Facts) -> Filters:
    """Judge the filters over the table's facets; also the codes of words and the signs of amounts."""
    names = list(facts.facets)
    rows = [dict(zip(names, row, strict=True)) for row in zip(*facts.facets.values(), strict=True)]
    passes, codes = {}, {}
    for slot in plan.slots:
        code = slot.entry.tag.code
        if slot.entry.filter is None:
            continue
        test = to_python(slot.entry.filter)
        passes[code] = np.array([test(row) is True for row in rows], np.bool_)
        if slot.measure.aggregate is Aggregate.LATEST:
            words = {word: place for place, word in enumerate(slot.entry.tag.words)}
            found = np.array([words.get(row[slot.measure.value], -1) for row in rows], np.int64)
            passes[code] &= found >= 0
            codes[code] = np.maximum(found, 0)
    signs = {
        name: np.array([1 if row[facet] == word else -1 for row in rows], np.int64)
        for name, (_, facet, word) in plan.table.signed.items()
    }
    return Filters(passes, codes, signs)


def passing(
    plan: Layout, facts: Facts, filters: Filters, days: Mapping[str, tuple[int, int]], *, sign: int = 1
) -> Pass:
    """A pass over the measures named in ``days``, each over its stretch of days (first, last)."""
    wanted = [slot for slot in plan.slots if slot.entry.tag.code in days]
    wanted = [slot for slot in wanted if days[slot.entry.tag.code][0] <= days[slot.entry.tag.code][1]]
    by_value: dict[str, list[Slot]] = {}
    for slot in wanted:
        by_value.setdefault(_column(plan.table, slot), []).append(slot)
    if len(by_value) > 1 and "" in by_value:
        first = next(name for name in by_value if name)
        by_value[first] += by_value.pop("")
    calls = tuple(_call(plan, facts, filters, days, name, slots) for name, slots in by_value.items())
    stretches = [days[slot.entry.tag.code] for slot in wanted]
    joined = [(max(0, first), min(last, NO_DAY)) for first, last in _joined(stretches) if last >= 0 and first <= NO_DAY]
    firsts, lasts = np.array(joined, DTYPES["day"]).reshape(-1, 2).T
    return Pass(sign, firsts, lasts, calls)


def _column(table: TagTable, slot: Slot) -> str:
    """The stored value column a measure reads, empty for none."""
    if slot.measure.aggregate not in VALUED:
        return ""
    signed = table.signed.get(slot.measure.value)
    return signed[0] if signed else slot.measure.value


def _call(
    plan: Layout,
    facts: Facts,
    filters: Filters,
    days: Mapping[str, tuple[int, int]],
    value: str,
    slots: Sequence[Slot],
) -> Call:
    stretches = [days[slot.entry.tag.code] for slot in slots]
    edges = np.unique([edge for first, last in stretches for edge in (first, last + 1)])
    classes = np.searchsorted(edges, np.arange(NO_DAY + 1), side="right").astype(np.uint16)
    within = np.array([[False, *(first <= edge <= last for edge in edges)] for first, last in stretches])
    passes = np.array([filters.passes[slot.entry.tag.code] for slot in slots]).reshape(len(slots), facts.facet_count)
    starts, chosen = _chosen(within, passes)
    none = np.ones(facts.facet_count, np.int64)
    signed = [slot.measure.value in plan.table.signed for slot in slots]
    signs = next((filters.signs[slot.measure.value] for slot, one in zip(slots, signed, strict=True) if one), none)
    codes = np.zeros((len(slots), facts.facet_count), np.int64)
    for place, slot in enumerate(slots):
        codes[place] = filters.codes.get(slot.entry.tag.code, 0)
    return Call(
        value=value,
        classes=classes,
        facet_count=facts.facet_count,
        starts=starts,
        chosen=chosen,
        ops=np.array([slot.op for slot in slots], np.int64),
        slots=np.array([slot.at for slot in slots], np.int64),
        firsts=np.array([slot.first for slot in slots], np.int64),
        signed=np.array(signed, np.bool_),
        signs=signs,
        codes=codes,
    )


def _chosen(within: Ints, passes: Ints) -> tuple[Ints, Ints]:
    """For each class of days and each facet the measures that look at it, one list after the other."""
    both = within.T[:, None, :] & passes.T[None, :, :]
    counts = both.sum(axis=2).ravel()
    starts = np.concatenate([np.zeros(1, np.int64), np.cumsum(counts)]).astype(np.int64)
    return starts, np.nonzero(both.reshape(-1, both.shape[2]))[1].astype(np.int64)


def _joined(stretches: Sequence[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """Stretches of days with those that touch made one."""
    found: list[tuple[int, int]] = []
    for first, last in sorted(stretches):
        if found and first <= found[-1][1] + 1:
            found[-1] = (found[-1][0], max(found[-1][1], last))
        else:
            found.append((first, last))
    return tuple(found)


def settle(plan: Layout, sums: Ints) -> dict[str, tuple[Ints, Any]]:
    """The sums of a bucket as values, with a mask of those that are missing (None: none can be)."""
    found: dict[str, tuple[Ints, Any]] = {}
    for slot in plan.slots:
        own = sums[:, slot.at]
        aggregate = slot.measure.aggregate
        if aggregate is Aggregate.DAYS:
            words = sums[:, slot.at : slot.at + slot.width]
            own = np.bitwise_count(words).sum(axis=1, dtype=np.int64)
        if aggregate in COUNTED:
            found[slot.entry.tag.code] = (own > 0 if slot.entry.tag.kind is Kind.BOOL else own, None)
            continue
        missing = own == _STARTS[slot.op]
        told = own & 255 if aggregate is Aggregate.LATEST else own
        found[slot.entry.tag.code] = (np.where(missing, 0, told), missing)
    return found
