"""Party records for measuring identity resolution."""

import pyarrow.compute as pc
import pytest

import twinbank


@pytest.fixture(scope="module")
def made():
    return twinbank.population(20_000, seed=3)


def test_it_has_the_asked_number_of_records_and_a_truth_for_each(made):
    records, truth = made
    assert records.num_rows == truth.num_rows == 20_000
    assert records.select(["source", "source_key"]).equals(truth.select(["source", "source_key"]))


def test_keys_are_unique_inside_a_source(made):
    records, _ = made
    assert records.group_by(["source", "source_key"]).aggregate([]).num_rows == 20_000


def test_there_are_about_two_records_and_a_half_for_each_person(made):
    _, truth = made
    assert 2.1 < 20_000 / pc.count_distinct(truth["person_id"]).as_py() < 2.7


@pytest.mark.parametrize(("source", "low", "high"), [("core", 0.01, 0.03), ("app", 0.4, 0.5), ("crm", 0.17, 0.23)])
def test_id_numbers_are_missing_as_documented(made, source: str, low: float, high: float):
    records, _ = made
    some = records.filter(pc.equal(records["source"], source))
    assert low < some["id_no"].null_count / some.num_rows < high


def test_it_is_the_same_every_time(made):
    assert twinbank.population(20_000, seed=3)[0].equals(made[0])
