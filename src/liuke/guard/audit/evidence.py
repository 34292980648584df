"""Evidence packs: some entries with everything an outsider needs to check them, as JSON or on paper."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import orjson

from liuke.guard.audit.model import EntryUnknown
from liuke.guard.audit.seal.folder import Folder
from liuke.guard.audit.seal.model import Line
from liuke.guard.audit.seal.tree import Tree

FORMAT: Final = "liuke-evidence/1"


def pack(
    folder: Folder, numbers: Sequence[int], *, taken_by: str, taken_at: datetime, reason: str
) -> dict[str, object]:
    """Entries, what lies beside them, their proofs, one signed checkpoint, the public keys. Raises: EntryUnknown."""
    newest = folder.newest()
    if newest is None or not all(0 <= n < newest.size for n in numbers):
        size = newest.size if newest else 0
        raise EntryUnknown(n=next(n for n in numbers if not 0 <= n < size))
    tree, segments = folder.tree(newest.size), folder.segments()
    entries = [_entry(line, folder, tree) for n in numbers if (line := folder.line(n, segments))]
    return {
        "checkpoint": newest.line.decode(),
        "entries": entries,
        "format": FORMAT,
        "keys": folder.public_keys(),
        "log": orjson.loads(folder.header.text()),
        "reason": reason,
        "taken_at": taken_at.isoformat(),
        "taken_by": taken_by,
    }


def _entry(line: Line, folder: Folder, tree: Tree) -> dict[str, object]:
    beside = None
    if line.salt is not None and line.personal is not None:
        beside = {"body": line.personal.decode(), "salt": line.salt.hex()}
    return {
        "beside": beside,
        "erased": line.committed and beside is None,
        "leaf": folder.hasher.leaf(line.raw).hex(),
        "line": line.raw.decode(),
        "n": line.n,
        "path": [step.hex() for step in tree.inclusion(line.n)],
    }


def name_of(folder: Folder, numbers: Sequence[int]) -> str:
    """What the file is called: ``evidence-17aff4a6-12-45``."""
    return f"evidence-{folder.header.log_id[:8]}-{numbers[0]}-{numbers[-1]}"
