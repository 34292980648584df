"""What others may ask of the gate: may this reach that customer now; use a permit; why, or why not."""

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import RowMapping

from liuke.data import products
from liuke.guard import suitability
from liuke.guard.consent import Channel, Purpose
from liuke.guard.gate import permit as permits
from liuke.guard.gate import quiet, ready, store, tell
from liuke.guard.gate.events import PermitRedeemed, TouchRefused
from liuke.guard.gate.judge import Ask, today_of
from liuke.guard.gate.model import (
    ClockBack,
    DayKind,
    Explanation,
    GateShut,
    Looked,
    Message,
    Permit,
    PermitUsed,
    Policy,
    Refusal,
    Refused,
    UnknownChannel,
)
from liuke.kernel.actor import Actor, Permission
from liuke.kernel.bank import Bank
from liuke.kernel.errors import Invalid
from liuke.kernel.ids import OneId, new_id
from liuke.kernel.store.records import ReadHandle, WriteHandle


def check(
    bank: Bank,
    actor: Actor,
    message: Message,
    one_id: OneId,
    *,
    channel: Channel | str,
    purpose: Purpose | str,
    now: datetime | None = None,
    trial: bool = False,
) -> Permit | Refused:
    """May this message reach this customer on this channel for this purpose, now?

    A `Permit` writes nothing until it is used (`redeem`). A `Refused` is kept for the compliance centre and is an
    event; ``trial`` marks one that was only tried.

    Raises: UnknownChannel, UnknownProduct.
    """
    actor.require(Permission.CUSTOMER_READ)
    with bank.read(actor) as tx:
        asked = ask(tx, message, channel=channel, purpose=purpose, now=now or bank.clock.now())
        row = judged(tx, one_id, asked)
        no = tell.first(tx, asked, one_id, row)
        if no is None:
            return permits.issue(bank.keys, bank.clock, asked, one_id, actor.user_id)
    no_permit = refused(asked, one_id, no)
    if row is not None:
        with bank.write(actor) as writing:
            keep(writing, no_permit, asked, row, trial=trial)
    return no_permit


def redeem(
    bank: Bank, tx: WriteHandle, permit: Permit, message: Message, *, one_id: OneId, channel: Channel | str
) -> None:
    """Use a permit for what is being sent, in the sender's own transaction. The send counts from here.

    Everything is looked at again under the customer's lock, as it stands now: a consent withdrawn since, a cap filled
    by another sender. If the sender's transaction fails, the send does not count and the permit is unused.

    Raises: PermitForged, PermitMismatch, PermitExpired, PermitUsed, ClockBack, GateShut.
    """
    permits.hold(bank.keys, bank.clock, permit, message, one_id=one_id, channel=channel)
    store.lock(tx, one_id)
    if store.used(tx, permit.id):
        raise PermitUsed
    now = bank.clock.now()
    latest = store.sends(tx, one_id, limit=1)
    if latest and latest[0]["sent_at"] > now + permits.SKEW:
        raise ClockBack(what="上一次发送")
    asked = ask(tx, message, channel=permit.channel, purpose=permit.purpose, now=now)
    no = tell.first(tx, asked, one_id, judged(tx, one_id, asked))
    if no is not None:
        raise GateShut(reason=no.reason, remedy=no.remedy, code=no.code)
    store.add_send(tx, permit, now)
    tx.emit(
        PermitRedeemed(
            subject=one_id,
            permit=str(permit.id),
            channel=permit.channel,
            purpose=permit.purpose,
            digest=permit.digest,
            campaign=permit.campaign,
        )
    )


def explain(
    bank: Bank,
    actor: Actor,
    message: Message,
    one_id: OneId,
    *,
    channel: Channel | str,
    purpose: Purpose | str,
    at: datetime | None = None,
) -> Explanation:
    """Why, or why not: every check, now or as things stood at a time in the past (policy, freezes, hold-outs, sends).

    Raises: UnknownChannel, UnknownProduct.
    """
    actor.require(Permission.GATE_READ)
    present = bank.clock.now()
    moment = at or present
    with bank.read(actor) as tx:
        asked = ask(tx, message, channel=channel, purpose=purpose, now=moment, past=moment < present)
        row = judged(tx, one_id, asked)
        looked = tell.every(tx, asked, one_id, row)
    return Explanation(one_id, asked.channel, asked.purpose, asked.version, moment, looked)


def ask(
    tx: ReadHandle,
    message: Message,
    *,
    channel: Channel | str,
    purpose: Purpose | str,
    now: datetime,
    past: bool = False,
) -> Ask:
    """The question, with the policy in force and the product. Raises UnknownChannel, UnknownProduct, Invalid."""
    known = _channel(channel)
    if purpose not in set(Purpose):
        raise Invalid(reason=f"没有名为“{purpose}”的处理目的")
    if message.amount is not None and message.amount < 0:
        raise Invalid(reason="金额不能为负")
    today = today_of(now)
    standing = store.standing(tx, today, now if past else None)
    policy = _policy(tx, standing["version"], standing["digest"])
    kind = quiet.kind_of(today, {today: DayKind(standing["kind"])} if standing["kind"] else {})
    product = _product(tx, message.product_no)
    sale = suitability.sale(tx, message.product_no, amount=message.amount, now=now) if message.product_no else None
    return Ask(message, product, known, Purpose(purpose), now, policy, standing["version"], kind, sale, past)


def _channel(name: Channel | str) -> Channel:
    if name not in set(Channel):
        raise UnknownChannel(channel=str(name)[:40])
    return Channel(name)


def _product(tx: ReadHandle, product_no: str | None) -> products.Product | None:
    if product_no is None:
        return None
    found = products.by_numbers(tx, [product_no]).get(product_no)
    if found is None:
        raise products.UnknownProduct(product_no=product_no[:40])
    return found


def _policy(tx: ReadHandle, number: int, digest: str) -> Policy:
    """A published version, read once a process."""
    known = _known(digest) if digest else {}
    if "policy" not in known:
        found = store.version(tx, number)
        if found is None:
            raise LookupError("the gate has no policy")
        known["policy"] = found.policy
    return known["policy"]


@lru_cache(maxsize=64)
def _known(digest: str) -> dict[str, Policy]:
    """Room for a policy by the digest of its document: a published one never changes."""
    del digest
    return {}


def judged(tx: ReadHandle, one_id: OneId, asked: Ask) -> RowMapping | None:
    """What the statement answers about one customer; None outside the actor's scope."""
    return ready.answer(tx, one_id, asked)


def refused(asked: Ask, one_id: OneId, no: Looked) -> Refused:
    """The gate's no, from the check that said it."""
    return Refused(
        one_id,
        asked.channel,
        asked.purpose,
        asked.version,
        asked.now,
        no.check,
        no.code,
        no.reason,
        no.remedy,
        no.evidence,
    )


def keep(tx: WriteHandle, said: Refused, asked: Ask, row: Mapping[Any, Any], *, trial: bool) -> None:
    """Keep a refusal for the list and the event log."""
    refusal = Refusal(
        id=new_id(tx.clock),
        at=said.at,
        one_id=said.one_id,
        channel=said.channel,
        purpose=said.purpose,
        product_no=asked.message.product_no,
        campaign=asked.message.campaign,
        check=said.check,
        code=said.code,
        reason=said.reason,
        remedy=said.remedy,
        evidence=said.evidence,
        actor_id=tx.actor.user_id,
        trial=trial,
        policy_version=said.policy_version,
    )
    store.add_refusal(tx, refusal, branch_path=row["branch_path"], rm_no=row["rm_no"])
    tx.emit(
        TouchRefused(
            subject=said.one_id,
            refusal=str(refusal.id),
            channel=said.channel,
            purpose=said.purpose,
            code=said.code,
            product_no=asked.message.product_no or "",
            trial=trial,
            policy_version=said.policy_version,
        )
    )
