"""What others may ask of the gate: may this reach that customer now; use a permit; why, or why not."""

from collections.abc import Mapping
from datetime import date, datetime
from functools import lru_cache
from typing import Any, Final

from liuke.data import products
from liuke.guard import suitability
from liuke.guard.consent import Channel, Purpose
from liuke.guard.gate import permit as permits
from liuke.guard.gate import store
from liuke.guard.gate.events import PermitRedeemed, TouchRefused
from liuke.guard.gate.judge import ready, tell
from liuke.guard.gate.judge import store as sends
from liuke.guard.gate.judge.ask import Ask, Grounds, pose, today_of
from liuke.guard.gate.judge.model import ClockBack, Explanation, Looked, Message
from liuke.guard.gate.model import GateShut, Permit, PermitUsed, Refusal, Refused, UnknownChannel
from liuke.guard.gate.policy import quiet
from liuke.guard.gate.policy import store as policies
from liuke.guard.gate.policy.model import DayKind, Policy
from liuke.kernel.actor import Actor, Permission
from liuke.kernel.bank import Bank
from liuke.kernel.errors import Invalid
from liuke.kernel.ids import OneId, new_id
from liuke.kernel.store.pipe import Query
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
    asked, row = _looked(bank, actor, message, one_id, channel=channel, purpose=purpose, now=now or bank.clock.now())
    no = tell.first(asked, one_id, row)
    if no is None:
        return permits.issue(bank.keys, bank.clock, asked, one_id, actor.user_id)
    if row is not None:
        keep(bank, actor, asked, row, no, one_id=one_id, trial=trial)
    return Refused(
        one_id, asked.channel, asked.purpose, asked.version, asked.now, no.check, no.code, no.reason, no.remedy,
        no.evidence,
    )  # fmt: skip


def redeem(
    bank: Bank, tx: WriteHandle, permit: Permit, message: Message, *, one_id: OneId, channel: Channel | str
) -> None:
    """Use a permit for what is being sent, in the sender's own transaction. The send counts from here.

    Everything is looked at again under the customer's lock, as it stands now: a consent withdrawn since, a cap filled
    by another sender. If the sender's transaction fails, the send does not count and the permit is unused.

    Raises: PermitForged, PermitMismatch, PermitExpired, PermitUsed, ClockBack, GateShut.
    """
    permits.hold(bank.keys, bank.clock, permit, message, one_id=one_id, channel=channel)
    sends.lock(tx, one_id)
    if sends.used(tx, permit.id):
        raise PermitUsed
    now = bank.clock.now()
    latest = sends.sends(tx, one_id, limit=1)
    if latest and latest[0]["sent_at"] > now + permits.SKEW:
        raise ClockBack(what="上一次发送")
    asked = ask(tx, message, channel=permit.channel, purpose=permit.purpose, now=now)
    no = tell.first(asked, one_id, judged(tx, one_id, asked))
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
    looked = tell.every(asked, one_id, row)
    return Explanation(one_id, asked.channel, asked.purpose, asked.version, moment, looked)


#: What was last seen of a product (None: no product) on a day, with the stamps of all of it. Never believed: each check
#: reads the stamps again, in the same exchange as the answer.
_seen: Final[dict[tuple[str | None, date], tuple[list[Any], Grounds]]] = {}
_ROOM: Final = 1024


def _looked(
    bank: Bank,
    actor: Actor,
    message: Message,
    one_id: OneId,
    *,
    channel: Channel | str,
    purpose: Purpose | str,
    now: datetime,
) -> tuple[Ask, Mapping[Any, Any] | None]:
    """The question and what the statement answers; in one exchange when nothing it rests on has changed."""
    about = (message.product_no, today_of(now))
    stamps = _stamps(*about)
    stamped, grounds = _seen.get(about, ([], None))
    if grounds is not None:
        asked = question(grounds, message, channel=channel, purpose=purpose, now=now)
        *found, answer = bank.records.exchange(actor, [*stamps, ready.query(one_id, asked)])
        if found == stamped:
            return asked, answer
    with bank.read(actor) as tx:
        stamped = [tx.first(stamp) for stamp in stamps]
        grounds = _grounds(tx, message.product_no, now, past=False)
        asked = question(grounds, message, channel=channel, purpose=purpose, now=now)
        row = judged(tx, one_id, asked)
    if len(_seen) >= _ROOM:
        _seen.clear()
    _seen[about] = (stamped, grounds)
    return asked, row


def _stamps(product_no: str | None, today: date) -> list[Query]:
    """Queries whose rows are others when anything `Grounds` holds is."""
    own = policies.standing(today)
    return [own] if product_no is None else [own, products.stamp(product_no), suitability.stamp(product_no)]


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
    _known(channel, purpose)
    grounds = _grounds(tx, message.product_no, now, past=past)
    return question(grounds, message, channel=channel, purpose=purpose, now=now, past=past)


def question(
    grounds: Grounds,
    message: Message,
    *,
    channel: Channel | str,
    purpose: Purpose | str,
    now: datetime,
    past: bool = False,
) -> Ask:
    """The question over what is known of the policy and the product. Raises UnknownChannel, Invalid."""
    known, wanted = _known(channel, purpose)
    if message.amount is not None and message.amount < 0:
        raise Invalid(reason="金额不能为负")
    return pose(grounds, message, channel=known, purpose=wanted, now=now, past=past)


def _known(channel: Channel | str, purpose: Purpose | str) -> tuple[Channel, Purpose]:
    if channel not in set(Channel):
        raise UnknownChannel(channel=str(channel)[:40])
    if purpose not in set(Purpose):
        raise Invalid(reason=f"没有名为“{str(purpose)[:40]}”的处理目的")
    return Channel(channel), Purpose(purpose)


def _grounds(tx: ReadHandle, product_no: str | None, now: datetime, *, past: bool) -> Grounds:
    today = today_of(now)
    standing = tx.first(policies.standing(today, now if past else None)) or {"version": 1, "digest": "", "kind": None}
    kind = quiet.kind_of(today, {today: DayKind(standing["kind"])} if standing["kind"] else {})
    offered = suitability.offered(tx, product_no, at=now if past else None) if product_no is not None else None
    policy = _policy(tx, standing["version"], standing["digest"])
    return Grounds(policy, standing["version"], standing["digest"], kind, offered)


def _policy(tx: ReadHandle, number: int, digest: str) -> Policy:
    """A published version, read once a process."""
    known = _read(digest) if digest else {}
    if "policy" not in known:
        found = policies.version(tx, number)
        if found is None:
            raise LookupError("the gate has no policy")
        known["policy"] = found.policy
    return known["policy"]


@lru_cache(maxsize=64)
def _read(digest: str) -> dict[str, Policy]:
    """Room for a policy by the digest of its document: a published one never changes."""
    del digest
    return {}


def judged(tx: ReadHandle, one_id: OneId, asked: Ask) -> Mapping[Any, Any] | None:
    """What the statement answers about one customer; None outside the actor's scope."""
    return tx.first(ready.query(one_id, asked))


def keep(
    bank: Bank, actor: Actor, asked: Ask, row: Mapping[Any, Any], no: Looked, *, one_id: OneId, trial: bool
) -> None:
    """Keep a refusal for the list and the event log.

    It does not wait for the disk: what was refused did not go out, and who asks again after a crash gets the same no.
    """
    refusal = Refusal(
        id=new_id(bank.clock),
        at=asked.now,
        one_id=one_id,
        channel=asked.channel,
        purpose=asked.purpose,
        product_no=asked.message.product_no,
        campaign=asked.message.campaign,
        check=no.check,
        code=no.code,
        reason=no.reason,
        remedy=no.remedy,
        evidence=no.evidence,
        actor_id=actor.user_id,
        trial=trial,
        policy_version=asked.version,
    )
    happened = TouchRefused(
        subject=one_id,
        refusal=str(refusal.id),
        channel=asked.channel,
        purpose=asked.purpose,
        code=no.code,
        product_no=asked.message.product_no or "",
        trial=trial,
        policy_version=asked.version,
    )
    kept = store.adding(refusal, branch_path=row["branch_path"], rm_no=row["rm_no"])
    bank.records.post(actor, [kept], happened, durable=trial)
