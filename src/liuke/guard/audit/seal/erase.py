"""Erasing what lies beside entries: overwritten where it is, in a line of the same length."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence

from liuke.guard.audit.seal.disk import Tail
from liuke.guard.audit.seal.entry import beside_of, blanked
from liuke.guard.audit.seal.folder import NOWHERE, Folder, Segment, line_at


def living(folder: Folder, entries: Sequence[int], *, size: int) -> list[int]:
    """Those of the entries that still have something beside them."""
    found = []
    for segment, n, at in _places(folder, [n for n in entries if 0 <= n < size]):
        if beside_of(line_at(segment.file("beside"), at)).text is not None:
            found.append(n)
    return found


def blank(folder: Folder, entries: Sequence[int]) -> None:
    """Overwrite what lies beside these entries and put it on the disk; done twice it is the same."""
    open_tails: dict[Segment, Tail] = {}
    try:
        for segment, _, at in _places(folder, entries):
            tail = open_tails.get(segment) or open_tails.setdefault(segment, Tail(segment.file("beside")))
            line = line_at(segment.file("beside"), at)
            empty = blanked(line)
            if line != empty:
                tail.overwrite(empty, at)
        for tail in open_tails.values():
            tail.sync()
    finally:
        for tail in open_tails.values():
            tail.close()


def _places(folder: Folder, entries: Sequence[int]) -> Iterator[tuple[Segment, int, int]]:
    """Segment, number and place of the line beside each entry that has one."""
    segments = folder.segments()
    starts = [segment.first for segment in segments]
    for n in sorted(set(entries)):
        segment = segments[bisect_right(starts, n) - 1]
        where = folder.offsets(segment, n)
        if where is not None and where[1] != NOWHERE:
            yield segment, n, where[1]
