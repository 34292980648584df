"""The words the editor offers: what a rule may name, grouped, with the purposes each may not serve."""

from dataclasses import dataclass
from datetime import date

from liuke.guard import consent
from liuke.insight.segments import service
from liuke.insight.segments.count import tagged
from liuke.insight.segments.count.tagged import Tagged
from liuke.insight.segments.rules import PURPOSES, Vocabulary, serves
from liuke.kernel.actor import Actor
from liuke.kernel.bank import Bank
from liuke.kernel.rule import Event, Field


@dataclass(frozen=True, slots=True, eq=False)
class Words:
    """Fields and events of a moment, and which purposes their columns may serve."""

    vocabulary: Vocabulary
    tagged: Tagged

    @property
    def as_of(self) -> date:
        """The day of the tags."""
        return self.tagged.snapshot.as_of

    @property
    def fields(self) -> list[tuple[str, Field]]:
        """Tags, then segments in use."""
        return [
            (name, field)
            for name, field in self.vocabulary.catalogue.fields.items()
            if name not in self.vocabulary.segments or self.vocabulary.segments[name].state == "active"
        ]

    @property
    def events(self) -> list[tuple[str, Event]]:
        """Kinds of events."""
        return list(self.vocabulary.catalogue.events.items())

    @property
    def purposes(self) -> list[tuple[str, str]]:
        """Purposes and what they are called."""
        return [(purpose.value, label) for purpose, label in PURPOSES.items()]

    def group(self, name: str) -> str:
        """The heading a field stands under."""
        return "客群" if name in self.vocabulary.segments else self.tagged.group(name)

    def unusable(self, name: str) -> list[consent.Purpose]:
        """Purposes a field may not serve; a segment's depend on its rule and are told when it is used."""
        if name in self.vocabulary.segments:
            return []
        columns = self.vocabulary.columns.get(name, frozenset())
        return [purpose for purpose in consent.Purpose if not serves(columns, purpose)]


def listed_words(bank: Bank, actor: Actor) -> Words:
    """What a rule may name now. Raises Forbidden, NoSnapshot."""
    known = tagged.current(bank)
    return Words(service.words(bank, actor, known), known)
