"""Witnesses: those who keep signed checkpoints where whoever changes the log cannot reach them."""

from collections.abc import Iterator, Sequence
from typing import Protocol

from liuke.guard.audit.seal.folder import Folder
from liuke.guard.audit.seal.model import Checkpoint, LogRolledBack


class Witness(Protocol):
    """Whoever is shown checkpoints, never entries: the one port through which anything outside vouches for the log.

    A second folder, another host and a time stamp authority are adapters of it (``audit.witness``); so is whatever
    carries checkpoints to a chain or to a court's evidence platform: it needs these five and nothing else.
    """

    @property
    def name(self) -> str:
        """What it is called on screens and in faults."""
        ...

    def seen(self, log_id: str) -> Checkpoint | None:
        """The newest checkpoint it was shown of a log. Raises OSError when it cannot be asked."""
        ...

    def all(self, log_id: str) -> Iterator[Checkpoint]:
        """Every checkpoint it keeps of a log, oldest first. Raises OSError when it cannot be asked or believed."""
        ...

    def logs(self) -> Sequence[str]:
        """The numbers of the logs it has seen. Raises OSError when it cannot be asked."""
        ...

    def show(self, folder: Folder) -> None:
        """Show it what it has not seen. Raises OSError when it cannot be reached, or refuses."""
        ...


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
