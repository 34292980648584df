"""Segments as SQL: named steps from customers with their tags, and from events, to who is in which segment.

The steps read two tables: ``customer`` (one_id, a column for each tag that is named, ``segment_N`` for each segment
named and not computed here) and, where a rule asks of events, ``happened`` (see `count.happen`). They answer what
counting answers: a window looks back from the end of the data day, who did nothing did it 0 times and never last, and
a rule that is not true, be it false or unknown, leaves a customer out.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final

from sqlglot import exp

from liuke.insight.segments.count import happen
from liuke.insight.segments.count.plan import called
from liuke.kernel import rule
from liuke.kernel.rule import Checked, WindowCall, to_expression
from liuke.kernel.rule.checked import walk
from liuke.kernel.rule.term import Kind, Windowed
from liuke.kernel.store.steps import Dialect, Fill, Step, filled, micros, quoted, said

#: The table of customers, and the name of the last step: one_id and a truth for each segment.
CUSTOMER: Final = "customer"
CHOSEN: Final = "chosen"
#: The aggregates of window calls, over the rows that belong to them.
_AGGREGATES: Final = {
    "count_events": "SUM(CASE WHEN {inside} THEN 1 ELSE 0 END)",
    "sum_events": 'SUM(CASE WHEN {inside} THEN "{value}" END)',
    "distinct_events": 'COUNT(DISTINCT CASE WHEN {inside} THEN "{value}" END)',
    "last_event": "MAX(CASE WHEN {inside} THEN moment END)",
}


@dataclass(frozen=True, slots=True)
class Question:
    """Rules by segment number, each after those it names; ``fields`` are the segments' names in rules.

    ``until`` is the end of the data day.
    """

    rules: Mapping[int, Checked]
    fields: Mapping[str, int]
    as_of: date
    until: datetime

    def tags(self) -> list[str]:
        """The fields rules read that are neither segments nor the same for everybody."""
        named = {name for checked in self.rules.values() for name in checked.names}
        return sorted(named - self.fields.keys() - {"as_of", "day_of_month"})

    def given(self) -> list[int]:
        """The segments rules name that are not computed here."""
        named = {self.fields[name] for checked in self.rules.values() for name in checked.names & self.fields.keys()}
        return sorted(named - self.rules.keys())

    def calls(self) -> dict[str, tuple[Checked, Windowed]]:
        """The different window calls, each with a rule it stands in."""
        return {
            called(checked, term): (checked, term)
            for checked in self.rules.values()
            for term in walk(checked.term)
            if isinstance(term, Windowed)
        }


def steps(question: Question, *, dialect: Dialect = "duckdb") -> list[Step]:
    """Everything from the two tables to one row a customer."""
    calls = question.calls()
    places = {name: f"#{place}" for place, name in enumerate(calls)}
    windows = {places[name]: call for name, call in calls.items() if call[1].call.then is None}
    sequences = {places[name]: call for name, call in calls.items() if call[1].call.then is not None}
    found = [Step("acted", _acted(question, calls.values(), dialect))] if calls else []
    if windows:
        found.append(Step("windowed", _windowed(question, windows, dialect), kept=False))
    found += [
        Step(f"followed_{place[1:]}", _followed(question, place, *call, dialect), kept=False)
        for place, call in sequences.items()
    ]
    found.append(Step("level_0", _joined(question, windows, sequences, dialect), kept=False))
    return [*found, *_levels(question, places, dialect)]


def _acted(question: Question, calls: Iterable[tuple[Checked, Windowed]], dialect: Dialect) -> str:
    """The events some call may count, once for all calls."""
    terms = [term.call for _, term in calls]
    names = sorted({name for call in terms for name in (call.event, call.then) if name is not None})
    columns = ", ".join(f'"{name}"' for name in happen.COLUMNS)
    oldest = min(happen.since(call, question.until) for call in terms)
    return filled(
        f'SELECT one_id, event, moment, "?micros" AS micros, {columns} FROM happened'
        f" WHERE event IN ({', '.join(quoted(name) for name in names)}) AND {_between(oldest, question.until)}",
        lambda name: micros("moment", dialect) if name == "?micros" else None,
        dialect,
    )


def _windowed(question: Question, windows: Mapping[str, tuple[Checked, Windowed]], dialect: Dialect) -> str:
    """One row a customer with the answer of every window call; a condition stands as the column ``?place``."""
    chosen = []
    for place, (_, term) in windows.items():
        inside = f'event = {quoted(term.call.event)} AND "?{place}" AND {_within(term.call, question.until)}'
        chosen.append(_AGGREGATES[term.call.function].format(inside=inside, value=term.call.value) + f' AS "{place}"')
    query = f"SELECT one_id, {', '.join(chosen)} FROM acted GROUP BY one_id"
    return filled(query, _conditions(windows, dialect), dialect)


def _followed(question: Question, place: str, checked: Checked, term: Windowed, dialect: Dialect) -> str:
    """How often a customer did the first, and within the window after it the second, by one walk over both in time."""
    call = term.call
    then, longest = quoted(call.then or ""), (call.window or timedelta()) // timedelta(microseconds=1)
    query = (
        f'SELECT one_id, COUNT(*) AS "{place}" FROM (SELECT one_id, opens, MIN(CASE WHEN closes THEN micros END)'
        f" OVER (PARTITION BY one_id ORDER BY micros RANGE BETWEEN 1 FOLLOWING AND {longest} FOLLOWING) AS upcoming"
        f' FROM (SELECT one_id, micros, COALESCE(event = {quoted(call.event)} AND "?{place}", FALSE) AS opens,'
        f" event = {then} AS closes FROM acted WHERE event IN ({quoted(call.event)}, {then})"
        f" AND {_within(call, question.until)}) AS sorted) AS walked WHERE opens AND upcoming IS NOT NULL"
        " GROUP BY one_id"
    )
    return filled(query, _conditions({place: (checked, term)}, dialect), dialect)


def _conditions(calls: Mapping[str, tuple[Checked, Windowed]], dialect: Dialect) -> Fill:
    def fill(name: str) -> exp.Expression | None:
        if not name.startswith("?"):
            return None
        checked, term = calls[name[1:]]
        condition = term.call.filter
        return exp.true() if condition is None else to_expression(rule.part(checked, condition), dialect)

    return fill


def _joined(
    question: Question,
    windows: Mapping[str, tuple[Checked, Windowed]],
    sequences: Mapping[str, tuple[Checked, Windowed]],
    dialect: Dialect,
) -> str:
    """Every customer with tags, the day and what the calls answer."""
    days = [f"DATE '{question.as_of}' AS as_of", f"CAST({question.as_of.day} AS BIGINT) AS day_of_month"]
    chosen = [_answered(f'windowed."{place}"', place, term) for place, (_, term) in windows.items()]
    chosen += [_answered(f'followed_{place[1:]}."{place}"', place, term) for place, (_, term) in sequences.items()]
    tables = [*(["windowed"] if windows else []), *(f"followed_{place[1:]}" for place in sequences)]
    joins = " ".join(f"LEFT JOIN {table} ON {table}.one_id = c.one_id" for table in tables)
    return said(f"SELECT c.*, {', '.join([*days, *chosen])} FROM {CUSTOMER} AS c {joins}", dialect)


def _answered(column: str, place: str, term: Windowed) -> str:
    """The answer of a call as a rule reads it: nothing counted is 0, what never was is NULL."""
    if term.shape.kind is not Kind.NUMBER:
        return f'{column} AS "{place}"'
    kind = f"DECIMAL(38, {term.shape.scale})" if term.pointed else "BIGINT"
    return f'CAST(COALESCE({column}, 0) AS {kind}) AS "{place}"'


def _levels(question: Question, places: Mapping[str, str], dialect: Dialect) -> list[Step]:
    """The segments, those that name no other first."""
    levels: dict[int, int] = {}
    for number, checked in question.rules.items():
        named = {question.fields[name] for name in checked.names & question.fields.keys()}
        levels[number] = 1 + max((levels.get(other, 0) for other in named), default=0)
    found, last = [], max(levels.values(), default=0)
    for level in range(1, last + 1):
        numbers = [number for number in question.rules if levels[number] == level]
        chosen = ", ".join(f'COALESCE("?{number}", FALSE) AS segment_{number}' for number in numbers)
        rules = {f"?{number}": question.rules[number] for number in numbers}
        query = f"SELECT previous.*, {chosen} FROM level_{level - 1} AS previous"
        found.append(Step(f"level_{level}", filled(query, _rules(rules, places, dialect), dialect), kept=False))
    columns = "".join(f", segment_{number}" for number in question.rules)
    return [*found, Step(CHOSEN, said(f"SELECT one_id{columns} FROM level_{last}", dialect), kept=False)]


def _rules(rules: Mapping[str, Checked], places: Mapping[str, str], dialect: Dialect) -> Fill:
    def fill(name: str) -> exp.Expression | None:
        checked = rules.get(name)
        if checked is None:
            return None
        names = {id(term.call): called(checked, term) for term in walk(checked.term) if isinstance(term, Windowed)}

        def windowed(call: WindowCall) -> exp.Expression:
            return exp.column(exp.to_identifier(places[names[id(call)]], quoted=True))

        return to_expression(checked, dialect, windowed=windowed)

    return fill


def _within(call: WindowCall, until: datetime) -> str:
    """Whether a moment lies in the window of a call."""
    return _between(happen.since(call, until), until)


def _between(since: datetime, until: datetime) -> str:
    return f"moment >= {_moment(since)} AND moment < {_moment(until)}"


def _moment(at: datetime) -> str:
    return f"TIMESTAMPTZ '{at.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f}+00:00'"
