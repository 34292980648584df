"""Lines of text from whole columns: a matrix of bytes, one row a line, from which the NUL bytes are deleted."""

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from twinbank.digits import Bytes, padded
from twinbank.draw import Ints

Part: TypeAlias = bytes | Bytes | NDArray[np.bytes_]


def _width(part: Part) -> int:
    if isinstance(part, bytes):
        return len(part)
    return part.dtype.itemsize if part.dtype.kind == "S" else part.shape[1]


def matrix(parts: Sequence[Part], rows: int) -> Bytes:
    """The parts side by side: a constant, a column of byte strings, or a matrix of bytes."""
    widths = [_width(part) for part in parts]
    out = np.empty((rows, sum(widths)), dtype=np.uint8)
    at = 0
    for part, width in zip(parts, widths, strict=True):
        if isinstance(part, bytes):
            out[:, at : at + width] = np.frombuffer(part, np.uint8)
        elif part.dtype.kind == "S":
            out[:, at : at + width] = np.ascontiguousarray(part).view(np.uint8).reshape(rows, width)
        else:
            out[:, at : at + width] = part
        at += width
    return out


def joined(block: Bytes) -> bytes:
    """The lines without their NULs."""
    return block.tobytes().translate(None, b"\0")


def blanks(block: Bytes) -> bytes:
    """The lines of a fixed-width file: a NUL is a blank."""
    return block.tobytes().translate(bytes([32, *range(1, 256)]))


def clock() -> NDArray[np.bytes_]:
    """`HHMMSS` of each second of a day."""
    second = np.arange(86_400)
    number = second // 3600 * 10_000 + second // 60 % 60 * 100 + second % 60
    return np.char.zfill(number.astype("S6"), 6)


def days(first: int, last: int) -> NDArray[np.bytes_]:
    """`yyyymmdd` of each day from `first` to `last`."""
    text = np.arange(first, last + 1).astype("datetime64[D]").astype("S10")
    return np.char.replace(text, b"-", b"")


def numbered(prefix: bytes, first: int, rows: int) -> list[Part]:
    """Keys `prefix` + nine digits, counting from `first`."""
    numbers: Ints = np.arange(first, first + rows, dtype=np.int64)
    return [prefix, padded(numbers, 9)]
