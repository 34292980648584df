"""Customer numbers stay where they can and are never given twice."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from liuke.data.identity.assign import assign


def assigned(labels, previous, since=None, last=0):
    since = since or [1] * len(labels)
    found = assign(np.array(labels), previous=np.array(previous), since=np.array(since), last=last)
    return found.one_ids.tolist(), found.last


def test_new_clusters_are_numbered_densely_in_order() -> None:
    assert assigned([0, 0, 2, 3, 2], [0] * 5) == ([1, 1, 2, 3, 2], 3)


def test_a_merge_keeps_the_number_of_the_larger_side() -> None:
    assert assigned([0, 0, 0], [4, 9, 9], last=9) == ([9, 9, 9], 9)


def test_between_equals_the_longest_standing_number_stays() -> None:
    assert assigned([0, 0], [4, 9], since=[20, 10], last=9) == ([9, 9], 9)
    assert assigned([0, 0], [9, 4], since=[10, 10], last=9) == ([4, 4], 9)


def test_a_split_leaves_the_number_with_most_members_and_gives_a_new_one_to_the_rest() -> None:
    assert assigned([0, 1, 1], [3, 3, 3], last=8) == ([9, 3, 3], 9)


def test_a_freed_number_is_never_given_again() -> None:
    assert assigned([0, 0, 2], [1, 2, 0], last=2) == ([1, 1, 3], 3)
    assert assigned([0], [0], last=41) == ([42], 42)


def test_members_that_change_sides_do_not_take_the_number_along() -> None:
    assert assigned([0, 0, 0, 3, 3], [5, 5, 6, 6, 6], last=6) == ([5, 5, 5, 6, 6], 6)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9), st.integers(0, 5)), min_size=1, max_size=30))
def test_clusters_and_numbers_match_one_to_one_and_an_unchanged_rerun_changes_nothing(records) -> None:
    groups, previous, since = zip(*records, strict=True)
    first = {group: groups.index(group) for group in groups}
    labels = [first[group] for group in groups]
    one_ids, last = assigned(labels, list(previous), list(since), last=12)
    assert len(set(zip(labels, one_ids, strict=True))) == len(set(labels)) == len(set(one_ids))
    assert all(number in set(previous) - {0} or number > 12 for number in one_ids)
    assert last == 12 + len({number for number in one_ids if number > 12})
    assert assigned(labels, one_ids, list(since), last=last) == (one_ids, last)
