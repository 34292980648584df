"""Numbers as ASCII bytes, whole columns at once: the reason why files are written at a million rows a second.

A table of four-digit blocks turns a column of integers into bytes with one look-up for each four digits. Rows are then
laid side by side in a matrix of bytes; NUL means "nothing here" and is deleted (delimited files)
or becomes a blank (fixed width).
"""

import numpy as np
from numpy.typing import NDArray

from twinbank.draw import Ints

Bytes = NDArray[np.uint8]

_BLOCK = np.char.zfill(np.arange(10_000).astype("S4"), 4).view(np.uint32)
_SHORT_BLOCK = np.frombuffer(
    b"".join(str(k).rjust(4, "\0").encode() if k else bytes(4) for k in range(10_000)), np.uint32
)
# entry k: k without leading zeros; entry 10,000 + k: all four digits, for blocks that have something before them
_RAGGED = np.concatenate([_SHORT_BLOCK, _BLOCK])


def padded(values: Ints, width: int) -> Bytes:
    """(n, width) digits with leading zeros; values ≥ 0."""
    blocks = -(-width // 4)
    out = np.empty((len(values), blocks), dtype=np.uint32)
    rest = values
    for at in range(blocks - 1, -1, -1):
        rest, block = np.divmod(rest, 10_000)
        out[:, at] = _BLOCK[block]
    return out.view(np.uint8).reshape(len(values), blocks * 4)[:, blocks * 4 - width :]


def ragged(values: Ints, width: int) -> Bytes:
    """(n, width) digits right-aligned, NUL instead of leading zeros; 0 is all NUL; width is a multiple of 4."""
    blocks = width // 4
    parts = []
    rest = values
    for _ in range(blocks):
        rest, block = np.divmod(rest, 10_000)
        parts.append(_RAGGED[block + 10_000 * (rest > 0)])
    return np.asarray(np.stack(parts[::-1], axis=1)).view(np.uint8).reshape(len(values), width)


def yuan(minor: Ints, *, width: int = 12) -> Bytes:
    """Fen as yuan with two decimals, e.g. 1250 → `12.50`: (n, width + 4) bytes, NUL where there is no digit."""
    size = np.abs(minor)
    whole, cents = np.divmod(size, 100)
    out = np.zeros((len(minor), width + 4), dtype=np.uint8)
    out[:, 0] = np.where(minor < 0, ord("-"), 0)
    out[:, 1 : width + 1] = ragged(whole, width)
    out[:, width] = np.where(whole == 0, ord("0"), out[:, width])
    out[:, width + 1] = ord(".")
    out[:, width + 2 :] = padded(cents, 2)
    return out


def text(matrix: Bytes) -> NDArray[np.bytes_]:
    """A byte matrix as a column of byte strings."""
    matrix = np.ascontiguousarray(matrix)
    return matrix.view(f"S{matrix.shape[1]}").ravel()


def luhn(digits: Bytes) -> Bytes:
    """(n, 1) Luhn check digit of (n, w) ASCII digits."""
    values = digits.astype(np.int64) - 48
    doubled = values[:, ::-1].copy()
    doubled[:, ::2] *= 2
    doubled -= 9 * (doubled > 9)
    check: Bytes = ((-doubled.sum(axis=1)) % 10 + 48).astype(np.uint8)[:, None]
    return check
