"""Reading rules, and refusing what is not one, at its place."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from liuke.kernel import rule
from liuke.kernel.rule import RuleInvalid
from liuke.kernel.rule.errors import NotAllowed, TooLarge, Unreadable


def canonical(text: str) -> str:
    """The canonical text of a rule."""
    return rule.to_text(rule.parse(text))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a=1 AND b<>2 Or c", "a = 1 and b <> 2 or c"),
        ("(a and b) and (c and d)", "a and b and (c and d)"),
        ("a or b and c", "a or b and c"),
        ("(a or b) and c", "(a or b) and c"),
        ("not (a = 1)", "not a = 1"),
        ("NOT a IN (1,2)", "a not in (1, 2)"),
        ("a not in (1,2)", "a not in (1, 2)"),
        ("a is not null", "a is not null"),
        ("a - (b - c) - d", "a - (b - c) - d"),
        ("(a + b) * -c", "(a + b) * -c"),
        ("- (a + b)", "-(a + b)"),
        ("a - -1", "a - -1"),
        ("a == 1 and b != 'x''y'", "a = 1 and b <> 'x''y'"),
        ("月日均资产>=500000", "月日均资产 >= 500000"),
        ('"select" = 1', '"select" = 1'),
        ("tag.aum > 0.50", "tag.aum > 0.50"),
        ("x between 1 and 2 and y", "x between 1 and 2 and y"),
        ("case when a then 1 when b then 2 end", "case when a then 1 when b then 2 end"),
        ("date = DATE '2024-01-31'", "\"date\" = date '2024-01-31'"),
        ("date(t) = '2024-01-31'", "date(t) = '2024-01-31'"),
        ("Round(x, 2) > 1 + 2 * 3", "round(x, 2) > 1 + 2 * 3"),
        ("timestamp '2024-01-31' < t", "timestamp '2024-01-31 00:00:00' < t"),
    ],
)
def test_a_rule_has_one_canonical_text(text: str, expected: str) -> None:
    assert canonical(text) == expected
    assert canonical(expected) == expected


@pytest.mark.parametrize(
    ("text", "position", "words"),
    [
        ("", 1, "规则结尾"),
        ("a >", 4, "规则结尾"),
        ("a > > 1", 5, "应为字段"),
        ("(a > 1", 7, "应为“)”"),
        ("a > 1)", 6, "多出的内容"),
        ("1 < a < 3", 7, "between"),
        ("a ＞ 1", 3, "半角“>”"),
        ("a in （1）", 6, "半角“(”"),
        ("a = ‘x’", 5, "半角"),
        ("a = 'x", 5, "右边的单引号"),
        ("a > 5万元", 5, "后面不能紧跟文字"),
        ("a > 1e5", 5, "后面不能紧跟文字"),
        ("a like", 7, "规则结尾"),
        ("case a when 1 then 2 end", 6, "case 之后应为 when"),
        ("d = date '2024-02-30'", 10, "2024-02-30"),
        ("d = date '2024-W01-1'", 10, "2024-W01-1"),
        ("t = timestamp '2024-01-31 25:00:00'", 15, "25:00:00"),
    ],
)
def test_what_cannot_be_read_is_pointed_at(text: str, position: int, words: str) -> None:
    with pytest.raises(Unreadable) as caught:
        rule.parse(text)
    assert caught.value.position == position
    assert words in caught.value.message


@pytest.mark.parametrize(
    "text",
    [
        "select 1",
        "a = (select 1)",
        "exists (select 1)",
        "a in (select x from t)",
        "count(*) > 1",
        "*",
        "1; drop table customer",
        "a = 1 -- and b",
        "a /* x */ = 1",
        "a # x",
        "a::int = 1",
        "cast(a as int)",
        "sum(a) over (partition by b)",
        "a[1]",
        "{'a': 1}",
        "$1",
        "?",
        "@x",
        "`a`",
        "a like 'x' escape '!'",
        "a ilike 'x'",
        "interval '1 day'",
        "count(distinct a)",
        "a = 'x' union select 1",
        "a\x00b",
        "a = '\x00'",
        "a = '\u202e1 = a'",
        "a = '\ud800'",
        "a\u200b = 1",
        "a = '\x1b[2J'",
    ],
)
def test_what_is_not_part_of_the_language_is_refused(text: str) -> None:
    with pytest.raises((NotAllowed, Unreadable)) as caught:
        rule.parse(text)
    assert caught.value.status == 422
    assert 1 <= caught.value.position <= len(text) + 1


@pytest.mark.parametrize(
    "text",
    [
        " and ".join(["a > 1"] * 5_000),
        " and ".join(["a > 1"] * 1_001),
        "+".join(["1"] * 9_000),
        "a in (" + ",".join(["1"] * 9_000) + ")",
        "(" * 65 + "a" + ")" * 65,
        "(" * 9_999 + "a" + ")" * 9_999,
        "not " * 4_000 + "a",
        "-" * 1 + "(-" * 4_000 + "a" + ")" * 4_000,
        " - ".join(["a"] * 500),
        "case when a then " * 900 + "1" + " end" * 900,
        "abs(" * 3_000 + "a" + ")" * 3_000,
        "x" * 20_001,
    ],
)
def test_a_rule_that_is_too_large_or_too_deep_is_refused_at_once(text: str) -> None:
    with pytest.raises(TooLarge):
        rule.parse(text)


def test_a_rule_of_a_thousand_conditions_is_read() -> None:
    assert rule.parse(" or ".join(["a > 1"] * 1_000)).root.size == 3_001


@given(st.text(max_size=60))
@settings(max_examples=500, deadline=None)
def test_any_text_is_read_or_refused_with_a_place(text: str) -> None:
    place = 1
    try:
        canonical(text)
    except RuleInvalid as wrong:
        place = wrong.position
    assert 1 <= place <= len(text) + 1


WORDS = [
    "a",
    "b",
    "1",
    "2.5",
    "'x'",
    "(",
    ")",
    "and",
    "or",
    "not",
    "in",
    "is",
    "null",
    "like",
    "between",
    "case",
    "when",
]
MORE = ["then", "else", "end", "+", "-", "*", "/", "=", "<", ">", ",", "date", "'2024-01-01'", "f("]
PIECES = st.lists(st.sampled_from(WORDS + MORE), max_size=25)


@given(PIECES)
@settings(max_examples=1_000, deadline=None)
def test_any_row_of_words_is_read_to_a_stable_text_or_refused(words: list[str]) -> None:
    try:
        read = rule.parse(" ".join(words))
    except RuleInvalid:
        return
    assert rule.parse(rule.to_text(read)) == read
    assert rule.from_json(rule.to_json(read)) == read
