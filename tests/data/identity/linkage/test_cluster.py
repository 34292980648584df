"""Clusters follow the strongest edges and never a hard contradiction."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from liuke.data.identity.linkage.cluster import (
    ALREADY,
    FORBIDDEN,
    JOINED,
    OTHER_BIRTH,
    OTHER_GENDER,
    SAME_GROUP,
    TWO_IDS,
    Facts,
    cluster,
)

NONE = np.empty((0, 2), np.int64)


def some_facts(count: int, **known: list[int]) -> Facts:
    arrays = {name: np.array(known.get(name, [0] * count)) for name in ("document", "birth", "gender", "group")}
    return Facts(**arrays)


def joined(edges, *, facts, **options):
    left, right, weight = (np.array(column) for column in zip(*edges, strict=True))
    return cluster(left, right, weight.astype(float), facts=facts, **options)


def test_records_are_joined_along_edges() -> None:
    found = joined([(0, 1, 5), (1, 2, 4), (0, 2, 3)], facts=some_facts(4))
    assert found.labels.tolist() == [0, 0, 0, 3]
    assert found.fate.tolist() == [JOINED, JOINED, ALREADY]


def test_the_stronger_edge_decides_which_identity_card_a_record_joins() -> None:
    found = joined([(0, 1, 5), (1, 2, 9)], facts=some_facts(3, document=[7, 0, 8]))
    assert found.labels.tolist() == [0, 1, 1]
    assert found.fate.tolist() == [TWO_IDS, JOINED]


def test_another_birthday_or_gender_stops_a_join_unless_the_number_agrees() -> None:
    facts = some_facts(4, birth=[19900101, 19850203, 0, 0], gender=[0, 0, 1, 2])
    edges = [(0, 1, 9), (2, 3, 9)]
    assert joined(edges, facts=facts).fate.tolist() == [OTHER_BIRTH, OTHER_GENDER]
    assert joined(edges, facts=facts, proven=np.array([True, True])).fate.tolist() == [JOINED, JOINED]


def test_one_slip_in_a_birthday_does_not_stop_a_join() -> None:
    for other in (19900102, 19900201, 19910101, 19901001):
        facts = some_facts(2, birth=[19900110 if other == 19901001 else 19900101, other])
        assert joined([(0, 1, 9)], facts=facts).fate.tolist() == [JOINED]


def test_people_decide_before_weights_but_never_over_two_identity_cards() -> None:
    must, cannot = np.array([[0, 1]]), np.array([[2, 3]])
    found = joined([(2, 3, 99)], facts=some_facts(4), must=must, cannot=cannot)
    assert found.labels.tolist() == [0, 0, 2, 3]
    assert found.fate.tolist() == [FORBIDDEN]
    refused = joined([(2, 3, 1)], facts=some_facts(4, document=[1, 2, 0, 0]), must=must)
    assert refused.labels.tolist() == [0, 1, 2, 2]


def test_what_is_kept_apart_stays_apart_through_others() -> None:
    found = joined([(0, 1, 9), (2, 3, 8), (1, 2, 7)], facts=some_facts(4), cannot=np.array([[0, 3]]))
    assert found.labels.tolist() == [0, 0, 2, 2]


def test_one_group_holds_each_party_once() -> None:
    found = joined([(0, 2, 9), (1, 2, 8), (1, 3, 7)], facts=some_facts(4, group=[1, 1, 2, 2]))
    assert found.labels.tolist() == [0, 1, 0, 1]
    assert found.fate.tolist() == [JOINED, SAME_GROUP, JOINED]


def test_nothing_makes_nothing() -> None:
    empty = np.empty(0, np.int64)
    assert cluster(empty, empty, empty.astype(float), facts=some_facts(3)).labels.tolist() == [0, 1, 2]


@st.composite
def crowds(draw):
    count = draw(st.integers(2, 14))
    node = st.integers(0, count - 1)
    pair = st.tuples(node, node).filter(lambda p: p[0] != p[1])
    edges = draw(st.lists(st.tuples(pair, st.integers(-3, 30)), min_size=1, max_size=40, unique_by=lambda e: e[0]))
    documents = draw(st.lists(st.integers(0, 3), min_size=count, max_size=count))
    pairs = st.lists(pair, max_size=5)
    return count, edges, documents, draw(pairs), draw(pairs)


@settings(max_examples=300, deadline=None)
@given(crowds(), st.randoms(use_true_random=False))
def test_no_cluster_ever_holds_two_identity_cards_or_a_forbidden_pair(crowd, order) -> None:
    count, edges, documents, must, cannot = crowd
    facts = some_facts(count, document=documents)

    def run(listed):
        left, right, weight = (np.array(c) for c in zip(*[(a, b, w) for (a, b), w in listed], strict=True))
        pairs = [np.array(p, np.int64).reshape(-1, 2) for p in (must, cannot)]
        return cluster(left, right, weight.astype(float), facts=facts, must=pairs[0], cannot=pairs[1]).labels

    labels = run(edges)
    for label in set(labels.tolist()):
        inside = {documents[i] for i in range(count) if labels[i] == label} - {0}
        assert len(inside) <= 1
    free = [pair for pair in cannot if tuple(pair) not in {tuple(m) for m in must}]
    assert all(labels[a] != labels[b] for a, b in free)
    shuffled = list(edges)
    order.shuffle(shuffled)
    assert run(shuffled).tolist() == labels.tolist()
