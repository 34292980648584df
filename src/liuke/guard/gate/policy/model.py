"""Nouns of what compliance sets as one version: caps, quiet hours, words, rules."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from liuke.guard.consent import Channel, Purpose
from liuke.kernel.errors import Conflict, Invalid, NotFound
from liuke.kernel.errors import Refused as RefusedError


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


@dataclass(frozen=True, slots=True)
class Day:
    """A day that is not what its weekday says."""

    day: date
    kind: DayKind
    name: str


class PolicyInvalid(Invalid):
    """规则版本不能保存：{where}{reason}。请修改后再试。"""


class UnknownVersion(NotFound):
    """没有规则版本 {version}。请在版本列表中选择。"""


class NotDraft(Conflict):
    """规则版本 {version} 已处理过，不能再发布或退回。请新建草稿。"""


class SameHands(RefusedError):
    """草稿由您起草，不能由您本人发布。请由另一位合规同事复核发布。"""
