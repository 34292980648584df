"""Write a segment from a stream of rows sorted by bucket and day."""

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import IO, Any

import numpy as np

from liuke.data.tags.engine.facts.model import BUCKET_BITS, DTYPES, Ints, Segment
from liuke.data.tags.model import NO_DAY


def write(path: Path, number: int, batches: Iterable[Mapping[str, Ints]], *, values: Iterable[str]) -> Segment:
    """A segment of rows that come sorted by bucket, then day. A batch has id, day, known, dead, facet, values."""
    path.mkdir(parents=True, mode=0o700)
    names = ["id", "day", "known", "dead", "facet", *values]
    sinks: dict[str, IO[bytes]] = {name: (path / name).open("wb") for name in names}
    counts = np.zeros(0, np.int64)
    last_known, last_dead, rows = 0, 0, 0
    first_day, last_day = NO_DAY, 0
    try:
        for batch in batches:
            for name, sink in sinks.items():
                np.ascontiguousarray(batch[name], DTYPES.get(name, np.int64)).tofile(sink)
            counts = _added(counts, np.bincount(batch["id"].astype(np.int64) >> BUCKET_BITS))
            rows += len(batch["id"])
            first_day = min(first_day, int(batch["day"].min(initial=NO_DAY)))
            last_day = max(last_day, int(batch["day"].max(initial=0)))
            last_known = max(last_known, int(batch["known"].max(initial=0)))
            dead = batch["dead"]
            last_dead = max(last_dead, int(dead[dead != NO_DAY].max(initial=0)))
    finally:
        for sink in sinks.values():
            sink.flush()
            os.fsync(sink.fileno())
            sink.close()
    if not last_dead:
        (path / "dead").unlink()
    starts = np.concatenate([np.zeros(1, np.int64), np.cumsum(counts)])
    starts.tofile(path / "starts")
    mortal = bool(last_dead)
    return Segment(path, number, rows, len(counts), last_known, last_dead, mortal, first_day, last_day)


def _added(counts: Ints, more: Ints) -> Ints:
    if len(counts) < len(more):
        counts, more = more, counts
    summed = counts.copy()
    summed[: len(more)] += more
    return summed


def told(segment: Segment) -> dict[str, Any]:
    """What the page keeps of a segment."""
    return {
        "path": segment.path.name,
        "number": segment.number,
        "rows": segment.rows,
        "buckets": segment.buckets,
        "last_known": segment.last_known,
        "last_dead": segment.last_dead,
        "mortal": segment.mortal,
        "first_day": segment.first_day,
        "last_day": segment.last_day,
    }
