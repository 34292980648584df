"""Nouns of one-ID: evidence, candidates, reviews, journal entries, previews, and what can go wrong."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar
from uuid import UUID

from liuke.kernel.errors import Conflict, NotFound, Refused
from liuke.kernel.event import Event
from liuke.kernel.ids import OneId


@dataclass(frozen=True, slots=True, order=True)
class Member:
    """One record of one source system."""

    source: str
    source_key: str


@dataclass(frozen=True, slots=True)
class Step:
    """One comparison of a pair: its outcome and the match weight (log2) it adds."""

    comparison: str
    label: str
    outcome: str
    outcome_label: str
    weight: float


@dataclass(frozen=True, slots=True)
class Waterfall:
    """From the prior to the total match weight (log2 odds) of a pair."""

    prior: float
    steps: tuple[Step, ...]

    @property
    def total(self) -> float:
        """Match weight of the pair, log2 odds."""
        return self.prior + sum(step.weight for step in self.steps)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A known record weighed against the asked one. ``fits``: nothing contradicts it and it rests on the person."""

    one_id: OneId
    weight: float
    fits: bool
    outcomes: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Resolved:
    """Answer of the online resolver: the customer, if the evidence suffices, and all candidates, best first."""

    one_id: OneId | None
    candidates: tuple[Candidate, ...]


class Why(StrEnum):
    """Why the machine left a pair to people."""

    GREY = "grey"  # 证据不足
    SHARED = "shared"  # 仅共用电话或住址
    BIRTH = "birth"  # 出生日期矛盾
    GENDER = "gender"  # 性别矛盾


class ReviewStatus(StrEnum):
    """Where a pair stands: waiting, judged by a person, or settled by a later run."""

    OPEN = "open"
    SAME = "same"
    DIFFERENT = "different"
    SETTLED = "settled"


class Verdict(StrEnum):
    """A person's judgement of a pair."""

    SAME = "same"
    DIFFERENT = "different"


class JournalKind(StrEnum):
    """What a journal entry did."""

    ASSIGN = "assign"
    MERGE = "merge"
    SPLIT = "split"
    DECIDE = "decide"
    UNDO = "undo"


@dataclass(frozen=True, slots=True)
class Review:
    """A pair of records that waits for, or has had, a person's judgement."""

    id: UUID
    left: Member
    right: Member
    left_one_id: OneId
    right_one_id: OneId
    weight: float
    why: Why
    waterfall: Waterfall
    status: ReviewStatus
    decided_by: str | None
    decided_at: datetime | None
    created_at: datetime

    @property
    def probability(self) -> float:
        """Match probability, 0–1."""
        return float(1.0 / (1.0 + 2.0 ** -max(min(self.weight, 1000.0), -1000.0)))


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the merge journal. ``before`` and ``after`` are the rows it changed, complete."""

    id: UUID
    seq: int
    at: datetime
    kind: JournalKind
    actor_id: str
    reason: str
    evidence: Mapping[str, Any]
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    undoes: UUID | None
    undone_by: UUID | None

    @property
    def can_undo(self) -> bool:
        """Whether it changed something and was not yet taken back."""
        return self.undone_by is None and self.kind not in {JournalKind.ASSIGN, JournalKind.UNDO}


@dataclass(frozen=True, slots=True)
class Contradiction:
    """A fact that speaks against a merge; ``hard`` ones forbid it."""

    code: str
    label: str
    hard: bool


@dataclass(frozen=True, slots=True)
class Preview:
    """What a merge would change: the number that stays, the one that goes, the records that move."""

    keeps: OneId
    frees: OneId
    stays: tuple[Member, ...]
    moves: tuple[Member, ...]
    contradictions: tuple[Contradiction, ...]

    @property
    def allowed(self) -> bool:
        """Whether no hard contradiction stands against it."""
        return not any(contradiction.hard for contradiction in self.contradictions)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run of one-ID did, in counts."""

    records: int
    customers: int
    added: int
    merged: int
    split: int
    reviews: int


class UnknownReview(NotFound):
    """没有这条待审归并，可能已被处理。请刷新列表。"""


class UnknownEntry(NotFound):
    """归并台账中没有这条记录。"""


class UnknownOneId(NotFound):
    """没有这个统一客户号，可能已并入其他客户。请重新查询。"""


class TwoValidIds(Refused):
    """两位客户的有效证件号码不同，不能归并为一人。若其中一个录入有误，请先在来源系统更正。"""


class DecidedApart(Conflict):
    """已有人判定这两位客户不是同一人。请先在归并台账中撤销该判定。"""


class SameCustomer(Conflict):
    """这两个客户号已是同一位客户，无需归并。"""


class AlreadyDecided(Conflict):
    """这条待审归并已由他人处理。请刷新后查看结果。"""


class StateMoved(Conflict):
    """此后又有新的归并或变更涉及这些记录，不能直接撤销。请先撤销较晚的那一笔。"""


class NotUndoable(Conflict):
    """这条台账记录不能撤销：它不是归并、拆分或判定，或已被撤销。"""


class TooFewParties(Refused):
    """当事人只有 {count} 条，少于训练所需的 {needed} 条。请继续使用随系统提供的模型。"""


class ReasonTooShort(Refused):
    """请写明理由(至少四个字)，它将永久保存在归并台账中。"""


@dataclass(frozen=True, kw_only=True)
class IdentityRan(Event):
    """One-ID was computed afresh."""

    kind: ClassVar[str] = "identity.ran"
    records: int
    customers: int
    added: int
    merged: int
    split: int


@dataclass(frozen=True, kw_only=True)
class CustomersMerged(Event):
    """Customer numbers became one: ``freed`` now belong to the subject."""

    kind: ClassVar[str] = "identity.merged"
    freed: list[int]
    journal_id: str


@dataclass(frozen=True, kw_only=True)
class CustomersSplit(Event):
    """Records of the subject now belong to ``others``."""

    kind: ClassVar[str] = "identity.split"
    others: list[int]
    journal_id: str


@dataclass(frozen=True, kw_only=True)
class IdentityViewed(Event):
    """Somebody looked at pairs, at the journal, or at what a merge would change. ``ids`` name what was shown."""

    kind: ClassVar[str] = "identity.viewed"
    wakes: ClassVar[bool] = False
    part: str
    ids: list[str]


@dataclass(frozen=True, kw_only=True)
class PairDecided(Event):
    """A person judged a pair of records."""

    kind: ClassVar[str] = "identity.decided"
    review_id: str
    verdict: str
