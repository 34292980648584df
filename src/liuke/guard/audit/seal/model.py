"""Nouns of the sealed log on disk, and what can go wrong with it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar, Final, Literal

from liuke.kernel.errors import Conflict, LiukeError, Unavailable

HashName = Literal["sm3", "sha256"]

FORMAT: Final = "liuke-audit/1"
#: Kinds of the entries the log writes about itself.
ERASED: Final = "audit.erased"
RECOVERED: Final = "audit.recovered"
CLOCK_BACK: Final = "audit.clock_back"
KEY_CHANGED: Final = "audit.key_changed"


@dataclass(frozen=True, slots=True)
class Draft:
    """What is to be written. ``facts`` stay for ever; ``beside`` (text without a line end) can be erased. Its digest is
    taken from the facts' ``sealed`` where whoever made the draft put it there, and computed otherwise."""

    facts: Mapping[str, object]
    beside: bytes | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """An entry as it is stored: its bytes (without the line end), its facts, what lies beside (None when erased)."""

    n: int
    raw: bytes
    facts: Mapping[str, object]
    beside: bytes | None

    @property
    def committed(self) -> bool:
        """Whether the entry has, or had, something that lies beside."""
        return "sealed" in self.facts


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A signed statement of what the log holds. ``line`` is as stored, ``last`` the leaf hash of the last entry."""

    size: int
    at: datetime
    root: str
    last: str
    log_id: str
    hash: HashName
    key_id: str
    previous: str
    segment: str
    sealed: bool
    next_key: str
    line: bytes

    @property
    def signature(self) -> bytes:
        """The signature over ``signed``."""
        return bytes.fromhex(self.line.rsplit(b" ", 1)[1].decode())

    @property
    def signed(self) -> bytes:
        """The bytes the signature covers."""
        return SIGNED_PREFIX + self.line.rsplit(b" ", 1)[0]


#: What a checkpoint's signature begins with, so that it can be taken for no other signature of the bank.
SIGNED_PREFIX: Final = b"liuke-audit-checkpoint\n"


class FaultKind(StrEnum):
    """What a verification found."""

    ENTRY = "entry"  # an entry was edited, deleted, inserted or moved
    PERSONAL = "personal"  # what lies beside an entry was edited, or removed without an erasure
    CHECKPOINT = "checkpoint"  # a checkpoint was edited or removed
    SIGNATURE = "signature"  # a signature does not fit
    KEY = "key"  # a key was replaced or edited
    ROOT = "root"  # the entries do not give the signed root
    TRUNCATED = "truncated"  # the end is missing
    ROLLBACK = "rollback"  # a witness saw more, or something else
    DERIVED = "derived"  # a tree or offset file does not follow from the entries
    FOLDER = "folder"  # a file is missing, or does not belong
    INDEX = "index"  # the search index in the database differs from the log


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong, with the segment and entry it is in where they are known; ``message`` is Chinese."""

    kind: FaultKind
    message: str
    segment: str | None = None
    entry: int | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """What a verification saw. ``faults`` names the first ones, ``faults_total`` counts all."""

    log_id: str
    size: int
    root: str
    segments: int
    checkpoints: int
    signatures: int
    erased: int
    key_ids: Sequence[str]
    faults: Sequence[Fault]
    faults_total: int

    @property
    def sound(self) -> bool:
        """Whether nothing is wrong."""
        return self.faults_total == 0


@dataclass(frozen=True, slots=True)
class Proof:
    """The hashes that lead from a leaf (or an earlier root) to the root of a tree. Source: RFC 9162, section 2.1."""

    size: int
    root: bytes
    path: tuple[bytes, ...]


class LogHeld(Conflict):
    """存证日志正由另一个进程写入({folder})。同一日志只能有一个写入进程，请先停止另一个，或等待它结束。"""


class LogFull(Unavailable):
    """磁盘空间不足，存证日志已暂停写入；已确认的记录没有丢失，待写的记录仍在数据库中。请清理空间，写入会自动继续。"""


class LogBroken(Unavailable):
    """存证日志所在磁盘写入失败({reason})，已停止写入；已确认的记录没有丢失。请检查磁盘后重新启动。"""


class LogDamaged(LiukeError):
    """存证日志与其签名检查点不符({reason})，已停止写入以保全证据。

    请保留现场，运行 liuke audit verify 查看被改动的位置，并通知审计管理员。
    """

    status: ClassVar[int] = 409


class LogRolledBack(LogDamaged):
    """存证日志被回退：本地只有 {size} 条，而见证({witness})见过 {seen} 条，已停止写入。请保留现场并通知审计管理员。"""


class SigningKeyLost(LogDamaged):
    """签名密钥与存证日志不符：日志由 {old} 签名，现有密钥是 {new}，已停止写入。

    请从备份恢复密钥目录；若确已丢失，由审计管理员运行 liuke audit seal --accept-new-key，更换会永久记入日志。
    """


class OtherHash(LogDamaged):
    """存证日志以 {hash} 建立，不能改用其他摘要算法。请把 LIUKE_AUDIT_HASH 改回 {hash}。"""
