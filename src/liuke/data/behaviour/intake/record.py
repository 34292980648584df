"""One record of the log: a header that guards and describes it, then the batch as it was sent (JSON lines).

``LKB1 | length u32 | crc32 u32 | lines u32 | received ms i64 | skew ms i64 | sender 16 bytes``, little endian. The
checksum covers everything after itself. A record is whole or it is not there.
"""

import struct
import zlib
from dataclasses import dataclass
from typing import Final
from uuid import UUID

MAGIC: Final = b"LKB1"
_HEAD: Final = struct.Struct("<4sII")
_FACTS: Final = struct.Struct("<Iqq16s")
HEADER_BYTES: Final = _HEAD.size + _FACTS.size
#: No record is longer; a length beyond it is damage.
MAX_RECORD: Final = 16 * 2**20


@dataclass(frozen=True, slots=True)
class Record:
    """A batch in the log. ``received`` in milliseconds since 1970; ``skew`` is added to the sender's times."""

    received: int
    skew: int
    sender: UUID
    lines: int
    body: bytes


def header(record: Record) -> bytes:
    """The bytes before the body."""
    facts = _FACTS.pack(record.lines, record.received, record.skew, record.sender.bytes)
    crc = zlib.crc32(record.body, zlib.crc32(facts))
    return _HEAD.pack(MAGIC, len(record.body), crc) + facts


def read(buffer: memoryview, at: int) -> tuple[Record, int] | None:
    """The record at a place and where the next begins; None when no whole record is there."""
    if len(buffer) - at < HEADER_BYTES:
        return None
    magic, length, crc = _HEAD.unpack_from(buffer, at)
    end = at + HEADER_BYTES + length
    if magic != MAGIC or length > MAX_RECORD or end > len(buffer):
        return None
    if zlib.crc32(buffer[at + _HEAD.size : end]) != crc:
        return None
    lines, received, skew, sender = _FACTS.unpack_from(buffer, at + _HEAD.size)
    return Record(received, skew, UUID(bytes=sender), lines, bytes(buffer[at + HEADER_BYTES : end])), end
