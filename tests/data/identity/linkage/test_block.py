"""Candidate pairs share a key, once each, and busy keys bring none."""

import numpy as np
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from liuke.data.identity.linkage import block, hashes


def keys(*values: int) -> np.ndarray:
    return np.array(values, np.uint64)


def listed(packed) -> set[tuple[int, int]]:
    left, right = block.unpack(packed)
    return set(zip(left.tolist(), right.tolist(), strict=True))


def test_records_that_share_a_key_are_paired_once() -> None:
    found = block.pairs({"a": keys(5, 5, 0, 6), "b": keys(1, 1, 2, 2)})
    assert listed(found) == {(0, 1), (2, 3)}
    assert len(found) == 2


def test_a_missing_key_pairs_nobody_and_a_busy_key_neither() -> None:
    assert len(block.pairs({"a": keys(0, 0, 0)})) == 0
    assert len(block.pairs({"a": keys(9, 9, 9)}, busiest=2)) == 0


def test_a_first_phone_meets_anothers_second() -> None:
    found = block.pairs({"p": keys(7, 0, 3), "q": keys(0, 7, 3)}, crossed=("p", "q"))
    assert listed(found) == {(0, 1)}


def test_only_records_of_different_groups_are_paired_when_asked() -> None:
    found = block.pairs({"a": keys(1, 1, 1)}, groups=np.array([1, 1, 2], np.int32))
    assert listed(found) == {(0, 2), (1, 2)}


@settings(max_examples=100, deadline=None)
@given(st.lists(st.integers(0, 4), min_size=1, max_size=30), st.lists(st.integers(0, 4), min_size=30, max_size=30))
def test_pairs_are_exactly_those_a_self_join_finds(one, two) -> None:
    count = len(one)
    two = two[:count]
    wanted = {
        (i, j)
        for i in range(count)
        for j in range(i + 1, count)
        if (one[i] and one[i] == one[j]) or (two[i] and two[i] == two[j])
    }
    assert listed(block.pairs({"a": keys(*one), "b": keys(*two)})) == wanted


def test_a_text_has_the_same_key_alone_and_among_others() -> None:
    texts = pa.array(["张伟", None, "", "张伟", "zhang"])
    among = hashes.of_text(texts)
    assert among[0] == among[3] != among[4]
    assert among[1] == 0
    assert [int(hashes.of_text(texts.slice(i, 1))[0]) for i in range(5)] == among.tolist()


def test_a_joint_key_is_missing_when_a_part_is() -> None:
    both = hashes.together(keys(1, 0, 2), keys(3, 3, 0))
    assert both[0] != 0
    assert both[1:].tolist() == [0, 0]
