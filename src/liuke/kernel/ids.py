"""Names for identifiers, so that one kind is never passed for another."""

import secrets
import threading
import uuid
from typing import Final, NewType

from liuke.kernel.clock import Clock

#: Stable dense integer of one customer of the bank; outside the process only as an opaque customer number.
OneId = NewType("OneId", int)
UserId = NewType("UserId", uuid.UUID)
StaffNo = NewType("StaffNo", str)
BranchNo = NewType("BranchNo", str)
ProductNo = NewType("ProductNo", str)
#: Name of a source contract, e.g. ``core_customer``.
SourceName = NewType("SourceName", str)


def new_id(clock: Clock) -> uuid.UUID:
    """A UUID version 7: ordered by time (milliseconds), then by the order this process made it, then random.

    Of one millisecond the first 2,048 at least are in order. Source: RFC 9562, sections 5.7 and 6.2 (method 1).
    """
    millis = int(clock.now().timestamp() * 1000)
    value = (millis << 80) | (0x7 << 76) | (_turn.of(millis) << 64) | (0b10 << 62) | secrets.randbits(62)
    return uuid.UUID(int=value)


class _Turn:
    """Counts ids within a millisecond, from a random start in the lower half of twelve bits."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._millis = self._count = 0

    def of(self, millis: int) -> int:
        with self._lock:
            same = millis == self._millis
            self._count = min(self._count + 1, _MOST) if same else secrets.randbits(11)
            self._millis = millis
            return self._count


_MOST: Final = 0xFFF
_turn: Final = _Turn()
