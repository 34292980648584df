"""Writes a checked rule as a Python function of one row: one expression, compiled once, no interpretation per row.

The text that is compiled is made of our own templates, numbers, and names we chose; every other value of the rule is
passed in as an object, so nothing a user wrote is ever run as code.
"""

import re
from collections.abc import Callable, Mapping
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Any, Final, NamedTuple, TypeAlias

from liuke.kernel.rule.checked import Checked, walk
from liuke.kernel.rule.model import Type
from liuke.kernel.rule.term import Apply, Const, Kind, Ref, Shape, Term, WindowCall, Windowed

Row: TypeAlias = Mapping[str, Any]
#: Answers a window call: given the call once, returns what is asked for each row. Amounts are in the stored unit (分).
WindowPython: TypeAlias = Callable[[WindowCall], Callable[[Row], Any]]

#: Python refuses expressions nested deeper than 200 brackets; parts deeper than this become functions of their own.
_NESTED: Final = 40
_NAMES: Final = re.compile(r"\b[fs][0-9]+\b")
_EXACT: Final = Context(prec=120, rounding=ROUND_HALF_UP)


class Code(NamedTuple):
    """A piece of Python: its text, whether it may be None, and whether it is a bare name or literal."""

    text: str
    nullable: bool = True
    atom: bool = False


def to_python(checked: Checked, *, windowed: WindowPython | None = None) -> Callable[[Row], Any]:
    """The rule as a function of a row that holds the fields as they are stored (money in 分, a missing field is NULL).

    Returns True, False or None for a condition; else an int, a `Decimal` of the rule's scale, a str, date or datetime.
    """
    python = Python(windowed)
    code = python.term(checked.term)
    shape = checked.term.shape
    if shape.kind is Kind.NUMBER and shape.scale:
        point = python.helper(_decimal)
        code = python.strict((code,), lambda value: f"{point}({value}, {shape.scale})")
    name = python.function(code.text, checked.term)
    return python.build(name)


class Python:
    """The writer; functions use its small pieces."""

    def __init__(self, windowed: WindowPython | None = None) -> None:
        self.windowed = windowed
        self.globals: dict[str, Any] = {"__builtins__": {"abs": abs, "len": len}}
        self.helpers: dict[Any, str] = {}
        self.fields: dict[str, str] = {}
        self.raw: dict[str, str] = {}
        self.functions: list[str] = []
        self.names = 0

    def term(self, term: Term) -> Code:
        """The code of a term, in the form rules are computed in."""
        match term:
            case Const():
                return self.const(term)
            case Ref():
                return Code(self.fields.setdefault(term.name, f"f{len(self.fields)}"), atom=True)
            case Windowed():
                return self.window(term)
            case _:
                code = term.function.python(self, term, tuple(self.term(arg) for arg in term.args))
                return self.lifted(code, term)

    def stored(self, ref: Ref) -> Code:
        """A field as the row holds it, not in units of 10^-scale."""
        return Code(self.raw.setdefault(ref.name, f"s{len(self.raw)}"), atom=True)

    def lifted(self, code: Code, term: Term) -> Code:
        """A deeply nested piece as a call of a function of its own."""
        if len(code.text) < 2 * _NESTED or _depth(code.text) < _NESTED:
            return code
        return Code(f"{self.function(code.text, term)}(row)", code.nullable)

    def function(self, text: str, term: Term) -> str:
        """Defines a function that reads the fields of ``term`` from the row and returns ``text``."""
        name = f"r{len(self.functions)}"
        refs = {part.name: part for part in walk(term) if isinstance(part, Ref)}
        lines = [f"def {name}(row):", " get = row.get"]
        used = set(_NAMES.findall(text))
        for ref in refs.values():
            if (local := self.fields.get(ref.name)) in used:
                lines.append(f" {local} = {self.read(ref)}")
            if (local := self.raw.get(ref.name)) in used:
                lines.append(f" {local} = get({self.constant(ref.name)})")
        self.functions.append("\n".join([*lines, f" return {text}"]))
        return name

    def build(self, name: str) -> Callable[[Row], Any]:
        """Compiles what was written and returns the function of this name."""
        source = "\n".join(self.functions)
        exec(compile(source, "<rule>", "exec"), self.globals)  # noqa: S102 - our own text, see the module's page
        built: Callable[[Row], Any] = self.globals[name]
        return built

    def read(self, ref: Ref) -> str:
        """Reads one field from the row, by a name the text of the program never holds raw."""
        value = f"get({self.constant(ref.name)})"
        if ref.field.type == Type.DECIMAL and ref.shape.scale:
            return f"{self.helper(_units)}({value}, {ref.shape.scale})"
        return value

    def const(self, const: Const) -> Code:
        value = const.value
        if value is None:
            return Code("None", atom=True)
        if isinstance(value, (bool, int)):
            return Code(
                repr(value) if isinstance(value, bool) or value >= 0 else f"({value})", nullable=False, atom=True
            )
        return Code(self.constant(value), nullable=False, atom=True)

    def constant(self, value: object) -> str:
        """The name of a fixed object."""
        name = f"k{len(self.globals)}"
        self.globals[name] = value
        return name

    def helper(self, function: Callable[..., Any]) -> str:
        """The name of a function of ours, or of a bound method."""
        if function not in self.helpers:
            self.helpers[function] = self.constant(function)
        return self.helpers[function]

    def window(self, term: Windowed) -> Code:
        if self.windowed is None:
            raise ValueError(f"{term.call.function} needs the windowed= of to_python")
        answer = f"{self.constant(self.windowed(term.call))}(row)"
        return Code(f"{self.helper(_units)}({answer}, {term.shape.scale})" if term.pointed else answer)

    def named(self, code: Code) -> tuple[str, str]:
        """A name for a piece and the text that computes it where it is used first."""
        if code.atom:
            return code.text, code.text
        self.names += 1
        return f"v{self.names}", f"(v{self.names} := {code.text})"

    def strict(self, args: "tuple[Code, ...] | list[Code]", body: Callable[..., str], *, partial: bool = False) -> Code:
        """A piece that is None if an argument is. ``body`` uses each name once; ``partial``: may be None anyway."""
        names, tests = [], []
        for arg in args:
            name, bound = self.named(arg) if arg.nullable else (arg.text, "")
            names.append(name)
            if arg.nullable:
                tests.append(f"{bound} is None")
        text = body(*names)
        if not tests:
            return Code(f"({text})", nullable=partial)
        return Code(f"(None if {' or '.join(tests)} else {text})")

    def rescaled(self, code: Code, old: Shape, new: Shape) -> Code:
        """A number in finer units."""
        if old.kind is not Kind.NUMBER or old.scale == new.scale:
            return code
        return self.strict((code,), lambda value: f"{value} * {10 ** (new.scale - old.scale)}")

    def alike(self, term: Apply, args: tuple[Code, ...], shape: Shape | None = None) -> list[Code]:
        """The arguments in one scale: that of the term, or the given shape."""
        shape = shape or term.shape
        return [self.rescaled(arg, part.shape, shape) for arg, part in zip(args, term.args, strict=True)]


def _depth(text: str) -> int:
    deepest = depth = 0
    for char in text:
        if char == "(":
            depth += 1
            deepest = max(deepest, depth)
        elif char == ")":
            depth -= 1
    return deepest


def _decimal(units: int, scale: int) -> Decimal:
    return _EXACT.scaleb(Decimal(units), -scale)


def _units(value: Decimal | int | None, scale: int) -> int | None:
    """A stored decimal in units of 10^-scale, rounded half away from zero as a column of that scale would hold it."""
    if value is None:
        return None
    if isinstance(value, int):
        return int(value * 10**scale)
    return int(_EXACT.to_integral_value(_EXACT.scaleb(Decimal(value), scale)))
