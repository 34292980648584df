"""The product shelf and maturities over HTTP."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Path, Query

from liuke.data.products import service
from liuke.data.products.model import ProductFilter, ProductKind, ProductRisk, Status, UnknownProduct
from liuke.kernel.errors import Forbidden, Invalid
from liuke.kernel.http import COMMON, ActorDep, BankDep, CursorQuery, LimitQuery, Wire, WirePage, problems

router = APIRouter(prefix="/api", tags=["products"])


class ProductOut(Wire):
    """A product. Rates are yearly, in basis points; ``min_amount`` is in minor units (分) of ``currency``."""

    product_no: str
    name: str
    kind: ProductKind
    risk: ProductRisk | None
    term_days: int | None
    rate_bp: int | None
    benchmark_low_bp: int | None
    benchmark_high_bp: int | None
    min_amount: int | None
    currency: str
    status: Status
    sale_from: date | None
    sale_to: date | None
    starts_on: date | None
    matures_on: date | None
    issuer: str
    suitable_tiers: list[str]
    selling_points: list[str]
    closed_reason: str


class MaturityOut(Wire):
    """A product that falls due; ``month`` is its step of the ladder (first day of the month)."""

    month: date
    matures_on: date
    days_left: int
    product_no: str
    name: str
    kind: ProductKind
    risk: ProductRisk | None
    currency: str
    rate_bp: int | None
    benchmark_low_bp: int | None
    benchmark_high_bp: int | None


@router.get("/products", responses=COMMON | problems(Forbidden))
def list_products(
    actor: ActorDep,
    bank: BankDep,
    q: Annotated[str, Query(max_length=40)] = "",
    kind: Annotated[list[ProductKind] | None, Query(max_length=len(ProductKind))] = None,
    risk: Annotated[list[ProductRisk] | None, Query(max_length=len(ProductRisk))] = None,
    status: Annotated[list[Status] | None, Query(max_length=len(Status))] = None,
    cursor: CursorQuery = None,
    limit: LimitQuery = 50,
) -> WirePage[ProductOut]:
    """The shelf, by product number; each filter may be given several times."""
    wanted = ProductFilter(text=q, kinds=tuple(kind or ()), risks=tuple(risk or ()), statuses=tuple(status or ()))
    page = service.find(bank, actor, wanted, cursor=cursor, limit=limit)
    return WirePage(items=[ProductOut.model_validate(product) for product in page.items], next_cursor=page.next_cursor)


@router.get("/products/{product_no}", responses=COMMON | problems(Forbidden, UnknownProduct))
def read_product(product_no: Annotated[str, Path(max_length=40)], actor: ActorDep, bank: BankDep) -> ProductOut:
    """One product."""
    return ProductOut.model_validate(service.read(bank, actor, product_no))


@router.get("/maturities", responses=COMMON | problems(Forbidden, Invalid))
def list_maturities(
    actor: ActorDep,
    bank: BankDep,
    since: date | None = None,
    until: date | None = None,
    kind: Annotated[list[ProductKind] | None, Query(max_length=len(ProductKind))] = None,
    cursor: CursorQuery = None,
    limit: LimitQuery = 100,
) -> WirePage[MaturityOut]:
    """Products by the day they fall due, from today (``since``) for twelve months (``until``)."""
    window = service.window(bank.clock.today(), since=since, until=until)
    page = service.maturities(bank, actor, window, kinds=tuple(kind or ()), cursor=cursor, limit=limit)
    return WirePage(items=[MaturityOut.model_validate(due) for due in page.items], next_cursor=page.next_cursor)
