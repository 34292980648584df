"""What a verification finds in the log, its witnesses, what the database saw of it, and the search index."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from liuke.guard.audit import follow, persons, store
from liuke.guard.audit.check.verify import NAMED
from liuke.guard.audit.check.verify import verify as verify_folder
from liuke.guard.audit.seal.folder import Folder
from liuke.guard.audit.seal.log import held
from liuke.guard.audit.seal.model import Fault, FaultKind, Line, LogDamaged, Report
from liuke.guard.audit.seal.walk import walk
from liuke.guard.audit.witness import FolderWitness, configured
from liuke.kernel.actor import Actor
from liuke.kernel.bank import Bank
from liuke.kernel.crypto import KeyRing, Tampered
from liuke.kernel.ids import OneId
from liuke.kernel.settings import Settings
from liuke.kernel.store.records import ReadHandle

#: Entries compared with the index at a time.
_CHUNK: Final = 50_000


def verify_log(
    path: Path,
    settings: Settings,
    *,
    witnesses: Sequence[Path] = (),
    pins: frozenset[str] = frozenset(),
    say: Callable[[float], None] = lambda _done: None,
) -> Report:
    """Verify a log on disk without the database, against witness folders, or else those that are set up for ours."""
    ours = path == settings.home / "audit"
    asked = [FolderWitness(one) for one in witnesses] or (configured(settings) if ours else ())
    return verify_folder(path, witnesses=asked, pins=pins, live=held(path), say=say)


def examine(
    bank: Bank,
    actor: Actor,
    *,
    live: bool | None = True,
    pins: frozenset[str] = frozenset(),
    say: Callable[[float], None] = lambda _done: None,
) -> Report:
    """What a verification of the log, against its witnesses and the search index, finds. ``live``: whether somebody is
    writing to it; None looks."""
    path = bank.settings.home / "audit"
    live = held(path) if live is None else live
    with bank.read(actor) as tx:  # before the log is read, which may go on growing
        marks, indexed = store.marks(tx), store.indexed(tx)
    report = verify_folder(
        path, witnesses=configured(bank.settings), pins=pins, live=live, say=lambda done: say(done * 0.9)
    )
    faults = [*_against_marks(marks, path, report), *_against_index(bank, actor, path, report, indexed)]
    named = [*report.faults, *faults][:NAMED]
    return replace(report, faults=named, faults_total=report.faults_total + len(faults))


def _against_marks(marks: Sequence[tuple[str, str, int, bytes]], path: Path, report: Report) -> list[Fault]:
    """What the database saw of the log must still be in it."""
    folder = _readable(path)
    segments = {segment.name: segment for segment in folder.segments()} if folder else {}
    faults = []
    for log_id, name, size, line in marks:
        segment = segments.get(name)
        if log_id == report.log_id and segment and line + b"\n" in segment.file("checkpoints").read_bytes():
            continue
        message = f"数据库见过大小为 {size} 的检查点，日志中没有：日志被回退、改写或整体替换"
        faults.append(Fault(FaultKind.ROLLBACK, message, name, min(size, report.size)))
    return faults


def _against_index(bank: Bank, actor: Actor, path: Path, report: Report, indexed: int) -> list[Fault]:
    """The search index must say the same as the log; the first differences are named.

    Index and keys are seen at one moment: an erasure that ends meanwhile would look like a key that is missing.
    """
    folder = _readable(path)
    if folder is None or report.faults_total:
        return []
    faults: list[Fault] = []
    with bank.read(actor, steady=True) as tx:
        if indexed > report.size:
            message = f"检索索引有 {indexed} 条，日志只有 {report.size} 条"
            faults.append(Fault(FaultKind.INDEX, message, None, report.size))
        for first in range(0, min(indexed, report.size), _CHUNK):
            faults += _chunk_faults(tx, bank.keys, folder, first, min(first + _CHUNK, indexed, report.size))
            if len(faults) >= NAMED:
                break
    return faults


def _chunk_faults(tx: ReadHandle, ring: KeyRing, folder: Folder, first: int, end: int) -> list[Fault]:
    rows = {int(row["n"]): row for row in store.rows_between(tx, first, end)}
    lines = list(walk(folder, first, end))
    known = persons.named_in(tx, ring, lines)
    faults: list[Fault] = []
    for line in lines:
        try:
            about = follow.subjects(line, ring, known)
        except Tampered:
            about = []
        if line.beside is not None and not about:
            message = f"第 {line.n} 条旁存内容的密钥缺失或不符，却没有删除记录"
            faults.append(Fault(FaultKind.PERSONAL, message, None, line.n))
        elif not _indexed_truly(rows.get(line.n), line, folder.hasher.leaf(line.raw), about):
            message = f"检索索引的第 {line.n} 条缺失或与日志不符，可重建索引"
            faults.append(Fault(FaultKind.INDEX, message, None, line.n))
    return faults


def _indexed_truly(row: Mapping[Any, Any] | None, line: Line, leaf: bytes, about: Sequence[OneId]) -> bool:
    """Whether an indexed entry says what the log says; more customers only while an erasure is under way."""
    if row is None:
        return False
    _, at, kind, actor_id, subjects, event_id, _ = follow.row_of(line, leaf, about)
    said = (row["at"], row["kind"], row["actor_id"], row["event_id"] and str(row["event_id"]), bytes(row["leaf"]))
    true = (datetime.fromisoformat(str(at)), kind, actor_id, event_id, leaf)
    return said == true and (row["subjects"] == subjects or (line.committed and line.beside is None))


def _readable(path: Path) -> Folder | None:
    try:
        return Folder(path)
    except LogDamaged:
        return None
