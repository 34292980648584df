"""Nouns of segments: a rule with an owner and a purpose, its versions, refreshes and moves; errors and events."""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar, Final

from liuke.kernel.errors import Conflict, Invalid, NotFound, Refused
from liuke.kernel.event import Event

#: Before the code of a segment where a rule names it: ``segment.高净值``.
PREFIX: Final = "segment."
NAME_LONGEST: Final = 40
MEANING_LONGEST: Final = 500
NOTE_LONGEST: Final = 200


class SegmentState(StrEnum):
    """Whether a segment is in use."""

    ACTIVE = "active"
    ARCHIVED = "archived"


class Cause(StrEnum):
    """Why membership was computed or moved."""

    SAVED = "saved"  # a version was saved
    TAGS = "tags"  # tags were refreshed
    MANUAL = "manual"  # somebody asked
    EVENT = "event"  # something the customer did
    MERGE = "merge"  # two customers became one


@dataclass(frozen=True, slots=True)
class Draft:
    """What somebody wants a segment to be. ``rule_text`` is a condition of the rule language."""

    name: str
    rule_text: str
    purpose: str
    meaning: str = ""
    note: str = ""
    #: Whether events move customers in and out within the second.
    live: bool = False
    #: What to do with these customers, one sentence each.
    strategy: tuple[str, ...] = ()
    template: str = ""


@dataclass(frozen=True, slots=True)
class Segment:
    """A segment as it stands: the newest version of its rule, and who answers for it."""

    id: int
    code: str
    name: str
    meaning: str
    purpose: str
    state: SegmentState
    version: int
    rule_text: str
    sentence: str
    live: bool
    strategy: tuple[str, ...]
    template: str
    owner: str
    owner_name: str
    created_at: datetime
    changed_at: datetime

    @property
    def field(self) -> str:
        """How rules name it."""
        return PREFIX + self.code


@dataclass(frozen=True, slots=True)
class Version:
    """One saved version of a segment's rule."""

    version: int
    name: str
    rule_text: str
    sentence: str
    purpose: str
    note: str
    saved_by: str
    saved_name: str
    saved_at: datetime


@dataclass(frozen=True, slots=True)
class Refresh:
    """Membership computed once: over all customers of the bank, as known on a day. ``fault``: why it failed."""

    id: int
    segment_id: int
    version: int
    as_of: date
    at: datetime
    cause: Cause
    customers: int
    reachable: int
    joined: int
    gone: int
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Size:
    """How large a segment is within somebody's scope. ``change``: against the last refresh of an earlier day."""

    customers: int
    reachable: int
    change: int | None
    as_of: date | None
    refreshed_at: datetime | None
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """A segment a customer is in, and since when it is known."""

    segment: Segment
    since: date | None


@dataclass(frozen=True, slots=True)
class Counted:
    """A live count: within scope, and of those how many may be reached for the purpose."""

    customers: int
    reachable: int
    base: int
    as_of: date
    sentence: str
    text: str
    tree: dict[str, object]
    parts: list[tuple[tuple[int, ...], int]]
    batch_only: bool = False


@dataclass(frozen=True, slots=True)
class Move:
    """A customer came into a segment or left it between two refreshes."""

    one_id: int
    joined: bool
    cause: Cause
    at: datetime = field(compare=False)


class UnknownSegment(NotFound):
    """没有找到这个客群，它可能已被停用。请回到客群列表查找。"""


class SegmentNameBad(Invalid):
    """客群名称须为 1–40 个字，且至少含一个字母、数字或汉字。请修改后再试。"""


class SegmentNameTaken(Conflict):
    """已有名为“{name}”的客群。请换一个名称。"""


class SegmentMoved(Conflict):
    """“{name}”已被他人改到第 {version} 版。请刷新后再改，您写的内容可以先复制出来。"""


class CircularSegment(Invalid):
    """客群互相引用成环：{path}。请去掉其中一处引用。"""


class SegmentInUse(Conflict):
    """“{name}”正被{users}引用，不能停用。请先在这些客群里去掉它。"""


class SegmentArchived(Conflict):
    """“{name}”已停用，不能修改。请先恢复。"""


class SegmentTextTooLong(Invalid):
    """说明或备注太长，至多 {limit} 个字。请删减后再试。"""


class PurposeNeeded(Invalid):
    """没有名为“{purpose}”的处理目的。请选择一种处理目的。"""


class OutsidePurpose(Refused):
    """标签“{fields}”不能用于“{purpose}”。请从条件里去掉，或换一个处理目的。"""


@dataclass(frozen=True, kw_only=True)
class SegmentSaved(Event):
    """A version of a segment was saved."""

    kind: ClassVar[str] = "segment.saved"
    segment: int
    rule_version: int
    purpose: str


@dataclass(frozen=True, kw_only=True)
class SegmentStateChanged(Event):
    """A segment was put out of use, or back into it."""

    kind: ClassVar[str] = "segment.state_changed"
    segment: int
    state: str


@dataclass(frozen=True, kw_only=True)
class SegmentsRefreshed(Event):
    """Membership of segments was computed again."""

    kind: ClassVar[str] = "segments.refreshed"
    as_of: str
    segments: list[int]
    failed: list[int]
    cause: str


@dataclass(frozen=True, kw_only=True)
class MembersMoved(Event):
    """Events moved customers into a live segment or out of it."""

    kind: ClassVar[str] = "segment.moved"
    segment: int
    joined: list[int]
    gone: list[int]
