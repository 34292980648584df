"""The one definition of what consent says, as SQL conditions over a set of customers; one customer is a set of one."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    FromClause,
    Select,
    and_,
    any_,
    case,
    exists,
    func,
    literal,
    or_,
    select,
    true,
)

from liuke.guard.consent.model import BASES, COMPELLED, BlockKind, Channel, Ground, Purpose, Reason
from liuke.guard.consent.store import bit, block_table, quiet_table, sensitive_bit, state_table
from liuke.kernel.clock import BANK_ZONE

#: Lists that bind the bank whatever the purpose; the others are the customer's or the bank's wish and yield to the law.
_BINDING: Final = (BlockKind.DECEASED,)

#: A condition on a column of customers.
Narrow = Callable[[ColumnElement[Any]], ColumnElement[bool]]


@dataclass(frozen=True, slots=True)
class Question:
    """May the bank reach customers for a purpose on a channel now? ``sensitive``: is sensitive information used?

    ``automated``: is it decided by machines alone, with notable effect on the customer?
    """

    purpose: Purpose
    channel: Channel
    now: datetime
    sensitive: bool = False
    automated: bool = False


def verdicts(customers: FromClause, question: Question) -> Select[Any]:
    """(one_id, refusal) of every customer: the first `Reason` against, or NULL. ``customers``: ``one_id`` once each."""
    joined, refusal = onto(customers, customers.c.one_id, question)
    return select(customers.c.one_id, refusal.label("refusal")).select_from(joined)


def onto(
    source: FromClause, one_id: ColumnElement[Any], question: Question, *, only: Narrow | None = None
) -> tuple[FromClause, ColumnElement[Any]]:
    """A query over customers with what they granted joined on, and the first reason against (NULL: allowed).

    ``only`` narrows what is read, by the column of customers, to those the query asks about anyway.
    """
    refusal = case(
        *((clause, literal(found.value)) for found, clause in _against(one_id, question).items()), else_=None
    )
    return _with_state(source, one_id, only), refusal


def every(customers: FromClause, question: Question) -> Select[Any]:
    """(one_id, one boolean for each `Reason`): the same conditions, all of them told."""
    columns = (clause.label(reason.value) for reason, clause in _against(customers.c.one_id, question).items())
    return select(customers.c.one_id, *columns).select_from(_with_state(customers, customers.c.one_id, None))


def _against(one_id: ColumnElement[Any], question: Question) -> dict[Reason, ColumnElement[bool]]:
    """What speaks against, in order; each is true or false, never NULL."""
    state, purpose = state_table.c, question.purpose
    found: dict[Reason, ColumnElement[bool]] = {}
    found[Reason.BLOCKED] = and_(func.coalesce(state.blocks, False), exists(blocks_of(one_id, question)))
    switches = []
    if purpose is Purpose.PROFILING:
        switches.append(~func.coalesce(state.personal, True))
    if question.automated:
        switches.append(~func.coalesce(state.automated, True))
    if switches:
        found[Reason.SWITCHED_OFF] = or_(*switches)
    if BASES[purpose].ground is Ground.CONSENT:
        found[Reason.NOT_GRANTED] = _lacks(state.granted, bit(purpose, question.channel))
        if question.sensitive:
            found[Reason.SENSITIVE_NOT_GRANTED] = _lacks(state.sensitive, sensitive_bit(purpose))
    if purpose not in COMPELLED:
        found[Reason.QUIET] = and_(func.coalesce(state.quiets, False), exists(quiets_of(one_id, question)))
    return found


def blocks_of(one_id: ColumnElement[Any], question: Question) -> Select[Any]:
    """A customer's entries on lists that hold for the purpose and channel now."""
    block = block_table.c
    holds = and_(
        block.one_id == one_id,
        block.lifted_at.is_(None),
        or_(block.until.is_(None), block.until > question.now),
        or_(func.cardinality(block.purposes) == 0, _among(question.purpose.value, block.purposes)),
        or_(func.cardinality(block.channels) == 0, _among(question.channel.value, block.channels)),
        block.kind.in_(_BINDING) if question.purpose in COMPELLED else true(),
    )
    return select(block_table).where(holds)


def quiets_of(one_id: ColumnElement[Any], question: Question) -> Select[Any]:
    """A customer's quiet hours that hold on the channel at this minute of Shanghai."""
    hours, local = quiet_table.c, question.now.astimezone(BANK_ZONE)
    minute, today = local.hour * 60 + local.minute, local.date()
    yesterday = today - timedelta(days=1)
    within = and_(hours.from_minute < hours.to_minute, hours.from_minute <= minute, hours.to_minute > minute)
    evening = and_(hours.from_minute > hours.to_minute, hours.from_minute <= minute)
    morning = and_(hours.from_minute > hours.to_minute, hours.to_minute > minute)
    holds = and_(
        hours.one_id == one_id,
        hours.removed_at.is_(None),
        or_(func.cardinality(hours.channels) == 0, _among(question.channel.value, hours.channels)),
        or_(and_(or_(within, evening), _on(today)), and_(morning, _on(yesterday))),
    )
    return select(quiet_table).where(holds)


def _on(day: date) -> ColumnElement[bool]:
    """Whether quiet hours hold on the day they begin."""
    hours = quiet_table.c
    return and_(
        or_(func.cardinality(hours.weekdays) == 0, _among(day.isoweekday(), hours.weekdays)),
        or_(hours.starts_on.is_(None), hours.starts_on <= day),
        or_(hours.ends_on.is_(None), hours.ends_on >= day),
    )


def _among(value: str | int, column: ColumnElement[Any]) -> ColumnElement[bool]:
    return literal(value) == any_(column)


def _lacks(held: ColumnElement[Any], wanted: int) -> ColumnElement[bool]:
    return func.coalesce(held, 0).op("&")(literal(wanted, BigInteger)) == 0


def _with_state(source: FromClause, one_id: ColumnElement[Any], only: Narrow | None) -> FromClause:
    held = state_table.c.one_id
    return source.outerjoin(state_table, and_(held == one_id, only(held)) if only else held == one_id)
