"""Writing the log: each server process has segments of its own; batches that wait together share one flush.

A batch is acknowledged once its bytes are on the disk (fdatasync). A full disk refuses the batches of that flush, takes
back what was half written, and harms nothing acknowledged before.
"""

import asyncio
import errno
import fcntl
import os
import threading
import time
from pathlib import Path
from typing import Final

from liuke.data.behaviour.intake.record import Record, header
from liuke.data.behaviour.model import BacklogFull, LogUnavailable
from liuke.kernel.disk import flush
from liuke.kernel.errors import LiukeError
from liuke.kernel.store.records import DiskFull

SEGMENT_BYTES: Final = 64 * 2**20
#: Batches written by one call, below the system's limit of 1024 pieces.
_TOGETHER: Final = 400
#: Bytes that may wait for the disk; beyond it senders are asked to come back.
_WAITING_BYTES: Final = 64 * 2**20
_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_LOOK_SECONDS: Final = 1.0

Waiting = tuple[list[bytes], asyncio.AbstractEventLoop, "asyncio.Future[None]"]


class Appender:
    """Appends batches from one process; its thread starts with the first batch and ends with the process."""

    def __init__(self, folder: Path, *, backlog_bytes: int) -> None:
        self._folder = folder
        self._backlog_bytes = backlog_bytes
        self._queue: list[Waiting] = []
        self._queued = 0
        self._lock = threading.Condition()
        self._file = -1
        self._end = 0
        self._backlog = 0
        self._looked = 0.0
        self._thread: threading.Thread | None = None
        self._closing = False

    async def append(self, record: Record) -> None:
        """Write one batch; returns once it is on the disk. Raises: LogUnavailable, DiskFull, BacklogFull."""
        loop = asyncio.get_running_loop()
        done: asyncio.Future[None] = loop.create_future()
        pieces = [header(record), record.body]
        size = len(pieces[0]) + len(record.body)
        with self._lock:
            if self._queued + size > _WAITING_BYTES or self._backlog > self._backlog_bytes:
                raise BacklogFull
            self._queue.append((pieces, loop, done))
            self._queued += size
            if self._thread is None:
                self._thread = threading.Thread(target=self._serve, name="behaviour-log", daemon=True)
                self._thread.start()
            self._lock.notify()
        await done

    def close(self) -> None:
        """Write what waits, close the segment, end the thread."""
        with self._lock:
            self._closing = True
            self._lock.notify()
        if self._thread is not None:
            self._thread.join(10)

    def _serve(self) -> None:
        while True:
            with self._lock:
                while not self._queue and not self._closing:
                    self._lock.wait()
                group, self._queue = self._queue[:_TOGETHER], self._queue[_TOGETHER:]
            if not group:
                self._leave()
                return
            fault = self._write([piece for pieces, _, _ in group for piece in pieces])
            with self._lock:
                self._queued -= sum(len(piece) for pieces, _, _ in group for piece in pieces)
            self._tell(group, fault)

    def _tell(self, group: list[Waiting], fault: LiukeError | None) -> None:
        by_loop: dict[asyncio.AbstractEventLoop, list[asyncio.Future[None]]] = {}
        for _, loop, done in group:
            by_loop.setdefault(loop, []).append(done)
        for loop, waiting in by_loop.items():
            if not loop.is_closed():
                loop.call_soon_threadsafe(_settle, waiting, fault)

    def _write(self, pieces: list[bytes]) -> LiukeError | None:
        """Write and flush; what failed is taken back and told."""
        try:
            self._open()
            written = os.writev(self._file, pieces)
            size = sum(map(len, pieces))
            while written < size:
                written += os.write(self._file, b"".join(pieces)[written:])
            os.fdatasync(self._file)
        except OSError as fault:
            self._take_back()
            return DiskFull() if fault.errno in _FULL else LogUnavailable()
        self._end += size
        return None

    def _open(self) -> None:
        if time.monotonic() - self._looked > _LOOK_SECONDS:
            self._looked = time.monotonic()
            self._backlog = (
                sum(path.stat().st_size for path in self._folder.glob("*.log")) if self._folder.exists() else 0
            )
        if self._file >= 0 and self._end < SEGMENT_BYTES:
            return
        self._leave()
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = self._folder / f"{time.time_ns():020d}-{os.getpid()}.log"
        self._file = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_APPEND | os.O_CLOEXEC, 0o600)
        self._end = 0
        # Whoever reads the log knows by this lock that the segment may still grow.
        fcntl.flock(self._file, fcntl.LOCK_EX)
        flush(self._folder)

    def _take_back(self) -> None:
        """Forget what is not known to be on the disk; if even that fails, go on in a new segment."""
        if self._file < 0:
            return
        try:
            os.ftruncate(self._file, self._end)
        except OSError:
            self._leave()

    def _leave(self) -> None:
        if self._file >= 0:
            os.close(self._file)
        self._file = -1


def _settle(waiting: "list[asyncio.Future[None]]", fault: LiukeError | None) -> None:
    for done in waiting:
        if done.done():  # the sender hung up
            continue
        if fault is None:
            done.set_result(None)
        else:
            done.set_exception(fault)
