"""Reading many entries in order, each with what lies beside it."""

from collections.abc import Iterator

from liuke.guard.audit.seal.entry import beside_of, facts_of
from liuke.guard.audit.seal.folder import NOWHERE, OFFSETS, Folder, Segment
from liuke.guard.audit.seal.model import Line, LogDamaged

#: Entries read at a time.
_BATCH = 5_000


def walk(folder: Folder, first: int, end: int) -> Iterator[Line]:
    """Entries ``first`` to ``end`` - 1. Raises LogDamaged when they are not all there."""
    segments = folder.segments()
    for segment, following in zip(segments, [*segments[1:], None], strict=True):
        start, stop = max(first, segment.first), min(end, following.first) if following else end
        for at in range(start, stop, _BATCH):
            yield from _batch(folder, segment, at, min(at + _BATCH, stop))


def _batch(folder: Folder, segment: Segment, start: int, stop: int) -> Iterator[Line]:
    places = list(OFFSETS.iter_unpack(folder.offsets_of(segment, start, stop - start)))
    if len(places) != stop - start:
        raise LogDamaged(reason=f"{segment.name} 的位置文件不完整")
    lines = folder.lines_from(segment, "log", places[0][0], len(places))
    beside_places = [place for _, place in places if place != NOWHERE]
    beside = iter(folder.lines_from(segment, "beside", beside_places[0], len(beside_places)) if beside_places else ())
    for n, (line, (_, place)) in enumerate(zip(lines, places, strict=True), start):
        held = None if place == NOWHERE else beside_of(next(beside))
        yield Line(n, line, facts_of(line), held.text if held else None)
