"""Every operator and function of the rule language answers on a Spark cluster as it does in DuckDB and in Python."""

import random
from collections.abc import Iterator
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.contract.spark.cluster import WORKERS, executors
from tests.kernel.rule.bank import CATALOGUE, FIELDS, a_row
from tests.kernel.rule.test_engines import disagreements, duckdb_of, rules
from tests.kernel.rule.test_semantics import EMPTY, FACTS

from liuke.kernel import rule
from liuke.kernel.rule.checked import walk
from liuke.kernel.rule.functions import FUNCTIONS
from liuke.kernel.rule.functions.day import SHIFTS
from liuke.kernel.rule.term import Apply
from liuke.kernel.store import spark as engine

RULES, ROWS, AT_ONCE = 90, 120, 30
#: What the random rules of this seed do not happen to use.
ALSO = ("day(due)", "day(seen)", "starts_with(name, '大')", "ends_with(raw, '1')", "contains(name, 'a')")
_ARROW = {"bool": pa.bool_(), "text": pa.string(), "date": pa.date32(), "timestamp": pa.timestamp("us", "UTC")}


@pytest.fixture(scope="module")
def generated() -> tuple[list[rule.Checked], list[dict[str, Any]]]:
    """Random rules over awkward rows."""
    rng = random.Random(20261127)
    rows = [a_row(rng) for _ in range(ROWS)]
    written = [rule.check(rule.parse(text), CATALOGUE) for text in ALSO]
    return [*rules(rng, RULES), *written], rows


@pytest.fixture(scope="module")
def table(spark: Any, generated: Any, tmp_path_factory: pytest.TempPathFactory) -> None:
    """The rows as a Parquet file that Spark reads."""
    columns: dict[str, pa.Array] = {"n": pa.array(range(ROWS), pa.int64())}
    for name, field in FIELDS.items():
        decimal = pa.decimal128(field.digits or 18, field.scale) if field.type == "decimal" else pa.int64()
        columns[name] = pa.array([row[name] for row in generated[1]], type=_ARROW.get(str(field.type), decimal))
    path = tmp_path_factory.mktemp("rules") / "rows.parquet"
    pq.write_table(pa.table(columns), path)
    spark.read.parquet(str(path)).createOrReplaceTempView("rows")


def asked(spark: Any, checked: list[rule.Checked]) -> Iterator[list[Any]]:
    """The answers of Spark to each rule, in order of the rows; many rules a query, since a query costs a second."""
    for start in range(0, len(checked), AT_ONCE):
        some = checked[start : start + AT_ONCE]
        chosen = ", ".join(f"{rule.to_sql(one, 'spark')} AS r{place}" for place, one in enumerate(some))
        found = engine.answer(spark, f"SELECT n, {chosen} FROM rows").sort_by("n")
        for place in range(len(some)):
            yield found[f"r{place}"].to_pylist()


def test_the_cluster_is_one_master_with_two_workers(spark: Any, master: str) -> None:
    assert spark.sparkContext.master == master
    assert executors(spark) == WORKERS


def test_generated_rules_answer_alike_on_spark_in_duckdb_and_in_python(spark: Any, generated: Any, table: None) -> None:
    checked, rows = generated
    duckdb = duckdb_of(rows)
    differing: list[str] = []
    for one, answers in zip(checked, asked(spark, checked), strict=True):
        differing += disagreements(one, rows, answers)[:1]
        differing += disagreements(one, rows, duckdb(rule.to_sql(one)))[:1]
    assert differing[:5] == []


def test_what_the_page_of_the_language_fixes_holds_on_spark(spark: Any) -> None:
    checked = [rule.check(rule.parse(text), EMPTY) for text, _ in FACTS]
    chosen = ", ".join(f"{rule.to_sql(one, 'spark')} AS r{place}" for place, one in enumerate(checked))
    found = engine.answer(spark, f"SELECT {chosen}").to_pylist()[0]
    differing = [
        (text, found[f"r{place}"], answer)
        for place, (text, answer) in enumerate(FACTS)
        if found[f"r{place}"] != answer or isinstance(found[f"r{place}"], bool) != isinstance(answer, bool)
    ]
    assert differing == []


def test_no_operator_or_function_went_untested(generated: Any) -> None:
    texts = [rule.check(rule.parse(text), EMPTY) for text, _ in FACTS]
    used = {term.function.name for one in [*generated[0], *texts] for term in walk(one.term) if isinstance(term, Apply)}
    assert (FUNCTIONS.keys() | SHIFTS.keys()) - used == set()
