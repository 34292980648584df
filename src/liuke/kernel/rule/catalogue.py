"""The catalogue: what a rule may name. Names not in it do not exist for the rule, whatever the database holds."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from rapidfuzz import process
from rapidfuzz.distance import DamerauLevenshtein

from liuke.kernel.rule.errors import UnknownName
from liuke.kernel.rule.term import TIMESTAMP as _TIMESTAMP
from liuke.kernel.rule.term import Field, Function, Shape, number


@dataclass(frozen=True, slots=True)
class Event:
    """A kind of event that windowed functions may ask for: its Chinese name and its fields."""

    label: str
    fields: Mapping[str, Field] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Window:
    """A function over a window of events, e.g. ``count_events``.

    ``takes`` are its arguments in order (event, window, field, then); further arguments are conditions on the event.
    ``shape`` of its value (None: that of the field). ``saying`` is how it reads, with places {window} {event} {field}
    {then}.
    """

    takes: tuple[str, ...]
    shape: Shape | None
    saying: str


WINDOWS: Final[Mapping[str, Window]] = {
    "count_events": Window(("event", "window"), number(0, 12, "次"), "近{window}内{event}的次数"),
    "sum_events": Window(("event", "window", "field"), None, "近{window}内{event}的{field}合计"),
    "distinct_events": Window(("event", "window", "field"), number(0, 12, "个"), "近{window}内{event}的不同{field}数"),
    "last_event": Window(("event",), _TIMESTAMP, "最近一次{event}的时间"),
}


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The fields, events and functions a rule is checked against.

    ``functions`` adds to those of the language. ``longest_days`` is the longest window there is data for.
    """

    fields: Mapping[str, Field]
    events: Mapping[str, Event] = field(default_factory=dict)
    windows: Mapping[str, Window] = field(default_factory=lambda: WINDOWS)
    functions: Mapping[str, Function] = field(default_factory=dict)
    longest_days: int = 400


def find(fields: Mapping[str, Field], name: str, at: int, what: str = "字段") -> tuple[str, Field]:
    """The field of this name, or of this Chinese name if only one has it. Raises `UnknownName`."""
    if name in fields:
        return name, fields[name]
    labelled = [known for known, entry in fields.items() if entry.label == name]
    if len(labelled) == 1:
        return labelled[0], fields[labelled[0]]
    choices = [*fields, *(entry.label for entry in fields.values())]
    raise UnknownName(position=at + 1, name=name[:60], what=what, proposal=propose(name, choices))


def nearest(name: str, choices: list[str]) -> str | None:
    """The known name that looks most like ``name``, if one does."""
    if len(name) > 100:
        return None
    found = process.extractOne(
        name.lower(), choices, scorer=DamerauLevenshtein.normalized_similarity, processor=str.lower, score_cutoff=0.5
    )
    return str(found[0]) if found else None


def propose(name: str, choices: list[str]) -> str:
    """The words that propose the nearest known name, or nothing."""
    known = nearest(name, choices)
    return f"（是否想写“{known}”？）" if known else ""
