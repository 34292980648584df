"""The one definition of a verdict: a statement over a set of customers. One customer is a set of one.

The statement answers for each customer ``refusal`` (NULL: permitted), the first check that says no and what in it:
``consent:not_granted``, ``cap:短信每周``. Checks that do not depend on the customer (purpose, quiet hours, words) are
judged here and go into it as constants, so that the order of checks is the same for everybody.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    ColumnElement,
    Date,
    FromClause,
    Integer,
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

from liuke.data import products
from liuke.guard import consent, suitability
from liuke.guard.consent import Channel, Purpose
from liuke.guard.gate import quiet, wording
from liuke.guard.gate.catalogue import CUSTOMER
from liuke.guard.gate.model import OFFERING, SOLICITING, Cap, Check, DayKind, Message, Policy, Quiet
from liuke.guard.gate.policy import compiled
from liuke.guard.gate.store import freeze_table, holdout_table, member_table, send_table
from liuke.kernel import rule
from liuke.kernel.clock import BANK_ZONE
from liuke.kernel.errors import Refused as RefusedError


@dataclass(frozen=True, slots=True)
class Ask:
    """What is asked of the gate. ``past``: judged as things stood at ``now``, not as they stand.

    A live question counts every send there is, even one stamped later than ``now``: a clock set back must not make
    room under a cap.
    """

    message: Message
    product: products.Product | None
    channel: Channel
    purpose: Purpose
    now: datetime
    policy: Policy
    version: int
    day_kind: DayKind
    sale: suitability.Sale | None = None
    past: bool = False

    @property
    def caps(self) -> list[Cap]:
        """The caps that bear on this send."""
        return [
            cap
            for cap in self.policy.caps
            if self.purpose in cap.purposes and (cap.channel is None or cap.channel is self.channel)
        ]

    @property
    def hour(self) -> int:
        """The hour of the day in Shanghai."""
        return self.now.astimezone(BANK_ZONE).hour

    def quiet(self) -> Quiet | None:
        """The quiet span that holds now."""
        today = {self.now.astimezone(BANK_ZONE).date(): self.day_kind}
        return quiet.quiet_now(self.policy.quiets, self.channel, self.purpose, self.now, today)

    def faults(self) -> list[wording.Fault]:
        """The rules of words the message breaks."""
        kind = self.product.kind.value if self.product else None
        return wording.faults(self.message.text, self.policy.wordings, product_kind=kind)

    def misuse(self) -> str | None:
        """Why the purpose does not carry the message: a product under service, a field that may not serve it."""
        if self.product is not None and self.purpose not in OFFERING:
            return "含产品推荐的内容只能用于营销或个性化推荐"
        try:
            consent.require_usable(self.message.fields, self.purpose)
        except RefusedError as refused:
            return refused.message
        return None

    def to_consent(self) -> consent.Question:
        """What is asked of consent."""
        return consent.Question(self.purpose, self.channel, self.now, automated=self.message.automated, past=self.past)

    def send_facts(self) -> dict[str, ColumnElement[Any]]:
        """The fields of `catalogue.SEND`, as SQL."""
        product = self.product
        texts = {
            "channel": self.channel.value,
            "purpose": self.purpose.value,
            "campaign": self.message.campaign,
            "product_no": self.message.product_no,
            "product_kind": product.kind.value if product else None,
            "product_risk": product.risk.value if product and product.risk else None,
            "day_kind": self.day_kind.value,
        }
        return {
            **{name: cast(literal(value, Text), Text) for name, value in texts.items()},
            "amount": cast(literal(self.message.amount, BigInteger), BigInteger),
            "hour": cast(literal(self.hour, Integer), BigInteger),
            "automated": literal(self.message.automated, Boolean),
        }


def window_start(cap: Cap, now: datetime) -> datetime:
    """From when sends count towards a cap."""
    if cap.hours is not None:
        return now - timedelta(hours=cap.hours)
    local = now.astimezone(BANK_ZONE)
    return local.replace(day=1, hour=0, minute=0, second=0, microsecond=0)


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
    return select(seen.one_id, refusal.label("refusal"), *judged, *counts, *ruled, *(seen[name] for name in _SHOWN))


_SHOWN: Final = ("branch_path", "rm_no", *CUSTOMER)


def _against(facts: FromClause, ask: Ask) -> list[tuple[ColumnElement[bool], ColumnElement[Any]]]:
    """What speaks against a customer, in the order of `Check`, each with its code."""
    seen = facts.c
    found: list[tuple[ColumnElement[bool], ColumnElement[Any]]] = [_told(Check.CONSENT, seen.consent)]
    if ask.misuse() is not None:
        found.append((true(), literal(Check.PURPOSE.value)))
    found += [_told(check, seen[check.value]) for check in (Check.SUITABILITY, Check.FREEZE, Check.HOLDOUT)]
    for place, cap in enumerate(ask.caps):
        found.append((seen[f"n{place}"] >= cap.limit, literal(f"{Check.CAP}:{cap.name}")))
    if (span := ask.quiet()) is not None:
        found.append((true(), literal(f"{Check.QUIET}:{span.name}")))
    if faults := ask.faults():
        found.append((true(), literal(f"{Check.WORDING}:{faults[0].rule.name}")))
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
    own |= ask.send_facts()
    own["risk_valid_until"] = cast(people.c.risk_valid_until, Date)
    kept = [people.c[name] for name in ("one_id", *_SHOWN) if name not in own]
    named = [value.label(name) for name, value in own.items()]
    return select(*kept, *named, *buyer).select_from(joined), [fact.key for fact in buyer if fact.key]


def _frozen(ask: Ask, only: consent.Narrow | None) -> Select[Any]:
    """Customers under a freeze that bears on this send, each once."""
    held = freeze_table.c
    query = select(held.one_id, func.min(held.kind).label("kind")).group_by(held.one_id)
    return _narrowed(query.where(*freezes_of(ask)), held.one_id, only)


def freezes_of(ask: Ask) -> list[ColumnElement[bool]]:
    """Which freezes bear on a send."""
    held = freeze_table.c
    unlifted = or_(held.lifted_at.is_(None), held.lifted_at > ask.now) if ask.past else held.lifted_at.is_(None)
    return [
        true() if ask.purpose in SOLICITING else false(),
        held.since <= ask.now if ask.past else true(),
        unlifted,
        or_(held.until.is_(None), held.until > ask.now),
        or_(func.cardinality(held.channels) == 0, literal(ask.channel.value) == any_(held.channels)),
    ]


def _held_out(ask: Ask, only: consent.Narrow | None) -> Select[Any]:
    """Customers in a hold-out that bears on this send, each once."""
    held, member = holdout_table.c, member_table.c
    bears = and_(
        true() if ask.purpose in SOLICITING else false(),
        held.since <= ask.now,
        or_(held.until.is_(None), held.until > ask.now),
        held.campaign.in_(("", ask.message.campaign)),
    )
    query = select(member.one_id, func.min(held.name).label("name")).join(holdout_table, held.name == member.name)
    return _narrowed(query.where(bears).group_by(member.one_id), member.one_id, only)


def earliest(ask: Ask) -> datetime:
    """From when sends are read at all."""
    return min((window_start(cap, ask.now) for cap in ask.caps), default=ask.now)


def _sent(ask: Ask, only: consent.Narrow | None) -> Select[Any]:
    """How many sends count towards each cap."""
    sent = send_table.c
    counts = [func.count().filter(*counted(cap, ask)).label(f"n{place}") for place, cap in enumerate(ask.caps)]
    query = select(sent.one_id, *counts).where(sent.sent_at >= earliest(ask)).group_by(sent.one_id)
    if not ask.caps:
        query = query.where(false())
    return _narrowed(query, sent.one_id, only)


def counted(cap: Cap, ask: Ask) -> list[ColumnElement[bool]]:
    """Which sends count towards a cap."""
    sent, start = send_table.c, window_start(cap, ask.now)
    inside = sent.sent_at > start if cap.hours is not None else sent.sent_at >= start
    return [
        inside,
        sent.purpose.in_([purpose.value for purpose in cap.purposes]),
        true() if cap.channel is None else sent.channel == cap.channel.value,
        sent.sent_at <= ask.now if ask.past else true(),
    ]


def _narrowed(query: Select[Any], column: ColumnElement[Any], only: consent.Narrow | None) -> Select[Any]:
    return query.where(only(column)) if only else query


def today_of(now: datetime) -> date:
    """The business day of a moment."""
    return now.astimezone(BANK_ZONE).date()
