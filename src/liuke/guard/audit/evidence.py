"""Evidence packs: some entries with everything an outsider needs to check them, as JSON or on paper."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import orjson

from liuke.guard.audit.model import EntryUnknown, Told
from liuke.guard.audit.seal.folder import Folder
from liuke.guard.audit.seal.model import Line
from liuke.guard.audit.seal.tree import Tree

FORMAT: Final = "liuke-evidence/1"


@dataclass(frozen=True, slots=True)
class Taken:
    """Who took the evidence, when and why."""

    by: str
    at: datetime
    reason: str


def pack(
    folder: Folder,
    lines: Sequence[Line],
    *,
    told: Mapping[int, Told],
    customers: Mapping[int, Sequence[str]],
    taken: Taken,
) -> dict[str, object]:
    """Entries with what lies beside them in clear, their proofs, one signed checkpoint, the public keys.

    ``customers``: their public numbers by entry, as the bank says; the rest is proved. Raises: EntryUnknown.
    """
    newest = folder.newest()
    size = newest.size if newest else 0
    if newest is None or any(line.n >= size for line in lines):
        raise EntryUnknown(n=max(line.n for line in lines))
    tree = folder.tree(size)
    return {
        "checkpoint": newest.line.decode(),
        "entries": [_entry(line, folder, tree, told.get(line.n), customers.get(line.n, ())) for line in lines],
        "format": FORMAT,
        "keys": folder.public_keys(),
        "log": orjson.loads(folder.header.text()),
        "reason": taken.reason,
        "taken_at": taken.at.isoformat(),
        "taken_by": taken.by,
    }


def _entry(line: Line, folder: Folder, tree: Tree, told: Told | None, customers: Sequence[str]) -> dict[str, object]:
    return {
        "beside": None if told is None else {"salt": told.salt, "text": told.text},
        "customers": list(customers),
        "erased": line.committed and told is None,
        "leaf": folder.hasher.leaf(line.raw).hex(),
        "line": line.raw.decode(),
        "n": line.n,
        "path": [step.hex() for step in tree.inclusion(line.n)],
    }


def name_of(folder: Folder, numbers: Sequence[int]) -> str:
    """What the file is called: ``evidence-17aff4a6-12-45``."""
    return f"evidence-{folder.header.log_id[:8]}-{numbers[0]}-{numbers[-1]}"
