"""How fast one sender may send: a bucket of events that fills with time."""

import time
from collections.abc import Callable
from typing import Final

#: Senders remembered at a time; the ones longest unseen are forgotten.
_SENDERS: Final = 10_000
#: Seconds of the rate a quiet sender may send at once.
_BURST_SECONDS: Final = 2.0


class Limit:
    """Buckets by sender."""

    def __init__(self, per_second: int, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._rate = per_second
        self._clock = clock
        self._left: dict[str, tuple[float, float]] = {}

    def take(self, sender: str, events: int) -> float:
        """Take ``events`` from a bucket: 0.0 when they fit, else the seconds to wait; nothing is taken then."""
        now = self._clock()
        room = self._rate * _BURST_SECONDS
        left, at = self._left.pop(sender, (room, now))
        left = min(room, left + (now - at) * self._rate)
        # A bucket that is full lets any single batch pass.
        fits = events <= left or left >= room
        self._left[sender] = (left - events if fits else left, now)
        while len(self._left) > _SENDERS:
            del self._left[next(iter(self._left))]
        return 0.0 if fits else (events - left) / self._rate
