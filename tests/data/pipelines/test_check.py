"""What a query may say: names with the nearest proposed, types, classes, portability, and all that is refused."""

from pathlib import Path

import duckdb
import pytest
import sqlglot
from hypothesis import given
from hypothesis import strategies as st
from tests.data.pipelines.conftest import flow

from liuke.data.pipelines.define.read import from_tree
from liuke.data.pipelines.model import Checked, Definition
from liuke.data.pipelines.query import allow
from liuke.data.pipelines.query.check import check, evened
from liuke.data.sources import CANONICAL
from liuke.kernel.store.lake import Lake


def looked(sql: str, **changes: object) -> Checked:
    one, problems = from_tree(
        flow(sql=sql, **({"columns": {}, "rules": [], "partition": None, "keys": ["a"]} | changes))
    )
    return check(one, CANONICAL) if one else Checked(problems)


def said(sql: str, **changes: object) -> list[str]:
    return [problem.message for problem in looked(sql, **changes).problems]


HOSTILE = [
    "COPY account TO '/tmp/x'",
    "COPY (SELECT 1) TO '/tmp/x.csv'",
    "ATTACH '/tmp/x.db'",
    "DETACH x",
    "PRAGMA database_list",
    "SET memory_limit = '1TB'",
    "RESET memory_limit",
    "INSTALL httpfs",
    "LOAD httpfs",
    "CALL pragma_version()",
    "EXPORT DATABASE '/tmp/x'",
    "IMPORT DATABASE '/tmp/x'",
    "CREATE TABLE x AS SELECT 1",
    "CREATE MACRO m() AS 1",
    "CREATE SECRET s (TYPE s3)",
    "DROP TABLE account",
    "ALTER TABLE account ADD COLUMN x INT",
    "INSERT INTO account VALUES (1)",
    "UPDATE account SET kind = 'x'",
    "DELETE FROM account",
    "TRUNCATE account",
    "BEGIN TRANSACTION",
    "VACUUM",
    "CHECKPOINT",
    "EXPLAIN SELECT 1",
    "DESCRIBE account",
    "SHOW TABLES",
    "SUMMARIZE account",
    "USE x",
    "PREPARE p AS SELECT 1",
    "EXECUTE p",
    "VALUES (1)",
    "SELECT kind AS a FROM account; DROP TABLE account",
    "SELECT kind AS a FROM account; SELECT 1 AS a",
    ";",
    "",
    "SELECT * FROM read_csv('/etc/passwd')",
    "SELECT * FROM read_csv_auto('/etc/passwd')",
    "SELECT * FROM read_parquet('/tmp/*.parquet')",
    "SELECT * FROM read_json('/etc/passwd')",
    "SELECT * FROM read_text('/etc/passwd')",
    "SELECT * FROM read_blob('/etc/passwd')",
    "SELECT * FROM glob('/etc/*')",
    "SELECT * FROM sniff_csv('/etc/passwd')",
    "SELECT * FROM parquet_metadata('/tmp/x')",
    "SELECT * FROM '/etc/passwd'",
    "SELECT * FROM 'https://example.com/x.parquet'",
    'SELECT * FROM "/etc/passwd"',
    "SELECT * FROM duckdb_settings()",
    "SELECT * FROM duckdb_secrets()",
    "SELECT * FROM pragma_table_info('account')",
    "SELECT * FROM information_schema.tables",
    "SELECT * FROM sqlite_master",
    "SELECT * FROM main.account",
    "SELECT * FROM raw.account",
    "SELECT * FROM a.b.account",
    "SELECT * FROM postgres_scan('host=x', 'public', 'app_user')",
    "SELECT * FROM query('SELECT 1')",
    "SELECT * FROM query_table('account')",
    "SELECT * FROM generate_series(1, 1000000000)",
    "SELECT * FROM range(10)",
    "SELECT unnest([1, 2]) AS a",
    "SELECT getenv('HOME') AS a",
    "SELECT current_setting('memory_limit') AS a",
    "SELECT getvariable('x') AS a",
    "SELECT read_text('/etc/passwd') AS a",
    "SELECT current_user AS a",
    "SELECT version() AS a",
    "SELECT random() AS a",
    "SELECT uuid() AS a",
    "SELECT now() AS a",
    "SELECT current_date AS a",
    "SELECT current_timestamp AS a",
    "SELECT today() AS a",
    "SELECT nextval('s') AS a",
    "SELECT sleep_ms(100000) AS a",
    "SELECT repeat('x', 1000000000) AS a",
    "SELECT rpad('x', 1000000000, 'y') AS a",
    "SELECT list_transform([1], x -> x) AS a",
    "SELECT {'a': 1} AS a",
    "SELECT MAP {'a': 1} AS a",
    "SELECT $1 AS a",
    "SELECT ? AS a",
    "SELECT kind AS a FROM account TABLESAMPLE 10%",
    "SELECT kind AS a FROM account USING SAMPLE 10",
    "SELECT kind AS a FROM account LIMIT 5",
    "SELECT kind AS a FROM account ORDER BY 1 OFFSET 5",
    "SELECT DISTINCT ON (kind) kind AS a FROM account",
    "SELECT kind AS a FROM account FOR UPDATE",
    "SELECT kind AS a INTO x FROM account",
    "WITH x AS (DELETE FROM account RETURNING *) SELECT * FROM x",
    "WITH x AS (INSERT INTO account VALUES (1) RETURNING *) SELECT * FROM x",
    "WITH RECURSIVE r AS (SELECT 1 AS a UNION ALL SELECT a + 1 FROM r) SELECT a FROM r",
    "SELECT a.kind AS a FROM account a NATURAL JOIN customer",
    "SELECT a.kind AS a FROM account a POSITIONAL JOIN customer c",
    "SELECT a.kind AS a FROM account a ASOF JOIN customer c ON a.opened_on >= c.opened_on",
    "SELECT x.a FROM (VALUES (1)) x(a)",
    "SELECT a FROM account a, LATERAL (SELECT 1 AS b) l",
    "PIVOT account ON kind USING count(*)",
    "SELECT * FROM account PIVOT (count(*) FOR kind IN ('x'))",
    "SELECT COLUMNS('.*') FROM account",
    "SELECT * RENAME (kind AS a) FROM account",
    "SELECT kind AS a FROM account AT (VERSION => 1)",
    "SELECT CAST(kind AS JSON) AS a FROM account",
    "SELECT CAST(kind AS INTEGER[]) AS a FROM account",
    "SELECT any_value(kind) AS a FROM account",
    "SELECT string_agg(kind, ',') AS a FROM account",
    "SELECT approx_count_distinct(kind) AS a FROM account",
    "SELECT date_diff('month', opened_on, closed_on) AS a FROM account",
    "FROM account",
    "SELECT " + "(" * 200 + "1" + ")" * 200 + " AS a",
    "SELECT " + " + ".join(["1"] * 5000) + " AS a",
    "SELECT " + "CASE WHEN true THEN " * 300 + "1" + " END" * 300 + " AS a",
    "SELECT 'a" + "'" * 999,
    "SELECT '\x00' AS a",
    "SELECT 'x\u202e' AS a",
    "SELECT kind AS a FROM account WHERE kind = '" + "x" * 30_000 + "'",
    "选择 一切",
    "\\",
    "SELECT /* never closed",
]  # fmt: skip


@pytest.mark.parametrize("sql", HOSTILE, ids=range(len(HOSTILE)))
def test_what_is_no_plain_portable_select_is_refused_with_words(sql: str) -> None:
    problems = looked(sql).problems
    assert problems
    assert all(any("一" <= sign <= "龥" for sign in problem.message) for problem in problems)


@given(st.text(alphabet="select from account kind()*,;'\"-/\n123=<>", max_size=80))
def test_any_text_is_answered_and_never_breaks_the_checker(sql: str) -> None:
    found = looked(sql)
    assert found.problems or found.run_sql


@pytest.mark.parametrize(
    ("sql", "place", "message"),
    [
        ("SELECT balanse AS a FROM account", (1, 8), "是否想写“balance”"),
        ("SELECT kind AS a\nFROM acount", (2, 6), "是否想写“account”"),
        ("SELECT x.kind AS a FROM account x\nWHERE x.balanc > 1", (2, 7), "是否想写“balance”"),
        ("SELECT y.kind AS a FROM account x", (1, 8), "没有名为“y”的表或别名"),
        ("WITH t AS (SELECT kind AS k FROM account)\nSELECT kk AS a FROM t", (2, 8), "是否想写“k”"),
        ("SELECT sum(amount) AS amount, 1 AS a FROM account", (1, 12), "没有名为“amount”的列"),
        (
            "SELECT kind AS a FROM account\nWHERE EXISTS (SELECT 1 FROM holding h WHERE h.nope = 1)",
            (2, 45),
            "nope",
        ),
        ("SELECT kind,\n  sum(balance) AS a FROM account", (1, 8), "既没有汇总，也不在 group by"),
        ("SELECT kind + 1 AS a FROM account", (1, 13), "参数不对"),
        ("SELECT kind FROM account WHERE", (1, 26), "读不懂"),
        ("SELECT kind AS a,, 1 FROM account", (1, 17), "读不懂"),
        ("SELECT kind AS a FROM account\n-- 说明\nLIMIT 3", (3, 7), "LIMIT"),
    ],
)
def test_a_fault_is_named_at_its_place(sql: str, place: tuple[int, int], message: str) -> None:
    first = looked(sql).problems[0]
    assert message in first.message
    assert first.field == "sql"
    assert (first.line, abs(first.column - place[1]) <= 1) == (place[0], True)


def test_output_columns_say_type_meaning_and_class() -> None:
    found = looked(
        "SELECT a.kind AS a, a.party_key, p.name || a.kind AS said, sum(a.balance) AS total, count(*) AS n, 1 AS one"
        " FROM account a JOIN party p ON p.source = a.source AND p.source_key = a.party_key GROUP BY ALL"
    )
    assert found.problems == ()
    told = {column.name: (column.kind, column.pi) for column in found.columns}
    assert told == {
        "a": ("VARCHAR", "none"),
        "party_key": ("VARCHAR", "c1"),
        "said": ("VARCHAR", "c2"),
        "total": ("BIGINT", "c2"),
        "n": ("BIGINT", "c1"),
        "one": ("INTEGER", "none"),
    }
    assert found.columns[1].meaning == "当事人在来源系统中的编号"
    assert {column.keep for column in found.columns} == {"record"}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"keys": ["kinds"]}, "是否想写“kind”"),
        ({"keys": []}, "须写明主键列"),
        ({"partition": {"column": "kind"}}, "分区列须是日期"),
        ({"partition": {"column": "day"}}, "须是主键的一部分"),
        ({"partition": {"column": "day", "by": {"acount": "opened_on"}}, "keys": ["kind", "day"]}, "是否想写“account”"),
        (
            {"partition": {"column": "day", "by": {"account": "opend_on"}}, "keys": ["kind", "day"]},
            "是否想写“opened_on”",
        ),
        (
            {"partition": {"column": "day", "by": {"account": "kind"}}, "keys": ["kind", "day"]},
            "须是日期或带时区的时间",
        ),
        ({"columns": {"knd": {"meaning": "x"}}}, "是否想写“kind”"),
        ({"rules": [{"kind": "range", "columns": ["n"], "least": "abc"}]}, "没有名为“abc”的字段"),
        ({"rules": [{"kind": "rule", "expression": "n >> 1"}]}, "读不懂"),
        ({"rules": [{"kind": "rule", "expression": "kind > 3"}]}, "这里需要文字"),
        ({"rules": [{"kind": "rows", "least": "-1"}]}, "行数须是"),
        ({"rules": [{"kind": "planet"}]}, "可写"),
        ({"rules": [{"kind": "unique"}]}, "须写明列"),
        ({"cadence": "soon"}, "不是周期"),
        ({"table": "Robert'; DROP TABLE"}, "表名须由"),
        ({"nonsense": 1}, "不认识的项"),
    ],
)
def test_what_is_wrong_beside_the_query_is_named(changes: dict[str, object], message: str) -> None:
    sql = "SELECT kind, opened_on AS day, count(*) AS n FROM account GROUP BY kind, opened_on"
    words = said(sql, **({"keys": ["kind"]} | changes))
    assert any(message in one for one in words), words


def test_what_is_allowed_goes_over_to_spark() -> None:
    """Every function that may be written has a Spark form that Spark's own grammar reads."""
    sql = """
    SELECT abs(balance) AS f1, ceil(balance / 3) AS f2, floor(balance / 3) AS f3, round(balance / 3, 2) AS f4,
        sign(balance) AS f5, sqrt(abs(balance)) AS f6, ln(2) AS f7, exp(1) AS f8, power(2, 3) AS f9,
        greatest(balance, available) AS f10, least(balance, available) AS f11, coalesce(status, 'x') AS f12,
        nullif(status, '') AS f13, lower(kind) AS f14, upper(kind) AS f15, trim(kind) AS f16, length(kind) AS f17,
        substr(kind, 1, 2) AS f18, left(kind, 2) AS f19, right(kind, 2) AS f20, replace(kind, 'a', 'b') AS f21,
        concat(kind, status) AS f22, kind || status AS f23, starts_with(kind, 'a') AS f24, contains(kind, 'a') AS f25,
        regexp_matches(kind, '^a') AS f26, md5(kind) AS f27, strftime(opened_on, '%Y-%m') AS f28,
        year(opened_on) AS f29, quarter(opened_on) AS f30, month(opened_on) AS f31, day(opened_on) AS f32,
        hour(event_time) AS f33, minute(event_time) AS f34, second(event_time) AS f35,
        extract(year FROM opened_on) AS f36, isodow(opened_on) AS f37, date_trunc('month', opened_on) AS f38,
        date_diff('day', opened_on, closed_on) AS f39,
        last_day(opened_on) AS f40, make_date(2026, 1, 2) AS f41, opened_on + INTERVAL 3 DAY AS f42,
        CAST(balance AS DOUBLE) AS f43, TRY_CAST(kind AS BIGINT) AS f44, balance IS DISTINCT FROM available AS f45,
        row_number() OVER (PARTITION BY kind ORDER BY balance) AS f46, rank() OVER (ORDER BY balance) AS f47,
        dense_rank() OVER (ORDER BY balance) AS f48, ntile(4) OVER (ORDER BY balance) AS f49,
        lag(balance) OVER (ORDER BY opened_on) AS f50, lead(balance) OVER (ORDER BY opened_on) AS f51,
        first_value(balance) OVER (ORDER BY opened_on) AS f52, balance // 3 AS f53, balance % 3 AS f54,
        sum(balance) OVER (PARTITION BY kind ORDER BY opened_on ROWS BETWEEN 2 PRECEDING AND CURRENT ROW) AS f55
    FROM account WHERE kind LIKE 'c%' AND balance BETWEEN 1 AND 2 AND kind IN ('current') AND NOT status IS NULL
    """
    sums = """
    SELECT kind AS a, count(DISTINCT party_key) AS g1, count_if(balance > 0) AS g2, sum(balance) AS g3,
        avg(balance) AS g4, min(balance) AS g5, max(balance) AS g6, arg_max(kind, balance) AS g7,
        arg_min(kind, balance) AS g8, median(balance) AS g9, stddev(balance) AS g10, variance(balance) AS g11,
        bool_and(balance > 0) AS g12, bool_or(balance > 0) AS g13, sum(balance) FILTER (WHERE status = 'active') AS g14
    FROM account GROUP BY kind HAVING count(*) > 0
    """
    for text in (sql, sums):
        found = looked(text, keys=["a"] if text is sums else ["f1"])
        assert found.problems == ()
        assert sqlglot.parse_one(found.spark_sql, dialect="spark")


def test_division_and_mean_are_written_so_that_engines_agree() -> None:
    tree = sqlglot.parse_one(
        "SELECT balance / available, avg(balance), balance % available FROM account", dialect="duckdb"
    )
    written = evened(tree).sql(dialect="duckdb")
    assert written == (
        "SELECT CAST(balance AS DOUBLE) / NULLIF(available, 0), AVG(CAST(balance AS DOUBLE)),"
        " balance % NULLIF(available, 0) FROM account"
    )


def test_nothing_but_queries_is_on_the_list_of_what_is_allowed() -> None:
    changing = {
        "Command",
        "Copy",
        "Attach",
        "Set",
        "Pragma",
        "Insert",
        "Update",
        "Delete",
        "Drop",
        "Create",
        "Anonymous",
    }
    assert not changing & {kind.__name__ for kind in allow._ALLOWED}


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM read_csv('{other}')",
        "SELECT * FROM '{other}'",
        "SELECT * FROM read_text('{other}')",
        "COPY (SELECT 1) TO '{folder}/out.csv'",
        "COPY (SELECT 1) TO '{inside}/../out.csv'",
        "ATTACH '{folder}/x.db'",
        "EXPORT DATABASE '{folder}/x'",
        "INSTALL httpfs",
        "LOAD httpfs",
        "SET memory_limit = '100GB'",
        "SET enable_external_access = true",
        "SET allowed_paths = ['/']",
        "RESET allowed_directories",
    ],
)
def test_even_a_statement_that_got_through_reaches_nothing(tmp_path: Path, statement: str) -> None:
    """The second wall: the database a query runs in has no way out."""
    other, inside = tmp_path / "secret.csv", tmp_path / "inside"
    other.write_text("x\n1\n", encoding="utf-8")
    inside.mkdir()
    lake = Lake(tmp_path / "lake", memory_mib=256)
    with lake.sealed([], folder=inside) as connection, pytest.raises(duckdb.Error):
        connection.execute(statement.format(other=other, folder=tmp_path, inside=inside)).fetchall()
    assert not (tmp_path / "out.csv").exists()


def test_a_sealed_database_reads_the_files_it_was_given_and_writes_into_its_folder(tmp_path: Path) -> None:
    given = tmp_path / "given.csv"
    given.write_text("x\n7\n", encoding="utf-8")
    with Lake(tmp_path / "lake", memory_mib=256).sealed([given], folder=tmp_path) as connection:
        assert connection.execute(f"SELECT * FROM read_csv('{given}')").fetchall() == [(7,)]
        connection.execute(f"COPY (SELECT 1 AS a) TO '{tmp_path}/out.parquet' (FORMAT parquet)").fetchall()
    assert (tmp_path / "out.parquet").is_file()


def test_a_definition_names_what_its_own_sql_makes_of_itself() -> None:
    one: Definition | None = from_tree(flow(sql="SELECT kind FROM daily_flow"))[0]
    assert one is not None
    assert "没有名为“daily_flow”的表" in check(one, CANONICAL).problems[0].message
