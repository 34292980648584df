"""A town whose customers do things: events at and around the edges of windows, and random segments over all of it."""

import random
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Any, Final

import numpy as np
import pyarrow as pa
from tests.insight.segments.count.test_engine import FIELDS, SIZE, Town, a_condition

from liuke.insight.segments.batch.steps import Question
from liuke.insight.segments.count import bits, happen
from liuke.insight.segments.members.hold import cut
from liuke.kernel import rule
from liuke.kernel.clock import BANK_ZONE
from liuke.kernel.rule import Catalogue, Checked, Field, Type

DAY: Final = date(2024, 10, 16)
UNTIL: Final = cut(DAY)
#: The segment that is given, and the first that is computed.
GIVEN, FIRST = 1, 2
_EDGES: Final = tuple(timedelta(days=days) for days in (0, 1, 7, 30, 90))
_STEPS: Final = (timedelta(0), timedelta(microseconds=1), timedelta(microseconds=-1), timedelta(days=7))
_NAMES: Final = ("login", "view", "submit")
_WINDOWED: Final = (
    "count_events('view', '7d') {op} 1",
    "count_events('login', '30d') = 0",
    "count_events('view', '24h', hour >= 22 or hour < 6) {op} 1",
    "count_events('view', '30d', page in ('wealth_list', '理财''页'), seconds >= 3) {op} 1",
    "count_events('submit', '90d', page is null) {op} 1",
    "sum_events('view', '30d', seconds) {op} 40",
    "sum_events('view', '90d', seconds, channel <> 'app') / 60 {op} 0.5",
    "distinct_events('view', '90d', page) {op} 2",
    "distinct_events('login', '90d', hour) {op} distinct_events('view', '90d', hour)",
    "last_event('submit') is null",
    "last_event('view', page = 'wealth_list') {op} timestamp '2024-10-01 08:00:00'",
    "days_between(date(last_event('login')), as_of) > 30",
    "followed_events('view', 'submit', '7d') {op} 1",
    "followed_events('view', 'submit', '7d', page = 'wealth_list') = 0",
    "followed_events('view', 'view', '1d', seconds > 3) {op} 1",
    "followed_events('login', 'view', '30m') {op} followed_events('login', 'submit', '30d')",
)


class Lively(Town):
    """The town with some thousand events; most customers have a few, some have none."""

    def __init__(self, seed: int) -> None:
        super().__init__(seed)
        rng = random.Random(seed)
        self.events: list[dict[str, Any]] = []
        for _ in range(900):
            at = UNTIL - timedelta(seconds=rng.randrange(110 * 86_400))
            if rng.random() < 0.4:
                at = UNTIL - rng.choice(_EDGES) + rng.choice(_STEPS)
            self.events.append(self._event(rng, at))
        self.deeds: dict[int, list[dict[str, Any]]] = {}
        for event in self.events:
            self.deeds.setdefault(event["one_id"], []).append(event)

    def _event(self, rng: random.Random, at: datetime) -> dict[str, Any]:
        return {
            "one_id": rng.randrange(1, SIZE // 2),
            "event": rng.choice(_NAMES),
            "moment": at,
            "page": rng.choice(("home", "wealth_list", "理财'页", None)),
            "product_no": None,
            "seconds": rng.choice((None, 0, 3, 40)),
            "channel": rng.choice(("app", "web", None)),
            "hour": at.astimezone(BANK_ZONE).hour,
        }

    def happened(self) -> pa.Table:
        """The events as the steps read them."""
        kinds = dict.fromkeys(("one_id", "seconds", "hour"), pa.int64()) | {"moment": pa.timestamp("us", "UTC")}
        columns = {name: [event[name] for event in self.events] for name in self.events[0]}
        return pa.table({name: pa.array(held, kinds.get(name, pa.string())) for name, held in columns.items()})

    def judged(self, checked: Checked) -> Callable[[rule.WindowCall], Any]:
        """What a window call answers, by a walk over each customer's events."""

        def answers(call: rule.WindowCall) -> Any:
            fits = rule.to_python(rule.part(checked, call.filter)) if call.filter is not None else None
            return lambda row: _answer(call, self.deeds.get(row["#"], []), fits)

        return answers


def _answer(call: rule.WindowCall, events: list[dict[str, Any]], fits: Any) -> Any:
    since = happen.since(call, UNTIL)
    inside = [one for one in events if since <= one["moment"] < UNTIL]
    chosen = [one for one in inside if one["event"] == call.event and (fits is None or fits(one) is True)]
    match call.function:
        case "count_events":
            return len(chosen)
        case "sum_events":
            return sum(one[call.value] or 0 for one in chosen)
        case "distinct_events":
            return len({one[call.value] for one in chosen} - {None})
        case "last_event":
            return max((one["moment"] for one in chosen), default=None)
    after = [one["moment"] for one in inside if one["event"] == call.then]
    return sum(any(one["moment"] < at <= one["moment"] + call.window for at in after) for one in chosen)


def a_rule(rng: random.Random, named: list[str]) -> str:
    """A random segment: tags, events, sequences, other segments, joined and turned round."""
    parts = [a_condition(rng, 2).replace(", paid)", ", seconds)")]
    signs = ("=", "<>", "<", "<=", ">", ">=")
    parts += [rng.choice(_WINDOWED).format(op=rng.choice(signs)) for _ in range(rng.randint(1, 3))]
    if named and rng.random() < 0.6:
        parts.append(rng.choice(named))
    parts = [f"not ({part})" if rng.random() < 0.3 else f"({part})" for part in parts]
    rng.shuffle(parts)
    return rng.choice((" and ", " or ")).join(parts)


def segments(seed: int, count: int) -> tuple[dict[int, Checked], dict[str, int]]:
    """Random segments by number, each after those it names, and the names rules have for them."""
    rng = random.Random(seed)
    fields = {"segment.富裕": GIVEN} | {f"segment.s{number}": number for number in range(FIRST, FIRST + count)}
    truths = {name: Field(Type.BOOL, name, column=f"segment_{number}") for name, number in fields.items()}
    catalogue = Catalogue({**FIELDS, **truths}, happen.EVENTS, windows=happen.ALL_WINDOWS)
    texts = [text.format(op=">=") for text in _WINDOWED]
    found: dict[int, Checked] = {}
    for number in range(FIRST, FIRST + count):
        known = [name for name, other in fields.items() if other < number]
        text = texts[number - FIRST] if number - FIRST < len(texts) else a_rule(rng, known)
        found[number] = rule.check(rule.parse(text), catalogue, wants=Type.BOOL)
    return found, fields


def truth(place: Lively, rules: Mapping[int, Checked], fields: Mapping[str, int]) -> dict[int, list[int]]:
    """Who is in each segment, customer by customer."""
    rows = {number: place.row(number) for number in range(SIZE) if place.mask[number]}
    names = {number: name for name, number in fields.items()}
    found: dict[int, list[int]] = {}
    for number, checked in rules.items():
        judge = rule.to_python(checked, windowed=place.judged(checked))
        found[number] = [one for one, row in rows.items() if judge(row) is True]
        for one, row in rows.items():
            row[names[number]] = one in set(found[number])
    return found


def asked(rules: Mapping[int, Checked], fields: Mapping[str, int]) -> Question:
    """The question the steps answer."""
    return Question(rules, fields, DAY, UNTIL)


def given(place: Lively) -> bits.Bits:
    """The members of the segment that is not computed."""
    return bits.packed(place.members & (np.arange(SIZE) > 0))
