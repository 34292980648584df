"""What arguments must agree on: number, kind, unit and scale. Functions bind their arguments with these."""

from dataclasses import replace
from datetime import date, datetime

from liuke.kernel.rule.catalogue import propose
from liuke.kernel.rule.errors import TooLarge, UnknownValue, WrongArguments, WrongType, WrongUnit
from liuke.kernel.rule.model import Call
from liuke.kernel.rule.parse import instant
from liuke.kernel.rule.term import LARGEST, Const, Kind, Ref, Shape, Term

_ADVICE = {
    (Kind.NUMBER, Kind.TEXT): "文字转数值请用 to_int 或 to_decimal。",
    (Kind.DATE, Kind.TEXT): "文字转日期请用 to_date(…, '%Y%m%d')。",
    (Kind.DATE, Kind.TIMESTAMP): "取时间的日期请用 date(…)。",
    (Kind.TIMESTAMP, Kind.DATE): "取时间的日期请用 date(…)。",
    (Kind.TIMESTAMP, Kind.TEXT): "文字转时间请用 to_timestamp(…, '%Y-%m-%d %H:%M:%S')。",
    (Kind.TEXT, Kind.NUMBER): "数值转文字请用 to_text(…)。",
    (Kind.BOOL, Kind.NULL): "判断是否为空请用 is null。",
}


def count(call: Call, args: tuple[Term, ...], least: int, most: int | None = None) -> None:
    """Refuses a call with too few or too many arguments."""
    most = least if most is None else most
    if not least <= len(args) <= most:
        expected = f"{least}" if most == least else f"{least} 个以上" if most > 500 else f"{least} 到 {most}"
        reason = f"需要 {expected.removesuffix(' 个以上')} 个{'以上' if most > 500 else ''}参数，而写了 {len(args)} 个"
        raise WrongArguments(position=call.at + 1, function=call.function, reason=reason)


def wrong(term: Term, expected: Kind) -> WrongType:
    """The error of a term that is not of the expected kind."""
    advice = _ADVICE.get((expected, term.shape.kind), "")
    return WrongType(position=term.at + 1, expected=expected.value, found=term.shape.kind.value, advice=advice)


def need(term: Term, *kinds: Kind) -> Term:
    """The term as one of these kinds: itself, or a text literal read as a date or time."""
    if term.shape.kind in kinds:
        return term
    if isinstance(term, Const) and term.shape.kind is Kind.TEXT:
        for kind in kinds:
            if kind in (Kind.DATE, Kind.TIMESTAMP):
                return dated(term, kind)
    raise wrong(term, kinds[0])


def dated(const: Const, kind: Kind) -> Const:
    """A text literal read as a date or Beijing time."""
    value = instant("date" if kind is Kind.DATE else "timestamp", str(const.value), const.at)
    return Const(value, Shape(kind), const.at)


def whole(call: Call, term: Term, least: int, most: int) -> int:
    """The value of a whole-number literal within bounds, e.g. the places of ``round``."""
    value = term.value if isinstance(term, Const) else None
    if isinstance(value, int) and not isinstance(value, bool) and term.shape.scale == 0 and least <= value <= most:
        return value
    reason = f"这个参数须写成 {least} 到 {most} 之间的整数"
    raise WrongArguments(position=term.at + 1, function=call.function, reason=reason)


def written(call: Call, term: Term) -> str:
    """The value of a text literal, e.g. a format or pattern."""
    if isinstance(term, Const) and isinstance(term.value, str):
        return term.value
    raise WrongArguments(position=term.at + 1, function=call.function, reason="这个参数须直接写成文字")


def common(args: tuple[Term, ...]) -> tuple[Shape, tuple[Term, ...]]:
    """The shape all arguments share, and the arguments recast to it: one kind, one unit, the finest scale."""
    kinds = {arg.shape.kind for arg in args} - {Kind.NULL}
    for kind in (Kind.DATE, Kind.TIMESTAMP):
        if kinds == {kind, Kind.TEXT}:
            args = tuple(
                dated(arg, kind) if isinstance(arg, Const) and isinstance(arg.value, str) else arg for arg in args
            )
            kinds = {arg.shape.kind for arg in args} - {Kind.NULL}
    first = next((arg for arg in args if arg.shape.kind is not Kind.NULL), None)
    if first is None:
        raise WrongType(position=args[0].at + 1, expected="一个有值的内容", found="空值", advice="")
    if len(kinds) > 1:
        raise wrong(next(arg for arg in args if arg.shape.kind not in (Kind.NULL, first.shape.kind)), first.shape.kind)
    if first.shape.kind is not Kind.NUMBER:
        return Shape(first.shape.kind), args
    shape = finest(args)
    return shape, tuple(recast(arg, shape) for arg in args)


def finest(args: tuple[Term, ...]) -> Shape:
    """The shape that holds every numeric argument."""
    numbers = [arg for arg in args if arg.shape.kind is Kind.NUMBER]
    scale = max(arg.shape.scale for arg in numbers)
    limit = max(arg.shape.limit * 10 ** (scale - arg.shape.scale) for arg in numbers)
    return bounded(Shape(Kind.NUMBER, scale, limit, unit(numbers)), numbers[0].at)


def unit(args: list[Term]) -> str | None:
    """The unit all arguments agree on. A literal, and a field without a unit, fit every unit."""
    known: str | None = None
    for arg in args:
        if arg.shape.unit and known and arg.shape.unit != known:
            raise WrongUnit(position=arg.at + 1, left=known, right=arg.shape.unit)
        known = known or arg.shape.unit
    return known


def bounded(shape: Shape, at: int) -> Shape:
    """Refuses a number that could exceed 38 digits."""
    if shape.limit > LARGEST:
        raise TooLarge(position=at + 1, reason="计算结果的位数可能太多", limit="38 位")
    return shape


def recast(term: Term, shape: Shape) -> Term:
    """A numeric literal in the units of ``shape``; other terms are rescaled when they are computed."""
    if isinstance(term, Const) and isinstance(term.value, int) and not isinstance(term.value, bool):
        factor = 10 ** (shape.scale - term.shape.scale)
        value = term.value * factor
        return Const(value, replace(term.shape, scale=shape.scale, limit=abs(value)), term.at)
    return term


def allowed(field: Term, values: tuple[Term, ...]) -> None:
    """Refuses a value that a field with named values can never have."""
    if not isinstance(field, Ref) or not field.field.values:
        return
    for value in values:
        known = value.value if isinstance(value, Const) else None
        if isinstance(known, str) and known not in field.field.values:
            words = {**{code: code for code in field.field.values}, **{v: k for k, v in field.field.values.items()}}
            proposal = propose(known, list(words)) or f"，可写：{'、'.join(list(field.field.values)[:12])}"
            raise UnknownValue(position=value.at + 1, field=field.field.label, value=known[:60], proposal=proposal)


def is_day(value: object) -> bool:
    """Whether a value is a date and not a moment."""
    return isinstance(value, date) and not isinstance(value, datetime)
