"""Which columns an output column comes from, read off the query, however it is written."""

import pytest
import sqlglot

from liuke.kernel.trace import Origin, trace

SCHEMA = {
    "account": {"source_key": "VARCHAR", "party_key": "VARCHAR", "kind": "VARCHAR", "balance": "BIGINT"},
    "booking": {"account_key": "VARCHAR", "amount": "BIGINT", "at": "TIMESTAMPTZ", "direction": "VARCHAR"},
}


def came(text: str) -> dict[str, set[str]]:
    traced = trace(sqlglot.parse_one(text, dialect="duckdb"), SCHEMA)
    return {name: {f"{one.table}.{one.column}" for one in origins} for name, origins in traced.columns.items()}


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("SELECT balance FROM account", {"balance": {"account.balance"}}),
        ("SELECT balance * 2 AS twice FROM account", {"twice": {"account.balance"}}),
        (
            ("SELECT a.party_key, sum(b.amount) AS moved FROM account a JOIN booking b ON b.account_key = a.source_key"
            " GROUP BY a.party_key"),
            {"party_key": {"account.party_key"}, "moved": {"booking.amount"}},
        ),
        (
            ("WITH x AS (SELECT source_key AS k, balance AS b FROM account), y AS (SELECT k, b + 1 AS c FROM x)"
            " SELECT y.c, x.b FROM y JOIN x USING (k)"),
            {"c": {"account.balance"}, "b": {"account.balance"}},
        ),
        (
            "SELECT * EXCLUDE (kind, party_key) FROM account",
            {"source_key": {"account.source_key"}, "balance": {"account.balance"}},
        ),
        (
            "SELECT a.* REPLACE (a.balance / 100 AS balance) FROM account a",
            {name: {f"account.{name}"} for name in SCHEMA["account"]},
        ),
        (
            "SELECT kind AS x FROM account UNION ALL SELECT direction FROM booking",
            {"x": {"account.kind", "booking.direction"}},
        ),
        (
            ("SELECT source_key, balance AS n FROM account UNION ALL BY NAME"
            " SELECT amount AS n, account_key AS source_key FROM booking"),
            {
                "source_key": {"account.source_key", "booking.account_key"},
                "n": {"account.balance", "booking.amount"},
            },
        ),
        (
            "SELECT (SELECT max(b.amount) FROM booking b WHERE b.account_key = a.source_key) AS top FROM account a",
            {"top": {"booking.amount"}},
        ),
        (
            "SELECT d.day FROM booking b, LATERAL (SELECT CAST(b.at AS DATE) AS day) d",
            {"day": {"booking.at"}},
        ),
        (
            "SELECT row_number() OVER (PARTITION BY party_key ORDER BY balance) AS n FROM account",
            {"n": {"account.party_key", "account.balance"}},
        ),
        ("SELECT count(*) AS n FROM account WHERE kind = 'loan'", {"n": {"account.kind"}}),
        (
            "SELECT party_key, count(*) AS n FROM account GROUP BY party_key",
            {"party_key": {"account.party_key"}, "n": {"account.party_key"}},
        ),
        ("SELECT 'x' AS word, balance FROM account", {"word": set(), "balance": {"account.balance"}}),
        (
            "SELECT x.n FROM (SELECT unnest(range(3)) AS n) x, account a",
            {"n": set()},
        ),
        (
            ("WITH RECURSIVE r AS (SELECT balance AS b, 0 AS depth FROM account"
            " UNION ALL SELECT b - 1, depth + 1 FROM r WHERE depth < 3) SELECT b FROM r"),
            {"b": {"account.balance"}},
        ),
    ],
)  # fmt: skip
def test_each_output_column_names_its_origins(query: str, told: dict[str, set[str]]) -> None:
    assert came(query) == told


def test_every_column_read_is_told_also_those_that_only_choose_rows() -> None:
    traced = trace(
        sqlglot.parse_one(
            "SELECT sum(b.amount) AS moved FROM booking b JOIN account a ON a.source_key = b.account_key"
            " WHERE a.kind = 'term'",
            dialect="duckdb",
        ),
        SCHEMA,
    )
    assert traced.columns == {"moved": frozenset({Origin("booking", "amount")})}
    assert {one.column for one in traced.reads} == {"amount", "account_key", "source_key", "kind"}


def test_the_tree_given_is_left_as_it_is() -> None:
    query = sqlglot.parse_one("SELECT * FROM account", dialect="duckdb")
    before = query.sql()
    trace(query, SCHEMA)
    assert query.sql() == before
