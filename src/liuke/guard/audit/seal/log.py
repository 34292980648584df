"""The log, open for writing: one process at a time, durable batch by batch, signed every second."""

import fcntl
import os
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import chain
from pathlib import Path
from typing import Final

from liuke.guard.audit.seal import begin as beginning
from liuke.guard.audit.seal import erase as erasing
from liuke.guard.audit.seal.checkpoint import Held, signed
from liuke.guard.audit.seal.disk import Tail, translated
from liuke.guard.audit.seal.entry import Encoded, encode
from liuke.guard.audit.seal.folder import Folder, Segment, places
from liuke.guard.audit.seal.hash import HASH_BYTES
from liuke.guard.audit.seal.herald import Heralds
from liuke.guard.audit.seal.model import (
    CLOCK_BACK,
    ERASED,
    KEY_CHANGED,
    RECOVERED,
    Checkpoint,
    Draft,
    HashName,
    LogBroken,
    LogFull,
    LogHeld,
    OtherHash,
    SigningKeyLost,
)
from liuke.guard.audit.seal.recover import Recovered, recover
from liuke.guard.audit.seal.tiles import Tiles
from liuke.guard.audit.seal.tree import Frontier
from liuke.guard.audit.seal.witness import Witness, refuse_rollback
from liuke.kernel.clock import Clock
from liuke.kernel.crypto import Signer

#: A segment is sealed when the day ends, or when it is this large: opening a log reads the last one into memory.
SEGMENT_BYTES: Final = 1 << 28
#: How long closing waits for each witness.
WITNESS_SECONDS: Final = 10.0
#: A clock that goes back less than this is not worth an entry.
_CLOCK_SLACK: Final = timedelta(seconds=2)


@dataclass(frozen=True, slots=True)
class Means:
    """What a log is written with. ``keys`` is the folder where a former signing key may still be."""

    hash_name: HashName
    signer: Signer
    clock: Clock
    witnesses: Sequence[Witness] = ()
    keys: Path | None = None
    accept_new_key: bool = False


class Log:
    """The writer. Every method may be called from any thread; a batch is on the disk when ``append`` returns."""

    def __init__(self, folder: Folder, means: Means, found: Recovered) -> None:
        self.folder: Final = folder
        self._means = means
        self._lock = threading.RLock()
        self._broken = ""
        self._behind = False
        self._tiles = Tiles(folder.path / "tree")
        self._heralds = Heralds(folder, means.witnesses)
        self._take(found)

    # state

    def _take(self, found: Recovered) -> None:
        self.size = found.size
        self.newest = found.newest
        self._segment = found.segment
        self._leaf = found.last_leaf
        self._frontier = found.frontier
        self._time = found.newest.at
        self._log = Tail(found.segment.file("log"))
        self._beside = Tail(found.segment.file("beside"))
        self._offsets = Tail(found.segment.file("offsets"))
        self._checkpoints = Tail(found.segment.file("checkpoints"))

    @property
    def troubles(self) -> dict[str, str]:
        """What keeps witnesses from seeing what is new, by their names."""
        return self._heralds.troubles()

    @property
    def root(self) -> bytes:
        """The root over everything written."""
        return self._frontier.root()

    # writing

    def append(self, drafts: Iterable[Draft]) -> range:
        """Write a batch; returns the entries' numbers once they are on the disk.

        Raises: LogFull (nothing of the batch is written; it may be tried again), LogBroken.
        """
        with self._lock:
            self._ready()
            self._turn_day()
            first, all_ = self.size, chain(self._clock_went_back(), drafts)
            batch = encode(all_, first=first, last_leaf=self._leaf, hasher=self.folder.hasher)
            if batch.lines:
                self._write(batch)
            return range(first, self.size)

    def _write(self, batch: Encoded) -> None:
        frontier = self._frontier.copy()
        grown = frontier.grow(batch.leaves)
        log, beside = b"\n".join(batch.lines) + b"\n", b"".join(batch.beside)
        offsets = places(batch, log_at=self._log.size, beside_at=self._beside.size)
        with self._whole_or_not():
            self._tiles.write(grown, before=self.size)
            self._offsets.write(offsets)
            if beside:
                self._beside.write(beside)
                self._beside.sync()
            self._log.write(log)
            self._log.sync()
        for tail, data in ((self._log, log), (self._beside, beside), (self._offsets, offsets)):
            tail.keep(len(data))
        self._frontier, self._leaf = frontier, batch.leaves[-HASH_BYTES:]
        self.size += len(batch.lines)

    @contextmanager
    def _whole_or_not(self) -> Iterator[None]:
        """Around writing: a full disk undoes it, another fault of the disk stops the log."""
        try:
            with translated():
                yield
        except (LogFull, LogBroken) as fault:
            try:
                for tail in (self._log, self._beside, self._offsets, self._checkpoints):
                    tail.back()
                self._tiles.cut(self.size)
            except OSError as second:
                self._broken = second.strerror or type(second).__name__
            if isinstance(fault, LogBroken):
                self._broken = str(fault.facts["reason"])
            raise

    def _ready(self) -> None:
        if self._broken:
            raise LogBroken(reason=self._broken)

    def _clock_went_back(self) -> list[Draft]:
        """An entry that says so, the first time it is seen; the log's own time never goes back."""
        now = self._means.clock.now()
        behind = self._time - now
        if behind > _CLOCK_SLACK and not self._behind:
            self._behind = True
            return [own(CLOCK_BACK, now, {"seconds": int(behind.total_seconds())})]
        if behind <= timedelta(0):
            self._time, self._behind = now, False
        return []

    # signing

    def checkpoint(self) -> Checkpoint:
        """Sign what the log holds and put it on the disk; the witnesses see it soon. Nothing when nothing is new."""
        with self._lock:
            self._ready()
            if self.newest.size < self.size:
                self._sign()
            elif self.troubles:
                self._heralds.tell()
            return self.newest

    def seal(self) -> Checkpoint:
        """Close the present segment for ever; the next entry begins a new one. An empty segment stays open."""
        with self._lock:
            self._ready()
            if self.size > self._segment.first and not self.newest.sealed:
                self._sign(sealed=True)
            if self.newest.sealed:
                beginning.close_to_writing(self._segment)
            return self.newest

    def end_day(self) -> None:
        """Seal what belongs to a day that is over, though nothing more was written."""
        with self._lock:
            self._ready()
            self._turn_day()

    def _sign(self, *, sealed: bool = False, signer: Signer | None = None, next_key: str = "") -> None:
        now = max(self._means.clock.now(), self.newest.at)
        header = self.folder.header
        held = Held(self.size, self.root, self._leaf, header.log_id, header.hash, self._segment.name)
        previous = self.folder.hasher.checkpoint(self.newest.line).hex()
        with self._whole_or_not():
            if sealed:  # until then tree and offsets are made again from the entries after a crash
                self._tiles.sync()
                self._offsets.sync()
            made = signed(
                held,
                at=now,
                previous=previous,
                signer=signer or self._means.signer,
                sealed=sealed,
                next_key=next_key,
            )
            self._checkpoints.write(made.line + b"\n")
            self._checkpoints.sync()
        self._checkpoints.keep(len(made.line) + 1)
        self.newest = made
        self._heralds.tell()

    def shown(self, seconds: float = WITNESS_SECONDS) -> None:
        """Wait until every witness was shown the newest checkpoint, or could not be."""
        self._heralds.settle(seconds)

    def _turn_day(self) -> None:
        """Seal the segment when its day is over or it is full, and begin the next one."""
        day = max(self._means.clock.today(), date.fromisoformat(self._segment.day)).isoformat()
        over = day != self._segment.day or self._log.size >= SEGMENT_BYTES
        if over and self.size > self._segment.first:
            self.seal()
        if self.newest.sealed and self.newest.segment == self._segment.name:
            with translated():
                segment = Segment(self._segment.folder, day, self.size)
                beginning.add_segment(segment)
            self._close_tails()
            self._segment = segment
            self._log, self._beside, self._offsets, self._checkpoints = (
                Tail(segment.file(suffix)) for suffix in beginning.SUFFIXES
            )

    # erasing

    def erase(self, entries: Sequence[int], *, reason: str) -> int:
        """Destroy what lies beside these entries; the entries stay and still verify. Returns how many had any.

        The erasure is itself an entry, durable before anything is destroyed; opening makes good a crash in between.
        """
        with self._lock:
            self._ready()
            numbers = erasing.living(self.folder, entries, size=self.size)
            if numbers:
                now = max(self._means.clock.now(), self._time)
                self.append([own(ERASED, now, {"entries": numbers, "reason": reason})])
                with translated():
                    erasing.blank(self.folder, numbers)
                self.checkpoint()
            return len(numbers)

    # ending

    def close(self) -> None:
        """Sign what is there and let go of the log."""
        with self._lock:
            try:
                if not self._broken:
                    self.checkpoint()
            finally:
                self._heralds.end(WITNESS_SECONDS)
                self._close_tails()
                self._tiles.close()
                self._broken = "已关闭"

    def _close_tails(self) -> None:
        for tail in (self._log, self._beside, self._offsets, self._checkpoints):
            tail.close()

    # opening

    def settle(self, found: Recovered) -> None:
        """Bring the files to what was found: cut torn ends, write what follows from the entries, finish erasures."""
        with translated():
            self._log.cut(found.log_bytes)
            self._beside.cut(found.beside_bytes)
            self._checkpoints.cut(found.checkpoint_bytes)
            self._offsets.cut(0)
            self._offsets.write(found.offsets)
            self._offsets.keep(len(found.offsets))
            frontier = self.folder.tree(found.segment.first).frontier() if found.segment.first else None
            grown = (frontier or Frontier(self.folder.hasher)).grow(found.leaves)
            self._tiles.write(grown, before=found.segment.first)
            self._tiles.cut(self.size)
            erasing.blank(self.folder, found.erasures)
        if found.torn:
            self.append([own(RECOVERED, max(self._means.clock.now(), self._time), {"bytes": found.torn})])

    def take_keys(self) -> None:
        """Make sure the key that signs is the log's, or was handed over to. Raises SigningKeyLost."""
        signer, holder = self._means.signer, self.newest.next_key or self.newest.key_id
        if signer.key_id == holder:
            return
        former = beginning.former_signer(self._means.keys, holder) if self._means.keys else None
        if former is None and not self._means.accept_new_key:
            raise SigningKeyLost(old=holder, new=signer.key_id)
        self._turn_day()
        with translated():
            beginning.add_key(self.folder.path, signer)
        if former is not None:
            self._sign(signer=former, next_key=signer.key_id)
        now = max(self._means.clock.now(), self._time)
        self.append([own(KEY_CHANGED, now, {"from": holder, "to": signer.key_id, "handed_over": former is not None})])
        self.checkpoint()


def own(kind: str, at: datetime, payload: dict[str, object]) -> Draft:
    """An entry that the log writes about itself."""
    return Draft(
        {
            "actor": "system:audit",
            "at": at,
            "id": None,
            "kind": kind,
            "payload": payload,
            "request": "",
            "via": "system",
        }
    )


@contextmanager
def open_log(path: Path, means: Means) -> Iterator[Log]:
    """The log of a folder, begun when it is not there; other processes are kept out until the block ends.

    Raises: LogHeld, LogDamaged, LogRolledBack, SigningKeyLost, OtherHash, LogFull, LogBroken.
    """
    with _held(path):
        beginning.begin(
            path, hash_name=means.hash_name, signer=means.signer, clock=means.clock, witnesses=means.witnesses
        )
        folder = Folder(path)
        if folder.header.hash != means.hash_name:
            raise OtherHash(hash=folder.header.hash)
        found = _begun(folder, means.clock)
        log = Log(folder, means, found)
        try:
            log.settle(found)
            for witness in means.witnesses:
                refuse_rollback(witness, folder, size=log.size)
            log.take_keys()
            log.checkpoint()
            yield log
        finally:
            log.close()


def _begun(folder: Folder, clock: Clock) -> Recovered:
    """The end of the log; a sealed segment is followed by a new one, which a crash may have left out."""
    beginning.sweep(folder.path)
    found = recover(folder)
    if not (found.newest.sealed and found.newest.segment == found.segment.name):
        return found
    beginning.close_to_writing(found.segment)
    day = max(clock.today().isoformat(), found.segment.day)
    with translated():
        beginning.add_segment(Segment(found.segment.folder, day, found.size))
    return recover(folder)


def held(path: Path) -> bool:
    """Whether somebody is writing to the log in a folder."""
    try:
        with _held(path):
            return False
    except LogHeld:
        return True
    except OSError:
        return False


@contextmanager
def _held(path: Path) -> Iterator[None]:
    """Whoever has the lock file beside the folder writes. Raises LogHeld."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path.with_name(path.name + ".lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as fault:
        os.close(handle)
        raise LogHeld(folder=path) from fault
    try:
        yield
    finally:
        os.close(handle)
