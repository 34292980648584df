"""What compliance sets (policy with two pairs of eyes, freezes, calendar, hold-outs) and what it sees refused."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from liuke.data import profile
from liuke.guard.consent import Channel
from liuke.guard.gate import policy as documents
from liuke.guard.gate import store
from liuke.guard.gate.events import CalendarChanged, FreezeMoved, HoldoutMoved, PolicyMoved
from liuke.guard.gate.model import (
    BadFreeze,
    BadHoldout,
    Day,
    Freeze,
    FreezeKind,
    Holdout,
    NotDraft,
    Policy,
    PolicyState,
    Refusal,
    RefusalFilter,
    SameHands,
    UnknownFreeze,
    UnknownVersion,
    Version,
)
from liuke.kernel.actor import Actor, Permission
from liuke.kernel.bank import Bank
from liuke.kernel.errors import Invalid
from liuke.kernel.ids import OneId, new_id
from liuke.kernel.page import Page
from liuke.kernel.store.records import WriteHandle

_REASON: Final = range(4, 201)
_NAME: Final = range(1, 61)
_COUNTED_DAYS: Final = 30


def in_force(bank: Bank, actor: Actor) -> Version:
    """The version of the policy in force."""
    actor.require(Permission.GATE_READ)
    with bank.read(actor) as tx:
        standing = tx.first(store.standing(bank.clock.today()))
        number = int(standing["version"]) if standing else 1
        found = store.version(tx, number)
    if found is None:
        raise UnknownVersion(version=number)
    return found


def versions(bank: Bank, actor: Actor, *, cursor: str | None, limit: int) -> Page[Version]:
    """Versions of the policy, newest first."""
    actor.require(Permission.GATE_READ)
    with bank.read(actor) as tx:
        return store.versions(tx, cursor=cursor, limit=limit)


def draft(bank: Bank, actor: Actor, policy: Policy, *, note: str) -> Version:
    """Save a draft of a new version; it changes nothing until a colleague publishes it.

    Raises: PolicyInvalid, RuleInvalid.
    """
    actor.require(Permission.GATE_EDIT)
    documents.check(policy)
    with bank.write(actor) as tx:
        made = Version(0, policy, PolicyState.DRAFT, note.strip()[:200], actor.user_id, tx.clock.now(), None, None)
        number = store.add_version(tx, made)
        tx.emit(PolicyMoved(number=number, state=PolicyState.DRAFT))
    return replace(made, version=number)


def publish(bank: Bank, actor: Actor, number: int) -> Version:
    """Put a draft into force. Raises UnknownVersion, NotDraft, SameHands."""
    return _decide(bank, actor, number, PolicyState.PUBLISHED)


def reject(bank: Bank, actor: Actor, number: int) -> Version:
    """Set a draft aside; its author may. Raises UnknownVersion, NotDraft."""
    return _decide(bank, actor, number, PolicyState.REJECTED)


def _decide(bank: Bank, actor: Actor, number: int, state: PolicyState) -> Version:
    actor.require(Permission.GATE_EDIT)
    with bank.write(actor) as tx:
        found = store.version(tx, number, lock=True)
        if found is None:
            raise UnknownVersion(version=number)
        if found.state is not PolicyState.DRAFT:
            raise NotDraft(version=number)
        if state is PolicyState.PUBLISHED:
            if found.drafted_by == actor.user_id:
                raise SameHands
            documents.check(found.policy)
        store.decide_version(tx, number, state)
        tx.emit(PolicyMoved(number=number, state=state))
        now = tx.clock.now()
    return replace(found, state=state, decided_by=actor.user_id, decided_at=now)


def freeze(
    tx: WriteHandle,
    one_id: OneId,
    *,
    kind: FreezeKind,
    reason: str,
    channels: Sequence[Channel] = (),
    until: datetime | None = None,
) -> Freeze:
    """Leave a customer in peace until the freeze is lifted or over. Raises BadFreeze, UnknownCustomer.

    Called by the bank's own rules too (complaints, risk), so it asks for no permission; http does.
    """
    why, now = " ".join(reason.split()), tx.clock.now()
    if len(why) not in _REASON or (until is not None and until <= now):
        raise BadFreeze
    if not profile.facts.knows(tx, one_id):
        raise profile.UnknownCustomer
    made = Freeze(
        new_id(tx.clock), one_id, kind, tuple(sorted(set(channels))), why, now, until, tx.actor.user_id, None, None
    )
    store.add_freeze(tx, made)
    tx.emit(FreezeMoved(subject=one_id, freeze=str(made.id), lifted=False))
    return made


def place_freeze(
    bank: Bank, actor: Actor, one_id: OneId, *, kind: FreezeKind, reason: str, channels: Sequence[Channel],
    until: datetime | None,
) -> Freeze:  # fmt: skip
    """Freeze a customer by hand. Raises Forbidden, BadFreeze, UnknownCustomer."""
    actor.require(Permission.GATE_EDIT)
    with bank.write(actor) as tx:
        return freeze(tx, one_id, kind=kind, reason=reason, channels=channels, until=until)


def lift(bank: Bank, actor: Actor, freeze_id: UUID) -> None:
    """Lift a freeze. Raises UnknownFreeze."""
    actor.require(Permission.GATE_EDIT)
    with bank.write(actor) as tx:
        one_id = store.lift_freeze(tx, freeze_id)
        if one_id is None:
            raise UnknownFreeze
        tx.emit(FreezeMoved(subject=one_id, freeze=str(freeze_id), lifted=True))


def freezes(
    bank: Bank, actor: Actor, *, one_id: OneId | None, in_force_only: bool, cursor: str | None, limit: int
) -> Page[Freeze]:
    """Freezes of customers in scope, newest first; the look is recorded."""
    actor.require(Permission.GATE_READ)
    now = bank.clock.now() if in_force_only else None
    with bank.write(actor) as tx:
        page = store.freezes(tx, one_id=one_id, now=now, cursor=cursor, limit=limit)
        one_ids = sorted({int(freeze.one_id) for freeze in page.items})
        tx.emit(profile.CustomersListed(where="gate.freezes", count=len(one_ids), one_ids=one_ids))
    return page


def calendar(bank: Bank, actor: Actor, year: int) -> list[Day]:
    """Holidays and make-up workdays of a year."""
    actor.require(Permission.GATE_READ)
    with bank.read(actor) as tx:
        return store.calendar(tx, date(year, 1, 1), date(year, 12, 31))


def set_day(bank: Bank, actor: Actor, day: Day) -> None:
    """Say what kind of day a day is. Raises Invalid."""
    actor.require(Permission.GATE_EDIT)
    if len(day.name.strip()) not in _NAME:
        raise Invalid(reason="请填写日子的名称")
    with bank.write(actor) as tx:
        store.set_day(tx, day)
        tx.emit(CalendarChanged(day=day.day.isoformat(), day_kind=day.kind))


def clear_day(bank: Bank, actor: Actor, day: date) -> None:
    """Let a day be what its weekday says."""
    actor.require(Permission.GATE_EDIT)
    with bank.write(actor) as tx:
        store.clear_day(tx, day)
        tx.emit(CalendarChanged(day=day.isoformat(), day_kind=""))


def hold_out(
    tx: WriteHandle, name: str, one_ids: Sequence[OneId], *, campaign: str = "", until: datetime | None = None
) -> Holdout:
    """Register customers who are kept from a campaign (empty: from all soliciting), from now. Raises BadHoldout."""
    if len(name.strip()) not in _NAME:
        raise BadHoldout(reason="名称应为 1 至 60 个字")
    if not len(one_ids):
        raise BadHoldout(reason="没有客户")
    now = tx.clock.now()
    if until is not None and until <= now:
        raise BadHoldout(reason="截止时间须晚于现在")
    made = Holdout(name.strip(), campaign, now, until, len(set(one_ids)))
    if not store.add_holdout(tx, made, one_ids):
        raise BadHoldout(reason=f"名称“{name}”已被使用")
    tx.emit(HoldoutMoved(holdout=made.name, members=made.members, ended=False))
    return made


def end_holdout(tx: WriteHandle, name: str) -> None:
    """End a hold-out now. Raises BadHoldout."""
    if not store.end_holdout(tx, name):
        raise BadHoldout(reason=f"没有名为“{name}”且仍在进行的对照组")
    tx.emit(HoldoutMoved(holdout=name, members=0, ended=True))


def holdouts(bank: Bank, actor: Actor) -> list[Holdout]:
    """Every hold-out."""
    actor.require(Permission.GATE_READ)
    with bank.read(actor) as tx:
        return store.holdouts(tx)


def refusals(bank: Bank, actor: Actor, wanted: RefusalFilter, *, cursor: str | None, limit: int) -> Page[Refusal]:
    """What the gate refused to customers in scope, newest first; the look is recorded."""
    actor.require(Permission.GATE_READ)
    with bank.write(actor) as tx:
        page = store.refusals(tx, wanted, cursor=cursor, limit=limit)
        one_ids = sorted({refusal.one_id for refusal in page.items})
        tx.emit(profile.CustomersListed(where="gate.refusals", count=len(one_ids), one_ids=list(one_ids)))
    return page


def refusal_counts(bank: Bank, actor: Actor) -> list[dict[str, Any]]:
    """Refusals of the last 30 days by check and channel, trials left out."""
    actor.require(Permission.GATE_READ)
    with bank.read(actor) as tx:
        return [dict(row) for row in store.refusal_counts(tx, bank.clock.now() - timedelta(days=_COUNTED_DAYS))]


def require_reader(actor: Actor) -> None:
    """Raises Forbidden unless the actor may read what the gate asks."""
    actor.require(Permission.GATE_READ)
