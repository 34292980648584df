"""Arithmetic. Exact: sums and products keep every digit, division has six decimals or more, nothing overflows."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

from sqlglot import exp

from liuke.kernel.rule.agree import bounded, count, need, unit, whole
from liuke.kernel.rule.checked import walk
from liuke.kernel.rule.chinese import Speaker
from liuke.kernel.rule.errors import WrongType
from liuke.kernel.rule.model import Call
from liuke.kernel.rule.python import Code, Python
from liuke.kernel.rule.sql import Sql
from liuke.kernel.rule.term import LARGEST_64, Apply, Const, Function, Kind, Shape, Term, number

Args = tuple[Term, ...]
#: The largest whole number a decimal column of 64 bits holds.
EXACT_64: Final = 10**18 - 1
#: Decimals of a quotient, at least.
QUOTIENT_SCALE: Final = 6


def _sum(call: Call, args: Args) -> tuple[Shape, Args]:
    for arg in args:
        need(arg, Kind.NUMBER)
    scale = max(arg.shape.scale for arg in args)
    limit = sum(arg.shape.limit * 10 ** (scale - arg.shape.scale) for arg in args)
    return bounded(Shape(Kind.NUMBER, scale, limit, unit(list(args))), call.at), args


def _sum_sql(sql: Sql, term: Apply, args: tuple[Any, ...]) -> exp.Expression:
    parts = [sql.rescaled(arg, part.shape, term.shape) for arg, part in zip(args, term.args, strict=True)]
    return sql.balanced(exp.Add if term.function.name == "+" else exp.Sub, [sql.typed(p, term.shape) for p in parts])


def _sum_python(python: Python, term: Apply, args: tuple[Code, ...]) -> Code:
    return python.strict(python.alike(term, args), lambda *names: f" {term.function.name} ".join(names))


def _product(call: Call, args: Args) -> tuple[Shape, Args]:
    shape = number(0, 1)
    limit, scale = 1, 0
    for arg in args:
        need(arg, Kind.NUMBER)
        limit, scale = limit * max(arg.shape.limit, 1), scale + arg.shape.scale
    units = [arg.shape.unit for arg in args if arg.shape.unit]
    return bounded(replace(shape, scale=scale, limit=limit, unit="×".join(units) or None), call.at), args


def _product_sql(sql: Sql, term: Apply, args: tuple[Any, ...]) -> exp.Expression:
    return sql.balanced(exp.Mul, [sql.typed(arg, term.shape) for arg in args])


def _product_python(python: Python, _term: Apply, args: tuple[Code, ...]) -> Code:
    return python.strict(args, lambda *names: " * ".join(names))


def _lift(term: Apply) -> int:
    """By how many digits the dividend is raised so that the quotient comes out in its scale."""
    top, bottom = term.args
    return term.shape.scale - top.shape.scale + bottom.shape.scale


def _quotient(call: Call, args: Args) -> tuple[Shape, Args]:
    top, bottom = (need(arg, Kind.NUMBER).shape for arg in args)
    scale = max(QUOTIENT_SCALE, top.scale)
    limit = top.limit * 10 ** (scale - top.scale + bottom.scale) + 1
    bounded(Shape(Kind.NUMBER, scale + 1, limit * 10), call.at)
    same = top.unit == bottom.unit
    name = None if same or not top.unit else f"{top.unit}/{bottom.unit}" if bottom.unit else top.unit
    return Shape(Kind.NUMBER, scale, limit, name), args


def _quotient_sql(sql: Sql, term: Apply, args: tuple[Any, ...]) -> exp.Expression:
    # One digit more than asked, cut toward zero, then rounded: the same as rounding the exact quotient.
    wide = replace(term.shape, limit=term.shape.limit * 10)
    kind = sql.whole(max(wide.limit, term.args[1].shape.limit))
    top = sql.binary(exp.Mul, sql.cast(args[0], kind), sql.integer(10 ** (_lift(term) + 1)))
    exact = sql.rounded(sql.quotient(top, sql.cast(args[1], kind)), wide, 1, term.shape.limit)
    quick = sql.dialect == "duckdb" and wide.limit > EXACT_64 and all(_light(arg) for arg in term.args)
    return _quick_quotient(sql, term, args, exact) if quick else exact


def _quick_quotient(sql: Sql, term: Apply, args: tuple[Any, ...], exact: exp.Expression) -> exp.Expression:
    """The same in 64 bits for the rows whose numbers allow it: twenty times faster, and nearly all rows do."""
    lift = 10 ** (_lift(term) + 1)
    top, bottom = args
    tests = [exp.Between(this=top, low=sql.integer(-(EXACT_64 // lift)), high=sql.integer(EXACT_64 // lift))]
    if term.args[1].shape.limit > LARGEST_64:
        tests.append(exp.Between(this=bottom, low=sql.integer(-LARGEST_64), high=sql.integer(LARGEST_64)))
    raised = sql.binary(exp.Mul, sql.cast(top, "BIGINT"), sql.integer(lift))
    cut = sql.quotient(raised, sql.cast(bottom, "BIGINT"))
    small = sql.rounded(cut, Shape(Kind.NUMBER, 0, EXACT_64), 1, term.shape.limit)
    return exp.Paren(this=sql.when((exp.and_(*tests, copy=False), small), default=exact))


def _light(term: Term) -> bool:
    """Whether a term is short enough to be written several times."""
    parts = list(walk(term))
    return len(parts) <= 8 and not any(isinstance(part, Apply) and part.function.name == "/" for part in parts)


def _quotient_python(python: Python, term: Apply, args: tuple[Code, ...]) -> Code:
    helper, lift = python.helper(divide), 10 ** _lift(term)
    return python.strict(args, lambda top, bottom: f"{helper}({top} * {lift}, {bottom})", partial=True)


def divide(top: int, bottom: int) -> int | None:
    """The quotient rounded half away from zero; None where the divisor is zero."""
    if bottom == 0:
        return None
    quotient, rest = divmod(abs(top), abs(bottom))
    quotient += 2 * rest >= abs(bottom)
    return quotient if (top < 0) == (bottom < 0) else -quotient


def _whole_pair(call: Call, args: Args) -> tuple[Shape, Args]:
    count(call, args, 2)
    for arg in args:
        if need(arg, Kind.NUMBER).shape.scale:
            raise WrongType(position=arg.at + 1, expected="整数", found="小数", advice="请先用 round、floor 或 ceil。")
    top, bottom = args
    if call.function == "//":
        same = top.shape.unit == bottom.shape.unit
        return replace(top.shape, unit=None if same else top.shape.unit), args
    return Shape(Kind.NUMBER, 0, min(top.shape.limit, bottom.shape.limit), unit([top, bottom])), args


def _whole_pair_sql(sql: Sql, term: Apply, args: tuple[Any, ...]) -> exp.Expression:
    kind = sql.whole(max(arg.shape.limit for arg in term.args))
    top, bottom = (sql.cast(arg, kind) for arg in args)
    if term.function.name == "//":
        return sql.quotient(top, bottom)
    return sql.binary(exp.Mod, top, exp.Nullif(this=bottom, expression=sql.integer(0)))


def _whole_pair_python(python: Python, term: Apply, args: tuple[Code, ...]) -> Code:
    helper = python.helper(_cut if term.function.name == "//" else _remainder)
    return python.strict(args, lambda top, bottom: f"{helper}({top}, {bottom})", partial=True)


def _cut(top: int, bottom: int) -> int | None:
    if bottom == 0:
        return None
    quotient = abs(top) // abs(bottom)
    return quotient if (top < 0) == (bottom < 0) else -quotient


def _remainder(top: int, bottom: int) -> int | None:
    if bottom == 0:
        return None
    rest = abs(top) % abs(bottom)
    return -rest if top < 0 else rest


def _single(call: Call, args: Args) -> tuple[Shape, Args]:
    count(call, args, 1)
    return need(args[0], Kind.NUMBER).shape, args


def _neg_sql(sql: Sql, term: Apply, args: tuple[Any, ...]) -> exp.Expression:
    # Wide: the negative of the smallest 64-bit number is no 64-bit number.
    return exp.Paren(this=exp.Neg(this=sql.typed(args[0], replace(term.shape, limit=term.shape.limit + 1))))


def _abs_sql(sql: Sql, term: Apply, args: tuple[Any, ...]) -> exp.Expression:
    return sql.call("ABS", sql.typed(args[0], replace(term.shape, limit=term.shape.limit + 1)))


def _round(call: Call, args: Args) -> tuple[Shape, Args]:
    count(call, args, 1, 2)
    shape = need(args[0], Kind.NUMBER).shape
    places = whole(call, args[1], 0, 10) if len(args) == 2 else 0
    return _shortened(shape, min(places, shape.scale)), args


def _shortened(shape: Shape, scale: int) -> Shape:
    return replace(shape, scale=scale, limit=shape.limit // 10 ** (shape.scale - scale) + 1)


def _dropped(term: Apply) -> int:
    return term.args[0].shape.scale - term.shape.scale


def _round_sql(sql: Sql, term: Apply, args: tuple[Any, ...]) -> exp.Expression:
    return sql.rounded(args[0], term.args[0].shape, _dropped(term), term.shape.limit) if _dropped(term) else args[0]


def _round_python(python: Python, term: Apply, args: tuple[Code, ...]) -> Code:
    if not _dropped(term):
        return args[0]
    helper, unit_size = python.helper(divide), 10 ** _dropped(term)
    return python.strict(args[:1], lambda value: f"{helper}({value}, {unit_size})")


def _edge(call: Call, args: Args) -> tuple[Shape, Args]:
    count(call, args, 1)
    return _shortened(need(args[0], Kind.NUMBER).shape, 0), args


def _edge_sql(sql: Sql, term: Apply, args: tuple[exp.Expression, ...]) -> exp.Expression:
    if not _dropped(term):
        return args[0]
    point = sql.shifted(args[0], term.args[0].shape)
    return sql.cast(sql.call(term.function.name.upper(), point), sql.whole(term.args[0].shape.limit))


def _edge_python(python: Python, term: Apply, args: tuple[Code, ...]) -> Code:
    size = 10 ** _dropped(term)
    if size == 1:
        return args[0]
    if term.function.name == "floor":
        return python.strict(args, lambda value: f"{value} // {size}")
    return python.strict(args, lambda value: f"-(-{value} // {size})")


def _minor(call: Call, args: Args) -> tuple[Shape, Args]:
    count(call, args, 1)
    shape = need(args[0], Kind.NUMBER).shape
    unit([Const(0, number(0, 1, "元")), args[0]])
    if shape.scale < 2:
        return bounded(replace(shape, scale=0, limit=shape.limit * 10 ** (2 - shape.scale), unit="分"), call.at), args
    return replace(_shortened(shape, 2), scale=0, unit="分"), args


def _minor_sql(sql: Sql, term: Apply, args: tuple[Any, ...]) -> exp.Expression:
    scale = term.args[0].shape.scale
    if scale < 2:
        return sql.binary(exp.Mul, sql.typed(args[0], term.shape), sql.integer(10 ** (2 - scale)))
    return sql.rounded(args[0], term.args[0].shape, scale - 2, term.shape.limit) if scale > 2 else args[0]


def _minor_python(python: Python, term: Apply, args: tuple[Code, ...]) -> Code:
    scale, helper = term.args[0].shape.scale, python.helper(divide)
    if scale < 2:
        return python.strict(args, lambda value: f"{value} * {10 ** (2 - scale)}")
    return args[0] if scale == 2 else python.strict(args, lambda value: f"{helper}({value}, {10 ** (scale - 2)})")


def _between_signs(sign: str) -> Callable[[Speaker, Apply], str]:
    return lambda speaker, term: sign.join(speaker.operand(arg) for arg in term.args)


def _prefixed(words: str) -> Callable[[Speaker, Apply], str]:
    return lambda speaker, term: f"{speaker.operand(term.args[0])}{words}"


def _round_chinese(speaker: Speaker, term: Apply) -> str:
    return f"{speaker.operand(term.args[0])}四舍五入到{f'{term.shape.scale}位小数' if term.shape.scale else '整数'}"


ALL: Final = (
    Function("+", _sum, _sum_sql, _sum_python, _between_signs("加")),
    Function("-", _sum, _sum_sql, _sum_python, _between_signs("减")),
    Function("*", _product, _product_sql, _product_python, _between_signs("乘以")),
    Function("/", _quotient, _quotient_sql, _quotient_python, _between_signs("除以"), copies=2),
    Function("//", _whole_pair, _whole_pair_sql, _whole_pair_python, _between_signs("整除以")),
    Function(
        "%", _whole_pair, _whole_pair_sql, _whole_pair_python, lambda s, t: f"{_between_signs('除以')(s, t)}的余数"
    ),
    Function(
        "neg",
        _single,
        _neg_sql,
        lambda p, _t, args: p.strict(args, lambda value: f"-{value}"),
        lambda s, t: f"负的{s.operand(t.args[0])}",
    ),
    Function(
        "abs",
        _single,
        _abs_sql,
        lambda p, _t, args: p.strict(args, lambda value: f"abs({value})"),
        _prefixed("的绝对值"),
    ),
    Function("round", _round, _round_sql, _round_python, _round_chinese),
    Function("floor", _edge, _edge_sql, _edge_python, _prefixed("向下取整")),
    Function("ceil", _edge, _edge_sql, _edge_python, _prefixed("向上取整")),
    Function("minor", _minor, _minor_sql, _minor_python, _prefixed("折合的分")),
)
