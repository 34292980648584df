"""Why a rule was true or false."""

import random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.kernel.rule.bank import CATALOGUE, Author, a_row

from liuke.kernel import rule


def explained(text: str, row: dict[str, Any], **options: Any) -> rule.Explanation:
    """The explanation of a rule for a row."""
    return rule.explain(rule.check(rule.parse(text), CATALOGUE), row, **options)


def test_a_true_rule_names_the_conditions_with_their_values() -> None:
    text = "count_events('view', '7d', product = '大额存单') > 3 and (aum >= 500000 or vip)"
    found = explained(text, {"aum": 62_000_000}, windowed=lambda call: lambda row: 5)
    assert found.truth is True
    assert found.words == (
        "近7天内浏览大额存单超过3次：成立（近7天内浏览大额存单的次数为5次）；月日均资产不低于50万元：成立（月日均资产为62万元）"
    )


def test_a_false_and_is_explained_by_its_smallest_false_part() -> None:
    found = explained("(vip or active) and logins > 3", {"vip": False, "active": False, "logins": 1})
    assert [cause.words for cause in found.causes] == ["登录次数超过3次"]


def test_a_false_or_needs_all_its_parts() -> None:
    found = explained("vip or logins > 3", {"vip": False, "logins": 1})
    assert [cause.words for cause in found.causes] == ["是高净值客户", "登录次数超过3次"]


def test_an_unknown_answer_is_explained_by_what_is_missing() -> None:
    found = explained("vip and gender = 'F'", {"vip": True})
    assert found.truth is None
    assert found.words == "性别为女：无法判断（性别为空）"


def test_the_tree_holds_every_condition() -> None:
    found = explained("vip and not (logins > 3 or active)", {"vip": True, "logins": 9, "active": True})
    assert [part.truth for part in found.root.parts] == [True, False]
    assert [part.truth for part in found.root.parts[1].parts[0].parts] == [True, True]


@given(st.integers(0, 10**9))
@settings(max_examples=150, deadline=None)
def test_an_explanation_agrees_with_the_rule(seed: int) -> None:
    rng = random.Random(seed)
    try:
        checked = rule.check(rule.parse(Author(rng).write("c", 3)), CATALOGUE)
    except rule.RuleInvalid:
        return
    row = a_row(rng)
    found = rule.explain(checked, row)
    assert found.truth is rule.to_python(checked)(row)
    assert found.causes
    assert found.words
