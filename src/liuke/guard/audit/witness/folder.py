"""A second folder as a witness, best on another machine."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from liuke.guard.audit.seal.checkpoint import parsed
from liuke.guard.audit.seal.disk import Tail, write_new
from liuke.guard.audit.seal.folder import Folder, Segment
from liuke.guard.audit.seal.model import Checkpoint
from liuke.kernel.disk import flush


class FolderWitness:
    """Checkpoints and public keys in a folder, never entries.

    Under ``<folder>/<log number>/``: ``log.json``, ``keys/`` and ``segments/*.checkpoints`` exactly as in the log.
    """

    def __init__(self, folder: Path) -> None:
        self._folder: Final = folder
        self.name: Final = str(folder)

    def seen(self, log_id: str) -> Checkpoint | None:
        """The newest checkpoint in the folder."""
        for path in reversed(self._files(log_id)):
            try:
                found = Segment(path.parent, path.stem[:10], int(path.stem[11:])).newest()
            except ValueError as fault:
                raise OSError(f"{path.name}: {fault}") from fault
            if found is not None:
                return found
        return None

    def all(self, log_id: str) -> Iterator[Checkpoint]:
        """Every checkpoint in the folder, oldest first."""
        for path in self._files(log_id):
            for line in path.read_bytes().split(b"\n")[:-1]:
                try:
                    yield parsed(line)
                except ValueError as fault:
                    raise OSError(f"{path.name}: {fault}") from fault

    def _files(self, log_id: str) -> list[Path]:
        return sorted((self._folder / log_id / "segments").glob("*.checkpoints"))

    def logs(self) -> list[str]:
        """The numbers of the logs it has seen."""
        return [path.name for path in sorted(self._folder.glob("*")) if (path / "segments").is_dir()]

    def show(self, folder: Folder) -> None:
        """Copy what is new."""
        target = self._folder / folder.header.log_id
        self._begin(target, folder)
        known = {path.stem for path in self._files(folder.header.log_id)}
        for segment in folder.segments():
            if segment.name not in known or segment.name == max(known):
                _extend(segment.file("checkpoints"), target / "segments" / f"{segment.name}.checkpoints")

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
        flush(copy.parent)
