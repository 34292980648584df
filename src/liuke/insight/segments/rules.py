"""What a segment's rule may name, and what must hold of it: known names, a purpose its fields may serve, no circle."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, TypeAlias

from liuke.guard import consent
from liuke.insight.segments.model import PREFIX, CircularSegment, OutsidePurpose, PurposeNeeded, Segment
from liuke.kernel import rule
from liuke.kernel.rule import Catalogue, Checked, Event, Field, Rule, Type
from liuke.kernel.rule.model import Call, Name, Node

#: What each purpose is called.
PURPOSES: Final = {
    consent.Purpose.SERVICE: "服务履约",
    consent.Purpose.MARKETING: "营销",
    consent.Purpose.PROFILING: "个性化推荐",
    consent.Purpose.RESEARCH: "调研",
    consent.Purpose.ANTIFRAUD: "反欺诈",
    consent.Purpose.LEGAL: "法定义务",
}

#: Which stored columns each tag or event field comes from.
Columns: TypeAlias = Mapping[str, frozenset[str]]


@dataclass(frozen=True, slots=True, eq=False)
class Vocabulary:
    """The names of one moment: tags, events and segments. ``segments`` are by the field that stands for them."""

    catalogue: Catalogue
    segments: Mapping[str, Segment]
    columns: Columns

    def check(self, text: str) -> Checked:
        """A condition ready to be evaluated. Raises RuleInvalid."""
        return rule.check(rule.parse(text), self.catalogue, wants=Type.BOOL)

    def codes(self) -> dict[str, str]:
        """The number of each segment, as text, by its field."""
        return {field: str(segment.id) for field, segment in self.segments.items()}


def vocabulary(
    tags: Mapping[str, Field],
    segments: Iterable[Segment],
    *,
    events: Mapping[str, Event],
    windows: Mapping[str, rule.Window],
    columns: Columns,
) -> Vocabulary:
    """Everything a rule may name."""
    known = {segment.field: segment for segment in segments}
    fields = {code: replace(field, column=code.replace(".", "_")) for code, field in tags.items()}
    fields |= {
        name: Field(Type.BOOL, f"“{segment.name}”客群成员", column=f"segment_{segment.id}")
        for name, segment in known.items()
    }
    return Vocabulary(Catalogue(fields, events, windows=windows), known, columns)


def purpose_of(text: str) -> consent.Purpose:
    """The purpose of this name. Raises PurposeNeeded."""
    try:
        return consent.Purpose(text)
    except ValueError:
        raise PurposeNeeded(purpose=text[:40]) from None


def require_purpose(checked: Checked, purpose: consent.Purpose, words: Vocabulary) -> None:
    """Raises OutsidePurpose when the rule, or a segment it names, reads a field that may not serve the purpose."""
    refused = sorted(_refused(checked, purpose, words, frozenset()))
    if refused:
        raise OutsidePurpose(fields="、".join(refused), purpose=PURPOSES[purpose])


def _refused(checked: Checked, purpose: consent.Purpose, words: Vocabulary, seen: frozenset[str]) -> set[str]:
    found: set[str] = set()
    for name in checked.names:
        segment = words.segments.get(name)
        if segment is not None:
            if name not in seen:
                inner = words.check(segment.rule_text)
                found |= _refused(inner, purpose, words, seen | {name})
            continue
        if not serves(words.columns.get(name, frozenset()), purpose):
            found.add(checked.catalogue.fields[name].label)
    for call in checked.windows:
        event = checked.catalogue.events[call.event]
        named = {call.value} if call.value else set()
        if call.filter is not None:
            named |= rule.part(checked, call.filter).names
        found |= {
            f"{event.label}·{event.fields[name].label}"
            for name in named
            if not serves(words.columns.get(name, frozenset()), purpose)
        }
    return found


def serves(columns: Iterable[str], purpose: consent.Purpose) -> bool:
    """Whether all of these stored columns may serve a purpose."""
    wanted = dict.fromkeys(columns)
    return consent.usable(wanted, purpose).keys() == wanted.keys()


def references(written: Rule) -> list[str]:
    """The segments a rule names, in order, each once."""
    return [name for name in _names(written.root) if name.startswith(PREFIX)]


def parsed(segment: Segment) -> Rule:
    """A segment's rule, well formed as it was saved."""
    return rule.parse(segment.rule_text)


def _names(node: Node) -> list[str]:
    match node:
        case Name():
            return [node.name]
        case Call(args=args):
            return list(dict.fromkeys(name for arg in args for name in _names(arg)))
    return []


def require_acyclic(field: str, text: str, segments: Mapping[str, Segment]) -> None:
    """Raises CircularSegment with the path when a segment with this rule would refer to itself."""
    graph = {name: references(rule.parse(segment.rule_text)) for name, segment in segments.items()}
    graph[field] = references(rule.parse(text))
    path = _circle(field, graph)
    if path:
        titles = [segments[name].name if name in segments else name.removeprefix(PREFIX) for name in path]
        raise CircularSegment(path=" → ".join(titles))


def _circle(start: str, graph: Mapping[str, Sequence[str]]) -> list[str]:
    """A way from a name back to itself, shortest first; empty when there is none."""
    ways = [[start]]
    seen: set[str] = set()
    while ways:
        way = ways.pop(0)
        for following in graph.get(way[-1], ()):
            if following == start:
                return [*way, start]
            if following not in seen:
                seen.add(following)
                ways.append([*way, following])
    return []


def users(field: str, segments: Iterable[Segment]) -> list[Segment]:
    """The segments whose rule names this one."""
    return [segment for segment in segments if field in references(rule.parse(segment.rule_text))]


def ordered(segments: Sequence[Segment]) -> list[Segment]:
    """Segments so that each comes after those it names."""
    by_field = {segment.field: segment for segment in segments}
    found: dict[str, Segment] = {}

    def place(segment: Segment) -> None:
        if segment.field in found:
            return
        for name in references(rule.parse(segment.rule_text)):
            if name in by_field and name != segment.field:
                place(by_field[name])
        found[segment.field] = segment

    for segment in segments:
        place(segment)
    return list(found.values())
