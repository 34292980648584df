"""The gate over HTTP: try one, and what was refused. `policy` and `settings` are its other doors."""

from datetime import datetime
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Body, Query
from pydantic import Field

from liuke.data import products, profile
from liuke.guard.consent import Channel, Purpose
from liuke.guard.gate import listing, trial
from liuke.guard.gate.judge.model import TITLES, Check, Looked, Message
from liuke.guard.gate.model import Refusal, RefusalFilter
from liuke.guard.gate.policy.http import router as policy_router
from liuke.guard.gate.settings.http import router as settings_router
from liuke.kernel.bank import Bank
from liuke.kernel.errors import Forbidden, Invalid
from liuke.kernel.http import COMMON, ActorDep, BankDep, CursorQuery, LimitQuery, Wire, WirePage, problems

router = APIRouter(prefix="/api/gate", tags=["gate"], responses=COMMON | problems(Forbidden))
CustomerNo = Annotated[str, Body(max_length=20)]


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
    page = listing.refusals(bank, actor, wanted, cursor=cursor, limit=limit)
    return WirePage(items=[_refusal(bank, item) for item in page.items], next_cursor=page.next_cursor)


@router.get("/refusals/counts")
def count_refusals(actor: ActorDep, bank: BankDep) -> list[RefusalCount]:
    """Refusals of the last 30 days by check and channel, the most frequent first."""
    rows = listing.refusal_counts(bank, actor)
    return [
        RefusalCount(
            check=Check(row["check_name"]),
            title=TITLES[Check(row["check_name"])],
            channel=row["channel"],
            count=row["count"],
        )
        for row in rows
    ]


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


#: All routers of this capability, for wiring.
routers: Final = (router, policy_router, settings_router)
