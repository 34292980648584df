"""One verdict: each check says no for its own reason, in order, with evidence and a way out."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import text
from tests.guard.gate.conftest import a_product, agree, an_officer, assess, send, settle

from liuke.data import products
from liuke.guard import consent, gate
from liuke.guard.gate.model import UnknownChannel
from liuke.guard.gate.policy.model import Cap, GateRule
from liuke.guard.suitability import Grade
from liuke.guard.suitability import handle as grading
from liuke.kernel.actor import Role, Scope, ScopeKind
from liuke.kernel.errors import Invalid

MARKETING = (gate.Purpose.MARKETING,)


def refused(verdict, check: str, word: str = "") -> gate.Refused:
    assert isinstance(verdict, gate.Refused), verdict
    assert verdict.check == check, verdict
    assert word in verdict.code
    assert verdict.reason
    assert verdict.remedy
    return verdict


def test_a_plain_message_to_a_customer_who_agreed_is_permitted_and_names_every_check(ask):
    permit = ask(text="您好,您的专属客户经理为您服务")
    assert isinstance(permit, gate.Permit)
    assert permit.checks == tuple(gate.Check)
    assert permit.expires_at - permit.issued_at == timedelta(seconds=300)


def test_a_customer_who_agreed_to_nothing_is_refused_for_consent(ask):
    refused(ask(10), "consent", "not_granted")


def test_consent_withdrawn_turns_the_next_verdict(ask, town, machine):
    assert isinstance(ask(1), gate.Permit)
    evidence = consent.Evidence(consent.EvidenceKind.APP, "app-1")
    act = consent.Act(consent.Matter.CONTACT, granted=False, evidence=evidence, purpose=consent.Purpose.MARKETING)
    with town.write(machine) as tx:
        consent.record(tx, 1, act)
    no = refused(ask(1), "consent", "not_granted")
    assert "撤回" in no.reason


def test_an_r4_fund_offered_to_a_c2_customer_is_refused_for_suitability(ask, town, machine):
    assess(town, machine, 1, 1, tolerance=2)
    refused(ask(product_no="F4"), "suitability", "too_risky")
    assert isinstance(ask(product_no="W2"), gate.Permit)


def test_a_product_without_a_grade_is_refused_until_it_has_one(ask, town, machine):
    with town.write(machine) as tx:
        products.replace(tx, [a_product("N0", "")])
    no = refused(ask(product_no="N0"), "suitability", "no_grade")
    assert "等级" in no.remedy


def test_what_changes_about_a_product_or_the_rules_is_seen_by_the_next_check(ask, town, machine):
    assert isinstance(ask(product_no="W2"), gate.Permit)
    with town.write(machine) as tx:
        products.replace(tx, [a_product("W2", "R4")])
    refused(ask(product_no="W2"), "suitability", "too_risky")
    with town.write(machine) as tx:
        products.replace(tx, [a_product("W2", "R2")])
    assert isinstance(ask(product_no="W2"), gate.Permit)
    wang, zhao = an_officer("wang"), an_officer("zhao")
    grading.propose_grade(town, wang, "W2", issuer=None, distributor=Grade.R5, basis="底层资产含股票")
    assert isinstance(ask(product_no="W2"), gate.Permit)
    grading.settle_grade(town, zhao, "W2", approved=True)
    refused(ask(product_no="W2"), "suitability", "too_risky")


def test_a_customer_nobody_ever_assessed_is_told_so(ask, town, machine):
    settle(town, machine, 11, 11)
    agree(town, machine, [11], datetime(2026, 11, 2, tzinfo=UTC))
    no = refused(ask(11, product_no="W2"), "suitability", "not_assessed")
    assert "测评" in no.remedy
    assert isinstance(ask(11, product_no="D1"), gate.Permit)


def test_an_expired_assessment_is_refused(ask, town, machine):
    assess(town, machine, 1, 1, until=date(2026, 11, 1))
    refused(ask(product_no="W2"), "suitability", "expired")


def test_a_product_under_another_purpose_than_offering_is_refused(ask):
    refused(ask(product_no="D1", purpose="service"), "purpose")


def test_a_message_written_with_a_device_or_place_is_refused(ask):
    no = refused(ask(fields=("behaviour.device_id",)), "purpose")
    assert "反" in no.reason


def test_an_open_complaint_freezes_soliciting_but_not_service(ask, town, machine):
    with town.write(machine) as tx:
        tx.execute(text("UPDATE profile SET open_complaints = 2 WHERE one_id = 1"))
    assert refused(ask(), "freeze", "complaint").evidence["open_complaints"] == 2
    assert isinstance(ask(purpose="service", text="您的卡已寄出"), gate.Permit)


def test_a_freeze_holds_on_its_channels_until_it_is_lifted_or_over(ask, town, machine, clock):
    until = clock.now() + timedelta(days=2)
    with town.write(machine) as tx:
        gate.freeze(
            tx, 1, kind=gate.FreezeKind.RISK, reason="疑似被骗核实中", channels=(gate.Channel.SMS,), until=until
        )
    refused(ask(), "freeze", "risk")
    assert isinstance(ask(channel="app_popup"), gate.Permit)
    clock.advance(timedelta(days=2))
    assert isinstance(ask(), gate.Permit)


def test_a_hold_out_keeps_its_customers_from_its_campaign_only(ask, town, machine):
    with town.write(machine) as tx:
        gate.hold_out(tx, "双十一对照", [1, 2], campaign="D11")
    refused(ask(campaign="D11"), "holdout", "双十一对照")
    assert isinstance(ask(campaign="D12"), gate.Permit)
    with town.write(machine) as tx:
        gate.hold_out(tx, "全局对照", [1])
    refused(ask(campaign="D12"), "holdout", "全局对照")
    assert isinstance(ask(3, campaign="D11"), gate.Permit)
    with town.write(machine) as tx:
        gate.end_holdout(tx, "全局对照")
    assert isinstance(ask(campaign="D12"), gate.Permit)


def test_a_full_cap_refuses_and_says_when_there_is_room_again(ask, town, machine, clock, set_policy):
    set_policy(caps=(Cap("每日一条", gate.Channel.SMS, MARKETING, 1, 24),))
    send(town, machine, 1, gate.Message("您好"))
    no = refused(ask(), "cap", "每日一条")
    assert (no.evidence["sent"], no.evidence["limit"]) == (1, 1)
    assert "11 月 3 日 12:00" in no.remedy
    assert isinstance(ask(2), gate.Permit)
    assert isinstance(ask(channel="app_popup"), gate.Permit)
    clock.advance(timedelta(hours=24))
    assert isinstance(ask(), gate.Permit)


def test_a_monthly_cap_starts_anew_with_the_month_in_shanghai(ask, town, machine, clock, set_policy):
    set_policy(caps=(Cap("企微每月", gate.Channel.WECOM, MARKETING, 1, None),), quiets=())
    clock.moment = datetime(2026, 11, 30, 15, 59, tzinfo=UTC)
    send(town, machine, 1, gate.Message("您好"), "wecom")
    refused(ask(channel="wecom"), "cap", "企微每月")
    clock.advance(timedelta(minutes=1))
    assert isinstance(ask(channel="wecom"), gate.Permit)


@pytest.mark.parametrize(
    ("moment", "channel", "span"),
    [
        (datetime(2026, 11, 2, 13, 0, tzinfo=UTC), "sms", "夜间"),
        (datetime(2026, 11, 2, 0, 59, tzinfo=UTC), "sms", "夜间"),
        (datetime(2026, 11, 2, 4, 30, tzinfo=UTC), "phone", "午间"),
        (datetime(2026, 10, 2, 2, 0, tzinfo=UTC), "phone", "法定节假日"),
    ],
)
def test_quiet_hours_and_holidays_refuse_and_name_the_next_open_minute(ask, moment, channel, span):
    no = refused(ask(channel=channel, now=moment), "quiet", span)
    opens = datetime.fromisoformat(no.evidence["open_at"])
    assert opens > moment
    assert isinstance(ask(channel=channel, now=opens), gate.Permit)


def test_a_make_up_workday_is_no_holiday_and_an_open_minute_is_open(ask):
    assert isinstance(ask(channel="phone", now=datetime(2026, 10, 10, 2, 0, tzinfo=UTC)), gate.Permit)


@pytest.mark.parametrize("words", ["本产品保本保息", "保 本 收益", "保-本", "保本", "零风险", "稳.赚"])
def test_a_prohibited_promise_is_refused_however_it_is_written(ask, words):
    refused(ask(text=words), "wording", "违规承诺")


@pytest.mark.parametrize("words", ["理财非保本,产品有风险", "我行不承诺保本", "打破刚性兑付"])
def test_a_negated_promise_is_no_promise(ask, words):
    assert isinstance(ask(text=words), gate.Permit)


def test_a_wealth_offer_in_words_needs_its_risk_notice(ask):
    refused(ask(text="新品上线,欢迎咨询", product_no="W2"), "wording", "理财风险提示")
    assert isinstance(ask(text="新品上线。理财非存款,产品有风险,投资须谨慎", product_no="W2"), gate.Permit)


def test_a_rule_of_compliance_refuses_with_its_reason_and_the_values_it_saw(ask, set_policy):
    rule = GateRule("大众不推高起点", "tier = 'mass' and amount > 100000", "大众客户不推 10 万以上产品", "降低金额")
    set_policy(rules=(rule,))
    no = refused(ask(product_no="W2", amount=10_000_100), "rule", "大众不推高起点")
    assert "大众" in no.evidence["why"]
    assert isinstance(ask(product_no="W2", amount=10_000_000), gate.Permit)


def test_the_first_check_in_order_names_the_refusal(ask, town, machine):
    with town.write(machine) as tx:
        tx.execute(text("UPDATE profile SET open_complaints = 1"))
        gate.hold_out(tx, "全局对照", [1, 10])
    refused(ask(10, text="保本"), "consent")
    refused(ask(1, text="保本"), "freeze")


def test_an_unknown_product_channel_or_purpose_is_bad_input(ask):
    with pytest.raises(products.UnknownProduct):
        ask(product_no="W404")
    with pytest.raises(UnknownChannel):
        ask(channel="fax")
    with pytest.raises(Invalid):
        ask(purpose="fun")
    with pytest.raises(Invalid):
        ask(product_no="W2", amount=-1)


def test_a_customer_outside_the_scope_is_refused_and_nothing_is_kept(town, machine):
    from dataclasses import replace

    rm = replace(an_officer("rm", Role.RM), scope=Scope(ScopeKind.BOOK, staff_no="R2"))
    refused(gate.check(town, rm, gate.Message(), 1, channel="sms", purpose="marketing"), "customer")
    refused(gate.check(town, machine, gate.Message(), 999, channel="sms", purpose="marketing"), "customer")
    with town.read(machine) as tx:
        assert tx.value(text("SELECT count(*) FROM gate_refusal")) == 0


def test_a_refusal_is_kept_with_its_evidence_and_is_an_event_without_words(ask, town, machine):
    ask(10, text="恭喜您获得专属额度")
    with town.read(machine) as tx:
        kept = tx.one(text("SELECT * FROM gate_refusal"))
        event = tx.one(text("SELECT subject, payload::text AS payload FROM event WHERE kind = 'gate.refused'"))
    assert (kept["one_id"], kept["check_name"], kept["branch_path"]) == (10, "consent", "HO/0571/003/")
    assert event["subject"] == 10
    assert "恭喜" not in event["payload"]
