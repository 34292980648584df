"""Write a snapshot beside the others and make it the one that counts, in one step."""

import os
import shutil
import threading
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import orjson

from liuke.data.tags.define.book import Book
from liuke.data.tags.define.digest import digest
from liuke.data.tags.model import Kind, Tag
from liuke.data.tags.snapshot.model import PAGE, PRESENT, Bits, Plate, Values, packed_length
from liuke.kernel.store.records import DiskFull

_NARROW: Final = (np.int16, np.int32, np.int64)
#: How long a replaced snapshot stays, in seconds.
_GRACE_SECONDS: Final = 1800
#: Where a tag's value comes from when it is computed from other tags.
COMPUTED: Final = "由标签计算"


@dataclass(slots=True)
class Draft:
    """A snapshot being written: give it every column once, then publish it."""

    path: Path
    as_of: date
    created_at: datetime
    engine: str
    size: int
    present: Bits
    trace: Mapping[str, object]
    plates: dict[str, Plate] = field(default_factory=dict)
    states: dict[str, str] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, tag: Tag, values: Values, missing: Bits | None, *, source: str, book: Book) -> None:
        """Write one column: a truth as bools, else whole numbers; ``missing`` packed, None when nobody is without.

        Where a customer is absent or has no value the column holds 0, so that equal facts give equal bytes.
        """
        gone = ~self.present if missing is None else ~self.present | missing
        if tag.kind is Kind.BOOL:
            stored = np.packbits(values, bitorder="little") & ~gone
        else:
            stored = narrowed(np.where(unpack(gone, self.size), np.zeros(1, values.dtype), values), tag.kind)
        lacks = None if missing is None else self.present & missing
        if lacks is not None and not lacks.any():
            lacks = None
        write_bytes(self.path / f"{tag.code}.values", stored)
        if lacks is not None:
            write_bytes(self.path / f"{tag.code}.missing", lacks)
        plate = Plate(
            code=tag.code,
            name=tag.name,
            family=tag.family,
            kind=tag.kind,
            unit=tag.unit,
            pi=tag.pi,
            ingredient=tag.ingredient,
            dtype=stored.dtype.str,
            missing=lacks is not None,
            words=tuple(tag.words),
            labels=tuple(tag.words.values()),
            version=tag.version,
            digest=digest(tag, book),
            filled=_filled(stored, tag.kind, self, lacks),
            told=count(self.present) - (0 if lacks is None else count(lacks)),
            source=source,
        )
        with self.lock:
            self.plates[tag.code] = plate

    def add_state(self, code: str, values: Values) -> None:
        """Keep an engine's own sums."""
        stored = narrowed(values, Kind.COUNT)
        write_bytes(self.path / f"{code}.state", stored)
        self.states[code] = stored.dtype.str


def _filled(stored: Values, kind: Kind, draft: Draft, lacks: Bits | None) -> int:
    if kind is Kind.BOOL:
        return count(stored)
    if kind in {Kind.WORD, Kind.DATE, Kind.RATE}:
        return count(draft.present) - (0 if lacks is None else count(lacks))
    return int(np.count_nonzero(stored))


@contextmanager
def drafting(
    root: Path,
    *,
    as_of: date,
    created_at: datetime,
    engine: str,
    size: int,
    present: Bits,
    trace: Mapping[str, object],
) -> Iterator[Draft]:
    """A folder to write a snapshot into; on a fault nothing of it stays. Raises: DiskFull."""
    path = root / f".draft-{uuid.uuid4().hex}"
    path.mkdir(parents=True, mode=0o700)
    draft = Draft(path, as_of, created_at, engine, size, present, trace)
    try:
        write_bytes(path / PRESENT, present)
        yield draft
    except OSError as fault:
        shutil.rmtree(path, ignore_errors=True)
        if fault.errno in {28, 122}:
            raise DiskFull from fault
        raise
    except BaseException:
        shutil.rmtree(path, ignore_errors=True)
        raise


def publish(root: Path, draft: Draft) -> str:
    """Make a draft the snapshot of its day; returns its name."""
    name = f"{draft.as_of}-{uuid.uuid4().hex[:12]}"
    page = {
        "as_of": draft.as_of,
        "created_at": draft.created_at,
        "engine": draft.engine,
        "size": draft.size,
        "customers": count(draft.present),
        "tags": [asdict(plate) for plate in draft.plates.values()],
        "trace": {**draft.trace, "states": draft.states},
    }
    write_bytes(draft.path / PAGE, np.frombuffer(orjson.dumps(page, option=orjson.OPT_INDENT_2), np.uint8))
    _flush(draft.path)
    draft.path.rename(root / name)
    _flush(root)
    point(root / str(draft.as_of), name)
    newest = max((one.name for one in root.iterdir() if _is_day(one)), default=str(draft.as_of))
    point(root / "newest", (root / newest).read_text("utf-8"))
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


def narrowed(values: Values, kind: Kind) -> Values:
    """Whole numbers in the narrowest column that holds them."""
    if kind is Kind.WORD:
        return values.astype(np.uint8)
    if kind is Kind.DATE:
        return values.astype(np.int32)
    low, high = (int(values.min()), int(values.max())) if len(values) else (0, 0)
    for dtype in _NARROW:
        if np.iinfo(dtype).min <= low and high <= np.iinfo(dtype).max:
            return values.astype(dtype, copy=False)
    raise OverflowError(f"{low}..{high}")


def write_bytes(path: Path, values: npt.NDArray[np.generic]) -> None:
    """Write an array's bytes and see them on disk."""
    with path.open("wb") as sink:
        np.ascontiguousarray(values).tofile(sink)
        sink.flush()
        os.fsync(sink.fileno())
    path.chmod(0o600)


def _flush(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def pack(flags: npt.NDArray[np.bool_]) -> Bits:
    """Bools as packed bits, little bit order."""
    return np.packbits(flags, bitorder="little")


def unpack(bits: Bits, size: int) -> npt.NDArray[np.bool_]:
    """Packed bits as bools."""
    return np.unpackbits(bits, count=size, bitorder="little").view(np.bool_)


def count(bits: Bits) -> int:
    """How many bits are set."""
    return int(np.bitwise_count(bits).sum(dtype=np.int64))


def nobody(size: int) -> Bits:
    """No bit set."""
    return np.zeros(packed_length(size), np.uint8)
