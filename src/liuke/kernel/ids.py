"""Names for identifiers, so that one kind is never passed for another."""

import secrets
import uuid
from typing import NewType

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
    """A UUID version 7: ordered by time (milliseconds), then random. Source: RFC 9562, section 5.7."""
    millis = int(clock.now().timestamp() * 1000)
    value = (millis << 80) | (0x7 << 76) | (secrets.randbits(12) << 64) | (0b10 << 62) | secrets.randbits(62)
    return uuid.UUID(int=value)
