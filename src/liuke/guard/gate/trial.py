"""试一条: every check of one message to one customer; a refusal of now is kept, as a sender's would be."""

from dataclasses import dataclass
from datetime import datetime

from liuke.data import profile
from liuke.guard.consent import Channel, Purpose
from liuke.guard.gate import service
from liuke.guard.gate.judge import tell
from liuke.guard.gate.judge.model import TITLES, Check, Explanation, Message
from liuke.kernel.actor import Actor, Permission
from liuke.kernel.bank import Bank
from liuke.kernel.ids import OneId


@dataclass(frozen=True, slots=True)
class Tried:
    """What a trial showed."""

    explanation: Explanation
    past: bool
    permit_seconds: int


def run(
    bank: Bank,
    actor: Actor,
    message: Message,
    one_id: OneId,
    *,
    channel: Channel,
    purpose: Purpose,
    at: datetime | None,
) -> Tried:
    """Judge and explain; no permit is given. Raises UnknownCustomer, UnknownProduct, Forbidden."""
    actor.require(Permission.GATE_READ)
    present = bank.clock.now()
    moment = at or present
    with bank.write(actor) as tx:
        asked = service.ask(tx, message, channel=channel, purpose=purpose, now=moment, past=moment < present)
        row = service.judged(tx, one_id, asked)
        if row is None:
            raise profile.UnknownCustomer
        tx.emit(profile.CustomerViewed(subject=one_id, part="gate"))
    found = Explanation(one_id, channel, purpose, asked.version, moment, tell.every(asked, one_id, row))
    if found.refusal is not None and not asked.past:
        service.keep(bank, actor, asked, row, found.refusal, one_id=one_id, trial=True)
    return Tried(found, asked.past, asked.policy.permit_seconds)


def line(check: Check, reason: str, remedy: str) -> str:
    """A refusal in one sentence."""
    return f"{TITLES[check]}:{reason}" + (f";{remedy}" if remedy else "")
