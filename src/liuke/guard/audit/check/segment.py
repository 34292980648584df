"""Verifying one segment: its lines, what lies beside them, and the files that follow from them."""

from binascii import hexlify
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from liuke.guard.audit.check import batch
from liuke.guard.audit.check.keys import Finds
from liuke.guard.audit.seal import recover
from liuke.guard.audit.seal.entry import BLANK, blanked, facts_of
from liuke.guard.audit.seal.folder import NOWHERE, OFFSETS, Folder, Segment
from liuke.guard.audit.seal.hash import HASH_BYTES
from liuke.guard.audit.seal.model import Checkpoint, FaultKind, LogDamaged
from liuke.guard.audit.seal.tree import Frontier

_SEALED: Final = b'"sealed":"'
_PAYLOAD: Final = b'"payload":'
_ERASURE: Final = b'"audit.erased"'


class SegmentCheck:
    """Reads a segment once. Afterwards ``size`` and ``leaf`` tell where it ended."""

    def __init__(
        self, folder: Folder, segment: Segment, findings: Finds, *, signed: Mapping[int, Checkpoint], live: bool
    ) -> None:
        self._folder, self._segment, self._findings, self._live = folder, segment, findings, live
        self._signed = signed
        self._beside = batch.LinesBeside(segment.file("beside"))
        self._digest = folder.hasher.beside
        self._broken = False
        self.size, self.leaf = segment.first, b""
        self.erased: list[int] = []
        self.ordered: set[int] = set()
        self._bytes = segment.file("log").stat().st_size
        self._log_at = self._beside_at = 0

    def run(self, frontier: Frontier, leaf: bytes, *, limit: int) -> Iterator[int]:
        """Verify, growing the tree as far as ``limit``; yields how many bytes were read."""
        self.leaf = leaf
        for chunk in self._chunks():
            start = self.size
            leaves, places = self._quickly(chunk) or self._closely(chunk.split(b"\n")[:-1])
            if not self._broken:
                self._grow(frontier, start, leaves, limit)
                self._compare_offsets(start, places)
            yield self._log_at
        if not self._live and not self._broken:
            self._ended()

    def _chunks(self) -> Iterator[bytes]:
        for chunk in recover.chunks(self._segment.file("log"), most=self._bytes):
            if chunk.endswith(b"\n"):
                yield chunk
            elif not self._live:
                self._say(FaultKind.TRUNCATED, f"第 {self.size} 条不完整", self.size)

    # lines

    def _quickly(self, chunk: bytes) -> tuple[bytes, bytes] | None:
        """Leaf hashes and offsets of lines with which all is well; None when they must be gone through one by one."""
        if self._broken:
            return None
        start = batch.Start(self.size, self.leaf, self._log_at, self._beside_at)
        found = batch.read(chunk, self._beside, start, self._folder.hasher)
        if found is None:
            return None
        self.size, self.leaf = self.size + found.count, found.leaves[-HASH_BYTES:]
        self._log_at, self._beside_at = self._log_at + len(chunk), self._beside_at + found.beside_bytes
        self.erased += found.erased
        return found.leaves, found.places

    def _closely(self, lines: Sequence[bytes]) -> tuple[bytes, bytes]:
        """The same line by line: checks that each names the one before it and its number, and says what is wrong."""
        leaves: list[bytes] = []
        places = bytearray()
        n, leaf, leaf_of = self.size, self.leaf, self._folder.hasher.leaf
        for line in lines:
            if not line.startswith(b"%b %d " % (hexlify(leaf), n)):
                n = self._break(line, n, leaf)
            leaf = leaf_of(line)
            leaves.append(leaf)
            beside = self._inside(line, n) if _SEALED in line or _ERASURE in line else NOWHERE
            places += OFFSETS.pack(self._log_at, beside)
            self._log_at += len(line) + 1
            n += 1
        self.size, self.leaf = n, leaf
        return b"".join(leaves), bytes(places)

    def _break(self, line: bytes, n: int, leaf: bytes) -> int:
        """Say what is broken, and give the number to go on from."""
        self._broken = True
        _, _, rest = line.partition(b" ")
        number = rest.partition(b" ")[0]
        found = int(number) if number.isdigit() and len(number) < 16 else n
        if found != n:
            what = f"此处应为第 {n} 条，却是第 {found} 条：有条目被删除、插入或调换"
            self._say(FaultKind.ENTRY, what, n)
            return found
        edited = n
        if n and leaf.hex().encode() != line[:64] and self._stored(n - 1) != leaf:
            edited = n - 1
        self._say(FaultKind.ENTRY, f"第 {edited} 条被改动", edited)
        return n

    def _stored(self, n: int) -> bytes:
        try:
            return self._folder.hashes(0, n, 1)
        except LogDamaged:
            return b""

    def _inside(self, line: bytes, n: int) -> int:
        """Look into a line that has something beside it, or that orders an erasure; where the line beside begins."""
        if _PAYLOAD not in line:
            place = line.rfind(_SEALED) + len(_SEALED)
            return self._check_beside(n, line[place : place + 64])
        try:
            sealed = facts_of(line).get("sealed")
            self.ordered.update(recover.erased_by(line))
        except ValueError:
            self._say(FaultKind.ENTRY, f"第 {n} 条不是规范的记录", n)
            return NOWHERE
        return self._check_beside(n, sealed.encode()) if isinstance(sealed, str) else NOWHERE

    # beside

    def _check_beside(self, n: int, sealed: bytes) -> int:
        """The next line beside must be this entry's, and what it holds must be what was committed to."""
        line = self._beside.line() or b""
        at, self._beside_at = self._beside_at, self._beside_at + len(line) + 1
        number, _, text = line.partition(b" ")
        if number != b"%d" % n or not text:
            if not self._broken:
                self._say(FaultKind.PERSONAL, f"第 {n} 条旁存的内容缺失、被改动或错位", n)
            self._broken = True
            return NOWHERE
        if text.endswith(BLANK) and line == blanked(line):
            self.erased.append(n)
        elif hexlify(self._digest(text)) != sealed:
            self._say(FaultKind.PERSONAL, f"第 {n} 条旁存的内容被改动", n)
        return at

    # what follows from the lines

    def _grow(self, frontier: Frontier, start: int, leaves: bytes, limit: int) -> None:
        """Grow the tree up to each checkpoint on the way and meet its root; compare the stored hashes."""
        if frontier.size != start:
            return
        end = start + len(leaves) // HASH_BYTES
        stops = sorted(size for size in self._signed if start < size <= end)
        for stop in [*stops, min(end, limit)]:
            before = frontier.size
            fresh = leaves[(before - start) * HASH_BYTES : max(stop - start, 0) * HASH_BYTES]
            self._compare_tree(frontier.grow(fresh), before)
            checkpoint = self._signed.get(stop)
            if checkpoint and stop in stops:
                self._meet(checkpoint, frontier, leaves[: (stop - start) * HASH_BYTES][-HASH_BYTES:])

    def _meet(self, checkpoint: Checkpoint, frontier: Frontier, leaf: bytes) -> None:
        size = checkpoint.size
        if frontier.root().hex() != checkpoint.root:
            self._say(FaultKind.ROOT, f"前 {size} 条的根与签名的根不符：本段有条目被改写", None)
        if leaf.hex() != checkpoint.last:
            self._say(FaultKind.ROOT, f"第 {size - 1} 条与检查点不符", size - 1)

    def _compare_tree(self, grown: Mapping[int, bytes], before: int) -> None:
        for level, hashes in grown.items():
            start = before >> level
            stored = self._folder.hash_bytes(level, start, len(hashes) // HASH_BYTES)
            if hashes != stored:
                ends = range(HASH_BYTES, len(hashes) + 1, HASH_BYTES)
                at = next(end for end in ends if hashes[:end] != stored[:end]) - HASH_BYTES
                n = start + at // HASH_BYTES << level
                self._say(FaultKind.DERIVED, f"第 {n} 条与树文件(第 {level} 层)不符：条目或树文件被改动", n)

    def _compare_offsets(self, start: int, wanted: bytes) -> None:
        """The offsets of the lines just read; in a broken segment they say nothing more."""
        found = self._folder.offsets_of(self._segment, start, len(wanted) // OFFSETS.size)
        if found != wanted and not (self._live and wanted.startswith(found)):
            self._say(FaultKind.DERIVED, f"自第 {start} 条起的位置文件与条目不符", start)

    def _ended(self) -> None:
        """Nothing may follow the last line in the files beside the log."""
        if self._beside.line() is not None or self._beside.torn:
            self._say(FaultKind.PERSONAL, "旁存文件末尾有多余的内容", self.size)
        offsets = self._segment.file("offsets")
        if offsets.exists() and offsets.stat().st_size != (self.size - self._segment.first) * OFFSETS.size:
            self._say(FaultKind.DERIVED, "位置文件的长度与条目数不符", None)

    def _say(self, kind: FaultKind, message: str, entry: int | None) -> None:
        self._findings.add(kind, message, segment=self._segment.name, entry=entry)
