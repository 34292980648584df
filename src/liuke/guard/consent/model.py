"""Nouns of consent: purposes, channels, acts with their evidence, blocks, quiet hours; its errors and events."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar, Final

from liuke.kernel.errors import Conflict, Invalid, NotFound
from liuke.kernel.event import Event
from liuke.kernel.ids import OneId


class Purpose(StrEnum):
    """处理目的: what personal information is used for."""

    SERVICE = "service"  # 服务履约
    MARKETING = "marketing"  # 营销
    PROFILING = "profiling"  # 个性化推荐
    RESEARCH = "research"  # 调研
    ANTIFRAUD = "antifraud"  # 反欺诈
    LEGAL = "legal"  # 法定义务


class Channel(StrEnum):
    """渠道: how a customer is reached."""

    PHONE = "phone"
    SMS = "sms"
    WECOM = "wecom"
    APP_PUSH = "app_push"
    APP_POPUP = "app_popup"
    EMAIL = "email"
    COUNTER = "counter"
    ATM = "atm"
    LETTER = "letter"


class Matter(StrEnum):
    """What an act of the customer is about."""

    CONTACT = "contact"  # a purpose on channels
    SENSITIVE = "sensitive"  # separate consent: sensitive information for a purpose (个保法 29)
    PERSONAL = "personal"  # personalised recommendation on or off (个保法 24)
    AUTOMATED = "automated"  # decisions made by machines alone on or off (个保法 24)


class EvidenceKind(StrEnum):
    """What proves an act of the customer."""

    PAPER = "paper"  # 纸质签署
    APP = "app"  # 手机银行确认
    RECORDING = "recording"  # 录音录像
    COUNTER = "counter"  # 柜面签字
    CALL = "call"  # 客服来电
    SOURCE = "source"  # 源系统已有记录


class BlockKind(StrEnum):
    """Why somebody stands on a black list."""

    REFUSES = "refuses"  # 客户拒绝打扰
    COMPLAINT = "complaint"  # 投诉后停止触达
    RISK = "risk"  # 风险名单
    LITIGATION = "litigation"  # 诉讼保全
    DECEASED = "deceased"  # 已故
    REGULATOR = "regulator"  # 监管要求
    ERASURE = "erasure"  # 已申请删除,停止处理


class Ground(StrEnum):
    """Why a purpose is lawful."""

    CONSENT = "consent"  # 同意, 个保法 13(1)
    CONTRACT = "contract"  # 订立履行合同所必需, 个保法 13(2)
    LAW = "law"  # 法定职责或义务, 个保法 13(3)


@dataclass(frozen=True, slots=True)
class Basis:
    """The lawful ground of a purpose and where it is written."""

    ground: Ground
    title: str
    source: str
    verify: bool


#: Purposes resting on consent need a grant; the others need none, but black lists hold for service too.
BASES: Final[dict[Purpose, Basis]] = {
    Purpose.SERVICE: Basis(Ground.CONTRACT, "服务履约", "个人信息保护法 第十三条第(二)项", verify=False),
    Purpose.MARKETING: Basis(Ground.CONSENT, "营销", "个人信息保护法 第十三条第(一)项、第十四条", verify=False),
    Purpose.PROFILING: Basis(Ground.CONSENT, "个性化推荐", "个人信息保护法 第十四条、第二十四条", verify=True),
    Purpose.RESEARCH: Basis(Ground.CONSENT, "调研", "个人信息保护法 第十四条", verify=True),
    Purpose.ANTIFRAUD: Basis(Ground.LAW, "反欺诈", "反电信网络诈骗法 第十八条", verify=False),
    Purpose.LEGAL: Basis(Ground.LAW, "法定义务", "个人信息保护法 第十三条第(三)项", verify=False),
}

#: Purposes that no black list of the customer's own wish and no quiet hour can stop.
COMPELLED: Final = frozenset({Purpose.ANTIFRAUD, Purpose.LEGAL})


@dataclass(frozen=True, slots=True)
class Evidence:
    """What proves an act: its kind, its number in the archive, and the digest of the file if there is one."""

    kind: EvidenceKind
    ref: str
    digest: str = ""


@dataclass(frozen=True, slots=True)
class Act:
    """A grant (``granted``) or withdrawal by the customer. Empty ``channels``: all of them; No ``decided_at``: now."""

    matter: Matter
    granted: bool
    evidence: Evidence
    purpose: Purpose | None = None
    channels: frozenset[Channel] = frozenset()
    decided_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """An act as it stands in the history."""

    id: int
    matter: Matter
    purpose: Purpose | None
    channels: tuple[Channel, ...]
    granted: bool
    evidence_kind: EvidenceKind
    evidence_ref: str
    evidence_digest: str
    decided_at: datetime
    recorded_at: datetime
    recorded_by: str


@dataclass(frozen=True, slots=True)
class State:
    """What a customer has granted as of now: (purpose, channel) pairs, purposes of sensitive use, the two switches."""

    one_id: OneId
    granted: frozenset[tuple[Purpose, Channel]]
    sensitive: frozenset[Purpose]
    personal: bool
    automated: bool


@dataclass(frozen=True, slots=True)
class Block:
    """A customer on a black list. Empty ``purposes`` or ``channels`` means all."""

    id: int
    one_id: OneId
    kind: BlockKind
    purposes: tuple[Purpose, ...]
    channels: tuple[Channel, ...]
    reason: str
    since: datetime
    until: datetime | None
    listed_by: str
    lifted_at: datetime | None


@dataclass(frozen=True, slots=True)
class Quiet:
    """免打扰时段: minutes of the Shanghai day from ``from_minute`` until before ``to_minute`` (may cross midnight).

    ``weekdays`` (Monday 1) name the day the span begins on; empty is every day. Empty ``channels`` is all.
    """

    id: int
    one_id: OneId
    channels: tuple[Channel, ...]
    weekdays: tuple[int, ...]
    from_minute: int
    to_minute: int
    starts_on: date | None
    ends_on: date | None
    made_at: datetime


class Reason(StrEnum):
    """Why consent says no, in the order they are looked at."""

    BLOCKED = "blocked"
    SWITCHED_OFF = "switched_off"
    NOT_GRANTED = "not_granted"
    SENSITIVE_NOT_GRANTED = "sensitive_not_granted"
    QUIET = "quiet"


@dataclass(frozen=True, slots=True)
class Refusal:
    """One reason against, its evidence (ids and dates, no personal data) and what would make it possible."""

    reason: Reason
    message: str
    remedy: str
    source: str
    evidence: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What consent says of reaching a customer for a purpose on a channel at a time; no refusals means allowed."""

    one_id: OneId
    purpose: Purpose
    channel: Channel
    refusals: Sequence[Refusal] = ()

    @property
    def allowed(self) -> bool:
        """Whether nothing speaks against it."""
        return not self.refusals


class PurposeMissing(Invalid):
    """请选择处理目的：授权与敏感信息单独同意必须逐项指明目的。"""


class NoConsentNeeded(Invalid):
    """“{purpose}”依据{source}处理，不以同意为前提，无需登记授权。"""


class EvidenceMissing(Invalid):
    """请填写凭证编号(1–80 个字母、数字或 . _ : / - 组成)，以便日后举证。"""


class InTheFuture(Invalid):
    """客户作出决定的时间不能晚于现在。请核对日期。"""


class OlderThanWithdrawal(Conflict):
    """客户已在 {withdrawn_at} 撤回同意，此授权早于撤回，不能覆盖。如客户重新同意，请取得新的凭证。"""


class BadQuiet(Invalid):
    """免打扰时段不正确：起止时刻应在 0–1440 分钟之间且不相同，星期为 1–7，结束日不早于开始日。请重新填写。"""


class BadBlock(Invalid):
    """名单登记不完整：请填写 4–200 个字的原因，截止时间应晚于现在。"""


class UnknownBlock(NotFound):
    """没有这条名单记录，或已经解除。请刷新名单后再试。"""


class UnknownQuiet(NotFound):
    """没有这个免打扰时段，或已经取消。请刷新后再试。"""


@dataclass(frozen=True, kw_only=True)
class ConsentViewed(Event):
    """Somebody looked at what a customer granted."""

    kind: ClassVar[str] = "consent.viewed"
    wakes: ClassVar[bool] = False
    part: str


@dataclass(frozen=True, kw_only=True)
class ConsentGranted(Event):
    """A customer granted something; ``entry`` is its place in the history."""

    kind: ClassVar[str] = "consent.granted"
    entry: int
    matter: str
    purpose: str
    channels: list[str]


@dataclass(frozen=True, kw_only=True)
class ConsentWithdrawn(Event):
    """A customer withdrew something; it holds from now on."""

    kind: ClassVar[str] = "consent.withdrawn"
    entry: int
    matter: str
    purpose: str
    channels: list[str]


@dataclass(frozen=True, kw_only=True)
class ConsentTakenOver(Event):
    """Consents that a source system already held were taken over in bulk."""

    kind: ClassVar[str] = "consent.taken_over"
    purpose: str
    channels: list[str]
    evidence_ref: str
    customers: int


@dataclass(frozen=True, kw_only=True)
class CustomerBlocked(Event):
    """A customer was put on a black list."""

    kind: ClassVar[str] = "consent.blocked"
    block: int
    list: str


@dataclass(frozen=True, kw_only=True)
class BlockLifted(Event):
    """A customer was taken off a black list."""

    kind: ClassVar[str] = "consent.block_lifted"
    block: int


@dataclass(frozen=True, kw_only=True)
class QuietSet(Event):
    """A customer asked not to be disturbed at some hours."""

    kind: ClassVar[str] = "consent.quiet_set"
    quiet: int


@dataclass(frozen=True, kw_only=True)
class QuietRemoved(Event):
    """A customer's quiet hours were taken back."""

    kind: ClassVar[str] = "consent.quiet_removed"
    quiet: int
