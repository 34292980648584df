"""Nouns of suitability: grades, tolerances, the bank's policy, what a check says; its errors and events."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar, Final

from liuke.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from liuke.kernel.event import Event
from liuke.kernel.ids import OneId


class Tolerance(StrEnum):
    """风险承受能力, from cautious to bold."""

    C1 = "C1"
    C2 = "C2"
    C3 = "C3"
    C4 = "C4"
    C5 = "C5"

    @property
    def rank(self) -> int:
        """1 to 5."""
        return int(self.value[1])


class Grade(StrEnum):
    """产品风险等级, from low to high."""

    R1 = "R1"
    R2 = "R2"
    R3 = "R3"
    R4 = "R4"
    R5 = "R5"

    @property
    def rank(self) -> int:
        """1 to 5."""
        return int(self.value[1])


class Point(StrEnum):
    """One thing a check looks at; the order is the order they are told in."""

    NOT_ON_SALE = "not_on_sale"
    NO_GRADE = "no_grade"
    NOT_ASSESSED = "not_assessed"
    EXPIRED = "expired"
    LOWEST = "lowest"
    TOO_RISKY = "too_risky"
    ELDER = "elder"
    FIRST_TIME = "first_time"
    ONE_PRODUCT = "one_product"
    HIGH_RISK_SHARE = "high_risk_share"


@dataclass(frozen=True, slots=True)
class Policy:
    """The bank's numbers, a version of them. Every one has a `Note`; percent of the customer's AUM, ranks 1–5."""

    version: int = 0
    #: Highest grade for each tolerance C1–C5.
    matrix: tuple[int, int, int, int, int] = (1, 2, 3, 4, 5)
    #: Kinds of product that are sold by grade.
    kinds: tuple[str, ...] = ("wealth", "fund", "insurance", "metal")
    elder_age: int = 65
    elder_max_grade: int = 3
    first_time_max_grade: int = 3
    share_from_grade: int = 3
    product_share: int = 50
    elder_product_share: int = 30
    high_risk_from_grade: int = 4
    high_risk_share: int = 40
    validity_days: int = 365
    attempts_a_day: int = 2
    attempts_a_year: int = 8
    seconds_a_question: int = 2
    changes_a_question: int = 2
    jump_levels: int = 2
    jump_days: int = 30
    insist_days: int = 1
    recording_years: int = 5


@dataclass(frozen=True, slots=True)
class Note:
    """Where a number of the policy comes from. ``verify``: not read in the text, to be confirmed by compliance."""

    title: str
    source: str
    verify: bool = True


_RULES: Final = "金融机构产品适当性管理办法(令2025年第7号，2026-02-01 施行)"
_CARE: Final = "同上，对高龄与首次购买者的特别注意义务"
_OURS: Final = "本行内部管理要求(出厂默认值)"

#: Numbers marked verify ship as defaults from memory of the rule, not from its text.
NOTES: Final[Mapping[str, Note]] = {
    "matrix": Note("各承受能力可购的最高产品等级", _RULES),
    "kinds": Note("按风险等级销售的产品种类", _RULES),
    "elder_age": Note("按高龄客户从严的年龄", _CARE),
    "elder_max_grade": Note("高龄客户无须特别确认的最高等级", _CARE),
    "first_time_max_grade": Note("首次购买者无须特别确认的最高等级", _CARE),
    "share_from_grade": Note("开始看单一产品集中度的等级", _OURS),
    "product_share": Note("单一产品占管理资产的上限(%)", _OURS),
    "elder_product_share": Note("高龄客户单一产品占管理资产的上限(%)", _OURS),
    "high_risk_from_grade": Note("算作高风险的等级", _OURS),
    "high_risk_share": Note("高风险产品合计占管理资产的上限(%)", _OURS),
    "validity_days": Note("测评有效期(天)", _RULES),
    "attempts_a_day": Note("一天最多测评次数", f"{_RULES}：一日不超过两次"),
    "attempts_a_year": Note("十二个月最多测评次数", f"{_RULES}：十二个月不超过八次"),
    "seconds_a_question": Note("每题最短作答秒数，低于此疑为代答", _OURS),
    "changes_a_question": Note("平均每题改答次数上限，高于此疑为诱导", _OURS),
    "jump_levels": Note("短期内上升多少级须复核", _OURS),
    "jump_days": Note("上述短期的天数", _OURS),
    "insist_days": Note("客户坚持购买确认书的有效天数", _OURS),
    "recording_years": Note("双录资料在合同终止后的保存年数", "银行业金融机构销售专区录音录像管理暂行规定(2017)等"),
}


@dataclass(frozen=True, slots=True)
class Reason:
    """One point against: what it says, with the values it saw, and what would make it possible."""

    point: Point
    message: str
    remedy: str
    insistable: bool
    why: str
    verify: bool


@dataclass(frozen=True, slots=True)
class Fit:
    """The product suits the customer. ``insisted``: only because of the customer's own written insistence."""

    one_id: OneId
    product_no: str
    policy: int
    facts: Mapping[str, object] = field(default_factory=dict)
    insisted: bool = False


@dataclass(frozen=True, slots=True)
class Unfit:
    """The product does not suit the customer, and why. ``insistable``: the customer may insist, in writing."""

    one_id: OneId
    product_no: str
    policy: int
    reasons: tuple[Reason, ...]
    facts: Mapping[str, object] = field(default_factory=dict)

    @property
    def insistable(self) -> bool:
        """Whether insistence of the customer would overcome every reason."""
        return all(reason.insistable for reason in self.reasons)


@dataclass(frozen=True, slots=True)
class Investor:
    """What is known of a customer as a buyer."""

    one_id: OneId
    tolerance: Tolerance | None
    origin: str
    assessed_on: date | None
    valid_until: date | None
    experienced: bool
    birth_year: int | None
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class ProductGrade:
    """Grades of a product from the issuer and from us; the higher counts."""

    product_no: str
    issuer: Grade | None
    distributor: Grade | None
    basis: str
    made_by: str
    approved_by: str | None
    made_at: datetime


class NotYourOwn(Forbidden):
    """需要另一位有权限的同事复核：经办人不能批准自己提交的内容。"""


class UnknownDraft(NotFound):
    """没有待批准的草案，或已被处理。请刷新后再看。"""


class BadPolicy(Invalid):
    """适当性参数不正确：{reason}。请修改后再提交。"""


class BadGrade(Invalid):
    """请至少给出发行方或本行的一个风险等级(R1–R5)，并说明评级依据(4–200 个字)。"""


class DraftWaiting(Conflict):
    """已有一份草案等待批准。请先批准或撤下它，再提交新的。"""


@dataclass(frozen=True, kw_only=True)
class SuitabilityViewed(Event):
    """Somebody looked at a customer as a buyer."""

    kind: ClassVar[str] = "suitability.viewed"
    wakes: ClassVar[bool] = False
    part: str


@dataclass(frozen=True, kw_only=True)
class TolerancesTakenOver(Event):
    """Tolerances and holdings of customers were taken over from the sources."""

    kind: ClassVar[str] = "suitability.taken_over"
    customers: int


@dataclass(frozen=True, kw_only=True)
class ToleranceSet(Event):
    """A customer's tolerance is now another, from an assessment."""

    kind: ClassVar[str] = "suitability.tolerance_set"
    before: str
    after: str
    sitting: str
    valid_until: str


@dataclass(frozen=True, kw_only=True)
class GradeProposed(Event):
    """Somebody proposed grades for a product."""

    kind: ClassVar[str] = "suitability.grade_proposed"
    product_no: str
    issuer: str
    distributor: str


@dataclass(frozen=True, kw_only=True)
class GradeApproved(Event):
    """A second person approved a product's grades; they hold from now on."""

    kind: ClassVar[str] = "suitability.grade_approved"
    product_no: str
    issuer: str
    distributor: str


@dataclass(frozen=True, kw_only=True)
class PolicyProposed(Event):
    """Somebody proposed other numbers for the policy."""

    kind: ClassVar[str] = "suitability.policy_proposed"
    policy: int


@dataclass(frozen=True, kw_only=True)
class PolicyApproved(Event):
    """A second person approved a version of the policy; it holds from now on."""

    kind: ClassVar[str] = "suitability.policy_approved"
    policy: int
