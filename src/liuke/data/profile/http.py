"""A customer over HTTP: the 360 page, its longer parts, and reading a masked field in clear.

Amounts are whole minor units (分) of the ``currency`` beside them, rates basis points. The service answers with
finished bytes; the types here say what those bytes hold. `find.http` is the other door of this capability.
"""

from datetime import date, datetime
from typing import Annotated, Any, Final

from fastapi import APIRouter, Path, Query, Response
from pydantic import Field as Limits

from liuke.data.profile import service
from liuke.data.profile.find.http import router as find_router
from liuke.data.profile.model import (
    Entry,
    Field,
    Kind,
    PartyKind,
    ReasonMissing,
    Reminder,
    Risk,
    Tier,
    UnknownCustomer,
)
from liuke.data.profile.tagged.http import router as tagged_router
from liuke.kernel.errors import Forbidden, Invalid
from liuke.kernel.http import COMMON, ActorDep, BankDep, CursorQuery, LimitQuery, Wire, WirePage, problems

router = APIRouter(prefix="/api/customers", tags=["customers"], responses=COMMON | problems(Forbidden, UnknownCustomer))

CustomerNo = Annotated[str, Path(max_length=32)]


class IdNumber(Wire):
    """One identity document, masked by role."""

    type: str
    number: str


class Identity(Wire):
    """Who the customer is. ``masked`` names the fields that are not shown in full and may be revealed with a reason."""

    name: str
    phones: list[str]
    id_numbers: list[IdNumber]
    address: str | None
    birth_date: str | None
    age: int | None
    gender: str | None
    masked: list[Field]


class Amounts(Wire):
    """What the customer has with the bank, all in 分 of CNY, end of the as-of day. AUM is the sum of the first five."""

    deposits: int
    wealth: int
    funds: int
    insurance: int
    metal: int
    aum: int
    aum_mavg: int
    change_3m: int
    loans: int
    card_balance: int
    credit_limit: int


class ReminderOut(Wire):
    """One thing to know first; ``on``, ``amount`` (分) and ``days`` where they apply."""

    kind: Reminder
    on: date | None
    amount: int | None
    days: int | None


class AccountOut(Wire):
    """An account; its number is shown by its last four digits only."""

    source: str
    account_no: str
    kind: Kind
    product_no: str | None
    product_name: str | None
    branch_no: str | None
    currency: str
    status: str | None
    opened_on: date | None
    closed_on: date | None
    balance: int
    available: int | None
    credit_limit: int | None
    rate_bp: int | None


class HoldingOut(Wire):
    """A product held; ``units`` is a decimal text with four places."""

    source: str
    product_no: str | None
    product_name: str | None
    kind: str | None
    risk: str | None
    currency: str
    units: str | None
    cost: int | None
    market_value: int
    started_on: date | None
    matures_on: date | None
    status: str | None
    rate_bp: int | None


class MonthOut(Wire):
    """One month of the curve: month-average and month-end AUM, money in and out, salary; ``month`` is its first day."""

    month: date
    aum: int
    aum_mavg: int
    inflow: int
    outflow: int
    salary: int


class CategoryOut(Wire):
    """Money of one category in the last six months."""

    category: str
    direction: str
    amount: int
    count: int


class CashFlow(Wire):
    """交易与代发: monthly means of six whole months; ``kept_…``: share of a salary left 3 and 7 days later."""

    salary_mean: int
    inflow_mean: int
    outflow_mean: int
    last_salary_on: date | None
    kept_3d_bp: int | None
    kept_7d_bp: int | None
    categories: list[CategoryOut]


class TimelineEntryOut(Wire):
    """One entry of the timeline; ``name`` is a code (category, page, topic), ``text`` what was said or written."""

    id: str
    at: datetime
    kind: Entry
    source: str
    channel: str | None
    name: str | None
    product_no: str | None
    product_name: str | None
    direction: str | None
    amount: int | None
    currency: str | None
    staff_no: str | None
    text: str | None


class PageSeen(Wire):
    """A page of the mobile bank and how it was used in 90 days."""

    page: str
    views: int
    seconds: int


class ProductSeen(Wire):
    """A product looked at in 90 days."""

    product_no: str
    product_name: str | None
    risk: str | None
    views: int
    seconds: int


class RiskSeen(Wire):
    """How often products of one risk rating were looked at in 90 days."""

    risk: str
    views: int


class BestHour(Wire):
    """When the customer is most often at the phone: the two hours from ``hour`` (Shanghai), and their share."""

    hour: int
    share_bp: int


class BehaviourOut(Wire):
    """行为与偏好 of the last 90 days; ``hours`` counts sessions by hour of the day (24 numbers, Shanghai)."""

    sessions_30d: int
    logins_30d: int
    views_90d: int
    pages: list[PageSeen]
    products: list[ProductSeen]
    risks: list[RiskSeen]
    hours: list[int]
    best_hour: BestHour | None


class RelationOut(Wire):
    """A relation to another party. ``customer_no`` and ``name`` are given when that party is in the asker's scope."""

    kind: str
    source: str
    customer_no: str | None
    name: str | None
    share_bp: int | None
    valid_from: date | None
    valid_to: date | None
    evidence: str | None


class SourceOut(Wire):
    """One source system's record of the customer."""

    source: str
    source_key: str
    opened_on: date | None
    accounts: int
    known_at: datetime


class InteractionOut(Wire):
    """A call, visit, chat or complaint; ``sentiment`` from -1 (angry) to 1 (pleased)."""

    id: str
    at: datetime
    kind: Entry
    source: str
    channel: str | None
    staff_no: str | None
    topic: str | None
    sentiment: float | None
    status: str | None
    resolved_at: datetime | None
    text: str | None


class CustomerPage(Wire):
    """The 360 page. An empty list, or null, means that nothing is known: the screen hides that part."""

    customer_no: str
    kind: PartyKind
    erased: bool
    as_of: date
    currency: str
    identity: Identity
    tier: Tier
    amounts: Amounts
    holds: list[Kind]
    risk_tolerance: Risk | None
    risk_valid_until: date | None
    next_maturity_on: date | None
    next_maturity_amount: int
    branch_no: str
    branch_name: str
    rm_no: str
    rm_name: str
    last_contact_at: datetime | None
    last_login_at: datetime | None
    reminders: list[ReminderOut]
    accounts: list[AccountOut]
    holdings: list[HoldingOut]
    monthly: list[MonthOut]
    cash_flow: CashFlow | None
    timeline: list[TimelineEntryOut]
    behaviour: BehaviourOut | None
    relations: list[RelationOut]
    sources: list[SourceOut]
    interactions: list[InteractionOut]
    complaints: list[InteractionOut]


class TransactionOut(Wire):
    """One booking on an account (last four digits); the counterparty's name is masked by role."""

    id: str
    at: datetime
    source: str
    account_no: str
    direction: str
    amount: int
    balance_after: int | None
    currency: str
    category: str | None
    channel: str | None
    counterparty_name: str | None
    summary: str | None


class ChangeOut(Wire):
    """What happened to a customer's record: the event's kind, who, and its facts."""

    id: str
    at: datetime
    kind: str
    actor_id: str
    actor_name: str
    via: str
    facts: dict[str, Any]


class RevealRequest(Wire):
    """Which field to read in clear, and why (4–200 characters)."""

    field: Field
    reason: Annotated[str, Limits(max_length=400)]


class Revealed(Wire):
    """A field in clear."""

    field: Field
    values: list[str]


@router.get("/{customer_no}", response_model=CustomerPage)
def read_customer(customer_no: CustomerNo, actor: ActorDep, bank: BankDep) -> Response:
    """The 360 page. The look itself is recorded."""
    return _json(service.page(bank, actor, customer_no))


@router.get("/{customer_no}/transactions", response_model=WirePage[TransactionOut], responses=problems(Invalid))
def list_transactions(
    customer_no: CustomerNo, actor: ActorDep, bank: BankDep, cursor: CursorQuery = None, limit: LimitQuery = 50
) -> Response:
    """Bookings on all accounts of the customer, newest first."""
    return _json(service.transactions(bank, actor, customer_no, cursor=cursor, limit=limit))


@router.get("/{customer_no}/timeline", response_model=WirePage[TimelineEntryOut], responses=problems(Invalid))
def list_timeline(
    customer_no: CustomerNo,
    actor: ActorDep,
    bank: BankDep,
    kind: Annotated[list[Entry] | None, Query(max_length=len(Entry))] = None,
    cursor: CursorQuery = None,
    limit: LimitQuery = 50,
) -> Response:
    """Everything that happened with the customer, newest first; ``kind`` may be given several times."""
    kinds = tuple(kind or ())
    return _json(service.timeline(bank, actor, customer_no, kinds=kinds, cursor=cursor, limit=limit))


@router.get("/{customer_no}/changes", response_model=WirePage[ChangeOut], responses=problems(Invalid))
def list_changes(
    customer_no: CustomerNo, actor: ActorDep, bank: BankDep, cursor: CursorQuery = None, limit: LimitQuery = 50
) -> Response:
    """变更日志: what happened to the customer's record, newest first; looks at the page are not among them."""
    return _json(service.changes(bank, actor, customer_no, cursor=cursor, limit=limit))


@router.post("/{customer_no}/reveal", response_model=Revealed, responses=problems(ReasonMissing))
def reveal_field(customer_no: CustomerNo, wanted: RevealRequest, actor: ActorDep, bank: BankDep) -> Response:
    """Read one masked field in clear; field and reason are recorded."""
    return _json(service.reveal(bank, actor, customer_no, field=wanted.field, reason=wanted.reason))


def _json(body: bytes) -> Response:
    return Response(body, media_type="application/json")


#: All routers of this capability, for wiring.
routers: Final = (find_router, router, tagged_router)
