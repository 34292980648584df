"""Nouns of the 360 page: tiers, holdings, the timeline, what may be revealed, and the events of looking."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, ClassVar, Final

from liuke.kernel.errors import Invalid, NotFound, TooMany
from liuke.kernel.event import Event

#: A row by its column names, from PostgreSQL or DuckDB.
Row = Mapping[Any, Any]


class Tier(StrEnum):
    """客户层级, by AUM at the as-of date and by income."""

    MASS = "mass"  # 大众: AUM below 1,000,000 元
    AFFLUENT = "affluent"  # 富裕: 1,000,000 to 5,000,000 元
    HNW = "hnw"  # 高净值: above 5,000,000 元
    RISING = "rising"  # 潜力: AUM of a mass customer, but a high income


#: 1,000,000 元 and 5,000,000 元 in 分. Source: the bank's tier table (富裕 100–500 万, 高净值 > 500 万).
AFFLUENT_FROM: Final = 100_000_000
HNW_FROM: Final = 500_000_000
#: Mean monthly salary of six months from which a mass customer is 潜力: 20,000 元, twice an urban wage.
RISING_SALARY_FROM: Final = 2_000_000


class PartyKind(StrEnum):
    """A person or a firm."""

    PERSON = "person"
    COMPANY = "company"


class Kind(StrEnum):
    """What kind of account or product a customer holds."""

    CURRENT = "current"
    TERM = "term"
    WEALTH = "wealth"
    FUND = "fund"
    INSURANCE = "insurance"
    LOAN = "loan"
    CREDIT_CARD = "credit_card"
    DEBIT_CARD = "debit_card"
    METAL = "metal"


class Risk(StrEnum):
    """风险承受能力, from the last assessment."""

    C1 = "C1"
    C2 = "C2"
    C3 = "C3"
    C4 = "C4"
    C5 = "C5"


class Entry(StrEnum):
    """What an entry of the timeline is."""

    TRANSACTION = "transaction"
    LOGIN = "login"
    VIEW = "view"
    CALL = "call"
    VISIT = "visit"
    CHAT = "chat"
    COMPLAINT = "complaint"
    TOUCH = "touch"


class Field(StrEnum):
    """A masked field that may be revealed with a reason."""

    NAME = "name"
    PHONE = "phone"
    ID_NO = "id_no"
    ADDRESS = "address"
    BIRTH_DATE = "birth_date"


class Part(StrEnum):
    """Which part of a customer was looked at."""

    PAGE = "page"
    TAGS = "tags"
    TRANSACTIONS = "transactions"
    TIMELINE = "timeline"
    CHANGES = "changes"


class Sort(StrEnum):
    """Order of a list of customers; a leading minus is highest (or latest) first."""

    AUM_DOWN = "-aum"
    AUM_UP = "aum"
    CHANGE_DOWN = "-change_3m"
    CHANGE_UP = "change_3m"
    CONTACT_DOWN = "-last_contact"
    CONTACT_UP = "last_contact"


class Reminder(StrEnum):
    """三大提醒: what a relationship manager should know before speaking."""

    COMPLAINT_OPEN = "complaint_open"  # a complaint is not settled
    AUM_DROP = "aum_drop"  # AUM fell by 30 % or more within three months
    MATURITY_NEAR = "maturity_near"  # money falls due within 30 days
    RISK_EXPIRED = "risk_expired"  # the risk assessment is no longer valid
    RISK_EXPIRING = "risk_expiring"  # it ends within 30 days
    UNSEEN = "unseen"  # nobody spoke with the customer for 90 days
    BIRTHDAY = "birthday"  # within seven days


@dataclass(frozen=True, slots=True)
class CustomerFilter:
    """Which customers a list shows; money in 分, empty = no condition."""

    text: str = ""
    tiers: tuple[Tier, ...] = ()
    risks: tuple[Risk, ...] = ()
    holds: tuple[Kind, ...] = ()
    aum_min: int | None = None
    aum_max: int | None = None
    matures_within_days: int | None = None
    branch_no: str | None = None
    rm_no: str | None = None


@dataclass(frozen=True, slots=True)
class DueFilter:
    """Which money falling due: both days included, from today for twelve months when they are not given."""

    since: date | None = None
    until: date | None = None
    kinds: tuple[str, ...] = ()
    product_no: str | None = None
    branch_no: str | None = None
    rm_no: str | None = None


@dataclass(frozen=True, kw_only=True)
class CustomerViewed(Event):
    """Somebody looked at a customer."""

    kind: ClassVar[str] = "customer.viewed"
    wakes: ClassVar[bool] = False
    part: str


@dataclass(frozen=True, kw_only=True)
class CustomersListed(Event):
    """Somebody saw customers in a list, a search or the ladder of maturities."""

    kind: ClassVar[str] = "customers.listed"
    wakes: ClassVar[bool] = False
    where: str
    count: int
    one_ids: list[int]


@dataclass(frozen=True, kw_only=True)
class CustomerRevealed(Event):
    """Somebody read a masked field in clear, and why."""

    kind: ClassVar[str] = "customer.revealed"
    field: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class CustomerChanged(Event):
    """New data changed facts of a customer: each fact with its old and new value, codes and dates only."""

    kind: ClassVar[str] = "customer.changed"
    wakes: ClassVar[bool] = False
    facts: dict[str, list[str | None]]


@dataclass(frozen=True, kw_only=True)
class CustomerErased(Event):
    """A customer's personal information was destroyed."""

    kind: ClassVar[str] = "customer.erased"


@dataclass(frozen=True, kw_only=True)
class ProfilesRefreshed(Event):
    """The 360 pages were brought up to date."""

    kind: ClassVar[str] = "profiles.refreshed"
    as_of: str
    customers: int
    changed: int
    gone: int


class UnknownCustomer(NotFound):
    """没有找到该客户，或不在您的数据范围内。请核对客户号，或联系其管户客户经理。"""


class ReasonMissing(Invalid):
    """请填写查看原因(4–200 个字)，原因将被记录。"""


class ReasonPersonal(Invalid):
    """查看原因会长期留在审计日志里，请不要写客户的姓名、号码等个人信息。请改写后再试。"""


class SearchTooShort(Invalid):
    """请输入至少两个字：姓名、客户号、手机号或证件号。"""


class SearchTooOften(TooMany):
    """查找过于频繁，请一分钟后再试。"""
