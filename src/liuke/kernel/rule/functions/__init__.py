"""Every operator and function of the language, one entry each: what it accepts, its SQL, its Python, its Chinese."""

from collections.abc import Mapping
from typing import Final

from liuke.kernel.rule.functions import compare, convert, day, identity, logic, number, word
from liuke.kernel.rule.term import Function, Kind, Term

FUNCTIONS: Final[Mapping[str, Function]] = {
    function.name: function
    for module in (logic, compare, number, word, convert, day, identity)
    for function in module.ALL
}


def choose(name: str, args: tuple[Term, ...]) -> Function | None:
    """The function of this name for these arguments; + and - have one meaning for numbers and one for dates."""
    if name in day.SHIFTS and any(arg.shape.kind is Kind.DATE for arg in args):
        return day.SHIFTS[name]
    return FUNCTIONS.get(name)
