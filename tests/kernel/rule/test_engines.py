"""DuckDB and the Python closure answer alike on random rules over awkward rows; so does PostgreSQL."""

import random
from collections.abc import Callable, Iterator
from typing import Any

import duckdb
import psycopg
import pyarrow as pa
import pytest
from tests.kernel.rule.bank import CATALOGUE, FIELDS, Author, a_row

from liuke.kernel import rule

RULES, ROWS = 500, 2_000
_ARROW = {"bool": pa.bool_(), "text": pa.string(), "date": pa.date32(), "timestamp": pa.timestamp("us", "UTC")}
_POSTGRES = {"bool": "boolean", "text": "text", "date": "date", "timestamp": "timestamptz"}


def rules(rng: random.Random, count: int) -> Iterator[rule.Checked]:
    """So many random rules that check."""
    author = Author(rng)
    while count:
        try:
            yield rule.check(rule.parse(author.rule()), CATALOGUE)
            count -= 1
        except rule.RuleInvalid:
            continue


def alike(left: Any, right: Any) -> bool:
    """Equal in value and kind; a whole number may come back as a decimal without places."""
    return left == right and (type(left) is type(right) or not isinstance(left, bool | str))


def disagreements(checked: rule.Checked, rows: list[dict[str, Any]], answers: list[Any]) -> list[str]:
    """Where the answers of an engine differ from those of the closure."""
    run = rule.to_python(checked)
    return [
        f"{rule.to_text(checked.rule)} on { {name: row[name] for name in checked.names} }: {answer!r}, not {run(row)!r}"
        for row, answer in zip(rows, answers, strict=True)
        if not alike(answer, run(row))
    ]


def duckdb_of(rows: list[dict[str, Any]]) -> Callable[[str], list[Any]]:
    """DuckDB over the rows: answers one expression for every row, in order."""
    columns = {}
    for name, field in FIELDS.items():
        decimal = pa.decimal128(field.digits or 18, field.scale) if field.type == "decimal" else pa.int64()
        columns[name] = pa.array([row[name] for row in rows], type=_ARROW.get(str(field.type), decimal))
    connection = duckdb.connect()
    connection.register("given", pa.table(columns))
    connection.sql("CREATE TABLE rows AS SELECT * FROM given")
    return lambda sql: connection.sql(f"SELECT {sql} AS answer FROM rows").to_arrow_table()["answer"].to_pylist()


@pytest.mark.parametrize("seed", [20261102])
def test_a_million_generated_pairs_answer_alike_in_duckdb_and_in_python(seed: int) -> None:
    rng = random.Random(seed)
    rows = [a_row(rng) for _ in range(ROWS)]
    answer = duckdb_of(rows)
    pairs = 0
    for checked in rules(rng, RULES):
        assert disagreements(checked, rows, answer(rule.to_sql(checked)))[:3] == []
        pairs += len(rows)
    assert pairs >= 1_000_000


def test_many_different_rules_answer_alike_on_few_rows() -> None:
    rng = random.Random(7)
    rows = [a_row(rng) for _ in range(60)]
    answer = duckdb_of(rows)
    for checked in rules(rng, 1_000):
        assert disagreements(checked, rows, answer(rule.to_sql(checked)))[:3] == []


@pytest.mark.parametrize("zone", ["UTC", "America/New_York"])
def test_postgresql_answers_alike_whatever_the_session_zone(postgres: str, zone: str) -> None:
    rng = random.Random(11)
    rows = [a_row(rng) for _ in range(150)]
    address = postgres.replace("postgresql+psycopg", "postgresql")
    with psycopg.connect(address, options=f"-c timezone={zone}") as connection:
        kinds = {
            name: _POSTGRES.get(
                str(field.type), f"numeric({field.digits or 18},{field.scale})" if field.type == "decimal" else "bigint"
            )
            for name, field in FIELDS.items()
        }
        connection.execute(
            f"CREATE TEMP TABLE rows (n int, {', '.join(f'{name} {kind}' for name, kind in kinds.items())})"
        )
        with connection.cursor().copy("COPY rows FROM STDIN") as copy:
            for n, row in enumerate(rows):
                copy.write_row([n, *row.values()])
        for checked in rules(rng, 700):
            sql = rule.to_sql(checked, "postgres")
            if zone != "UTC" and checked.shape.kind == "时间":
                continue
            answers = [found for (found,) in connection.execute(f"SELECT {sql} FROM rows ORDER BY n").fetchall()]
            assert disagreements(checked, rows, answers)[:3] == []


@pytest.mark.parametrize("dialect", ["duckdb", "postgres", "spark"])
def test_every_generated_rule_is_written_in_every_dialect_and_read_back_by_sqlglot(dialect: Any) -> None:
    import sqlglot

    for checked in rules(random.Random(13), 150):
        written = rule.to_sql(checked, dialect)
        assert sqlglot.parse_one(f"SELECT {written}", dialect=dialect)


def test_duckdb_answers_alike_whatever_the_session_zone() -> None:
    rng = random.Random(17)
    rows = [a_row(rng) for _ in range(50)]
    connection = duckdb.connect()
    connection.sql("SET TimeZone = 'America/New_York'")
    for checked in rules(rng, 60):
        if checked.shape.kind == "是否" and not {"seen", "opened"} & checked.names:
            continue
        for row in rows[:5]:
            given = {name: row[name] for name in checked.names}
            if not given or checked.shape.kind != "是否":
                continue
            columns = ", ".join(
                f"${name}::{'TIMESTAMPTZ' if FIELDS[name].type == 'timestamp' else _duck(name)} AS {name}"
                for name in given
            )
            found = connection.execute(f"SELECT {rule.to_sql(checked)} FROM (SELECT {columns})", given).fetchall()
            assert alike(found[0][0], rule.to_python(checked)(row)), rule.to_text(checked.rule)


def _duck(name: str) -> str:
    field = FIELDS[name]
    kinds = {
        "bool": "BOOLEAN",
        "text": "VARCHAR",
        "date": "DATE",
        "decimal": f"DECIMAL({field.digits or 18},{field.scale})",
    }
    return kinds.get(str(field.type), "BIGINT")
