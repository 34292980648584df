"""Finding customers over HTTP: the list, search, and the ladder of money falling due."""

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Query, Response

from liuke.data.profile.find import service
from liuke.data.profile.model import (
    CustomerFilter,
    DueFilter,
    Kind,
    PartyKind,
    Risk,
    SearchTooOften,
    SearchTooShort,
    Sort,
    Tier,
)
from liuke.kernel.errors import Forbidden, Invalid
from liuke.kernel.http import COMMON, ActorDep, BankDep, CursorQuery, LimitQuery, Wire, WirePage, problems

router = APIRouter(prefix="/api", tags=["customers"], responses=COMMON | problems(Forbidden, Invalid))

Number = Annotated[str | None, Query(max_length=40)]
Amount = Annotated[int | None, Query(ge=-(10**17), le=10**17)]


class CustomerRow(Wire):
    """A customer in a list, the name masked by role. ``change_3m`` is AUM now less AUM three months ago."""

    customer_no: str
    kind: PartyKind
    name: str
    tier: Tier
    aum: int
    aum_mavg: int
    change_3m: int
    holds: list[Kind]
    risk_tolerance: Risk | None
    risk_valid_until: date | None
    next_maturity_on: date | None
    next_maturity_amount: int
    last_contact_at: datetime | None
    last_login_at: datetime | None
    branch_no: str
    branch_name: str
    rm_no: str
    rm_name: str
    source_count: int
    as_of: date
    erased: bool


class SearchHit(Wire):
    """A customer found; ``matched`` says by what."""

    customer_no: str
    name: str
    matched: str
    tier: Tier
    aum: int
    branch_name: str
    rm_name: str


class SearchOut(Wire):
    """What a search found, at most 20 customers; ``more`` says that there are others."""

    hits: list[SearchHit]
    more: bool


class RungProduct(Wire):
    """Money of one product falling due in one month."""

    product_no: str
    product_name: str
    kind: str
    amount: int
    customers: int


class Rung(Wire):
    """One month of the ladder (``month`` is its first day); amounts in 分 of CNY."""

    month: date
    amount: int
    customers: int
    products: list[RungProduct]


class Ladder(Wire):
    """到期阶梯: what falls due by month and product within the asker's scope."""

    as_of: date | None
    currency: str
    rungs: list[Rung]


class DueOut(Wire):
    """One holding falling due and its customer."""

    customer_no: str
    name: str
    tier: Tier
    rm_no: str
    rm_name: str
    product_no: str
    product_name: str
    kind: str
    amount: int
    matures_on: date


@router.get("/customers", response_model=WirePage[CustomerRow], responses=problems(SearchTooOften))
def list_customers(
    actor: ActorDep,
    bank: BankDep,
    q: Annotated[str, Query(max_length=40)] = "",
    tier: Annotated[list[Tier] | None, Query(max_length=len(Tier))] = None,
    risk: Annotated[list[Risk] | None, Query(max_length=len(Risk))] = None,
    holds: Annotated[list[Kind] | None, Query(max_length=len(Kind))] = None,
    aum_min: Amount = None,
    aum_max: Amount = None,
    matures_within_days: Annotated[int | None, Query(ge=0, le=3660)] = None,
    branch_no: Number = None,
    rm_no: Number = None,
    sort: Sort = Sort.AUM_DOWN,
    cursor: CursorQuery = None,
    limit: LimitQuery = 50,
) -> Response:
    """Customers within the asker's scope; ``aum_min`` and ``aum_max`` in 分, ``branch_no`` with everything below it."""
    wanted = CustomerFilter(
        text=q,
        tiers=tuple(tier or ()),
        risks=tuple(risk or ()),
        holds=tuple(holds or ()),
        aum_min=aum_min,
        aum_max=aum_max,
        matures_within_days=matures_within_days,
        branch_no=branch_no,
        rm_no=rm_no,
    )
    return _json(service.listing(bank, actor, wanted, sort=sort, cursor=cursor, limit=limit))


@router.get("/search", response_model=SearchOut, responses=problems(SearchTooShort, SearchTooOften))
def search_customers(actor: ActorDep, bank: BankDep, q: Annotated[str, Query(max_length=40)]) -> Response:
    """By whole name, customer number, phone or ID number; in one's own book also by part of a name or its initials."""
    return _json(service.search(bank, actor, q))


@router.get("/ladder", response_model=Ladder)
def read_ladder(
    actor: ActorDep,
    bank: BankDep,
    since: date | None = None,
    until: date | None = None,
    kind: Annotated[list[str] | None, Query(max_length=len(Kind))] = None,
    branch_no: Number = None,
    rm_no: Number = None,
) -> Response:
    """到期阶梯: money falling due by month and product, from today (``since``) for twelve months (``until``)."""
    wanted = DueFilter(since=since, until=until, kinds=tuple(kind or ()), branch_no=branch_no, rm_no=rm_no)
    return _json(service.ladder(bank, actor, wanted))


@router.get("/ladder/customers", response_model=WirePage[DueOut])
def list_due(
    actor: ActorDep,
    bank: BankDep,
    since: date | None = None,
    until: date | None = None,
    kind: Annotated[list[str] | None, Query(max_length=len(Kind))] = None,
    product_no: Number = None,
    branch_no: Number = None,
    rm_no: Number = None,
    cursor: CursorQuery = None,
    limit: LimitQuery = 50,
) -> Response:
    """The customers and holdings behind a rung of the ladder, by day."""
    wanted = DueFilter(
        since=since,
        until=until,
        kinds=tuple(kind or ()),
        product_no=product_no,
        branch_no=branch_no,
        rm_no=rm_no,
    )
    return _json(service.due(bank, actor, wanted, cursor=cursor, limit=limit))


def _json(body: bytes) -> Response:
    return Response(body, media_type="application/json")
