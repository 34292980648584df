"""Names, profits, contrasts and rules of clusters, against oracles."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from tests.insight.clusters.people import USED, kinds, raw

from liuke.insight.clusters.features import FEATURES, FEATURES_BY_TAG
from liuke.insight.clusters.find.contrast import contrasts
from liuke.insight.clusters.find.name import ascending, names
from liuke.insight.clusters.find.prepare import apply, prepare
from liuke.insight.clusters.find.profit import profits
from liuke.insight.clusters.find.surrogate import Bound, members, surrogate, text
from liuke.insight.clusters.model import Contrast
from liuke.kernel import rule

KIND = kinds(2_000)
RAW = raw(KIND)
LABELS = (KIND + 1).astype(np.uint8)


def a_contrast(tag: str, z: float, median: float | None = 10.0) -> Contrast:
    return Contrast(tag=tag, label=tag, unit="", z=z, median=median, bank_median=10.0, missing=0.0)


def test_a_name_has_the_clearest_word_of_each_side_in_the_order_it_is_read() -> None:
    one = [
        a_contrast("login_30d", -1.2),
        a_contrast("age", 0.9, 57.0),
        a_contrast("aum_mavg", 1.5),
        a_contrast("deposits", 1.4),
        a_contrast("calls_90d", 0.1),
    ]
    assert names([one, [a_contrast("aum_mavg", 0.0)]], FEATURES_BY_TAG) == ("高资产·低活跃·临近退休", "各项居中")
    assert names([[a_contrast("aum_mavg", 0.1), a_contrast("calls_90d", 1.0)]], FEATURES_BY_TAG) == ("资产居中·来电多",)


def test_clusters_that_would_be_called_alike_get_further_words_then_a_mark() -> None:
    base = [a_contrast("aum_mavg", 1.5), a_contrast("login_30d", 1.0), a_contrast("age", 0.9, 57.0)]
    named = names([[*base, a_contrast("loan_balance", 0.5)], base, base], FEATURES_BY_TAG)
    assert named[0] == "高资产·有贷款·高活跃·临近退休"
    assert named[1] == "高资产·高活跃·临近退休（甲）"
    assert named[2] == "高资产·高活跃·临近退休（乙）"


@given(st.lists(st.lists(st.floats(-3, 3), min_size=len(FEATURES), max_size=len(FEATURES)), min_size=1, max_size=12))
def test_no_two_clusters_of_a_run_have_the_same_name(zs: list[list[float]]) -> None:
    given_ = [[a_contrast(f.tag, z, 40.0) for f, z in zip(FEATURES, row, strict=True)] for row in zs]
    named = names(given_, FEATURES_BY_TAG)
    assert len(set(named)) == len(zs)
    assert all(0 < len(name) <= 40 for name in named)


def test_every_band_of_a_feature_can_be_reached() -> None:
    assert all(ascending(feature.bands) for feature in FEATURES)
    assert len(FEATURES_BY_TAG) == len(FEATURES)


def test_profits_agree_with_the_textbook_tests() -> None:
    chance = np.random.default_rng(3)
    profit = chance.lognormal(5, 1, 2_000) * LABELS
    earned, more = profits(profit, LABELS, 4)
    for number in range(1, 5):
        inside, outside = profit[number == LABELS], profit[number != LABELS]
        known = stats.t.interval(0.95, len(inside) - 1, loc=inside.mean(), scale=stats.sem(inside))
        assert (earned[number - 1].low, earned[number - 1].high) == pytest.approx(known)
        assert earned[number - 1].value == pytest.approx(inside.mean())
        welch = stats.ttest_ind(inside, outside, equal_var=False).confidence_interval(1 - 0.05 / 4)
        assert (more[number - 1].low, more[number - 1].high) == pytest.approx((welch.low, welch.high))


def test_intervals_that_hold_together_do_so_about_as_often_as_they_promise() -> None:
    chance = np.random.default_rng(7)
    labels = np.repeat(np.arange(1, 5, dtype=np.uint8), 60)
    missed = 0
    for _ in range(400):
        _, more = profits(chance.normal(100, 30, 240), labels, 4)
        missed += any(not (one.low <= 0 <= one.high) for one in more)  # type: ignore[operator]
    assert missed / 400 < 0.09


def test_a_cluster_of_one_has_a_mean_and_no_interval() -> None:
    earned, more = profits(np.array([5.0, 1.0, 1.0, 3.0]), np.array([1, 2, 2, 2], dtype=np.uint8), 2)
    assert (earned[0].value, earned[0].low, more[0].low) == (5.0, None, None)
    assert profits(np.array([5.0, 1.0]), np.array([1, 1], dtype=np.uint8), 1)[1][0].value == 0.0


def test_contrasts_are_differences_of_means_in_standard_deviations() -> None:
    prepared = prepare(RAW, USED, seed=1)
    found = contrasts(prepared, RAW, LABELS, 4)
    for place, one in enumerate(prepared.treated):
        column = prepared.values[:, place].astype(float) / one.weight
        for number in range(4):
            contrast = found[number][place]
            assert contrast.z == pytest.approx(column[number == KIND].mean(), abs=1e-5)
            assert contrast.median == pytest.approx(np.nanmedian(RAW[contrast.tag][number == KIND]))


def test_treating_the_same_customers_again_gives_the_same_matrix() -> None:
    prepared = prepare(RAW, USED, seed=1)
    assert np.allclose(apply(RAW, prepared.treated), prepared.values, atol=1e-6)
    assert np.abs(prepared.values).max() <= 3.0
    assert np.isfinite(apply({"age": np.array([np.nan, np.inf, -1e300])}, prepared.treated)).all()


def test_a_clear_cluster_has_a_short_rule_that_is_exactly_it() -> None:
    prepared = prepare(RAW, USED, seed=1)
    found = surrogate(RAW, prepared.treated, LABELS, 3, seed=1)
    assert found.precision > 0.99
    assert found.recall > 0.99
    assert len(found.text) < 80


def _catalogue() -> rule.Catalogue:
    money = {f.tag: rule.Field(rule.Type.MONEY, f.label, "元") for f in USED if f.unit == "元"}
    whole = {f.tag: rule.Field(rule.Type.INT, f.label, f.unit) for f in USED if f.unit != "元"}
    return rule.Catalogue(money | whole)


@pytest.mark.parametrize("number", [1, 2, 3, 4])
def test_the_rule_language_names_exactly_whom_the_fidelity_was_measured_on(number: int) -> None:
    chance = np.random.default_rng(number)
    labels = np.where(chance.random(len(KIND)) < 0.1, chance.integers(1, 5, len(KIND)), LABELS).astype(np.uint8)
    prepared = prepare(RAW, USED, seed=1)
    found = surrogate(RAW, prepared.treated, labels, number, seed=1)
    run = rule.to_python(rule.check(rule.parse(found.text), _catalogue(), wants=rule.Type.BOOL))
    rows = [
        {f.tag: None if np.isnan(RAW[f.tag][place]) else int(RAW[f.tag][place] * f.scale) for f in USED}
        for place in range(len(KIND))
    ]
    named = np.array([run(row) is True for row in rows])
    target = labels == number
    assert found.named == named.sum()
    assert found.precision == pytest.approx((named & target).sum() / named.sum())
    assert found.recall == pytest.approx((named & target).sum() / target.sum())
    assert found.accuracy == pytest.approx((named == target).mean())


def test_a_customer_without_the_tag_counts_where_its_fill_does() -> None:
    age = FEATURES_BY_TAG["age"]
    told = {"age": np.array([20.0, np.nan, 70.0])}
    young, old = Bound(age, 60.0, below=True, empty=True), Bound(age, 60.0, below=False, empty=False)
    assert members(((young,),), told, 3).tolist() == [True, True, False]
    assert members(((old,),), told, 3).tolist() == [False, False, True]
    assert text(((young,), (old,))) == "((age < 60 or age is null)) or (age >= 60)"


def test_a_group_no_rule_fits_gets_none() -> None:
    labels = np.random.default_rng(1).integers(1, 9, len(KIND)).astype(np.uint8)
    prepared = prepare(RAW, USED, seed=1)
    assert surrogate(RAW, prepared.treated, labels, 1, seed=1).text == ""
