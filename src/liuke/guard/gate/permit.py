"""Permits: issued and signed, and held against what is really sent."""

from dataclasses import fields
from datetime import timedelta
from functools import lru_cache
from typing import Final

import orjson

from liuke.guard.gate.judge.ask import Ask
from liuke.guard.gate.judge.model import Check, ClockBack, Message
from liuke.guard.gate.model import Permit, PermitExpired, PermitForged, PermitMismatch
from liuke.kernel.clock import Clock
from liuke.kernel.crypto import KeyRing, Signer, digest
from liuke.kernel.ids import OneId, new_id

#: Says what is signed, so that the signature is of no use anywhere else.
_PREFIX: Final = b"liuke/permit/1\n"
#: How far two servers' clocks may differ.
SKEW: Final = timedelta(seconds=2)


def digest_of(message: Message) -> str:
    """The digest of everything a message says and rests on."""
    parts = {field.name: getattr(message, field.name) for field in fields(message)}
    return digest(orjson.dumps(parts, option=orjson.OPT_SORT_KEYS)).hex()


@lru_cache(maxsize=4)
def _signer(keys: KeyRing) -> Signer:
    """The bank's signing key, read once."""
    return keys.signer()


def issue(keys: KeyRing, clock: Clock, ask: Ask, one_id: OneId, actor_id: str) -> Permit:
    """A signed permit for one message to one customer, for as long as the policy says."""
    signer = _signer(keys)
    draft = Permit(
        id=new_id(clock),
        one_id=one_id,
        channel=ask.channel,
        purpose=ask.purpose,
        digest=digest_of(ask.message),
        product_no=ask.message.product_no,
        campaign=ask.message.campaign,
        actor_id=actor_id,
        issued_at=ask.now,
        expires_at=ask.now + timedelta(seconds=ask.policy.permit_seconds),
        policy_version=ask.version,
        checks=tuple(Check),
        key_id=signer.key_id,
        signature=b"",
    )
    signed = {field.name: getattr(draft, field.name) for field in fields(draft)}
    return Permit(**signed | {"signature": signer.sign(_text(draft))})


def hold(keys: KeyRing, clock: Clock, permit: Permit, message: Message, *, one_id: OneId, channel: str) -> None:
    """Raises PermitForged, PermitMismatch, ClockBack or PermitExpired unless the permit is for exactly this, now."""
    verifier = _signer(keys).verifier()
    if permit.key_id != verifier.key_id or not verifier.verify(_text(permit), permit.signature):
        raise PermitForged
    if permit.one_id != one_id:
        raise PermitMismatch(what="客户")
    if permit.channel != channel:
        raise PermitMismatch(what="渠道")
    if permit.digest != digest_of(message):
        raise PermitMismatch(what="内容")
    now = clock.now()
    if now + SKEW < permit.issued_at:
        raise ClockBack(what="放行时间")
    if now >= permit.expires_at:
        raise PermitExpired


def _text(permit: Permit) -> bytes:
    """What is signed: everything but the signature, in one order."""
    facts = {field.name: getattr(permit, field.name) for field in fields(permit) if field.name != "signature"}
    return _PREFIX + orjson.dumps(facts, option=orjson.OPT_SORT_KEYS)
