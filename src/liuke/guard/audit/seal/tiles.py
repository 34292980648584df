"""Writing what follows from the entries: the stored levels of the tree, in files of 2^20 hashes."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from liuke.guard.audit.seal.disk import write_at
from liuke.guard.audit.seal.folder import PER_FILE
from liuke.guard.audit.seal.hash import HASH_BYTES
from liuke.guard.audit.seal.tree import STORED_LEVELS


class Tiles:
    """The tree's files, to be written at known places: what a failed batch left is written over by the next."""

    def __init__(self, folder: Path) -> None:
        self._folder: Final = folder
        self._open: dict[int, tuple[int, int]] = {}

    def write(self, grown: Mapping[int, bytes], *, before: int) -> None:
        """Write the new hashes of a batch that began when the log had ``before`` entries."""
        for level, hashes in grown.items():
            start, done = before >> level, 0
            while done < len(hashes):
                place = start + done // HASH_BYTES
                inside = place % PER_FILE
                now = hashes[done : done + (PER_FILE - inside) * HASH_BYTES]
                write_at(self._handle(level, place // PER_FILE), now, inside * HASH_BYTES)
                done += len(now)

    def cut(self, size: int) -> None:
        """Cut the open files to what a log of this size has."""
        for level in STORED_LEVELS:
            count = size >> level
            folder = self._folder / str(level)
            for path in sorted(folder.glob("*")) if folder.is_dir() else ():
                most = max(0, min(PER_FILE, count - int(path.name) * PER_FILE)) * HASH_BYTES
                if path.stat().st_size > most:
                    os.truncate(path, most)

    def sync(self) -> None:
        """Put the files being written on the disk."""
        for _, handle in self._open.values():
            os.fdatasync(handle)

    def close(self) -> None:
        """Let go of the files."""
        for _, handle in self._open.values():
            os.close(handle)
        self._open.clear()

    def _handle(self, level: int, number: int) -> int:
        known = self._open.get(level)
        if known and known[0] == number:
            return known[1]
        if known:
            os.fdatasync(known[1])
            os.close(known[1])
        folder = self._folder / str(level)
        folder.mkdir(exist_ok=True)
        handle = os.open(folder / f"{number:06d}", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        self._open[level] = (number, handle)
        return handle
