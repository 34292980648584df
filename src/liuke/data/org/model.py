"""Nouns of the bank's own organisation: branches, staff, assignments; what may go wrong with them; what happened."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import ClassVar, Final

from liuke.kernel.errors import Invalid
from liuke.kernel.event import Event
from liuke.kernel.ids import OneId

#: Longest branch or staff number.
MAX_NUMBER: Final = 32


class BranchLevel(StrEnum):
    """How high a branch stands."""

    HEAD_OFFICE = "head_office"  # 总行
    BRANCH = "branch"  # 分行
    SUB_BRANCH = "sub_branch"  # 支行


class StaffStatus(StrEnum):
    """Whether a member of staff still works here."""

    ACTIVE = "active"
    LEFT = "left"


@dataclass(frozen=True, slots=True)
class Branch:
    """One branch and its place in the tree. ``active`` is false once the source no longer names it."""

    branch_no: str
    parent_no: str | None
    name: str
    level: BranchLevel
    path: str
    province: str
    city: str
    district: str
    address: str
    longitude: float | None
    latitude: float | None
    active: bool
    staff_count: int


@dataclass(frozen=True, slots=True)
class Staff:
    """One member of staff. ``book_size`` counts the customers of their book within the asker's scope."""

    staff_no: str
    name: str
    branch_no: str
    branch_name: str
    position: str
    status: StaffStatus
    hired_on: date | None
    left_on: date | None
    book_size: int
    login: str | None


@dataclass(frozen=True, slots=True)
class StaffFilter:
    """Which staff are wanted; empty means all. ``under`` is a branch and everything below it."""

    text: str = ""
    under: str | None = None
    position: str = ""
    status: StaffStatus | None = None


@dataclass(frozen=True, slots=True)
class Assignment:
    """归户: whose book a customer is in; ``rm_no`` is None in the pool (公共池) of the branch."""

    one_id: OneId
    rm_no: str | None
    branch_no: str
    branch_path: str


@dataclass(frozen=True, slots=True)
class Assigned:
    """What a bulk assignment did: the customers whose book changed, and the branch numbers nobody knows."""

    changed: Sequence[OneId]
    unknown_branches: Sequence[str]


class NothingSent(Invalid):
    """{what}名单是空的，未做任何改动。请检查来源文件是否完整。"""


class BadNumber(Invalid):
    """{what}编号“{number}”不正确：不能为空、不能含斜杠，最长 32 个字符。请在来源系统更正。"""


class DuplicateNumber(Invalid):
    """{what}编号 {number} 在同一批中出现多次。请在来源系统更正。"""


class BrokenTree(Invalid):
    """机构 {branch_no} 的上级机构 {parent_no} 不存在，或与它互为上下级。机构树未改动，请在来源系统更正。"""


class UnknownBranch(Invalid):
    """没有编号为 {branch_no} 的机构。请核对后重新输入。"""


@dataclass(frozen=True, kw_only=True)
class BranchesReplaced(Event):
    """The branch tree was brought up to date; ``moved`` are branches whose path changed."""

    kind: ClassVar[str] = "branch.replaced"
    added: int
    closed: int
    moved: list[str]


@dataclass(frozen=True, kw_only=True)
class StaffReplaced(Event):
    """The staff list was brought up to date; ``left`` are the staff numbers that left."""

    kind: ClassVar[str] = "staff.replaced"
    added: int
    left: list[str]


@dataclass(frozen=True, kw_only=True)
class BookChanged(Event):
    """Customers were assigned in bulk; ``changed`` counts those whose book or branch is now another."""

    kind: ClassVar[str] = "book.changed"
    source: str
    changed: int
