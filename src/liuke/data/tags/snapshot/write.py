"""Make a draft the snapshot that counts, in one step, and sweep those that count no more."""

import shutil
import uuid
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Final

from liuke.data.tags.snapshot.draft import Draft
from liuke.data.tags.snapshot.model import NEWEST
from liuke.kernel.disk import flush

#: How long a replaced snapshot stays, in seconds.
_GRACE_SECONDS: Final = 1800


def publish(root: Path, draft: Draft, trace: Mapping[str, object] | None = None) -> str:
    """Finish a draft and make it the snapshot of its day; returns its name. ``trace``: see ``Draft.finish``."""
    name = f"{draft.as_of}-{uuid.uuid4().hex[:12]}"
    draft.finish(trace or {})
    draft.path.rename(root / name)
    flush(root)
    point(root / str(draft.as_of), name)
    newest = max((one.name for one in root.iterdir() if _is_day(one)), default=str(draft.as_of))
    point(root / NEWEST, (root / newest).read_text("utf-8"))
    return name


def point(pointer: Path, name: str) -> None:
    """Let a pointer file name a snapshot, in one step."""
    draft = pointer.with_name(f".{pointer.name}-{uuid.uuid4().hex[:8]}")
    draft.write_text(name, "utf-8")
    draft.replace(pointer)


def sweep(root: Path, *, keep_days: int, now: float) -> int:
    """Remove snapshots no pointer names, and those of days beyond the newest ``keep_days`` that end no month.

    One replaced within the last half hour stays: somebody may just be opening it. ``now`` in seconds since 1970.
    """
    days = sorted((one for one in root.iterdir() if _is_day(one)), reverse=True)
    for pointer in days[keep_days:]:
        day = date.fromisoformat(pointer.name)
        if date.fromordinal(day.toordinal() + 1).day != 1:
            pointer.unlink()
    named = {one.read_text("utf-8") for one in root.iterdir() if one.is_file() and not one.name.startswith(".")}
    old = now - _GRACE_SECONDS
    gone = [one for one in _snapshots(root) if one.name not in named and one.stat().st_mtime < old]
    for folder in gone:
        shutil.rmtree(folder, ignore_errors=True)
    return len(gone)


def _snapshots(root: Path) -> list[Path]:
    """Published snapshots and abandoned drafts."""
    return [one for one in root.iterdir() if one.is_dir() and (one.name.startswith(".draft-") or _is_dated(one.name))]


def _is_dated(name: str) -> bool:
    return len(name) == 23 and name[4] == name[7] == name[10] == "-"


def _is_day(path: Path) -> bool:
    return path.is_file() and len(path.name) == 10 and path.name[4] == "-"
