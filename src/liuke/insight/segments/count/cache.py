"""Sets already computed, the least recently asked forgotten first."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Final

from liuke.insight.segments.count.bits import Bits

#: Bytes of sets kept in a process: two hundred sets of ten million customers.
ROOM: Final = 256 * 2**20


class Cache:
    """Sets by what they mean. Safe for many threads; two that miss the same set at once both compute it."""

    def __init__(self, room: int = ROOM) -> None:
        self._room = room
        self._held = 0
        self._sets: OrderedDict[Hashable, Bits] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Hashable, compute: Callable[[], Bits]) -> Bits:
        """The set of a key, computed when it is not there. Nobody may change it."""
        with self._lock:
            found = self._sets.get(key)
            if found is not None:
                self._sets.move_to_end(key)
                return found
        made = compute()
        made.flags.writeable = False
        with self._lock:
            if key not in self._sets and made.nbytes <= self._room:
                self._sets[key] = made
                self._held += made.nbytes
                while self._held > self._room:
                    self._held -= self._sets.popitem(last=False)[1].nbytes
        return made

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._sets.clear()
            self._held = 0
