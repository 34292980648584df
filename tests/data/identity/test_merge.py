"""People merge, undo and judge; a rerun honours them."""

import pytest
from sqlalchemy import text
from tests.data.identity.lake import a_party, load

from liuke.data import identity
from liuke.data.identity import merge, service, store
from liuke.data.identity.linkage import clean
from liuke.data.identity.model import (
    AlreadyDecided,
    DecidedApart,
    JournalKind,
    NotUndoable,
    ReasonTooShort,
    ReviewStatus,
    SameCustomer,
    StateMoved,
    TwoValidIds,
    UnknownEntry,
    UnknownOneId,
    Verdict,
    Why,
)
from liuke.kernel.actor import Actor, Permission, Role, Scope, ScopeKind
from liuke.kernel.errors import Forbidden
from liuke.kernel.ids import new_id

REASON = "柜面核对过身份证原件"


def card(body: str) -> str:
    return body + clean.check_digit(body)


LIN = card("33010619900307242")
WANG = card("33010619850101131")


@pytest.fixture
def clerk() -> Actor:
    rights = frozenset({Permission.IDENTITY_READ, Permission.IDENTITY_DECIDE})
    scope = Scope(ScopeKind.NONE)
    return Actor("u1", "clerk", "数据", "", frozenset({Role.DATA_ENGINEER}), rights, scope, "session")


@pytest.fixture
def people(bank, machine):
    """Three people: 林 in three systems; 林's old card record with nothing but the name; 王 with the family's phone."""
    load(
        bank,
        machine,
        [
            a_party("core", "1", id_no=LIN),
            a_party("loan", "2", id_no=LIN, phone="13911112222"),
            a_party("app", "3", id_no=None, phone="+86 138-5712-3456"),
            a_party("card", "4", id_no=None, phone="18900001234", city=None, address=None),
            a_party("core", "5", name="王建国", id_no=WANG),
        ],
    )
    identity.run(bank, machine)


def one_ids(bank, machine) -> dict[str, int]:
    with bank.read(machine) as tx:
        return {row["source_key"]: row["one_id"] for row in store.members(tx).to_pylist()}


def state(bank, machine) -> str:
    with bank.read(machine) as tx:
        return store.state(tx)


def test_records_of_one_person_get_one_number_and_others_their_own(bank, machine, people) -> None:
    found = one_ids(bank, machine)
    assert found["1"] == found["2"] == found["3"]
    assert len({found["1"], found["4"], found["5"]}) == 3
    assert sorted(set(found.values())) == [1, 2, 3]


def test_a_merge_and_its_undo_leave_the_very_same_bytes(bank, machine, clerk, people) -> None:
    found, before = one_ids(bank, machine), state(bank, machine)
    entry = merge.merge(bank, clerk, one_ids=(found["4"], found["1"]), reason=REASON)
    assert one_ids(bank, machine)["4"] == found["1"]
    assert state(bank, machine) != before
    undone = merge.undo(bank, clerk, entry_id=entry.id, reason="客户来电说明是同名")
    assert state(bank, machine) == before
    assert undone.kind is JournalKind.UNDO
    assert service.entry(bank, clerk, entry_id=entry.id).undone_by == undone.id


def test_a_preview_says_which_number_stays_and_what_moves(bank, machine, clerk, people) -> None:
    found = one_ids(bank, machine)
    plan = merge.preview(bank, clerk, one_ids=(found["4"], found["1"]))
    assert (plan.keeps, plan.frees) == (found["1"], found["4"])
    assert [member.source_key for member in plan.moves] == ["4"]
    assert plan.allowed
    assert state(bank, machine) == state(bank, machine)


def test_two_valid_identity_cards_are_never_merged_by_hand(bank, machine, clerk, people) -> None:
    found, before = one_ids(bank, machine), state(bank, machine)
    plan = merge.preview(bank, clerk, one_ids=(found["1"], found["5"]))
    assert not plan.allowed
    assert {"two_valid_ids", "name", "birth"} <= {c.code for c in plan.contradictions}
    with pytest.raises(TwoValidIds):
        merge.merge(bank, clerk, one_ids=(found["1"], found["5"]), reason=REASON)
    assert state(bank, machine) == before


def test_a_rerun_keeps_a_persons_merge_and_after_undo_lets_go_of_it(bank, machine, clerk, people) -> None:
    found = one_ids(bank, machine)
    entry = merge.merge(bank, clerk, one_ids=(found["4"], found["1"]), reason=REASON)
    identity.run(bank, machine)
    assert one_ids(bank, machine)["4"] == found["1"]
    merge.undo(bank, clerk, entry_id=entry.id, reason="撤销误操作")
    identity.run(bank, machine)
    assert one_ids(bank, machine) == found


def test_an_unchanged_rerun_changes_no_byte(bank, machine, people) -> None:
    before = state(bank, machine)
    outcome = identity.run(bank, machine)
    assert (outcome.added, outcome.merged, outcome.split) == (0, 0, 0)
    assert state(bank, machine) == before


def test_new_evidence_merges_and_undoing_the_machines_merge_holds_against_the_next_run(
    bank, machine, clerk, people
) -> None:
    found = one_ids(bank, machine)
    load(bank, machine, [a_party("card", "4", id_no=LIN, phone="18900001234")], day=1)
    outcome = identity.run(bank, machine)
    assert (outcome.merged, outcome.split) == (1, 0)
    assert one_ids(bank, machine)["4"] == found["1"]
    done = service.journal(bank, clerk, kind=JournalKind.MERGE, cursor=None, limit=10).items[0]
    assert done.evidence["frees"] == [found["4"]]
    merge.undo(bank, clerk, entry_id=done.id, reason="证件号录错了人")
    assert one_ids(bank, machine) == found
    identity.run(bank, machine)
    assert one_ids(bank, machine) == found


def test_corrected_evidence_splits_and_a_freed_number_is_never_given_again(bank, machine, people) -> None:
    found = one_ids(bank, machine)
    load(bank, machine, [a_party("card", "4", id_no=LIN)], day=1)
    identity.run(bank, machine)
    load(
        bank,
        machine,
        [a_party("card", "4", name="陈志远", id_no=card("33010619920202123"), phone="18900001234")],
        day=2,
    )
    outcome = identity.run(bank, machine)
    assert outcome.split == 1
    now = one_ids(bank, machine)
    assert now["4"] == max(found.values()) + 1
    assert {key: now[key] for key in "1235"} == {key: found[key] for key in "1235"}


def test_an_entry_is_not_undone_over_a_later_change(bank, machine, clerk, people) -> None:
    found = one_ids(bank, machine)
    first = merge.merge(bank, clerk, one_ids=(found["4"], found["1"]), reason=REASON)
    load(
        bank, machine, [a_party("wealth", "6", id_no=None, name="吴梦洁", phone="13700000009", city=None, address=None)]
    )
    identity.run(bank, machine)
    newcomer = one_ids(bank, machine)["6"]
    second = merge.merge(bank, clerk, one_ids=(found["1"], newcomer), reason=REASON)
    moved = merge.undo(bank, clerk, entry_id=second.id, reason="撤销误操作")
    with pytest.raises(NotUndoable):
        merge.undo(bank, clerk, entry_id=second.id, reason="撤销误操作")
    with pytest.raises(NotUndoable):
        merge.undo(bank, clerk, entry_id=moved.id, reason="撤销误操作")
    with bank.write(machine) as tx:
        tx.execute(text("UPDATE identity_member SET one_id = 99 WHERE source_key = '4'"))
    with pytest.raises(StateMoved):
        merge.undo(bank, clerk, entry_id=first.id, reason="撤销误操作")
    with pytest.raises(UnknownEntry):
        merge.undo(bank, clerk, entry_id=new_id(bank.clock), reason="撤销误操作")


def test_a_likely_pair_waits_in_the_queue_with_its_waterfall_and_without_personal_data(
    bank, machine, clerk, people
) -> None:
    load(bank, machine, [a_party("crm", "7", id_no=None, name="林伟", phone="13857123456")])
    identity.run(bank, machine)
    queue = service.reviews(bank, clerk, status=ReviewStatus.OPEN, cursor=None, limit=50)
    pair = next(item for item in queue.items if "7" in {item.left.source_key, item.right.source_key})
    assert pair.why is Why.SHARED
    assert pair.weight == pytest.approx(pair.waterfall.total, abs=0.01)
    found, (left, right) = service.review(bank, clerk, review_id=pair.id)
    assert {left["source_key"], right["source_key"]} == {found.left.source_key, found.right.source_key}
    with bank.read(machine) as tx:
        stored = tx.value(
            text(
                "SELECT string_agg(r::text, '') || (SELECT coalesce(string_agg(j::text, ''), '')"
                " FROM identity_journal j) FROM identity_review r"
            )
        )
    for secret in ("林", "13857123456", LIN, "文三路"):
        assert secret not in stored


def test_a_judgement_of_same_merges_at_once_and_of_different_keeps_apart(bank, machine, clerk, people) -> None:
    load(bank, machine, [a_party("crm", "7", id_no=None, name="林伟", phone="13857123456")])
    identity.run(bank, machine)
    found = one_ids(bank, machine)
    queue = service.reviews(bank, clerk, status=ReviewStatus.OPEN, cursor=None, limit=50).items
    pair = next(p for p in queue if {p.left_one_id, p.right_one_id} == {found["7"], found["1"]})
    before = state(bank, machine)
    judged = merge.decide(bank, clerk, review_id=pair.id, verdict=Verdict.SAME, reason=REASON)
    assert judged.status is ReviewStatus.SAME
    assert judged.left_one_id == judged.right_one_id
    with pytest.raises(AlreadyDecided):
        merge.decide(bank, clerk, review_id=pair.id, verdict=Verdict.DIFFERENT, reason=REASON)
    entry = service.journal(bank, clerk, kind=JournalKind.MERGE, cursor=None, limit=1).items[0]
    merge.undo(bank, clerk, entry_id=entry.id, reason="核实后不是同一人")
    assert state(bank, machine) == before
    merge.decide(bank, clerk, review_id=pair.id, verdict=Verdict.DIFFERENT, reason=REASON)
    with pytest.raises(DecidedApart):
        merge.merge(bank, clerk, one_ids=(found["7"], found["1"]), reason=REASON)
    load(bank, machine, [a_party("crm", "7", id_no=LIN)], day=1)
    identity.run(bank, machine)
    assert one_ids(bank, machine)["7"] == found["7"]


def test_a_merge_made_while_a_run_computes_survives_it(bank, machine, clerk, people) -> None:
    found = one_ids(bank, machine)
    made: list[object] = []

    def meanwhile(_done: float, step: str) -> None:
        if step == "聚合与编号" and not made:
            made.append(merge.merge(bank, clerk, one_ids=(found["4"], found["1"]), reason=REASON))

    identity.run(bank, machine, say=meanwhile)
    assert one_ids(bank, machine)["4"] == found["1"]


def test_every_step_is_an_event_without_personal_data(bank, machine, clerk, people) -> None:
    found = one_ids(bank, machine)
    entry = merge.merge(bank, clerk, one_ids=(found["4"], found["1"]), reason=REASON)
    merge.undo(bank, clerk, entry_id=entry.id, reason="撤销误操作")
    with bank.read(machine) as tx:
        rows = tx.rows(text("SELECT kind, subject, payload FROM event WHERE kind LIKE 'identity.%' ORDER BY seq"))
    assert [row["kind"] for row in rows] == ["identity.ran", "identity.merged", "identity.split"]
    assert rows[1]["subject"] == found["1"]
    assert rows[1]["payload"] == {"freed": [found["4"]], "journal_id": str(entry.id)}


def test_bad_requests_are_refused_in_one_sentence(bank, machine, clerk, people) -> None:
    found = one_ids(bank, machine)
    with pytest.raises(ReasonTooShort):
        merge.merge(bank, clerk, one_ids=(found["4"], found["1"]), reason=" ok ")
    with pytest.raises(SameCustomer):
        merge.merge(bank, clerk, one_ids=(found["1"], found["1"]), reason=REASON)
    with pytest.raises(UnknownOneId):
        merge.merge(bank, clerk, one_ids=(found["1"], 4711), reason=REASON)
    nobody = Actor("u2", "rm", "客户经理", "", frozenset({Role.RM}), frozenset(), Scope(ScopeKind.NONE), "session")
    for act in (
        lambda: merge.merge(bank, nobody, one_ids=(found["4"], found["1"]), reason=REASON),
        lambda: service.reviews(bank, nobody, status=ReviewStatus.OPEN, cursor=None, limit=10),
        lambda: identity.run(bank, nobody),
    ):
        with pytest.raises(Forbidden):
            act()


def test_the_journal_cannot_be_rewritten(bank, machine, people) -> None:
    with pytest.raises(Exception, match="permission denied"), bank.write(machine) as tx:
        tx.execute(text("UPDATE identity_journal SET reason = ''"))


def test_an_empty_bank_runs_and_has_nothing(bank, machine) -> None:
    outcome = identity.run(bank, machine)
    assert (outcome.records, outcome.customers) == (0, 0)
