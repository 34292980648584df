"""Patterns: read strictly, matched in linear time, alike with the built-in matcher."""

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from liuke.kernel.rule import pattern
from liuke.kernel.rule.automaton import Automaton

PARTS = st.recursive(
    st.sampled_from(["a", "b", ".", "[ab]", "[^a]", "\\d", "1", "文"]),
    lambda inner: st.one_of(
        st.tuples(inner, inner).map("".join),
        st.tuples(inner, inner).map(lambda pair: f"({pair[0]}|{pair[1]})"),
        st.tuples(inner, st.sampled_from(["*", "+", "?", "{0,2}", "{2}", "{1,}"])).map(
            lambda pair: f"({pair[0]}){pair[1]}"
        ),
    ),
    max_leaves=6,
)


@given(PARTS, st.text("ab1文\n", max_size=12))
@settings(max_examples=800, deadline=None)
def test_the_automaton_matches_as_the_built_in_matcher(source: str, text: str) -> None:
    read = pattern.read(source)
    expected = re.compile(pattern.write(read), re.DOTALL).fullmatch(text) is not None
    assert Automaton(read).matches(text) is expected
    assert pattern.matcher(read)(text) is expected
    assert Automaton(read).matches(text) is (re.compile(source, re.DOTALL | re.ASCII).fullmatch(text) is not None)


@pytest.mark.parametrize(
    "source", ["(a*)*b", "(a|a)*b", "(a+)+b", "(a|aa)+b", ".*.*.*.*.*b", "(a?){80}b", "([ab]*a[ab]{8})*c"]
)
def test_a_pattern_that_explodes_elsewhere_takes_linear_time(source: str) -> None:
    matches = pattern.matcher(pattern.read(source))
    started = time.thread_time()
    assert matches("ab" * 10_000) is (source in {".*.*.*.*.*b"})
    assert time.thread_time() - started < 10


OUTSIDE = [
    "",
    "(",
    ")",
    "a)",
    "(a",
    "[",
    "[]",
    "[z-a]",
    "[[:alpha:]]",
    "*",
    "a**",
    "a*?",
    "a{2",
    "a{3,2}",
    "a{0}",
    "a{101}",
]
FOREIGN = ["a{,5}", "(?=a)", "(?P<x>a)", "(?i)a", "\\1", "\\b", "\\p{Han}", "a\\", "a|", "|a", "()", "a$b", "a^b"]
HUGE = ["(((a{100}){100}){100}){100}", "(" * 30 + "a" + ")" * 30]


@pytest.mark.parametrize("source", [*OUTSIDE, *FOREIGN, *HUGE])
def test_a_pattern_outside_the_subset_is_refused(source: str) -> None:
    with pytest.raises(pattern.BadPattern):
        pattern.read(source)


def test_anchors_around_the_whole_pattern_change_nothing() -> None:
    assert pattern.read("^1[3-9]\\d{9}$") == pattern.read("1[3-9]\\d{9}")
