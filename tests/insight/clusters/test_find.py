"""A whole clustering on customers whose kinds are known, and on data nobody can cluster."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import adjusted_rand_score
from tests.insight.clusters.people import DAY, USED, kinds, raw, table

from liuke.insight.clusters.features import FEATURES
from liuke.insight.clusters.find.run import find
from liuke.insight.clusters.find.stable import Table
from liuke.insight.clusters.model import ClusterMethod, NothingDiffers, TooFewCustomers, Wanted

KIND = kinds(3_000)
PROFIT = np.array([50.0, 9_000.0, 12_000.0, 100.0])[KIND]


@pytest.mark.parametrize("method", list(ClusterMethod))
def test_planted_kinds_are_found_again(method: ClusterMethod) -> None:
    found, labels = find(table(KIND), PROFIT, USED, Wanted(method=method, k_min=2, k_max=6, seed=3))
    assert found.k == 4
    assert adjusted_rand_score(KIND, labels) > 0.97
    assert [cluster.size for cluster in found.clusters] == np.bincount(labels, minlength=5)[1:].tolist()
    assert sum(cluster.share for cluster in found.clusters) == pytest.approx(1)


def test_the_wealthiest_cluster_is_number_one_and_reads_as_what_it_is() -> None:
    found, labels = find(table(KIND), PROFIT, USED, Wanted(k=4, seed=3))
    assert np.bincount(KIND[labels == 1]).argmax() == 2
    names = [cluster.name for cluster in found.clusters]
    assert "高资产" in names[0]
    assert "退休" in names[0]
    assert any("有贷款" in name for name in names)
    assert any("低活跃" in name or "久未交易" in name or "交易少" in name for name in names)


def test_the_same_seed_gives_the_same_bits() -> None:
    wanted = Wanted(k_min=3, k_max=5, seed=9, months=1)
    first, second = (find(table(KIND), PROFIT, USED, wanted, past=[table(KIND, seed=8)]) for _ in range(2))
    assert first[0] == second[0]
    assert first[1].tobytes() == second[1].tobytes()


def test_the_choice_shows_its_evidence_and_its_reason() -> None:
    found, _ = find(table(KIND), PROFIT, USED, Wanted(k_min=2, k_max=6, seed=3))
    by_k = {one.k: one for one in found.evidence}
    assert set(by_k) == {2, 3, 4, 5, 6}
    assert by_k[4].silhouette == max(one.silhouette for one in found.evidence)
    assert by_k[4].bic < by_k[2].bic
    assert by_k[4].stability > 0.97
    assert f"{by_k[4].silhouette:.2f}" in found.reason
    assert "4 类" in found.reason


def test_a_number_asked_for_is_kept_and_its_neighbours_are_weighed() -> None:
    found, _ = find(table(KIND), PROFIT, USED, Wanted(k=5, seed=3))
    assert found.k == 5
    assert [one.k for one in found.evidence] == [4, 5, 6]


def test_one_giant_is_not_a_cluster_and_does_not_move_the_others() -> None:
    now = table(KIND)
    giant = {tag: column.copy() for tag, column in now.raw.items()}
    giant["aum_mavg"][0] = 1e15
    calm, before = find(now, PROFIT, USED, Wanted(k=4, seed=3))
    wild, after = find(replace(now, raw=giant), PROFIT, USED, Wanted(k=4, seed=3))
    assert min(cluster.size for cluster in wild.clusters) > 200
    assert adjusted_rand_score(before, after) > 0.99
    assert calm.k == wild.k


def test_columns_without_news_are_left_out_with_the_reason() -> None:
    now = table(KIND)
    odd = dict(now.raw) | {"consume_30d": np.zeros(len(KIND)), "login_30d": np.full(len(KIND), np.nan)}
    del odd["tenure_years"]
    found, _ = find(replace(now, raw=odd), PROFIT, USED, Wanted(k=4, seed=3))
    reasons = {one.tag: one.reason for one in found.left}
    assert set(reasons) == {"consume_30d", "login_30d", "tenure_years"}
    assert "相同" in reasons["consume_30d"]
    assert "有值" in reasons["login_30d"]
    assert "没有这个标签" in reasons["tenure_years"]
    assert {feature.tag for feature in found.features}.isdisjoint(reasons)


def test_customers_who_are_all_alike_cannot_be_clustered() -> None:
    same = {tag: np.full(500, 7.0) for tag in ("aum_mavg", "age")}
    with pytest.raises(NothingDiffers):
        find(Table(DAY, np.arange(1, 501), same), np.zeros(500), USED, Wanted(k=3))
    with pytest.raises(NothingDiffers):
        find(Table(DAY, np.arange(1, 501), {}), np.zeros(500), USED, Wanted(k=3))


@pytest.mark.parametrize("size", [0, 1, 3, 19])
def test_too_few_customers_for_the_number_of_clusters_are_told_so(size: int) -> None:
    with pytest.raises(TooFewCustomers) as fault:
        find(table(KIND[:size]), PROFIT[:size], USED, Wanted(k=4))
    assert str(size) in fault.value.message


def test_numbers_of_clusters_too_many_for_the_customers_are_not_tried() -> None:
    found, _ = find(table(KIND[:30]), PROFIT[:30], USED, Wanted(k_min=2, k_max=9, seed=3))
    assert max(one.k for one in found.evidence) <= 6


@pytest.mark.parametrize("method", list(ClusterMethod))
def test_fewer_kinds_of_customers_than_clusters_give_as_many_clusters_as_kinds(method: ClusterMethod) -> None:
    columns = {"aum_mavg": np.repeat([10.0, 1_000_000.0], 100), "age": np.repeat([30.0, 60.0], 100)}
    now = Table(DAY, np.arange(1, 201), columns)
    found, labels = find(now, np.zeros(200), USED, Wanted(method=method, k=5, seed=1))
    assert found.k == 2
    assert set(labels) == {1, 2}


def test_a_month_grouped_alike_says_so_and_one_of_other_people_says_that() -> None:
    shuffled = table(np.random.default_rng(5).permutation(KIND), as_of=date(2026, 8, 31))
    alike = table(KIND, seed=11, as_of=date(2026, 9, 30))
    strangers = Table(date(2026, 7, 31), np.arange(10_001, 13_001), raw(KIND))
    found, _ = find(table(KIND), PROFIT, USED, Wanted(k=4, seed=3), past=[alike, shuffled, strangers])
    gone, mixed, steady = found.months
    assert steady.ari is not None
    assert steady.ari > 0.95
    assert steady.stayed is not None
    assert steady.stayed > 0.95
    assert mixed.ari is not None
    assert abs(mixed.ari) < 0.05
    assert (gone.ari, gone.shared) == (None, 0)
    assert gone.note


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_whatever_the_tags_hold_every_customer_gets_exactly_one_cluster(data: st.DataObject) -> None:
    size = data.draw(st.integers(10, 60))
    value = st.one_of(
        st.just(float("nan")), st.sampled_from([0.0, 1.0, -1.0, 1e15, -1e15]), st.floats(-1e6, 1e6, allow_nan=False)
    )
    columns = {
        feature.tag: np.array(data.draw(st.lists(value, min_size=size, max_size=size))) for feature in FEATURES[:4]
    }
    method = data.draw(st.sampled_from(list(ClusterMethod)))
    now = Table(DAY, np.arange(1, size + 1), columns)
    try:
        found, labels = find(now, np.zeros(size), FEATURES[:4], Wanted(method=method, k=2, seed=1))
    except NothingDiffers:
        return
    assert set(labels) <= set(range(1, found.k + 1))
    assert sum(cluster.size for cluster in found.clusters) == size
    assert len({cluster.name for cluster in found.clusters}) == found.k
    for cluster in found.clusters:
        assert all(np.isfinite(contrast.z) for contrast in cluster.contrasts)
