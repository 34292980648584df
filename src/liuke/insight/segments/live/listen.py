"""The listener of behaviour: judges the customers a micro-batch touched and writes who came in and who left.

A live segment's rule is compiled once; each touched customer is judged with their tags of the snapshot, their present
segments and the windows of this moment. Only those whose answer differs from what stands are written, so that a burst
of events by one customer is one move. A window that empties by time alone is noticed at the customer's next event, or
at the next refresh.
"""

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final, Protocol

import numpy as np
import structlog
from numpy.typing import NDArray

from liuke.data import tags
from liuke.insight.segments import desk, rules, store
from liuke.insight.segments.count import bits, tagged
from liuke.insight.segments.count.tagged import Tagged
from liuke.insight.segments.members.hold import Standing
from liuke.insight.segments.members.renew import MACHINE, vocabulary
from liuke.insight.segments.model import Cause, MembersMoved, Segment
from liuke.insight.segments.rules import Vocabulary
from liuke.kernel import rule
from liuke.kernel.bank import Bank
from liuke.kernel.errors import LiukeError
from liuke.kernel.rule import Checked, Type, WindowCall

_log = structlog.get_logger("liuke.segments")

#: Segments, tags and members are read again after so many seconds.
_RENEW_SECONDS: Final = 1.0
#: Functions that online windows answer; a rule with another is computed in batch only.
ANSWERED: Final = frozenset({"count_events", "sum_events", "distinct_events", "last_event"})

Row = Mapping[str, Any]


class Windows(Protocol):
    """Online windows of events: what a rule compiled for rows asks; a row names its customer as ``one_id``."""

    def windowed(self, checked: Checked) -> Callable[[WindowCall], Callable[[Row], Any]]: ...


@dataclass(frozen=True, slots=True, eq=False)
class _Watched:
    segment: Segment
    judge: Callable[[Row], Any]
    names: tuple[str, ...]


class Live:
    """Keeps live segments in step with events. One for each stream process."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._read_at: float | None = None
        self._watched: list[_Watched] = []
        self._tagged: Tagged | None = None
        self._words: Vocabulary | None = None
        self._lock = threading.Lock()

    def __call__(self, bank: Bank, windows: Windows, one_ids: NDArray[np.int32]) -> None:
        """Judge these customers and write their moves."""
        with self._lock:
            self._renew(bank, windows)
            if not self._watched or len(one_ids) == 0:
                return
            with bank.read(MACHINE) as tx:
                standing = desk.standing(bank, tx)
                moves = {one.segment.id: self._moves(one, standing, one_ids) for one in self._watched}
            self._write(bank, {number: moved for number, moved in moves.items() if moved})

    def _write(self, bank: Bank, moves: Mapping[int, Sequence[tuple[int, bool]]]) -> None:
        if not moves:
            return
        with bank.write(MACHINE) as tx:
            store.add_moves(tx, moves, Cause.EVENT)
            tx.emit(*(_told(number, moved) for number, moved in moves.items()))

    def _renew(self, bank: Bank, windows: Windows) -> None:
        now = self._clock()
        if self._read_at is not None and now - self._read_at < _RENEW_SECONDS:
            return
        self._read_at = now
        try:
            self._tagged = tagged.current(bank)
        except tags.NoSnapshot:
            self._watched = []
            return
        with bank.read(MACHINE) as tx:
            self._words = vocabulary(self._tagged, tx)
        live = [segment for segment in self._words.segments.values() if segment.live and segment.state == "active"]
        found = [_watch(segment, self._words, windows) for segment in rules.ordered(live)]
        self._watched = [one for one in found if one is not None]

    def _moves(self, one: _Watched, standing: Standing, one_ids: NDArray[np.int32]) -> list[tuple[int, bool]]:
        held = bits.has_each(standing.members(one.segment.id), one_ids.astype(np.int64))
        found = []
        for one_id, inside in zip(one_ids.tolist(), held.tolist(), strict=True):
            row = self._row(one.names, standing, one_id)
            if row is not None and (one.judge(row) is True) is not inside:
                found.append((one_id, not inside))
        return found

    def _row(self, names: Sequence[str], standing: Standing, one_id: int) -> Row | None:
        """What a rule may ask of a customer; None for one the snapshot does not know yet."""
        assert self._tagged is not None  # noqa: S101  (something is watched)
        assert self._words is not None  # noqa: S101
        snapshot = self._tagged.snapshot
        if not snapshot.holds(one_id):
            return None
        row: dict[str, Any] = {"one_id": one_id, "as_of": snapshot.as_of, "day_of_month": snapshot.as_of.day}
        for name in names:
            segment = self._words.segments.get(name)
            if segment is not None:
                row[name] = bits.has(standing.members(segment.id), one_id)
            elif name in snapshot:
                row[name] = self._stored(name, one_id)
        return row

    def _stored(self, name: str, one_id: int) -> object:
        assert self._tagged is not None  # noqa: S101
        value, field = self._tagged.snapshot.column(name).at(one_id), self._tagged.fields[name]
        if field.type == Type.DECIMAL and isinstance(value, int):
            return Decimal(value).scaleb(-field.scale)
        return value


def _watch(segment: Segment, words: Vocabulary, windows: Windows) -> _Watched | None:
    """A segment ready to be judged by rows; None when its rule cannot be, which its refresh says."""
    try:
        checked = words.check(segment.rule_text)
    except LiukeError as fault:
        _log.warning("live_segment_skipped", segment=segment.id, code=fault.code)
        return None
    if not answerable(checked):
        return None
    judge = rule.to_python(checked, windowed=windows.windowed(checked))
    return _Watched(segment, judge, tuple(sorted(checked.names)))


def answerable(checked: Checked) -> bool:
    """Whether events alone decide: every window of the rule is one that is kept online."""
    return all(call.function in ANSWERED for call in checked.windows)


def _told(segment_id: int, moved: Sequence[tuple[int, bool]]) -> MembersMoved:
    joined = [one_id for one_id, came in moved if came]
    return MembersMoved(segment=segment_id, joined=joined, gone=[one_id for one_id, came in moved if not came])
