"""The rule as a JSON tree, for the visual builder.

A node is one of ``{"field": "aum"}``, ``{"value": 3}`` (text, whole number, boolean, null), ``{"decimal": "0.80"}``,
``{"date": "2024-01-31"}``, ``{"timestamp": "2024-01-31 08:30:00"}``, or ``{"op": ">=", "args": [node, …]}`` with an
operator or function of the language; ``not in`` and the like are ``{"op": "not", "args": [{"op": "in", …}]}``.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from liuke.kernel.rule.errors import TooLarge, Unreadable
from liuke.kernel.rule.instant import CHINA
from liuke.kernel.rule.model import CHAINS, MAX_CHARS, MAX_DEPTH, MAX_NODES, MAX_TERMS, Call, Literal, Name, Node, Rule
from liuke.kernel.rule.parse import instant, parse
from liuke.kernel.rule.scan import KEYWORDS, refuse_controls
from liuke.kernel.rule.text import written

_NAMED: Final = re.compile("[a-z_][a-z0-9_]{0,60}")
#: How many arguments the operators take; named functions are counted when the rule is checked.
_COUNTS: Final = {
    **dict.fromkeys(["=", "<>", "<", "<=", ">", ">=", "-", "/", "//", "%", "like"], (2, 2)),
    **dict.fromkeys(["not", "neg", "is_null"], (1, 1)),
    **dict.fromkeys(CHAINS, (2, MAX_TERMS)),
    "between": (3, 3),
    "in": (2, MAX_NODES),
    "case": (3, MAX_TERMS),
}


def to_json(rule: Rule) -> dict[str, Any]:
    """The rule as a JSON tree. Reading it gives an equal rule."""
    return _written(rule.root)


def from_json(tree: object) -> Rule:
    """The rule of a JSON tree. Raises `RuleInvalid`; places count in the canonical text of the tree."""
    reader = _Reader()
    return parse(written(reader.node(tree, 1)))


def _written(node: Node) -> dict[str, Any]:
    match node:
        case Name():
            return {"field": node.name}
        case Call():
            return {"op": node.function, "args": [_written(arg) for arg in node.args]}
    value = node.value
    if isinstance(value, Decimal):
        return {"decimal": format(value, "f")}
    if isinstance(value, datetime):
        return {"timestamp": value.astimezone(CHINA).replace(tzinfo=None).isoformat(sep=" ")}
    return {"date": value.isoformat()} if isinstance(value, date) else {"value": value}


class _Reader:
    def __init__(self) -> None:
        self.count = 0

    def node(self, tree: object, depth: int) -> Node:
        self.count += 1
        if depth > MAX_DEPTH:
            raise TooLarge(position=1, reason="嵌套太深", limit=f"{MAX_DEPTH} 层")
        if self.count > MAX_NODES:
            raise TooLarge(position=1, reason="条件太多", limit=f"{MAX_TERMS} 项")
        if isinstance(tree, Mapping):
            if set(tree) == {"op", "args"}:
                return self.call(tree["op"], tree["args"], depth)
            if len(tree) == 1:
                return self.leaf(*next(iter(tree.items())))
        raise Unreadable(position=1, reason="树的节点须是 field、value、decimal、date、timestamp 或 op 与 args 之一")

    def leaf(self, kind: object, value: object) -> Node:
        if isinstance(value, str):
            refuse_controls(value)
            if len(value) > MAX_CHARS:
                raise TooLarge(position=1, reason=f"共 {len(value)} 个字", limit=f"{MAX_CHARS} 个字")
        match kind, value:
            case "field", str() if value and all(value.split(".")):
                return Name(value)
            case "value", None | bool() | str():
                return Literal(value)
            case "value", int():
                return _signed(value)
            case "decimal" | "value", str() | float():
                return _signed(_decimal(value))
            case "date" | "timestamp", str():
                return Literal(instant(str(kind), value, 0))
        raise Unreadable(position=1, reason=f"“{str(kind)[:20]}”的内容不对")

    def call(self, op: object, args: object, depth: int) -> Node:
        if not isinstance(op, str) or not isinstance(args, Sequence) or isinstance(args, str):
            raise Unreadable(position=1, reason="op 须是文字，args 须是列表")
        if op not in _COUNTS and (op in KEYWORDS - {"date"} or not _NAMED.fullmatch(op)):
            raise Unreadable(position=1, reason=f"没有名为“{op[:60]}”的运算")
        least, most = _COUNTS.get(op, (0, MAX_TERMS))
        if not least <= len(args) <= most or (op == "case" and len(args) % 2 == 0):
            raise Unreadable(position=1, reason=f"“{op}”的参数个数不对")
        return Call(op, tuple(self.node(arg, depth + 1) for arg in args))


def _signed(value: int | Decimal) -> Node:
    if isinstance(value, int) and abs(value) >= 10**39:
        raise TooLarge(position=1, reason="数值的位数太多", limit="38 位")
    return Literal(value)


def _decimal(value: str | float) -> Decimal:
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or not -40 < number.adjusted() < 40 or len(number.as_tuple().digits) > 60:
        raise Unreadable(position=1, reason=f"“{str(value)[:30]}”不是数值")
    return number
