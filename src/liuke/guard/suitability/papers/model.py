"""Nouns of question papers and sittings, their errors and events."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar
from uuid import UUID

from liuke.guard.suitability.model import Tolerance
from liuke.kernel.errors import Conflict, Invalid, NotFound, TooMany
from liuke.kernel.event import Event
from liuke.kernel.ids import OneId


class PaperState(StrEnum):
    """Where a version of a paper stands."""

    DRAFT = "draft"
    LIVE = "live"
    WITHDRAWN = "withdrawn"


class SittingState(StrEnum):
    """Where a sitting stands."""

    OPEN = "open"  # 作答中
    DONE = "done"  # 已生效
    REVIEW = "review"  # 待复核
    VOID = "void"  # 作废


class Sign(StrEnum):
    """What makes an assessment look guided."""

    TOO_FAST = "too_fast"  # 作答过快
    TOO_MANY_CHANGES = "too_many_changes"  # 反复改答
    JUMP = "jump"  # 短期内大幅上升
    REPEATED = "repeated"  # 短期内反复测评
    CLOCK = "clock"  # 作答时间无法判断


@dataclass(frozen=True, slots=True)
class Option:
    """One answer: its points, and the highest tolerance (rank) that somebody who chose it may get."""

    id: str
    text: str
    score: int
    cap: int | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """One question with its answers; one is chosen."""

    id: str
    text: str
    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class Band:
    """From this sum of points on, this tolerance (rank)."""

    from_score: int
    tolerance: int


@dataclass(frozen=True, slots=True)
class Paper:
    """A version of a question paper."""

    paper_no: str
    version: int
    title: str
    source: str
    state: PaperState
    questions: tuple[Question, ...]
    bands: tuple[Band, ...]
    made_by: str
    approved_by: str | None
    live_at: datetime | None


@dataclass(frozen=True, slots=True)
class Sitting:
    """One customer's answering of one version of a paper."""

    id: UUID
    one_id: OneId
    paper_no: str
    version: int
    channel: str
    state: SittingState
    started_at: datetime
    started_by: str
    submitted_at: datetime | None
    answers: Mapping[str, str]
    changes: int
    score: int | None
    tolerance: Tolerance | None
    signs: tuple[Sign, ...]
    settled_by: str | None
    note: str | None


@dataclass(frozen=True, slots=True)
class Scored:
    """What the answers come to."""

    score: int
    tolerance: Tolerance


class BadPaper(Invalid):
    """问卷内容不正确：{reason}。请修改后再提交。"""


class UnknownPaper(NotFound):
    """没有启用中的问卷 {paper_no}。请先由合规启用一份问卷。"""


class PaperWithdrawn(Conflict):
    """作答期间问卷已停用或换版，本次作答不能提交。请用现行问卷重新测评，本次不计次数。"""


class UnknownSitting(NotFound):
    """没有这次测评，或已经提交。请重新开始。"""


class AnswerNotOnPaper(Invalid):
    """第 {question} 题没有选项“{option}”。请重新选择。"""


class Unanswered(Invalid):
    """还有 {count} 题未作答：{questions}。请答完再提交。"""


class TooManyToday(TooMany):
    """今天已测评 {times} 次，达到每日上限 {limit} 次。请明天再测。"""


class TooManyThisYear(TooMany):
    """十二个月内已测评 {times} 次，达到上限 {limit} 次。请在最早一次满一年后再测。"""


class NoteMissing(Invalid):
    """请写明复核意见(4–200 个字)。"""


@dataclass(frozen=True, kw_only=True)
class PaperChanged(Event):
    """A version of a paper was proposed, put in force or withdrawn."""

    kind: ClassVar[str] = "paper.changed"
    paper_no: str
    paper_version: int
    state: str


@dataclass(frozen=True, kw_only=True)
class SittingStarted(Event):
    """A customer began to answer."""

    kind: ClassVar[str] = "sitting.started"
    sitting: str
    paper_no: str
    paper_version: int


@dataclass(frozen=True, kw_only=True)
class SittingSubmitted(Event):
    """A customer's answers were scored; ``signs`` hold it back for a review."""

    kind: ClassVar[str] = "sitting.submitted"
    sitting: str
    score: int
    tolerance: str
    signs: list[str]


@dataclass(frozen=True, kw_only=True)
class SittingSettled(Event):
    """A sitting held back was confirmed or made void by a second person, or its paper was gone."""

    kind: ClassVar[str] = "sitting.settled"
    sitting: str
    state: str


#: A paper's questions and bands as JSON.
Body = Mapping[str, Any]
