"""Nouns of the gate: what is to reach a customer, the verdict, the permit, and the policy compliance edits."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from liuke.guard.consent import Channel, Purpose
from liuke.kernel.errors import Conflict, Invalid, NotFound
from liuke.kernel.errors import Refused as RefusedError
from liuke.kernel.ids import OneId


class Check(StrEnum):
    """What the gate looks at, in this order; the first that says no names the refusal."""

    CUSTOMER = "customer"  # 客户在数据范围内
    CONSENT = "consent"  # 授权同意
    PURPOSE = "purpose"  # 处理目的
    SUITABILITY = "suitability"  # 适当性
    FREEZE = "freeze"  # 投诉与风险冻结
    HOLDOUT = "holdout"  # 对照组
    CAP = "cap"  # 触达频控
    QUIET = "quiet"  # 免打扰时段与节假日
    WORDING = "wording"  # 话术
    RULE = "rule"  # 合规规则


TITLES: Final[dict[Check, str]] = {
    Check.CUSTOMER: "客户范围",
    Check.CONSENT: "授权同意",
    Check.PURPOSE: "处理目的",
    Check.SUITABILITY: "适当性",
    Check.FREEZE: "投诉与风险冻结",
    Check.HOLDOUT: "对照组",
    Check.CAP: "触达频控",
    Check.QUIET: "免打扰时段",
    Check.WORDING: "话术用语",
    Check.RULE: "合规规则",
}

#: Purposes a customer may be left in peace from; service, anti-fraud and legal duties are not held up by the bank's own
#: limits.
SOLICITING: Final = frozenset({Purpose.MARKETING, Purpose.PROFILING, Purpose.RESEARCH})
#: Purposes a product may be offered under.
OFFERING: Final = frozenset({Purpose.MARKETING, Purpose.PROFILING})


@dataclass(frozen=True, slots=True)
class Message:
    """What is to reach a customer: its words, and the product it offers. ``amount`` is in 分.

    ``fields`` are the data fields it was chosen or written with. ``automated``: no person decided to send it.
    """

    text: str = ""
    product_no: str | None = None
    amount: int | None = None
    campaign: str = ""
    fields: tuple[str, ...] = ()
    automated: bool = False


class DayKind(StrEnum):
    """What kind of day it is in the bank's calendar."""

    WORKDAY = "workday"
    REST = "rest"  # 周末
    HOLIDAY = "holiday"  # 法定节假日


@dataclass(frozen=True, slots=True)
class Cap:
    """触达频控: at most ``limit`` sends of these purposes on the channel (None: all together) within the window.

    The window is the last ``hours`` hours, or the calendar month in Shanghai when ``hours`` is None.
    """

    name: str
    channel: Channel | None
    purposes: tuple[Purpose, ...]
    limit: int
    hours: int | None


@dataclass(frozen=True, slots=True)
class Quiet:
    """免打扰: no sends of these purposes on these channels (empty: all) on such days between two minutes of the day.

    A span over midnight is written with ``to_minute`` before ``from_minute``; 0 to 1440 is the whole day.
    """

    name: str
    channels: tuple[Channel, ...]
    purposes: tuple[Purpose, ...]
    days: tuple[DayKind, ...]
    from_minute: int
    to_minute: int


@dataclass(frozen=True, slots=True)
class Wording:
    """A rule of words. ``must``: one of ``words`` has to be said with products of these kinds; else none may be said.

    ``unless`` are phrases in which a word is harmless (不保本).
    """

    name: str
    words: tuple[str, ...]
    unless: tuple[str, ...] = ()
    must: bool = False
    kinds: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class GateRule:
    """A rule in the rule language: when it is true, the send is refused with this reason."""

    name: str
    text: str
    reason: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Policy:
    """Everything compliance sets, as one version."""

    caps: tuple[Cap, ...]
    quiets: tuple[Quiet, ...]
    wordings: tuple[Wording, ...]
    rules: tuple[GateRule, ...]
    permit_seconds: int


class PolicyState(StrEnum):
    """Where a version of the policy stands."""

    DRAFT = "draft"
    PUBLISHED = "published"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Version:
    """A version of the policy with who wrote and who published it."""

    version: int
    policy: Policy
    state: PolicyState
    note: str
    drafted_by: str
    drafted_at: datetime
    decided_by: str | None
    decided_at: datetime | None


class FreezeKind(StrEnum):
    """Why a customer is left in peace."""

    COMPLAINT = "complaint"  # 投诉
    RISK = "risk"  # 风险
    JUDICIAL = "judicial"  # 司法
    CARE = "care"  # 特殊关怀
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Freeze:
    """冻结: no sends of soliciting purposes, on these channels (empty: all), until lifted or over."""

    id: UUID
    one_id: OneId
    kind: FreezeKind
    channels: tuple[Channel, ...]
    reason: str
    since: datetime
    until: datetime | None
    placed_by: str
    lifted_at: datetime | None
    lifted_by: str | None


@dataclass(frozen=True, slots=True)
class Holdout:
    """对照组: customers kept from sends of a campaign (empty: of all soliciting) so that its effect can be measured."""

    name: str
    campaign: str
    since: datetime
    until: datetime | None
    members: int


@dataclass(frozen=True, slots=True)
class Looked:
    """One check and how it came out. ``code`` names what said no, e.g. ``consent:not_granted``; empty when passed."""

    check: Check
    passed: bool
    code: str
    reason: str
    remedy: str
    source: str
    evidence: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Permit:
    """放行凭证: the gate's yes to one message for one customer on one channel, once, soon. Signed by the bank."""

    id: UUID
    one_id: OneId
    channel: Channel
    purpose: Purpose
    digest: str
    product_no: str | None
    campaign: str
    actor_id: str
    issued_at: datetime
    expires_at: datetime
    policy_version: int
    checks: tuple[Check, ...]
    key_id: str
    signature: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Refused:
    """The gate's no: the check and code, the reason, its evidence, and what would make it possible."""

    one_id: OneId
    channel: Channel
    purpose: Purpose
    policy_version: int
    at: datetime
    check: Check
    code: str
    reason: str
    remedy: str
    evidence: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why, or why not: every check of one customer at one time."""

    one_id: OneId
    channel: Channel
    purpose: Purpose
    policy_version: int
    at: datetime
    looked: tuple[Looked, ...]

    @property
    def refusal(self) -> Looked | None:
        """The first check that says no."""
        return next((look for look in self.looked if not look.passed), None)


@dataclass(frozen=True, slots=True)
class Refusal:
    """A refusal as it is kept and listed."""

    id: UUID
    at: datetime
    one_id: OneId
    channel: str
    purpose: str
    product_no: str | None
    campaign: str
    check: Check
    code: str
    reason: str
    remedy: str
    evidence: Mapping[str, object]
    actor_id: str
    trial: bool
    policy_version: int


@dataclass(frozen=True, slots=True)
class RefusalFilter:
    """Which refusals a list shows."""

    check: Check | None = None
    channel: Channel | None = None
    one_id: OneId | None = None
    since: datetime | None = None
    until: datetime | None = None
    trial: bool | None = None


@dataclass(frozen=True, slots=True)
class Day:
    """A day that is not what its weekday says."""

    day: date
    kind: DayKind
    name: str


class UnknownChannel(Invalid):
    """没有名为“{channel}”的触达渠道。请从渠道列表中选择。"""


class PermitUsed(Conflict):
    """此放行凭证已使用过。每次发送都需要重新申请放行。"""


class PermitExpired(Conflict):
    """放行凭证已过期。请重新申请放行。"""


class PermitForged(RefusedError):
    """放行凭证的签名不符，内容可能被改动。请重新申请放行，并报告合规。"""


class PermitMismatch(RefusedError):
    """放行凭证与本次发送不符：{what}不同。请为本次发送重新申请放行。"""


class ClockBack(RefusedError):
    """系统时钟早于{what}，可能被调回，本次发送已停止。请管理员校准时钟后重试。"""


class GateShut(RefusedError):
    """放行之后情况有变，本次发送不能进行：{reason}。{remedy}"""


class PolicyInvalid(Invalid):
    """规则版本不能保存：{where}{reason}。请修改后再试。"""


class UnknownVersion(NotFound):
    """没有规则版本 {version}。请在版本列表中选择。"""


class NotDraft(Conflict):
    """规则版本 {version} 已处理过，不能再发布或退回。请新建草稿。"""


class SameHands(RefusedError):
    """草稿由您起草，不能由您本人发布。请由另一位合规同事复核发布。"""


class UnknownFreeze(NotFound):
    """没有找到该冻结记录，或已解除。请刷新后查看。"""


class BadFreeze(Invalid):
    """冻结原因请填写 4 至 200 个字，截止时间须晚于现在。"""


class BadHoldout(Invalid):
    """对照组不正确：{reason}。请修改后再试。"""
