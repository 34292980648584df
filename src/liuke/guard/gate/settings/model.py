"""Nouns of what compliance sets day by day: freezes and hold-outs."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from liuke.guard.consent import Channel
from liuke.kernel.errors import Invalid, NotFound
from liuke.kernel.ids import OneId


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


class UnknownFreeze(NotFound):
    """没有找到该冻结记录，或已解除。请刷新后查看。"""


class BadFreeze(Invalid):
    """冻结原因请填写 4 至 200 个字，截止时间须晚于现在。"""


class BadHoldout(Invalid):
    """对照组不正确：{reason}。请修改后再试。"""
