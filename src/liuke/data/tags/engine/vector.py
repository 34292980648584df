"""A rule over whole columns: the third way to compute what `kernel.rule` says, for millions of customers at a time.

Numbers are int64 in units of 10^-scale, dates int64 days since 1970, texts int64 places in a vocabulary, truths bools;
beside each a mask of what is NULL, or None. What 64 bits might not hold, or no function here computes, raises Beyond:
the caller then asks SQL for these rows.
"""

import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from liuke.data.tags.engine.kernel.divide import divided
from liuke.kernel.rule import Type
from liuke.kernel.rule.term import LARGEST_64, Apply, Const, Kind, Ref, Shape, Term

_EPOCH: Final = date(1970, 1, 1).toordinal()
#: The days a date may be, 0001-01-01 to 9999-12-31.
_FIRST_DAY: Final = date.min.toordinal() - _EPOCH
_LAST_DAY: Final = date.max.toordinal() - _EPOCH

Mask = npt.NDArray[np.bool_] | None


class Beyond(Exception):
    """Not to be computed here."""


class Part(NamedTuple):
    """Values and which of them are NULL; both may be one value that stands for all."""

    values: Any
    null: Any


@dataclass
class Columns:
    """What a rule reads: tags as snapshots hold them, and fixed days. ``words`` are the texts of word tags by code."""

    told: Mapping[str, Part]
    fixed: Mapping[str, Part]
    words: Mapping[str, Sequence[str]]
    vocabulary: dict[str, int] = field(default_factory=dict)

    def place(self, text: str) -> int:
        """The place of a text in the vocabulary."""
        return self.vocabulary.setdefault(text, len(self.vocabulary))


def value(term: Term, columns: Columns) -> Part:
    """A term over all rows. Raises Beyond."""
    match term:
        case Const():
            return _const(term, columns)
        case Ref():
            return _ref(term, columns)
        case Apply():
            found = _FUNCTIONS.get(term.function.name)
            if found is None:
                raise Beyond(term.function.name)
            return found(term, columns)
        case _:
            raise Beyond("a window")


def _const(term: Const, columns: Columns) -> Part:
    told = term.value
    if told is None:
        return Part(0, True)
    if isinstance(told, bool):
        return Part(told, None)
    if isinstance(told, str):
        return Part(columns.place(told), None)
    if isinstance(told, int):
        if abs(told) > LARGEST_64:
            raise Beyond(str(told))
        return Part(told, None)
    if type(told) is date:
        return Part(told.toordinal() - _EPOCH, None)
    raise Beyond(type(told).__name__)


def _ref(term: Ref, columns: Columns) -> Part:
    if term.name in columns.fixed:
        return columns.fixed[term.name]
    told = columns.told[term.name]
    if term.field.type is not Type.TEXT:
        return told
    places = np.array([columns.place(word) for word in columns.words[term.name]], np.int64)
    return Part(places[told.values], told.null)


def _either(*nulls: Any) -> Any:  # noqa: ANN401  (a mask, one truth for all, or None)
    """What is NULL when any of them is."""
    found = None
    for null in nulls:
        if null is not None:
            found = null if found is None else found | null
    return found


def _held(parts: Sequence[Part], factor: int = 1) -> int:
    """The largest size among numbers, times a factor. Raises Beyond when 64 bits do not hold it."""
    size = factor
    largest = 0
    for part in parts:
        values = np.asarray(part.values)
        if values.size:
            largest = max(largest, abs(int(values.max())), abs(int(values.min())))
    if size * largest > LARGEST_64:
        raise Beyond("64 bits")
    return size * largest


def _rescaled(part: Part, old: Shape, new: Shape) -> Part:
    """A number in finer units."""
    if old.kind is not Kind.NUMBER or old.scale == new.scale:
        return part
    factor = 10 ** (new.scale - old.scale)
    _held([part], factor)
    return Part(part.values * factor, part.null)


def _alike(term: Apply, columns: Columns, shape: Shape, args: Sequence[Term] | None = None) -> list[Part]:
    return [_rescaled(value(arg, columns), arg.shape, shape) for arg in (term.args if args is None else args)]


def _sum(term: Apply, columns: Columns) -> Part:
    if any(arg.shape.kind is not Kind.NUMBER for arg in term.args):
        return _shift(term, columns)
    parts = _alike(term, columns, term.shape)
    if term.shape.limit > LARGEST_64:
        _held(parts, len(parts))
    total = parts[0].values
    for part in parts[1:]:
        total = total + part.values if term.function.name == "+" else total - part.values
    return Part(total, _either(*(part.null for part in parts)))


def _shift(term: Apply, columns: Columns) -> Part:
    """Days added to or taken from a date, or the days between two."""
    parts = [value(arg, columns) for arg in term.args]
    if any(arg.shape.kind not in {Kind.DATE, Kind.NUMBER} or arg.shape.scale for arg in term.args):
        raise Beyond("no whole days")
    _held(parts, 4)
    if term.function.name == "+":
        moved = sum(part.values for part in parts)
    else:
        moved = parts[0].values - sum(part.values for part in parts[1:])
    null = _either(*(part.null for part in parts))
    if term.shape.kind is Kind.NUMBER:
        return Part(moved, null)
    outside = (moved < _FIRST_DAY) | (moved > _LAST_DAY)
    return Part(moved, _either(null, outside))


def _product(term: Apply, columns: Columns) -> Part:
    parts = [value(arg, columns) for arg in term.args]
    product, size = 1, 1
    for part in parts:
        size *= max(1, _held([part]))
        if size > LARGEST_64:
            raise Beyond("64 bits")
        product = product * part.values
    return Part(product, _either(*(part.null for part in parts)))


def _quotient(term: Apply, columns: Columns) -> Part:
    top, bottom = (value(arg, columns) for arg in term.args)
    factor = 10 ** (term.shape.scale - term.args[0].shape.scale + term.args[1].shape.scale)
    _held([top], factor)
    nothing = np.asarray(bottom.values) == 0
    found = _divided(top.values * factor, np.where(nothing, 1, bottom.values))
    return Part(found, _either(top.null, bottom.null, nothing))


def _divided(top: Any, bottom: Any) -> Any:  # noqa: ANN401
    """Rounded half away from zero."""
    _held([Part(bottom, None)], 2)
    return divided(top, bottom)


def _rounded(part: Part, dropped: int) -> Part:
    return Part(_divided(part.values, np.int64(10**dropped)), part.null) if dropped else part


def _round(term: Apply, columns: Columns) -> Part:
    return _rounded(value(term.args[0], columns), term.args[0].shape.scale - term.shape.scale)


def _sized(change: Callable[[Any], Any]) -> Callable[[Apply, Columns], Part]:
    def single(term: Apply, columns: Columns) -> Part:
        part = value(term.args[0], columns)
        _held([part])
        return Part(change(part.values), part.null)

    return single


def _finest(args: Sequence[Term]) -> Shape:
    """The shape numbers are compared in: the finest scale among them."""
    return max((arg.shape for arg in args), key=lambda shape: shape.scale)


def _pair(test: Callable[[Any, Any], Any], *, ordered: bool) -> Callable[[Apply, Columns], Part]:
    def compared(term: Apply, columns: Columns) -> Part:
        if ordered and any(arg.shape.kind is Kind.TEXT for arg in term.args):
            raise Beyond("the order of texts")
        left, right = _alike(term, columns, _finest(term.args))
        return Part(test(left.values, right.values), _either(left.null, right.null))

    return compared


def _between(term: Apply, columns: Columns) -> Part:
    if term.args[0].shape.kind is Kind.TEXT:
        raise Beyond("the order of texts")
    told, low, high = _alike(term, columns, _finest(term.args))
    return _all(
        [
            Part(told.values >= low.values, _either(told.null, low.null)),
            Part(told.values <= high.values, _either(told.null, high.null)),
        ]
    )


def _in(term: Apply, columns: Columns) -> Part:
    told, *among = _alike(term, columns, _finest(term.args))
    found: Any = False
    for one in among:
        found = found | (told.values == one.values)
    return Part(found, told.null)


def _extreme(choose: Callable[[Any, Any], Any]) -> Callable[[Apply, Columns], Part]:
    """Greatest or least of those that are not NULL."""

    def extreme(term: Apply, columns: Columns) -> Part:
        if term.shape.kind is Kind.TEXT:
            raise Beyond("the order of texts")
        first, *rest = _alike(term, columns, term.shape)
        for part in rest:
            both = choose(first.values, part.values)
            if first.null is not None:
                both = np.where(first.null, part.values, both)
            if part.null is not None:
                both = np.where(part.null, first.values, both)
            null = None if first.null is None or part.null is None else first.null & part.null
            first = Part(both, null)
        return first

    return extreme


def _and(term: Apply, columns: Columns) -> Part:
    return _all([value(arg, columns) for arg in term.args])


def _all(parts: Sequence[Part]) -> Part:
    """True when all are; false as soon as one is; else NULL."""
    truth: Any = True
    false: Any = False
    for part in parts:
        truth = truth & part.values
        false = false | (
            ~np.asarray(part.values) if part.null is None else ~np.asarray(part.values) & ~np.asarray(part.null)
        )
    null = _either(*(part.null for part in parts))
    return Part(truth, None if null is None else null & ~np.asarray(false))


def _or(term: Apply, columns: Columns) -> Part:
    parts = [value(arg, columns) for arg in term.args]
    found = _all([Part(~np.asarray(part.values), part.null) for part in parts])
    return Part(~np.asarray(found.values), found.null)


def _not(term: Apply, columns: Columns) -> Part:
    part = value(term.args[0], columns)
    return Part(~np.asarray(part.values), part.null)


def _is_null(term: Apply, columns: Columns) -> Part:
    null = value(term.args[0], columns).null
    return Part(False if null is None else null, None)


def _case(term: Apply, columns: Columns) -> Part:
    values = [*term.args[1:-1:2], term.args[-1]]
    *told, found = _alike(term, columns, term.shape, values)
    tests = [value(test, columns) for test in term.args[0:-1:2]]
    for test, part in reversed(list(zip(tests, told, strict=True))):
        true = test.values if test.null is None else test.values & ~np.asarray(test.null)
        found = _chosen(true, part, found)
    return found


def _chosen(true: Any, part: Part, other: Part) -> Part:  # noqa: ANN401
    null = None
    if part.null is not None or other.null is not None:
        null = np.where(true, False if part.null is None else part.null, False if other.null is None else other.null)
    return Part(np.where(true, part.values, other.values), null)


def _coalesce(term: Apply, columns: Columns) -> Part:
    *told, found = _alike(term, columns, term.shape)
    for part in reversed(told):
        found = part if part.null is None else _chosen(~np.asarray(part.null), part, found)
    return found


def _nullif(term: Apply, columns: Columns) -> Part:
    left, right = _alike(term, columns, term.shape)
    same = left.values == right.values
    same = same if right.null is None else same & ~np.asarray(right.null)
    return Part(left.values, _either(left.null, same))


def _dates(term: Apply, columns: Columns) -> list[Part]:
    if any(arg.shape.kind is not Kind.DATE for arg in term.args):
        raise Beyond("no dates")
    return [value(arg, columns) for arg in term.args]


def _days_between(term: Apply, columns: Columns) -> Part:
    earlier, later = _dates(term, columns)
    return Part(later.values - earlier.values, _either(earlier.null, later.null))


def _years_between(term: Apply, columns: Columns) -> Part:
    earlier, later = _dates(term, columns)
    whole = (_written(later.values) - _written(earlier.values)) // 10_000
    return Part(whole, _either(earlier.null, later.null))


def _written(days: Any) -> Any:  # noqa: ANN401
    """Days since 1970 as numbers yyyymmdd."""
    day = np.asarray(days, np.int64)
    known = (day >= _KNOWN_FROM) & (day < _KNOWN_FROM + len(_KNOWN))
    if known.all():
        return _KNOWN[day - _KNOWN_FROM]
    return _reckoned(day)


def _reckoned(days: Any) -> Any:  # noqa: ANN401
    day = days.astype("datetime64[D]")
    month = day.astype("datetime64[M]")
    months = month.astype(np.int64)
    years, rest = np.divmod(months, 12)
    return (years + 1970) * 10_000 + (rest + 1) * 100 + (day - month).astype(np.int64) + 1


#: The days from 1900 to 2099 as they are written: looking up is many times quicker than reckoning.
_KNOWN_FROM: Final = date(1900, 1, 1).toordinal() - _EPOCH
_KNOWN: Final = _reckoned(np.arange(_KNOWN_FROM, date(2100, 1, 1).toordinal() - _EPOCH))

_FUNCTIONS: Final[Mapping[str, Callable[[Apply, Columns], Part]]] = {
    "+": _sum,
    "-": _sum,
    "*": _product,
    "/": _quotient,
    "neg": _sized(lambda values: -values),
    "abs": _sized(np.abs),
    "round": _round,
    "=": _pair(operator.eq, ordered=False),
    "<>": _pair(operator.ne, ordered=False),
    "<": _pair(operator.lt, ordered=True),
    "<=": _pair(operator.le, ordered=True),
    ">": _pair(operator.gt, ordered=True),
    ">=": _pair(operator.ge, ordered=True),
    "between": _between,
    "in": _in,
    "greatest": _extreme(np.maximum),
    "least": _extreme(np.minimum),
    "and": _and,
    "or": _or,
    "not": _not,
    "is_null": _is_null,
    "case": _case,
    "coalesce": _coalesce,
    "nullif": _nullif,
    "days_between": _days_between,
    "years_between": _years_between,
}
