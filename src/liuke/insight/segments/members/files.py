"""Sets of members on disk: one file of packed bits a refresh, and beside it who came and who went with it.

A file is written and flushed before the transaction that names it commits; what a crash leaves is named by nothing.
"""

import os
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from liuke.insight.segments.count import bits
from liuke.insight.segments.count.bits import Bits

#: Whole sets kept for each segment; who came and went is kept of every refresh.
KEPT: Final = 3


def folder(home: Path, segment_id: int) -> Path:
    """Where the files of a segment are."""
    return home / "segments" / "members" / str(segment_id)


def write(home: Path, segment_id: int, refresh_id: int, members: Bits, *, before: Bits) -> None:
    """Keep a refresh: its set, and who came and went since ``before``."""
    place = folder(home, segment_id)
    place.mkdir(parents=True, exist_ok=True, mode=0o700)
    size = max(len(members), len(before)) * bits.WORD
    now, then = bits.resized(members, size), bits.resized(before, size)
    save(place / f"{refresh_id}.joined.npy", bits.numbers(now & ~then).astype(np.uint32))
    save(place / f"{refresh_id}.gone.npy", bits.numbers(then & ~now).astype(np.uint32))
    save(place / f"{refresh_id}.npy", members)


def read(home: Path, segment_id: int, refresh_id: int) -> Bits:
    """The set of a refresh, mapped from disk."""
    found: Bits = np.load(folder(home, segment_id) / f"{refresh_id}.npy", mmap_mode="r")
    return found


def moved(home: Path, segment_id: int, refresh_id: int) -> tuple[NDArray[np.uint32], NDArray[np.uint32]]:
    """Who came and who went with a refresh, ascending; nobody where the files are gone."""
    place = folder(home, segment_id)
    return _numbers(place / f"{refresh_id}.joined.npy"), _numbers(place / f"{refresh_id}.gone.npy")


def prune(home: Path, segment_id: int) -> None:
    """Remove whole sets older than the last few."""
    sets = [path for path in folder(home, segment_id).glob("*.npy") if path.stem.isdigit()]
    for path in sorted(sets, key=lambda path: int(path.stem))[:-KEPT]:
        path.unlink(missing_ok=True)


def save(path: Path, values: NDArray[Any]) -> None:
    """Write an array whole or not at all."""
    draft = path.with_name(path.name + f".{os.getpid()}.draft")
    with draft.open("wb") as out:
        np.save(out, values)
        out.flush()
        os.fsync(out.fileno())
    draft.chmod(0o600)
    draft.rename(path)


def _numbers(path: Path) -> NDArray[np.uint32]:
    if not path.is_file():
        return np.zeros(0, dtype=np.uint32)
    found: NDArray[np.uint32] = np.load(path, mmap_mode="r")
    return found


def holds(ascending: NDArray[np.uint32], one_id: int) -> bool:
    """Whether a number is among ascending ones."""
    place = int(np.searchsorted(ascending, one_id))
    return place < len(ascending) and int(ascending[place]) == one_id
