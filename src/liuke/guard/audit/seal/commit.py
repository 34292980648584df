"""Group commit: entries that arrive one by one from many threads share one write and one flush of the disk."""

import threading
from dataclasses import dataclass

from liuke.guard.audit.seal.log import Log
from liuke.guard.audit.seal.model import Draft
from liuke.kernel.errors import LiukeError


@dataclass(slots=True)
class _Waiting:
    draft: Draft
    n: int | None = None
    fault: LiukeError | None = None


class Committer:
    """Appends single entries. Whoever comes first writes for all who came while the disk was busy."""

    def __init__(self, log: Log) -> None:
        self._log = log
        self._queue: list[_Waiting] = []
        self._queueing = threading.Lock()
        self._writing = threading.Lock()

    def append(self, draft: Draft) -> int:
        """Write one entry; returns its number once it is on the disk. Raises LogFull, LogBroken."""
        mine = _Waiting(draft)
        with self._queueing:
            self._queue.append(mine)
        with self._writing:
            if mine.n is None and mine.fault is None:
                self._write()
        if mine.fault is not None:
            raise mine.fault
        if mine.n is None:
            raise RuntimeError("a group was written without one of its entries")
        return mine.n

    def _write(self) -> None:
        with self._queueing:
            group, self._queue = self._queue, []
        try:
            numbers = self._log.append([waiting.draft for waiting in group])
        except LiukeError as fault:
            for waiting in group:
                waiting.fault = fault
            return
        for waiting, n in zip(group, numbers[-len(group) :], strict=True):
            waiting.n = n
