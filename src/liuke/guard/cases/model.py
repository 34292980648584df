"""Nouns of cases: alerts, cases, queues, dispositions; what is refused; what happened."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from liuke.kernel.errors import Conflict, Forbidden, Invalid, NotFound, Refused
from liuke.kernel.event import Event
from liuke.kernel.ids import OneId


class CaseKind(StrEnum):
    """What a case is about."""

    FRAUD = "fraud"  # 欺诈
    AML = "aml"  # 反洗钱
    CONDUCT = "conduct"  # 员工行为
    SUITABILITY = "suitability"  # 适当性
    OUTREACH = "outreach"  # 触达合规
    OTHER = "other"


class Priority(StrEnum):
    """How soon a case must be settled; hours for each are set by queue."""

    URGENT = "urgent"
    HIGH = "high"
    NORMAL = "normal"
    LOW = "low"


class CaseState(StrEnum):
    """Where a case stands."""

    OPEN = "open"  # nobody works on it
    WORKING = "working"
    PROPOSED = "proposed"  # a disposition waits for a second pair of eyes
    CLOSED = "closed"


class Disposition(StrEnum):
    """处置： how a case was settled."""

    CONFIRMED = "confirmed"  # 属实
    DISMISSED = "dismissed"  # 排除
    MONITORED = "monitored"  # 持续关注
    REFERRED = "referred"  # 移交
    REPORTED = "reported"  # 已上报


class LinkKind(StrEnum):
    """What a piece of evidence points at."""

    EVENT = "event"
    CUSTOMER = "customer"
    PRODUCT = "product"
    CASE = "case"


class Step(StrEnum):
    """What happened in a case, as its diary says it."""

    OPENED = "opened"
    ALERTED = "alerted"
    ASSIGNED = "assigned"
    NOTED = "noted"
    LINKED = "linked"
    ATTACHED = "attached"
    WATCHED = "watched"
    PROPOSED = "proposed"
    RETURNED = "returned"
    CLOSED = "closed"
    REOPENED = "reopened"


@dataclass(frozen=True, slots=True)
class Evidence:
    """A link: ``ref`` is an event's id, a customer's inner number, a product or case number."""

    kind: LinkKind
    ref: str
    words: str = ""


@dataclass(frozen=True, slots=True)
class Alert:
    """预警： what a rule or model found. ``key`` names the matter (default: rule and subject)."""

    kind: CaseKind
    rule: str
    words: str
    subject: OneId | None = None
    key: str = ""
    score: int | None = None
    priority: Priority = Priority.NORMAL
    queue: str = ""
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class Queue:
    """A line of cases: hours to settle by priority; members are named users and everybody of the named roles."""

    name: str
    title: str
    hours: Mapping[str, int]
    members: tuple[str, ...]
    roles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Case:
    """案件. ``overdue`` is judged at the moment it was read."""

    id: UUID
    case_no: str
    kind: CaseKind
    queue: str
    title: str
    summary: str
    subject: OneId | None
    priority: Priority
    state: CaseState
    assignee: str | None
    watchers: tuple[str, ...]
    opened_by: str
    opened_at: datetime
    due_at: datetime
    overdue: bool
    disposition: Disposition | None
    proposal: str
    proposed_by: str | None
    proposed_at: datetime | None
    closed_by: str | None
    closed_at: datetime | None
    alerts: int


@dataclass(frozen=True, slots=True)
class CaseFilter:
    """Which cases a list shows; empty means all that may be seen."""

    queue: str = ""
    kind: CaseKind | None = None
    state: CaseState | None = None
    unsettled: bool = False
    mine: bool = False
    overdue: bool = False
    subject: OneId | None = None


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file of a case, named by the SHA-256 of its content."""

    id: UUID
    name: str
    media_type: str
    bytes: int
    sha256: str
    added_by: str
    added_at: datetime


class UnknownCase(NotFound):
    """没有找到该案件，或您不在可见名单内。如工作需要，请联系案件所在队列的负责人。"""


class UnknownQueue(Invalid):
    """没有名为“{queue}”的案件队列。请从队列列表中选择。"""


class NotMember(Forbidden):
    """您不是队列“{queue}”的成员，不能改派案件。请联系队列成员办理。"""


class BadAssignee(Invalid):
    """不能指派给该用户：不存在、已停用，或没有案件办理权限。请从可指派人员中选择。"""


class NotYours(Refused):
    """此案件由他人办理。请先由队列成员改派给您。"""


class WrongState(Conflict):
    """案件当前状态为“{state}”，不能进行此操作。请刷新后查看。"""


class SameEyes(Refused):
    """处置意见由您提出，不能由您本人复核。请由另一位有结案权限的同事复核。"""


class MatterOpen(Conflict):
    """同一事项已有一个未结案件，不能重复打开。请在该案件中继续办理。"""


class WordsMissing(Invalid):
    """请填写说明(2 至 2000 个字)。"""


class UnknownEvidence(Invalid):
    """没有找到要关联的{what}“{ref}”。请核对编号后再试。"""


class AttachmentTooLarge(Invalid):
    """附件超过 {limit} KB 的上限，或内容为空。请压缩或拆分后再上传。"""


class AttachmentRefused(Invalid):
    """附件“{name}”不能上传：{reason}。允许的类型：PDF、图片、Word、Excel、文本、录音。"""


class TooManyAttachments(Invalid):
    """一个案件最多 {limit} 个附件。请合并文件后再上传。"""


class BadQueue(Invalid):
    """队列设置不正确：{reason}。请修改后再保存。"""


# Events of cases name no subject: a customer's own change log must not tell of a case about them (反洗钱法 7, 35).
@dataclass(frozen=True, kw_only=True)
class CaseOpened(Event):
    """A case was opened."""

    kind: ClassVar[str] = "case.opened"
    case_id: str
    case_kind: str
    queue: str


@dataclass(frozen=True, kw_only=True)
class CaseAlerted(Event):
    """An alert joined a case."""

    kind: ClassVar[str] = "case.alerted"
    case_id: str
    rule: str


@dataclass(frozen=True, kw_only=True)
class CaseMoved(Event):
    """A step was taken in a case: ``step`` says which."""

    kind: ClassVar[str] = "case.moved"
    case_id: str
    step: str
    facts: dict[str, str]


@dataclass(frozen=True, kw_only=True)
class CaseClosed(Event):
    """A case was settled, seen by two."""

    kind: ClassVar[str] = "case.closed"
    case_id: str
    disposition: str
    proposed_by: str


@dataclass(frozen=True, kw_only=True)
class CaseViewed(Event):
    """Somebody looked at a case, or took an attachment of it."""

    kind: ClassVar[str] = "case.viewed"
    wakes: ClassVar[bool] = False
    case_id: str
    part: str


@dataclass(frozen=True, kw_only=True)
class CasesListed(Event):
    """Somebody saw cases in a list."""

    kind: ClassVar[str] = "case.listed"
    wakes: ClassVar[bool] = False
    case_ids: list[str]


@dataclass(frozen=True, kw_only=True)
class QueueChanged(Event):
    """A queue's members or hours were set."""

    kind: ClassVar[str] = "case.queue_changed"
    queue: str
    members: list[str]
    roles: list[str]
    hours: dict[str, int]
