"""Segments choose the same customers in this process, in DuckDB and on a Spark cluster."""

from typing import Any, Final

import duckdb
import pyarrow.parquet as pq
import pytest
from tests.insight.segments import town
from tests.insight.segments.batch import lively
from tests.insight.segments.batch.test_steps import a_task

from liuke.data import tags
from liuke.insight import segments
from liuke.insight.segments.batch import duck
from liuke.insight.segments.batch.counting import CountingEngine
from liuke.insight.segments.batch.duck import DuckEngine
from liuke.insight.segments.batch.model import Refreshed, Task
from liuke.insight.segments.batch.spark import SparkEngine
from liuke.insight.segments.batch.steps import CHOSEN, CUSTOMER, steps
from liuke.insight.segments.count import bits, happen, tagged
from liuke.insight.segments.members.renew import MACHINE, evaluate, vocabulary
from liuke.insight.segments.rules import ordered
from liuke.insight.segments.templates.read import shipped
from liuke.kernel.actor import Actor
from liuke.kernel.bank import Bank
from liuke.kernel.store import spark as engine

TEMPLATES: Final = [template.key for template in shipped()]
#: What templates do not say: windows of every kind, sequences, what was not done, segments of segments.
WRITTEN: Final = {
    "夜里看理财": "count_events('view', '30d', hour >= 20 or hour < 6, page in ('wealth_list', 'wealth_detail')) >= 1",
    "看得久": "sum_events('view', '90d', seconds) > 120",
    "看得多": "distinct_events('view', '90d', page) >= 3",
    "近期登录": "last_event('login') >= timestamp '2026-09-01 00:00:00'",
    "没有点过": "last_event('click') is null",
    "三十天没做": "count_events('submit', '30d') = 0 and not no_login_30d",
    "看后提交": "followed_events('view', 'submit', '7d') >= 1",
    "登录后不看": "count_events('login', '90d') > 0 and followed_events('login', 'view', '1d') = 0",
    "连续登录": "followed_events('login', 'login', '1d') >= 2",
    "富而不看": "segment.富裕客户 and not segment.夜里看理财",
    "两层之上": "(segment.富而不看 or segment.年轻客户) and not (segment.沉睡客户 or age is null)",
    "三层": "not segment.两层之上 and (segment.看得多 or count_events('view', '7d') % 2 = 1)",
}


class Here:
    """Spark's engine in the session of these tests."""

    name = "spark"

    def __init__(self, spark: Any) -> None:
        self._spark = spark

    def find(self, task: Task) -> Refreshed:
        """All segments of the task."""
        return SparkEngine().find_on(self._spark, task)


@pytest.fixture(scope="module")
def answers(twin: Bank, spark: Any) -> dict[str, tuple[bits.Bits, ...]]:
    """Members of every segment of the twin bank, by template or name: counted, by DuckDB, by Spark."""
    tags.refresh(twin, Actor.system("test"))
    segments.install(twin, town.analyst())
    for name, text in WRITTEN.items():
        segments.create(twin, town.analyst(), segments.Draft(name, text, "service"))
    found = []
    with twin.read(MACHINE) as tx:
        known = tagged.current(twin)
        words = vocabulary(known, tx)
        chosen = ordered(list(words.segments.values()))
        for way in (CountingEngine(), DuckEngine(), Here(spark)):
            done = evaluate(twin, tx, words, chosen, known.snapshot, way)
            assert done.failed == {}
            found.append(done.found)
    return {segment.template or segment.name: tuple(one[segment.id] for one in found) for segment in chosen}


@pytest.mark.parametrize("key", [*TEMPLATES, *WRITTEN])
def test_each_shipped_and_each_written_segment_has_the_same_members(answers: Any, key: str) -> None:
    counted, duck_, spark_ = (bits.numbers(found).tolist() for found in answers[key])
    assert counted == duck_ == spark_


def test_most_segments_of_this_bank_have_members(answers: Any) -> None:
    told = [key for key, (_, _, found) in answers.items() if bits.count(found)]
    assert len(told) >= len(answers) * 3 // 4


def test_random_segments_over_the_edges_of_windows_choose_whom_the_rules_choose(
    spark: Any, tmp_path_factory: pytest.TempPathFactory
) -> None:
    place = lively.Lively(11)
    rules, fields = lively.segments(11, 48)
    task, asked = a_task(place, rules), lively.asked(rules, fields)
    folder = tmp_path_factory.mktemp("lively")
    with duckdb.connect() as lake:
        duck.put(lake, task, asked)
        pq.write_table(lake.sql(f"SELECT * FROM {CUSTOMER}").to_arrow_table(), folder / CUSTOMER)
    pq.write_table(place.happened(), folder / "happened")
    for name in (CUSTOMER, "happened"):
        spark.read.parquet(str(folder / name)).createOrReplaceTempView(name)
    engine.run(spark, steps(asked, dialect="spark"))
    found = duck.answer(engine.answer(spark, f"SELECT * FROM {CHOSEN}"), task).found
    spark.catalog.clearCache()
    expected = lively.truth(place, rules, fields)
    differing = {number for number, inside in found.items() if bits.numbers(inside).tolist() != expected[number]}
    assert differing == set()


def test_no_window_went_untested() -> None:
    rules, _ = lively.segments(11, 48)
    used = {call.function for checked in rules.values() for call in checked.windows}
    assert used == happen.ALL_WINDOWS.keys()
