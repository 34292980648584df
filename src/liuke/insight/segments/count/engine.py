"""Evaluates plans over one snapshot: each test's set from the cache, from an index, or by looking at every value."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np

from liuke.insight.segments.count import ask, bits
from liuke.insight.segments.count.bits import Bits
from liuke.insight.segments.count.cache import Cache
from liuke.insight.segments.count.columns import Derived, Snapshot, Typed, typed
from liuke.insight.segments.count.index import Index, compared, found_in
from liuke.insight.segments.count.plan import Asked, Every, Fixed, Plan, Planner, Ranged, Some, Within
from liuke.kernel.rule import Checked, Type
from liuke.kernel.rule.model import Value
from liuke.kernel.rule.term import Apply, Kind, Ref, Shape, Term, Windowed

#: Parts of a condition that get a count of their own.
MOST_PARTS: Final = 80

#: The set of a segment by its code; the column of a window call; the index of a column, if there is one.
Members = Callable[[str], Bits]
Windows = Callable[[Checked, Windowed], Derived]
Indexes = Callable[[str], Index | None]

_WINDOW_TYPES: Final = {
    Kind.TIMESTAMP: Type.TIMESTAMP,
    Kind.BOOL: Type.BOOL,
    Kind.DATE: Type.DATE,
    Kind.TEXT: Type.TEXT,
}


@dataclass(frozen=True, slots=True)
class PartCount:
    """How many customers one condition of a rule is true for; ``path`` leads to it: argument numbers from the root."""

    path: tuple[int, ...]
    customers: int


class Engine:
    """Counts over one snapshot. ``token`` names the snapshot in the cache; what changes with time is never cached."""

    def __init__(
        self,
        snapshot: Snapshot,
        *,
        token: str,
        cache: Cache,
        segments: Mapping[str, str] | None = None,
        members: Members | None = None,
        windows: Windows | None = None,
        indexes: Indexes | None = None,
    ) -> None:
        self.snapshot = snapshot
        self.size = snapshot.size
        self.present: Bits = cache.get((token, "present"), lambda: bits.widened(snapshot.present, snapshot.size))
        self._token = token
        self._cache = cache
        self._segments = dict(segments or {})
        self._members = members
        self._windows = windows
        self._indexes = indexes
        self._columns: dict[str, Typed] = {}
        as_of = snapshot.as_of
        #: Fields that are the same for everybody, as a column would hold them.
        self._constants = {"as_of": (as_of - date(1970, 1, 1)).days, "day_of_month": as_of.day}

    def find(self, checked: Checked) -> Bits:
        """The customers a condition is true for."""
        planner = self._planner(checked)
        return self._true(planner.plan(checked.term), planner) & self.present

    def parts(self, checked: Checked, base: Bits) -> list[PartCount]:
        """How many of ``base`` each condition of the rule is true for, in order; at most `MOST_PARTS` of them."""
        planner = self._planner(checked)
        found: list[PartCount] = []
        for path, term in _conditions(checked.term, ()):
            if len(found) == MOST_PARTS:
                break
            found.append(PartCount(path, bits.count_both(self._true(planner.plan(term), planner), base)))
        return found

    def column(self, code: str) -> Typed:
        """A tag's column, made ready once."""
        if code not in self._columns:
            value = self._constants.get(code)
            found = self.snapshot.column(code) if value is None else Derived(np.full(self.size, value, dtype=np.int32))
            self._columns[code] = typed(found, self.present, self.size)
        return self._columns[code]

    def _planner(self, checked: Checked) -> Planner:
        days: dict[str, Value] = {"as_of": self.snapshot.as_of, "day_of_month": self.snapshot.as_of.day}
        constants = {name: days[name] for name in self._constants.keys() & checked.catalogue.fields.keys()}
        return Planner(checked, lambda code: self.column(code).words, self._segments, constants)

    def _true(self, plan: Plan, planner: Planner) -> Bits:
        match plan:
            case Every(parts=parts):
                found = self._true(parts[0], planner)
                for part in parts[1:]:
                    found = found & self._true(part, planner)
                return found
            case Some(parts=parts):
                found = self._true(parts[0], planner)
                for part in parts[1:]:
                    found = found | self._true(part, planner)
                return found
            case Fixed(value=value):
                return self.present if value else bits.empty(self.size)
            case Within(segment=segment, inside=inside):
                held = self._member(segment)
                return held if inside else self.present & ~held
            case Ranged():
                return self._cache.get((self._token, plan), lambda: self._tested(plan, planner))
            case Asked():
                if any(name in self._segments for name in plan.columns):
                    return self._answered(plan, planner)
                return self._cache.get((self._token, plan), lambda: self._answered(plan, planner))

    def _member(self, segment: str) -> Bits:
        if self._members is None:
            return bits.empty(self.size)
        return bits.resized(self._members(segment), self.size)

    def _tested(self, test: Ranged, planner: Planner) -> Bits:
        column = self._any_column(test.column, planner)
        found = self._compared(test, column)
        return found | (self.present & ~column.valid) if test.blank else found

    def _compared(self, test: Ranged, column: Typed) -> Bits:
        if column.yes is not None:
            said = [answer for answer in (0, 1) if _inside(answer, test)]
            return {
                (): bits.empty(self.size),
                (0,): column.valid & ~column.yes,
                (1,): column.yes,
                (0, 1): column.valid,
            }[tuple(said)].copy()
        index = self._indexes(test.column) if self._indexes else None
        if index is not None:
            return found_in(index, column.values, test.ranges)
        return compared(column, test.ranges)

    def _any_column(self, name: str, planner: Planner) -> Typed:
        """A tag's column, a segment as a yes/no column, or that of a window call."""
        if name in self._segments:
            return Typed(np.zeros(0, np.uint8), self.present, yes=self._member(self._segments[name]) & self.present)
        call = planner.calls.get(name)
        if call is None:
            return self.column(name)
        if name not in self._columns:
            if self._windows is None:
                raise ValueError(f"{call.call.function} needs the windows= of the engine")
            self._columns[name] = typed(self._windows(planner.checked, call), self.present, self.size)
        return self._columns[name]

    def _answered(self, asked: Asked, planner: Planner) -> Bits:
        columns: dict[str, tuple[Typed, Type, Shape]] = {}
        for name in asked.columns:
            kind, shape = _kind(name, planner)
            field = planner.checked.catalogue.fields.get(name)
            columns[(field and field.column) or name] = (self._any_column(name, planner), kind, shape)
        return ask.answer(asked, columns, self.size) & self.present


def _inside(value: int, test: Ranged) -> bool:
    return any((low is None or low <= value) and (high is None or value <= high) for low, high in test.ranges)


def _kind(name: str, planner: Planner) -> tuple[Type, Shape]:
    call = planner.calls.get(name)
    if call is None:
        field = planner.checked.catalogue.fields[name]
        return Type(field.type), field.shape
    if call.shape.kind is Kind.NUMBER:
        return (Type.DECIMAL if call.pointed else Type.INT), call.shape
    return _WINDOW_TYPES[call.shape.kind], call.shape


def _conditions(term: Term, path: tuple[int, ...]) -> Iterator[tuple[tuple[int, ...], Term]]:
    """The conditions inside AND, OR and NOT, with their places."""
    if isinstance(term, Apply) and term.function.name in ("and", "or", "not"):
        for number, arg in enumerate(term.args):
            yield from _conditions(arg, (*path, number))
    elif term.shape.kind is Kind.BOOL or isinstance(term, Ref):
        yield path, term
