"""What rules cost: evaluations per second row by row and over sets, and the time to read, check and write a rule."""

import time
from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import partial

import duckdb

from bench.figure import Figure, show
from liuke.kernel import rule
from liuke.kernel.rule import Catalogue, Field, Type

CATALOGUE = Catalogue(
    {
        "aum": Field(Type.MONEY, "月日均资产"),
        "age": Field(Type.INT, "年龄", "岁", digits=3),
        "name": Field(Type.TEXT, "姓名"),
        "rate": Field(Type.DECIMAL, "占比"),
        "vip": Field(Type.BOOL, "高净值客户"),
        "seen": Field(Type.TIMESTAMP, "最近登录时间"),
        "id_no": Field(Type.TEXT, "证件号"),
        "raw": Field(Type.TEXT, "原文"),
    }
)
ROW = {
    "aum": 60_000_000,
    "age": 40,
    "name": "张三",
    "rate": Decimal("0.7"),
    "vip": True,
    "id_no": "11010519491231002X",
    "raw": "20240131",
}
RULES = {
    "one comparison": "aum >= 500000",
    "five conditions": "aum >= 500000 and age between 30 and 60 and name in ('张三', '李四') or not vip",
    "a division": "aum / 3 > 5",
    "a decimal column": "rate > 0.5",
    "text to date": "to_date(raw, '%Y%m%d') < '2024-06-01'",
    "identity number": "valid_id_card(id_no)",
}
ROWS = 2_000_000
SIMPLE = ("one comparison", "five conditions", "a division", "a decimal column")
TABLE = """
    SELECT (i * 7919) % 100000000 AS aum, 18 + i % 70 AS age,
           CASE WHEN i % 3 = 0 THEN '张三' ELSE '王五' || i END AS name,
           CAST((i % 10000) / 10000 AS DECIMAL(18, 4)) AS rate, i % 2 = 0 AS vip,
           '11010519491231002X' AS id_no,
           CASE WHEN i % 9 = 0 THEN '2024-01-31' ELSE '20240131' END AS raw
    FROM range({rows}) AS given(i)
"""


def seconds(work: Callable[[], object], times: int) -> float:
    """The time of one run, averaged over so many."""
    started = time.perf_counter()
    for _ in range(times):
        work()
    return (time.perf_counter() - started) / times


def figures(scale: float) -> Iterator[Figure]:
    """For each rule: reading and checking, writing SQL, evaluations row by row and over a set of 2 million rows."""
    rows = max(100_000, int(ROWS * scale))
    connection = duckdb.connect()
    connection.sql("CREATE TABLE rows AS " + TABLE.format(rows=rows))
    for label, text in RULES.items():
        yield from _one(label, text, connection, rows)


def _one(label: str, text: str, connection: duckdb.DuckDBPyConnection, rows: int) -> Iterator[Figure]:
    checked = rule.check(rule.parse(text), CATALOGUE)
    run, sql = rule.to_python(checked), f"SELECT count(*) FILTER ({rule.to_sql(checked)}) FROM rows"
    goal = 1_000_000 if label in SIMPLE else None
    yield Figure(f"{label}: Python", 1 / seconds(partial(run, ROW), 200_000), "evaluations/s", goal, at_least=True)
    yield Figure(f"{label}: DuckDB", rows / seconds(lambda: connection.sql(sql).fetchall(), 3), "rows/s")
    reading = seconds(lambda: rule.check(rule.parse(text), CATALOGUE), 300)
    yield Figure(f"{label}: read and check", reading * 1e6, "µs")
    yield Figure(f"{label}: write SQL", seconds(lambda: rule.to_sql(checked), 50) * 1e6, "µs")


if __name__ == "__main__":
    show("rule", figures(1.0))
