"""Says why a rule was true, false or unknown for a row: each condition with its value, and the fewest that decide."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from liuke.kernel.rule.checked import Checked, part, walk
from liuke.kernel.rule.chinese import Speaker, amount, moment, say
from liuke.kernel.rule.model import Scalar
from liuke.kernel.rule.python import Row, WindowPython, to_python
from liuke.kernel.rule.term import Apply, Kind, Ref, Shape, Term, Windowed


@dataclass(frozen=True, slots=True)
class Fact:
    """A value a condition looked at: its Chinese name, the value, and the value in words."""

    label: str
    value: Scalar
    words: str


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition: its words, whether it was true (None: unknown), what it looked at, and what it is made of."""

    words: str
    truth: bool | None
    facts: tuple[Fact, ...] = ()
    joined: str = ""
    parts: "tuple[Condition, ...]" = ()


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a rule answered as it did: the tree of its conditions and the fewest of them that decide the answer."""

    root: Condition
    causes: tuple[Condition, ...]

    @property
    def truth(self) -> bool | None:
        """What the rule answered."""
        return self.root.truth

    @property
    def words(self) -> str:
        """The causes with their values in one sentence."""
        return "；".join(
            f"{cause.words}：{_TRUTH[cause.truth]}"
            + (f"（{'，'.join(f'{fact.label}{fact.words}' for fact in cause.facts)}）" if cause.facts else "")
            for cause in self.causes
        )


_TRUTH = {True: "成立", False: "不成立", None: "无法判断"}


def explain(checked: Checked, row: Row, *, windowed: WindowPython | None = None) -> Explanation:
    """Why the condition ``checked`` is true, false or unknown for ``row`` (fields as they are stored)."""
    root = _Explainer(checked, row, windowed).condition(checked.term)
    return Explanation(root, causes(root))


def causes(condition: Condition) -> tuple[Condition, ...]:
    """The fewest conditions that decide the answer: one false part of an AND, one true part of an OR, else all."""
    if not condition.parts:
        return (condition,)
    if condition.joined == "not":
        return causes(condition.parts[0])
    decisive = condition.joined == "or"
    same = [causes(part) for part in condition.parts if part.truth == condition.truth]
    if condition.truth is decisive:
        return min(same, key=len)
    return tuple(cause for found in same for cause in found)


#: Parts of rules as functions, by the term itself: a rule explained again and again is compiled once.
_functions: Final[dict[int, tuple[Term, Callable[[Row], Scalar]]]] = {}
_ROOM: Final = 4096


class _Explainer:
    def __init__(self, checked: Checked, row: Row, windowed: WindowPython | None) -> None:
        self.checked, self.row, self.windowed = checked, row, windowed

    def value(self, term: Term) -> Scalar:
        if self.windowed is not None:
            return to_python(part(self.checked, term), windowed=self.windowed)(self.row)
        known = _functions.get(id(term))
        if known is None or known[0] is not term:
            if len(_functions) >= _ROOM:
                _functions.clear()
            known = _functions[id(term)] = (term, to_python(part(self.checked, term)))
        return known[1](self.row)

    def condition(self, term: Term) -> Condition:
        if isinstance(term, Apply) and term.function.name in ("and", "or", "not"):
            parts = tuple(self.condition(arg) for arg in term.args)
            truth = _joined(term.function.name, [part.truth for part in parts])
            return Condition(say(term), truth, (), term.function.name, parts)
        return Condition(Speaker().claim(term, outer=True), self.value(term), self.facts(term))

    def facts(self, term: Term) -> tuple[Fact, ...]:
        looked: list[Term] = [t for t in walk(term) if isinstance(t, Ref | Windowed)]
        if isinstance(term, Apply):
            looked += [arg for arg in term.args if isinstance(arg, Apply) and arg.shape.kind is not Kind.BOOL]
        return tuple({say(t): self.fact(say(t), t) for t in looked}.values())

    def fact(self, said: str, term: Term) -> Fact:
        value = self.value(term)
        if isinstance(term, Ref) and term.field.values and isinstance(value, str):
            return Fact(term.field.label, value, f"为{term.field.values.get(value, value)}")
        label = term.field.label if isinstance(term, Ref) else said
        return Fact(label, value, f"为{_words(value, term.shape)}")


def _joined(name: str, truths: list[bool | None]) -> bool | None:
    if name == "not":
        return None if truths[0] is None else not truths[0]
    decisive = name == "or"
    if decisive in truths:
        return decisive
    return None if None in truths else not decisive


def _words(value: Scalar, shape: Shape) -> str:
    if value is None:
        return "空"
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, int | Decimal):
        return amount(Decimal(value), shape.unit)
    if isinstance(value, datetime):
        return moment(value)
    return f"{value.year}年{value.month}月{value.day}日" if isinstance(value, date) else f"“{value}”"
