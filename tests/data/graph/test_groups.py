"""Groups out of pairs: weights, caps, people's words, and numbers that last."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as some

from liuke.data.graph.groups import weigh
from liuke.data.graph.groups.cluster import MOST, cluster
from liuke.data.graph.groups.find import Before, find
from liuke.data.graph.groups.number import number
from liuke.data.graph.model import EvidenceType, GroupKind

_NOTHING = np.zeros(0, np.int64)


def _pairs(*rows: dict[str, object]) -> dict[str, np.ndarray]:
    counts = ("kin", "address", "phone", "device", "borrower", "holder", "there", "back")
    empty: dict[str, object] = dict.fromkeys(counts, 0) | {
        "surname": False,
        "couple": False,
        "elsewhere": False,
        "gap": -1,
    }
    return {
        name: np.array([(empty | {"left_id": 1, "right_id": 2} | row)[name] for row in rows])
        for name in (*empty, "left_id", "right_id")
    }


def _probability(**facts: object) -> float:
    steps = weigh.family_steps(_pairs(facts))
    return float(weigh.probability(weigh.weights(GroupKind.FAMILY, steps))[0])


def test_a_home_a_device_or_a_register_is_enough_a_number_alone_is_not() -> None:
    assert min(_probability(address=1), _probability(device=1), _probability(kin=1)) > 0.85
    assert _probability(phone=1) < 0.5
    assert _probability(phone=1, surname=True) > 0.5
    assert _probability(there=5) < 0.01


def test_two_known_homes_speak_against_a_shared_number() -> None:
    assert _probability(phone=1, surname=True, elsewhere=True) < 0.05


def test_what_a_pair_needs_is_the_evidence_without_which_it_would_not_be() -> None:
    both = weigh.masks(GroupKind.FAMILY, weigh.family_steps(_pairs({"device": 1, "address": 1})))[0]
    alone = weigh.masks(GroupKind.FAMILY, weigh.family_steps(_pairs({"device": 1})))[0]
    assert weigh.needs(GroupKind.FAMILY, int(both)) == ()
    assert weigh.needs(GroupKind.FAMILY, int(alone)) == (EvidenceType.DEVICE,)
    assert weigh.types(GroupKind.FAMILY, int(both)) == (EvidenceType.ADDRESS, EvidenceType.DEVICE)


_PAIR = some.tuples(some.integers(0, 39), some.integers(0, 39)).filter(lambda pair: pair[0] != pair[1])


def _array(pairs: list[tuple[int, int]]) -> np.ndarray:
    return np.array(pairs, np.int64).reshape(-1, 2)


@settings(max_examples=200, deadline=None)
@given(pairs=some.lists(_PAIR, max_size=60), apart=some.lists(_PAIR, max_size=8), cap=some.integers(2, 12))
def test_no_group_is_larger_than_its_cap_and_no_parted_pair_is_together(
    pairs: list[tuple[int, int]], apart: list[tuple[int, int]], cap: int
) -> None:
    ends = _array(pairs)
    weight = np.arange(len(pairs), dtype=np.float64)
    made = cluster(ends[:, 0], ends[:, 1], weight, count=40, cap=cap, cannot=_array(apart))
    assert np.bincount(made.labels).max() <= cap
    assert all(made.labels[a] != made.labels[b] for a, b in apart)
    assert (made.labels[ends[made.joined, 0]] == made.labels[ends[made.joined, 1]]).all()
    assert len(np.unique(made.labels)) == 40 - made.joined.sum()


def test_people_may_join_more_than_the_machine_but_not_without_end() -> None:
    chain = np.array([(place, place + 1) for place in range(79)])
    made = cluster(_NOTHING, _NOTHING, np.zeros(0), count=80, cap=12, must=chain)
    assert np.bincount(made.labels).max() == MOST


@settings(max_examples=100, deadline=None)
@given(labels=some.lists(some.integers(0, 9), min_size=1, max_size=40), seed=some.integers(0, 5))
def test_an_unchanged_grouping_keeps_its_numbers_and_none_is_given_twice(labels: list[int], seed: int) -> None:
    first = number(np.array(labels), previous=np.zeros(len(labels), np.int64), last=7)
    again = number(np.array(labels), previous=first.numbers, last=7 + first.fresh)
    assert (again.numbers == first.numbers).all()
    assert again.fresh == 0
    moved = np.random.default_rng(seed).permutation(np.array(labels))
    after = number(moved, previous=first.numbers, last=7 + first.fresh)
    assert len(np.unique(after.numbers)) == len(np.unique(moved))
    assert {tuple(moved[after.numbers == n]) for n in after.numbers} == {tuple(moved[moved == m]) for m in moved}


def test_a_group_keeps_its_number_while_most_of_its_members_stay() -> None:
    done = number(np.array([1, 1, 1, 2, 2]), previous=np.array([5, 5, 5, 5, 0]), last=9)
    assert done.numbers.tolist() == [5, 5, 5, 10, 10]


def _before(**facts: np.ndarray) -> Before:
    empty = np.empty((0, 2), np.int64)
    stood = {"one_ids": _NOTHING, "groups": _NOTHING, "confirmed": _NOTHING, "together": empty, "apart": empty}
    return Before(**(stood | facts), last=100)


def test_the_same_pairs_in_another_order_give_the_same_groups() -> None:
    rows = [
        {"left_id": 1, "right_id": 2, "address": 1},
        {"left_id": 2, "right_id": 3, "kin": 1},
        {"left_id": 8, "right_id": 9, "device": 1},
    ]
    one, other = (find(GroupKind.FAMILY, _pairs(*order), _before()).members for order in (rows, rows[::-1]))
    assert one.equals(other)
    assert one["via"].to_pylist() == [2, 0, 2, 0, 8]
    assert one["reasons"].to_pylist() == ["{address}", "{}", "{kin}", "{}", "{device}"]
    assert one["needs"].to_pylist() == ["{address}", "{}", "{registered}", "{}", "{device}"]


def test_a_confirmed_group_takes_nobody_by_the_machine() -> None:
    stood = {
        "one_ids": np.array([1, 2]),
        "groups": np.array([4, 4]),
        "confirmed": np.array([4]),
        "together": np.array([[1, 2]]),
    }
    found = find(GroupKind.FAMILY, _pairs({"left_id": 2, "right_id": 3, "kin": 1}), _before(**stood))
    assert found.members["one_id"].to_pylist() == [1, 2]
    assert found.members["group_id"].to_pylist() == [4, 4]


def test_a_share_below_a_quarter_gives_no_say() -> None:
    pairs = {
        "left_id": np.array([1, 2]),
        "right_id": np.array([9, 9]),
        "legal_rep": np.array([False, False]),
        "share_bp": np.array([2400, 2500]),
    }
    assert find(GroupKind.ENTERPRISE, pairs, _before()).members["one_id"].to_pylist() == [2, 9]
