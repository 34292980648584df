"""People change relations and groups: asked for by one, judged by another, kept for good."""

from dataclasses import replace

import pytest
from sqlalchemy import select
from tests.data.graph.conftest import FIRM, GIRL, HE, NEIGHBOUR, SHE, STRANGER
from tests.data.graph.test_rebuild import _members

from liuke.data import graph, profile
from liuke.data.graph import service, store
from liuke.data.graph.decide import ask, judge, listing
from liuke.data.graph.model import (
    AlreadyAsked,
    AlreadyDecided,
    BadConfidence,
    BadValidity,
    ChangeState,
    GroupKind,
    GroupMoved,
    GroupState,
    NothingToChange,
    OwnProposal,
    ReasonTooShort,
    RelationKind,
    Request,
    SelfRelation,
    UnknownGroup,
    UnknownRelation,
    UnknownRequest,
    WrongParties,
)
from liuke.data.graph.people import Standing
from liuke.kernel.actor import Actor
from liuke.kernel.bank import Bank
from liuke.kernel.errors import Forbidden
from liuke.kernel.store.log import event_table

WHY = "客户面谈时说明"


def _no(bank: Bank, one_id: int) -> str:
    return bank.keys.customer_numbers.encode(one_id)


def _add(
    bank: Bank, actor: Actor, left: int, right: int, kind: RelationKind = RelationKind.KIN, **facts: object
) -> Request:
    given = {"confidence": 0.9, "valid_from": None, "valid_to": None, "reason": WHY} | facts
    return ask.ask_to_add(bank, actor, left_no=_no(bank, left), right_no=_no(bank, right), kind=kind, **given)  # type: ignore[arg-type]


def _family(bank: Bank, actor: Actor, of: int = HE) -> int:
    return next(s.group.id for s in service.groups_of(bank, actor, _no(bank, of)) if s.group.kind is GroupKind.FAMILY)


def test_an_approved_relation_is_seen_at_once_and_joins_the_family_for_good(
    village: Bank, rm: Actor, head: Actor, machine: Actor
) -> None:
    asked = _add(village, rm, HE, NEIGHBOUR)
    before = graph.around(village, rm, _no(village, NEIGHBOUR), hops=1)
    assert RelationKind.KIN not in {edge.kind for edge in before.edges}
    done = judge.approve(village, head, request_id=asked.id)
    assert (done.state, done.decided_by) == (ChangeState.APPROVED, head.user_id)
    after = graph.around(village, rm, _no(village, NEIGHBOUR), hops=1)
    (edge,) = [edge for edge in after.edges if edge.kind is RelationKind.KIN]
    assert (edge.confidence, edge.confirmed_by, edge.evidence[0].text) == (0.9, head.user_id, WHY)
    assert _members(village, GroupKind.FAMILY) == [{HE, SHE, GIRL, NEIGHBOUR}]
    graph.rebuild(village, machine)
    assert _members(village, GroupKind.FAMILY) == [{HE, SHE, GIRL, NEIGHBOUR}]
    assert RelationKind.KIN in {e.kind for e in graph.around(village, rm, _no(village, NEIGHBOUR), hops=1).edges}


def test_nobody_approves_what_they_asked_for(village: Bank, head: Actor) -> None:
    asked = _add(village, head, HE, NEIGHBOUR)
    with pytest.raises(OwnProposal):
        judge.approve(village, head, request_id=asked.id)
    with pytest.raises(OwnProposal):
        judge.refuse(village, head, request_id=asked.id, reason=WHY)
    assert judge.withdraw(village, head, request_id=asked.id).state is ChangeState.WITHDRAWN


def test_who_may_ask_may_not_judge(village: Bank, rm: Actor, head: Actor) -> None:
    asked = _add(village, head, HE, NEIGHBOUR)
    with pytest.raises(Forbidden):
        judge.approve(village, rm, request_id=asked.id)
    with pytest.raises(Forbidden):
        _add(village, replace(rm, permissions=frozenset()), HE, SHE)


def test_a_request_is_judged_once(village: Bank, rm: Actor, head: Actor) -> None:
    asked = _add(village, rm, HE, NEIGHBOUR)
    with pytest.raises(AlreadyAsked):
        _add(village, rm, HE, NEIGHBOUR)
    judge.refuse(village, head, request_id=asked.id, reason="与客户核实不符")
    with pytest.raises(AlreadyDecided):
        judge.approve(village, head, request_id=asked.id)
    assert _members(village, GroupKind.FAMILY) == [{HE, SHE, GIRL}]


@pytest.mark.parametrize("confidence", [-0.1, 1.1, float("nan"), float("inf")])
def test_a_confidence_outside_zero_and_one_is_refused(village: Bank, rm: Actor, confidence: float) -> None:
    with pytest.raises(BadConfidence):
        _add(village, rm, HE, NEIGHBOUR, confidence=confidence)


def test_what_cannot_be_is_refused(village: Bank, rm: Actor) -> None:
    from datetime import date

    with pytest.raises(SelfRelation):
        _add(village, rm, HE, HE)
    with pytest.raises(BadValidity):
        _add(village, rm, HE, SHE, valid_from=date(2026, 2, 1), valid_to=date(2026, 1, 1))
    with pytest.raises(WrongParties):
        _add(village, rm, HE, SHE, RelationKind.LEGAL_REP)
    with pytest.raises(WrongParties):
        _add(village, rm, HE, FIRM, RelationKind.SPOUSE)
    with pytest.raises(WrongParties):
        _add(village, rm, HE, SHE, RelationKind.DEVICE)
    with pytest.raises(ReasonTooShort):
        _add(village, rm, HE, SHE, reason="是")
    with pytest.raises(profile.UnknownCustomer):
        _add(village, rm, HE, GIRL)
    with pytest.raises(profile.UnknownCustomer):
        _add(village, rm, HE, 2**40 - 1)


def test_a_relation_of_the_past_is_recorded_and_joins_nobody(village: Bank, rm: Actor, head: Actor) -> None:
    from datetime import date

    asked = _add(
        village, rm, HE, NEIGHBOUR, RelationKind.SPOUSE, valid_from=date(2001, 1, 1), valid_to=date(2009, 1, 1)
    )
    judge.approve(village, head, request_id=asked.id)
    assert _members(village, GroupKind.FAMILY) == [{HE, SHE, GIRL}]
    assert RelationKind.SPOUSE not in {e.kind for e in graph.around(village, rm, _no(village, HE), hops=1).edges}


def test_a_denied_relation_is_not_brought_back_by_the_next_rebuild(
    village: Bank, rm: Actor, head: Actor, machine: Actor
) -> None:
    edges = graph.around(village, rm, _no(village, NEIGHBOUR), hops=1).edges
    (paid,) = [edge for edge in edges if edge.kind is RelationKind.PAYROLL]
    asked = ask.ask_to_deny(village, rm, edge_id=paid.id, reason="早已离职")
    judge.approve(village, head, request_id=asked.id)
    for _ in range(2):
        assert not graph.around(village, rm, _no(village, NEIGHBOUR), hops=1).edges
        graph.rebuild(village, machine)
    with pytest.raises(NothingToChange):
        ask.ask_to_deny(village, rm, edge_id=paid.id, reason=WHY)
    with pytest.raises(UnknownRelation):
        ask.ask_to_deny(village, rm, edge_id=10**9, reason=WHY)


def test_members_taken_out_stay_out(village: Bank, rm: Actor, head: Actor, machine: Actor) -> None:
    family = _family(village, rm)
    asked = ask.ask_to_split(village, rm, group_id=family, customer_nos=[_no(village, SHE)], reason="夫妻已分居")
    judge.approve(village, head, request_id=asked.id)
    for _ in range(2):
        assert _members(village, GroupKind.FAMILY) == [{HE, GIRL}]
        assert _family(village, rm) == family
        graph.rebuild(village, machine)


def test_two_groups_become_one_and_several_leave_as_a_group(
    village: Bank, rm: Actor, head: Actor, compliance: Actor, machine: Actor
) -> None:
    judge.approve(village, head, request_id=_add(village, compliance, NEIGHBOUR, STRANGER).id)
    one, two = _family(village, rm), _family(village, rm, NEIGHBOUR)
    asked = ask.ask_to_merge(village, rm, group_id=two, other_id=one, reason=WHY)
    judge.approve(village, head, request_id=asked.id)
    everybody = {HE, SHE, GIRL, NEIGHBOUR, STRANGER}
    for _ in range(2):
        assert _members(village, GroupKind.FAMILY) == [everybody]
        assert _family(village, rm, NEIGHBOUR) == one
        graph.rebuild(village, machine)
    with pytest.raises(UnknownGroup):
        graph.group(village, rm, two)
    leave = [_no(village, NEIGHBOUR), _no(village, STRANGER)]
    judge.approve(
        village, head, request_id=ask.ask_to_split(village, rm, group_id=one, customer_nos=leave, reason=WHY).id
    )
    for _ in range(2):
        assert sorted(map(sorted, _members(village, GroupKind.FAMILY))) == [[HE, SHE, GIRL], [NEIGHBOUR, STRANGER]]
        graph.rebuild(village, machine)


def test_a_group_that_moved_since_is_not_changed_by_an_old_request(village: Bank, rm: Actor, head: Actor) -> None:
    family = _family(village, rm)
    old = ask.ask_to_confirm(village, rm, group_id=family, reason=WHY)
    leaves = ask.ask_to_split(village, rm, group_id=family, customer_nos=[_no(village, SHE)], reason=WHY)
    judge.approve(village, head, request_id=leaves.id)
    with pytest.raises(GroupMoved):
        judge.approve(village, head, request_id=old.id)
    judge.refuse(village, head, request_id=old.id, reason="成员已变化")


def test_a_confirmed_group_says_by_whom(village: Bank, rm: Actor, head: Actor, machine: Actor) -> None:
    family = _family(village, rm)
    judge.approve(village, head, request_id=ask.ask_to_confirm(village, rm, group_id=family, reason=WHY).id)
    graph.rebuild(village, machine)
    shown = graph.group(village, rm, family)
    assert (shown.group.state, shown.group.confirmed_by) == (GroupState.CONFIRMED, head.user_id)
    with pytest.raises(NothingToChange):
        ask.ask_to_confirm(village, rm, group_id=family, reason=WHY)


def test_each_approval_is_an_entry_of_the_journal_with_before_and_after(village: Bank, rm: Actor, head: Actor) -> None:
    asked = _add(village, rm, HE, NEIGHBOUR)
    judge.approve(village, head, request_id=asked.id)
    with village.read(Actor.system("test")) as tx:
        (entry,) = tx.rows(select(store.journal_table))
        told = tx.rows(select(event_table).where(event_table.c.kind == "relation.decided"))
    assert (entry["actor_id"], entry["request_id"]) == (head.user_id, asked.id)
    assert len(entry["before"]["members"]) + 1 == len(entry["after"]["members"])
    assert [row["actor_id"] for row in told] == [head.user_id]


def test_members_of_others_are_masked_and_not_added_up(village: Bank, rm: Actor, compliance: Actor) -> None:
    shown = graph.group(village, rm, _family(village, rm))
    standings = {one_id: party.standing for one_id, party in shown.parties.items()}
    assert standings == {HE: Standing.MINE, SHE: Standing.MINE, GIRL: Standing.OTHERS}
    girl = shown.parties[GIRL]
    assert (girl.name, girl.customer_no, girl.aum) == (None, None, 0)
    assert (shown.sums.members, shown.sums.counted, shown.sums.aum) == (3, 2, 2_000_000)
    whole = graph.group(village, compliance, _family(village, compliance))
    assert (whole.sums.counted, whole.sums.aum) == (3, 3_000_000)


def test_beyond_a_masked_party_nothing_is_shown(village: Bank, rm: Actor) -> None:
    picture = graph.around(village, rm, _no(village, SHE), hops=4)
    shown = {party.one_id: party.standing for party in picture.parties}
    assert shown[STRANGER] is Standing.OTHERS
    assert sum(STRANGER in (edge.left, edge.right) for edge in picture.edges) == 1
    assert {Standing.OUTSIDE} == {standing for one_id, standing in shown.items() if one_id > FIRM}


def test_a_request_about_nobody_of_mine_is_unknown_to_me(village: Bank, compliance: Actor, head: Actor) -> None:
    asked = _add(village, compliance, GIRL, STRANGER)
    with pytest.raises(UnknownRequest):
        judge.approve(village, head, request_id=asked.id)
    assert not listing.requests(village, head, state=None, cursor=None, limit=10).items
    assert len(listing.requests(village, compliance, state=None, cursor=None, limit=10).items) == 1


def test_groups_are_listed_by_keyset_with_only_those_of_mine(village: Bank, rm: Actor, head: Actor) -> None:
    first = graph.groups(village, rm, limit=1)
    assert first.next_cursor
    second = graph.groups(village, rm, limit=1, cursor=first.next_cursor)
    assert second.next_cursor is None
    kinds = [page.items[0].group.kind for page in (first, second)]
    assert kinds == [GroupKind.FAMILY, GroupKind.ENTERPRISE]
    only = graph.groups(village, rm, kind=GroupKind.ENTERPRISE, customer_no=_no(village, HE))
    assert [shown.group.kind for shown in only.items] == [GroupKind.ENTERPRISE]
    nobody = replace(rm, scope=replace(rm.scope, staff_no="S999"))
    assert not graph.groups(village, nobody).items
    with pytest.raises(UnknownGroup):
        graph.group(village, nobody, first.items[0].group.id)
