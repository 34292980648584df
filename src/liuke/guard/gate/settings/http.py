"""Freezes, the calendar and hold-outs over HTTP."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body, Query
from pydantic import Field

from liuke.data import profile
from liuke.guard.consent import Channel
from liuke.guard.gate.policy.model import Day, DayKind
from liuke.guard.gate.settings import service as settings
from liuke.guard.gate.settings.model import BadFreeze, Freeze, FreezeKind, Holdout, UnknownFreeze
from liuke.kernel.bank import Bank
from liuke.kernel.errors import Forbidden
from liuke.kernel.http import COMMON, ActorDep, BankDep, CursorQuery, LimitQuery, Wire, WirePage, problems

router = APIRouter(prefix="/api/gate", tags=["gate"], responses=COMMON | problems(Forbidden))


class FreezeIn(Wire):
    """A customer to leave in peace; empty channels are all, no ``until`` is until lifted."""

    customer_no: Annotated[str, Body(max_length=20)]
    kind: FreezeKind
    reason: Annotated[str, Body(max_length=400)]
    channels: list[Channel] = Field(default_factory=list)
    until: datetime | None = None


class FreezeOut(Wire):
    """A freeze; ``lifted_at`` null while it holds."""

    id: UUID
    customer_no: str
    kind: FreezeKind
    channels: list[Channel]
    reason: str
    since: datetime
    until: datetime | None
    placed_by: str
    lifted_at: datetime | None
    lifted_by: str | None


class DayWire(Wire):
    """A day that is not what its weekday says."""

    day: date
    kind: DayKind
    name: str


class HoldoutOut(Wire):
    """A hold-out; an empty campaign holds its customers out of all soliciting."""

    name: str
    campaign: str
    since: datetime
    until: datetime | None
    members: int


@router.get("/freezes")
def list_freezes(
    actor: ActorDep,
    bank: BankDep,
    customer_no: Annotated[str | None, Query(max_length=20)] = None,
    in_force: bool = True,
    cursor: CursorQuery = None,
    limit: LimitQuery = 50,
) -> WirePage[FreezeOut]:
    """Freezes of customers you may see, newest first."""
    one_id = profile.facts.number_of(bank, customer_no) if customer_no else None
    page = settings.freezes(bank, actor, one_id=one_id, in_force_only=in_force, cursor=cursor, limit=limit)
    return WirePage(items=[_freeze(bank, item) for item in page.items], next_cursor=page.next_cursor)


@router.post("/freezes", status_code=201, responses=problems(BadFreeze, profile.UnknownCustomer))
def place_freeze(wanted: FreezeIn, actor: ActorDep, bank: BankDep) -> FreezeOut:
    """Leave a customer in peace."""
    one_id = profile.facts.number_of(bank, wanted.customer_no)
    made = settings.place_freeze(
        bank, actor, one_id, kind=wanted.kind, reason=wanted.reason, channels=wanted.channels, until=wanted.until
    )
    return _freeze(bank, made)


@router.post("/freezes/{freeze_id}/lifting", status_code=204, responses=problems(UnknownFreeze))
def lift_freeze(freeze_id: UUID, actor: ActorDep, bank: BankDep) -> None:
    """Lift a freeze."""
    settings.lift(bank, actor, freeze_id)


@router.get("/calendar")
def read_calendar(actor: ActorDep, bank: BankDep, year: Annotated[int, Query(ge=2000, le=2100)]) -> list[DayWire]:
    """Holidays and make-up workdays of a year; every other day is what its weekday says."""
    return [DayWire.model_validate(day) for day in settings.calendar(bank, actor, year)]


@router.put("/calendar", status_code=204)
def set_day(wanted: DayWire, actor: ActorDep, bank: BankDep) -> None:
    """Say what kind of day a day is."""
    settings.set_day(bank, actor, Day(wanted.day, wanted.kind, wanted.name))


@router.delete("/calendar/{day}", status_code=204)
def clear_day(day: date, actor: ActorDep, bank: BankDep) -> None:
    """Let a day be what its weekday says."""
    settings.clear_day(bank, actor, day)


@router.get("/holdouts")
def list_holdouts(actor: ActorDep, bank: BankDep) -> list[HoldoutOut]:
    """Every hold-out, the latest first."""
    return [_holdout(item) for item in settings.holdouts(bank, actor)]


def _freeze(bank: Bank, item: Freeze) -> FreezeOut:
    facts = {name: getattr(item, name) for name in FreezeOut.model_fields if name != "customer_no"}
    number = bank.keys.customer_numbers.encode(item.one_id)
    return FreezeOut(customer_no=number, **facts | {"channels": list(item.channels)})


def _holdout(item: Holdout) -> HoldoutOut:
    return HoldoutOut.model_validate(item)
