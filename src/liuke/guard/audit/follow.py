"""Taking the kernel's events into the log: each once, in order, whatever crashes in between.

The cursor, the index and the newest checkpoint move in one transaction, after the entries are on the disk. What the log
has and the index has not was written by a turn that crashed: its events are known by their ids and not written again.
"""

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import Final
from uuid import UUID

import structlog

from liuke.guard.audit import persons, store
from liuke.guard.audit.model import TransactionsAnew
from liuke.guard.audit.seal.folder import Folder
from liuke.guard.audit.seal.log import Log, Means, open_log
from liuke.guard.audit.seal.model import Line, LogHeld, LogRolledBack
from liuke.guard.audit.seal.walk import walk
from liuke.guard.audit.seal.witness import Witness
from liuke.guard.audit.witness import configured
from liuke.kernel.actor import Actor
from liuke.kernel.bank import Bank
from liuke.kernel.crypto import KeyRing
from liuke.kernel.errors import LiukeError
from liuke.kernel.ids import OneId
from liuke.kernel.store import log as events
from liuke.kernel.store.records import ReadHandle, WriteHandle

_log = structlog.get_logger("liuke.audit")

CONSUMER: Final = "audit"
#: An event of this kind orders that its customer be erased.
ERASURE: Final = "subject.erased"
_ERASER: Final = "audit.erase"
#: So many of the newest segments are compared with what the database saw of them when the log is opened.
_REMEMBERED: Final = 8
_BATCH: Final = 5_000
_TICK_SECONDS: Final = 1.0
_PATIENCE_SECONDS: Final = 15.0


def means(bank: Bank, *, accept_new_key: bool = False, witnesses: Sequence[Witness] = ()) -> Means:
    """What this bank's log is written with; further witnesses (a chain, an evidence platform) may be added."""
    return Means(
        hash_name=bank.settings.audit_hash,
        signer=bank.keys.signer(),
        clock=bank.clock,
        witnesses=(*configured(bank.settings), *witnesses),
        keys=bank.settings.home / "keys",
        accept_new_key=accept_new_key,
    )


@contextmanager
def opened(bank: Bank, actor: Actor, *, accept_new_key: bool = False) -> Iterator[Log]:
    """This bank's log, open for writing, checked against what the database has seen of it.

    Raises: LogHeld, LogDamaged, LogRolledBack, SigningKeyLost, LogFull, LogBroken.
    """
    with bank.read(actor) as tx:
        seen = store.marks(tx)
    path = bank.settings.home / "audit"
    if seen and not (path / "log.json").exists():
        raise LogRolledBack(size=0, witness="数据库", seen=seen[-1][2])
    with open_log(path, means(bank, accept_new_key=accept_new_key)) as log:
        _refuse_rollback(bank, actor, log)
        yield log


def _refuse_rollback(bank: Bank, actor: Actor, log: Log) -> None:
    with bank.read(actor) as tx:
        seen, indexed = store.marks(tx), store.indexed(tx)
    segments = {segment.name: segment for segment in log.folder.segments()}
    for log_id, name, size, line in seen[-_REMEMBERED:]:
        segment = segments.get(name)
        there = segment is not None and line + b"\n" in segment.file("checkpoints").read_bytes()
        if log_id != log.folder.header.log_id or not there:
            raise LogRolledBack(size=log.size, witness="数据库", seen=size)
    if indexed > log.size:
        raise LogRolledBack(size=log.size, witness="数据库", seen=indexed)


def turn(bank: Bank, actor: Actor, log: Log, *, most: int = _BATCH) -> int:
    """Take in what has happened, sign, index; returns how many events were read.

    Raises: LogFull, LogBroken, TransactionsAnew.
    """
    ring = bank.keys
    with bank.write(actor) as tx:
        txn, seq = events.position(tx.connection, CONSUMER)
        _refuse_gap(tx, taken=txn)
        read = events.read_after(tx.connection, txn, seq, limit=most)
        known = persons.met(tx, ring, read)
    # The keys are kept before the first entry needs them: what a crash leaves in the log can always be read.
    with bank.write(actor) as tx:
        events.position(tx.connection, CONSUMER)
        written = _catch_up(tx, log)
        fresh = [event for event in read if event.id not in written]
        log.append(persons.drafts(fresh, ring=ring, hasher=log.folder.hasher, known=known))
        checkpoint = log.checkpoint()
        index(tx, ring, log.folder, size=log.size)
        store.remember(tx, checkpoint)
        if read:
            events.advance(tx.connection, CONSUMER, read[-1].txn, read[-1].seq, bank.clock)
    erase_ordered(bank, actor, log)
    log.end_day()
    return len(read)


def _refuse_gap(tx: WriteHandle, *, taken: int) -> None:
    """A database restored from a dump counts its transactions anew: its events would lie before the cursor, unseen."""
    now, _ = events.now(tx.connection)
    if now < taken:
        raise TransactionsAnew(now=now, taken=taken)


def _catch_up(tx: WriteHandle, log: Log) -> set[UUID]:
    """Events in the log that the index does not know: a turn that crashed wrote them."""
    lines = walk(log.folder, store.indexed(tx), log.size)
    return {UUID(str(line.facts["id"])) for line in lines if line.facts.get("id")}


def index(tx: WriteHandle, ring: KeyRing, folder: Folder, *, size: int) -> int:
    """Index what is in the log and not yet in the index; returns how many entries were."""
    first, leaf, done = store.indexed(tx), folder.hasher.leaf, 0
    lines = walk(folder, first, size)
    while batch := list(islice(lines, _BATCH)):
        known = persons.named_in(tx, ring, batch)
        store.add(tx, [row_of(line, leaf(line.raw), subjects(line, ring, known)) for line in batch])
        done += len(batch)
    return done


def subjects(line: Line, ring: KeyRing, known: Mapping[int, persons.Person]) -> list[OneId]:
    """The customers an entry is about, as far as they are not erased."""
    return persons.subjects_of(line, persons.told(line, ring=ring, known=known), known)


def row_of(line: Line, leaf: bytes, about: Sequence[OneId]) -> tuple[object, ...]:
    """An entry as it is indexed: (n, at, kind, actor_id, subjects, event_id, leaf)."""
    facts = line.facts
    return line.n, facts["at"], facts["kind"], facts["actor"], list(about), facts.get("id"), leaf


def erase_ordered(bank: Bank, actor: Actor, log: Log) -> None:
    """Carry out the erasures that events in the log order; one that a crash interrupts is carried out again."""
    with bank.write(actor) as tx:
        done = events.position(tx.connection, _ERASER)
        taken_in = events.position(tx.connection, CONSUMER)
        ordered = events.read_after(tx.connection, *done, kinds=[ERASURE])
    for event in ordered:
        if (event.txn, event.seq) > taken_in:
            return
        if event.subject is not None:
            erase(bank, actor, log, event.subject, reason=str(event.id))
        with bank.write(actor) as tx:
            events.advance(tx.connection, _ERASER, event.txn, event.seq, bank.clock)


def erase(bank: Bank, actor: Actor, log: Log, subject: OneId, *, reason: str) -> int:
    """Destroy what the log holds about a customer, and the key of every copy; returns in how many entries. The log
    still verifies.

    Records of the request itself stay: they prove that the bank did what the customer asked. Source: 个人信息保护法 47.
    """
    with bank.write(actor) as tx:
        numbers = store.of_subject(tx, subject, except_kinds=persons.KEPT)
        erased = log.erase(numbers, reason=reason)
        store.forget(tx, subject, except_kinds=persons.KEPT)
        index(tx, bank.keys, log.folder, size=log.size)
        store.remember(tx, log.newest)
    return erased


def rebuild(bank: Bank, actor: Actor, log: Log) -> int:
    """Build the search index again from the log; returns how many entries it has."""
    with bank.write(actor) as tx:
        store.clear(tx)
        return index(tx, bank.keys, log.folder, size=log.size)


def pending(tx: ReadHandle) -> int:
    """Events that are not yet in the log."""
    return store.unsealed(tx, CONSUMER)


def serve(bank: Bank, stop: threading.Event) -> None:
    """Follow the events until stopped. Only one process holds the log; others wait here to take over from it."""
    actor = Actor.system("audit")
    while not stop.is_set():
        try:
            with opened(bank, actor) as log:
                _tell(bank, actor, "")
                _follow(bank, actor, log, stop)
        except LogHeld:
            _log.info("audit_waits")
        except LiukeError as fault:
            _log.error("audit_stopped", code=fault.code)
            _tell(bank, actor, fault.message)
        except Exception as fault:  # noqa: BLE001  (nothing may end the audit trail for good; it is tried again)
            _log.error("audit_broke", fault=type(fault).__name__)
        stop.wait(_PATIENCE_SECONDS)


def _tell(bank: Bank, actor: Actor, trouble: str) -> None:
    """Let the page of the log say why nothing is written; a database that is away is told later."""
    try:
        with bank.write(actor) as tx:
            store.tell_trouble(tx, trouble)
    except LiukeError as fault:
        _log.warning("audit_trouble_untold", code=fault.code)


def _follow(bank: Bank, actor: Actor, log: Log, stop: threading.Event) -> None:
    while not stop.is_set():
        read = turn(bank, actor, log)
        if read < _BATCH:
            stop.wait(_TICK_SECONDS)
