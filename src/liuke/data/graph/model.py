"""Nouns of the relation graph: relations with their evidence, groups, what people ask to change, errors and events."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, ClassVar, Final
from uuid import UUID

from liuke.kernel.errors import Conflict, Invalid, NotFound, Refused
from liuke.kernel.event import Event


class RelationKind(StrEnum):
    """What a relation is, read from the left party to the right one."""

    SPOUSE = "spouse"  # 配偶
    PARENT = "parent"  # left is the father or mother of right
    KIN = "kin"  # 其他亲属
    LEGAL_REP = "legal_rep"  # left is the legal representative of the firm right
    SHAREHOLDER = "shareholder"  # left owns a share of the firm right
    PAYROLL = "payroll"  # left is paid by the firm right
    GUARANTEE = "guarantee"  # left guarantees for right
    CO_BORROWER = "co_borrower"  # 共同借款
    JOINT_HOLDER = "joint_holder"  # 联名账户
    ADDRESS = "address"  # 同住址
    PHONE = "phone"  # 同号码
    DEVICE = "device"  # 同设备
    TRANSFER = "transfer"  # left sends money to right


#: A kind's number in a snapshot is its place here: append only.
KINDS: Final = tuple(RelationKind)
#: Relations that read the same from both sides; they are kept with the smaller number on the left.
SYMMETRIC: Final = frozenset(
    {
        RelationKind.SPOUSE,
        RelationKind.KIN,
        RelationKind.CO_BORROWER,
        RelationKind.JOINT_HOLDER,
        RelationKind.ADDRESS,
        RelationKind.PHONE,
        RelationKind.DEVICE,
    }
)


class EvidenceType(StrEnum):
    """Where the knowledge of a relation comes from, and so what it may be used for."""

    REGISTERED = "registered"  # 源系统登记
    ADDRESS = "address"  # 住址相同
    PHONE = "phone"  # 号码相同
    DEVICE = "device"  # 设备相同: kept against fraud
    TRANSACTION = "transaction"  # 交易流水
    PERSON = "person"  # 人工登记并复核


#: Fields of the canonical model that evidence is made from, so that guard can be asked whether they serve a purpose.
FIELDS: Final[Mapping[EvidenceType, tuple[str, ...]]] = {
    EvidenceType.REGISTERED: ("relation.kind",),
    EvidenceType.ADDRESS: ("party.address",),
    EvidenceType.PHONE: ("party.phone",),
    EvidenceType.DEVICE: ("party.device_id",),
    EvidenceType.TRANSACTION: ("transaction.counterparty_account",),
    EvidenceType.PERSON: ("relation.kind",),
}


class Origin(StrEnum):
    """Who first told of a relation."""

    SOURCE = "source"
    PERSON = "person"


class EdgeState(StrEnum):
    """Whether a relation holds. A denied one stays known, so that no later load brings it back."""

    LIVE = "live"
    DENIED = "denied"
    GONE = "gone"  # its party is another customer now; kept until the next rebuild


@dataclass(frozen=True, slots=True)
class Evidence:
    """One reason for a relation. ``count`` times seen; ``amount`` in 分 where money moved; ``share_bp`` of a firm."""

    type: EvidenceType
    text: str
    count: int
    amount: int | None = None
    share_bp: int | None = None
    last_on: date | None = None


@dataclass(frozen=True, slots=True)
class Edge:
    """A relation between two parties. ``confidence`` that it is what it says, 0–1; both days of validity included."""

    id: int
    left: int
    right: int
    kind: RelationKind
    confidence: float
    valid_from: date | None
    valid_to: date | None
    evidence: tuple[Evidence, ...]
    origin: Origin
    state: EdgeState
    confirmed_by: str | None
    confirmed_at: datetime | None


class GroupKind(StrEnum):
    """What holds a group together."""

    FAMILY = "family"  # 家庭: lives from one budget
    ENTERPRISE = "enterprise"  # 企业: firms and those who own or direct them


class GroupState(StrEnum):
    """Whether a person stands behind a group."""

    FOUND = "found"
    CONFIRMED = "confirmed"


@dataclass(frozen=True, slots=True)
class Reason:
    """A step of the weighing that joined a member: a piece of evidence and the match weight (log2) it adds."""

    code: str
    weight: float


@dataclass(frozen=True, slots=True)
class Member:
    """A party in a group. ``via`` is the member it was joined to, by ``reasons``; None for the first.

    ``needs`` names kinds of evidence without which it would not have been joined.
    """

    one_id: int
    via: int | None
    confidence: float
    reasons: tuple[Reason, ...]
    needs: tuple[EvidenceType, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """A family or an enterprise. The number stays while most of its members do. ``types``: all evidence it rests on."""

    id: int
    kind: GroupKind
    state: GroupState
    size: int
    confidence: float
    types: tuple[EvidenceType, ...]
    confirmed_by: str | None
    confirmed_at: datetime | None
    changed_at: datetime
    members: tuple[Member, ...]


class Verdict(StrEnum):
    """A person's word on whether two parties belong to one group."""

    TOGETHER = "together"
    APART = "apart"


class Action(StrEnum):
    """What a person asks to change."""

    ADD = "add"  # 登记关系
    DENY = "deny"  # 否认关系
    CONFIRM = "confirm"  # 确认群组
    MERGE = "merge"  # 合并群组
    SPLIT = "split"  # 拆出成员


class ChangeState(StrEnum):
    """Where a request stands."""

    PENDING = "pending"
    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Request:
    """A change asked for by one person and judged by another. ``facts`` name parties, groups and kinds by number."""

    id: UUID
    action: Action
    state: ChangeState
    subjects: tuple[int, ...]
    facts: Mapping[str, Any]
    reason: str
    proposed_by: str
    proposed_at: datetime
    decided_by: str | None
    decided_at: datetime | None
    decision: str


class UnknownGroup(NotFound):
    """没有这个群组，或其成员都不在您的数据范围内。它可能已并入其他群组，请返回群组列表查看。"""


class UnknownRelation(NotFound):
    """没有这条关系，或双方都不在您的数据范围内。请刷新关系图。"""


class UnknownRequest(NotFound):
    """没有这条申请，或不在您的数据范围内。请刷新列表。"""


class BadConfidence(Invalid):
    """可信度应在 0 到 1 之间。请修改后再试。"""


class BadValidity(Invalid):
    """关系的终止日期早于起始日期。请修改日期。"""


class SelfRelation(Invalid):
    """不能登记客户与自己的关系。请选择另一位客户。"""


class WrongParties(Invalid):
    """这类关系的双方不符：{reason}。请更换客户或关系类型。"""


class TooFar(Invalid):
    """一次最多展开 {most} 层关系。请减少层数。"""


class ReasonTooShort(Invalid):
    """请写明理由(4–200 个字)，它将永久保存在关系台账中。"""


class OwnProposal(Refused):
    """自己提出的申请须由他人复核。请由有复核权限的同事处理。"""


class GroupTooLarge(Refused):
    """合并后将有 {size} 位成员，超过上限 {most}。请先拆出无关成员。"""


class NothingToChange(Refused):
    """此项申请不会改变什么：{reason}。请刷新后再看。"""


class AlreadyDecided(Conflict):
    """这条申请已处理。请刷新后查看结果。"""


class AlreadyAsked(Conflict):
    """同样的申请正在等待复核。请勿重复提交。"""


class GroupMoved(Conflict):
    """申请提出后群组成员已变化，不能再按原申请处理。请驳回并重新提出。"""


class RebuildRunning(Conflict):
    """关系图正在重建，请等待它完成。"""


@dataclass(frozen=True, kw_only=True)
class GraphRebuilt(Event):
    """Relations were derived afresh, a new snapshot serves, and groups were found anew."""

    kind: ClassVar[str] = "graph.rebuilt"
    snapshot: str
    parties: int
    relations: int
    families: int
    enterprises: int


@dataclass(frozen=True, kw_only=True)
class ChangeProposed(Event):
    """Somebody asked to change relations or a group."""

    kind: ClassVar[str] = "relation.proposed"
    request_id: str
    action: str
    one_ids: list[int]


@dataclass(frozen=True, kw_only=True)
class ChangeDecided(Event):
    """A second person judged the request; an approved one is in force."""

    kind: ClassVar[str] = "relation.decided"
    request_id: str
    action: str
    state: str
    one_ids: list[int]
