"""Shipped tags, features of clustering and conditions over tags are the same in DuckDB and on a Spark cluster."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from liuke.data import sources, tags
from liuke.data.tags.define.book import AS_OF, DAY_OF_MONTH
from liuke.data.tags.define.read import shipped
from liuke.data.tags.engine.duck import DuckEngine, tagged
from liuke.data.tags.engine.model import Answer, Sink, Task
from liuke.data.tags.engine.spark import SparkEngine
from liuke.data.tags.refresh import newest_day
from liuke.data.tags.snapshot.model import Told
from liuke.insight.clusters import FEATURES
from liuke.kernel import rule
from liuke.kernel.actor import Actor
from liuke.kernel.bank import Bank
from liuke.kernel.store import spark as engine

CODES = [tag.code for tag in shipped()]
#: Conditions as people write segments: every kind of tag, every operator that compares or combines.
CONDITIONS = (
    "aum_mavg >= 500000 and aum_mavg < 5000000",
    "aum > 5000000 or (salary_mean_6m >= 20000 and not dormant)",
    "tier in ('hnw', 'affluent') and life_stage = 'retired'",
    "tier not in ('mass') or life_stage is null",
    "age between 25 and 35",
    "age not between 25 and 35 and age is not null",
    "net_outflow_rate_3m >= 30.5",
    "coalesce(net_outflow_rate_3m, 0) < 10 and deposits > 0",
    "days_between(last_txn_on, as_of) >= 30",
    "last_txn_on is null or last_txn_on < as_of - 180",
    "next_due_on between as_of and as_of + 30 and due_30d >= 50000",
    "add_months(risk_valid_until, -1) <= as_of",
    "risk_tolerance >= 'C3' and risk_tolerance like 'C_'",
    "(no_login_30d = true) = (login_30d = 0)",
    "case when card_limit > 0 then card_owed / card_limit > 0.5 else false end",
    "txn_count_30d * 3 > txn_count_before and txn_count_before % 2 = 0",
    "deposits - term_deposits >= 10000 and abs(net_inflow_30d) > 1000",
    "greatest(wealth_value, fund_value, insurance_value) > deposits",
    "mobile_pay_share >= 80 or mobile_pay_share is null",
)


@pytest.fixture(scope="module")
def day(twin: Bank) -> date:
    """The newest day of the bank."""
    newest = newest_day(twin, Actor.system("test"))
    assert newest is not None
    return newest


class Kept:
    """What an engine handed over, whole."""

    def __init__(self, compute: Callable[[Task, Sink], Answer], task: Task) -> None:
        self._parts: dict[int, tuple[Any, Mapping[str, Told]]] = {}
        compute(task, self)
        stretches = [self._parts[begin] for begin in sorted(self._parts)]
        self.present = np.concatenate([present for present, _ in stretches])
        self.codes = list(stretches[0][1])
        self.values = {code: np.concatenate([told[code][0] for _, told in stretches]) for code in self.codes}
        self.missing = {code: np.concatenate([told[code][1] for _, told in stretches]) for code in self.codes}

    def put(self, begin: int, present: Any, told: Mapping[str, Told]) -> None:
        self._parts[begin] = (present, told)

    def put_states(self, begin: int, states: Mapping[str, Any]) -> None:
        raise AssertionError("SQL goes on from nothing")


@pytest.fixture(scope="module")
def answers(twin: Bank, spark: Any, day: date, tmp_path_factory: pytest.TempPathFactory) -> tuple[Any, Any]:
    """All tags of the twin bank, by DuckDB and by Spark, from one state of the lake."""
    with twin.read(Actor.system("test")) as tx:
        root = tmp_path_factory.mktemp("tags")
        task = Task(twin, tx, tags.book(twin), day, root, lambda _fraction, _phrase: None)
        return Kept(DuckEngine().compute, task), Kept(partial(SparkEngine().compute_on, spark), task)


def test_spark_knows_the_same_customers(answers: Any) -> None:
    duck, spark_ = answers
    assert np.array_equal(duck.present, spark_.present)
    assert np.count_nonzero(duck.present) > 100
    assert duck.codes == spark_.codes
    assert set(duck.codes) >= set(CODES)


@pytest.mark.parametrize("code", CODES)
def test_each_shipped_tag_is_the_same_for_every_customer(answers: Any, code: str) -> None:
    duck, spark_ = (answer.values[code] for answer in answers)
    differing = np.flatnonzero(duck != spark_)
    assert [(int(at), duck[at], spark_[at]) for at in differing[:3]] == []
    assert np.array_equal(answers[0].missing[code], answers[1].missing[code])


def test_most_tags_say_something_of_this_bank(answers: Any) -> None:
    told = [code for code, values in answers[0].values.items() if np.any(values)]
    assert len(told) >= 70


@pytest.fixture(scope="module")
def customers(twin: Bank, spark: Any, day: date, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The customers with their tags as one table, in DuckDB and as a Parquet file that Spark reads."""
    with twin.read(Actor.system("test")) as tx:
        book = tags.book(twin)
        task = Task(twin, tx, book, day, Path(), lambda _fraction, _phrase: None)
        with twin.lake.connect(tx, *sources.CANONICAL.values()) as lake:
            told = tagged(lake, task)
    days = {AS_OF: pa.array([day] * len(told), pa.date32()), DAY_OF_MONTH: pa.array([day.day] * len(told), pa.int64())}
    for name, column in days.items():
        told = told.append_column(name, column)
    file = tmp_path_factory.mktemp("customers") / "customers.parquet"
    pq.write_table(told, file)
    spark.read.parquet(str(file)).createOrReplaceTempView("customers")
    duck = duckdb.connect()
    duck.execute("SET TimeZone = 'UTC'")
    duck.register("customers", told)
    return duck, book.catalogue()


def both(customers: Any, spark: Any, checked: list[rule.Checked]) -> list[tuple[list[Any], list[Any]]]:
    """The answers of both engines to each rule, by customer."""

    def query(dialect: Any) -> str:
        chosen = ", ".join(f"{rule.to_sql(one, dialect)} AS r{place}" for place, one in enumerate(checked))
        return f"SELECT one_id, {chosen} FROM customers"

    found = customers[0].sql(query("duckdb")).to_arrow_table().sort_by("one_id")
    other = engine.answer(spark, query("spark")).sort_by("one_id")
    return [(found[f"r{at}"].to_pylist(), other[f"r{at}"].to_pylist()) for at in range(len(checked))]


def test_conditions_over_tags_choose_the_same_customers(customers: Any, spark: Any) -> None:
    checked = [rule.check(rule.parse(text), customers[1], wants=rule.Type.BOOL) for text in CONDITIONS]
    answers_ = both(customers, spark, checked)
    assert [text for text, (duck, other) in zip(CONDITIONS, answers_, strict=True) if duck != other] == []
    chosen = [sum(value is True for value in duck) for duck, _ in answers_]
    assert sum(0 < count < len(answers_[0][0]) for count in chosen) >= 12


def test_each_feature_of_clustering_is_the_same_for_every_customer(customers: Any, spark: Any) -> None:
    texts = [feature.expression or feature.tag for feature in FEATURES]
    checked = [rule.check(rule.parse(text), customers[1]) for text in texts]
    answers_ = both(customers, spark, checked)
    assert [text for text, (duck, other) in zip(texts, answers_, strict=True) if duck != other] == []
    assert all(any(value is not None for value in duck) for duck, _ in answers_)


def test_a_past_day_is_the_same_too(twin: Bank, spark: Any, day: date) -> None:
    wanted = ("aum_mavg", "txn_count_30d", "last_txn_on", "salary_kept_rate_3d", "tier", "dormant")
    with twin.read(Actor.system("test")) as tx:
        book = tags.book(twin).with_needs(wanted)
        task = Task(twin, tx, book, day - timedelta(days=45), Path(), lambda _fraction, _phrase: None)
        duck, other = Kept(DuckEngine().compute, task), Kept(partial(SparkEngine().compute_on, spark), task)
    assert np.array_equal(duck.present, other.present)
    assert [code for code in wanted if not np.array_equal(duck.values[code], other.values[code])] == []
