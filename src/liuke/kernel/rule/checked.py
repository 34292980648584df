"""The checked rule: what the back ends work on."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from liuke.kernel.rule.catalogue import Catalogue
from liuke.kernel.rule.model import Rule
from liuke.kernel.rule.term import Apply, Ref, Shape, Term, WindowCall, Windowed


@dataclass(frozen=True, slots=True)
class Checked:
    """A rule that can be run: its checked term, and the rule and catalogue it came from."""

    rule: Rule
    catalogue: Catalogue
    term: Term

    @property
    def shape(self) -> Shape:
        """Kind, scale and unit of the rule's value."""
        return self.term.shape

    @property
    def names(self) -> frozenset[str]:
        """The fields the rule reads, without those inside window calls."""
        return frozenset(term.name for term in walk(self.term) if isinstance(term, Ref))

    @property
    def windows(self) -> tuple[WindowCall, ...]:
        """The window calls the rule makes, in order, each once."""
        return tuple(dict.fromkeys(term.call for term in walk(self.term) if isinstance(term, Windowed)))


def part(checked: Checked, term: Term) -> Checked:
    """A part of a checked rule as a checked rule of its own, e.g. the filter of a window call."""
    return replace(checked, term=term)


def walk(term: Term) -> Iterator[Term]:
    """The term and all terms within it, arguments in order."""
    yield term
    if isinstance(term, Apply):
        for arg in term.args:
            yield from walk(arg)
