"""A refresh by SQL publishes what a refresh by counting does, from the lake's events and a bank's own segments."""

from datetime import timedelta

import pytest
from sqlalchemy import text
from tests.data.profile import builders as lake
from tests.insight.segments import town as make

from liuke.insight import segments
from liuke.insight.segments import Cause, Draft
from liuke.insight.segments.count import bits
from liuke.insight.segments.members.hold import cut
from liuke.insight.segments.model import Segment
from liuke.kernel.actor import Actor
from liuke.kernel.bank import Bank

UNTIL = cut(make.DAY)
TEXTS = {
    "看了": "count_events('view', '7d') >= 1 and aum > 0",
    "看了没交": "segment.看了 and followed_events('view', 'submit', '1d') = 0",
    "其余": "not segment.看了 and (age > 40 or last_event('login') is not null)",
}


@pytest.fixture
def made(town: Bank, machine: Actor) -> dict[str, Segment]:
    """Three segments over what thirty customers did; one of them did it under a source's corrected row."""
    rows = []
    for number in range(1, 31):
        for place, name in enumerate(("login", "view", "submit")[: 1 + number % 3]):
            at = UNTIL - timedelta(days=number % 9, hours=1) + timedelta(minutes=place)
            rows.append(lake.a_behaviour("app", f"{name}{number}", f"U-{number}", at, name=name, page="home"))
    rows.append(lake.a_behaviour("app", "view1", "U-31", UNTIL - timedelta(hours=3), name="view", revision=1))
    lake.fill(town, machine, "behaviour", rows)
    lake.join(town, machine, {("app", f"U-{number}"): number for number in range(1, 32)})
    return {name: segments.create(town, make.analyst(), Draft(name, rule, "service")) for name, rule in TEXTS.items()}


@pytest.mark.parametrize("name", ["kernel", "duckdb"])
def test_every_engine_publishes_the_same_members(
    town: Bank, machine: Actor, made: dict[str, Segment], name: str
) -> None:
    done = segments.refresh(town, machine, cause=Cause.MANUAL, engine=segments.engine(name))
    assert done.failed == {}
    found = {key: bits.numbers(done.found[segment.id]).tolist() for key, segment in made.items()}
    saw = [n for n in range(1, 31) if n % 3 and n % 9 < 7 and n != 1] + [31]
    assert found["看了"] == saw
    assert found["看了没交"] == [n for n in saw if n % 3 == 1]
    aged = {n for n in range(1, make.SIZE) if n % 10 and 18 + n % 60 > 40}
    assert found["其余"] == sorted((aged | set(range(1, 31))) - set(saw))


@pytest.mark.parametrize("name", ["kernel", "duckdb"])
def test_a_segment_computed_alone_reads_the_last_members_of_those_it_names(
    town: Bank, machine: Actor, made: dict[str, Segment], name: str
) -> None:
    with town.write(machine) as tx:
        tx.execute(text("UPDATE segment SET rule_text = 'false' WHERE id = :id"), {"id": made["看了"].id})
    engine = segments.engine(name)
    done = segments.refresh(town, machine, cause=Cause.MANUAL, only=[made["看了没交"].id], engine=engine)
    assert done.found.keys() == {made["看了没交"].id}
    assert bits.count(done.found[made["看了没交"].id]) == len([n for n in range(2, 32) if n % 3 == 1 and n % 9 < 7])


def test_by_sql_too_one_segment_that_fails_does_not_stop_those_that_name_it(
    town: Bank, machine: Actor, made: dict[str, Segment]
) -> None:
    with town.write(machine) as tx:
        tx.execute(text("UPDATE segment SET rule_text = 'gone > 1' WHERE id = :id"), {"id": made["看了"].id})
    done = segments.refresh(town, machine, cause=Cause.MANUAL, engine=segments.engine("duckdb"))
    assert done.failed.keys() == {made["看了"].id}
    assert bits.count(done.found[made["看了没交"].id]) > 0
