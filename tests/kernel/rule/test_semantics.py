"""What docs/rule-language.md fixes, row by row, on DuckDB, PostgreSQL and in Python."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import duckdb
import psycopg
import pytest

from liuke.kernel import rule
from liuke.kernel.rule import Catalogue

EMPTY = Catalogue({})

FACTS: list[tuple[str, Any]] = [
    # three-valued logic
    ("nullif(1, 1) is null", True),
    ("nullif(1, 1) = 1", None),
    ("nullif(1, 1) = 1 and false", False),
    ("nullif(1, 1) = 1 or true", True),
    ("not (nullif(1, 1) = 1)", None),
    ("nullif(1, 1) in (1, 2)", None),
    ("3 between 5 and nullif(1, 1)", False),
    ("5 between 3 and nullif(1, 1)", None),
    ("case when nullif(1, 1) = 1 then 'yes' else 'no' end", "no"),
    # exact numbers
    ("0.1 + 0.2 = 0.3", True),
    ("1 / 3", Decimal("0.333333")),
    ("2 / 3", Decimal("0.666667")),
    ("-2 / 3", Decimal("-0.666667")),
    ("1 / 0", None),
    ("1 % 0", None),
    ("1 // 0", None),
    ("7 // 2", 3),
    ("-7 // 2", -3),
    ("-7 % 3", -1),
    ("7 % -3", 1),
    ("round(0.5)", 1),
    ("round(-0.5)", -1),
    ("round(2.345, 2)", Decimal("2.35")),
    ("floor(-0.5)", -1),
    ("ceil(-0.5)", 0),
    ("9223372036854775807 + 1", 9223372036854775808),
    ("2000000000 + 2000000000", 4000000000),
    ("greatest(1, nullif(1, 1), 3)", 3),
    ("least(nullif(1, 1), nullif(1, 1)) is null", True),
    ("minor(12.345)", 1235),
    # text
    ("'' is null", False),
    ("'' = ' '", False),
    ("'a' = 'A'", False),
    ("'Z' < 'a'", True),
    ("'张' > 'z'", True),
    ("upper('aßé')", "Aßé"),
    ("length('👨‍👩‍👧')", 5),
    ("trim('　 a\t')", "a"),
    ("'a' || nullif('b', 'b')", None),
    ("concat('a', nullif('b', 'b'))", "a"),
    ("substr('大额存单', 3)", "存单"),
    ("right('abc', 0)", ""),
    ("'a\\b' like 'a\\b'", True),
    ("'a\nb' like 'a%b'", True),
    ("'100%' like '100%%'", True),
    ("matches('a1', '[a-z][0-9]')", True),
    ("matches('xa1', '[a-z][0-9]')", False),
    ("matches('٣', '\\d')", False),
    ("half_width('ＡＢ　１')", "AB 1"),
    ("digits('+86 138-0000')", "861380000"),
    # text to values
    ("to_int(' 42 ')", 42),
    ("to_int('4.2')", None),
    ("to_int('')", None),
    ("to_decimal('-1.005', 2)", Decimal("-1.01")),
    ("to_decimal('1,000')", None),
    ("to_decimal('1e3')", None),
    ("to_date('20240229', '%Y%m%d')", date(2024, 2, 29)),
    ("to_date('20230229', '%Y%m%d')", None),
    ("to_date('2024-1-5', '%Y-%-m-%-d')", date(2024, 1, 5)),
    ("to_date('930101', '%y%m%d')", date(1993, 1, 1)),
    ("to_timestamp('2024-01-31 08:00:00', '%Y-%m-%d %H:%M:%S')", datetime(2024, 1, 31, tzinfo=UTC)),
    ("to_timestamp('2024-01-31T00:00:00.5Z', '%Y-%m-%dT%H:%M:%S.%f%z')", datetime(2024, 1, 31, 0, 0, 0, 500_000, UTC)),
    ("from_epoch_ms(1706659200000)", datetime(2024, 1, 31, tzinfo=UTC)),
    # days
    ("date(timestamp '2024-01-31 23:59:59')", date(2024, 1, 31)),
    ("hour(timestamp '1988-07-01 12:00:00')", 12),
    ("date '2024-02-28' + 2", date(2024, 3, 1)),
    ("date '9999-12-31' + 1", None),
    ("date '2024-03-01' - date '2024-02-28'", 2),
    ("days_between('2024-02-28', '2024-03-01')", 2),
    ("add_months(date '2024-01-31', 1)", date(2024, 2, 29)),
    ("years_between('2004-02-29', '2022-02-28')", 17),
    ("month_start(date '2024-02-29')", date(2024, 2, 1)),
    ("weekday(date '2024-01-31')", 3),
    ("seconds_between(timestamp '2024-01-01 00:00:00', timestamp '2023-12-31 23:59:00')", -60),
    # identity numbers
    ("valid_id_card('11010519491231002X')", True),
    ("valid_id_card('110105194912310021')", False),
    ("valid_id_card('130503670401001')", True),
    ("valid_id_card('')", False),
    ("id_birth_date('11010519491231002X')", date(1949, 12, 31)),
    ("id_gender('11010519491231002X')", "F"),
]  # fmt: skip


@pytest.fixture(scope="module")
def engines(postgres: str) -> Iterator[dict[str, Callable[[rule.Checked], Any]]]:
    """The three engines: each answers one rule that reads no field."""
    duck = duckdb.connect()
    connection = psycopg.connect(postgres.replace("postgresql+psycopg", "postgresql"), autocommit=True)
    yield {
        "python": lambda checked: rule.to_python(checked)({}),
        "duckdb": lambda checked: duck.execute(f"SELECT {rule.to_sql(checked)}").fetchall()[0][0],
        "postgres": lambda checked: connection.execute(f"SELECT {rule.to_sql(checked, 'postgres')}").fetchall()[0][0],
    }
    connection.close()
    duck.close()


@pytest.mark.parametrize(("text", "answer"), FACTS, ids=[text for text, _ in FACTS])
@pytest.mark.parametrize("engine", ["python", "duckdb", "postgres"])
def test_the_language_answers_as_its_page_says(engines: Any, engine: str, text: str, answer: Any) -> None:
    found = engines[engine](rule.check(rule.parse(text), EMPTY))
    assert found == answer
    assert isinstance(found, bool) == isinstance(answer, bool)


def test_every_fact_of_this_table_stands_in_the_page_of_the_language() -> None:
    from pathlib import Path

    page = (Path(__file__).parents[3] / "docs" / "rule-language.md").read_text(encoding="utf-8")
    for promise in ("三值", "四舍五入", "除以零", "东八区", "码点", "空文字"):
        assert promise in page
