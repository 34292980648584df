"""What others may ask of consent: record acts, blocks and quiet hours; judge one customer or many."""

import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import BigInteger, literal, select

from liuke.data import profile
from liuke.guard.consent import explain, judge, store
from liuke.guard.consent.model import (
    BASES,
    Act,
    BadBlock,
    BadQuiet,
    BlockKind,
    BlockLifted,
    Channel,
    ConsentGranted,
    ConsentTakenOver,
    ConsentWithdrawn,
    CustomerBlocked,
    Evidence,
    EvidenceMissing,
    Ground,
    InTheFuture,
    Matter,
    NoConsentNeeded,
    OlderThanWithdrawal,
    Purpose,
    PurposeMissing,
    QuietRemoved,
    QuietSet,
    Reason,
    State,
    UnknownBlock,
    UnknownQuiet,
    Verdict,
)
from liuke.kernel.clock import BANK_ZONE
from liuke.kernel.ids import OneId
from liuke.kernel.store.records import ReadHandle, WriteHandle

_REF: Final = re.compile(r"[\w./:\-]{1,80}", re.ASCII)
_REASON: Final = range(4, 201)
_DAY_MINUTES: Final = 24 * 60


def record(tx: WriteHandle, one_id: OneId, act: Act) -> int:
    """Write an act of the customer into the history and bring the state up to date; returns its number.

    A withdrawal holds from the moment it is recorded, whatever the clocks say. A grant made before the latest
    withdrawal does not undo it.

    Raises: UnknownCustomer, PurposeMissing, NoConsentNeeded, EvidenceMissing, InTheFuture, OlderThanWithdrawal.
    """
    _check(act)
    if not profile.facts.knows(tx, one_id):
        raise profile.UnknownCustomer
    now, channels = tx.clock.now(), _channels(act)
    if act.decided_at is not None and act.decided_at > now:
        raise InTheFuture
    held = store.lock(tx, one_id)
    if act.granted:
        _check_order(tx, one_id, act, channels, at=act.decided_at or now)
    entry = store.add_entry(tx, one_id, act, channels)
    store.change(tx, one_id, **_changed(held, act, channels))
    kind = ConsentGranted if act.granted else ConsentWithdrawn
    named = [channel.value for channel in channels]
    tx.emit(kind(subject=one_id, entry=entry, matter=act.matter, purpose=act.purpose or "", channels=named))
    return entry


def proves(ref: str) -> bool:
    """Whether a text can be the number of a piece of evidence."""
    return _REF.fullmatch(ref) is not None


def _check(act: Act) -> None:
    if not proves(act.evidence.ref):
        raise EvidenceMissing
    if act.matter in (Matter.PERSONAL, Matter.AUTOMATED):
        return
    if act.purpose is None:
        raise PurposeMissing
    basis = BASES[act.purpose]
    if basis.ground is not Ground.CONSENT:
        raise NoConsentNeeded(purpose=basis.title, source=basis.source)


def _channels(act: Act) -> tuple[Channel, ...]:
    return tuple(sorted(act.channels or frozenset(Channel))) if act.matter is Matter.CONTACT else ()


def _check_order(tx: WriteHandle, one_id: OneId, act: Act, channels: Sequence[Channel], *, at: datetime) -> None:
    withdrawn = store.last_withdrawal(tx, one_id, act, channels)
    if withdrawn is not None and withdrawn["decided_at"] > at:
        local = withdrawn["decided_at"].astimezone(BANK_ZONE)
        raise OlderThanWithdrawal(withdrawn_at=f"{local:%Y-%m-%d %H:%M}")


def _changed(held: Any, act: Act, channels: Sequence[Channel]) -> dict[str, object]:  # noqa: ANN401
    if act.matter in (Matter.PERSONAL, Matter.AUTOMATED):
        return {act.matter.value: act.granted}
    assert act.purpose is not None  # noqa: S101  (checked before)
    if act.matter is Matter.SENSITIVE:
        name, mask = "sensitive", store.sensitive_bit(act.purpose)
    else:
        name, mask = "granted", sum(store.bit(act.purpose, channel) for channel in channels)
    return {name: held[name] | mask if act.granted else held[name] & ~mask}


def take_over(
    tx: WriteHandle,
    one_ids: Sequence[OneId] | None,
    *,
    purpose: Purpose,
    channels: Iterable[Channel],
    evidence: Evidence,
    decided_at: datetime,
) -> int:
    """Take consents over that a source system holds: of these customers, or of all in scope; returns how many.

    Only customers of whom nothing is known yet about the purpose get it, so that no withdrawal is ever overwritten.

    Raises: NoConsentNeeded, EvidenceMissing, InTheFuture.
    """
    act = Act(Matter.CONTACT, granted=True, evidence=evidence, purpose=purpose, channels=frozenset(channels))
    _check(act)
    if decided_at > tx.clock.now():
        raise InTheFuture
    done = store.take_over(tx, one_ids, act, _channels(act), decided_at=decided_at)
    if done:
        named = [channel.value for channel in _channels(act)]
        tx.emit(ConsentTakenOver(purpose=purpose, channels=named, evidence_ref=evidence.ref, customers=done))
    return done


def block(
    tx: WriteHandle,
    one_id: OneId,
    *,
    kind: BlockKind,
    reason: str,
    purposes: Iterable[Purpose] = (),
    channels: Iterable[Channel] = (),
    until: datetime | None = None,
) -> int:
    """Put a customer on a black list; empty purposes or channels are all. Raises UnknownCustomer, BadBlock."""
    why = " ".join(reason.split())
    if len(why) not in _REASON or (until is not None and until <= tx.clock.now()):
        raise BadBlock
    if not profile.facts.knows(tx, one_id):
        raise profile.UnknownCustomer
    store.lock(tx, one_id)
    row = {"one_id": one_id, "kind": kind, "reason": why, "until": until}
    row |= {"purposes": sorted(set(purposes)), "channels": sorted(set(channels))}
    number = store.add_block(tx, row)
    store.change(tx, one_id, blocks=True)
    tx.emit(CustomerBlocked(subject=one_id, block=number, list=kind))
    return number


def lift(tx: WriteHandle, block_id: int, *, reason: str) -> None:
    """Take a customer off a list. Raises UnknownBlock, BadBlock."""
    why = " ".join(reason.split())
    if len(why) not in _REASON:
        raise BadBlock
    one_id = store.lift(tx, block_id, reason=why)
    if one_id is None:
        raise UnknownBlock
    tx.emit(BlockLifted(subject=one_id, block=block_id))


def set_quiet(
    tx: WriteHandle,
    one_id: OneId,
    *,
    from_minute: int,
    to_minute: int,
    channels: Iterable[Channel] = (),
    weekdays: Iterable[int] = (),
    starts_on: date | None = None,
    ends_on: date | None = None,
) -> int:
    """Set hours (minutes of the Shanghai day) not to disturb a customer. Raises UnknownCustomer, BadQuiet."""
    days, ends = sorted(set(weekdays)), (from_minute, to_minute)
    inside = all(0 <= minute <= _DAY_MINUTES for minute in ends) and from_minute != to_minute
    if not inside or not set(days) <= set(range(1, 8)) or (starts_on and ends_on and ends_on < starts_on):
        raise BadQuiet
    if not profile.facts.knows(tx, one_id):
        raise profile.UnknownCustomer
    store.lock(tx, one_id)
    row = {"one_id": one_id, "from_minute": from_minute, "to_minute": to_minute, "weekdays": days}
    row |= {"channels": sorted(set(channels)), "starts_on": starts_on, "ends_on": ends_on}
    number = store.add_quiet(tx, row)
    store.change(tx, one_id, quiets=True)
    tx.emit(QuietSet(subject=one_id, quiet=number))
    return number


def remove_quiet(tx: WriteHandle, one_id: OneId, quiet_id: int) -> None:
    """Take quiet hours back. Raises UnknownQuiet."""
    if not store.remove_quiet(tx, one_id, quiet_id):
        raise UnknownQuiet
    tx.emit(QuietRemoved(subject=one_id, quiet=quiet_id))


def state(tx: ReadHandle, one_ids: Sequence[OneId]) -> dict[OneId, State]:
    """What these customers granted; one who never said anything has granted nothing and switched nothing off."""
    known = store.states(tx, one_ids)
    silent = frozenset[Any]()
    return {one_id: known.get(one_id) or State(one_id, silent, silent, True, True) for one_id in one_ids}


def personal_allowed(tx: ReadHandle, one_ids: Sequence[OneId]) -> set[OneId]:
    """Those of the customers who have not switched personalised recommendation off (个保法 24)."""
    return {one_id for one_id, found in state(tx, one_ids).items() if found.personal}


def verdict(
    tx: ReadHandle,
    one_id: OneId,
    *,
    purpose: Purpose,
    channel: Channel,
    now: datetime,
    sensitive: bool = False,
    automated: bool = False,
) -> Verdict:
    """Whether the bank may reach a customer, with every reason against and its evidence. Raises UnknownCustomer."""
    if not profile.facts.knows(tx, one_id):
        raise profile.UnknownCustomer
    question = judge.Question(purpose, channel, now, sensitive=sensitive, automated=automated)
    one = select(literal(int(one_id), BigInteger).label("one_id")).subquery("one")
    row = tx.one(judge.every(one, question))
    assert row is not None  # noqa: S101  (one customer, one row)
    against = [reason for reason in Reason if row.get(reason.value)]
    return Verdict(one_id, purpose, channel, [explain.refusal(tx, one_id, reason, question) for reason in against])
