"""Comparisons, BETWEEN, IN, GREATEST and LEAST. Text is compared by code point, numbers by exact value."""

from decimal import Decimal
from typing import Any, Final

from sqlglot import exp

from liuke.kernel.rule.agree import allowed, common, count, finest, wrong
from liuke.kernel.rule.chinese import Speaker
from liuke.kernel.rule.errors import WrongArguments, WrongType
from liuke.kernel.rule.model import Call, Scalar, Type
from liuke.kernel.rule.python import Code, Python
from liuke.kernel.rule.sql import Sql
from liuke.kernel.rule.term import BOOL, Apply, Const, Function, Kind, Ref, Shape, Term

Args = tuple[Term, ...]
_NODES: Final[dict[str, type[exp.Binary]]] = {
    "=": exp.EQ,
    "<>": exp.NEQ,
    "<": exp.LT,
    "<=": exp.LTE,
    ">": exp.GT,
    ">=": exp.GTE,
}
_PYTHON: Final = {"=": "==", "<>": "!="}


def _pair(call: Call, args: Args) -> tuple[Shape, Args]:
    for arg in args:
        if arg.shape.kind is Kind.NULL:
            advice = "判断是否为空请用 is null 或 is not null。"
            raise WrongType(position=arg.at + 1, expected="一个有值的内容", found="空值", advice=advice)
    shape, args = common(args)
    if shape.kind is Kind.BOOL and call.function not in ("=", "<>"):
        raise wrong(args[0], Kind.NUMBER)
    allowed(args[0], args[1:])
    allowed(args[1], args[:1])
    return BOOL, args


def _compared(term: Apply) -> Shape:
    """The shape the arguments of a comparison are compared in."""
    first = term.args[0].shape
    return finest(term.args) if first.kind is Kind.NUMBER else first


def _plain(sql: Sql, term: Apply) -> list[exp.Expression] | None:
    """A decimal column against literals, compared as it is stored: the engine can then skip files by their bounds."""
    field = term.args[0]
    if not isinstance(field, Ref) or field.field.type != Type.DECIMAL:
        return None
    if not all(isinstance(arg, Const) for arg in term.args[1:]) or _compared(term).scale > field.shape.scale:
        return None
    return [sql.column(field), *(sql.stored(arg) for arg in term.args[1:])]


def _sides(sql: Sql, term: Apply, args: tuple[Any, ...]) -> list[exp.Expression]:
    shape = _compared(term)
    plain = _plain(sql, term)
    if plain:
        return plain
    sides = [sql.rescaled(arg, part.shape, shape) if part.shape.scale != shape.scale else arg
             for arg, part in zip(args, term.args, strict=True)]  # fmt: skip
    return [sql.collated(side) for side in sides] if shape.kind is Kind.TEXT else sides


def _pair_sql(sql: Sql, term: Apply, args: tuple[Any, ...]) -> exp.Expression:
    left, right = _sides(sql, term, args)
    return sql.binary(_NODES[term.function.name], left, right)


def _pair_python(python: Python, term: Apply, args: tuple[Code, ...]) -> Code:
    sign = _PYTHON.get(term.function.name, term.function.name)
    field, const = term.args
    if isinstance(field, Ref) and isinstance(const, Const) and field.field.type == Type.DECIMAL:
        known = python.constant(Decimal(f"{const.value}e-{const.shape.scale}"))
        return python.strict((python.stored(field),), lambda value: f"{value} {sign} {known}")
    return python.strict(python.alike(term, args, _compared(term)), lambda left, right: f"{left} {sign} {right}")


def _between(call: Call, args: Args) -> tuple[Shape, Args]:
    count(call, args, 3)
    shape, args = common(args)
    if shape.kind is Kind.BOOL:
        raise wrong(args[0], Kind.NUMBER)
    return BOOL, args


def _between_sql(sql: Sql, term: Apply, args: tuple[Any, ...]) -> exp.Expression:
    value, low, high = _sides(sql, term, args)
    return exp.Paren(this=exp.Between(this=value, low=low, high=high))


def _between_python(python: Python, term: Apply, args: tuple[Code, ...]) -> Code:
    value, low, high = python.alike(term, args, _compared(term))
    if not low.nullable and not high.nullable:
        return python.strict((value, low, high), lambda v, a, b: f"{a} <= {v} <= {b}")
    helper = python.helper(_within)
    return Code(f"{helper}({value.text}, {low.text}, {high.text})", nullable=True)


def _within(value: Scalar, low: Scalar, high: Scalar) -> bool | None:
    """SQL's meaning: ``value >= low AND value <= high``, false as soon as one half is false."""
    if value is None:
        return None
    if (low is not None and value < low) or (high is not None and value > high):
        return False
    return None if low is None or high is None else True


def _membership(call: Call, args: Args) -> tuple[Shape, Args]:
    if len(args) < 2:
        raise WrongArguments(position=call.at + 1, function="in", reason="的列表不能为空")
    for arg in args[1:]:
        if not isinstance(arg, Const) or arg.value is None:
            raise WrongArguments(position=arg.at + 1, function="in", reason="的列表只能写数值、文字或日期")
    _, args = common(args)
    allowed(args[0], args[1:])
    return BOOL, args


def _membership_sql(sql: Sql, term: Apply, args: tuple[Any, ...]) -> exp.Expression:
    sides = _sides(sql, term, args)
    return exp.Paren(this=exp.In(this=sides[0], expressions=sides[1:]))


def _membership_python(python: Python, term: Apply, args: tuple[Code, ...]) -> Code:
    shape = _compared(term)
    value = python.alike(term, args, shape)[0]
    values = frozenset(arg.value for arg in term.args[1:] if isinstance(arg, Const))
    known = python.constant(values)
    return python.strict((value,), lambda name: f"{name} in {known}")


def _extreme(call: Call, args: Args) -> tuple[Shape, Args]:
    count(call, args, 2, 1000)
    shape, args = common(args)
    if shape.kind is Kind.BOOL:
        raise wrong(args[0], Kind.NUMBER)
    return shape, args


def _extreme_sql(sql: Sql, term: Apply, args: tuple[Any, ...]) -> exp.Expression:
    parts = sql.alike(term, args)
    if term.shape.kind is Kind.TEXT:
        parts = [sql.collated(part) for part in parts]
    return sql.call(term.function.name.upper(), *parts)


def _extreme_python(python: Python, term: Apply, args: tuple[Code, ...]) -> Code:
    helper = python.helper(_greatest if term.function.name == "greatest" else _least)
    parts = python.alike(term, args)
    nullable = all(part.nullable for part in parts)
    return Code(f"{helper}({', '.join(part.text for part in parts)})", nullable=nullable)


def _greatest(*values: Scalar) -> Scalar:
    return max((value for value in values if value is not None), default=None)


def _least(*values: Scalar) -> Scalar:
    return min((value for value in values if value is not None), default=None)


def _range_chinese(speaker: Speaker, term: Apply) -> str:
    value, low, high = term.args
    return f"{speaker.value(value)}在{speaker.beside(low, value)}到{speaker.beside(high, value)}之间"


def _list_chinese(speaker: Speaker, term: Apply) -> str:
    named = [speaker.beside(arg, term.args[0]) for arg in term.args[1:]]
    return f"{speaker.value(term.args[0])}为{'、'.join(named)}{'之一' if len(named) > 1 else ''}"


ALL: Final = (
    *(
        Function(sign, _pair, _pair_sql, _pair_python, lambda speaker, term: speaker.comparison(term))
        for sign in ("=", "<>", "<", "<=", ">", ">=")
    ),
    Function("between", _between, _between_sql, _between_python, _range_chinese),
    Function("in", _membership, _membership_sql, _membership_python, _list_chinese),
    Function("greatest", _extreme, _extreme_sql, _extreme_python, lambda s, t: f"{s.listed('', t)}中的最大值"),
    Function("least", _extreme, _extreme_sql, _extreme_python, lambda s, t: f"{s.listed('', t)}中的最小值"),
)
