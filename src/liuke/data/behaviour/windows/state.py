"""The windows: every customer's events of the kept days, and exact answers about any window of them.

A window of ``7d`` at a moment holds the events with moment - 7 days < time <= moment, by the time they happened; what
arrives late or out of order counts from then on, what arrives twice counts once.
"""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from liuke.data.behaviour.model import QueryInvalid
from liuke.data.behaviour.windows import kernel, stock
from liuke.data.behaviour.windows.context import Contexts
from liuke.data.behaviour.windows.fresh import Fresh
from liuke.data.behaviour.windows.stock import Stock
from liuke.data.products import Product
from liuke.kernel import rule
from liuke.kernel.rule import Checked, WindowCall

I32 = npt.NDArray[np.int32]
I64 = npt.NDArray[np.int64]
U8 = npt.NDArray[np.uint8]
Row = Mapping[str, Any]
Answer = int | datetime | None

_LONG_AGO: Final = -(2**62)
#: Conditions of rules kept ready.
_CONDITIONS: Final = 256
#: What a row of an event has beside its context.
_OF_EVENT: Final = frozenset({"seconds", "session_id"})


@dataclass(frozen=True, slots=True)
class Happened:
    """Some events of one customer, oldest first; columns as in `Stock`."""

    time: I64
    context: I32
    seconds: I32
    session: I64

    def take(self, rows: npt.NDArray[Any]) -> "Happened":
        """Some of them."""
        return Happened(self.time[rows], self.context[rows], self.seconds[rows], self.session[rows])


@dataclass(slots=True)
class _Condition:
    """A call's condition made ready: what the context decides, and what each event must be asked (None: nothing).

    ``match``: (contexts,) 1 where the context fits, of the ``rows`` it was made for; more are added as they come.
    """

    call: WindowCall
    checked: Checked | None
    by_context: Callable[[Row], bool]
    of_event: Callable[[Row], Any] | None
    match: U8
    rows: list[dict[str, Any]] | None = None


class Windows:
    """All customers' windows. The stream process changes them, under ``lock``; answers take the lock for themselves."""

    def __init__(self, base: Stock, *, now: Callable[[], int], shelf: Mapping[str, Product] | None = None) -> None:
        self.lock = threading.RLock()
        self.stock = base
        self.fresh = Fresh()
        self.contexts = Contexts(base.contexts)
        self._now = now
        self._shelf = shelf or {}
        self._rows: list[dict[str, Any]] = []
        self._conditions: dict[tuple[int, int], _Condition] = {}

    def begin(self, base: Stock) -> None:
        """Begin again from a stock; contexts are numbered anew. Whoever holds the windows goes on with them."""
        with self.lock:
            self.stock, self.fresh = base, Fresh()
            self.contexts, self._rows = Contexts(base.contexts), []

    def add(self, one_id: I32, time: I64, context: I32, seconds: I32, session: I64) -> None:
        """Take in events; customers > 0, contexts numbered by ``contexts``."""
        with self.lock:
            self.fresh.add(one_id, time, context, seconds, session)

    @property
    def size(self) -> int:
        """One more than the highest customer number that has events."""
        heads = np.flatnonzero(self.fresh.head >= 0)
        return max(self.stock.size, int(heads[-1]) + 1 if len(heads) else 0)

    @property
    def events(self) -> int:
        """Events held."""
        return len(self.stock.time) + self.fresh.count

    def renew(self, base: Stock) -> None:
        """Go on from another stock that holds everything held so far."""
        with self.lock:
            self.stock, self.fresh = base, Fresh()

    def together(self, *, since: int, as_of: int) -> Stock:
        """Stock and fresh events as one stock, without those older than ``since``."""
        old, new = self.stock, self.fresh
        start, order = kernel.merged_order(old.start, old.time, new.head, new.before, new.time, since)
        columns = {
            name: kernel.picked(order, getattr(old, name), getattr(new, name))
            for name in ("time", "context", "seconds", "session")
        }
        return Stock(start=_trimmed(start), **columns, contexts=tuple(self.contexts.known), as_of=as_of)

    def happened(self, one_id: int, *, after: int = _LONG_AGO, until: int | None = None) -> Happened:
        """A customer's events with after < time <= until (default: now), oldest first."""
        until = self._now() if until is None else until
        with self.lock:
            whole, base = self.stock.of(one_id), self.stock
            times = base.time[whole]
            rows = slice(
                whole.start + int(np.searchsorted(times, after, "right")),
                whole.start + int(np.searchsorted(times, until, "right")),
            )
            found = Happened(base.time[rows], base.context[rows], base.seconds[rows], base.session[rows])
            new = self.fresh
            places = new.of(one_id, after=after, until=until)
            if not len(places):
                return found
            late = Happened(new.time[places], new.context[places], new.seconds[places], new.session[places])
        both = [np.concatenate(pair) for pair in zip(_columns(found), _columns(late), strict=True)]
        joined = Happened(*both)
        return joined.take(np.argsort(joined.time, kind="stable"))

    def count_events(
        self, one_id: int, call: WindowCall, checked: Checked | None = None, *, at: int | None = None
    ) -> int:
        """How many events of the call a customer has in its window."""
        return len(self._chosen(one_id, call, checked, at).time)

    def sum_events(
        self, one_id: int, call: WindowCall, checked: Checked | None = None, *, at: int | None = None
    ) -> int:
        """The sum of the call's field over the window; 0 without events."""
        chosen = self._chosen(one_id, call, checked, at)
        if call.value == "seconds":
            return int(np.maximum(chosen.seconds, 0).sum(dtype=np.int64))
        values = [self.row(int(code))[call.value or ""] for code in chosen.context]
        return sum(value for value in values if value is not None)

    def distinct_events(
        self, one_id: int, call: WindowCall, checked: Checked | None = None, *, at: int | None = None
    ) -> int:
        """How many different values of the call's field there are in the window; missing ones do not count."""
        chosen = self._chosen(one_id, call, checked, at)
        if call.value == "session_id":
            return len(np.unique(chosen.session[chosen.session != 0]))
        if call.value == "seconds":
            return len(np.unique(chosen.seconds[chosen.seconds >= 0]))
        values = {self.row(code)[call.value or ""] for code in np.unique(chosen.context).tolist()}
        return len(values - {None})

    def last_event(
        self, one_id: int, call: WindowCall, checked: Checked | None = None, *, at: int | None = None
    ) -> datetime | None:
        """When an event of the call last happened; None when it never did."""
        chosen = self._chosen(one_id, call, checked, at)
        return moment(int(chosen.time[-1])) if len(chosen.time) else None

    def answer(self, one_id: int, call: WindowCall, checked: Checked | None = None, *, at: int | None = None) -> Answer:
        """The answer to any window call."""
        ask: dict[str, Callable[..., Answer]] = {
            "count_events": self.count_events,
            "sum_events": self.sum_events,
            "distinct_events": self.distinct_events,
            "last_event": self.last_event,
        }
        if call.function not in ask:
            raise QueryInvalid(reason=f"行为数据不能回答 {call.function}")
        return ask[call.function](one_id, call, checked, at=at)

    def windowed(self, checked: Checked, *, at: int | None = None) -> Callable[[WindowCall], Callable[[Row], Answer]]:
        """What `rule.to_python` needs to answer window calls; the row names its customer as ``one_id``."""

        def bind(call: WindowCall) -> Callable[[Row], Answer]:
            return lambda row: self.answer(row["one_id"], call, checked, at=at)

        return bind

    def column(self, call: WindowCall, checked: Checked | None = None, *, at: int | None = None) -> I64:
        """(size,) the answer for every customer at once; the time of `last_event` in milliseconds, -1 for never."""
        until, after = self._span(call, at)
        with self.lock:
            size = self.size
            match = self.match(call, checked)
            who, place = kernel.stock_rows(self.stock.start, self.stock.time, self.stock.context, match, after, until)
            new = self.fresh
            late = (new.time > after) & (new.time <= until) & (match[new.context] == 1)
            chosen = Happened(
                *(
                    np.concatenate([old[place], young[late]])
                    for old, young in zip(_columns(self.stock), _columns(new), strict=True)
                )
            )
            owners = np.concatenate([who, new.who[late]])
        fits = self._fits(chosen, call, checked)
        chosen, owners = chosen.take(fits), owners[fits]
        match call.function:
            case "count_events":
                return np.asarray(kernel.counted(owners, size))
            case "sum_events":
                return np.asarray(kernel.summed(owners, np.maximum(self._values(chosen, call), 0), size))
            case "last_event":
                return np.asarray(kernel.latest(owners, chosen.time, size))
        values = self._values(chosen, call)
        pairs = np.unique(np.stack([owners[values >= 0].astype(np.int64), values[values >= 0]], axis=1), axis=0)
        return np.asarray(kernel.counted(pairs[:, 0].astype(np.int32), size))

    def _values(self, chosen: Happened, call: WindowCall) -> I64:
        """The call's field of events as numbers: themselves, or marks of different values; -1 for missing."""
        if call.value == "seconds":
            return chosen.seconds.astype(np.int64)
        if call.value == "session_id":
            _, marks = np.unique(chosen.session, return_inverse=True)
            return np.where(chosen.session == 0, -1, marks.ravel().astype(np.int64))
        self._sync()
        told = [row[call.value or ""] for row in self._rows]
        if call.function == "sum_events":
            known = np.array([-1 if value is None else int(value) for value in told], np.int64)
        else:
            numbers: dict[Any, int] = {}
            known = np.array([-1 if v is None else numbers.setdefault(v, len(numbers)) for v in told], np.int64)
        return known[chosen.context]

    def row(self, context: int) -> dict[str, Any]:
        """A context as a row rules can be asked of."""
        self._sync()
        return self._rows[context]

    def _sync(self) -> None:
        if len(self._rows) < len(self.contexts):
            self._rows += self.contexts.rows(len(self._rows), self._shelf)

    def shelve(self, shelf: Mapping[str, Product]) -> None:
        """Take other facts of products."""
        with self.lock:
            self._shelf, self._rows = shelf, []

    def match(self, call: WindowCall, checked: Checked | None = None) -> U8:
        """(contexts,) 1 where an event in this context is one of the call's, as far as its context tells."""
        self._sync()
        held, rows = self._condition(call, checked), self._rows
        known = held.match if held.rows is rows else np.zeros(0, np.uint8)
        if len(known) < len(rows):
            more = [row["event"] == call.event and held.by_context(row) for row in rows[len(known) :]]
            known = held.match = np.concatenate([known, np.array(more, np.uint8)])
            held.rows = rows
        return known

    def _span(self, call: WindowCall, at: int | None) -> tuple[int, int]:
        until = self._now() if at is None else at
        after = until - int(call.window.total_seconds() * 1000) if call.window else _LONG_AGO
        return until, after

    def _chosen(self, one_id: int, call: WindowCall, checked: Checked | None, at: int | None) -> Happened:
        until, after = self._span(call, at)
        found = self.happened(one_id, after=after, until=until)
        if not len(found.time):
            return found
        chosen = found.take(self.match(call, checked)[found.context] == 1)
        return chosen.take(self._fits(chosen, call, checked))

    def _condition(self, call: WindowCall, checked: Checked | None) -> _Condition:
        """The call's condition, made ready once for as long as the same rule is asked."""
        key = (id(call), id(checked))
        held = self._conditions.get(key)
        if held is None or held.call is not call or held.checked is not checked:
            if len(self._conditions) >= _CONDITIONS:
                self._conditions.clear()
            held = self._conditions[key] = _ready(call, checked)
        return held

    def _fits(self, chosen: Happened, call: WindowCall, checked: Checked | None) -> npt.NDArray[np.bool_]:
        """Which events satisfy a condition that asks for more than the context."""
        asked = self._condition(call, checked).of_event
        if asked is None:
            return np.ones(len(chosen.time), np.bool_)
        pairs = np.stack([chosen.context.astype(np.int64), chosen.seconds.astype(np.int64)], axis=1)
        distinct, inverse = np.unique(pairs, axis=0, return_inverse=True)
        verdicts = [
            asked({**self.row(code), "seconds": seconds if seconds >= 0 else None}) is True
            for code, seconds in distinct.tolist()
        ]
        return np.array(verdicts, np.bool_)[inverse.ravel()]


def _ready(call: WindowCall, checked: Checked | None) -> _Condition:
    none = np.zeros(0, np.uint8)
    if call.filter is None:
        return _Condition(call, checked, lambda _row: True, None, none)
    asked = rule.to_python(_part(call, checked))
    if fields_of(call, checked) & _OF_EVENT:
        return _Condition(call, checked, lambda _row: True, asked, none)
    return _Condition(call, checked, lambda row: asked(row) is True, None, none)


def fields_of(call: WindowCall, checked: Checked | None) -> frozenset[str]:
    """The fields a call's condition looks at. Raises QueryInvalid for one that can only be counted."""
    if call.filter is None:
        return frozenset()
    names = _part(call, checked).names
    if "session_id" in names:
        raise QueryInvalid(reason="会话只能用于计不同个数，不能作为条件")
    return names


def _part(call: WindowCall, checked: Checked | None) -> Checked:
    if checked is None or call.filter is None:
        raise ValueError("a condition needs the rule it was checked in")
    return rule.part(checked, call.filter)


def moment(ms: int) -> datetime:
    """A time of milliseconds since 1970."""
    return datetime.fromtimestamp(ms / 1000, UTC)


def _columns(of: Happened | Stock | Fresh) -> tuple[npt.NDArray[Any], ...]:
    return of.time, of.context, of.seconds, of.session


def _trimmed(start: I64) -> I64:
    """Without customers at the end that have no events."""
    last = int(np.searchsorted(start, start[-1], "left"))
    return start[: last + 1].copy()


def nothing(now: Callable[[], int]) -> Windows:
    """Windows without events."""
    return Windows(stock.empty(), now=now)
