"""The policy over HTTP: its versions, what its rules may name, and how a rule reads."""

from datetime import datetime
from typing import Annotated, Final

from fastapi import APIRouter, Body, Path

from liuke.data import products
from liuke.guard.consent import Channel, Purpose
from liuke.guard.gate.policy import service as policies
from liuke.guard.gate.policy.catalogue import CATALOGUE
from liuke.guard.gate.policy.document import compiled
from liuke.guard.gate.policy.model import (
    Cap,
    DayKind,
    GateRule,
    NotDraft,
    Policy,
    PolicyInvalid,
    PolicyState,
    Quiet,
    SameHands,
    UnknownVersion,
    Version,
    Wording,
)
from liuke.kernel import rule
from liuke.kernel.errors import Forbidden
from liuke.kernel.http import COMMON, ActorDep, BankDep, CursorQuery, LimitQuery, Wire, WirePage, problems

router = APIRouter(prefix="/api/gate", tags=["gate"], responses=COMMON | problems(Forbidden))
Number = Annotated[int, Path(ge=1, le=2**31 - 1)]


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


@router.get("/policy")
def read_policy(actor: ActorDep, bank: BankDep) -> PolicyOut:
    """The policy in force: caps, quiet hours, words and rules."""
    return _policy(policies.in_force(bank, actor))


@router.get("/policies")
def list_policies(
    actor: ActorDep, bank: BankDep, cursor: CursorQuery = None, limit: LimitQuery = 20
) -> WirePage[PolicyOut]:
    """Versions of the policy, newest first."""
    page = policies.versions(bank, actor, cursor=cursor, limit=limit)
    return WirePage(items=[_policy(item) for item in page.items], next_cursor=page.next_cursor)


@router.post("/policies", status_code=201, responses=problems(PolicyInvalid))
def draft_policy(wanted: PolicyIn, actor: ActorDep, bank: BankDep) -> PolicyOut:
    """Draft a new version; it changes nothing until a colleague publishes it."""
    return _policy(policies.draft(bank, actor, _drafted(wanted), note=wanted.note))


@router.post("/policies/{version}/publication", responses=problems(UnknownVersion, NotDraft, SameHands))
def publish_policy(version: Number, actor: ActorDep, bank: BankDep) -> PolicyOut:
    """Put a draft into force; not by who drafted it."""
    return _policy(policies.publish(bank, actor, version))


@router.post("/policies/{version}/rejection", responses=problems(UnknownVersion, NotDraft))
def reject_policy(version: Number, actor: ActorDep, bank: BankDep) -> PolicyOut:
    """Set a draft aside."""
    return _policy(policies.reject(bank, actor, version))


@router.get("/fields")
def list_fields(actor: ActorDep) -> list[FieldOut]:
    """What gate rules may name."""
    policies.require_reader(actor)
    return [
        FieldOut(name=name, label=known.label, type=known.type, unit=known.unit, values=dict(known.values or {}))
        for name, known in CATALOGUE.fields.items()
    ]


@router.post("/rules/trials", responses=problems(rule.RuleInvalid))
def try_rule(text: Annotated[str, Body(embed=True, max_length=20_000)], actor: ActorDep) -> RuleTried:
    """Read a rule's text back in Chinese, or say where it is wrong."""
    policies.require_reader(actor)
    return RuleTried(words=rule.to_chinese(compiled(text)))


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
