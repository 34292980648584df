"""Reads the text of a rule into its tree. The grammar holds the allowed constructs only, so nothing else can be read.

The text is a subset of SQL (a test reads every canonical text with SQLGlot); the reader is ours because it must say in
Chinese, at the exact place, what is wrong, and must not change with a library's idea of what SQL may contain.
"""

import re
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from liuke.kernel.rule.errors import NotAllowed, TooLarge, Unreadable
from liuke.kernel.rule.instant import CHINA
from liuke.kernel.rule.model import CHAINS, MAX_DEPTH, MAX_TERMS, Call, Literal, Name, Node, Rule, chain
from liuke.kernel.rule.scan import Token, scan

#: How strongly an operator binds; unary minus binds strongest, NOT between AND and comparison.
BINDING: Final = {
    **dict.fromkeys(["or"], 1),
    **dict.fromkeys(["and"], 2),
    **dict.fromkeys(["=", "<>", "<", "<=", ">", ">=", "in", "like", "between", "is", "not"], 4),
    **dict.fromkeys(["||"], 5),
    **dict.fromkeys(["+", "-"], 6),
    **dict.fromkeys(["*", "/", "//", "%"], 7),
}
NOT_BINDING: Final = 3
COMPARISON: Final = 4

_STATEMENT: Final = frozenset(
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
    ]
)
_FOREIGN: Final = {
    **dict.fromkeys(_STATEMENT, ("查询语句", "规则是一个条件或一个算式。")),
    "over": ("窗口函数", "请用 count_events、sum_events 等函数。"),
    "cast": ("cast", "请用 to_int、to_decimal、to_date 等函数。"),
    "interval": ("interval", "日期加天数直接写 日期 + 7。"),
    "escape": ("escape", "like 里没有转义符，请用 contains 或 matches。"),
    "ilike": ("ilike", "请用 lower(…) like。"),
    "collate": ("collate", ""),
    "distinct": ("distinct", "请用 distinct_events。"),
}
_DAY: Final = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MOMENT: Final = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[ T][0-9]{2}:[0-9]{2}:[0-9]{2})?")


def parse(text: str) -> Rule:
    """The rule written in ``text``. Raises `RuleInvalid` with the place and the reason."""
    reader = _Reader(scan(text))
    root = reader.expression(0)
    reader.finish()
    return Rule(root, text)


class _Reader:
    """A Pratt reader: one method per construct, ``depth`` bounded so that no text can exhaust the stack."""

    def __init__(self, tokens: list[Token]) -> None:
        self.tokens = tokens
        self.place = 0
        self.depth = 0
        self.leaves = 0

    @property
    def now(self) -> Token:
        return self.tokens[self.place]

    def take(self) -> Token:
        token = self.now
        self.place += 1
        return token

    def sees(self, *texts: str) -> bool:
        return self.now.kind in ("keyword", "symbol") and self.now.text in texts

    def expect(self, text: str) -> Token:
        if not self.sees(text):
            raise self.lost(f"这里应为“{text}”")
        return self.take()

    def finish(self) -> None:
        if self.now.kind != "end":
            raise self.lost("多出的内容")

    def lost(self, reason: str) -> Unreadable | NotAllowed:
        token = self.now
        foreign = _FOREIGN.get(token.text.lower()) if token.kind == "name" else None
        if foreign:
            return NotAllowed(position=token.at + 1, what=foreign[0], advice=foreign[1])
        near = f"“{token.text}”" if token.text else "规则结尾"
        return Unreadable(position=token.at + 1, reason=f"{reason}，而写的是{near}")

    def expression(self, floor: int) -> Node:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise TooLarge(position=self.now.at + 1, reason="嵌套太深", limit=f"{MAX_DEPTH} 层")
        left = self.prefix()
        while (binding := self.binding()) > floor:
            left = self.infix(left, binding)
            if binding == COMPARISON and self.binding() == COMPARISON:
                raise self.lost("比较不能连写，请用 and 或 between 连接")
            if left.height > MAX_DEPTH:
                raise TooLarge(position=self.now.at + 1, reason="嵌套太深", limit=f"{MAX_DEPTH} 层")
        self.depth -= 1
        return left

    def binding(self) -> int:
        return BINDING.get(self.now.text, 0) if self.now.kind in ("keyword", "symbol") else 0

    def infix(self, left: Node, binding: int) -> Node:
        token = self.take()
        if token.text == "not":
            if not self.sees("in", "like", "between"):
                raise self.lost("not 之后应为 in、like 或 between")
            return Call("not", (self.special(left, self.take()),), token.at)
        if token.text in ("in", "like", "between", "is"):
            return self.special(left, token)
        parts = [left, self.expression(binding)]
        while token.text in CHAINS and self.sees(token.text):
            self.take()
            parts.append(self.expression(binding))
        return chain(token.text, parts, token.at)

    def special(self, left: Node, token: Token) -> Node:
        if token.text == "is":
            negated = self.sees("not") and bool(self.take())
            self.expect("null")
            test = Call("is_null", (left,), token.at)
            return Call("not", (test,), token.at) if negated else test
        if token.text == "in":
            return Call("in", (left, *self.parenthesised()), token.at)
        if token.text == "like":
            return Call("like", (left, self.expression(COMPARISON)), token.at)
        low = self.expression(COMPARISON)
        self.expect("and")
        return Call("between", (left, low, self.expression(COMPARISON)), token.at)

    def parenthesised(self) -> list[Node]:
        self.expect("(")
        items: list[Node] = []
        if self.sees(")"):
            self.take()
            return items
        while True:
            items.append(self.expression(0))
            if self.sees(")"):
                self.take()
                return items
            self.expect(",")

    def prefix(self) -> Node:
        token = self.now
        if token.kind in ("number", "string", "name", "quoted"):
            return self.atom()
        if token.kind == "symbol":
            return self.sign()
        match token.text if token.kind == "keyword" else "":
            case "not":
                self.take()
                return Call("not", (self.expression(NOT_BINDING),), token.at)
            case "case":
                return self.case()
            case "true" | "false" | "null":
                self.take()
                return Literal({"true": True, "false": False, "null": None}[token.text], token.at)
            case "date" | "timestamp":
                return self.dated()
        raise self.lost("这里应为字段、数值或函数")

    def sign(self) -> Node:
        token = self.now
        if self.sees("("):
            self.take()
            inner = self.expression(0)
            self.expect(")")
            return inner
        if self.sees("-", "+"):
            self.take()
            inner = self.expression(BINDING["*"])
            if token.text == "+":
                return inner
            if isinstance(inner, Literal) and type(inner.value) in (int, Decimal):
                return Literal(-inner.value, token.at)  # type: ignore[operator]
            return Call("neg", (inner,), token.at)
        if self.sees("*"):
            raise NotAllowed(position=token.at + 1, what="*", advice="请写明字段。")
        raise self.lost("这里应为字段、数值或函数")

    def atom(self) -> Node:
        token = self.take()
        if token.kind == "number":
            number = Decimal(token.text) if "." in token.text else int(token.text) if len(token.text) < 40 else 10**39
            return Literal(number, token.at)
        if token.kind == "string":
            return Literal(token.text, token.at)
        self.count()
        if self.sees("(") and token.kind == "name":
            return self.call(token)
        if token.kind == "name" and token.text.lower() in _FOREIGN:
            self.place -= 1
            raise self.lost("")
        return Name(token.text, token.at)

    def call(self, token: Token) -> Node:
        name = token.text.lower()
        if name in _FOREIGN:
            self.place -= 1
            raise self.lost("")
        return Call(name, tuple(self.parenthesised()), token.at)

    def case(self) -> Node:
        token = self.take()
        parts: list[Node] = []
        if not self.sees("when"):
            raise self.lost("case 之后应为 when")
        while self.sees("when"):
            self.take()
            parts.append(self.expression(0))
            self.expect("then")
            parts.append(self.expression(0))
        if self.sees("else"):
            self.take()
            parts.append(self.expression(0))
        else:
            parts.append(Literal(None, self.now.at))
        self.expect("end")
        return Call("case", tuple(parts), token.at)

    def dated(self) -> Node:
        token = self.take()
        if self.now.kind == "string":
            return Literal(instant(token.text, self.now.text, self.take().at), token.at)
        self.count()
        if self.sees("("):
            return self.call(token)
        return Name(token.text, token.at)

    def count(self) -> None:
        self.leaves += 1
        if self.leaves > MAX_TERMS:
            raise TooLarge(position=self.now.at + 1, reason="条件太多", limit=f"{MAX_TERMS} 项")


def instant(kind: str, text: str, at: int) -> date | datetime:
    """A written date or Beijing time; ``kind`` is date or timestamp."""
    try:
        if kind == "date" and _DAY.fullmatch(text):
            return date.fromisoformat(text)
        if kind == "timestamp" and _MOMENT.fullmatch(text) and text >= "1000":
            return datetime.fromisoformat(text).replace(tzinfo=CHINA)
    except ValueError:
        pass
    form = "2024-01-31" if kind == "date" else "2024-01-31 08:30:00"
    raise Unreadable(
        position=at + 1, reason=f"“{text[:30]}”不是存在的{'日期' if kind == 'date' else '时间'}，请写成 '{form}'"
    )
