"""Freezes, hold-outs and the calendar: set by compliance, or by the bank's own rules."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final
from uuid import UUID

from liuke.data import profile
from liuke.guard.consent import Channel
from liuke.guard.gate.policy import store as policies
from liuke.guard.gate.policy.model import Day
from liuke.guard.gate.settings import store
from liuke.guard.gate.settings.events import CalendarChanged, FreezeMoved, HoldoutMoved
from liuke.guard.gate.settings.model import BadFreeze, BadHoldout, Freeze, FreezeKind, Holdout, UnknownFreeze
from liuke.kernel.actor import Actor, Permission
from liuke.kernel.bank import Bank
from liuke.kernel.errors import Invalid
from liuke.kernel.ids import OneId, new_id
from liuke.kernel.page import Page
from liuke.kernel.store.records import WriteHandle

_REASON: Final = range(4, 201)
_NAME: Final = range(1, 61)


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
        return policies.calendar(tx, date(year, 1, 1), date(year, 12, 31))


def set_day(bank: Bank, actor: Actor, day: Day) -> None:
    """Say what kind of day a day is. Raises Invalid."""
    actor.require(Permission.GATE_EDIT)
    if len(day.name.strip()) not in _NAME:
        raise Invalid(reason="请填写日子的名称")
    with bank.write(actor) as tx:
        policies.set_day(tx, day)
        tx.emit(CalendarChanged(day=day.day.isoformat(), day_kind=day.kind))


def clear_day(bank: Bank, actor: Actor, day: date) -> None:
    """Let a day be what its weekday says."""
    actor.require(Permission.GATE_EDIT)
    with bank.write(actor) as tx:
        policies.clear_day(tx, day)
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
