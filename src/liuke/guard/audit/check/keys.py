"""Whether the keys are the ones they should be: each signature fits, each new key was handed over to by the old one."""

from typing import Final, Protocol

from liuke.guard.audit.seal.folder import Folder
from liuke.guard.audit.seal.model import Checkpoint, FaultKind
from liuke.kernel.crypto import KeyTrouble, Verifier, verifier


class Finds(Protocol):
    """Where faults are told."""

    def add(self, kind: FaultKind, message: str, *, segment: str | None = None, entry: int | None = None) -> None:
        """One more fault."""
        ...


class KeyCheck:
    """Follows the keys through the checkpoints. ``pins`` are names of keys known from outside; empty = none known."""

    def __init__(self, folder: Folder, findings: Finds, *, pins: frozenset[str]) -> None:
        self._findings: Final = findings
        self._pins: Final = pins
        self._known = self._read(folder)
        self.used: dict[str, None] = {}
        self.signatures = 0

    def _read(self, folder: Folder) -> dict[str, Verifier]:
        known: dict[str, Verifier] = {}
        for path in sorted((folder.path / "keys").glob("*.pem")):
            try:
                text = path.read_text("ascii")
                key = verifier(text)
                good = key.key_id == path.stem and key.pem() == text
            except (KeyTrouble, UnicodeDecodeError):
                good = False
            if good:
                known[path.stem] = key
            else:
                self._findings.add(FaultKind.KEY, f"公钥文件 {path.name} 被改动")
        return known

    def check(self, before: Checkpoint | None, checkpoint: Checkpoint, *, signature: bool) -> None:
        """One checkpoint after another: is its key the right one, and does its signature fit."""
        key_id, name = checkpoint.key_id, checkpoint.segment
        if before is None and self._pins and key_id not in self._pins:
            self._findings.add(FaultKind.KEY, f"日志的首个密钥 {key_id} 不是所指定的密钥：密钥被更换", segment=name)
        expected = (before.next_key or before.key_id) if before else key_id
        if key_id != expected and key_id not in self._pins:
            message = f"自大小 {checkpoint.size} 起改用密钥 {key_id}，没有原密钥的签名"
            self._findings.add(FaultKind.KEY, message, segment=name, entry=checkpoint.size)
        self.used[key_id] = None
        if checkpoint.next_key:
            self.used[checkpoint.next_key] = None
        key = self._known.get(key_id)
        if key is None:
            self._findings.add(FaultKind.KEY, f"缺少公钥 {key_id}", segment=name)
        elif signature:
            self.signatures += 1
            if not key.verify(checkpoint.signed, checkpoint.signature):
                message = f"大小为 {checkpoint.size} 的检查点签名不符"
                self._findings.add(FaultKind.SIGNATURE, message, segment=name)
