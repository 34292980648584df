"""Says a checked rule in Chinese, as a bank would: 近7天内浏览大额存单超过3次，且月日均资产不低于50万元."""

from datetime import date, datetime
from decimal import Context, Decimal
from typing import Final

from liuke.kernel.rule.checked import Checked
from liuke.kernel.rule.instant import CHINA
from liuke.kernel.rule.term import Apply, Const, Kind, Ref, Term, Windowed

#: Holds every number a rule can come to, with its decimals.
_EXACT: Final = Context(prec=1000)

_NUMBERS: Final = {"=": "为", "<>": "不为", "<": "低于", "<=": "不超过", ">": "超过", ">=": "不低于"}
_DAYS: Final = {"=": "为", "<>": "不为", "<": "早于", "<=": "不晚于", ">": "晚于", ">=": "不早于"}
_TEXTS: Final = {"=": "为", "<>": "不为", "<": "排在前于", "<=": "不排在后于", ">": "排在后于", ">=": "不排在前于"}
_OPPOSITE: Final = {"=": "<>", "<>": "=", "<": ">=", "<=": ">", ">": "<=", ">=": "<"}
_TURNED: Final = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}


def to_chinese(checked: Checked) -> str:
    """The rule as one Chinese sentence."""
    return say(checked.term)


def say(term: Term) -> str:
    """A term in Chinese: a condition as a claim, anything else as a value."""
    speaker = Speaker()
    return speaker.claim(term, outer=True) if term.shape.kind is Kind.BOOL else speaker.value(term)


class Speaker:
    """Puts terms into words; functions use its small pieces."""

    def claim(self, term: Term, *, outer: bool = False) -> str:
        """A condition; one made of several is bracketed unless it stands alone."""
        if isinstance(term, Ref):
            return fact(term.field.label)
        if isinstance(term, Const):
            return "恒成立" if term.value else "恒不成立"
        said = self.value(term)
        mixed = isinstance(term, Apply) and term.function.name in ("and", "or") and len(term.args) > 1
        return said if outer or not mixed else f"（{said}）"

    def value(self, term: Term) -> str:
        """A value: a field by its Chinese name, a literal as written, a function by its words."""
        match term:
            case Const():
                return self.const(term)
            case Ref():
                return term.field.label
            case Windowed():
                return self.window(term)
            case _:
                return term.function.chinese(self, term)

    def const(self, const: Const, unit: str | None = None) -> str:
        value = const.value
        if value is None:
            return "空"
        if isinstance(value, bool):
            return "是" if value else "否"
        if isinstance(value, int):
            return amount(Decimal(value).scaleb(-const.shape.scale), unit)
        if isinstance(value, datetime):
            return moment(value)
        if isinstance(value, date):
            return f"{value.year}年{value.month}月{value.day}日"
        return f"“{value}”"

    def beside(self, term: Term, other: Term) -> str:
        """A value that is compared with ``other``: with its unit, or the Chinese word of its code."""
        if not isinstance(term, Const):
            return self.value(term)
        if isinstance(other, Ref) and other.field.values and isinstance(term.value, str):
            return other.field.values.get(term.value, term.value)
        return self.const(term, other.shape.unit)

    def operand(self, term: Term) -> str:
        """A value inside a calculation, bracketed if it is a calculation itself."""
        said = self.value(term)
        return f"（{said}）" if isinstance(term, Apply) and not term.function.name[0].isalpha() else said

    def joined(self, term: Apply, sign: str) -> str:
        """Conditions joined by ，且 or ，或."""
        return sign.join(self.claim(arg) for arg in term.args)

    def listed(self, words: str, term: Apply) -> str:
        """Several values after some words."""
        return f"{words}{'、'.join(self.value(arg) for arg in term.args)}"

    def chained(self, term: Apply) -> str:
        """Texts put one after another."""
        return "连接".join(self.value(arg) for arg in term.args)

    def comparison(self, term: Apply, sign: str | None = None) -> str:
        """A comparison, the literal on the right whichever side it was written on."""
        left, right = term.args
        sign = sign or term.function.name
        if isinstance(left, Const) and not isinstance(right, Const):
            left, right, sign = right, left, _TURNED.get(sign, sign)
        if left.shape.kind is Kind.BOOL and isinstance(right, Const):
            return self.claim(left) if (right.value is True) == (sign == "=") else self.denial(left)
        if isinstance(left, Windowed) and left.shape.unit == "次" and isinstance(right, Const):
            return self.times(left, right, sign)
        words = {Kind.DATE: _DAYS, Kind.TIMESTAMP: _DAYS, Kind.TEXT: _TEXTS}.get(left.shape.kind, _NUMBERS)
        return f"{self.value(left)}{words[sign]}{self.beside(right, left)}"

    def denial(self, term: Term) -> str:
        """The opposite of a condition."""
        if not isinstance(term, Apply):
            said = self.claim(term)
            if said.startswith(("是", "符合")):
                return f"不{said}"
            return f"没{said}" if said.startswith("有") else f"并非{said}"
        match term.function.name:
            case sign if sign in _OPPOSITE:
                return self.comparison(term, _OPPOSITE[sign])
            case "is_null":
                return f"{self.value(term.args[0])}不为空"
            case "in":
                return self.value(term).replace("为", "不为", 1) if len(term.args) == 2 else f"并非{self.value(term)}"
            case "not":
                return self.claim(term.args[0])
        return f"并非{self.claim(term) if term.function.name in ('and', 'or') else self.value(term)}"

    def window(self, term: Windowed) -> str:
        """A window call as a noun."""
        return term.saying.format(**self.places(term))

    def times(self, term: Windowed, number: Const, sign: str) -> str:
        """How often something happened, as a verb: 近7天内浏览大额存单超过3次, 近30天内没有登录."""
        said = self.window(term).removesuffix("的次数")
        count = number.value
        if (sign, count) in (("=", 0), ("<", 1), ("<=", 0)):
            event = self.places(term)["event"]
            return said.replace(event, f"没有{event}", 1)
        if (sign, count) in ((">", 0), (">=", 1)):
            event = self.places(term)["event"]
            return said.replace(event, f"有{event}", 1)
        return f"{said}{_NUMBERS[sign]}{self.const(number, '次')}"

    def places(self, term: Windowed) -> dict[str, str]:
        """The words for the places of a window's saying; simple conditions join the event's name."""
        places = dict(term.labels)
        condition = term.call.filter
        if condition is None:
            return places
        event = places["event"]
        if isinstance(condition, Apply) and condition.function.name == "=" and isinstance(condition.args[1], Const):
            text = condition.args[1]
            if isinstance(text.value, str):
                return {**places, "event": f"{event}{self.beside(text, condition.args[0]).strip('“”')}"}
        return {**places, "event": f"{event}（{self.claim(condition, outer=True)}）"}


def fact(label: str) -> str:
    """A yes-or-no field as a claim: 是高净值客户, 有冻结账户, 符合“30天未登录”."""
    if label.startswith(("是", "有", "已")):
        return label
    return f"是{label}" if label.endswith(("客户", "人", "成员", "者")) else f"符合“{label}”"


def amount(value: Decimal, unit: str | None) -> str:
    """A number with its unit, large ones in 万 and 亿 where that is shorter and exact: 50万元, 1.2亿元, 1,234.5元."""
    text = unit or ""
    for places, word in ((8, "亿"), (4, "万")):
        if abs(value) >= 10**places and text in ("元", "次", "人", "户", "笔"):
            scaled = value.scaleb(-places, _EXACT)
            if scaled == scaled.quantize(Decimal("0.01"), context=_EXACT):
                return f"{plain(scaled)}{word}{text}"
    return f"{plain(value)}{text}"


def plain(value: Decimal) -> str:
    """A number without needless zeros, thousands separated."""
    if value == value.to_integral_value():
        return f"{int(value):,}" if abs(value) >= 10_000 else str(int(value))
    return f"{value:,f}".rstrip("0")


def moment(value: datetime) -> str:
    """A moment by the Beijing clock; midnight is only the day."""
    local = value.astimezone(CHINA)
    day = f"{local.year}年{local.month}月{local.day}日"
    return day if local.timetz() == datetime.min.replace(tzinfo=CHINA).timetz() else f"{day}{local:%H:%M}"
