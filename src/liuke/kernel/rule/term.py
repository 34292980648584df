"""Checked terms: the tree of a rule once every name is known and every node has a shape."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from dataclasses import field as attribute
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from liuke.kernel.rule.model import Call, Type

if TYPE_CHECKING:
    from liuke.kernel.rule.chinese import Speaker
    from liuke.kernel.rule.python import Code, Python
    from liuke.kernel.rule.sql import Sql

#: The largest whole number every engine computes with exactly (38 digits), and the largest 64-bit one.
LARGEST: Final = 10**38 - 1
LARGEST_64: Final = 2**63 - 1


class Kind(StrEnum):
    """What a value is while a rule is computed. Every number is a whole number of units of 10^-scale."""

    BOOL = "是否"
    NUMBER = "数值"
    TEXT = "文字"
    DATE = "日期"
    TIMESTAMP = "时间"
    NULL = "空值"


@dataclass(frozen=True, slots=True)
class Shape:
    """The type of a term: for numbers the digits after the point, the largest possible size, and the unit.

    ``limit`` is the largest absolute value counted in units of 10^-scale; a rule whose result could exceed 38 digits is
    refused when it is checked, so nothing overflows when it runs. ``unit`` None fits every unit.
    """

    kind: Kind
    scale: int = 0
    limit: int = 0
    unit: str | None = None


BOOL: Final = Shape(Kind.BOOL)
TEXT: Final = Shape(Kind.TEXT)
DATE: Final = Shape(Kind.DATE)
TIMESTAMP: Final = Shape(Kind.TIMESTAMP)


def number(scale: int = 0, digits: int = 18, unit: str | None = None) -> Shape:
    """The shape of numbers of at most ``digits`` digits, ``scale`` of them after the point."""
    return Shape(Kind.NUMBER, scale, 10**digits - 1, unit)


@dataclass(frozen=True, slots=True)
class Field:
    """A field rules may name. ``label`` is its Chinese name, ``unit`` the unit rules write it in (元, 天, 次, %).

    ``values`` names the allowed values of a text field with their Chinese words. ``scale`` and ``digits`` bound a
    number (digits after the point; digits in all). ``column`` is its place in SQL when it differs from the name.
    """

    type: Type
    label: str
    unit: str | None = None
    values: Mapping[str, str] | None = attribute(default=None, hash=False)
    scale: int = 4
    digits: int | None = None
    column: str | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.scale <= 10 or not 1 <= (self.digits or 18) <= 28:
            raise ValueError(f"{self.label}: scale 0–10 and digits 1–28 can be computed with exactly")

    @property
    def shape(self) -> Shape:
        """How the field is computed with."""
        match Type(self.type):
            case Type.INT:
                return Shape(Kind.NUMBER, 0, 10**self.digits - 1 if self.digits else LARGEST_64, self.unit)
            case Type.DECIMAL:
                return number(self.scale, self.digits or 18, self.unit)
            case Type.MONEY:
                return number(2, self.digits or 16, self.unit or "元")
            case Type.BOOL:
                return BOOL
            case Type.TEXT:
                return TEXT
            case Type.DATE:
                return DATE
            case Type.TIMESTAMP:
                return TIMESTAMP


@dataclass(frozen=True, slots=True)
class Const:
    """A fixed value; a number is held in units of 10^-scale."""

    value: bool | int | str | date | datetime | None
    shape: Shape
    at: int = attribute(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Ref:
    """A field of the row."""

    name: str
    field: Field
    shape: Shape
    at: int = attribute(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Apply:
    """An operator or function applied to its arguments."""

    function: "Function"
    args: "tuple[Term, ...]"
    shape: Shape
    at: int = attribute(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class WindowCall:
    """A function over a window of events, e.g. ``count_events('view', '7d', product = '大额存单')``.

    The engine of the events answers it: ``to_sql`` and ``to_python`` hand it this. ``event`` is the kind of event,
    ``then`` a second kind where the function takes one, ``window`` how far back from now, ``value`` the event's field
    that is summed or counted, ``filter`` the condition on the event's fields (`part` makes it runnable).
    """

    function: str
    event: str
    window: timedelta | None = None
    value: str | None = None
    then: str | None = None
    filter: "Term | None" = None


@dataclass(frozen=True, slots=True)
class Windowed:
    """A window call with its shape and the words to say it in."""

    call: WindowCall
    saying: str
    labels: Mapping[str, str] = attribute(compare=False, hash=False)
    shape: Shape
    #: Whether the answer comes as a decimal with its point, as the summed column holds it.
    pointed: bool = False
    at: int = attribute(default=0, compare=False)


Term: TypeAlias = Const | Ref | Apply | Windowed

#: Decides the shape of a call, and may recast its arguments (a text literal becomes a date where a date is meant).
Bind: TypeAlias = Callable[[Call, "tuple[Term, ...]"], "tuple[Shape, tuple[Term, ...]]"]


@dataclass(frozen=True, slots=True, eq=False)
class Function:
    """One operator or function of the language: what it accepts and how each back end computes and says it.

    ``copies`` is how often the SQL repeats an argument; it bounds the size of the SQL.
    """

    name: str
    bind: Bind
    sql: "Callable[[Sql, Apply, tuple[Any, ...]], Any]"
    python: "Callable[[Python, Apply, tuple[Code, ...]], Code]"
    chinese: "Callable[[Speaker, Apply], str]"
    copies: int = 1
