"""Segments as SQL choose whom the rules choose, customer by customer, and whom counting chooses."""

from typing import Any, cast

import duckdb
import pytest
from tests.insight.segments.batch import lively
from tests.insight.segments.batch.lively import Lively

from liuke.insight.segments.batch import duck
from liuke.insight.segments.batch.model import Task
from liuke.insight.segments.batch.steps import steps
from liuke.insight.segments.count import bits, happen
from liuke.insight.segments.count.cache import Cache
from liuke.insight.segments.count.engine import Engine
from liuke.insight.segments.rules import Vocabulary
from liuke.kernel import rule


def a_task(place: Lively, rules: Any) -> Task:
    """The rules over the town's snapshot; no bank is needed."""
    catalogue = next(iter(rules.values())).catalogue
    words = Vocabulary(catalogue, {}, {})
    return Task(
        cast("Any", None), cast("Any", None), words, place.snapshot(), rules, lambda _number: lively.given(place)
    )


def by_sql(place: Lively, rules: Any, fields: Any) -> dict[int, list[int]]:
    task, asked = a_task(place, rules), lively.asked(rules, fields)
    with duckdb.connect() as lake:
        lake.execute("SET TimeZone = 'UTC'")
        duck.put(lake, task, asked)
        lake.register("happened", place.happened())
        found = duck.answer(duck.run(lake, steps(asked)), task).found
    return {number: bits.numbers(inside).tolist() for number, inside in found.items()}


def by_counting(place: Lively, rules: Any, fields: Any) -> dict[int, list[int]]:
    found = {lively.GIVEN: lively.given(place)}
    with duckdb.connect() as lake:
        lake.register("happened", place.happened())
        engine = Engine(
            place.snapshot(),
            token="town",
            cache=Cache(),
            segments={name: str(number) for name, number in fields.items()},
            members=lambda number: found[int(number)],
            windows=lambda checked, term: happen.column(
                lake, checked, term, until=lively.UNTIL, size=place.snapshot().size
            ),
        )
        for number, checked in rules.items():
            found[number] = engine.find(checked)
    return {number: bits.numbers(found[number]).tolist() for number in rules}


@pytest.mark.parametrize("seed", range(3))
def test_every_way_of_computing_segments_finds_the_same_customers(seed: int) -> None:
    place = Lively(seed)
    rules, fields = lively.segments(seed, 40)
    expected = lively.truth(place, rules, fields)
    assert by_sql(place, rules, fields) == expected
    assert by_counting(place, rules, fields) == expected
    telling = sum(0 < len(found) < place.mask.sum() for found in expected.values())
    assert telling > 25


def test_a_segment_that_asks_of_no_event_reads_none() -> None:
    rules, fields = lively.segments(1, 1)
    checked = rule.check(rule.parse("vip and not segment.富裕"), rules[lively.FIRST].catalogue)
    asked = lively.asked({lively.FIRST: checked}, fields)
    assert [step.name for step in steps(asked)] == ["level_0", "level_1", "chosen"]
    assert (asked.tags(), asked.given()) == (["vip"], [lively.GIVEN])


def test_segments_are_computed_after_those_they_name_and_equal_calls_once() -> None:
    rules, fields = lively.segments(1, 3)
    catalogue = rules[lively.FIRST].catalogue
    texts = ("count_events('view', '7d') > 1", "segment.s2 and count_events('view', '7d') < 9", "segment.s3 or vip")
    chain = {number: rule.check(rule.parse(text), catalogue) for number, text in enumerate(texts, lively.FIRST)}
    asked = lively.asked(chain, fields)
    assert [step.name for step in steps(asked)][-4:] == ["level_1", "level_2", "level_3", "chosen"]
    assert (len(asked.calls()), asked.given()) == (1, [])
