"""Behaviour over HTTP: the door for events, how intake stands, the tracking plan, one customer's windows."""

from datetime import datetime
from typing import Annotated, Any, Final

from fastapi import APIRouter, Body, Path, Query, status
from pydantic import Field as Limits
from starlette.routing import Route

from liuke.data.behaviour import service
from liuke.data.behaviour.analyse.http import router as analysis_router
from liuke.data.behaviour.analyse.http import routes
from liuke.data.behaviour.intake.door import PATH, Door
from liuke.data.behaviour.model import AsideReason, CustomerUnknown, PlanInvalid, PlanMoved, PlanUnknown, StreamAway
from liuke.data.behaviour.plan.parse import MAX_TEXT
from liuke.kernel.errors import Forbidden, Invalid
from liuke.kernel.http import COMMON, ActorDep, BankDep, CursorQuery, LimitQuery, Wire, WirePage, problems
from liuke.kernel.rule.model import MAX_CHARS

router = APIRouter(prefix="/api/behaviour", tags=["behaviour"], responses=COMMON | problems(Forbidden))
customer_router = APIRouter(
    prefix="/api/customers", tags=["behaviour"], responses=COMMON | problems(Forbidden, CustomerUnknown, StreamAway)
)
#: A bare ASGI route: it is no part of the described API, `docs/behaviour.md` describes it.
router.routes.append(Route(PATH, Door(), methods=["POST"]))

CustomerNo = Annotated[str, Path(max_length=32)]


class StreamOut(Wire):
    """How the stream process stands: events held in memory, bytes that wait in the log."""

    running: bool
    at: datetime | None
    events: int
    backlog_bytes: int
    stock_as_of: datetime | None


class IntakeMinuteOut(Wire):
    """What came in during a minute; minutes without anything are left out."""

    minute: datetime
    accepted: int
    duplicates: int
    late: int
    malformed: int
    unresolved: int


class IntakeOut(Wire):
    """事件接入 of the last 24 hours."""

    stream: StreamOut
    plan_version: int
    minutes: list[IntakeMinuteOut]


class AsideOut(Wire):
    """An event set aside. ``masked``: letters and digits of ``raw`` are hidden from this reader."""

    at: datetime
    number: int
    reason: AsideReason
    field: str
    message: str
    raw: str
    masked: bool


class TrackingPlanOut(Wire):
    """A version of the tracking plan; version 0 came with Liuke."""

    version: int
    text: str
    saved_by: str
    saved_at: datetime | None


class TrackingPlanIn(Wire):
    """A plan to be checked or saved, made from ``base_version``."""

    text: Annotated[str, Limits(max_length=MAX_TEXT)]
    base_version: Annotated[int, Limits(ge=0, le=2**31 - 1)]


class TrackingProblemOut(Wire):
    """One error in a plan's text: a JSON pointer, or line and column."""

    place: str
    message: str


class WindowSpanOut(Wire):
    """One window: 5m, 1h, 24h, 7d, 30d or 90d back from now."""

    window: str
    events: int
    sessions: int
    seconds: int
    by_event: dict[str, int]


class HappenedOut(Wire):
    """One event of a customer."""

    at: datetime
    event: str
    page: str | None
    product_no: str | None
    product: str | None
    product_risk: str | None
    channel: str | None
    seconds: int | None


class CustomerBehaviour(Wire):
    """What a customer did lately, to the second. ``hours``: 24 counts by hour of the day (Shanghai), 90 days."""

    at: datetime
    spans: list[WindowSpanOut]
    hours: list[int]
    latest: list[HappenedOut]


class WindowRuleIn(Wire):
    """A rule over event windows, such as ``count_events('view', '7d', product_kind = 'wealth')``."""

    rule: Annotated[str, Limits(min_length=1, max_length=MAX_CHARS)]


class WindowRuleAnswer(Wire):
    """What the rule says now: a truth, a number, a text or a time (milliseconds stand in ``at``)."""

    at: int
    answer: bool | int | str | None
    chinese: str


@router.get("/intake")
def read_intake(actor: ActorDep, bank: BankDep) -> IntakeOut:
    """What came in during the last 24 hours, and how the stream process stands."""
    return IntakeOut.model_validate(service.intake(bank, actor))


@router.get("/quarantine", responses=problems(Invalid))
def list_quarantine(
    actor: ActorDep,
    bank: BankDep,
    reason: Annotated[AsideReason | None, Query()] = None,
    cursor: CursorQuery = None,
    limit: LimitQuery = 50,
) -> WirePage[AsideOut]:
    """Events set aside, newest first."""
    page = service.quarantine(bank, actor, reason=reason, cursor=cursor, limit=limit)
    return WirePage(items=[AsideOut.model_validate(one) for one in page.items], next_cursor=page.next_cursor)


@router.get("/plan")
def read_plan(actor: ActorDep, bank: BankDep) -> TrackingPlanOut:
    """The tracking plan in force."""
    return TrackingPlanOut.model_validate(service.plan(bank, actor))


@router.get("/plan/versions")
def list_plan_versions(actor: ActorDep, bank: BankDep) -> list[TrackingPlanOut]:
    """All versions of the tracking plan, newest first."""
    return [TrackingPlanOut.model_validate(one) for one in service.plan_versions(bank, actor)]


@router.get("/plan/versions/{version}", responses=problems(PlanUnknown))
def read_plan_version(
    version: Annotated[int, Path(ge=0, le=2**31 - 1)], actor: ActorDep, bank: BankDep
) -> TrackingPlanOut:
    """One version of the tracking plan."""
    return TrackingPlanOut.model_validate(service.plan(bank, actor, version))


@router.post("/plan/checks")
def check_plan(wanted: TrackingPlanIn, actor: ActorDep) -> list[TrackingProblemOut]:
    """What is wrong with a plan's text; empty when it can be saved."""
    return [TrackingProblemOut.model_validate(one) for one in service.plan_problems(actor, wanted.text)]


@router.put("/plan", responses=problems(PlanInvalid, PlanMoved))
def save_plan(wanted: TrackingPlanIn, actor: ActorDep, bank: BankDep) -> TrackingPlanOut:
    """Save a new version of the tracking plan."""
    return TrackingPlanOut.model_validate(service.save_plan(bank, actor, wanted.text, base_version=wanted.base_version))


@customer_router.get("/{customer_no}/behaviour", response_model=CustomerBehaviour)
def read_behaviour(customer_no: CustomerNo, actor: ActorDep, bank: BankDep) -> Any:  # noqa: ANN401
    """What a customer did lately; the look is recorded."""
    return service.customer(bank, actor, customer_no)


@customer_router.post(
    "/{customer_no}/behaviour/rule",
    response_model=WindowRuleAnswer,
    status_code=status.HTTP_200_OK,
    responses=problems(Invalid),
)
def judge_customer(
    customer_no: CustomerNo, wanted: Annotated[WindowRuleIn, Body()], actor: ActorDep, bank: BankDep
) -> Any:  # noqa: ANN401
    """What a rule over event windows says of a customer now; the look is recorded."""
    return service.judge(bank, actor, customer_no, wanted.rule)


#: All routers of this capability, for wiring; ``routes`` makes the one that answers questions.
routers: Final = (router, analysis_router, customer_router)

__all__ = ["customer_router", "router", "routers", "routes"]
