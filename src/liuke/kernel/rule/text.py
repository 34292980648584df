"""Writes a rule's tree as canonical text: one way of writing for one meaning, with no needless brackets."""

import re
from datetime import date, datetime
from typing import Final

from liuke.kernel.rule.instant import CHINA
from liuke.kernel.rule.model import Call, Literal, Name, Node, Rule
from liuke.kernel.rule.parse import BINDING, COMPARISON, NOT_BINDING
from liuke.kernel.rule.scan import KEYWORDS

_BARE: Final = re.compile(r"[^\W\d]\w*")
_ATOM: Final = 9
_UNARY: Final = 8
#: Names that the reader refuses bare.
_REFUSED: Final = frozenset(
    [
        "select",
        "from",
        "where",
        "group",
        "having",
        "union",
        "with",
        "insert",
        "update",
        "delete",
        "drop",
        "create",
        "alter",
        "exists",
        "values",
        "table",
        "join",
        "over",
        "cast",
        "interval",
        "escape",
        "ilike",
        "collate",
        "distinct",
    ]
)


def to_text(rule: Rule) -> str:
    """The rule's canonical text. Reading it gives an equal rule."""
    return written(rule.root)


def written(node: Node) -> str:
    """The canonical text of a node."""
    match node:
        case Literal():
            return _literal(node)
        case Name():
            return ".".join(_part(part) for part in node.name.split("."))
        case Call():
            return _call(node)


def _literal(node: Literal) -> str:
    value = node.value
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return f"timestamp '{value.astimezone(CHINA):%Y-%m-%d %H:%M:%S}'" if value.year > 1000 else _early(value)
    if isinstance(value, date):
        return f"date '{value.isoformat()}'"
    return (
        "'" + value.replace("'", "''") + "'"
        if isinstance(value, str)
        else format(value, "f" if not isinstance(value, int) else "d")
    )


def _early(value: datetime) -> str:
    return f"timestamp '{value.replace(tzinfo=None).isoformat(sep=' ')}'"


def _part(part: str) -> str:
    if _BARE.fullmatch(part) and part.lower() not in KEYWORDS | _REFUSED:
        return part
    return '"' + part.replace('"', '""') + '"'


def _call(node: Call) -> str:
    name, args = node.function, node.args
    match name:
        case "not":
            return _negated(args[0])
        case "neg":
            return f"-{_inside(args[0], _UNARY)}"
        case "is_null":
            return f"{_inside(args[0], COMPARISON)} is null"
        case "in" | "like" | "between":
            return _special(node, "")
        case "case":
            return _case(args)
    if (name in BINDING and not name[0].isalpha()) or name in ("and", "or"):
        binding = BINDING[name]
        first = _inside(args[0], binding if binding == COMPARISON else binding - 1)
        return f" {name} ".join([first, *(_inside(arg, binding) for arg in args[1:])])
    return f"{name}({', '.join(written(arg) for arg in args)})"


def _negated(node: Node) -> str:
    if isinstance(node, Call) and node.function == "is_null":
        return f"{_inside(node.args[0], COMPARISON)} is not null"
    if isinstance(node, Call) and node.function in ("in", "like", "between"):
        return _special(node, "not ")
    return f"not {_inside(node, NOT_BINDING - 1)}"


def _special(node: Call, negation: str) -> str:
    subject, *rest = node.args
    front = f"{_inside(subject, COMPARISON)} {negation}{node.function}"
    if node.function == "in":
        return f"{front} ({', '.join(written(arg) for arg in rest)})"
    return f"{front} {' and '.join(_inside(arg, COMPARISON) for arg in rest)}"


def _case(args: tuple[Node, ...]) -> str:
    pairs = zip(args[0:-1:2], args[1:-1:2], strict=True)
    whens = " ".join(f"when {written(test)} then {written(value)}" for test, value in pairs)
    last = args[-1]
    other = "" if isinstance(last, Literal) and last.value is None else f" else {written(last)}"
    return f"case {whens}{other} end"


def _inside(node: Node, floor: int) -> str:
    """The node's text, bracketed where it binds no stronger than its surroundings."""
    text = written(node)
    return text if _binding(node) > floor else f"({text})"


def _binding(node: Node) -> int:
    if isinstance(node, Literal) and not isinstance(node.value, str) and text_starts_negative(node):
        return _UNARY
    if not isinstance(node, Call):
        return _ATOM
    if node.function == "not":
        inner = node.args[0]
        special = isinstance(inner, Call) and inner.function in ("in", "like", "between", "is_null")
        return COMPARISON if special else NOT_BINDING
    if node.function == "neg":
        return _UNARY
    if node.function == "is_null":
        return COMPARISON
    return BINDING.get(node.function, _ATOM)


def text_starts_negative(node: Literal) -> bool:
    """Whether a number is written with a minus sign."""
    return str(node.value).startswith("-")
