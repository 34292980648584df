"""The nouns of a rule: its types, its tree, and the limits a rule keeps."""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, ClassVar, Final, TypeAlias

from liuke.kernel.rule.errors import TooLarge

#: A rule is written or clicked by a person; beyond these it is a mistake or an attack.
MAX_CHARS: Final = 20_000
MAX_TERMS: Final = 1_000
#: Nodes of the whole tree, literals and operators included.
MAX_NODES: Final = 5_000
MAX_DEPTH: Final = 64


class Type(StrEnum):
    """What a field holds, as it is stored."""

    BOOL = "bool"
    INT = "int"
    DECIMAL = "decimal"
    #: Written in 元 with two decimals, stored as a whole number of 分.
    MONEY = "money"
    TEXT = "text"
    DATE = "date"
    TIMESTAMP = "timestamp"


#: What a rule computes: a bool, int, Decimal, str, date, datetime or None, of one kind for one rule.
Scalar: TypeAlias = Any

Value: TypeAlias = bool | int | Decimal | str | date | datetime | None


@dataclass(frozen=True, slots=True)
class Literal:
    """A written value. ``at`` is its place in the text, from 0."""

    value: Value
    at: int = field(default=0, compare=False)

    height: ClassVar[int] = 1
    size: ClassVar[int] = 1

    def __eq__(self, other: object) -> bool:
        # 1, true and 1.0 are equal in Python but not in a rule.
        return isinstance(other, Literal) and repr(self.value) == repr(other.value)

    def __hash__(self) -> int:
        return hash(repr(self.value))


@dataclass(frozen=True, slots=True)
class Name:
    """The name of a field, with dots as written: ``aum_mavg``, ``tag.aum``."""

    name: str
    at: int = field(default=0, compare=False)

    height: ClassVar[int] = 1
    size: ClassVar[int] = 1


@dataclass(frozen=True, slots=True)
class Call:
    """An operator or function with its arguments: ``>``, ``and``, ``in``, ``case``, ``coalesce`` …"""

    function: str
    args: "tuple[Node, ...]"
    at: int = field(default=0, compare=False)
    #: Levels of the tree and number of its nodes.
    height: int = field(init=False, compare=False, repr=False)
    size: int = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "height", 1 + max((arg.height for arg in self.args), default=0))
        object.__setattr__(self, "size", 1 + sum(arg.size for arg in self.args))


Node: TypeAlias = Literal | Name | Call

#: Operators that take any number of arguments; a chain of them is one node, so it does not deepen the tree.
CHAINS: Final = frozenset({"and", "or", "+", "*", "||"})


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule that can be read: well formed, not yet checked against a catalogue."""

    root: Node
    #: The text the positions of errors count in.
    text: str = field(default="", compare=False)

    def __post_init__(self) -> None:
        if self.root.height > MAX_DEPTH:
            raise TooLarge(position=1, reason="嵌套太深", limit=f"{MAX_DEPTH} 层")
        if self.root.size > MAX_NODES:
            raise TooLarge(position=1, reason="条件太多", limit=f"{MAX_TERMS} 项")


def chain(function: str, args: list[Node], at: int) -> Call:
    """A chain operator with nested chains of the same operator at its front folded in."""
    first = args[0]
    if function in CHAINS and isinstance(first, Call) and first.function == function:
        return Call(function, (*first.args, *args[1:]), at)
    return Call(function, tuple(args), at)
