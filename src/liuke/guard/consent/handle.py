"""What a signed-in user does with consents: each act with its permission, each look recorded."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from liuke.data import profile
from liuke.guard.consent import service, store
from liuke.guard.consent.model import (
    Act,
    Block,
    BlockKind,
    Channel,
    ConsentViewed,
    Entry,
    Purpose,
    Quiet,
    State,
    Verdict,
)
from liuke.kernel.actor import Actor, Permission
from liuke.kernel.bank import Bank
from liuke.kernel.ids import OneId
from liuke.kernel.page import Page
from liuke.kernel.store.records import WriteHandle

_MANY = 200


@dataclass(frozen=True, slots=True)
class Sheet:
    """Everything consent knows of a customer now."""

    state: State
    blocks: list[Block]
    quiets: list[Quiet]


def _seen(bank: Bank, tx: WriteHandle, customer_no: str, part: str) -> OneId:
    """The customer within the actor's scope; the look is recorded."""
    tx.actor.require(Permission.CONSENT_READ)
    one_id = profile.facts.number_of(bank, customer_no)
    if not profile.facts.knows(tx, one_id):
        raise profile.UnknownCustomer
    tx.emit(ConsentViewed(subject=one_id, part=part))
    return one_id


def sheet(bank: Bank, actor: Actor, customer_no: str) -> Sheet:
    """What a customer granted, black lists and quiet hours. Raises Forbidden, UnknownCustomer."""
    with bank.write(actor) as tx:
        one_id = _seen(bank, tx, customer_no, "sheet")
        held = store.blocks(tx, one_id=one_id, kind=None, now=bank.clock.now(), cursor=None, limit=_MANY)
        return Sheet(service.state(tx, [one_id])[one_id], list(held.items), store.quiets(tx, one_id))


def history(bank: Bank, actor: Actor, customer_no: str, *, cursor: str | None, limit: int) -> Page[Entry]:
    """Acts of a customer, latest first. Raises Forbidden, UnknownCustomer, BadCursor."""
    with bank.write(actor) as tx:
        one_id = _seen(bank, tx, customer_no, "history")
        return store.history(tx, one_id, cursor=cursor, limit=limit)


def verdict(bank: Bank, actor: Actor, customer_no: str, *, purpose: Purpose, channel: Channel) -> Verdict:
    """Whether the bank may reach the customer now, with every reason. Raises Forbidden, UnknownCustomer."""
    with bank.write(actor) as tx:
        one_id = _seen(bank, tx, customer_no, "verdict")
        return service.verdict(tx, one_id, purpose=purpose, channel=channel, now=bank.clock.now())


def record(bank: Bank, actor: Actor, customer_no: str, act: Act) -> int:
    """Write an act of the customer. Raises Forbidden and the errors of `service.record`."""
    actor.require(Permission.CONSENT_EDIT)
    with bank.write(actor) as tx:
        return service.record(tx, profile.facts.number_of(bank, customer_no), act)


def blocks(bank: Bank, actor: Actor, *, kind: BlockKind | None, cursor: str | None, limit: int) -> Page[Block]:
    """Black lists in force within the actor's scope, latest first; the look is recorded."""
    actor.require(Permission.CONSENT_READ)
    with bank.write(actor) as tx:
        page = store.blocks(tx, one_id=None, kind=kind, now=bank.clock.now(), cursor=cursor, limit=limit)
        seen = [int(found.one_id) for found in page.items]
        tx.emit(profile.CustomersListed(where="consent_blocks", count=len(seen), one_ids=seen))
    return page


def block(
    bank: Bank,
    actor: Actor,
    customer_no: str,
    *,
    kind: BlockKind,
    reason: str,
    purposes: Sequence[Purpose],
    channels: Sequence[Channel],
    until: datetime | None,
) -> int:
    """Put a customer on a list. Raises Forbidden, UnknownCustomer, BadBlock."""
    actor.require(Permission.CONSENT_EDIT)
    one_id = profile.facts.number_of(bank, customer_no)
    with bank.write(actor) as tx:
        return service.block(tx, one_id, kind=kind, reason=reason, purposes=purposes, channels=channels, until=until)


def lift(bank: Bank, actor: Actor, block_id: int, *, reason: str) -> None:
    """Take a customer off a list. Only compliance may. Raises Forbidden, UnknownBlock, BadBlock."""
    actor.require(Permission.SUBJECT_HANDLE)
    with bank.write(actor) as tx:
        service.lift(tx, block_id, reason=reason)


def set_quiet(
    bank: Bank,
    actor: Actor,
    customer_no: str,
    *,
    from_minute: int,
    to_minute: int,
    channels: Sequence[Channel],
    weekdays: Sequence[int],
    starts_on: date | None,
    ends_on: date | None,
) -> int:
    """Set quiet hours. Raises Forbidden, UnknownCustomer, BadQuiet."""
    actor.require(Permission.CONSENT_EDIT)
    one_id = profile.facts.number_of(bank, customer_no)
    with bank.write(actor) as tx:
        return service.set_quiet(
            tx,
            one_id,
            from_minute=from_minute,
            to_minute=to_minute,
            channels=channels,
            weekdays=weekdays,
            starts_on=starts_on,
            ends_on=ends_on,
        )


def remove_quiet(bank: Bank, actor: Actor, customer_no: str, quiet_id: int) -> None:
    """Take quiet hours back. Raises Forbidden, UnknownQuiet."""
    actor.require(Permission.CONSENT_EDIT)
    one_id = profile.facts.number_of(bank, customer_no)
    with bank.write(actor) as tx:
        service.remove_quiet(tx, one_id, quiet_id)
