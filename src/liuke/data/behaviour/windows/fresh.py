"""Fresh events in memory: columns that grow, and for each customer a chain through them, newest first."""

from typing import Final

import numpy as np
import numpy.typing as npt

from liuke.data.behaviour.windows import kernel

I32 = npt.NDArray[np.int32]
I64 = npt.NDArray[np.int64]
_ROOM: Final = 4096


class Fresh:
    """Events that are not in the stock yet."""

    def __init__(self) -> None:
        self.count = 0
        self.head: I32 = np.full(_ROOM, -1, np.int32)
        self._who: I32 = np.empty(_ROOM, np.int32)
        self._before: I32 = np.empty(_ROOM, np.int32)
        self._time: I64 = np.empty(_ROOM, np.int64)
        self._context: I32 = np.empty(_ROOM, np.int32)
        self._seconds: I32 = np.empty(_ROOM, np.int32)
        self._session: I64 = np.empty(_ROOM, np.int64)

    @property
    def who(self) -> I32:
        """Customers."""
        return self._who[: self.count]

    @property
    def before(self) -> I32:
        """The next older event of the same customer; -1 none."""
        return self._before[: self.count]

    @property
    def time(self) -> I64:
        """Milliseconds since 1970."""
        return self._time[: self.count]

    @property
    def context(self) -> I32:
        """Numbers of contexts."""
        return self._context[: self.count]

    @property
    def seconds(self) -> I32:
        """Seconds of stay; -1 unknown."""
        return self._seconds[: self.count]

    @property
    def session(self) -> I64:
        """Marks of sessions; 0 none."""
        return self._session[: self.count]

    def add(self, one_id: I32, time: I64, context: I32, seconds: I32, session: I64) -> None:
        """Take in events in any order; all columns (n,), customers > 0."""
        if not len(one_id):
            return
        order = np.lexsort((time, one_id))
        self._grow(self.count + len(order), int(one_id.max()) + 1)
        rows = slice(self.count, self.count + len(order))
        self._who[rows], self._time[rows], self._context[rows] = one_id[order], time[order], context[order]
        self._seconds[rows], self._session[rows] = seconds[order], session[order]
        kernel.chain(self.head, self._before, self._time, one_id[order], self.count)
        self.count += len(order)

    def _grow(self, events: int, customers: int) -> None:
        if customers > len(self.head):
            head = np.full(max(customers, len(self.head) * 2), -1, np.int32)
            head[: len(self.head)] = self.head
            self.head = head
        if events > len(self._time):
            room = max(events, len(self._time) * 2)
            for name in ("_who", "_before", "_time", "_context", "_seconds", "_session"):
                old = getattr(self, name)
                new = np.empty(room, old.dtype)
                new[: self.count] = old[: self.count]
                setattr(self, name, new)

    def of(self, one_id: int, *, after: int, until: int) -> I32:
        """Places of a customer's events with after < time <= until, oldest first."""
        if not 0 <= one_id < len(self.head):
            return np.zeros(0, np.int32)
        places: I32 = kernel.walk(self.head[one_id], self._before, self._time, after, until)
        return places
