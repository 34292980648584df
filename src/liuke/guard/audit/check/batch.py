"""Many lines at once, as long as nothing is wrong; what is wrong is named by reading them one by one."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from liuke.guard.audit.check import lines
from liuke.guard.audit.seal.folder import NOWHERE
from liuke.guard.audit.seal.hash import BESIDE, HASH_BYTES, LEAF, Hasher, octets
from liuke.guard.audit.seal.recover import chunks
from liuke.guard.audit.seal.sm3 import Octets, Places


class LinesBeside:
    """The lines beside a segment's entries, in order. A line without its end is none of them, ``torn`` says so."""

    def __init__(self, path: Path) -> None:
        self._chunks: Final[Iterator[bytes]] = chunks(path) if path.exists() else iter(())
        self._held = b""
        self._starts = self._ends = np.zeros(0, np.int64)
        self._next = 0
        self.torn = False

    def take(self, count: int) -> tuple[bytes, Places, Places]:
        """Bytes with the next ``count`` lines (fewer at the end), and where these begin and end; nothing is used up."""
        while len(self._ends) - self._next < count and self._more():
            pass
        chosen = slice(self._next, self._next + count)
        return self._held, self._starts[chosen], self._ends[chosen]

    def use(self, count: int) -> None:
        """The next ``count`` lines have been read."""
        self._next += count

    def line(self) -> bytes | None:
        """The next line, used up; None at the end."""
        held, starts, ends = self.take(1)
        if not len(starts):
            return None
        self.use(1)
        return held[starts[0] : ends[0]]

    def _more(self) -> bool:
        chunk = next(self._chunks, b"")
        self.torn = self.torn or (bool(chunk) and not chunk.endswith(b"\n"))
        if not chunk or self.torn:
            return False
        kept = self._starts[self._next] if self._next < len(self._starts) else len(self._held)
        self._held = self._held[kept:] + chunk
        self._starts, self._ends = lines.bounds(octets(self._held))
        self._next = 0
        return True


@dataclass(frozen=True, slots=True)
class Batch:
    """Lines that are as they should be: leaf hashes and offsets, joined; how much lies beside; what was erased."""

    count: int
    leaves: bytes
    places: bytes
    beside_bytes: int
    erased: list[int]


@dataclass(frozen=True, slots=True)
class Start:
    """Where a batch begins: its first number, the leaf before, places in the two files."""

    n: int
    leaf: bytes
    log_at: int
    beside_at: int


def read(chunk: bytes, beside: LinesBeside, start: Start, hasher: Hasher) -> Batch | None:
    """Whole lines and what lies beside them; None, and nothing used up, when any of it needs a closer look."""
    data = octets(chunk)
    starts, ends = lines.bounds(data)
    leaves = hasher.within(LEAF, chunk, starts, ends)
    if not lines.chained(data, starts, ends, _rows(leaves), octets(start.leaf), start.n):
        return None
    places = lines.commitments(data, starts, ends)
    if (places == lines.CLOSELY).any():
        return None
    having = np.flatnonzero(places != lines.NONE)
    held, begins, stops = beside.take(len(having))
    blank = _beside(data, places[having], having + start.n, (held, begins, stops), hasher)
    if blank is None:
        return None
    beside.use(len(having))
    sizes = stops - begins + 1
    packed = np.full((len(starts), 2), NOWHERE, "<u8")
    packed[:, 0] = start.log_at + starts
    packed[having, 1] = start.beside_at + np.cumsum(sizes) - sizes
    erased = (having[blank] + start.n).tolist()
    return Batch(len(starts), leaves, packed.tobytes(), int(sizes.sum()), erased)


def _beside(
    data: Octets, places: Places, numbers: Places, found: tuple[bytes, Places, Places], hasher: Hasher
) -> np.typing.NDArray[np.bool_] | None:
    """Which of the lines beside are blank; None when one is not its entry's, or not what the entry committed to."""
    held, begins, stops = found
    if len(begins) != len(places):
        return None
    texts, blank = lines.texts_after(octets(held), begins, stops, numbers)
    if (texts < 0).any():
        return None
    digests = hasher.within(BESIDE, held, texts, stops)
    return blank if lines.committed(data, places, _rows(digests), blank) else None


def _rows(hashes: bytes) -> Octets:
    return octets(hashes).reshape(-1, HASH_BYTES)
