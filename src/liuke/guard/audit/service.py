"""What others may ask of the audit log: where it stands, search, proofs, verify now, evidence."""

import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID

from liuke.guard.audit import evidence as packs
from liuke.guard.audit import follow, paper, persons, store
from liuke.guard.audit.findings import examine
from liuke.guard.audit.model import (
    CustomerTrailViewed,
    EntryUnknown,
    EntryView,
    EvidenceTaken,
    LogNotBegun,
    LogSearched,
    LogVerified,
    SizesWrong,
    State,
    Verification,
    VerificationRunning,
    VerificationUnknown,
    Wanted,
    WitnessState,
)
from liuke.guard.audit.seal.folder import Folder, Segment
from liuke.guard.audit.seal.model import Checkpoint, Line, Proof, Report
from liuke.guard.audit.seal.prove import consistent
from liuke.guard.audit.seal.witness import Witness
from liuke.guard.audit.witness import configured
from liuke.kernel.actor import Actor, Permission
from liuke.kernel.bank import Bank
from liuke.kernel.errors import LiukeError
from liuke.kernel.job import Progress, running
from liuke.kernel.page import Page, encode_cursor, read_cursor, whole
from liuke.kernel.store.records import ReadHandle

#: A verification that has not moved for so long died with its process.
_STALE: Final = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Proved:
    """An entry, its bytes, and the proof that the newest checkpoint holds it."""

    entry: EntryView
    raw: str
    leaf: bytes
    proof: Proof
    checkpoint: Checkpoint


@dataclass(frozen=True, slots=True)
class Continued:
    """The root of an earlier size, the proof that a later one continues it, whether it holds, and whether a checkpoint
    states each of the two roots."""

    first: int
    first_root: bytes
    proof: Proof
    holds: bool
    first_signed: bool
    second_signed: bool


def _folder(bank: Bank) -> Folder:
    path = bank.settings.home / "audit"
    if not path.exists():
        raise LogNotBegun
    return Folder(path)


# where it stands


def state(bank: Bank, actor: Actor) -> State:
    """Where the log stands. Raises: Forbidden, LogNotBegun."""
    actor.require(Permission.AUDIT_READ)
    folder = _folder(bank)
    newest, segments, signer = folder.newest(), folder.segments(), bank.keys.signer()
    with bank.read(actor) as tx:
        indexed, waiting, done = store.indexed(tx), follow.pending(tx), store.verifications(tx, limit=1)
        trouble = store.trouble(tx)
    return State(
        log_id=folder.header.log_id,
        size=newest.size if newest else 0,
        indexed=indexed,
        unsealed=waiting,
        trouble=trouble,
        hash=folder.header.hash,
        algorithm=signer.algorithm,
        key_id=newest.key_id if newest else signer.key_id,
        public_key=folder.public_keys().get(newest.key_id if newest else "", ""),
        segments=len(segments),
        sealed_segments=len(segments) - (0 if newest and newest.sealed else 1),
        disk_bytes=folder.disk_bytes(),
        last=newest,
        witnesses=_witnesses(bank, folder),
        verification=done[0] if done else None,
    )


def _witnesses(bank: Bank, folder: Folder) -> list[WitnessState]:
    return [_state_of(witness, folder) for witness in configured(bank.settings)]


def _state_of(witness: Witness, folder: Folder) -> WitnessState:
    try:
        seen = witness.seen(folder.header.log_id)
    except OSError as fault:
        return WitnessState(witness.name, None, None, fault.strerror or str(fault) or "无法读取")
    trouble = "" if seen else "尚未收到检查点，请检查地址和权限"
    return WitnessState(witness.name, seen.size if seen else None, seen.at if seen else None, trouble)


# search and proofs


def search(bank: Bank, actor: Actor, wanted: Wanted, *, cursor: str | None, limit: int) -> Page[EntryView]:
    """Entries, newest first, read from the log itself. The look is an event. Raises: Forbidden."""
    actor.require(Permission.AUDIT_READ)
    folder = _folder(bank)
    segments = folder.segments()
    with bank.write(actor) as tx:
        found = store.search(tx, wanted, cursor=cursor, limit=limit)
        entries = _views(bank, tx, [_line(folder, n, segments) for n in found.items])
        if wanted.subject is not None:
            tx.emit(CustomerTrailViewed(subject=wanted.subject))
        elif entries:
            tx.emit(LogSearched(newest=entries[0].n, oldest=entries[-1].n, count=len(entries)))
    return Page(entries, found.next_cursor)


def kinds(bank: Bank, actor: Actor) -> list[tuple[str, int]]:
    """Kinds of entries and how many there are of each. Raises: Forbidden."""
    actor.require(Permission.AUDIT_READ)
    with bank.read(actor) as tx:
        return store.kinds(tx)


def proved(bank: Bank, actor: Actor, n: int) -> Proved:
    """One entry with its inclusion proof. Raises: Forbidden, EntryUnknown, LogNotBegun."""
    actor.require(Permission.AUDIT_READ)
    folder = _folder(bank)
    newest = folder.newest()
    if newest is None or not 0 <= n < newest.size:
        raise EntryUnknown(n=n)
    line = _line(folder, n)
    with bank.write(actor) as tx:
        entry = _views(bank, tx, [line])[0]
        tx.emit(
            LogSearched(newest=n, oldest=n, count=1)
            if entry.subject is None
            else CustomerTrailViewed(subject=entry.subject)
        )
    proof = Proof(newest.size, bytes.fromhex(newest.root), folder.tree(newest.size).inclusion(n))
    return Proved(entry, line.raw.decode(), folder.hasher.leaf(line.raw), proof, newest)


def consistency(bank: Bank, actor: Actor, first: int, second: int) -> Continued:
    """Whether a later size of the log continues an earlier one, and the proof. Raises: Forbidden, SizesWrong."""
    actor.require(Permission.AUDIT_READ)
    folder = _folder(bank)
    newest = folder.newest()
    size = newest.size if newest else 0
    if not 0 < first <= second <= size:
        raise SizesWrong(size=size)
    tree, old = folder.tree(second), folder.tree(first).root()
    proof = Proof(second, tree.root(), tree.consistency(first))
    signed = [_signed_root(folder, one) for one in (first, second)]
    holds = consistent(first, old, second, proof.root, proof.path, node=folder.hasher.node)
    holds = holds and signed[0] in {None, old.hex()} and signed[1] in {None, proof.root.hex()}
    return Continued(first, old, proof, holds, signed[0] is not None, signed[1] is not None)


def _signed_root(folder: Folder, size: int) -> str | None:
    """The root that a checkpoint of this size states; None when there is none of this size."""
    among = [segment for segment in folder.segments() if segment.first <= size][-2:]
    return next((one.root for segment in among for one in segment.checkpoints() if one.size == size), None)


def checkpoints(bank: Bank, actor: Actor, *, cursor: str | None, limit: int) -> Page[Checkpoint]:
    """Checkpoints, newest first. Raises: Forbidden, LogNotBegun."""
    actor.require(Permission.AUDIT_READ)
    before = tuple(read_cursor(cursor, str, whole)) if cursor else None
    shown: list[tuple[Segment, int, Checkpoint]] = []
    for segment in reversed(_folder(bank).segments()):
        if before and segment.name > before[0]:
            continue
        all_ = list(enumerate(segment.checkpoints()))
        shown += [(segment, at, one) for at, one in reversed(all_) if not before or (segment.name, at) < before]
        if len(shown) > limit:
            break
    more = len(shown) > limit
    last = encode_cursor(shown[limit - 1][0].name, shown[limit - 1][1]) if more else None
    return Page([one for _, _, one in shown[:limit]], last)


def _line(folder: Folder, n: int, segments: Sequence[Segment] = ()) -> Line:
    found = folder.line(n, segments)
    if found is None:
        raise EntryUnknown(n=n)
    return found


def _views(bank: Bank, tx: ReadHandle, lines: Sequence[Line]) -> list[EntryView]:
    known = persons.named_in(tx, bank.keys, lines)
    return [persons.view(line, ring=bank.keys, known=known) for line in lines]


# verification


def start_verification(bank: Bank, actor: Actor) -> Verification:
    """Verify the whole log in the background. Raises: Forbidden, VerificationRunning, LogNotBegun."""
    actor.require(Permission.AUDIT_READ)
    _folder(bank)
    with bank.read(actor) as tx:
        moved = store.running_since(tx)
    if moved is not None and bank.clock.now() - moved < _STALE:
        raise VerificationRunning
    begun: Future[UUID] = Future()
    threading.Thread(target=_run, args=(bank, actor, begun), name="audit verify", daemon=True).start()
    return verification(bank, actor, begun.result(timeout=30))


def _run(bank: Bank, actor: Actor, begun: "Future[UUID]") -> None:
    try:
        with running(bank, actor, job=store.VERIFY_JOB) as progress:
            verify(bank, actor, progress, begun=begun)
    except LiukeError as fault:
        if not begun.done():
            begun.set_exception(fault)


def verify(bank: Bank, actor: Actor, progress: Progress, *, begun: "Future[UUID] | None" = None) -> Report | None:
    """Verify the whole log and the search index now, within a run; keeps what was found. None before the log began."""
    actor.require(Permission.AUDIT_READ)
    if not (bank.settings.home / "audit").exists():
        return None
    with bank.write(actor) as tx:
        store.begin_verification(tx, progress.run_id)
    if begun is not None:
        begun.set_result(progress.run_id)
    report = examine(bank, actor, say=progress.at)
    with bank.write(actor) as tx:
        store.end_verification(tx, progress.run_id, report)
        tx.emit(LogVerified(size=report.size, faults=report.faults_total))
    return report


def verification(bank: Bank, actor: Actor, run_id: UUID) -> Verification:
    """One verification. Raises: Forbidden, VerificationUnknown."""
    actor.require(Permission.AUDIT_READ)
    with bank.read(actor) as tx:
        found = store.verifications(tx, run_id=run_id)
    if not found:
        raise VerificationUnknown
    return found[0]


def verifications(bank: Bank, actor: Actor) -> list[Verification]:
    """The newest verifications. Raises: Forbidden."""
    actor.require(Permission.AUDIT_READ)
    with bank.read(actor) as tx:
        return store.verifications(tx)


# evidence


def evidence(bank: Bank, actor: Actor, numbers: Sequence[int], *, reason: str) -> tuple[str, dict[str, object]]:
    """An evidence pack of some entries, and its file name; taking it is an event. Raises: Forbidden, EntryUnknown."""
    actor.require(Permission.AUDIT_READ)
    folder = _folder(bank)
    wanted, segments = sorted(set(numbers)), folder.segments()
    with bank.write(actor) as tx:
        lines = [_line(folder, n, segments) for n in wanted]
        known = persons.named_in(tx, bank.keys, lines)
        told = {line.n: beside for line in lines if (beside := persons.told(line, ring=bank.keys, known=known))}
        about = {line.n: persons.subjects_of(line, told.get(line.n), known) for line in lines}
        tx.emit(EvidenceTaken(entries=wanted, reason=reason))
        tx.emit(
            *(CustomerTrailViewed(subject=found) for found in sorted({one for each in about.values() for one in each}))
        )
    pack = packs.pack(
        folder,
        lines,
        told=told,
        customers={n: [bank.keys.customer_numbers.encode(one) for one in found] for n, found in about.items()},
        taken=packs.Taken(by=actor.login, at=bank.clock.now(), reason=reason),
    )
    return packs.name_of(folder, wanted), pack


def printed_evidence(bank: Bank, actor: Actor, numbers: Sequence[int], *, reason: str) -> tuple[str, bytes]:
    """The same pack as a PDF. Raises: Forbidden, EntryUnknown, FontMissing."""
    paper.fonts(bank.settings.fonts)
    name, pack = evidence(bank, actor, numbers, reason=reason)
    return name, printed(bank, pack)


def printed(bank: Bank, pack: Mapping[str, object]) -> bytes:
    """An evidence pack as a PDF. Raises: FontMissing."""
    return paper.printed(pack, fonts=paper.fonts(bank.settings.fonts))
