"""Reading the log: every whole record once, from where the last commit stood, of all server processes' segments."""

import fcntl
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import structlog

from liuke.data.behaviour.intake import record
from liuke.data.behaviour.intake.record import Record

_log = structlog.get_logger("liuke.behaviour")

#: Bytes read in one turn.
_TURN: Final = 8 * 2**20


@dataclass(slots=True)
class Tail:
    """Where reading stands in every segment of a folder."""

    folder: Path
    places: dict[str, int] = field(default_factory=dict)

    def read(self, *, most: int = _TURN) -> list[Record]:
        """The next records of all segments, at most about ``most`` bytes; empty when there is nothing new."""
        found: list[Record] = []
        for path in self._segments():
            if most <= 0:
                break
            taken, size = self._read_one(path, most)
            found += taken
            most -= size
        return found

    def _segments(self) -> list[Path]:
        return sorted(self.folder.glob("*.log")) if self.folder.is_dir() else []

    def _read_one(self, path: Path, most: int) -> tuple[list[Record], int]:
        at = self.places.get(path.name, 0)
        if path.stat().st_size <= at:
            return [], 0
        # Asked before reading: what a finished segment holds will not grow any more.
        finished = _finished(path)
        with path.open("rb") as handle:
            handle.seek(at)
            data = memoryview(handle.read(record.MAX_RECORD + record.HEADER_BYTES))
        found, end = _records(data, most)
        if end == 0 and finished:
            end = self._skip(path, data, at)
        self.places[path.name] = at + end
        return found, end

    def _skip(self, path: Path, data: memoryview, at: int) -> int:
        """Past what no process will ever complete: bytes of a write that was cut off, never acknowledged."""
        text = bytes(data)
        after = text.find(record.MAGIC, 1)
        while after > 0 and record.read(data, after) is None:
            after = text.find(record.MAGIC, after + 1)
        skipped = after if after > 0 else len(text)
        _log.warning("behaviour_log_skipped", segment=path.name, at=at, bytes=skipped)
        return skipped

    def backlog(self) -> int:
        """Bytes not read yet."""
        return sum(max(path.stat().st_size - self.places.get(path.name, 0), 0) for path in self._segments())

    def sweep(self, committed: Mapping[str, int]) -> list[str]:
        """Delete segments that are finished and committed to their end; returns their names."""
        gone = []
        for path in self._segments():
            # A segment nothing was committed of may have been opened this very moment.
            if path.name in committed and committed[path.name] >= path.stat().st_size and _finished(path):
                path.unlink(missing_ok=True)
                self.places.pop(path.name, None)
                gone.append(path.name)
        return gone


def _records(data: memoryview, most: int) -> tuple[list[Record], int]:
    """Whole records from the start on, one at least where there is one; and where they end."""
    found: list[Record] = []
    at = 0
    while at < most and (one := record.read(data, at)) is not None:
        found.append(one[0])
        at = one[1]
    return found, at


def _finished(path: Path) -> bool:
    """Whether no process writes the segment any more: its writer's lock is gone."""
    handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    finally:
        os.close(handle)
    return True
