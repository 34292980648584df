"""The stock: all events of the kept days by customer and time, in files that are mapped into memory, never changed, and
replaced as a whole. The stream process writes it; every process reads it."""

import json
import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from liuke.data.behaviour.windows.context import Context
from liuke.kernel.store.records import DiskFull

I32 = npt.NDArray[np.int32]
I64 = npt.NDArray[np.int64]

_COLUMNS: Final = ("start", "time", "context", "seconds", "session")
_CURRENT: Final = "current"
#: Generations beside the present one that readers may still be opening.
_SPARE: Final = 1


@dataclass(frozen=True, slots=True)
class Stock:
    """Events by customer and time.

    ``start``: (size + 1,) where each customer's events begin, customer numbers as places; ``time``: (n,) milliseconds
    since 1970; ``context``: (n,) numbers into ``contexts``; ``seconds``: (n,) stay, -1 unknown; ``session``: (n,) a
    64-bit mark of the session, 0 none. ``as_of``: milliseconds, up to when what was known is in it.
    """

    start: I64
    time: I64
    context: I32
    seconds: I32
    session: I64
    contexts: Sequence[Context]
    as_of: int
    name: str = ""

    @property
    def size(self) -> int:
        """One more than the highest customer number."""
        return len(self.start) - 1

    def of(self, one_id: int) -> slice:
        """The places of a customer's events."""
        if not 0 <= one_id < self.size:
            return slice(0, 0)
        return slice(int(self.start[one_id]), int(self.start[one_id + 1]))


def empty() -> Stock:
    """No events."""
    none = np.zeros(0, np.int64)
    short = np.zeros(0, np.int32)
    return Stock(np.zeros(1, np.int64), none, short, short, none, (), 0)


def publish(root: Path, stock: Stock) -> str:
    """Write a stock and make it the present one; returns its name. Raises DiskFull; the one before stays then."""
    root.mkdir(parents=True, exist_ok=True, mode=0o700)
    name = f"{stock.as_of:013d}-{os.urandom(3).hex()}"
    draft = root / f"{name}.draft"
    try:
        draft.mkdir(mode=0o700)
        for column in _COLUMNS:
            with (draft / f"{column}.npy").open("wb") as sink:
                np.save(sink, getattr(stock, column), allow_pickle=False)
                sink.flush()
                os.fsync(sink.fileno())
        facts = {"as_of": stock.as_of, "contexts": list(stock.contexts)}
        (draft / "facts.json").write_text(json.dumps(facts, ensure_ascii=False), "utf-8")
        draft.rename(root / name)
    except OSError as fault:
        shutil.rmtree(draft, ignore_errors=True)
        raise DiskFull from fault
    pointer = root / f"{_CURRENT}.draft"
    pointer.write_text(name, "utf-8")
    pointer.replace(root / _CURRENT)
    _sweep(root, keep=name)
    return name


def present(root: Path) -> str | None:
    """The name of the present stock, if there is one."""
    try:
        return (root / _CURRENT).read_text("utf-8")
    except FileNotFoundError:
        return None


def load(root: Path) -> Stock | None:
    """The present stock, mapped; None when there is none."""
    for _ in range(3):
        name = present(root)
        if name is None:
            return None
        try:
            return _mapped(root / name)
        except FileNotFoundError:  # replaced and swept in between
            continue
    return None


def _mapped(folder: Path) -> Stock:
    facts = json.loads((folder / "facts.json").read_text("utf-8"))
    contexts = [(one[0], one[1], one[2], one[3], one[4]) for one in facts["contexts"]]
    columns: dict[str, Any] = {name: _column(folder / f"{name}.npy") for name in _COLUMNS}
    return Stock(**columns, contexts=contexts, as_of=facts["as_of"], name=folder.name)


def _column(path: Path) -> npt.NDArray[Any]:
    try:
        return np.asarray(np.load(path, mmap_mode="r", allow_pickle=False))
    except ValueError:  # nothing cannot be mapped
        return np.asarray(np.load(path, allow_pickle=False))


def _sweep(root: Path, *, keep: str) -> None:
    """Delete older generations; a reader that has one open keeps it until it lets go."""
    others = sorted((path for path in root.iterdir() if path.is_dir() and path.name != keep), reverse=True)
    for path in others[_SPARE:]:
        shutil.rmtree(path, ignore_errors=True)
