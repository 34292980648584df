"""Statements that travel together are one transaction, prepared once a connection, and say what went wrong."""

import psycopg
import pytest
from sqlalchemy import BigInteger, Text, column, func, literal, select

from liuke.kernel.store.pipe import together
from liuke.kernel.store.places import place, write


@pytest.fixture
def raw(bank):
    with psycopg.connect(bank.records.url, autocommit=True) as raw:
        raw.execute("CREATE TEMP TABLE noted (n bigint PRIMARY KEY, words text)")
        yield raw


def test_each_query_answers_with_its_first_row_or_none(raw):
    queries = [
        ("SELECT $1::bigint AS n, $2::text AS words", [7, "您好"]),
        ("INSERT INTO noted VALUES ($1, $2)", [1, None]),
        ("SELECT n FROM noted WHERE n > 1", []),
        ("SELECT n, words FROM noted ORDER BY n", []),
    ]
    said = together(raw, {}, queries)
    assert said == [{"n": 7, "words": "您好"}, None, None, {"n": 1, "words": None}]


def test_a_statement_that_fails_takes_the_others_with_it_and_the_connection_lives(raw):
    prepared: dict = {}
    with pytest.raises(psycopg.errors.UniqueViolation):
        together(raw, prepared, [("INSERT INTO noted VALUES ($1)", [5]), ("INSERT INTO noted VALUES ($1)", [5])])
    with pytest.raises(psycopg.errors.UndefinedTable):
        together(raw, prepared, [("INSERT INTO noted VALUES ($1)", [6]), ("SELECT 1 FROM nowhere", [])])
    assert together(raw, prepared, [("SELECT count(*) AS kept FROM noted", [])]) == [{"kept": 0}]


def test_statements_are_prepared_once_and_prepared_anew_when_the_driver_dropped_them(raw):
    prepared: dict = {}
    asked = [("SELECT $1::int + 1 AS n", [1])]
    assert together(raw, prepared, asked) == [{"n": 2}]
    names = dict(prepared)
    assert together(raw, prepared, [("SELECT $1::int + 1 AS n", [2])]) == [{"n": 3}]
    assert prepared == names
    raw.execute("DEALLOCATE ALL")
    assert together(raw, prepared, asked) == [{"n": 2}]
    assert prepared != names


def test_no_more_than_a_few_hundred_statements_stay_prepared(raw):
    prepared: dict = {}
    for number in range(300):
        together(raw, prepared, [(f"SELECT {number} AS n", [])])
    held = raw.execute("SELECT count(*) FROM pg_prepared_statements WHERE name LIKE 'liuke%'").fetchone()
    assert held == (len(prepared),) == (256,)


def test_a_lost_connection_is_an_error_not_a_wait(raw, bank):
    with psycopg.connect(bank.records.url, autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s)", [raw.info.backend_pid])
    with pytest.raises(psycopg.OperationalError):
        together(raw, {}, [("SELECT 1 AS n", [])])
    assert raw.closed


def test_a_written_statement_is_filled_in_its_places_and_keeps_the_rest(raw):
    number, words = column("n", BigInteger), column("words", Text)
    shelf = select(literal(5, BigInteger).label("n"), literal("x").label("words")).subquery()
    query = select(
        func.coalesce(place("asked_words", None, Text()), words).label("said"),
        (number + place("asked", 1, BigInteger()) + place("asked", 1, BigInteger()) + 100).label("sum"),
    ).select_from(shelf)
    made = write(query, frozenset({"asked", "asked_words"}))
    said = together(raw, {}, [made.filled({}), made.filled({"asked": 2**40}), made.filled({"asked_words": "y"})])
    assert said == [{"said": "x", "sum": 107}, {"said": "x", "sum": 2 * 2**40 + 105}, {"said": "y", "sum": 107}]
