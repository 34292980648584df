"""The gate over HTTP: try one, what was refused, the policy and its versions. `settings` is its other door."""

from datetime import datetime
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Body, Path, Query
from pydantic import Field

from liuke.data import products, profile
from liuke.guard.consent import Channel, Purpose
from liuke.guard.gate import manage, trial
from liuke.guard.gate.catalogue import CATALOGUE
from liuke.guard.gate.model import (
    TITLES,
    Cap,
    Check,
    DayKind,
    GateRule,
    Looked,
    Message,
    NotDraft,
    Policy,
    PolicyInvalid,
    PolicyState,
    Quiet,
    Refusal,
    RefusalFilter,
    SameHands,
    UnknownVersion,
    Version,
    Wording,
)
from liuke.guard.gate.policy import compiled
from liuke.guard.gate.settings.http import router as settings_router
from liuke.kernel import rule
from liuke.kernel.bank import Bank
from liuke.kernel.errors import Forbidden, Invalid
from liuke.kernel.http import COMMON, ActorDep, BankDep, CursorQuery, LimitQuery, Wire, WirePage, problems

router = APIRouter(prefix="/api/gate", tags=["gate"], responses=COMMON | problems(Forbidden))

CustomerNo = Annotated[str, Body(max_length=20)]
Number = Annotated[int, Path(ge=1, le=2**31 - 1)]


class TrialIn(Wire):
    """What to try: a message or offer for a customer on a channel; ``at`` is now unless given; ``amount`` in 分."""

    customer_no: CustomerNo
    channel: Channel
    purpose: Purpose = Purpose.MARKETING
    at: datetime | None = None
    text: Annotated[str, Body(max_length=2000)] = ""
    product_no: Annotated[str | None, Body(max_length=64)] = None
    amount: Annotated[int | None, Body(ge=0, le=10**15)] = None
    campaign: Annotated[str, Body(max_length=60)] = ""
    fields: Annotated[list[str], Body(max_length=50)] = Field(default_factory=list)
    automated: bool = False


class LookedOut(Wire):
    """One check: passed, or the code, reason, evidence and what would make it possible."""

    check: Check
    title: str
    passed: bool
    code: str
    reason: str
    remedy: str
    source: str
    evidence: dict[str, Any]


class TrialOut(Wire):
    """The verdict with every check. ``line`` explains it in one sentence; ``past``: judged as things stood then."""

    customer_no: str
    channel: Channel
    purpose: Purpose
    at: datetime
    past: bool
    permitted: bool
    check: Check | None
    code: str
    line: str
    looked: list[LookedOut]
    policy_version: int
    permit_seconds: int


class RefusalOut(Wire):
    """One refusal; ``line`` explains it in one sentence. ``trial``: it was only tried."""

    id: UUID
    at: datetime
    customer_no: str
    channel: str
    purpose: str
    product_no: str | None
    campaign: str
    check: Check
    title: str
    code: str
    line: str
    reason: str
    remedy: str
    evidence: dict[str, Any]
    actor_id: str
    trial: bool
    policy_version: int


class RefusalCount(Wire):
    """How often a check refused on a channel in the last 30 days."""

    check: Check
    title: str
    channel: str
    count: int


class CapWire(Wire):
    """At most ``limit`` sends on the channel (null: all together) in ``hours`` hours (null: a calendar month)."""

    name: str
    channel: Channel | None
    purposes: list[Purpose]
    limit: int
    hours: int | None


class QuietWire(Wire):
    """No sends on these days between two minutes of the day; empty channels are all."""

    name: str
    channels: list[Channel]
    purposes: list[Purpose]
    days: list[DayKind]
    from_minute: int
    to_minute: int


class WordingWire(Wire):
    """Words that may not be said, or, with ``must``, of which one has to be said with products of these kinds."""

    name: str
    words: Annotated[list[str], Body(max_length=200)]
    unless: Annotated[list[str], Body(max_length=200)]
    must: bool
    kinds: list[products.ProductKind]


class RuleIn(Wire):
    """A rule in the rule language: when true, the send is refused."""

    name: str
    text: Annotated[str, Body(max_length=20_000)]
    reason: str
    remedy: str


class RuleOut(Wire):
    """A rule, and how it reads in Chinese."""

    name: str
    text: str
    words: str
    reason: str
    remedy: str


class PolicyIn(Wire):
    """A whole policy, to be drafted as a new version."""

    note: Annotated[str, Body(max_length=200)] = ""
    permit_seconds: int
    caps: list[CapWire]
    quiets: list[QuietWire]
    wordings: list[WordingWire]
    rules: list[RuleIn]


class PolicyOut(Wire):
    """A version of the policy, who drafted it and who decided."""

    version: int
    state: PolicyState
    note: str
    drafted_by: str
    drafted_at: datetime
    decided_by: str | None
    decided_at: datetime | None
    permit_seconds: int
    caps: list[CapWire]
    quiets: list[QuietWire]
    wordings: list[WordingWire]
    rules: list[RuleOut]


class FieldOut(Wire):
    """A field gate rules may name."""

    name: str
    label: str
    type: str
    unit: str | None
    values: dict[str, str]


class RuleTried(Wire):
    """How a rule's text reads."""

    words: str


@router.post("/trials", responses=problems(profile.UnknownCustomer, products.UnknownProduct, Invalid))
def try_one(wanted: TrialIn, actor: ActorDep, bank: BankDep) -> TrialOut:
    """试一条: the verdict on one message or offer, with every check. A refusal of now is kept, marked as tried."""
    one_id = profile.facts.number_of(bank, wanted.customer_no)
    message = Message(
        wanted.text, wanted.product_no, wanted.amount, wanted.campaign, tuple(wanted.fields), wanted.automated
    )
    tried = trial.run(bank, actor, message, one_id, channel=wanted.channel, purpose=wanted.purpose, at=wanted.at)
    found, no = tried.explanation, tried.explanation.refusal
    return TrialOut(
        customer_no=wanted.customer_no,
        channel=found.channel,
        purpose=found.purpose,
        at=found.at,
        past=tried.past,
        permitted=no is None,
        check=no.check if no else None,
        code=no.code if no else "",
        line=trial.line(no.check, no.reason, no.remedy) if no else "可以触达：全部检查通过",
        looked=[_looked(look) for look in found.looked],
        policy_version=found.policy_version,
        permit_seconds=tried.permit_seconds,
    )


@router.get("/refusals")
def list_refusals(
    actor: ActorDep,
    bank: BankDep,
    check: Check | None = None,
    channel: Channel | None = None,
    customer_no: Annotated[str | None, Query(max_length=20)] = None,
    since: datetime | None = None,
    until: datetime | None = None,
    trial: bool | None = None,
    cursor: CursorQuery = None,
    limit: LimitQuery = 50,
) -> WirePage[RefusalOut]:
    """What the gate refused to customers you may see, newest first, each explained in one line."""
    one_id = profile.facts.number_of(bank, customer_no) if customer_no else None
    wanted = RefusalFilter(check, channel, one_id, since, until, trial)
    page = manage.refusals(bank, actor, wanted, cursor=cursor, limit=limit)
    return WirePage(items=[_refusal(bank, item) for item in page.items], next_cursor=page.next_cursor)


@router.get("/refusals/counts")
def count_refusals(actor: ActorDep, bank: BankDep) -> list[RefusalCount]:
    """Refusals of the last 30 days by check and channel, the most frequent first."""
    rows = manage.refusal_counts(bank, actor)
    return [
        RefusalCount(
            check=Check(row["check_name"]),
            title=TITLES[Check(row["check_name"])],
            channel=row["channel"],
            count=row["count"],
        )
        for row in rows
    ]


@router.get("/policy")
def read_policy(actor: ActorDep, bank: BankDep) -> PolicyOut:
    """The policy in force: caps, quiet hours, words and rules."""
    return _policy(manage.in_force(bank, actor))


@router.get("/policies")
def list_policies(
    actor: ActorDep, bank: BankDep, cursor: CursorQuery = None, limit: LimitQuery = 20
) -> WirePage[PolicyOut]:
    """Versions of the policy, newest first."""
    page = manage.versions(bank, actor, cursor=cursor, limit=limit)
    return WirePage(items=[_policy(item) for item in page.items], next_cursor=page.next_cursor)


@router.post("/policies", status_code=201, responses=problems(PolicyInvalid))
def draft_policy(wanted: PolicyIn, actor: ActorDep, bank: BankDep) -> PolicyOut:
    """Draft a new version; it changes nothing until a colleague publishes it."""
    return _policy(manage.draft(bank, actor, _drafted(wanted), note=wanted.note))


@router.post("/policies/{version}/publication", responses=problems(UnknownVersion, NotDraft, SameHands))
def publish_policy(version: Number, actor: ActorDep, bank: BankDep) -> PolicyOut:
    """Put a draft into force; not by who drafted it."""
    return _policy(manage.publish(bank, actor, version))


@router.post("/policies/{version}/rejection", responses=problems(UnknownVersion, NotDraft))
def reject_policy(version: Number, actor: ActorDep, bank: BankDep) -> PolicyOut:
    """Set a draft aside."""
    return _policy(manage.reject(bank, actor, version))


@router.get("/fields")
def list_fields(actor: ActorDep) -> list[FieldOut]:
    """What gate rules may name."""
    manage.require_reader(actor)
    return [
        FieldOut(name=name, label=known.label, type=known.type, unit=known.unit, values=dict(known.values or {}))
        for name, known in CATALOGUE.fields.items()
    ]


@router.post("/rules/trials", responses=problems(rule.RuleInvalid))
def try_rule(text: Annotated[str, Body(embed=True, max_length=20_000)], actor: ActorDep) -> RuleTried:
    """Read a rule's text back in Chinese, or say where it is wrong."""
    manage.require_reader(actor)
    return RuleTried(words=rule.to_chinese(compiled(text)))


def _looked(look: Looked) -> LookedOut:
    facts: dict[str, Any] = {name: getattr(look, name) for name in Looked.__slots__}
    return LookedOut(title=TITLES[look.check], **facts | {"evidence": dict(look.evidence)})


def _refusal(bank: Bank, item: Refusal) -> RefusalOut:
    facts: dict[str, Any] = {name: getattr(item, name) for name in Refusal.__slots__ if name != "one_id"}
    return RefusalOut(
        customer_no=bank.keys.customer_numbers.encode(item.one_id),
        title=TITLES[item.check],
        line=trial.line(item.check, item.reason, item.remedy),
        **facts | {"evidence": dict(item.evidence)},
    )


def _policy(item: Version) -> PolicyOut:
    policy = item.policy
    return PolicyOut(
        **{name: getattr(item, name) for name in _VERSION},
        permit_seconds=policy.permit_seconds,
        caps=[CapWire.model_validate(cap) for cap in policy.caps],
        quiets=[QuietWire.model_validate(quiet) for quiet in policy.quiets],
        wordings=[WordingWire.model_validate(wording) for wording in policy.wordings],
        rules=[
            RuleOut(
                name=made.name,
                text=made.text,
                words=rule.to_chinese(compiled(made.text)),
                reason=made.reason,
                remedy=made.remedy,
            )
            for made in policy.rules
        ],
    )


_VERSION: Final = ("version", "state", "note", "drafted_by", "drafted_at", "decided_by", "decided_at")


def _drafted(wanted: PolicyIn) -> Policy:
    return Policy(
        caps=tuple(Cap(cap.name, cap.channel, tuple(cap.purposes), cap.limit, cap.hours) for cap in wanted.caps),
        quiets=tuple(
            Quiet(q.name, tuple(q.channels), tuple(q.purposes), tuple(q.days), q.from_minute, q.to_minute)
            for q in wanted.quiets
        ),
        wordings=tuple(
            Wording(w.name, tuple(w.words), tuple(w.unless), w.must, tuple(kind.value for kind in w.kinds))
            for w in wanted.wordings
        ),
        rules=tuple(GateRule(r.name, r.text, r.reason, r.remedy) for r in wanted.rules),
        permit_seconds=wanted.permit_seconds,
    )


#: All routers of this capability, for wiring.
routers: Final = (router, settings_router)
