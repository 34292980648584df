"""Checks a rule against a catalogue: every name known, every type and unit fitting, every size bounded."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final

from liuke.kernel.rule.agree import bounded, need, written, wrong
from liuke.kernel.rule.catalogue import Catalogue, Event, Window, find, propose
from liuke.kernel.rule.checked import Checked
from liuke.kernel.rule.errors import NotAllowed, TooLarge, UnknownName, WrongArguments
from liuke.kernel.rule.functions import FUNCTIONS, choose
from liuke.kernel.rule.model import Call, Literal, Name, Node, Rule, Type
from liuke.kernel.rule.term import (
    BOOL,
    DATE,
    LARGEST_64,
    TEXT,
    TIMESTAMP,
    Apply,
    Const,
    Field,
    Kind,
    Ref,
    Shape,
    Term,
    WindowCall,
    Windowed,
)

#: How many nodes the SQL of a rule may have; some functions repeat their argument.
MAX_SQL: Final = 60_000
_AGGREGATES: Final = frozenset(
    [
        "count",
        "sum",
        "avg",
        "min",
        "max",
        "median",
        "mode",
        "stddev",
        "variance",
        "string_agg",
        "array_agg",
        "first",
        "last",
    ]
)
_WINDOW: Final = re.compile("([1-9][0-9]{0,4})([mhdw])")
_STEPS: Final = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}
_KINDS: Final = {
    Type.BOOL: Kind.BOOL,
    Type.TEXT: Kind.TEXT,
    Type.DATE: Kind.DATE,
    Type.TIMESTAMP: Kind.TIMESTAMP,
}


def check(rule: Rule, catalogue: Catalogue, *, wants: Type | None = None) -> Checked:
    """The rule made ready to run. ``wants`` is the type its value must have, e.g. ``Type.BOOL`` for a condition.

    Raises `RuleInvalid` with the place, the reason and, for a name, the nearest known one.
    """
    term = _Checker(catalogue, catalogue.fields).term(rule.root)
    if wants is not None:
        term = _wanted(term, Type(wants))
    _sized(term)
    return Checked(rule, catalogue, term)


def _wanted(term: Term, wants: Type) -> Term:
    if wants in _KINDS:
        return need(term, _KINDS[wants])
    need(term, Kind.NUMBER)
    scale = {Type.INT: 0, Type.MONEY: 2}.get(wants, term.shape.scale)
    if term.shape.scale > scale:
        advice = f"请用 round(…, {scale}) 取到 {scale} 位小数。"
        raise NotAllowed(position=term.at + 1, what=f"超过 {scale} 位的小数", advice=advice)
    if wants is Type.INT and term.shape.limit > LARGEST_64:
        raise TooLarge(position=term.at + 1, reason="整数的位数可能太多", limit="18 位")
    return term


def _sized(term: Term) -> int:
    inner = sum(_sized(arg) for arg in term.args) if isinstance(term, Apply) else 0
    size = 1 + inner * (term.function.copies if isinstance(term, Apply) else 1)
    if size > MAX_SQL:
        raise TooLarge(position=term.at + 1, reason="展开后太长", limit=f"{MAX_SQL} 项")
    return size


class _Checker:
    def __init__(self, catalogue: Catalogue, fields: Mapping[str, Field], what: str = "字段") -> None:
        self.catalogue = catalogue
        self.fields = fields
        self.what = what

    def term(self, node: Node) -> Term:
        match node:
            case Literal():
                return _const(node)
            case Name():
                name, field = find(self.fields, node.name, node.at, self.what)
                return Ref(name, field, field.shape, node.at)
            case Call():
                return self.call(node)

    def call(self, node: Call) -> Term:
        window = self.catalogue.windows.get(node.function)
        if window is not None:
            return self.windowed(node, window)
        if node.function not in FUNCTIONS and node.function not in self.catalogue.functions:
            raise self.unknown(node)
        args = tuple(self.term(arg) for arg in node.args)
        function = choose(node.function, args) or self.catalogue.functions[node.function]
        shape, args = function.bind(node, args)
        return Apply(function, args, shape, node.at)

    def unknown(self, node: Call) -> NotAllowed | UnknownName:
        if node.function in _AGGREGATES:
            return NotAllowed(
                position=node.at + 1,
                what=f"汇总函数 {node.function}",
                advice="请用 count_events、sum_events 等函数，或先做成标签。",
            )
        known = [*FUNCTIONS, *self.catalogue.functions, *(self.catalogue.windows if self.catalogue.events else ())]
        proposal = propose(node.function, [name for name in known if name[0].isalpha()])
        return UnknownName(position=node.at + 1, name=node.function[:60], what="函数", proposal=proposal)

    def windowed(self, node: Call, window: Window) -> Windowed:
        if len(node.args) < len(window.takes):
            reason = f"至少需要 {len(window.takes)} 个参数，而写了 {len(node.args)} 个"
            raise WrongArguments(position=node.at + 1, function=node.function, reason=reason)
        name, event = self.event(node, node.args[window.takes.index("event")])
        call, shape, labels = WindowCall(node.function, name), window.shape, {"event": event.label}
        pointed = False
        inner = _Checker(replace(self.catalogue, windows={}), event.fields, f"{event.label}事件的字段")
        for kind, arg in zip(window.takes, node.args, strict=False):
            if kind == "window":
                call, labels["window"] = replace(call, window=(span := self.span(node, arg))), _words(span)
            elif kind == "then":
                then, labels["then"] = self.event(node, arg)[0], self.event(node, arg)[1].label
                call = replace(call, then=then)
            elif kind == "field":
                field = self.field(node, inner, arg, summed=shape is None)
                call, labels["field"] = replace(call, value=field.name), field.field.label
                pointed = shape is None and field.field.type == Type.DECIMAL
                shape = shape or bounded(replace(field.shape, limit=field.shape.limit * 10**6), arg.at)
        call = replace(call, filter=self.filter(inner, node.args[len(window.takes) :], node.at))
        return Windowed(call, window.saying, labels, shape or BOOL, pointed, node.at)

    def event(self, node: Call, arg: Node) -> tuple[str, Event]:
        name = written(node, _const(arg)) if isinstance(arg, Literal) else None
        events = self.catalogue.events
        labelled = [known for known, event in events.items() if event.label == name]
        if name not in events and len(labelled) == 1:
            name = labelled[0]
        if name is None or name not in events:
            choices = [*events, *(event.label for event in events.values())]
            shown = name if name is not None else "(请写成 '事件名')"
            raise UnknownName(position=arg.at + 1, name=shown[:60], what="事件", proposal=propose(name or "", choices))
        return name, events[name]

    def span(self, node: Call, arg: Node) -> timedelta:
        match = _WINDOW.fullmatch(written(node, _const(arg)) if isinstance(arg, Literal) else "")
        span = int(match.group(1)) * _STEPS[match.group(2)] if match else timedelta()
        if not timedelta() < span <= timedelta(days=self.catalogue.longest_days):
            reason = f"的时间窗须写成 '30m'、'24h'、'7d' 或 '4w'，最长 {self.catalogue.longest_days} 天"
            raise WrongArguments(position=arg.at + 1, function=node.function, reason=reason)
        return span

    def field(self, node: Call, inner: "_Checker", arg: Node, *, summed: bool) -> Ref:
        field = inner.term(arg)
        if not isinstance(field, Ref):
            raise WrongArguments(position=arg.at + 1, function=node.function, reason="这个参数须是事件的字段名")
        if summed:
            need(field, Kind.NUMBER)
        return field

    def filter(self, inner: "_Checker", args: tuple[Node, ...], at: int) -> Term | None:
        if not args:
            return None
        term = inner.term(args[0] if len(args) == 1 else Call("and", args, at))
        if term.shape.kind is not Kind.BOOL:
            raise wrong(term, Kind.BOOL)
        return term


def _const(node: Literal) -> Const:
    value = node.value
    if value is None:
        return Const(None, Shape(Kind.NULL), node.at)
    if isinstance(value, bool):
        return Const(value, BOOL, node.at)
    if isinstance(value, int):
        return Const(value, bounded(Shape(Kind.NUMBER, 0, abs(value)), node.at), node.at)
    if isinstance(value, Decimal):
        scale = -int(value.as_tuple().exponent)
        units = int(str(value).replace(".", ""))
        return Const(units, bounded(Shape(Kind.NUMBER, scale, abs(units)), node.at), node.at)
    if isinstance(value, datetime):
        return Const(value, TIMESTAMP, node.at)
    return Const(value, DATE if isinstance(value, date) else TEXT, node.at)


def _words(span: timedelta) -> str:
    if span % timedelta(days=1) == timedelta():
        return f"{span.days}天"
    minutes = span // timedelta(minutes=1)
    return f"{minutes // 60}小时" if minutes % 60 == 0 else f"{minutes}分钟"
