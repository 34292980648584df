"""Files that only grow: written, put on the disk, and cut back to where they were when a write fails."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from liuke.guard.audit.seal.model import LogBroken, LogFull

#: No space, over quota, over the largest file allowed.
_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


class Tail:
    """The end of a file. ``size`` counts what is whole; ``back`` forgets what was written after it."""

    def __init__(self, path: Path) -> None:
        self._handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        self.path: Final = path
        self.size = os.fstat(self._handle).st_size

    def write(self, data: bytes) -> None:
        """Write at the end; it counts only after ``keep``."""
        write_at(self._handle, data, self.size)

    def keep(self, count: int) -> None:
        """What was written counts from now on."""
        self.size += count

    def back(self) -> None:
        """Cut off what was written and does not count."""
        os.ftruncate(self._handle, self.size)

    def cut(self, size: int) -> None:
        """Cut the file to a size."""
        self.size = size
        self.back()

    def overwrite(self, data: bytes, start: int) -> None:
        """Replace bytes inside the file."""
        write_at(self._handle, data, start)

    def read(self, start: int, count: int) -> bytes:
        """Bytes of the file."""
        return os.pread(self._handle, count, start)

    def sync(self) -> None:
        """Put it on the disk."""
        os.fdatasync(self._handle)

    def close(self) -> None:
        """Let go of the file."""
        os.close(self._handle)


def write_at(handle: int, data: bytes, start: int) -> None:
    """Write all of it: the system may take it in parts."""
    view = memoryview(data)
    while view:
        count = os.pwrite(handle, view, start)
        view, start = view[count:], start + count


@contextmanager
def translated() -> Iterator[None]:
    """The system's words for a full or failing disk become ours. Raises LogFull, LogBroken."""
    try:
        yield
    except OSError as fault:
        if fault.errno in _FULL:
            raise LogFull from fault
        raise LogBroken(reason=fault.strerror or type(fault).__name__) from fault


def write_new(path: Path, data: bytes, *, mode: int = 0o600) -> None:
    """A new small file, on the disk."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode)
    try:
        write_at(handle, data, 0)
        os.fsync(handle)
    finally:
        os.close(handle)
