"""The editor over HTTP: what a rule may name, and the exact count on every keystroke."""

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import Field

from liuke.data import tags
from liuke.guard import consent
from liuke.insight.segments import service
from liuke.insight.segments.editor.words import listed_words
from liuke.insight.segments.model import OutsidePurpose
from liuke.kernel import rule
from liuke.kernel.errors import Forbidden, Invalid
from liuke.kernel.http import COMMON, ActorDep, BankDep, Wire, problems
from liuke.kernel.rule.model import MAX_CHARS

router = APIRouter(prefix="/api", tags=["segments"], responses=COMMON | problems(Forbidden, Invalid))

RuleText = Annotated[str, Field(max_length=MAX_CHARS)]


class CountIn(Wire):
    """A rule to be counted: its text, or its tree from the visual builder."""

    text: RuleText | None = None
    tree: dict[str, Any] | None = None
    purpose: Annotated[str, Field(max_length=40)]


class CountPartOut(Wire):
    """How many customers one condition of the rule is true for; ``path``: argument numbers from the root."""

    path: list[int]
    customers: int


class CountOut(Wire):
    """An exact count. ``base``: all customers within the asker's scope; ``reachable``: 可触达 for the purpose."""

    customers: int
    reachable: int
    base: int
    as_of: date
    sentence: str
    text: str
    tree: dict[str, Any]
    parts: list[CountPartOut]


class WordValue(Wire):
    """A value a text field may have."""

    value: str
    label: str


class RuleWordOut(Wire):
    """Something a rule may name. ``kind`` is its type in the rule language; ``unusable``: purposes it may not serve."""

    name: str
    label: str
    kind: rule.Type
    unit: str
    group: str
    values: list[WordValue]
    unusable: list[consent.Purpose]


class EventWord(Wire):
    """A kind of event with the fields conditions may name."""

    name: str
    label: str
    fields: list[RuleWordOut]


class WordsOut(Wire):
    """Everything a segment's rule may name."""

    as_of: date | None
    fields: list[RuleWordOut]
    events: list[EventWord]
    purposes: list[WordValue]


@router.get("/segments/words", responses=problems(tags.NoSnapshot))
def read_words(actor: ActorDep, bank: BankDep) -> WordsOut:
    """What a rule may name: tags, other segments, events with their fields, and the purposes."""
    found = listed_words(bank, actor)
    fields = [_word(name, field, found.group(name), found.unusable(name)) for name, field in found.fields]
    events = [
        EventWord(
            name=name,
            label=event.label,
            fields=[_word(one, field, "", found.unusable(one)) for one, field in event.fields.items()],
        )
        for name, event in found.events
    ]
    purposes = [WordValue(value=purpose, label=label) for purpose, label in found.purposes]
    return WordsOut(as_of=found.as_of, fields=fields, events=events, purposes=purposes)


def _word(name: str, field: rule.Field, group: str, unusable: list[consent.Purpose]) -> RuleWordOut:
    values = [WordValue(value=value, label=label) for value, label in (field.values or {}).items()]
    kind = rule.Type(field.type)
    return RuleWordOut(
        name=name,
        label=field.label,
        kind=kind,
        unit=field.shape.unit or "",
        group=group,
        values=values,
        unusable=unusable,
    )


@router.post("/segments/count", responses=problems(tags.NoSnapshot, OutsidePurpose))
def count_customers(asked: CountIn, actor: ActorDep, bank: BankDep) -> CountOut:
    """The exact number of customers a rule is true for, on every keystroke. An error points at its place."""
    text = asked.text if asked.text is not None else rule.to_text(rule.from_json(asked.tree))
    counted = service.count(bank, actor, text, purpose=asked.purpose)
    parts = [CountPartOut(path=list(path), customers=customers) for path, customers in counted.parts]
    facts = {name: getattr(counted, name) for name in CountOut.model_fields if name != "parts"}
    return CountOut(**facts, parts=parts)
