"""A permit is good for one message to one customer on one channel, once, soon."""

import threading
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text
from tests.guard.gate.conftest import send

from liuke.guard import gate
from liuke.guard.gate.judge.model import ClockBack
from liuke.guard.gate.model import GateShut, PermitExpired, PermitForged, PermitMismatch, PermitUsed
from liuke.guard.gate.policy.model import Cap
from liuke.kernel.bank import attach
from liuke.kernel.clock import SystemClock
from liuke.kernel.settings import Settings

HELLO = gate.Message("您好")


@pytest.fixture
def permit(ask):
    return ask(1, text="您好")


@pytest.fixture
def use(town, machine):
    def make(permit, message=HELLO, one_id=1, channel="sms"):
        with town.write(machine) as tx:
            gate.redeem(town, tx, permit, message, one_id=one_id, channel=channel)

    return make


def test_a_permit_is_used_once_and_the_send_counts(permit, use, town, machine):
    use(permit)
    with town.read(machine) as tx:
        assert tx.value(text("SELECT count(*) FROM gate_send")) == 1
        assert tx.value(text("SELECT subject FROM event WHERE kind = 'gate.redeemed'")) == 1
    with pytest.raises(PermitUsed):
        use(permit)


def test_a_permit_is_for_nobody_else(permit, use):
    with pytest.raises(PermitMismatch, match="客户"):
        use(permit, one_id=2)
    with pytest.raises(PermitForged):
        use(replace(permit, one_id=2), one_id=2)


def test_a_message_changed_after_the_permit_is_not_sent(permit, use):
    for changed in (gate.Message("您好!"), replace(HELLO, product_no="W2"), replace(HELLO, campaign="x")):
        with pytest.raises(PermitMismatch, match="内容"):
            use(permit, changed)


def test_a_permit_is_for_its_channel(permit, use):
    with pytest.raises(PermitMismatch, match="渠道"):
        use(permit, channel="app_popup")


def test_no_field_of_a_permit_can_be_changed(permit, use):
    longer = permit.expires_at + timedelta(days=1)
    for changes in ({"expires_at": longer}, {"signature": bytes(64)}, {"key_id": "0" * 32}, {"policy_version": 9}):
        with pytest.raises(PermitForged):
            use(replace(permit, **changes))


def test_an_expired_permit_is_not_used(permit, use, clock):
    clock.advance(timedelta(seconds=300))
    with pytest.raises(PermitExpired):
        use(permit)


def test_a_clock_set_back_an_hour_uses_no_permit_and_makes_no_room(ask, use, town, machine, clock, set_policy):
    set_policy(caps=(Cap("每小时一条", gate.Channel.SMS, (gate.Purpose.MARKETING,), 1, 1),), quiets=())
    second = ask(2, text="您好")
    send(town, machine, 1, HELLO)
    clock.advance(timedelta(hours=-1))
    with pytest.raises(ClockBack):
        use(second, one_id=2)
    assert ask(1, text="您好").check == "cap"
    clock.advance(timedelta(minutes=-30))
    assert ask(1, text="您好").check == "cap"


def test_a_permit_from_a_clock_set_back_is_stopped_at_the_last_send(ask, use, town, machine, clock, set_policy):
    set_policy(caps=(), quiets=())
    send(town, machine, 1, HELLO)
    clock.advance(timedelta(hours=-1))
    with pytest.raises(ClockBack):
        use(ask(1, text="您好"))


def test_what_changed_since_the_permit_is_seen_when_it_is_used(permit, use, town, machine):
    with town.write(machine) as tx:
        gate.freeze(tx, 1, kind=gate.FreezeKind.COMPLAINT, reason="刚刚来电投诉")
    with pytest.raises(GateShut, match="停止触达"):
        use(permit)


def test_a_sender_that_fails_leaves_the_permit_unused(permit, use, town, machine):
    with pytest.raises(ZeroDivisionError), town.write(machine) as tx:
        gate.redeem(town, tx, permit, HELLO, one_id=1, channel="sms")
        raise ZeroDivisionError
    use(permit)


@pytest.mark.parametrize("limit", [1, 7])
def test_thirty_senders_at_once_never_break_a_cap(town, machine, set_policy, tmp_path, limit):
    marketing = (gate.Purpose.MARKETING,)
    set_policy(
        caps=(Cap("短信", gate.Channel.SMS, marketing, limit, 24), Cap("全部", None, marketing, limit + 1, 24)),
        quiets=(),
    )
    settings = Settings(home=town.settings.home, pool_size=20, _env_file=None)
    busy = attach(settings, town.records.url, clock=town.clock)
    channels, sent, start = ("sms", "app_push"), [], threading.Barrier(30)

    def sender(number: int) -> None:
        start.wait()
        for turn in range(6):
            channel, one_id = channels[(number + turn) % 2], 1 + turn % 2
            permit = gate.check(busy, machine, HELLO, one_id, channel=channel, purpose="marketing")
            if isinstance(permit, gate.Refused):
                continue
            try:
                with busy.write(machine) as tx:
                    gate.redeem(busy, tx, permit, HELLO, one_id=one_id, channel=channel)
                sent.append((one_id, channel))
            except GateShut:
                continue

    threads = [threading.Thread(target=sender, args=(number,)) for number in range(30)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    busy.records.close()
    for one_id in (1, 2):
        assert sent.count((one_id, "sms")) <= limit
        assert len([found for found in sent if found[0] == one_id]) == limit + 1
    with town.read(machine) as tx:
        assert tx.value(text("SELECT count(*) FROM gate_send")) == len(sent)


def test_the_clock_of_the_server_is_good_enough_for_a_permit(town, machine, tmp_path):
    real = attach(town.settings, town.records.url, clock=SystemClock())
    permit = gate.check(real, machine, gate.Message("您的卡已寄出"), 1, channel="sms", purpose="service")
    with real.write(machine) as tx:
        gate.redeem(real, tx, permit, gate.Message("您的卡已寄出"), one_id=1, channel="sms")
    real.records.close()
