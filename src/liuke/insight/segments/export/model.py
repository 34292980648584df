"""Nouns of exports: what is asked for, where it stands; errors and events."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import ClassVar, Final

from liuke.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from liuke.kernel.event import Event

#: How long an allowed export may be fetched.
LASTS: Final = timedelta(days=7)
#: Customers in a list with names, at most; a list of numbers only has no such bound but a sheet's own.
LIST_MOST: Final = 20_000
#: Rows of a sheet. Source: ECMA-376, 1,048,576 rows, two of them taken by headings.
SHEET_MOST: Final = 1_048_574
REASON: Final = range(4, 201)


class ExportFormat(StrEnum):
    """What kind of file."""

    CSV = "csv"
    XLSX = "xlsx"


class ExportContent(StrEnum):
    """What is in it."""

    NUMBERS = "numbers"  # customer numbers only
    LIST = "list"  # with name (masked by role), tier, AUM, branch and manager


class ExportState(StrEnum):
    """Where an export stands."""

    ASKED = "asked"  # 待复核
    ALLOWED = "allowed"  # 已同意
    REFUSED = "refused"  # 已拒绝


@dataclass(frozen=True, slots=True)
class Export:
    """An export of a version of a segment. ``customers`` is what the asker could see when asking."""

    id: int
    segment_id: int
    version: int
    format: ExportFormat
    content: ExportContent
    reason: str
    state: ExportState
    asked_by: str
    asked_name: str
    asked_at: datetime
    decided_by: str
    decided_name: str
    answer: str
    decided_at: datetime | None
    customers: int
    digest: str
    expires_at: datetime | None


class UnknownExport(NotFound):
    """没有找到这次导出申请。请回到导出记录查找。"""


class ExportReasonMissing(Invalid):
    """请填写用途或意见(4–200 个字)，它会随导出记录长期保存。"""


class ExportTooLarge(Invalid):
    """带姓名的名单一次至多 {limit} 人，此客群有 {customers} 人。请缩小客群，或只导出客户号。"""


class SheetTooLarge(Invalid):
    """Excel 工作表至多 {limit} 行，此客群有 {customers} 人。请改用 CSV。"""


class ExportDecided(Conflict):
    """这次导出申请已经处理过了。请刷新后查看结果。"""


class OwnExport(Forbidden):
    """自己的导出申请须由另一个人复核。请联系有复核权限的同事。"""


class NotYourExport(Forbidden):
    """导出文件只有申请人本人可以下载。"""


class ExportNotAllowed(Conflict):
    """这次导出还没有通过复核，或已被拒绝。"""


class ExportExpired(Conflict):
    """这次导出已过下载期限({days} 天)。请重新申请。"""


class ExportOutdated(Conflict):
    """申请之后客群规则已改到第 {version} 版，原来的同意不再适用。请重新申请。"""


@dataclass(frozen=True, kw_only=True)
class ExportAsked(Event):
    """Somebody asked to export a segment."""

    kind: ClassVar[str] = "segment.export_asked"
    export: int
    segment: int
    format: str
    content: str
    customers: int


@dataclass(frozen=True, kw_only=True)
class ExportJudged(Event):
    """Somebody else allowed or refused an export."""

    kind: ClassVar[str] = "segment.export_decided"
    export: int
    segment: int
    state: str


@dataclass(frozen=True, kw_only=True)
class SegmentExported(Event):
    """An export was fetched: how many customers, and the SHA-256 of the file."""

    kind: ClassVar[str] = "segment.exported"
    export: int
    segment: int
    rule_version: int
    customers: int
    digest: str
