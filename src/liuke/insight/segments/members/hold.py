"""The members of each segment as they stand: the set of the last refresh with later moves applied."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import numpy as np

from liuke.insight.segments import store
from liuke.insight.segments.count import bits
from liuke.insight.segments.count.bits import Bits
from liuke.insight.segments.members import files
from liuke.insight.segments.model import Refresh
from liuke.kernel.clock import BANK_ZONE
from liuke.kernel.store.records import ReadHandle


def cut(as_of: date) -> datetime:
    """The end of a data day in the bank's zone: what happened later is not in its snapshot."""
    return datetime.combine(as_of + timedelta(days=1), time(), BANK_ZONE).astimezone(UTC)


@dataclass(frozen=True, slots=True, eq=False)
class Standing:
    """Members of all segments at one moment, each read when it is asked for."""

    home: Path
    refreshes: Mapping[int, Refresh]
    moves: Mapping[int, int]
    held: "Holder"
    tx: ReadHandle

    def members(self, segment_id: int) -> Bits:
        """The set of a segment; nobody before its first refresh."""
        refresh = self.refreshes.get(segment_id)
        if refresh is None:
            return bits.empty(0)
        return self.held.members(self.tx, self.home, refresh, last_move=self.moves.get(segment_id, 0))


class Holder:
    """Keeps the sets asked last, by segment: the refresh and the newest move they stand for."""

    def __init__(self) -> None:
        self._sets: dict[int, tuple[int, int, Bits]] = {}
        self._lock = threading.Lock()

    def standing(self, tx: ReadHandle, home: Path) -> Standing:
        """What stands now. ``tx`` sees the whole bank: sets are narrowed to an actor's scope afterwards."""
        return Standing(home, store.latest(tx), store.last_moves(tx), self, tx)

    def members(self, tx: ReadHandle, home: Path, refresh: Refresh, *, last_move: int) -> Bits:
        """The set of a refresh with the moves after it, up to the newest."""
        with self._lock:
            held = self._sets.get(refresh.segment_id)
        if held and held[:2] == (refresh.id, last_move):
            return held[2]
        if held and held[0] == refresh.id and held[1] < last_move:
            base, after = held[2], held[1]
        else:
            base, after = files.read(home, refresh.segment_id, refresh.id), 0
        found = moved(tx, base, refresh, after=after) if last_move else base
        with self._lock:
            self._sets[refresh.segment_id] = (refresh.id, last_move, found)
        return found


def moved(tx: ReadHandle, base: Bits, refresh: Refresh, *, after: int = 0) -> Bits:
    """A set with the moves since its data day applied, in their order."""
    later = store.moves(tx, refresh.segment_id, after=after, since=cut(refresh.as_of))
    if not later:
        return base
    highest = max(move.one_id for _, move in later)
    found = bits.resized(base, max(len(base) * bits.WORD, highest + 1))
    for _, move in later:
        word, bit = move.one_id // bits.WORD, np.uint64(1 << move.one_id % bits.WORD)
        found[word] = found[word] | bit if move.joined else found[word] & ~bit
    return found
