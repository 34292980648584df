"""Turns a checked condition into tests of single columns joined by AND and OR.

NOT is pushed down to the tests, where it is exact under three-valued logic: a test knows for which values it is true
and what it says of a missing one, so its negation is the complement of its ranges with the answer for missing turned
round. What cannot be said as a test of one column is left to DuckDB (`Asked`).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Final, TypeAlias

from liuke.kernel import rule
from liuke.kernel.rule import Checked, Type, WindowCall
from liuke.kernel.rule.model import Value
from liuke.kernel.rule.term import Apply, Const, Kind, Ref, Term, Windowed

#: Closed ranges of whole numbers, ascending and apart; None is without end.
Ranges: TypeAlias = tuple[tuple[int | None, int | None], ...]

ALL: Final[Ranges] = ((None, None),)
_EPOCH: Final = date(1970, 1, 1)
_MOST_WORDS: Final = 256


@dataclass(frozen=True, slots=True)
class Ranged:
    """Whether a column's value lies in ranges. ``blank`` is the answer for a customer without a value."""

    column: str
    ranges: Ranges
    blank: bool | None = None


@dataclass(frozen=True, slots=True)
class Within:
    """Whether a customer is in a segment, or outside it."""

    segment: str
    inside: bool = True


@dataclass(frozen=True, slots=True)
class Fixed:
    """The same for everybody; only ``True`` counts."""

    value: bool


@dataclass(frozen=True, slots=True)
class Asked:
    """A condition DuckDB answers: its SQL, the columns it reads, and which answer (true or false) is wanted."""

    sql: str
    columns: tuple[str, ...]
    wanted: bool = True


@dataclass(frozen=True, slots=True)
class Every:
    """All of the parts."""

    parts: "tuple[Plan, ...]"


@dataclass(frozen=True, slots=True)
class Some:
    """At least one of the parts."""

    parts: "tuple[Plan, ...]"


Plan: TypeAlias = Ranged | Within | Fixed | Asked | Every | Some


@dataclass(frozen=True, slots=True)
class Planner:
    """Plans conditions of one rule. ``words`` names the values of a text column; ``calls`` collects window calls.

    ``segments`` are the fields that stand for segments: the field's name and the segment it means. ``constants`` are
    fields that are the same for everybody, such as the data day.
    """

    checked: Checked
    words: Callable[[str], tuple[str, ...]]
    segments: Mapping[str, str] = field(default_factory=dict)
    constants: Mapping[str, Value] = field(default_factory=dict)
    calls: dict[str, Windowed] = field(default_factory=dict)

    def plan(self, term: Term, *, wanted: bool = True) -> Plan:
        """Who makes the condition true (or, when not ``wanted``, false)."""
        match term:
            case Const():
                return Fixed(term.value is wanted)
            case Ref() if term.name in self.segments:
                return Within(self.segments[term.name], wanted)
            case Ref():
                return Ranged(term.name, ((1, 1),) if wanted else ((0, 0),))
            case Apply(function=function, args=args) if function.name in ("and", "or"):
                parts = tuple(self.plan(arg, wanted=wanted) for arg in args)
                return Every(parts) if (function.name == "and") == wanted else Some(parts)
            case Apply(function=function, args=args) if function.name == "not":
                return self.plan(args[0], wanted=not wanted)
        test = self.test(term)
        if test is not None:
            return test if wanted else turned(test)
        return self.asked(term, wanted=wanted)

    def test(self, term: Term) -> Ranged | None:
        """The term as a test of one column, if it is one."""
        if not isinstance(term, Apply):
            return None
        name, args = term.function.name, term.args
        if name == "is_null":
            return self.blank(args[0])
        if name in ("=", "<>", "<", "<=", ">", ">=", "between", "in"):
            found = self.compared(name, args)
            if found is not None:
                return found
        return self.spelled(term)

    def blank(self, arg: Term) -> Ranged | None:
        column = self.column(arg)
        return None if column is None or self.is_segment(arg) else Ranged(column, (), blank=True)

    def compared(self, name: str, args: tuple[Term, ...]) -> Ranged | None:
        if name in _TURNED and self.fixed(args[0]) and not self.fixed(args[1]):
            name, args = _TURNED[name], (args[1], args[0])
        first, rest = args[0], args[1:]
        column = self.column(first)
        if column is None or self.is_segment(first) or not all(self.fixed(arg) for arg in rest):
            return None
        bounds = [_bound(self.value(arg), first) for arg in rest]
        known = [bound for bound in bounds if bound is not None]
        if len(known) != len(rest):
            return None
        return Ranged(column, _ranges(name, known))

    def fixed(self, term: Term) -> bool:
        """Whether a term is the same for everybody."""
        return all(
            not isinstance(part, Windowed) and not (isinstance(part, Ref) and part.name not in self.constants)
            for part in _walk(term)
        )

    def value(self, term: Term) -> Value:
        """What a fixed term comes to."""
        if isinstance(term, Const):
            scale = term.shape.scale if term.shape.kind is Kind.NUMBER else 0
            return Decimal(f"{term.value}E-{scale}") if scale and term.value is not None else term.value
        found: Value = rule.to_python(rule.part(self.checked, term))(self.constants)
        return found

    def spelled(self, term: Apply) -> Ranged | None:
        """A condition on one text column of few values, judged once for each value."""
        refs = {part.name: part for part in _walk(term) if isinstance(part, Ref)}
        if len(refs) != 1 or any(isinstance(part, Windowed) for part in _walk(term)):
            return None
        (ref,) = refs.values()
        if ref.shape.kind is not Kind.TEXT:
            return None
        words = self.words(ref.name)
        if not words or len(words) > _MOST_WORDS:
            return None
        judge = rule.to_python(rule.part(self.checked, term))
        said = [judge({ref.name: word}) for word in words]
        if None in said:
            return None
        codes = [code for code, answer in enumerate(said) if answer]
        return Ranged(ref.name, joined([(code, code) for code in codes]), blank=judge({ref.name: None}))

    def column(self, term: Term) -> str | None:
        """The name of the column a term reads: a tag's, or that of a window call, which is remembered."""
        if isinstance(term, Windowed):
            return self.called(term)
        return term.name if isinstance(term, Ref) and term.name not in self.constants else None

    def called(self, term: Windowed) -> str:
        """The name of a window call's column, which is remembered."""
        name = called(self.checked, term)
        self.calls.setdefault(name, term)
        return name

    def is_segment(self, term: Term) -> bool:
        return isinstance(term, Ref) and term.name in self.segments

    def asked(self, term: Term, *, wanted: bool) -> Asked:
        """The term as a question for DuckDB."""
        names = {id(inner.call): self.called(inner) for inner in _walk(term) if isinstance(inner, Windowed)}
        columns = dict.fromkeys(names.values())

        def windowed(call: WindowCall) -> str:
            return '"' + names[id(call)].replace('"', '""') + '"'

        part = rule.part(self.checked, term)
        sql = rule.to_sql(part, "duckdb", windowed=windowed)
        columns.update(dict.fromkeys(sorted(part.names)))
        return Asked(sql, tuple(columns), wanted)


def called(checked: Checked, term: Windowed) -> str:
    """The name of a window call's column; equal calls have the same name."""
    call, condition = term.call, ""
    if call.filter is not None:
        condition = rule.to_sql(rule.part(checked, call.filter), "duckdb")
    return f"{call.function}({call.event},{call.then},{call.window},{call.value},{condition})"


_TURNED: Final = {"=": "=", "<>": "<>", "<": ">", "<=": ">=", ">": "<", ">=": "<="}


def turned(test: Ranged) -> Ranged:
    """The negation of a test."""
    return Ranged(test.column, complement(test.ranges), None if test.blank is None else not test.blank)


def _walk(term: Term) -> list[Term]:
    found = [term]
    if isinstance(term, Apply):
        for arg in term.args:
            found += _walk(arg)
    return found


def _bound(value: Value, column: Term) -> Fraction | None:
    """A fixed value in the stored unit of the column it is compared with; None where it is no number."""
    if isinstance(value, bool):
        return Fraction(int(value))
    if isinstance(value, (int, Decimal)):
        return Fraction(value) * Fraction(10) ** column.shape.scale
    if isinstance(value, datetime):
        delta = value.astimezone(UTC) - datetime(1970, 1, 1, tzinfo=UTC)
        return Fraction((delta.days * 86_400 + delta.seconds) * 1_000_000 + delta.microseconds)
    if isinstance(value, date):
        return Fraction((value - _EPOCH).days)
    return None


def _ranges(name: str, bounds: list[Fraction]) -> Ranges:
    """The whole numbers that satisfy a comparison with exact bounds."""
    first = bounds[0]
    floor, ceiling = first.__floor__(), first.__ceil__()
    match name:
        case "<":
            return ((None, ceiling - 1),)
        case "<=":
            return ((None, floor),)
        case ">":
            return ((floor + 1, None),)
        case ">=":
            return ((ceiling, None),)
        case "between":
            last = bounds[1].__floor__()
            return ((ceiling, last),) if ceiling <= last else ()
    whole = joined([(int(bound), int(bound)) for bound in bounds if bound.denominator == 1])
    return complement(whole) if name == "<>" else whole


def joined(ranges: list[tuple[int, int]]) -> Ranges:
    """Ranges in order, those that touch made one."""
    found: list[tuple[int, int]] = []
    for low, high in sorted(ranges):
        if found and low <= found[-1][1] + 1:
            found[-1] = (found[-1][0], max(found[-1][1], high))
        else:
            found.append((low, high))
    return tuple(found)


def complement(ranges: Ranges) -> Ranges:
    """Every whole number outside the ranges."""
    found: list[tuple[int | None, int | None]] = []
    low: int | None = None
    for start, end in ranges:
        if start is not None and (low is None or low <= start - 1):
            found.append((low, start - 1))
        if end is None:
            return tuple(found)
        low = end + 1
    return (*found, (low, None))


def kinds(checked: Checked) -> dict[str, Type]:
    """The stored type of every field a rule reads."""
    return {name: Type(checked.catalogue.fields[name].type) for name in checked.names}
