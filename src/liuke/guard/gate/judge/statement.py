"""The one definition of a verdict: a statement over a set of customers. One customer is a set of one.

The statement answers for each customer ``refusal`` (NULL: permitted), the first check that says no and what in it:
``consent:not_granted``, ``cap:短信每周``. Checks that do not depend on the customer (purpose, quiet hours, words) are
judged in `ask` and go into it as constants, so that the order of checks is the same for everybody.
"""

from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    ColumnElement,
    Date,
    DateTime,
    FromClause,
    Select,
    Text,
    and_,
    any_,
    case,
    cast,
    false,
    func,
    literal,
    literal_column,
    or_,
    select,
    true,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import TypeEngine

from liuke.guard import consent, suitability
from liuke.guard.gate.judge.ask import Ask
from liuke.guard.gate.judge.model import SOLICITING, Check
from liuke.guard.gate.judge.store import send_table
from liuke.guard.gate.policy.catalogue import CUSTOMER
from liuke.guard.gate.policy.document import compiled
from liuke.guard.gate.policy.model import Cap
from liuke.guard.gate.policy.store import calendar_table
from liuke.guard.gate.settings.store import freeze_table, holdout_table, member_table
from liuke.kernel import rule
from liuke.kernel.store.places import place

_MOMENT: Final = DateTime(timezone=True)


def statement(people: FromClause, ask: Ask, *, only: consent.Narrow | None = None, told: bool = False) -> Select[Any]:
    """(one_id, refusal) of every customer of ``people``, which has the columns of `profile.facts.rows`; and, when
    ``told``, what each check saw. ``only`` holds for all of them, by their column, so that nothing else is read.
    """
    rows, buyer = _facts(people, ask, only, told=told)
    facts = rows.offset(0).subquery("facts")  # computed once, not anew wherever a verdict looks at it
    seen = facts.c
    against = _against(facts, ask)
    refusal = case(*((condition, code) for condition, code in against), else_=None) if against else literal(None, Text)
    if not told:
        return select(seen.one_id, refusal.label("refusal"))
    counts = [seen[f"n{place}"] for place in range(len(ask.caps))]
    ruled = [_holds(facts, found.text).label(f"r{place}") for place, found in enumerate(ask.policy.rules)]
    judged = [seen.consent, seen.suitability, seen.freeze, seen.holdout, *(seen[name] for name in buyer)]
    shown = [seen[name] for name in SHOWN]
    return select(seen.one_id, refusal.label("refusal"), *judged, *counts, *ruled, *shown, *_evidence(facts, ask))


#: Facts of the customer that a told row shows.
SHOWN: Final = ("branch_path", "rm_no", *CUSTOMER)


def _evidence(facts: FromClause, ask: Ask) -> list[ColumnElement[Any]]:
    """What refusals rest on beyond the facts: each is looked up only for a customer whom its check refuses."""
    seen, held = facts.c, freeze_table.c
    frozen = func.jsonb_build_object(
        "id", held.id, "kind", held.kind, "since", held.since, "until", held.until, type_=JSONB
    )
    freeze = select(frozen).where(held.one_id == seen.one_id, *freezes_of(ask)).order_by(held.since).limit(1)
    found: list[ColumnElement[Any]] = [
        consent.evidence(seen.one_id, ask.to_consent(), seen.consent).label("consent_evidence"),
        case((seen.freeze.is_not(None), freeze.scalar_subquery()), else_=None).label("freeze_evidence"),
        *(_frees(facts, ask, number, cap).label(f"free{number}") for number, cap in enumerate(ask.caps)),
    ]
    if ask.quiet is not None:
        day = calendar_table.c
        days = select(func.jsonb_object_agg(day.day, day.kind, type_=JSONB))
        ahead = day.day.between(_at("gate_today", ask, Date()), _at("gate_horizon", ask, Date()))
        found.append(days.where(ahead).scalar_subquery().label("calendar"))
    return found


def _frees(facts: FromClause, ask: Ask, number: int, cap: Cap) -> ColumnElement[Any]:
    """The send after whose leaving the window there is room again; NULL when there is room, or never will be."""
    if cap.limit == 0 or cap.hours is None:
        return cast(literal(None, _MOMENT), _MOMENT)
    sent = send_table.c
    full = select(sent.sent_at).where(sent.one_id == facts.c.one_id, *counted(number, ask))
    oldest = full.order_by(sent.sent_at.desc()).offset(cap.limit - 1).limit(1).scalar_subquery()
    return case((facts.c[f"n{number}"] >= cap.limit, oldest), else_=None)


def _at(name: str, ask: Ask, kind: TypeEngine[Any]) -> ColumnElement[Any]:
    """A place of the statement, with the value of this question."""
    return place(name, ask.places()[name], kind)


def _against(facts: FromClause, ask: Ask) -> list[tuple[ColumnElement[bool], ColumnElement[Any]]]:
    """What speaks against a customer, in the order of `Check`, each with its code."""
    seen = facts.c
    found: list[tuple[ColumnElement[bool], ColumnElement[Any]]] = [_told(Check.CONSENT, seen.consent)]
    if ask.misuse is not None:
        found.append((true(), literal(Check.PURPOSE.value)))
    found += [_told(check, seen[check.value]) for check in (Check.SUITABILITY, Check.FREEZE, Check.HOLDOUT)]
    for number, cap in enumerate(ask.caps):
        found.append((seen[f"n{number}"] >= cap.limit, literal(f"{Check.CAP}:{cap.name}")))
    if ask.quiet is not None:
        found.append((true(), literal(f"{Check.QUIET}:{ask.quiet.name}")))
    if ask.faults:
        found.append((true(), literal(f"{Check.WORDING}:{ask.faults[0].rule.name}")))
    for made in ask.policy.rules:
        found.append((_holds(facts, made.text), literal(f"{Check.RULE}:{made.name}")))
    return found


def _told(check: Check, said: ColumnElement[Any]) -> tuple[ColumnElement[bool], ColumnElement[Any]]:
    return said.is_not(None), literal(f"{check}:").concat(said)


def _holds(facts: FromClause, text: str) -> ColumnElement[bool]:
    """Whether a gate rule is true; unknown is not."""
    del facts  # its columns are named in the rule
    return literal_column(f"(({rule.to_sql(compiled(text), 'postgres')}) IS TRUE)", Boolean)


def _facts(people: FromClause, ask: Ask, only: consent.Narrow | None, *, told: bool) -> tuple[Select[Any], list[str]]:
    """What the verdicts look at, and the names of the facts about the customer as a buyer."""
    one_id = people.c.one_id
    joined, agrees = consent.onto(people, one_id, ask.to_consent(), only=only)
    suits: ColumnElement[Any] = cast(literal(None, Text), Text)
    buyer: list[ColumnElement[Any]] = []
    if ask.sale is not None:
        joined, suits, buyer = suitability.onto(joined, one_id, ask.sale, only=only, told=told)
    frozen = _frozen(ask, only).subquery("frozen")
    held = _held_out(ask, only).subquery("held")
    sent = _sent(ask, only).subquery("sent")
    for part in (frozen, held, sent):
        joined = joined.outerjoin(part, part.c.one_id == one_id)
    complaint = people.c.open_complaints > 0 if ask.purpose in SOLICITING else false()
    own = {"consent": agrees, "suitability": suits, "holdout": held.c.name}
    own["freeze"] = case((complaint, literal("complaint")), else_=frozen.c.kind)
    own |= {f"n{place}": func.coalesce(sent.c[f"n{place}"], 0) for place in range(len(ask.caps))}
    own |= _send_facts(ask)
    own["risk_valid_until"] = cast(people.c.risk_valid_until, Date)
    kept = [people.c[name] for name in ("one_id", *SHOWN) if name not in own]
    named = [value.label(name) for name, value in own.items()]
    return select(*kept, *named, *buyer).select_from(joined), [fact.key for fact in buyer if fact.key]


def _send_facts(ask: Ask) -> dict[str, ColumnElement[Any]]:
    """The fields of `catalogue.SEND`, as SQL."""
    texts = {name: value for name, value in ask.values().items() if name not in ("amount", "hour", "automated")}
    texts.pop("campaign")
    return {
        **{name: cast(literal(value, Text), Text) for name, value in texts.items()},
        "campaign": _at("gate_campaign", ask, Text()),
        "amount": _at("gate_amount", ask, BigInteger()),
        "hour": _at("gate_hour", ask, BigInteger()),
        "automated": literal(ask.message.automated, Boolean),
    }


def _frozen(ask: Ask, only: consent.Narrow | None) -> Select[Any]:
    """Customers under a freeze that bears on this send, each once."""
    held = freeze_table.c
    query = select(held.one_id, func.min(held.kind).label("kind")).group_by(held.one_id)
    return _narrowed(query.where(*freezes_of(ask)), held.one_id, only)


def freezes_of(ask: Ask) -> list[ColumnElement[bool]]:
    """Which freezes bear on a send."""
    held = freeze_table.c
    now = _at("gate_now", ask, _MOMENT)
    unlifted = or_(held.lifted_at.is_(None), held.lifted_at > now) if ask.past else held.lifted_at.is_(None)
    return [
        true() if ask.purpose in SOLICITING else false(),
        held.since <= now if ask.past else true(),
        unlifted,
        or_(held.until.is_(None), held.until > now),
        or_(func.cardinality(held.channels) == 0, literal(ask.channel.value) == any_(held.channels)),
    ]


def _held_out(ask: Ask, only: consent.Narrow | None) -> Select[Any]:
    """Customers in a hold-out that bears on this send, each once."""
    held, member = holdout_table.c, member_table.c
    now = _at("gate_now", ask, _MOMENT)
    bears = and_(
        true() if ask.purpose in SOLICITING else false(),
        held.since <= now,
        or_(held.until.is_(None), held.until > now),
        or_(held.campaign == "", held.campaign == _at("gate_campaign", ask, Text())),
    )
    query = select(member.one_id, func.min(held.name).label("name")).join(holdout_table, held.name == member.name)
    return _narrowed(query.where(bears).group_by(member.one_id), member.one_id, only)


def _sent(ask: Ask, only: consent.Narrow | None) -> Select[Any]:
    """How many sends count towards each cap."""
    sent = send_table.c
    counts = [func.count().filter(*counted(number, ask)).label(f"n{number}") for number in range(len(ask.caps))]
    query = select(sent.one_id, *counts).where(sent.sent_at >= _at("gate_earliest", ask, _MOMENT)).group_by(sent.one_id)
    if not ask.caps:
        query = query.where(false())
    return _narrowed(query, sent.one_id, only)


def counted(number: int, ask: Ask) -> list[ColumnElement[bool]]:
    """Which sends count towards the cap of this number."""
    sent, cap, start = send_table.c, ask.caps[number], _at(f"gate_start{number}", ask, _MOMENT)
    inside = sent.sent_at > start if cap.hours is not None else sent.sent_at >= start
    return [
        inside,
        sent.purpose.in_([purpose.value for purpose in cap.purposes]),
        true() if cap.channel is None else sent.channel == cap.channel.value,
        sent.sent_at <= _at("gate_now", ask, _MOMENT) if ask.past else true(),
    ]


def _narrowed(query: Select[Any], column: ColumnElement[Any], only: consent.Narrow | None) -> Select[Any]:
    return query.where(only(column)) if only else query
