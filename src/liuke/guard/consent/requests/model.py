"""Nouns of data-subject requests, their errors and events."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar, Final
from uuid import UUID

from liuke.guard.consent.participants import Kept
from liuke.kernel.errors import Conflict, Forbidden, Invalid, NotFound, Refused
from liuke.kernel.event import Event
from liuke.kernel.ids import OneId


class RequestKind(StrEnum):
    """What a customer asks."""

    EXPORT = "export"  # 查阅、复制(个保法 45)
    CORRECT = "correct"  # 更正、补充(个保法 46)
    ERASE = "erase"  # 删除(个保法 47)


class RequestState(StrEnum):
    """Where a request stands."""

    OPEN = "open"
    DONE = "done"
    REFUSED = "refused"


#: Days to answer. Source: GB/T 35273-2020, 8.7 (30 days; 个人信息保护法 第五十条 says 及时). Verify with compliance.
DUE_DAYS: Final = 30

#: What stays after an erasure, whatever rooms take part.
KEPT: Final = (
    Kept(
        "客户身份资料和交易记录(业务系统原件)",
        "反洗钱法(2024)第三十四条：保存期间不得删除",
        "业务关系结束或交易完成后十年",
        verify=False,
    ),
    Kept(
        "金额、持仓与产品(已与身份断开)",
        "会计与统计需要；姓名、电话、证件号的密钥已销毁，不能再识别到人",
        "与业务记录相同",
        verify=True,
    ),
    Kept(
        "授权与撤回的凭证编号和时间",
        "个人信息保护法第六十九条：处理者须能自证无过错",
        "十年",
        verify=True,
    ),
    Kept(
        "审计日志(只有编号和散列，不含姓名号码)",
        "网络安全法第二十一条、反洗钱法第三十四条",
        "不少于十年",
        verify=True,
    ),
)


@dataclass(frozen=True, slots=True)
class SubjectRequest:
    """A request of a customer about their own data."""

    id: UUID
    one_id: OneId
    kind: RequestKind
    state: RequestState
    evidence_ref: str
    branch_no: str
    field: str | None
    asked_at: datetime
    due_on: date
    taken_by: str
    closed_at: datetime | None
    closed_by: str | None
    answer: str | None


@dataclass(frozen=True, slots=True)
class Section:
    """A part of what the bank holds about a customer."""

    name: str
    title: str
    content: object


@dataclass(frozen=True, slots=True)
class Export:
    """Everything the bank's customer platform holds about one customer."""

    customer_no: str
    made_at: datetime
    sections: tuple[Section, ...]
    kept: tuple[Kept, ...]


class UnknownRequest(NotFound):
    """没有这个请求，或不在您的数据范围内。请刷新后再试。"""


class RequestClosed(Conflict):
    """这个请求已经办结。如客户有新的要求，请另行登记。"""


class WrongKind(Invalid):
    """这个请求不是{kind}请求，不能这样办理。"""


class CorrectionIncomplete(Invalid):
    """更正请求须写明字段和正确的内容(各 1–200 个字)。"""


class AnswerMissing(Invalid):
    """请写明办理结果(4–500 个字)，客户会看到。"""


class SecondPersonNeeded(Forbidden):
    """删除须由登记人以外的人复核执行。请交给另一位有权限的同事。"""


class StillCustomer(Refused):
    """客户仍有资产 {aum} 元、贷款 {loans} 元。请先与客户确认：继续使用的业务系统会照常保留资料；确认后可执行删除。"""


@dataclass(frozen=True, kw_only=True)
class SubjectRequested(Event):
    """A customer asked for something about their own data."""

    kind: ClassVar[str] = "subject.requested"
    request: str
    wish: str


@dataclass(frozen=True, kw_only=True)
class SubjectExported(Event):
    """A customer's own copy was made."""

    kind: ClassVar[str] = "subject.exported"
    request: str
    sections: list[str]


@dataclass(frozen=True, kw_only=True)
class SubjectCorrected(Event):
    """The owning branch corrected a field in the source system."""

    kind: ClassVar[str] = "subject.corrected"
    request: str
    field: str


@dataclass(frozen=True, kw_only=True)
class SubjectErased(Event):
    """A customer's personal information was destroyed at the customer's request; ``rooms`` took part."""

    kind: ClassVar[str] = "subject.erased"
    request: str
    rooms: list[str]


@dataclass(frozen=True, kw_only=True)
class SubjectRefused(Event):
    """A request could not be met; the answer says why."""

    kind: ClassVar[str] = "subject.refused"
    request: str
