"""AND, OR, NOT, IS NULL, CASE, COALESCE, NULLIF: SQL's three-valued logic."""

from typing import Any, Final

from sqlglot import exp

from liuke.kernel.rule.agree import common, count, need, wrong
from liuke.kernel.rule.chinese import Speaker
from liuke.kernel.rule.model import Call
from liuke.kernel.rule.python import Code, Python
from liuke.kernel.rule.sql import Sql
from liuke.kernel.rule.term import BOOL, Apply, Function, Kind, Shape, Term

Args = tuple[Term, ...]


def _conditions(call: Call, args: Args) -> tuple[Shape, Args]:
    if call.function == "not":
        count(call, args, 1)
    return BOOL, tuple(need(arg, Kind.BOOL) for arg in args)


def _chain_sql(sql: Sql, term: Apply, args: tuple[Any, ...]) -> exp.Expression:
    return sql.balanced(exp.And if term.function.name == "and" else exp.Or, list(args))


def _chain_python(python: Python, term: Apply, args: tuple[Code, ...]) -> Code:
    decisive = "False" if term.function.name == "and" else "True"
    other = "True" if decisive == "False" else "False"
    if not any(arg.nullable for arg in args):
        return Code(f"({f' {term.function.name} '.join(arg.text for arg in args)})", nullable=False)
    tests, unknowns = [], []
    for arg in args:
        if not arg.nullable:
            tests.append(f"not {arg.text}" if decisive == "False" else arg.text)
            continue
        name, bound = python.named(arg)
        tests.append(f"{bound} is {decisive}")
        unknowns.append(f"{name} is None")
    return Code(
        f"({decisive} if {' or '.join(tests)} else None if {' or '.join(unknowns)} else {other})", nullable=True
    )


def _not_sql(_sql: Sql, _term: Apply, args: tuple[Any, ...]) -> exp.Expression:
    return exp.Paren(this=exp.Not(this=args[0]))


def _not_python(python: Python, _term: Apply, args: tuple[Code, ...]) -> Code:
    return python.strict(args, lambda value: f"not {value}")


def _nullness(call: Call, args: Args) -> tuple[Shape, Args]:
    count(call, args, 1)
    if args[0].shape.kind is Kind.NULL:
        raise wrong(args[0], Kind.TEXT)
    return BOOL, args


def _nullness_sql(_sql: Sql, _term: Apply, args: tuple[Any, ...]) -> exp.Expression:
    return exp.Paren(this=exp.Is(this=args[0], expression=exp.Null()))


def _nullness_python(_python: Python, _term: Apply, args: tuple[Code, ...]) -> Code:
    return Code(f"({args[0].text} is None)" if args[0].nullable else "False", nullable=False)


def _case(_call: Call, args: Args) -> tuple[Shape, Args]:
    tests = tuple(need(test, Kind.BOOL) for test in args[0:-1:2])
    shape, values = common((*args[1:-1:2], args[-1]))
    mixed = [part for pair in zip(tests, values, strict=False) for part in pair]
    return shape, (*mixed, values[-1])


def _case_sql(sql: Sql, term: Apply, args: tuple[Any, ...]) -> exp.Expression:
    values = sql.alike(term, args)
    pairs = zip(args[0:-1:2], values[1:-1:2], strict=True)
    return exp.Paren(this=sql.when(*pairs, default=values[-1]))


def _case_python(python: Python, term: Apply, args: tuple[Code, ...]) -> Code:
    values = python.alike(term, args)
    text = values[-1].text
    tests = [f"{arg.text} is True" if arg.nullable else arg.text for arg in args[0:-1:2]]
    for test, value in reversed(list(zip(tests, values[1:-1:2], strict=True))):
        text = f"{value.text} if {test} else {text}"
    return Code(f"({text})", nullable=any(value.nullable for value in (*values[1:-1:2], values[-1])))


def _case_chinese(speaker: Speaker, term: Apply) -> str:
    parts = [
        f"{speaker.claim(test)}时为{speaker.value(value)}"
        for test, value in zip(term.args[0:-1:2], term.args[1:-1:2], strict=True)
    ]
    return f"（{'；'.join(parts)}；否则为{speaker.value(term.args[-1])}）"


def _coalesce(call: Call, args: Args) -> tuple[Shape, Args]:
    count(call, args, 1, 1000)
    return common(args)


def _coalesce_sql(sql: Sql, term: Apply, args: tuple[Any, ...]) -> exp.Expression:
    return sql.call("COALESCE", *sql.alike(term, args))


def _coalesce_python(python: Python, term: Apply, args: tuple[Code, ...]) -> Code:
    values = python.alike(term, args)
    text, nullable = values[-1].text, values[-1].nullable
    for value in reversed(values[:-1]):
        if not value.nullable:
            text, nullable = value.text, False
            continue
        name, bound = python.named(value)
        text = f"{name} if {bound} is not None else {text}"
    return Code(f"({text})", nullable=nullable)


def _fallback(speaker: Speaker, term: Apply) -> str:
    first, *rest = (speaker.value(arg) for arg in term.args)
    return first + "".join(f"（为空时取{other}）" for other in rest)


def _nullif(call: Call, args: Args) -> tuple[Shape, Args]:
    count(call, args, 2)
    return common(args)


def _nullif_sql(sql: Sql, term: Apply, args: tuple[Any, ...]) -> exp.Expression:
    left, right = sql.alike(term, args)
    return exp.Nullif(this=left, expression=right)


def _nullif_python(python: Python, term: Apply, args: tuple[Code, ...]) -> Code:
    values = python.alike(term, args)
    helper = python.helper(_same_is_none)
    return Code(f"{helper}({values[0].text}, {values[1].text})", nullable=True)


def _same_is_none(left: object, right: object) -> object:
    return None if left == right else left


ALL: Final = (
    Function("and", _conditions, _chain_sql, _chain_python, lambda s, t: s.joined(t, "，且")),
    Function("or", _conditions, _chain_sql, _chain_python, lambda s, t: s.joined(t, "，或")),
    Function("not", _conditions, _not_sql, _not_python, lambda s, t: s.denial(t.args[0])),
    Function("is_null", _nullness, _nullness_sql, _nullness_python, lambda s, t: f"{s.value(t.args[0])}为空"),
    Function("case", _case, _case_sql, _case_python, _case_chinese),
    Function("coalesce", _coalesce, _coalesce_sql, _coalesce_python, _fallback),
    Function(
        "nullif",
        _nullif,
        _nullif_sql,
        _nullif_python,
        lambda s, t: f"{s.value(t.args[0])}（等于{s.value(t.args[1])}时视为空）",
    ),
)
