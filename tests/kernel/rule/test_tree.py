"""Text, tree and JSON say the same rule."""

import random

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.kernel.rule.bank import CATALOGUE, Author

from liuke.kernel import rule
from liuke.kernel.rule import RuleInvalid


@given(st.integers(0, 10**9))
@settings(max_examples=400, deadline=None)
def test_a_generated_rule_survives_the_way_through_text_and_json(seed: int) -> None:
    try:
        first = rule.parse(Author(random.Random(seed)).rule())
    except RuleInvalid:
        return
    text = rule.to_text(first)
    assert rule.parse(text) == first
    assert rule.to_text(rule.parse(text)) == text
    assert rule.from_json(orjson.loads(orjson.dumps(rule.to_json(first)))) == first


@given(st.integers(0, 10**9))
@settings(max_examples=200, deadline=None)
def test_every_rule_can_be_said_in_chinese(seed: int) -> None:
    try:
        checked = rule.check(rule.parse(Author(random.Random(seed)).rule()), CATALOGUE)
    except RuleInvalid:
        return
    said = rule.to_chinese(checked)
    assert said.strip()
    assert "{event}" not in said


@given(st.integers(0, 10**9))
@settings(max_examples=200, deadline=None)
def test_the_canonical_text_is_sql_that_sqlglot_reads(seed: int) -> None:
    import sqlglot

    try:
        text = rule.to_text(rule.parse(Author(random.Random(seed)).rule()))
    except RuleInvalid:
        return
    assert sqlglot.parse_one(text, dialect="duckdb")


def test_a_tree_from_the_builder_is_a_rule() -> None:
    tree = {
        "op": "and",
        "args": [
            {"op": ">=", "args": [{"field": "aum"}, {"value": 500000}]},
            {"op": "not", "args": [{"op": "in", "args": [{"field": "gender"}, {"value": "M"}]}]},
            {"op": "<", "args": [{"field": "birth"}, {"date": "1990-01-01"}]},
            {"op": ">", "args": [{"field": "rate"}, {"decimal": "0.50"}]},
            {"op": "<", "args": [{"field": "rate"}, {"value": 0.75}]},
        ],
    }
    expected = "aum >= 500000 and gender not in ('M') and birth < date '1990-01-01' and rate > 0.50 and rate < 0.75"
    assert rule.to_text(rule.from_json(tree)) == expected


def nested(depth: int) -> object:
    """A tree of NOTs."""
    tree: object = {"field": "vip"}
    for _ in range(depth):
        tree = {"op": "not", "args": [tree]}
    return tree


@pytest.mark.parametrize(
    "tree",
    [
        None,
        1,
        "a",
        [],
        {},
        {"op": ">"},
        {"op": ">", "args": "ab"},
        {"op": ">", "args": [{"field": "a"}]},
        {"op": "and", "args": [{"field": "a"}]},
        {"op": "case", "args": [{"field": "a"}, {"value": 1}]},
        {"op": "a) or (1", "args": []},
        {"op": "x; drop", "args": []},
        {"op": "select", "args": [{"value": 1}]},
        {"op": "then", "args": []},
        {"op": 1, "args": []},
        {"field": ""},
        {"field": "a..b"},
        {"field": 1},
        {"field": "a\x00"},
        {"value": []},
        {"value": float("nan")},
        {"value": float("inf")},
        {"value": "\x00"},
        {"value": "\ud800"},
        {"value": 10**60},
        {"decimal": "1e999999999"},
        {"decimal": "abc"},
        {"decimal": True},
        {"date": "2024-02-30"},
        {"date": 20240131},
        {"timestamp": "now"},
        {"sql": "1 = 1"},
        {"field": "a", "value": 1},
        nested(64),
        nested(5_000),
        {"op": "or", "args": [{"field": "a"}] * 5_001},
        {"value": "x" * 20_001},
    ],
)
def test_a_tree_that_is_no_rule_is_refused(tree: object) -> None:
    with pytest.raises(RuleInvalid):
        rule.from_json(tree)


def test_names_and_values_from_a_tree_cannot_break_out_of_their_quotes() -> None:
    tree = {"op": "=", "args": [{"field": 'a" or 1 = 1 --'}, {"value": "x' or '1' = '1"}]}
    read = rule.from_json(tree)
    assert read.root == rule.parse("\"a\"\" or 1 = 1 --\" = 'x'' or ''1'' = ''1'").root
