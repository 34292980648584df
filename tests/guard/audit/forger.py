"""A forger: changes one entry and makes the whole log fit again, as far as the keys in hand allow."""

import shutil
from pathlib import Path

from liuke.guard.audit.seal.checkpoint import Held, parsed, signed
from liuke.guard.audit.seal.folder import OFFSETS, Folder, Header, Segment
from liuke.guard.audit.seal.model import Checkpoint
from liuke.guard.audit.seal.tree import Frontier
from liuke.kernel.crypto import Signer


def rewrite(path: Path, seed: int, *, signer: Signer | None) -> None:
    """Change one entry and compute every file again as the log would; sign again if there is a key to sign with."""
    Forger(Folder(path), signer).rewrite(seed)


class Forger:
    """Rewrites a log segment by segment."""

    def __init__(self, folder: Folder, signer: Signer | None) -> None:
        self._folder, self._signer = folder, signer
        self._frontier, self._leaf, self._n = Frontier(folder.hasher), bytes(32), 0
        self._previous, self._stored = "0" * 64, dict[int, bytearray]()

    def rewrite(self, seed: int) -> None:
        newest = self._folder.newest()
        assert newest is not None
        if self._signer:
            self._exchange_key(self._signer)
        for segment in self._folder.segments():
            self._segment(segment, seed % newest.size)
        for level, hashes in self._stored.items():
            (self._folder.path / "tree" / str(level) / "000000").write_bytes(hashes)

    def _exchange_key(self, signer: Signer) -> None:
        header, keys = self._folder.header, self._folder.path / "keys"
        shutil.rmtree(keys)
        keys.mkdir()
        (keys / f"{signer.key_id}.pem").write_text(signer.verifier().pem())
        (self._folder.path / "log.json").write_bytes(Header(header.log_id, header.hash, signer.key_id).text())

    def _segment(self, segment: Segment, target: int) -> None:
        points = list(segment.checkpoints())
        lines, offsets, made, at = [], bytearray(), self._signed(points), 0
        for line in segment.file("log").read_bytes().split(b"\n")[:-1]:
            text = line.split(b" ", 2)[2]
            text = text.replace(b'"via":"s', b'"via":"S', 1) if self._n == target else text
            fresh = b"%s %d %s" % (self._leaf.hex().encode(), self._n, text)
            self._leaf = self._folder.hasher.leaf(fresh)
            for level, hashes in self._frontier.grow(self._leaf).items():
                self._stored.setdefault(level, bytearray()).extend(hashes)
            offsets += OFFSETS.pack(at, OFFSETS.unpack(self._folder.offsets_of(segment, self._n, 1))[1])
            lines.append(fresh)
            self._n, at = self._n + 1, at + len(fresh) + 1
            made += self._signed(points)
        _write(segment.file("log"), b"".join(line + b"\n" for line in lines))
        _write(segment.file("offsets"), bytes(offsets))
        if self._signer:
            _write(segment.file("checkpoints"), b"".join(line + b"\n" for line in made))

    def _signed(self, points: list[Checkpoint]) -> list[bytes]:
        """The checkpoints of the present size, signed again."""
        made: list[bytes] = []
        for point in points:
            if point.size == self._n and self._signer:
                root, header = self._frontier.root(), self._folder.header
                held = Held(self._n, root, self._leaf, header.log_id, header.hash, point.segment)
                again = signed(held, at=point.at, previous=self._previous, signer=self._signer, sealed=point.sealed)
                self._previous = self._folder.hasher.checkpoint(parsed(again.line).line).hex()
                made.append(again.line)
        return made


def _write(path: Path, data: bytes) -> None:
    path.chmod(0o600)
    path.write_bytes(data)
