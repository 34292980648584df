"""A customer's page says which cluster of the newest run the customer is in."""

import numpy as np
import pytest
from sqlalchemy import select
from tests.data.tags.conftest import DAY
from tests.insight.clusters.people import kinds
from tests.insight.clusters.test_service import WANTED, publish
from tests.insight.segments import town as make

from liuke.data import profile
from liuke.insight.clusters import place, service
from liuke.kernel.actor import Actor
from liuke.kernel.bank import Bank
from liuke.kernel.store.log import event_table


@pytest.fixture
def filled(bank: Bank, machine: Actor) -> Bank:
    """The town's customers have pages; 1,199 customers have tags, customer 1 has none."""
    make.people(bank, machine)
    publish(bank, kinds(1_200))
    return bank


def number(bank: Bank, one_id: int) -> str:
    return bank.keys.customer_numbers.encode(one_id)


def test_each_customer_is_found_in_the_cluster_the_run_put_them_in(filled: Bank, machine: Actor) -> None:
    assert place.of_customer(filled, machine, number(filled, 7)) is None
    done = service.run(filled, machine, WANTED)
    assert done.found is not None
    placed = np.load(filled.settings.home / "clusters" / f"{done.id}.npy")
    assert np.bincount(placed, minlength=done.found.k + 1)[1:].tolist() == [one.size for one in done.found.clusters]
    found = place.of_customer(filled, machine, number(filled, 7))
    assert found is not None
    cluster = done.found.clusters[placed[7] - 1]
    assert (found.run_id, found.version, found.as_of) == (done.id, 1, DAY)
    assert (found.number, found.name, found.size, found.segment) == (cluster.number, cluster.name, cluster.size, None)
    assert place.of_customer(filled, machine, number(filled, 1)) is None


def test_the_newest_run_counts_and_only_its_file_is_kept(filled: Bank, machine: Actor) -> None:
    service.run(filled, machine, WANTED)
    second = service.run(filled, machine, WANTED)
    assert [path.stem for path in (filled.settings.home / "clusters").iterdir()] == [str(second.id)]
    found = place.of_customer(filled, machine, number(filled, 7))
    assert found is not None
    assert found.version == 2


def test_whoever_looks_sees_their_own_customers_only_and_is_written_down(filled: Bank, machine: Actor) -> None:
    service.run(filled, machine, WANTED)
    manager = make.manager()
    seen = [one for one in range(2, 12) if _seen(filled, manager, one)]
    assert seen
    assert len(seen) < 10
    with filled.read(machine) as tx:
        looks = [row for row in tx.rows(select(event_table)) if row["kind"] == profile.CustomerViewed.kind]
    assert [row["payload"]["part"] for row in looks] == ["cluster"] * len(seen)


def _seen(bank: Bank, actor: Actor, one_id: int) -> bool:
    try:
        return place.of_customer(bank, actor, number(bank, one_id)) is not None
    except profile.UnknownCustomer:
        return False
