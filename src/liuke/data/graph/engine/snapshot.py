"""Snapshots on disk: built beside the one that serves, then swapped in one rename. Any of them may be thrown away."""

import json
import shutil
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import structlog

from liuke.data.graph.engine import csr, lady
from liuke.data.graph.engine.csr import Csr
from liuke.data.graph.engine.shape import Engine, Ints
from liuke.kernel.settings import Settings

_log = structlog.get_logger("liuke.graph")

#: Raised when the arrays change their meaning; a snapshot of another format is not opened.
FORMAT: Final = 1
#: Snapshots kept: the one that serves and the one before, which others may just be reading.
_KEPT: Final = 2
#: Of the memory tables may use, what a serving process gives to its snapshot.
_SHARE: Final = 16


@dataclass(frozen=True, slots=True)
class Links:
    """Relations of a snapshot, (e,) each; ``sure`` = confidence in ten-thousandths."""

    left: Ints
    right: Ints
    code: Ints
    sure: Ints

    def __len__(self) -> int:
        return len(self.left)


@dataclass(frozen=True, slots=True)
class Opened:
    """A snapshot that serves: its version, the last change it holds, and the engine that walks it."""

    version: str
    upto: int
    engine: Engine


def write(settings: Settings, links: Links, *, upto: int) -> str:
    """Write a snapshot that holds all changes up to ``upto``; it serves nobody before `swap`. Returns its version."""
    version = f"{upto:012d}-{uuid.uuid4().hex[:8]}"
    folder = _home(settings) / version
    csr.build(links.left, links.right, links.code, links.sure, folder / "csr")
    if settings.graph_engine == "ladybug":
        memory, threads = max(settings.tables_memory_mib // 2, 256), settings.tables_threads
        lady.build(links.left, links.right, links.code, links.sure, folder / "lady", memory_mib=memory, threads=threads)
    facts = {"format": FORMAT, "ladybug": lady.VERSION, "upto": upto, "relations": len(links)}
    (folder / "facts.json").write_text(json.dumps(facts), encoding="utf-8")
    return version


def swap(settings: Settings, version: str) -> None:
    """Let a written snapshot serve: one rename, so that a reader sees the old one or the new. Old ones are deleted."""
    home = _home(settings)
    draft = home / f"{version}.current"
    draft.write_text(version, encoding="utf-8")
    draft.replace(home / "current")
    others = sorted(
        (path for path in home.iterdir() if path.is_dir() and path.name != version),
        key=lambda path: path.stat().st_mtime,
    )
    for old in others[: max(len(others) - _KEPT + 1, 0)]:
        shutil.rmtree(old, ignore_errors=True)


def current(settings: Settings) -> str | None:
    """The version that serves; None before the first."""
    try:
        return (_home(settings) / "current").read_text(encoding="utf-8")
    except FileNotFoundError:
        return None


def load(settings: Settings, version: str | None) -> Opened:
    """Open a snapshot. One that is missing or of another format is an empty graph, until the next rebuild.

    Arrays serve where the Ladybug database cannot be opened or is of another release.
    """
    if version is None:
        return Opened("", 0, _Nothing())
    folder = _home(settings) / version
    try:
        facts = json.loads((folder / "facts.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        facts = {}
    if facts.get("format") != FORMAT:
        _log.warning("snapshot_of_another_format", version=version)
        return Opened(version, 0, _Nothing())
    return Opened(version, facts["upto"], _engine(settings, folder, facts))


def _engine(settings: Settings, folder: Path, facts: dict[str, Any]) -> Engine:
    if settings.graph_engine == "ladybug" and facts.get("ladybug") == lady.VERSION:
        try:
            return lady.Lady(folder / "lady", memory_mib=max(settings.tables_memory_mib // _SHARE, 64))
        except RuntimeError as fault:
            _log.warning("ladybug_does_not_open", version=folder.name, fault=type(fault).__name__)
    return Csr(folder / "csr")


def _home(settings: Settings) -> Path:
    home = settings.home / "graph"
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    return home


class _Nothing(Csr):
    """A graph without relations."""

    def __init__(self) -> None:
        self._start = np.zeros(1, np.int64)
        self._other = np.zeros(0, np.int32)
        self._mark = np.zeros(0, np.int8)
        self._sure = np.zeros(0, np.int16)
