"""Beginning a log, and the keys it is signed with."""

import os
import shutil
import tempfile
import uuid
from collections.abc import Sequence
from pathlib import Path

from liuke.guard.audit.seal.checkpoint import NONE_BEFORE, Held, signed
from liuke.guard.audit.seal.disk import translated, write_new
from liuke.guard.audit.seal.entry import GENESIS
from liuke.guard.audit.seal.folder import Header, Segment
from liuke.guard.audit.seal.hash import Hasher
from liuke.guard.audit.seal.model import HashName
from liuke.guard.audit.seal.witness import Witness, refuse_replacement
from liuke.kernel.clock import Clock
from liuke.kernel.crypto import KeyTrouble, Signer
from liuke.kernel.crypto.sign import read_signer
from liuke.kernel.disk import flush

#: What a segment consists of.
SUFFIXES = ("log", "beside", "offsets", "checkpoints")


def begin(path: Path, *, hash_name: HashName, signer: Signer, clock: Clock, witnesses: Sequence[Witness]) -> None:
    """Make an empty log, whole or not at all; nothing happens when there is one.

    Raises: LogRolledBack when a witness knows an earlier log of this bank; LogFull.
    """
    if path.exists() and any(path.iterdir()):
        return
    for witness in witnesses:
        refuse_replacement(witness)
    with translated():
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(prefix=f".{path.name}-", dir=path.parent))
        try:
            _fill(draft, Header(str(uuid.uuid4()), hash_name, signer.key_id), signer, clock)
            if path.exists():
                path.rmdir()
            draft.rename(path)
            flush(path.parent)
        finally:
            shutil.rmtree(draft, ignore_errors=True)


def _fill(draft: Path, header: Header, signer: Signer, clock: Clock) -> None:
    for name in ("keys", "segments", "tree"):
        (draft / name).mkdir()
    add_key(draft, signer)
    segment = Segment(draft / "segments", clock.today().isoformat(), 0)
    empty = Hasher(header.hash).empty
    held = Held(0, empty, GENESIS, header.log_id, header.hash, segment.name)
    first = signed(held, at=clock.now(), previous=NONE_BEFORE, signer=signer)
    add_segment(segment, first.line + b"\n")
    write_new(draft / "log.json", header.text())
    for folder in (draft / "keys", draft):
        flush(folder)


def add_segment(segment: Segment, checkpoints: bytes = b"") -> None:
    """The empty files of a segment; the log itself comes last, so that half a segment is none."""
    for suffix in reversed(SUFFIXES):
        path = segment.file(suffix)
        path.unlink(missing_ok=True)
        write_new(path, checkpoints if suffix == "checkpoints" else b"")
    flush(segment.folder)


def sweep(folder: Path) -> None:
    """Remove what a crash left of a segment that was being begun: empty files without their log."""
    for path in (folder / "segments").iterdir():
        if path.suffix != ".log" and not path.with_suffix(".log").exists() and not path.stat().st_size:
            path.unlink()


def add_key(folder: Path, signer: Signer) -> None:
    """Put the public half of a key beside the log."""
    path = folder / "keys" / f"{signer.key_id}.pem"
    if not path.exists():
        write_new(path, signer.verifier().pem().encode(), mode=0o644)
        flush(path.parent)


def former_signer(keys: Path, key_id: str) -> Signer | None:
    """The signing key of this name, if the key folder still has it under either algorithm."""
    for algorithm in ("ed25519", "sm2"):
        try:
            found = read_signer(keys / f"sign-{algorithm}.pem", algorithm)
        except KeyTrouble:
            continue
        if found.key_id == key_id:
            return found
    return None


def close_to_writing(segment: Segment) -> None:
    """A sealed segment may only be read; what lies beside stays erasable."""
    for suffix in ("log", "offsets", "checkpoints"):
        os.chmod(segment.file(suffix), 0o440)  # noqa: PTH101
