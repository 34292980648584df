"""Nouns of the audit log as others see it: entries, verifications, where it stands; its errors and events."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from liuke.guard.audit.seal.model import Checkpoint, Fault
from liuke.kernel.errors import Conflict, Invalid, LiukeError, NotFound, Unavailable
from liuke.kernel.event import Event
from liuke.kernel.ids import OneId
from liuke.kernel.job import RunState


@dataclass(frozen=True, slots=True)
class EntryView:
    """An entry of the log. ``subject`` and ``payload`` are None where the person was erased; a list of customers names
    those it showed in ``listed``, and in ``listed_erased`` how many of them were erased since."""

    n: int
    at: datetime
    kind: str
    actor_id: str
    via: str
    request_id: str
    event_id: str | None
    subject: OneId | None
    listed: Sequence[OneId]
    payload: Mapping[str, object] | None
    erased: bool
    listed_erased: int


@dataclass(frozen=True, slots=True)
class Told:
    """What lies beside an entry, in clear: canonical JSON, and the salt of its digest in hexadecimal digits."""

    salt: str
    text: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which entries are looked for; an empty one wants all."""

    since: datetime | None = None
    until: datetime | None = None
    actor_id: str = ""
    subject: OneId | None = None
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Verification:
    """One verification of the whole log; ``size`` and ``sound`` are None until it is done."""

    id: UUID
    state: RunState
    fraction: float
    started_by: str
    started_at: datetime
    ended_at: datetime | None
    size: int | None
    checkpoints: int
    signatures: int
    erased: int
    sound: bool | None
    faults: Sequence[Fault]
    faults_total: int


@dataclass(frozen=True, slots=True)
class WitnessState:
    """Where a witness stands: the size of the log it last saw, and what keeps it from seeing more."""

    name: str
    size: int | None
    at: datetime | None
    trouble: str


@dataclass(frozen=True, slots=True)
class State:
    """Where the log stands. ``unsealed`` counts events not yet in it, ``size`` entries in it; ``trouble`` is why
    nothing is written at present, empty when all is well."""

    log_id: str
    size: int
    indexed: int
    unsealed: int
    trouble: str
    hash: str
    algorithm: str
    key_id: str
    public_key: str
    segments: int
    sealed_segments: int
    disk_bytes: int
    last: Checkpoint | None
    witnesses: Sequence[WitnessState]
    verification: Verification | None


class EntryUnknown(NotFound):
    """存证日志中没有第 {n} 条。请核对编号；刚发生的操作约一秒后可查。"""


class LogNotBegun(Unavailable):
    """存证日志尚未建立。请确认后台任务已启动(liuke serve 或 liuke work)，约一秒后再试。"""


class TransactionsAnew(LiukeError):
    """数据库的事务编号倒退(现为 {now}，已存证到 {taken})，新的事件会被漏记，存证已停止写入。

    数据库由逻辑备份恢复或被替换。请按运维手册“备份与恢复”调整事务编号后重新启动。
    """

    status: ClassVar[int] = 409


class VerificationUnknown(NotFound):
    """没有这次核验记录。请重新发起核验。"""


class VerificationRunning(Conflict):
    """已有一次核验正在进行。请等待它完成后查看结果。"""


class SizesWrong(Invalid):
    """日志大小不正确：前者须大于 0 且不大于后者，后者不大于 {size}。请修改后再试。"""


class FontMissing(Unavailable):
    """缺少中文字体，无法生成 PDF。请先完成网页构建(make web)，或用 LIUKE_FONTS 指定字体目录；JSON 证据包不受影响。"""


@dataclass(frozen=True, kw_only=True)
class LogVerified(Event):
    """The whole log was verified."""

    kind: ClassVar[str] = "audit.verified"
    wakes: ClassVar[bool] = False
    size: int
    faults: int


@dataclass(frozen=True, kw_only=True)
class EvidenceTaken(Event):
    """An evidence pack was made of entries of the log."""

    kind: ClassVar[str] = "audit.exported"
    wakes: ClassVar[bool] = False
    entries: list[int]
    reason: str


@dataclass(frozen=True, kw_only=True)
class LogSearched(Event):
    """Somebody read entries of the log, of no customer in particular: which (first and last number, how many)."""

    kind: ClassVar[str] = "audit.searched"
    wakes: ClassVar[bool] = False
    newest: int
    oldest: int
    count: int


@dataclass(frozen=True, kw_only=True)
class CustomerTrailViewed(Event):
    """The trail of one customer was looked up in the log."""

    kind: ClassVar[str] = "audit.trail_viewed"
    wakes: ClassVar[bool] = False
