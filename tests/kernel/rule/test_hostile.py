"""Rules and rows meant to do harm."""

import time
from typing import Any

import duckdb
import pytest
from tests.kernel.rule.bank import CATALOGUE

from liuke.kernel import rule
from liuke.kernel.rule import Catalogue, Field, RuleInvalid, Type

TEXTS = [
    "x' OR '1'='1",
    "'; DROP TABLE t; --",
    "\\'; DROP TABLE t; --",
    "\\",
    "%s %(x)s {0}",
    "$$",
    '"',
    "`",
    "\u2028",
    "__import__('os')",
]


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("dialect", ["duckdb", "postgres", "spark"])
def test_a_text_value_stays_a_text_value_in_every_dialect(text: str, dialect: Any) -> None:
    import sqlglot
    from sqlglot import exp

    literal = text.replace("'", "''")
    written = rule.to_sql(rule.check(rule.parse(f"name = '{literal}'"), CATALOGUE), dialect)
    found = sqlglot.parse_one(f"SELECT {written}", dialect=dialect)
    assert [node.this for node in found.find_all(exp.Literal)] == [text]


@pytest.mark.parametrize("text", TEXTS)
def test_a_text_value_finds_exactly_itself(text: str) -> None:
    checked = rule.check(rule.parse("name = '" + text.replace("'", "''") + "'"), CATALOGUE)
    sql = f"SELECT {rule.to_sql(checked)} FROM (SELECT $name AS name)"
    assert duckdb.execute(sql, {"name": text}).fetchall() == [(True,)]
    assert rule.to_python(checked)({"name": text}) is True
    assert rule.to_python(checked)({"name": text + " "}) is False


@pytest.mark.parametrize(
    "name", ['a" OR 1=1 --', "a'b", "a); import os; (", "__class__", "row", "get", "lambda", "None", "k1", "字 段"]
)
def test_a_field_of_any_name_is_only_a_name(name: str) -> None:
    catalogue = Catalogue({name: Field(Type.INT, "数")})
    checked = rule.check(rule.parse('"' + name.replace('"', '""') + '" > 1'), catalogue)
    assert rule.to_python(checked)({name: 2}) is True
    quoted = name.replace('"', '""')
    assert duckdb.sql(f'SELECT {rule.to_sql(checked)} FROM (SELECT 2 AS "{quoted}")').fetchall() == [(True,)]


def test_the_compiled_rule_reaches_no_builtins() -> None:
    run = rule.to_python(rule.check(rule.parse("name = 'x'"), CATALOGUE))
    assert set(run.__globals__["__builtins__"]) == {"abs", "len"}


@pytest.mark.parametrize("sign", ["and", "or", "+", "||"])
def test_a_chain_of_a_thousand_terms_runs_on_both_engines(sign: str) -> None:
    part = {"and": "aum > 1", "or": "aum < 1", "+": "small", "||": "name"}[sign]
    checked = rule.check(rule.parse(f" {sign} ".join([part] * 1_000)), CATALOGUE)
    row = {"aum": 500, "small": 2, "name": "x"}
    given = "(SELECT 500::BIGINT AS aum, 2::BIGINT AS small, 'x' AS name)"
    assert duckdb.sql(f"SELECT {rule.to_sql(checked)} FROM {given}").fetchall() == [(rule.to_python(checked)(row),)]


def test_a_long_case_and_the_deepest_nesting_run_on_both_engines() -> None:
    cases = " ".join(f"when small = {n} then {n}" for n in range(400))
    deep = "small"
    for _ in range(15):
        deep = f"abs(-({deep}))"
    for text in (f"case {cases} else -1 end", deep):
        checked = rule.check(rule.parse(text), CATALOGUE)
        answer = duckdb.sql(f"SELECT {rule.to_sql(checked)} FROM (SELECT 399::BIGINT AS small)").fetchall()
        assert answer == [(rule.to_python(checked)({"small": 399}),)] == [(399,)]


def test_a_list_of_four_thousand_values_is_quick() -> None:
    checked = rule.check(rule.parse(f"big in ({', '.join(map(str, range(3_500)))})"), CATALOGUE)
    run = rule.to_python(checked)
    started = time.thread_time()
    assert sum(run({"big": n}) for n in range(10_000)) == 3_500
    assert time.thread_time() - started < 10


@pytest.mark.parametrize(
    "text",
    ["(" * 9_000, "a " * 9_000, "not " * 4_999 + "a", "1+" * 9_999 + "1", "a=" * 9_000, "case " * 3_000, '"' * 19_999],
)
def test_no_text_takes_long_to_refuse(text: str) -> None:
    started = time.thread_time()
    with pytest.raises(RuleInvalid):
        rule.check(rule.parse(text), CATALOGUE)
    assert time.thread_time() - started < 10


@pytest.mark.parametrize("source", ["(a*)*", "(a+)+$", "(.*){99}", "((a{99}){99}){99}", "(?R)", "\\1"])
def test_a_pattern_meant_to_explode_is_refused_or_harmless(source: str) -> None:
    try:
        checked = rule.check(rule.parse(f"matches(name, '{source}')"), CATALOGUE)
    except RuleInvalid:
        return
    started = time.thread_time()
    rule.to_python(checked)({"name": "a" * 20_000 + "!"})
    assert time.thread_time() - started < 10
