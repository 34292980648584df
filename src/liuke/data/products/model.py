"""Nouns of the product shelf, its errors and its event."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import ClassVar, Final

from liuke.kernel.errors import Invalid, NotFound
from liuke.kernel.event import Event


class ProductKind(StrEnum):
    """What sort of product it is."""

    DEPOSIT = "deposit"  # 存款
    WEALTH = "wealth"  # 理财
    FUND = "fund"  # 基金
    INSURANCE = "insurance"  # 保险
    LOAN = "loan"  # 贷款
    CARD = "card"  # 银行卡
    METAL = "metal"  # 贵金属


class ProductRisk(StrEnum):
    """产品风险等级, from low to high."""

    R1 = "R1"
    R2 = "R2"
    R3 = "R3"
    R4 = "R4"
    R5 = "R5"


class Status(StrEnum):
    """Where a product stands."""

    RAISING = "raising"  # 募集中
    OPEN = "open"  # 在售
    CLOSED = "closed"  # 停售
    DUE = "due"  # 已到期


#: Customer tiers a product may be meant for.
TIERS: Final = ("mass", "affluent", "hnw", "rising")


@dataclass(frozen=True, slots=True)
class Product:
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
    suitable_tiers: tuple[str, ...]
    selling_points: tuple[str, ...]
    closed_reason: str


@dataclass(frozen=True, slots=True)
class Maturity:
    """A product that falls due; ``month`` is the first day of the month it falls into."""

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


@dataclass(frozen=True, slots=True)
class ProductFilter:
    """Which products are wanted; an empty filter wants all."""

    text: str = ""
    kinds: tuple[ProductKind, ...] = ()
    risks: tuple[ProductRisk, ...] = ()
    statuses: tuple[Status, ...] = ()


@dataclass(frozen=True, slots=True)
class Window:
    """A span of days, both ends included."""

    since: date
    until: date


@dataclass(frozen=True, slots=True)
class Replaced:
    """What bringing products up to date did; ``rejected`` tells for a product number what is wrong with its row."""

    added: int
    changed: int
    rejected: Mapping[str, str]


class UnknownProduct(NotFound):
    """没有产品 {product_no}。请在产品货架中查找。"""


class BadWindow(Invalid):
    """日期范围不正确：结束日不能早于开始日，跨度不超过十年。请重新选择。"""


@dataclass(frozen=True, kw_only=True)
class ProductsReplaced(Event):
    """The shelf was brought up to date."""

    kind: ClassVar[str] = "product.replaced"
    added: int
    changed: int
    rejected: int
