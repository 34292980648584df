"""Where the log lies on disk, and how it is read. Reading needs no lock.

log.json                              what the log is: format, number, digest, first key
keys/<key>.pem                        public keys
segments/<day>-<first entry>.log      the lines          .checkpoints  signed checkpoints
                            .beside   what can be erased .offsets      where each line begins (derived)
tree/<level>/<number>                 hashes of the stored levels, 2^20 a file (derived)
"""

import os
import struct
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import orjson

from liuke.guard.audit.seal.checkpoint import parsed
from liuke.guard.audit.seal.entry import Encoded, beside_of, canonical, facts_of
from liuke.guard.audit.seal.hash import HASH_BYTES, Hasher
from liuke.guard.audit.seal.model import FORMAT, Checkpoint, HashName, Line, LogDamaged
from liuke.guard.audit.seal.tree import Tree

#: Hashes in one file of the tree: 32 MiB.
PER_FILE: Final = 1 << 20
#: Where a line begins, and where the line beside it begins (or NOWHERE).
OFFSETS: Final = struct.Struct("<QQ")
NOWHERE: Final = 2**64 - 1
_CHUNK: Final = 64 * 1024


def places(batch: Encoded, *, log_at: int, beside_at: int) -> bytes:
    """Where each line of a batch will begin, and the line beside it, as ``offsets`` holds it."""
    packed = np.full((len(batch.lines), 2), NOWHERE, "<u8")
    packed[:, 0] = log_at + _starts(batch.lines, end=1)
    packed[batch.committed, 1] = beside_at + _starts(batch.beside, end=0)
    return packed.tobytes()


def _starts(lines: Sequence[bytes], *, end: int) -> npt.NDArray[np.int64]:
    """Where each line begins when they follow each other, each with ``end`` bytes after it."""
    sizes = np.fromiter(map(len, lines), np.int64, len(lines)) + end
    starts: npt.NDArray[np.int64] = np.cumsum(sizes) - sizes
    return starts


@dataclass(frozen=True, slots=True)
class Header:
    """What a log is, for as long as it lives."""

    log_id: str
    hash: HashName
    first_key: str

    def text(self) -> bytes:
        """As ``log.json`` holds it."""
        facts = {"first_key": self.first_key, "format": FORMAT, "hash": self.hash, "log": self.log_id}
        return canonical(facts) + b"\n"

    @classmethod
    def read(cls, path: Path) -> "Header":
        """From ``log.json``. Raises LogDamaged when it is not there or not as it was written."""
        try:
            text = path.read_bytes()
            facts = orjson.loads(text)
            name: HashName = "sha256" if facts["hash"] == "sha256" else "sm3"
            header = cls(str(facts["log"]), name, str(facts["first_key"]))
        except (OSError, ValueError, KeyError, TypeError) as fault:
            raise LogDamaged(reason="log.json 缺失或无法读取") from fault
        if header.text() != text:
            raise LogDamaged(reason="log.json 被改动")
        return header


@dataclass(frozen=True, slots=True)
class Segment:
    """The entries of one day, or of a part of it, from entry ``first`` on."""

    folder: Path
    day: str
    first: int

    @property
    def name(self) -> str:
        """``2026-11-02-000000000000``."""
        return f"{self.day}-{self.first:012d}"

    def file(self, suffix: str) -> Path:
        """One of its files: log, beside, offsets, checkpoints."""
        return self.folder / f"{self.name}.{suffix}"

    def checkpoints(self) -> Iterator[Checkpoint]:
        """Its checkpoints, oldest first; a torn last line is none. Raises ValueError at one that is broken."""
        for line in self.file("checkpoints").read_bytes().split(b"\n")[:-1]:
            yield parsed(line)

    def newest(self) -> Checkpoint | None:
        """Its last checkpoint. Raises ValueError when it is broken."""
        with self.file("checkpoints").open("rb") as file:
            end = file.seek(0, os.SEEK_END)
            file.seek(max(0, end - _CHUNK))
            lines = file.read().split(b"\n")[:-1]
        return parsed(lines[-1]) if lines else None


class Folder:
    """A log on disk, to be read."""

    def __init__(self, path: Path) -> None:
        self.path: Final = path
        self.header: Final = Header.read(path / "log.json")
        self.hasher: Final = Hasher(self.header.hash)

    def segments(self) -> list[Segment]:
        """All segments in order."""
        found = []
        for path in (self.path / "segments").glob("*.log"):
            day, _, first = path.stem.rpartition("-")
            if first.isdigit():
                found.append(Segment(path.parent, day, int(first)))
        return sorted(found, key=lambda segment: (segment.first, segment.day))

    def newest(self) -> Checkpoint | None:
        """The newest checkpoint of all."""
        for segment in reversed(self.segments()):
            found = segment.newest()
            if found:
                return found
        return None

    def tree(self, size: int) -> Tree:
        """The tree over the first ``size`` entries."""
        return Tree(size, self.hasher, self.hashes)

    def hashes(self, level: int, start: int, count: int) -> bytes:
        """Stored hashes of a stored level, joined. Raises LogDamaged when they are not there."""
        data = self.hash_bytes(level, start, count)
        if len(data) != count * HASH_BYTES:
            raise LogDamaged(reason=f"树文件(第 {level} 层)不完整")
        return data

    def hash_bytes(self, level: int, start: int, count: int) -> bytes:
        """Stored hashes of a stored level, joined; fewer when the files end before."""
        found = b""
        while count:
            inside = start % PER_FILE
            take = min(count, PER_FILE - inside)
            path = self.path / "tree" / str(level) / f"{start // PER_FILE:06d}"
            data = _read_at(path, inside * HASH_BYTES, take * HASH_BYTES)
            found += data
            if len(data) != take * HASH_BYTES:
                break
            start, count = start + take, count - take
        return found

    def public_keys(self) -> dict[str, str]:
        """Public keys (PEM) by their names."""
        return {path.stem: path.read_text("ascii") for path in sorted((self.path / "keys").glob("*.pem"))}

    def line(self, n: int, segments: Sequence[Segment] = ()) -> Line | None:
        """One entry with what lies beside it; None when it is not in the log."""
        among = segments or self.segments()
        place = bisect_right([segment.first for segment in among], n) - 1
        if place < 0:
            return None
        segment = among[place]
        where = self.offsets(segment, n)
        if where is None:
            return None
        raw = line_at(segment.file("log"), where[0])
        beside = None if where[1] == NOWHERE else beside_of(line_at(segment.file("beside"), where[1]))
        return Line(n, raw, facts_of(raw), beside.text if beside else None)

    def offsets(self, segment: Segment, n: int) -> tuple[int, int] | None:
        """Where the two lines of an entry begin in its segment's files; None when it has no such entry."""
        data = _read_at(segment.file("offsets"), (n - segment.first) * OFFSETS.size, OFFSETS.size)
        if len(data) != OFFSETS.size:
            return None
        log, beside = OFFSETS.unpack(data)
        return log, beside

    def offsets_of(self, segment: Segment, n: int, count: int) -> bytes:
        """The stored offsets of ``count`` entries, as they are on disk."""
        return _read_at(segment.file("offsets"), (n - segment.first) * OFFSETS.size, count * OFFSETS.size)

    def lines_from(self, segment: Segment, suffix: str, start: int, count: int) -> list[bytes]:
        """``count`` lines of one of a segment's files, from a place on. Raises LogDamaged when they are not there."""
        with segment.file(suffix).open("rb") as file:
            file.seek(start)
            lines = list(islice(file, count))
        if len(lines) != count or not lines[-1].endswith(b"\n"):
            raise LogDamaged(reason=f"{segment.name}.{suffix} 不完整")
        return [line[:-1] for line in lines]

    def disk_bytes(self) -> int:
        """What the log takes on disk."""
        return sum(path.stat().st_size for path in self.path.rglob("*") if path.is_file())


def _read_at(path: Path, start: int, count: int) -> bytes:
    try:
        handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return b""
    try:
        return os.pread(handle, count, start)
    finally:
        os.close(handle)


def line_at(path: Path, start: int) -> bytes:
    """The line that begins at a place in a file, without its end."""
    found = b""
    while True:
        chunk = _read_at(path, start + len(found), _CHUNK)
        line, end, _ = chunk.partition(b"\n")
        found += line
        if end:
            return found
        if not chunk:
            raise LogDamaged(reason=f"{path.name} 的一行不完整")
