"""Verifying a whole log: every line is hashed again, every root met, the signatures followed, every file compared.

What is trusted from outside: the names of keys (``pins``) and what witnesses saw. Nothing inside the folder is trusted.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from liuke.guard.audit.check.keys import KeyCheck
from liuke.guard.audit.check.segment import SegmentCheck
from liuke.guard.audit.seal import recover
from liuke.guard.audit.seal.folder import Folder
from liuke.guard.audit.seal.model import Checkpoint, Fault, FaultKind, LogDamaged, Report
from liuke.guard.audit.seal.tree import STORED_LEVELS, Frontier
from liuke.guard.audit.seal.witness import Witness

#: At most so many faults are named; all are counted.
NAMED: Final = 100
#: Up to so many checkpoints every signature is checked; beyond, the last of each segment, to which the rest is chained.
EVERY_SIGNATURE: Final = 1_000

Say = Callable[[float], None]


@dataclass(slots=True)
class Findings:
    """Faults as they are found."""

    named: list[Fault] = field(default_factory=list)
    total: int = 0

    def add(self, kind: FaultKind, message: str, *, segment: str | None = None, entry: int | None = None) -> None:
        """One more."""
        self.total += 1
        if len(self.named) < NAMED:
            self.named.append(Fault(kind, message, segment, entry))


def verify(
    path: Path,
    *,
    witnesses: Sequence[Witness] = (),
    pins: frozenset[str] = frozenset(),
    live: bool = False,
    say: Say = lambda _done: None,
) -> Report:
    """Verify the log in a folder. ``live``: somebody is writing, so what is not yet signed is left out."""
    findings = Findings()
    try:
        folder = Folder(path)
    except LogDamaged as fault:
        findings.add(FaultKind.FOLDER, str(fault.facts["reason"]))
        return Report("", 0, "", 0, 0, 0, 0, (), tuple(findings.named), findings.total)
    return _Verification(folder, findings, pins=pins, live=live, say=say).run(witnesses)


class _Verification:
    def __init__(self, folder: Folder, findings: Findings, *, pins: frozenset[str], live: bool, say: Say) -> None:
        self._folder, self._findings, self._live, self._say = folder, findings, live, say
        self._segments = folder.segments()
        self._keys = KeyCheck(folder, findings, pins=pins)
        self._frontier = Frontier(folder.hasher)
        self._size = 0
        self._erased: dict[int, str] = {}
        self._ordered: set[int] = set()

    def run(self, witnesses: Sequence[Witness]) -> Report:
        """Everything, in the order in which a fault is named best."""
        checkpoints = self._read_checkpoints()
        self._follow(checkpoints)
        newest = checkpoints[-1] if checkpoints else None
        self._entries({checkpoint.size: checkpoint for checkpoint in checkpoints}, newest)
        self._erasures()
        if not self._live:
            self._files()
        for witness in witnesses:
            self._compare(witness, {checkpoint.line for checkpoint in checkpoints}, newest)
        return Report(
            log_id=self._folder.header.log_id,
            size=newest.size if newest else 0,
            root=newest.root if newest else "",
            segments=len(self._segments),
            checkpoints=len(checkpoints),
            signatures=self._keys.signatures,
            erased=len(self._erased),
            key_ids=tuple(self._keys.used),
            faults=tuple(self._findings.named),
            faults_total=self._findings.total,
        )

    # checkpoints

    def _read_checkpoints(self) -> list[Checkpoint]:
        found: list[Checkpoint] = []
        for segment in self._segments:
            try:
                lines, torn = recover.whole_lines(segment.file("checkpoints"))
            except OSError:
                self._findings.add(FaultKind.FOLDER, "检查点文件缺失", segment=segment.name)
                continue
            for number, line in enumerate(lines):
                try:
                    found.append(recover.parsed(line))
                except ValueError:
                    self._findings.add(FaultKind.CHECKPOINT, f"第 {number} 个检查点被改动", segment=segment.name)
            if torn and not self._live:
                self._findings.add(FaultKind.CHECKPOINT, "最后一个检查点不完整", segment=segment.name)
        return found

    def _follow(self, checkpoints: Sequence[Checkpoint]) -> None:
        """The chain of checkpoints, what each says of the log, and the signatures."""
        every = len(checkpoints) <= EVERY_SIGNATURE
        if not checkpoints:
            self._findings.add(FaultKind.CHECKPOINT, "没有任何检查点")
        before: Checkpoint | None = None
        for at, checkpoint in enumerate(checkpoints):
            self._chained(before, checkpoint)
            last = at + 1 == len(checkpoints) or checkpoints[at + 1].segment != checkpoint.segment
            self._keys.check(before, checkpoint, signature=every or last or bool(checkpoint.next_key))
            before = checkpoint

    def _chained(self, before: Checkpoint | None, checkpoint: Checkpoint) -> None:
        header, hasher = self._folder.header, self._folder.hasher
        previous = hasher.checkpoint(before.line).hex() if before else recover.NONE_BEFORE
        place = f"大小为 {checkpoint.size} 的检查点"
        if checkpoint.previous != previous:
            self._say_checkpoint(f"{place}与前一个不相连：其间有检查点被改动、删除或插入", checkpoint)
        if before and (checkpoint.size < before.size or checkpoint.at < before.at):
            self._say_checkpoint(f"{place}的大小或时间倒退", checkpoint)
        if (
            before
            and checkpoint.size == before.size
            and (checkpoint.root, checkpoint.last) != (before.root, before.last)
        ):
            self._say_checkpoint(f"{place}与同样大小的前一个说法不一", checkpoint)
        if checkpoint.log_id != header.log_id or checkpoint.hash != header.hash:
            self._say_checkpoint(f"{place}不属于本日志", checkpoint)
        if before is None and checkpoint.key_id != header.first_key:
            self._findings.add(FaultKind.KEY, "log.json 记载的首个密钥与第一个检查点不符")
        if before and before.sealed == (before.segment == checkpoint.segment):
            self._say_checkpoint(f"{place}：日志段在封存之外更换，或封存后又有检查点", checkpoint)

    def _say_checkpoint(self, message: str, checkpoint: Checkpoint) -> None:
        self._findings.add(FaultKind.CHECKPOINT, message, segment=checkpoint.segment)

    # entries

    def _entries(self, signed: dict[int, Checkpoint], newest: Checkpoint | None) -> None:
        size, limit = 0, newest.size if newest else 0
        leaf = recover.GENESIS
        total = sum(segment.file("log").stat().st_size for segment in self._segments) or 1
        done = 0
        for segment in self._segments:
            if segment.first != size and not self._findings.total:
                message = f"应从第 {size} 条开始，却从第 {segment.first} 条开始：有日志段缺失或被改名"
                self._findings.add(FaultKind.FOLDER, message, segment=segment.name, entry=size)
            check = SegmentCheck(self._folder, segment, self._findings, signed=signed, live=self._live)
            for read in check.run(self._frontier, leaf, limit=limit):
                self._say((done + read) / total)
            done += segment.file("log").stat().st_size
            size, leaf = check.size, check.leaf
            self._erased |= dict.fromkeys(check.erased, segment.name)
            self._ordered |= check.ordered
        self._size = size
        if size < limit:
            message = f"检查点记有 {limit} 条，日志只有 {size} 条：末尾被截断"
            self._findings.add(FaultKind.TRUNCATED, message, segment=self._last_name(), entry=size)
        if size > limit and not self._live:
            message = f"第 {limit} 条起没有签名：检查点被删除，或写入进程未正常结束"
            self._findings.add(FaultKind.CHECKPOINT, message, segment=self._last_name(), entry=limit)

    def _last_name(self) -> str | None:
        return self._segments[-1].name if self._segments else None

    def _erasures(self) -> None:
        """What was erased must have been ordered by an entry; in a live log the newest orders are read again."""
        if self._live and self._erased.keys() - self._ordered:
            for chunk in recover.chunks(self._folder.segments()[-1].file("log")):
                self._ordered.update(n for line in chunk.split(b"\n")[:-1] for n in recover.erased_by(line))
        for n in sorted(self._erased.keys() - self._ordered):
            message = f"第 {n} 条旁存的内容被清除，却没有删除记录"
            self._findings.add(FaultKind.PERSONAL, message, segment=self._erased[n], entry=n)

    # files

    def _files(self) -> None:
        """Nothing may lie in the folder that does not belong to the log."""
        expected = {"log.json", *(f"keys/{key_id}.pem" for key_id in self._keys.used)}
        for segment in self._segments:
            expected |= {f"segments/{segment.name}.{suffix}" for suffix in ("log", "beside", "offsets", "checkpoints")}
        expected |= set(_tree_files(self._size))
        root = self._folder.path
        present = {path.relative_to(root).as_posix() for path in root.rglob("*") if not path.is_dir()}
        for name in sorted(present - expected):
            self._findings.add(FaultKind.FOLDER, f"{name} 不属于本日志")
        for name in sorted(expected - present):
            self._findings.add(FaultKind.FOLDER, f"{name} 缺失")

    # witnesses

    def _compare(self, witness: Witness, lines: set[bytes], newest: Checkpoint | None) -> None:
        size = newest.size if newest else 0
        header = self._folder.header
        try:
            seen = list(witness.all(header.log_id))
        except OSError as fault:
            self._findings.add(FaultKind.ROLLBACK, f"见证 {witness.name} 无法读取：{fault}")
            return
        if not seen:
            self._findings.add(
                FaultKind.ROLLBACK, f"见证 {witness.name} 没有见过本日志：日志被整体替换，或见证目录不对"
            )
        for checkpoint in seen:
            if self._live and checkpoint.size > size:
                continue
            if checkpoint.line not in lines:
                said = f"见证 {witness.name} 见过大小为 {checkpoint.size} 的另一个检查点，本日志只有 {size} 条"
                said += "：日志被回退或改写"
                self._findings.add(
                    FaultKind.ROLLBACK, said, segment=checkpoint.segment, entry=min(checkpoint.size, size)
                )
                return


def _tree_files(size: int) -> Iterator[str]:
    for level in STORED_LEVELS:
        count = size >> level
        yield from (f"tree/{level}/{number:06d}" for number in range((count + (1 << 20) - 1) >> 20))
