"""Witnesses: those who keep signed checkpoints where whoever changes the log cannot reach them."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final, Protocol

from liuke.guard.audit.seal.checkpoint import parsed
from liuke.guard.audit.seal.disk import Tail, sync_folder, write_new
from liuke.guard.audit.seal.folder import Folder
from liuke.guard.audit.seal.model import Checkpoint, LogRolledBack


class Witness(Protocol):
    """Whoever is shown checkpoints. A second folder is one; another host, an RFC 3161 time stamp authority and a chain
    are others, each an adapter of this port."""

    @property
    def name(self) -> str:
        """What it is called on screens and in faults."""
        ...

    def seen(self, log_id: str) -> Checkpoint | None:
        """The newest checkpoint it was shown of a log. Raises OSError when it cannot be asked."""
        ...

    def logs(self) -> Sequence[str]:
        """The numbers of the logs it has seen."""
        ...

    def show(self, folder: Folder) -> None:
        """Show it every checkpoint it has not seen. Raises OSError when it cannot be reached."""
        ...


class FolderWitness:
    """A second folder, best on another machine: checkpoints and public keys, never entries.

    Under ``<folder>/<log number>/``: ``log.json``, ``keys/`` and ``segments/*.checkpoints`` exactly as in the log.
    """

    def __init__(self, folder: Path) -> None:
        self._folder: Final = folder
        self.name: Final = str(folder)

    def seen(self, log_id: str) -> Checkpoint | None:
        """The newest checkpoint in the folder."""
        newest: Checkpoint | None = None
        for checkpoint in self.all(log_id, last_only=True):
            if newest is None or checkpoint.size >= newest.size:
                newest = checkpoint
        return newest

    def all(self, log_id: str, *, last_only: bool = False) -> Iterator[Checkpoint]:
        """Every checkpoint in the folder (or the last of each segment), oldest first."""
        for path in sorted((self._folder / log_id / "segments").glob("*.checkpoints")):
            lines = path.read_bytes().split(b"\n")[:-1]
            for line in lines[-1:] if last_only else lines:
                try:
                    yield parsed(line)
                except ValueError as fault:
                    raise OSError(f"{path.name}: {fault}") from fault

    def logs(self) -> list[str]:
        """The numbers of the logs it has seen."""
        return [path.name for path in sorted(self._folder.glob("*")) if (path / "segments").is_dir()]

    def show(self, folder: Folder) -> None:
        """Copy what is new."""
        target = self._folder / folder.header.log_id
        self._begin(target, folder)
        segments = folder.segments()
        behind = [segment for segment in segments if not (target / "segments" / f"{segment.name}.checkpoints").exists()]
        for segment in dict.fromkeys([*behind, *segments[-2:]]):
            source, copy = segment.file("checkpoints"), target / "segments" / f"{segment.name}.checkpoints"
            _extend(source, copy)

    def _begin(self, target: Path, folder: Folder) -> None:
        (target / "segments").mkdir(parents=True, exist_ok=True)
        (target / "keys").mkdir(exist_ok=True)
        if not (target / "log.json").exists():
            write_new(target / "log.json", folder.header.text())
        for key_id, pem in folder.public_keys().items():
            if not (target / "keys" / f"{key_id}.pem").exists():
                write_new(target / "keys" / f"{key_id}.pem", pem.encode())


def _extend(source: Path, copy: Path) -> None:
    """Append what the copy lacks, up to the last whole line."""
    fresh = not copy.exists()
    tail = Tail(copy)
    try:
        with source.open("rb") as file:
            file.seek(tail.size)
            data = file.read()
        data = data[: data.rfind(b"\n") + 1]
        if data:
            tail.write(data)
            tail.keep(len(data))
            tail.sync()
    finally:
        tail.close()
    if fresh:
        sync_folder(copy.parent)


def refuse_rollback(witness: Witness, folder: Folder, *, size: int) -> None:
    """Raises LogRolledBack when a witness has seen more of the log, or another. An absent one refuses nothing."""
    try:
        seen = witness.seen(folder.header.log_id)
    except OSError:
        return
    if seen is None:
        return
    held = folder.hasher.empty if seen.size == 0 else None
    if seen.size <= size and held is None:
        held = folder.tree(seen.size).root()
    if held is None or held.hex() != seen.root:
        raise LogRolledBack(size=size, witness=witness.name, seen=seen.size)


def refuse_replacement(witness: Witness) -> None:
    """Raises LogRolledBack when a log is to be begun where a witness knows an earlier one."""
    try:
        known = witness.logs()
        seen = witness.seen(known[-1]) if known else None
    except OSError:
        return
    if seen is not None:
        raise LogRolledBack(size=0, witness=witness.name, seen=seen.size)
