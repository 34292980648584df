"""From the lake to relations and groups, and what must not come of it."""

from typing import Any

import numpy as np
import pytest
from sqlalchemy import select
from tests.data.graph.conftest import AUNT, FIRM, GIRL, HE, NEIGHBOUR, SHE, STRANGER, tell
from tests.data.profile import builders as make

from liuke.data import graph, profile
from liuke.data.graph import serve, store
from liuke.data.graph.engine import snapshot, walk
from liuke.data.graph.engine.shape import Expand
from liuke.data.graph.model import EvidenceType, GroupKind, RebuildRunning, RelationKind
from liuke.data.graph.renew import remap
from liuke.data.identity import CustomersMerged
from liuke.kernel.actor import Actor, Scope, ScopeKind
from liuke.kernel.bank import Bank
from liuke.kernel.store.log import event_table


def _edges(bank: Bank) -> set[tuple[int, int, str]]:
    with bank.read(Actor.system("test")) as tx:
        rows = tx.rows(select(store.edge_table).where(store.edge_table.c.state == "live"))
    return {(row["left_id"], row["right_id"], row["kind"]) for row in rows}


def _members(bank: Bank, kind: GroupKind) -> list[set[int]]:
    with bank.read(Actor.system("test")) as tx:
        table = graph.memberships(tx, kind)
    groups: dict[int, set[int]] = {}
    for one_id, group_id in zip(table["one_id"].to_pylist(), table["group_id"].to_pylist(), strict=True):
        groups.setdefault(group_id, set()).add(one_id)
    return list(groups.values())


def test_evidence_becomes_relations_read_from_left_to_right(village: Bank) -> None:
    assert _edges(village) == {
        (HE, FIRM, "legal_rep"),
        (NEIGHBOUR, FIRM, "payroll"),
        (HE, GIRL, "parent"),
        (HE, SHE, "address"),
        (HE, GIRL, "phone"),
        (HE, STRANGER, "transfer"),
        (NEIGHBOUR, STRANGER, "spouse"),
        (AUNT, SHE, "guarantee"),
    }


def test_a_family_is_found_by_its_home_and_by_what_is_registered(village: Bank) -> None:
    assert _members(village, GroupKind.FAMILY) == [{HE, SHE, GIRL}]


def test_an_enterprise_is_its_firm_and_who_directs_it_not_whom_it_pays(village: Bank) -> None:
    assert _members(village, GroupKind.ENTERPRISE) == [{HE, FIRM}]


def test_a_device_of_many_is_a_hub_and_joins_nobody(village: Bank, machine: Actor) -> None:
    assert not [edge for edge in _edges(village) if edge[2] == "device"]
    assert graph.rebuild(village, machine).hubs == 1


def test_the_flat_next_door_is_another_home(village: Bank) -> None:
    assert (HE, NEIGHBOUR, "address") not in _edges(village)


def test_a_relation_that_ended_is_kept_but_not_walked(village: Bank) -> None:
    assert (NEIGHBOUR, STRANGER, "spouse") in _edges(village)
    found = walk.expand(serve.graph(village), Expand(NEIGHBOUR, 1))
    assert {(link.left, link.right, link.kind) for link in found.links} == {(NEIGHBOUR, FIRM, RelationKind.PAYROLL)}


def test_an_unchanged_rebuild_changes_no_number_and_no_row(village: Bank, machine: Actor) -> None:
    def rows() -> list[object]:
        with village.read(machine) as tx:
            tables = (store.edge_table, store.group_table, store.member_table)
            return [sorted(map(str, tx.rows(select(table)))) for table in tables]

    before = rows()
    graph.rebuild(village, machine)
    assert rows() == before


def test_two_rebuilds_at_once_are_refused(village: Bank, machine: Actor) -> None:
    with village.read(machine) as tx:
        assert store.claim(tx)
        with pytest.raises(RebuildRunning):
            graph.rebuild(village, machine)


def test_customers_merged_while_a_rebuild_runs_are_carried_over(
    village: Bank, machine: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = remap.edges

    def merged_meanwhile(*given: Any, **named: Any) -> Any:
        with village.write(machine) as tx:
            tx.emit(CustomersMerged(subject=HE, freed=[SHE], journal_id="j"))
        return told(*given, **named)

    monkeypatch.setattr(remap, "edges", merged_meanwhile)
    graph.rebuild(village, machine)
    edges = _edges(village)
    assert not [edge for edge in edges if SHE in edge]
    assert (AUNT, HE, "guarantee") in edges
    assert not [edge for edge in edges if edge[0] == edge[1]]


def test_customers_merged_later_are_followed_without_a_rebuild(village: Bank, machine: Actor) -> None:
    serve.graph(village)
    with village.write(machine) as tx:
        tx.emit(CustomersMerged(subject=HE, freed=[GIRL], journal_id="j"))
    assert remap.follow(village, machine) == 1
    assert remap.follow(village, machine) == 0
    assert not [edge for edge in _edges(village) if GIRL in edge or edge[0] == edge[1]]
    assert _members(village, GroupKind.FAMILY) == [{HE, SHE}]
    found = walk.expand(serve.graph(village), Expand(HE, 1))
    assert GIRL not in {end for link in found.links for end in (link.left, link.right)}


def test_a_new_snapshot_serves_at_once_and_old_ones_are_deleted(village: Bank, machine: Actor) -> None:
    versions = {graph.rebuild(village, machine).version for _ in range(4)}
    assert snapshot.current(village.settings) in versions
    kept = [path for path in (village.settings.home / "graph").iterdir() if path.is_dir()]
    assert len(kept) == 2


def test_a_snapshot_of_another_format_is_an_empty_graph_until_the_next_rebuild(village: Bank, machine: Actor) -> None:
    version = snapshot.current(village.settings)
    facts = village.settings.home / "graph" / str(version) / "facts.json"
    facts.write_text(facts.read_text().replace('"format": 1', '"format": 0'))
    assert len(snapshot.load(village.settings, version).engine.step([HE], [0], floor=0, direction="both")) == 0
    assert snapshot.load(village.settings, graph.rebuild(village, machine).version).upto > 0


def test_an_empty_bank_has_an_empty_graph(bank: Bank, machine: Actor) -> None:
    done = graph.rebuild(bank, machine)
    assert (done.parties, done.relations, done.families) == (0, 0, 0)


def test_who_is_in_a_family_only_by_a_device_is_left_out_for_other_purposes(bank: Bank, machine: Actor) -> None:
    tell(bank, machine)
    pair = [make.a_party("app", f"D{n}", None, id_no=None, phone=None, address=None, device_id="own") for n in (1, 2)]  # type: ignore[arg-type]
    make.fill(bank, machine, "party", pair)
    make.join(bank, machine, {("app", "D1"): 41, ("app", "D2"): 42})
    graph.rebuild(bank, machine)
    assert {41, 42} in _members(bank, GroupKind.FAMILY)
    with bank.read(machine) as tx:
        rest = graph.memberships(tx, GroupKind.FAMILY, without=[EvidenceType.DEVICE])
    assert set(rest["one_id"].to_pylist()) == {HE, SHE, GIRL}
    assert graph.fields_of([EvidenceType.DEVICE]) == ("party.device_id",)


def test_the_database_hides_relations_of_others_customers(village: Bank, rm: Actor) -> None:
    elsewhere = make.an_actor(scope=Scope(ScopeKind.BOOK, staff_no="S002"))
    with village.read(elsewhere) as tx:
        rows = tx.rows(select(store.edge_table))
        assert all({row["left_id"], row["right_id"]} & {GIRL, STRANGER} for row in rows)
        assert len(rows) == 4
    nobody = make.an_actor(scope=Scope(ScopeKind.NONE))
    with village.read(nobody) as tx:
        assert not tx.rows(select(store.edge_table))
        assert not tx.rows(select(store.member_table))


def test_a_hub_of_a_hundred_thousand_relations_is_walked_from_but_not_through(bank: Bank, machine: Actor) -> None:
    many = np.arange(2, 100_002)
    links = snapshot.Links(many, np.full(len(many), 1), np.full(len(many), 5), np.full(len(many), 9700))
    more = snapshot.Links(np.array([2]), np.array([200_000]), np.array([0]), np.array([9700]))
    both = snapshot.Links(
        *(np.concatenate([getattr(links, name), getattr(more, name)]) for name in ("left", "right", "code", "sure"))
    )
    snapshot.swap(bank.settings, snapshot.write(bank.settings, both, upto=0))
    whole = serve.graph(bank)
    here = walk.expand(whole, Expand(1, 1, limit=100))
    assert len(here.links) == 100
    assert here.cut
    there = walk.expand(whole, Expand(200_000, 4))
    assert there.hubs == {1}
    assert len(there.links) == 2


def test_a_look_is_an_event(village: Bank, rm: Actor) -> None:
    number = village.keys.customer_numbers.encode(HE)
    graph.around(village, rm, number, hops=2)
    with village.read(Actor.system("test")) as tx:
        last = tx.rows(select(event_table).order_by(event_table.c.seq.desc()).limit(1))[0]
    assert last["kind"] == profile.CustomersListed.kind
    assert set(last["payload"]["one_ids"]) == {HE, SHE, NEIGHBOUR, FIRM}
