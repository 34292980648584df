"""What compliance sets: four eyes on every version, freezes, calendar; what the past looked like."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import text
from tests.guard.gate.conftest import a_product, an_officer, send

from liuke.data import products
from liuke.guard import consent, gate
from liuke.guard.consent import handle
from liuke.guard.consent.model import BlockKind
from liuke.guard.gate import listing, trial
from liuke.guard.gate.model import RefusalFilter
from liuke.guard.gate.policy import service as policies
from liuke.guard.gate.policy import wording
from liuke.guard.gate.policy.document import from_json, to_json
from liuke.guard.gate.policy.model import (
    Cap,
    Day,
    DayKind,
    GateRule,
    NotDraft,
    PolicyInvalid,
    Quiet,
    SameHands,
    UnknownVersion,
    Wording,
)
from liuke.guard.gate.settings import service as settings
from liuke.guard.gate.settings.model import BadFreeze, BadHoldout, FreezeKind, UnknownFreeze
from liuke.guard.suitability import Grade
from liuke.guard.suitability import handle as grading
from liuke.guard.suitability import store as buyers
from liuke.kernel.actor import Role
from liuke.kernel.errors import Forbidden
from liuke.kernel.rule import RuleInvalid

MARKETING = (gate.Purpose.MARKETING,)


@pytest.fixture
def shipped(bank):
    return policies.in_force(bank, an_officer()).policy


def test_a_draft_changes_nothing_until_a_colleague_publishes_it(ask, town, shipped):
    wang, zhao = an_officer("wang"), an_officer("zhao")
    draft = policies.draft(town, wang, replace(shipped, caps=(Cap("停发", None, MARKETING, 0, 24),)), note="整改期")
    assert isinstance(ask(), gate.Permit)
    with pytest.raises(SameHands):
        policies.publish(town, wang, draft.version)
    policies.publish(town, zhao, draft.version)
    assert ask().code == "cap:停发"
    with pytest.raises(NotDraft):
        policies.publish(town, zhao, draft.version)
    with pytest.raises(UnknownVersion):
        policies.publish(town, zhao, 999)


def test_the_database_itself_refuses_a_version_published_by_its_author(town, machine, shipped):
    draft = policies.draft(town, an_officer(), shipped, note="")
    with pytest.raises(Exception, match="four_eyes"), town.write(machine) as tx:
        tx.execute(
            text("UPDATE gate_policy SET state = 'published', decided_by = drafted_by WHERE version = :n"),
            {"n": draft.version},
        )


def test_a_rejected_draft_stays_out_of_force(town, shipped):
    draft = policies.draft(town, an_officer("wang"), replace(shipped, caps=()), note="")
    policies.reject(town, an_officer("zhao"), draft.version)
    assert policies.in_force(town, an_officer()).version != draft.version


@pytest.mark.parametrize(
    "changes",
    [
        {"permit_seconds": 5},
        {"caps": (Cap("a", None, (), 1, 24),)},
        {"caps": (Cap("a", None, MARKETING, -1, 24),)},
        {"caps": (Cap("a", None, MARKETING, 1, 0),)},
        {"caps": (Cap("a", None, MARKETING, 1, 24), Cap("a", None, MARKETING, 2, 24))},
        {"quiets": (Quiet("a", (), MARKETING, (), 0, 60),)},
        {"quiets": (Quiet("a", (), MARKETING, (DayKind.REST,), 60, 60),)},
        {"wordings": (Wording("a", ()),)},
        {"rules": (GateRule("a", "tier = 'mass'", "", ""),)},
    ],
)
def test_a_policy_that_could_not_be_followed_is_not_saved(bank, shipped, changes):
    with pytest.raises(PolicyInvalid):
        policies.draft(bank, an_officer(), replace(shipped, **changes), note="")


@pytest.mark.parametrize("rule", ["tier = 'king'", "teir = 'mass'", "aum", "1 = 1; drop table event"])
def test_a_rule_that_cannot_be_read_is_not_saved(bank, shipped, rule):
    with pytest.raises(RuleInvalid):
        policies.draft(bank, an_officer(), replace(shipped, rules=(GateRule("a", rule, "原因", ""),)), note="")


def test_only_compliance_edits(bank, shipped):
    rm = an_officer("rm", Role.RM)
    for attempt in (
        lambda: policies.draft(bank, rm, shipped, note=""),
        lambda: policies.publish(bank, rm, 1),
        lambda: settings.set_day(bank, rm, Day(date(2026, 12, 1), DayKind.HOLIDAY, "行庆")),
    ):
        with pytest.raises(Forbidden):
            attempt()


def test_a_policy_survives_its_document(shipped):
    assert from_json(to_json(shipped)) == shipped


def test_a_day_set_in_the_calendar_is_quiet_and_cleared_is_not(ask, town):
    noon = datetime(2026, 12, 1, 2, tzinfo=UTC)
    settings.set_day(town, an_officer(), Day(date(2026, 12, 1), DayKind.HOLIDAY, "行庆"))
    assert ask(channel="phone", now=noon).check == "quiet"
    settings.clear_day(town, an_officer(), date(2026, 12, 1))
    assert isinstance(ask(channel="phone", now=noon), gate.Permit)


def test_a_lifted_freeze_no_longer_holds_and_is_lifted_once(ask, town):
    officer = an_officer()
    made = settings.place_freeze(town, officer, 1, kind=FreezeKind.CARE, reason="家中变故暂缓", channels=(), until=None)
    assert ask().check == "freeze"
    settings.lift(town, officer, made.id)
    assert isinstance(ask(), gate.Permit)
    with pytest.raises(UnknownFreeze):
        settings.lift(town, officer, made.id)
    with pytest.raises(BadFreeze):
        settings.place_freeze(town, officer, 1, kind=FreezeKind.CARE, reason="短", channels=(), until=None)


def test_a_hold_out_needs_a_name_of_its_own_and_members(town, machine, clock):
    with town.write(machine) as tx:
        gate.hold_out(tx, "对照", [1])
    for name, one_ids, until in (("对照", [2], None), ("", [1], None), ("空", [], None), ("过", [1], clock.now())):
        with pytest.raises(BadHoldout), town.write(machine) as tx:
            gate.hold_out(tx, name, one_ids, until=until)


def test_the_past_is_explained_by_the_policy_freezes_and_sends_of_then(town, machine, clock, set_policy):
    set_policy(caps=(Cap("每周一条", gate.Channel.SMS, MARKETING, 1, 168),), quiets=())
    before = clock.now()
    clock.advance(timedelta(hours=1))
    send(town, machine, 1, gate.Message("您好"))
    sent = clock.now()
    clock.advance(timedelta(hours=1))
    settings.place_freeze(town, an_officer(), 1, kind=FreezeKind.RISK, reason="风险核实中", channels=(), until=None)
    set_policy(caps=(), quiets=())

    def code(at):
        found = gate.explain(town, machine, gate.Message("您好"), 1, channel="sms", purpose="marketing", at=at)
        return found.refusal.code if found.refusal else ""

    assert [code(before), code(sent + timedelta(minutes=1)), code(None)] == ["", "cap:每周一条", "freeze:risk"]


def test_the_past_is_explained_by_the_consent_and_the_assessment_of_then(town, machine, clock, set_policy):
    set_policy(quiets=())
    officer, marketing = an_officer(), consent.Purpose.MARKETING

    def say(granted):
        act = consent.Act(consent.Matter.CONTACT, granted, consent.Evidence(consent.EvidenceKind.APP, "a-1"), marketing)
        with town.write(machine) as tx:
            consent.record(tx, 1, act)

    marks = {"agreed": clock.now()}
    clock.advance(timedelta(hours=1))
    say(granted=False)
    marks["withdrawn"] = clock.now()
    clock.advance(timedelta(hours=1))
    say(granted=True)
    marks["again"] = clock.now()
    clock.advance(timedelta(hours=1))
    with town.write(machine) as tx:
        number = consent.block(tx, 1, kind=BlockKind.REFUSES, reason="客户来电不再接受")
        buyers.change(tx, 1, tolerance=1)
    marks["blocked"] = clock.now()
    clock.advance(timedelta(hours=1))
    handle.lift(town, officer, number, reason="客户改变主意")
    marks["lowered"] = clock.now()

    def code(at):
        offer = gate.Message("理财非存款,产品有风险", "W2")
        found = gate.explain(town, machine, offer, 1, channel="sms", purpose="marketing", at=at)
        return found.refusal.code if found.refusal else ""

    later = timedelta(minutes=1)
    assert {name: code(at + later) for name, at in marks.items() if name != "lowered"} == {
        "agreed": "",
        "withdrawn": "consent:not_granted",
        "again": "",
        "blocked": "consent:blocked",
    }
    assert code(None) == "suitability:lowest"
    assert code(marks["agreed"] - timedelta(days=3)) == "consent:not_granted"


def test_the_past_is_explained_by_the_product_the_grades_the_numbers_and_the_means_of_then(
    town, machine, clock, set_policy
):
    set_policy(quiets=(), wordings=())
    marks, wang, zhao = {}, an_officer("wang"), an_officer("zhao")

    def shelve(risk, **facts):
        with town.write(machine) as tx:
            products.replace(tx, [a_product("W2", risk, **facts)])

    def grade(level):
        grading.propose_grade(town, wang, "W2", issuer=None, distributor=level, basis="按本行办法重评")
        grading.settle_grade(town, zhao, "W2", approved=True)

    def number(**changed):
        version = grading.propose_policy(town, wang, changed, reason="按新的要求调整")
        grading.settle_policy(town, zhao, version, approved=True)

    def mean(aum):
        with town.write(machine) as tx:
            buyers.change(tx, 1, aum=aum)

    steps = {
        "shelf": lambda: None,
        "riskier": lambda: shelve("R4"),
        "as before": lambda: shelve("R2"),
        "our grade": lambda: grade(Grade.R5),
        "our grade lowered": lambda: grade(Grade.R3),
        "stricter": lambda: number(matrix=(1, 2, 2, 2, 2)),
        "as lenient": lambda: number(matrix=(1, 2, 3, 4, 5)),
        "poor": lambda: mean(1_000_000),
        "rich": lambda: mean(90_000_000),
        "closed": lambda: shelve("R2", status="closed"),
    }
    for name, step in steps.items():
        clock.advance(timedelta(hours=1))
        step()
        marks[name] = clock.now() + timedelta(minutes=1)
    clock.advance(timedelta(hours=1))

    def code(at):
        offer = gate.Message("您好", "W2", 1_000_000)
        found = gate.explain(town, machine, offer, 1, channel="sms", purpose="marketing", at=at)
        return found.refusal.code.partition(":")[2] if found.refusal else ""

    assert {name: code(at) for name, at in marks.items()} == {
        "shelf": "",
        "riskier": "too_risky",
        "as before": "",
        "our grade": "too_risky",
        "our grade lowered": "",
        "stricter": "too_risky",
        "as lenient": "",
        "poor": "one_product",
        "rich": "",
        "closed": "not_on_sale",
    }
    assert code(None) == "not_on_sale"


def test_a_draft_of_numbers_put_aside_was_never_in_force(town, machine, clock, set_policy):
    wang, zhao = an_officer("wang"), an_officer("zhao")
    set_policy(quiets=(), wordings=())
    version = grading.propose_policy(town, wang, {"matrix": (1, 1, 1, 1, 1)}, reason="按新的要求调整")
    grading.settle_policy(town, zhao, version, approved=False)
    clock.advance(timedelta(hours=2))
    at = clock.now() - timedelta(hours=1)
    found = gate.explain(town, machine, gate.Message("您好", "W2"), 1, channel="sms", purpose="marketing", at=at)
    assert found.refusal is None


def test_a_trial_shows_every_check_and_its_refusal_is_listed_as_tried(town):
    officer = an_officer()
    tried = trial.run(
        town, officer, gate.Message("保本", "F4"), 10, channel=gate.Channel.SMS, purpose=gate.Purpose.MARKETING, at=None
    )
    assert [look.check for look in tried.explanation.looked] == list(gate.Check)
    failed = [look.check for look in tried.explanation.looked if not look.passed]
    assert failed == ["consent", "suitability", "wording"]
    page = listing.refusals(town, officer, RefusalFilter(), cursor=None, limit=10)
    assert [(item.check, item.trial) for item in page.items] == [("consent", True)]
    assert listing.refusal_counts(town, officer) == []


def test_a_trial_of_the_past_keeps_nothing(town, clock):
    at = clock.now() - timedelta(days=1)
    args = {"channel": gate.Channel.SMS, "purpose": gate.Purpose.MARKETING, "at": at}
    assert trial.run(town, an_officer(), gate.Message("保本"), 10, **args).past
    assert listing.refusals(town, an_officer(), RefusalFilter(), cursor=None, limit=10).items == []


def test_a_message_without_words_breaks_no_rule_of_words(shipped):
    assert wording.faults("", shipped.wordings, product_kind="wealth") == []
    assert wording.faults(" \u200b ", shipped.wordings, product_kind="wealth") == []
