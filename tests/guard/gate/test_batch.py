"""The form for millions answers as the form for one, and as an oracle that shares no code with either."""

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from tests.guard.gate import oracle, world
from tests.guard.gate.conftest import an_officer

from liuke.data import products
from liuke.guard import gate
from liuke.guard.gate import batch
from liuke.guard.gate.model import UnknownChannel
from liuke.guard.gate.policy.model import GateRule
from liuke.kernel.actor import Role, Scope, ScopeKind


@pytest.mark.slow
def test_a_million_random_decisions_agree_with_the_oracle(bank, machine, set_policy):
    """1 M decisions a run: 20,000 customers, 50 questions. Nobody unsuitable or unasked is ever permitted."""
    town = oracle.a_world(20_000, seed=20261102)
    world.build(bank, machine, town)
    set_policy(caps=world.CAPS, quiets=(), wordings=())
    decisions, permits = 0, 0
    for asked in world.questions(50, seed=1):
        said = world.checks(gate.check_many(bank, machine, None, asked.message, **asked.how))
        allowed = said == ""
        assert not (allowed & ~asked.consented(town)).any()
        assert not (allowed & ~asked.suitable(town)).any()
        wrong = np.flatnonzero(said != asked.verdicts(town))
        assert wrong.size == 0, (asked, wrong[:5] + 1, said[wrong[:5]])
        decisions, permits = decisions + len(said), permits + int(allowed.sum())
    assert decisions == 1_000_000
    assert permits > 100_000


@pytest.fixture
def mixed(bank, machine, set_policy):
    """A small world with a rule, and the policy's own quiet hours and words."""
    world.build(bank, machine, oracle.a_world(60, seed=5))
    rule = GateRule("大额", "amount >= 100000 and tier = 'mass'", "大额不推", "降低金额")
    set_policy(caps=world.CAPS, rules=(rule,))
    return bank


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    purpose=st.sampled_from(oracle.PURPOSES),
    channel=st.sampled_from(oracle.CHANNELS),
    product=st.sampled_from([None, *(found[0] for found in oracle.SHELF)]),
    amount=st.integers(0, 20_000_000),
    words=st.sampled_from(["", "您好", "保本收益", "产品有风险"]),
    campaign=st.sampled_from(["", "A"]),
    hours=st.integers(-30, 30),
)
def test_many_and_one_give_the_same_verdict(mixed, machine, purpose, channel, product, amount, words, campaign, hours):
    message, now = gate.Message(words, product, amount, campaign), oracle.NOW + timedelta(hours=hours)
    answer = gate.check_many(mixed, machine, None, message, channel=channel, purpose=purpose, now=now)
    many = dict(zip(answer["one_id"].to_pylist(), answer["refusal"].to_pylist(), strict=True))
    for one_id in range(1, 61, 4):
        verdict = gate.check(mixed, machine, message, one_id, channel=channel, purpose=purpose, now=now)
        code = verdict.code if isinstance(verdict, gate.Refused) else None
        assert code == many[one_id]


def test_named_customers_are_judged_once_each_and_the_unknown_are_named(mixed, machine):
    answer = gate.check_many(mixed, machine, [3, 3, 1, 999], gate.Message(), channel="sms", purpose="legal")
    found = dict(zip(answer["one_id"].to_pylist(), answer["refusal"].to_pylist(), strict=True))
    assert found == {1: None, 3: None, 999: "customer"}


def test_nobody_asked_about_is_an_empty_answer(mixed, machine):
    answer = gate.check_many(mixed, machine, [], gate.Message(), channel="sms", purpose="legal")
    assert (answer.num_rows, answer.column_names) == (0, ["one_id", "refusal"])


def test_many_named_far_apart_and_close_together_are_judged_as_everybody_is(mixed, machine, monkeypatch):
    asked = {"message": gate.Message("您好", "R3", 100_000), "channel": "sms", "purpose": "marketing"}
    whole = gate.check_many(mixed, machine, None, **asked)
    for size in ({"_SPAN": 7}, {"_NAMED": 7}, {"_NAMED": 7, "_DENSE": 1}):
        for name, value in size.items():
            monkeypatch.setattr(batch, name, value)
        assert gate.check_many(mixed, machine, None, **asked).equals(whole)
        named = gate.check_many(mixed, machine, np.arange(60, 0, -1), **asked)
        assert named.to_pylist() == whole.to_pylist()
        few = gate.check_many(mixed, machine, list(range(2, 61, 3)), **asked)
        assert few.to_pylist() == whole.to_pylist()[1::3]


def test_a_batch_holds_only_the_customers_of_the_actor(mixed, machine):
    with mixed.write(machine) as tx:
        tx.execute(text("UPDATE profile SET rm_no = 'R2' WHERE one_id % 4 = 0"))
    rm = replace(an_officer("rm", Role.RM), scope=Scope(ScopeKind.BOOK, staff_no="R2"))
    asked = {"message": gate.Message("您好", "R3", 100_000), "channel": "sms", "purpose": "marketing"}
    whole = gate.check_many(mixed, machine, None, **asked).to_pylist()
    assert gate.check_many(mixed, rm, None, **asked).to_pylist() == whole[3::4]
    named = gate.check_many(mixed, rm, [3, 4], **asked).to_pylist()
    assert named == [{"one_id": 3, "refusal": "customer"}, whole[3]]


def test_bad_input_of_a_batch_is_told_as_for_one(mixed, machine):
    with pytest.raises(UnknownChannel):
        gate.check_many(mixed, machine, None, gate.Message(), channel="fax", purpose="marketing")
    with pytest.raises(products.UnknownProduct):
        gate.check_many(mixed, machine, None, gate.Message(product_no="no"), channel="sms", purpose="marketing")


def test_a_batch_leaves_one_event_for_all(mixed, machine):
    gate.check_many(mixed, machine, None, gate.Message(), channel="sms", purpose="legal")
    with mixed.read(machine) as tx:
        rows = tx.rows(text("SELECT payload FROM event WHERE kind = 'gate.judged'"))
    assert [(row["payload"]["asked"], row["payload"]["allowed"]) for row in rows] == [(60, 60)]
