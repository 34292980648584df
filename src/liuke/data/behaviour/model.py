"""The nouns of behaviour: batches, verdicts on events, the tracking plan, what may go wrong, what happened."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar, Final

from liuke.kernel.errors import Conflict, Invalid, NotFound, TooMany, Unavailable
from liuke.kernel.event import Event

#: Largest body of a batch after unpacking, in bytes, and most events in it.
MAX_BATCH_BYTES: Final = 8 * 2**20
MAX_BATCH_EVENTS: Final = 10_000
#: Milliseconds of a day, and by how many the bank's day (Asia/Shanghai, no summer time since 1992) is ahead of UTC.
DAY_MS: Final = 86_400_000
CHINA_MS: Final = 8 * 3_600_000


class AsideReason(StrEnum):
    """Why an event was set aside."""

    JSON = "json"  # the line is not a JSON object
    FORM = "form"  # a field is missing, of another type, too long, or not declared
    PLAN = "plan"  # the tracking plan does not know this event, or not in this form
    LATE = "late"  # it happened longer ago than the plan accepts
    AHEAD = "ahead"  # it claims to happen in the future


class Identity(StrEnum):
    """By which field a customer was recognised."""

    USER = "user"
    CUSTOMER = "customer"
    DEVICE = "device"


@dataclass(frozen=True, slots=True)
class EventPlan:
    """One kind of event of the tracking plan: its Chinese name, and the JSON Schema its context must satisfy."""

    name: str
    title: str
    schema: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Plan:
    """埋点方案: which events the app may send, in which form, how late they may arrive.

    ``source`` is the source system whose members ``user_id`` names, ``customer_source`` the one of ``customer_no``.
    """

    title: str
    source: str
    customer_source: str
    late_hours: int
    ahead_seconds: int
    events: Mapping[str, EventPlan]
    #: Chinese names of the values of page and channel, for screens and rules.
    words: Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class PlanVersion:
    """A saved version of the tracking plan. Version 0 is the shipped one."""

    version: int
    text: str
    saved_by: str
    saved_at: datetime | None


@dataclass(frozen=True, slots=True)
class PlanProblem:
    """One error in a plan's text: where (a JSON pointer, or ``line 3``) and what to do."""

    place: str
    message: str


@dataclass(frozen=True, slots=True)
class Minute:
    """What came in during one minute, by the server's clock."""

    minute: datetime
    accepted: int
    duplicates: int
    late: int
    malformed: int
    unresolved: int


@dataclass(frozen=True, slots=True)
class Quarantined:
    """An event set aside. ``masked``: letters and digits of ``raw`` are hidden from this reader."""

    at: datetime
    number: int
    reason: AsideReason
    field: str
    message: str
    raw: str
    masked: bool


class BatchTooLarge(Invalid):
    """一批事件过大：至多 {events} 条，展开后至多 {mib} MB。请分成几批发送。"""

    status = 413


class BatchUnreadable(Invalid):
    """这一批事件无法读取：{reason}。请按接口说明发送 JSON 数组或每行一个 JSON 对象。"""


class BatchType(Invalid):
    """不支持的内容类型 {given}。请用 application/x-ndjson 或 application/json 发送，压缩只支持 gzip。"""

    status = 415


class SendingTooFast(TooMany):
    """事件发送过快，超过每秒 {limit} 条。请稍后重试，未确认的事件请保留并重发。"""


class LogUnavailable(Unavailable):
    """事件日志暂时无法写入，这一批没有被确认。请保留并稍后重发，已确认的事件不受影响。"""


class BacklogFull(Unavailable):
    """积压的事件过多，暂不接收新的批次。请稍后重发，已确认的事件不受影响。"""


class StreamAway(Unavailable):
    """行为流处理进程没有运行，实时行为暂时无法查询，已确认的事件不受影响。请稍后重试，或联系系统管理员。"""


class StreamBusy(Conflict):
    """行为流处理已由另一个进程承担。请勿重复启动。"""


class PlanInvalid(Invalid):
    """埋点方案有 {count} 处错误，未保存。第一处：{place} {message}"""


class PlanMoved(Conflict):
    """埋点方案已由他人改为第 {version} 版。请刷新后再改。"""


class PlanUnknown(NotFound):
    """没有第 {version} 版埋点方案。"""


class QueryInvalid(Invalid):
    """分析条件不正确：{reason}。请修改后再试。"""


class NoEvents(Unavailable):
    """行为数据尚未整理完成。请在加载行为数据源或接入事件后稍候再试。"""


class CustomerUnknown(NotFound):
    """没有找到该客户，或不在您的数据范围内。请核对客户号，或联系其管户客户经理。"""


@dataclass(frozen=True, kw_only=True)
class PlanSaved(Event):
    """A version of the tracking plan was saved."""

    kind: ClassVar[str] = "behaviour.plan_saved"
    plan_version: int


@dataclass(frozen=True, kw_only=True)
class BehaviourViewed(Event):
    """Somebody looked at what a customer did in the app."""

    kind: ClassVar[str] = "behaviour.viewed"
    wakes: ClassVar[bool] = False
    part: str


@dataclass(frozen=True, kw_only=True)
class BehaviourListed(Event):
    """Somebody saw which customers did something."""

    kind: ClassVar[str] = "behaviour.listed"
    wakes: ClassVar[bool] = False
    count: int
    one_ids: list[int]


@dataclass(frozen=True, kw_only=True)
class EventsQuarantineViewed(Event):
    """Somebody read events that were set aside."""

    kind: ClassVar[str] = "behaviour.quarantine_viewed"
    wakes: ClassVar[bool] = False
    count: int
