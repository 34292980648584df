"""The Merkle tree of the log: grown by batches, its hashes kept in tiles, its proofs read from them.

A hash at ``(level, index)`` covers entries ``index·2^level`` to ``(index+1)·2^level - 1``. Stored are only levels 0, 8,
16 and 24 (a tile is 256 hashes of one such level); what lies between is computed from a tile when needed.
Source: RFC 9162, section 2.1; tile heights as in C2SP tlog-tiles.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from liuke.guard.audit.seal.hash import HASH_BYTES, Hasher

TILE_HEIGHT: Final = 8
#: 2^32 entries: at one million a day, more than eleven years.
STORED_LEVELS: Final = (0, 8, 16, 24)

#: Reads ``count`` stored hashes of one stored level, from an index on, joined.
Read = Callable[[int, int, int], bytes]


class Frontier:
    """The right edge of the tree: for each level the complete subtree that still waits for its neighbour."""

    __slots__ = ("_hasher", "_waiting", "size")

    def __init__(self, hasher: Hasher, size: int = 0, waiting: Sequence[bytes] = ()) -> None:
        self._hasher = hasher
        self.size = size
        self._waiting: dict[int, bytes] = {}
        levels = [level for level in reversed(range(size.bit_length())) if size >> level & 1]
        self._waiting.update(zip(levels, waiting, strict=True))

    def copy(self) -> "Frontier":
        """The same edge, to be grown apart from this one."""
        twin = Frontier(self._hasher)
        twin.size, twin._waiting = self.size, dict(self._waiting)
        return twin

    def grow(self, leaves: bytes) -> dict[int, bytes]:
        """Add leaf hashes, joined; returns the new hashes of the stored levels, joined."""
        grown: dict[int, bytes] = {}
        nodes, hashes, level = self._hasher.nodes, leaves, 0
        self.size += len(leaves) // HASH_BYTES
        while hashes:
            if level in STORED_LEVELS:
                grown[level] = hashes
            hashes = self._waiting.pop(level, b"") + hashes
            if len(hashes) // HASH_BYTES % 2:
                self._waiting[level] = hashes[-HASH_BYTES:]
                hashes = hashes[:-HASH_BYTES]
            hashes = nodes(hashes)
            level += 1
        return grown

    def root(self) -> bytes:
        """The root over all leaves so far."""
        found: bytes | None = None
        for level in sorted(self._waiting):
            found = self._waiting[level] if found is None else self._hasher.node(self._waiting[level] + found)
        return found or self._hasher.empty


class Tree:
    """A tree of which ``size`` entries count, read from stored tiles."""

    def __init__(self, size: int, hasher: Hasher, read: Read) -> None:
        self.size = size
        self._hasher = hasher
        self._read = read

    def frontier(self) -> Frontier:
        """The right edge, to grow on."""
        edge = [self._complete(level, index) for level, index in _edge(self.size)]
        return Frontier(self._hasher, self.size, edge)

    def root(self) -> bytes:
        """The root of a tree that is not empty."""
        return self._over(0, self.size)

    def leaf(self, index: int) -> bytes:
        """The leaf hash of an entry."""
        return self._read(0, index, 1)

    def inclusion(self, index: int) -> tuple[bytes, ...]:
        """The path from a leaf to the root. Source: RFC 9162, section 2.1.3.1."""
        return tuple(self._path(index, 0, self.size))

    def consistency(self, first: int) -> tuple[bytes, ...]:
        """That the first entries are the beginning of all. Source: RFC 9162, section 2.1.4.1."""
        return tuple(self._subproof(first, 0, self.size, whole=True))

    def _path(self, index: int, start: int, end: int) -> Iterator[bytes]:
        if end - start <= 1:
            return
        middle = start + _split(end - start)
        if index < middle:
            yield from self._path(index, start, middle)
            yield self._over(middle, end)
        else:
            yield from self._path(index, middle, end)
            yield self._over(start, middle)

    def _subproof(self, first: int, start: int, end: int, *, whole: bool) -> Iterator[bytes]:
        if first == end:
            if not whole:
                yield self._over(start, end)
            return
        middle = start + _split(end - start)
        if first <= middle:
            yield from self._subproof(first, start, middle, whole=whole)
            yield self._over(middle, end)
        else:
            yield from self._subproof(first, middle, end, whole=False)
            yield self._over(start, middle)

    def _over(self, start: int, end: int) -> bytes:
        """The hash over entries start to end - 1; start is a multiple of the largest power of two that fits."""
        size = end - start
        if size & (size - 1) == 0:
            level = size.bit_length() - 1
            return self._complete(level, start >> level)
        middle = start + _split(size)
        return self._hasher.node(self._over(start, middle) + self._over(middle, end))

    def _complete(self, level: int, index: int) -> bytes:
        """A complete subtree's hash, computed from the tile below it where it is not stored itself."""
        stored = min(level // TILE_HEIGHT * TILE_HEIGHT, STORED_LEVELS[-1])
        width = 1 << (level - stored)
        hashes = self._read(stored, index * width, width)
        while len(hashes) > HASH_BYTES:
            hashes = self._hasher.nodes(hashes)
        return hashes


def _edge(size: int) -> Iterator[tuple[int, int]]:
    """The complete subtrees a tree of this size is made of, widest first."""
    start = 0
    for level in reversed(range(size.bit_length())):
        if size >> level & 1:
            yield level, start >> level
            start += 1 << level


def _split(size: int) -> int:
    """The largest power of two below ``size``."""
    return 1 << ((size - 1).bit_length() - 1)
