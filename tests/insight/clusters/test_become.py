"""A cluster becomes a segment by its rule."""

from dataclasses import replace

import pytest
from sqlalchemy import select
from tests.insight.clusters.people import kinds
from tests.insight.clusters.test_service import WANTED, publish

from liuke.insight import clusters, segments
from liuke.insight.clusters import store
from liuke.insight.clusters.model import NoRule, NotReady, Run, UnknownCluster
from liuke.kernel.actor import Actor, Permission
from liuke.kernel.bank import Bank
from liuke.kernel.errors import Forbidden
from liuke.kernel.store.log import event_table


@pytest.fixture
def done(bank: Bank, machine: Actor) -> Run:
    """A run over 1,200 customers."""
    publish(bank, kinds(1_200))
    return clusters.run(bank, machine, WANTED)


def test_the_segment_has_the_clusters_rule_and_names_as_many_customers(bank: Bank, machine: Actor, done: Run) -> None:
    assert done.found is not None
    cluster = done.found.clusters[0]
    made = clusters.make_segment(bank, machine, done.id, 1, name="富裕长者", purpose="marketing")
    assert made.rule_text == cluster.surrogate.text
    assert segments.count(bank, machine, made.rule_text, purpose="marketing").customers == cluster.surrogate.named
    assert "查全率" in made.meaning
    assert clusters.read(bank, machine, done.id).segments == {1: made.id}
    with bank.read(machine) as tx:
        told = [row["payload"] for row in tx.rows(select(event_table)) if row["kind"] == "clusters.segment_made"]
    assert told == [{"run_id": str(done.id), "number": 1, "segment": made.id}]


def test_what_is_not_there_or_has_no_rule_becomes_nothing(bank: Bank, machine: Actor, done: Run) -> None:
    with pytest.raises(UnknownCluster):
        clusters.make_segment(bank, machine, done.id, 9, name="无", purpose="marketing")
    with bank.write(machine) as tx:
        waiting = store.begin(tx, WANTED, job_run=None)
    with pytest.raises(NotReady):
        clusters.make_segment(bank, machine, waiting, 1, name="无", purpose="marketing")
    assert done.found is not None
    first = done.found.clusters[0]
    bare = replace(first, surrogate=replace(first.surrogate, text=""))
    with bank.write(machine) as tx:
        store.succeed(tx, waiting, replace(done.found, clusters=(bare,)), as_of=done.as_of, size=1)  # type: ignore[arg-type]
    with pytest.raises(NoRule):
        clusters.make_segment(bank, machine, waiting, 1, name="无", purpose="marketing")


def test_who_may_not_edit_segments_makes_none(bank: Bank, machine: Actor, done: Run) -> None:
    reader = replace(machine, permissions=frozenset({Permission.CLUSTER_READ}))
    with pytest.raises(Forbidden):
        clusters.make_segment(bank, reader, done.id, 1, name="富裕长者", purpose="marketing")
