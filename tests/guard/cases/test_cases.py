"""A case from the alert to its settlement, and who may see it."""

import hashlib
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text

from liuke.guard import cases
from liuke.guard.cases import attach as files
from liuke.guard.cases import service, store, work
from liuke.guard.cases.model import (
    AttachmentRefused,
    AttachmentTooLarge,
    BadAssignee,
    BadQueue,
    CaseFilter,
    CaseState,
    Disposition,
    MatterOpen,
    NotMember,
    NotYours,
    Queue,
    SameEyes,
    Step,
    UnknownEvidence,
    UnknownQueue,
    WordsMissing,
    WrongState,
)
from liuke.kernel.actor import Permission, Role
from liuke.kernel.errors import Forbidden
from liuke.kernel.ids import OneId

MONEY = cases.Alert(cases.CaseKind.FRAUD, "night_transfer", "夜间大额转出", OneId(7), score=88)


def opened(bank, actor, alert=MONEY) -> str:
    with bank.write(actor) as tx:
        return cases.alert(tx, alert).case_no


def settled(bank, first, second, number) -> None:
    work.propose(bank, first, number, disposition=Disposition.CONFIRMED, words="客户确认被骗")
    work.decide(bank, second, number, agreed=True, words="同意")


def listed(bank, actor, **wanted) -> list[str]:
    return [case.case_no for case in service.find(bank, actor, CaseFilter(**wanted), cursor=None, limit=50).items]


def test_an_alert_opens_a_case_due_by_the_clock_and_a_second_one_joins_it(bank, machine, officer, clock):
    wang = officer("wang")
    number = opened(bank, machine)
    assert opened(bank, machine) is None
    dossier = service.read(bank, wang, number)
    assert (dossier.case.state, dossier.case.subject, dossier.case.alerts) == (CaseState.OPEN, 7, 2)
    assert dossier.case.due_at == clock.now() + timedelta(hours=72)
    assert [row["step"] for row in dossier.notes] == [Step.OPENED, Step.ALERTED, Step.ALERTED]


def test_an_alert_raised_by_somebody_who_may_not_see_the_case_still_joins_it(bank, machine, officer):
    number = opened(bank, machine)
    rm = officer("rm.li", Role.ANALYST)
    assert opened(bank, rm) is None
    assert service.read(bank, machine, number).case.alerts == 2


def test_a_case_becomes_overdue_when_the_clock_passes_its_due_time(bank, machine, officer, clock):
    wang = officer("wang")
    number = opened(bank, machine)
    clock.advance(timedelta(hours=71))
    assert listed(bank, wang, overdue=True) == []
    clock.advance(timedelta(hours=2))
    assert listed(bank, wang, overdue=True) == [number]
    assert service.statistics(bank, wang)[0]["overdue"] == 1


def test_the_same_user_never_proposes_and_closes(bank, machine, officer):
    wang, zhao = officer("wang"), officer("zhao")
    number = opened(bank, machine)
    work.propose(bank, wang, number, disposition=Disposition.DISMISSED, words="误报")
    with pytest.raises(SameEyes):
        work.decide(bank, wang, number, agreed=True, words="同意")
    closed = work.decide(bank, zhao, number, agreed=True, words="同意")
    assert (closed.state, closed.closed_by, closed.proposed_by) == (CaseState.CLOSED, zhao.user_id, wang.user_id)


def test_the_database_itself_refuses_one_pair_of_eyes(bank, machine, officer):
    wang = officer("wang")
    number = opened(bank, machine)
    work.propose(bank, wang, number, disposition=Disposition.DISMISSED, words="误报")
    with pytest.raises(Exception, match="four_eyes"), bank.write(wang) as tx:
        store.enter(tx)
        tx.execute(text("UPDATE case_file SET state = 'closed', closed_by = proposed_by, closed_at = now()"))


def test_a_proposal_sent_back_is_work_again(bank, machine, officer):
    wang, zhao = officer("wang"), officer("zhao")
    number = opened(bank, machine)
    work.assign(bank, wang, number, assignee=wang.user_id)
    work.propose(bank, wang, number, disposition=Disposition.DISMISSED, words="误报")
    back = work.decide(bank, zhao, number, agreed=False, words="请补充通话记录")
    assert (back.state, back.disposition, back.proposed_by) == (CaseState.WORKING, None, None)


def test_a_settled_case_is_reopened_unless_its_matter_has_another(bank, machine, officer):
    wang, zhao = officer("wang"), officer("zhao")
    number = opened(bank, machine)
    settled(bank, wang, zhao, number)
    assert work.reopen(bank, zhao, number, words="有新线索").state is CaseState.OPEN
    settled(bank, wang, zhao, number)
    assert opened(bank, machine) is not None
    with pytest.raises(MatterOpen):
        work.reopen(bank, zhao, number, words="有新线索")


def test_only_assignee_watchers_and_queue_members_see_a_case(bank, machine, officer):
    wang, head, other = officer("wang"), officer("head", Role.ANALYST), officer("li", Role.ANALYST)
    rights = frozenset({Permission.CASE_READ, Permission.CASE_WORK})
    head, other = replace(head, permissions=rights), replace(other, permissions=rights)
    number = opened(bank, machine)
    for stranger in (head, other):
        assert listed(bank, stranger) == []
        with pytest.raises(cases.UnknownCase):
            service.read(bank, stranger, number)
        with pytest.raises(cases.UnknownCase):
            work.note(bank, stranger, number, words="看看")
    assert listed(bank, wang) == [number]
    with bank.write(wang) as tx:
        store.enter(tx)
        case = service.seen(tx, number)
        store.change(tx, case.id, watchers=[head.user_id])
    assert listed(bank, head) == [number]
    assert listed(bank, other) == []
    with pytest.raises(NotYours):
        work.note(bank, head, number, words="只能看")


def test_row_level_security_hides_cases_and_their_parts_from_plain_statements(bank, machine, officer):
    opened(bank, machine)
    stranger = officer("li", Role.ANALYST)
    tables = ("case_file", "case_note", "case_alert", "case_link", "case_attachment")
    with bank.read(stranger) as tx:
        assert [tx.value(text(f"SELECT count(*) FROM {table}")) for table in tables] == [0] * 5
        store.enter(tx)
        assert [tx.value(text(f"SELECT count(*) FROM {table}")) for table in tables] == [0] * 5


def test_without_the_permission_a_queue_member_sees_nothing(bank, machine, officer):
    wang = replace(officer("wang"), permissions=frozenset())
    opened(bank, machine)
    with pytest.raises(Forbidden):
        listed(bank, wang)
    with bank.read(wang) as tx:
        store.enter(tx)
        assert tx.value(text("SELECT count(*) FROM case_file")) == 0


def test_a_case_goes_only_to_somebody_who_may_work_on_cases(bank, machine, officer):
    wang, analyst = officer("wang"), officer("li", Role.ANALYST)
    number = opened(bank, machine)
    for nobody in (analyst.user_id, "somebody"):
        with pytest.raises(BadAssignee):
            work.assign(bank, wang, number, assignee=nobody)
    assert work.assign(bank, wang, number, assignee=wang.user_id).state is CaseState.WORKING
    assert work.assign(bank, wang, number, assignee=None).state is CaseState.OPEN


def test_an_assignee_outside_the_queue_works_but_does_not_reassign(bank, machine, officer):
    wang, guest = officer("wang"), officer("guest")
    guest = replace(
        guest, roles=frozenset({Role.BRANCH_HEAD}), permissions=frozenset({Permission.CASE_READ, Permission.CASE_WORK})
    )
    number = opened(bank, machine)
    work.assign(bank, wang, number, assignee=guest.user_id)
    work.note(bank, guest, number, words="已联系客户")
    with pytest.raises(NotMember):
        work.assign(bank, guest, number, assignee=wang.user_id)


def test_a_file_is_kept_once_under_the_digest_of_its_content(bank, machine, officer):
    wang = officer("wang")
    number = opened(bank, machine)
    content = b"%PDF-1.7 evidence"
    first = work.attach(bank, wang, number, name="../通话/记录.pdf", content=content)
    assert work.attach(bank, wang, number, name="again.pdf", content=content).id == first.id
    file, kept = service.take(bank, wang, number, first.id)
    assert (file.sha256, kept) == (hashlib.sha256(content).hexdigest(), content)
    assert "/" not in file.name


@pytest.mark.parametrize(
    ("name", "content"),
    [("run.exe", b"MZ"), ("photo.png", b"%PDF-1.7"), ("noending", b"abc"), ("page.html", b"<p>"), ("a.txt", b"a\0b")],
)
def test_a_file_of_another_sort_than_it_says_is_refused(name, content):
    with pytest.raises(AttachmentRefused):
        files.checked(name, content)


@pytest.mark.parametrize("content", [b"", b"a" * (files.MAX_BYTES + 1)])
def test_an_empty_or_too_large_file_is_refused(content):
    with pytest.raises(AttachmentTooLarge):
        files.checked("a.txt", content)


def test_links_point_only_at_what_exists(bank, machine, officer):
    wang = officer("wang")
    number = opened(bank, machine)
    with bank.read(machine) as tx:
        event_id = tx.value(text("SELECT id FROM event LIMIT 1"))
    work.link(bank, wang, number, cases.Evidence(cases.LinkKind.EVENT, str(event_id)))
    work.link(bank, wang, number, cases.Evidence(cases.LinkKind.CASE, number))
    for kind, ref in (("event", "no"), ("product", "W404"), ("case", "AJ0"), ("customer", "x")):
        with pytest.raises(UnknownEvidence):
            work.link(bank, wang, number, cases.Evidence(cases.LinkKind(kind), ref))
    assert len(service.read(bank, wang, number).links) == 2


def test_no_event_of_a_case_names_the_customer(bank, machine, officer):
    wang, zhao = officer("wang"), officer("zhao")
    number = opened(bank, machine)
    settled(bank, wang, zhao, number)
    with bank.read(machine) as tx:
        rows = tx.rows(text("SELECT kind, subject, payload FROM event WHERE kind LIKE 'case.%'"))
    assert {row["kind"] for row in rows} == {"case.opened", "case.alerted", "case.moved", "case.closed"}
    assert [row for row in rows if row["subject"] is not None] == []
    assert "夜间" not in str(rows)


def test_statistics_count_what_was_settled_in_time(bank, machine, officer, clock):
    wang, zhao = officer("wang"), officer("zhao")
    number = opened(bank, machine)
    clock.advance(timedelta(hours=10))
    settled(bank, wang, zhao, number)
    row = service.statistics(bank, wang)[0]
    assert {key: row[key] for key in ("queue", "unsettled", "closed", "on_time", "confirmed")} == {
        "queue": "fraud",
        "unsettled": 0,
        "closed": 1,
        "on_time": 1,
        "confirmed": 1,
    }
    assert row["median_seconds"] == 36_000


def test_a_settled_case_takes_no_further_work(bank, machine, officer):
    wang, zhao = officer("wang"), officer("zhao")
    number = opened(bank, machine)
    settled(bank, wang, zhao, number)
    with pytest.raises(WrongState):
        work.note(bank, wang, number, words="补充说明")
    with pytest.raises(WrongState):
        work.decide(bank, zhao, number, agreed=True, words="同意")


def test_bad_queues_unknown_queues_and_empty_words_are_refused(bank, machine, officer):
    wang = officer("wang")
    hours = dict.fromkeys(("urgent", "high", "normal", "low"), 8)
    for bad in (
        Queue("fraud", "", hours, (), ("compliance",)),
        Queue("fraud", "欺诈", {"urgent": 1}, (), ("compliance",)),
        Queue("fraud", "欺诈", hours, (), ()),
        Queue("fraud", "欺诈", hours, (), ("king",)),
    ):
        with pytest.raises(BadQueue):
            service.set_queue(bank, wang, bad)
    with pytest.raises(UnknownQueue):
        service.set_queue(bank, wang, Queue("none", "无", hours, (), ("compliance",)))
    assert service.set_queue(bank, wang, Queue("fraud", "欺诈", hours, (), ("compliance",))).hours["low"] == 8
    with pytest.raises(WordsMissing), bank.write(machine) as tx:
        cases.open_case(tx, cases.CaseKind.AML, title=" ")


def test_a_case_opened_by_hand_is_worked_on_by_who_opened_it(bank, officer):
    wang = officer("wang")
    case = work.start(
        bank,
        wang,
        cases.CaseKind.CONDUCT,
        title="承诺收益",
        summary="",
        subject=None,
        priority=cases.Priority.URGENT,
        queue="",
    )
    assert (case.assignee, case.state, case.queue) == (wang.user_id, CaseState.WORKING, "conduct")
