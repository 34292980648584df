"""Runs of the bank's own customers, kept by version."""

from collections.abc import Collection
from dataclasses import replace
from datetime import date, timedelta
from uuid import uuid4

import numpy as np
import pytest
from sqlalchemy import select
from tests.data.tags.conftest import DAY
from tests.insight.clusters.people import kinds, raw

from liuke.data import tags
from liuke.data.tags.snapshot import write
from liuke.data.tags.snapshot.draft import drafting
from liuke.insight.clusters import jobs, service, store, take
from liuke.insight.clusters.features import EARNINGS, FEATURES, FEATURES_BY_TAG
from liuke.insight.clusters.model import AlreadyRunning, BadWish, ClusterState, TooFewCustomers, UnknownRun, Wanted
from liuke.kernel.actor import Actor
from liuke.kernel.bank import Bank
from liuke.kernel.clock import FixedClock
from liuke.kernel.errors import Forbidden
from liuke.kernel.job import running
from liuke.kernel.store.log import event_table

WANTED = Wanted(k_min=3, k_max=5, seed=2, months=3)


def publish(bank: Bank, kind: np.ndarray, *, day: date = DAY, seed: int = 2, flat: Collection[str] = ()) -> None:
    """Tags of customers of these kinds, as a refresh would publish them; customer 1 does not exist.

    Of ``flat`` tags everybody has the same value.
    """
    book = tags.book(bank)
    size = len(kind) + 2
    present = np.ones(size, np.bool_)
    present[:2] = False
    told = raw(kind, seed=seed)
    columns = {}
    for code, column in told.items():
        values = np.zeros(size, np.int64)
        values[2:] = 0 if code in flat else np.nan_to_num(column) * FEATURES_BY_TAG[code].scale
        missing = np.zeros(size, np.bool_)
        missing[2:] = np.isnan(column)
        columns[code] = (values, missing)
    root = bank.settings.home / "tags"
    with drafting(root, book=book, as_of=day, created_at=bank.clock.now(), engine="test") as draft:
        draft.put(0, present, columns)
        write.publish(root, draft)


@pytest.fixture
def filled(bank: Bank) -> Bank:
    """A bank of 1,200 customers with tags."""
    publish(bank, kinds(1_200))
    return bank


def test_features_are_taken_from_tags_in_their_own_units_with_gaps_as_gaps(filled: Bank) -> None:
    table = take.table_of(tags.open(filled), FEATURES)
    told = raw(kinds(1_200))
    assert table.ids.tolist() == list(range(2, 1_202))
    assert set(table.raw) == set(told)
    for code, column in told.items():
        assert np.array_equal(table.raw[code], column, equal_nan=True)


def test_a_date_becomes_the_days_since(bank: Bank, town: Bank, machine: Actor) -> None:
    tags.refresh(town, machine)
    table = take.table_of(tags.open(town), FEATURES)
    day = tags.open(town).column("last_txn_on").at(int(table.ids[0]))
    assert table.raw["last_txn_on"][0] == (tags.open(town).as_of - day).days  # type: ignore[operator]
    assert np.isnan(table.raw["last_txn_on"][1])


def test_profit_is_balances_times_rates_and_the_banks_own_rates_count(filled: Bank) -> None:
    snapshot = tags.open(filled)
    ids = take.table_of(snapshot, FEATURES).ids
    told = raw(kinds(1_200))
    shipped = {line.tag: line.rate_bp / 10_000 * line.times for line in EARNINGS if line.tag in told}
    by_hand = sum(told[code] * rate for code, rate in shipped.items())
    assert np.allclose(take.profit_of(snapshot, ids, {}), by_hand)
    own = take.profit_of(snapshot, ids, {"deposits": 0, "loan_balance": 0, "wealth_value": 100})
    assert np.allclose(own, told["wealth_value"] * 0.01)


def test_a_run_is_kept_whole_and_said_in_chinese(filled: Bank, machine: Actor) -> None:
    done = service.run(filled, machine, WANTED)
    assert (done.version, done.state, done.size, done.as_of) == (1, ClusterState.DONE, 1_200, DAY)
    assert done.found is not None
    assert done.found.k == len(done.names) == 4
    assert sum(cluster.size for cluster in done.found.clusters) == 1_200
    assert all(cluster.surrogate.chinese for cluster in done.found.clusters)
    assert {left.tag for left in done.found.left} >= {"calls_90d", "last_txn_on"}
    assert service.read(filled, machine, done.id) == done
    with filled.read(machine) as tx:
        kinds_ = [row["kind"] for row in tx.rows(select(event_table)) if row["kind"].startswith("clusters.")]
    assert kinds_ == ["clusters.found"]


def test_earlier_months_with_snapshots_are_compared_each_by_its_last_day(filled: Bank, machine: Actor) -> None:
    last = DAY.replace(day=1) - timedelta(days=1)
    publish(filled, kinds(1_200), day=last - timedelta(days=3), seed=4)
    publish(filled, kinds(1_200), day=last, seed=5)
    publish(filled, kinds(1_200), day=last.replace(day=1) - timedelta(days=1), seed=6)
    done = service.run(filled, machine, WANTED)
    assert done.found is not None
    assert [month.as_of for month in done.found.months] == [last.replace(day=1) - timedelta(days=1), last]
    assert all(month.ari is not None and month.ari > 0.9 for month in done.found.months)
    assert service.run(filled, machine, replace(WANTED, months=0)).found.months == ()  # type: ignore[union-attr]


def test_a_month_that_was_not_told_a_feature_is_not_compared(filled: Bank, machine: Actor) -> None:
    publish(filled, kinds(1_200), day=DAY.replace(day=1) - timedelta(days=1), flat=("deposits", "age"))
    done = service.run(filled, machine, WANTED)
    assert done.found is not None
    [month] = done.found.months
    assert (month.ari, month.stayed, month.shared) == (None, None, 1_200)
    assert month.note == "当月没有存款余额、年龄等 2 项特征的数据"


def test_the_same_wish_gives_the_same_clusters_under_the_next_version(filled: Bank, machine: Actor) -> None:
    first, second = service.run(filled, machine, WANTED), service.run(filled, machine, WANTED)
    assert (first.version, second.version) == (1, 2)
    assert first.found == second.found
    page = service.listed(filled, machine, cursor=None, limit=1)
    assert [one.version for one in page.items] == [2]
    assert [one.version for one in service.listed(filled, machine, cursor=page.next_cursor, limit=1).items] == [1]


def test_a_run_that_cannot_be_is_kept_with_the_reason(bank: Bank, machine: Actor) -> None:
    publish(bank, kinds(6))
    with pytest.raises(TooFewCustomers):
        service.run(bank, machine, WANTED)
    kept = service.listed(bank, machine, cursor=None, limit=5).items[0]
    assert kept.state is ClusterState.FAILED
    assert "6 位" in kept.message


def test_without_tags_nothing_is_begun(bank: Bank, machine: Actor) -> None:
    assert service.options(bank, machine).as_of is None
    with pytest.raises(tags.NoSnapshot):
        service.start(bank, machine, WANTED)
    assert service.listed(bank, machine, cursor=None, limit=5).items == []


def test_two_runs_at_once_are_refused_and_what_a_crash_left_open_is_closed(filled: Bank, machine: Actor) -> None:
    with filled.read(machine) as held:
        store.claim(held)
        with filled.write(machine) as tx:
            left = store.begin(tx, WANTED, job_run=None)
        with pytest.raises(AlreadyRunning):
            service.start(filled, machine, WANTED)
    service.run(filled, machine, WANTED)
    broken = service.read(filled, machine, left)
    assert broken.state is ClusterState.FAILED
    assert "中断" in broken.message


@pytest.mark.parametrize(
    "wanted",
    [
        Wanted(k=1),
        Wanted(k=13),
        Wanted(k_min=6, k_max=5),
        Wanted(months=40),
        Wanted(seed=-1),
        Wanted(rates={"aum": 10}),
        Wanted(rates={"deposits": 20_000}),
    ],
)
def test_wishes_out_of_bounds_are_refused(filled: Bank, machine: Actor, wanted: Wanted) -> None:
    with pytest.raises(BadWish):
        service.start(filled, machine, wanted)


def test_only_who_may_run_runs_and_only_who_may_read_reads(filled: Bank, machine: Actor) -> None:
    nobody = replace(machine, permissions=frozenset())
    for ask in (
        lambda: service.start(filled, nobody, WANTED),
        lambda: service.options(filled, nobody),
        lambda: service.listed(filled, nobody, cursor=None, limit=5),
    ):
        with pytest.raises(Forbidden):
            ask()
    with pytest.raises(UnknownRun):
        service.read(filled, machine, uuid4())


def test_the_last_run_is_repeated_when_a_month_has_passed(filled: Bank, machine: Actor, clock: FixedClock) -> None:
    work = jobs.JOBS[0].work
    with running(filled, machine, job="clusters.monthly") as progress:
        work(filled, machine, progress, "")
        assert service.listed(filled, machine, cursor=None, limit=5).items == []
        service.run(filled, machine, WANTED)
        work(filled, machine, progress, "")
        assert len(service.listed(filled, machine, cursor=None, limit=5).items) == 1
        clock.advance(timedelta(days=31))
        work(filled, machine, progress, "")
    assert [one.wanted for one in service.listed(filled, machine, cursor=None, limit=5).items] == [WANTED, WANTED]
