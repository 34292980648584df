"""The one definition of what consent says, as SQL conditions over a set of customers; one customer is a set of one."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Date,
    DateTime,
    FromClause,
    Integer,
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

from liuke.guard.consent.model import BASES, COMPELLED, BlockKind, Channel, Ground, Matter, Purpose, Reason
from liuke.guard.consent.store import bit, block_table, entry_table, quiet_table, sensitive_bit, state_table
from liuke.kernel.clock import BANK_ZONE
from liuke.kernel.store.places import place

#: Lists that bind the bank whatever the purpose; the others are the customer's or the bank's wish and yield to the law.
_BINDING: Final = (BlockKind.DECEASED,)

#: A condition on a column of customers.
Narrow = Callable[[ColumnElement[Any]], ColumnElement[bool]]


@dataclass(frozen=True, slots=True)
class Question:
    """May the bank reach customers for a purpose on a channel now? ``sensitive``: is sensitive information used?

    ``automated``: is it decided by machines alone, with notable effect on the customer? ``past``: judged by what was on
    record at ``now``, not by what is on record.
    """

    purpose: Purpose
    channel: Channel
    now: datetime
    sensitive: bool = False
    automated: bool = False
    past: bool = False

    def places(self) -> Mapping[str, object]:
        """What of a statement is another at another moment, by the names of its places; all else of it is the same."""
        local = self.now.astimezone(BANK_ZONE)
        today = local.date()
        eve = today - timedelta(days=1)
        return {
            "consent_now": self.now,
            "consent_minute": local.hour * 60 + local.minute,
            "consent_today": today,
            "consent_eve": eve,
            "consent_today_weekday": today.isoweekday(),
            "consent_eve_weekday": eve.isoweekday(),
        }

    def known_at(self) -> ColumnElement[Any] | None:
        """Until when records count, for a question about the past."""
        return _now(self) if self.past else None


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
    held, purpose = _held(one_id, question), question.purpose
    found: dict[Reason, ColumnElement[bool]] = {}
    found[Reason.BLOCKED] = and_(held.blocks, exists(blocks_of(one_id, question)))
    switches = []
    if purpose is Purpose.PROFILING:
        switches.append(~held.personal)
    if question.automated:
        switches.append(~held.automated)
    if switches:
        found[Reason.SWITCHED_OFF] = or_(*switches)
    if BASES[purpose].ground is Ground.CONSENT:
        found[Reason.NOT_GRANTED] = ~held.granted
        if question.sensitive:
            found[Reason.SENSITIVE_NOT_GRANTED] = ~held.sensitive
    if purpose not in COMPELLED:
        found[Reason.QUIET] = and_(held.quiets, exists(quiets_of(one_id, question)))
    return found


@dataclass(frozen=True, slots=True)
class _Held:
    """What a customer holds, as conditions that are never NULL; ``blocks`` and ``quiets``: whether there may be any."""

    granted: ColumnElement[bool]
    sensitive: ColumnElement[bool]
    personal: ColumnElement[bool]
    automated: ColumnElement[bool]
    blocks: ColumnElement[bool]
    quiets: ColumnElement[bool]


def _held(one_id: ColumnElement[Any], question: Question) -> _Held:
    state, purpose = state_table.c, question.purpose
    if question.past:
        return _Held(
            _last_said(one_id, question, Matter.CONTACT, otherwise=False),
            _last_said(one_id, question, Matter.SENSITIVE, otherwise=False),
            _last_said(one_id, question, Matter.PERSONAL, otherwise=True),
            _last_said(one_id, question, Matter.AUTOMATED, otherwise=True),
            true(),
            true(),
        )
    return _Held(
        _has(state.granted, bit(purpose, question.channel)),
        _has(state.sensitive, sensitive_bit(purpose)),
        func.coalesce(state.personal, True),
        func.coalesce(state.automated, True),
        func.coalesce(state.blocks, False),
        func.coalesce(state.quiets, False),
    )


def _last_said(
    one_id: ColumnElement[Any], question: Question, matter: Matter, *, otherwise: bool
) -> ColumnElement[bool]:
    """What the last act on record at the time says of a matter; ``otherwise`` when nothing was ever said of it."""
    entry = entry_table.c
    query = select(entry.granted).where(
        entry.one_id == one_id, entry.matter == matter.value, entry.recorded_at <= _now(question)
    )
    if matter in (Matter.CONTACT, Matter.SENSITIVE):
        query = query.where(entry.purpose == question.purpose.value)
    if matter is Matter.CONTACT:
        query = query.where(_among(question.channel.value, entry.channels))
    return func.coalesce(query.order_by(entry.id.desc()).limit(1).scalar_subquery(), otherwise)


def blocks_of(one_id: ColumnElement[Any], question: Question) -> Select[Any]:
    """A customer's entries on lists that hold for the purpose and channel now."""
    block = block_table.c
    holds = and_(
        block.one_id == one_id,
        *_there(question, block.since, block.lifted_at),
        or_(block.until.is_(None), block.until > _now(question)),
        or_(func.cardinality(block.purposes) == 0, _among(question.purpose.value, block.purposes)),
        or_(func.cardinality(block.channels) == 0, _among(question.channel.value, block.channels)),
        block.kind.in_(_BINDING) if question.purpose in COMPELLED else true(),
    )
    return select(block_table).where(holds)


def quiets_of(one_id: ColumnElement[Any], question: Question) -> Select[Any]:
    """A customer's quiet hours that hold on the channel at this minute of Shanghai."""
    hours, minute = quiet_table.c, place("consent_minute", question.places()["consent_minute"], Integer())
    within = and_(hours.from_minute < hours.to_minute, hours.from_minute <= minute, hours.to_minute > minute)
    evening = and_(hours.from_minute > hours.to_minute, hours.from_minute <= minute)
    morning = and_(hours.from_minute > hours.to_minute, hours.to_minute > minute)
    holds = and_(
        hours.one_id == one_id,
        *_there(question, hours.made_at, hours.removed_at),
        or_(func.cardinality(hours.channels) == 0, _among(question.channel.value, hours.channels)),
        or_(and_(or_(within, evening), _on("consent_today", question)), and_(morning, _on("consent_eve", question))),
    )
    return select(quiet_table).where(holds)


def _there(question: Question, begun: ColumnElement[Any], ended: ColumnElement[Any]) -> tuple[ColumnElement[bool], ...]:
    """Whether something on record holds: now, or at the time that is asked about."""
    if not question.past:
        return (ended.is_(None),)
    return begun <= _now(question), or_(ended.is_(None), ended > _now(question))


def _now(question: Question) -> ColumnElement[Any]:
    return place("consent_now", question.now, DateTime(timezone=True))


def _on(name: str, question: Question) -> ColumnElement[bool]:
    """Whether quiet hours hold on the day they begin, the one of this place."""
    hours, given = quiet_table.c, question.places()
    day = place(name, given[name], Date())
    weekday = place(f"{name}_weekday", given[f"{name}_weekday"], Integer())
    return and_(
        or_(func.cardinality(hours.weekdays) == 0, weekday == any_(hours.weekdays)),
        or_(hours.starts_on.is_(None), hours.starts_on <= day),
        or_(hours.ends_on.is_(None), hours.ends_on >= day),
    )


def _among(value: str, column: ColumnElement[Any]) -> ColumnElement[bool]:
    return literal(value) == any_(column)


def _has(held: ColumnElement[Any], wanted: int) -> ColumnElement[bool]:
    return func.coalesce(held, 0).op("&")(literal(wanted, BigInteger)) != 0


def _with_state(source: FromClause, one_id: ColumnElement[Any], only: Narrow | None) -> FromClause:
    held = state_table.c.one_id
    return source.outerjoin(state_table, and_(held == one_id, only(held)) if only else held == one_id)
