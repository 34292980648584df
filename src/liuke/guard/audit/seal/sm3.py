"""SM3 of many messages at once: 64 of them side by side, so that the processor's vector unit computes eight in a step.

Measured twice as quick as OpenSSL's SM3 called message by message, for messages of 65 to 500 bytes. Compiled when first
needed, and kept by the compiler beside this file. Source: GB/T 32905-2016.
"""

from typing import Any, Final

import numpy as np
import numpy.typing as npt
from numba import njit, uint32, uint64

Octets = npt.NDArray[np.uint8]
Places = npt.NDArray[np.int64]
_Words = npt.NDArray[np.uint32]

#: Messages side by side. Fewer than 32 and the compiler unrolls the loops over them instead of using vectors.
LANES: Final = 64
#: Longer messages are not worth the memory of 64 side by side.
LONGEST: Final = 1 << 16

_START: Final = np.array(
    [0x7380166F, 0x4914B2B9, 0x172442D7, 0xDA8A0600, 0xA96F30BC, 0x163138AA, 0xE38DEE4D, 0xB0FB0E4E], np.uint32
)
_STEP: Final = np.array(
    [
        (t << j % 32 | t >> (32 - j % 32)) & 0xFFFFFFFF
        for j in range(64)
        for t in [0x79CC4519 if j < 16 else 0x7A879D8A]
    ],
    np.uint32,
)
#: The working rows: eight of state, then 68 of expanded message; each row has one word of every message.
_STATE: Final = 8
_ROWS: Final = _STATE + 68


def digests(data: Octets, prefix: int, starts: Places, ends: Places) -> bytes:
    """The digests of ``prefix`` followed by ``data[starts[i]:ends[i]]``, joined, 32 bytes each."""
    words = np.empty((len(starts), 8), np.uint32)
    if len(starts):
        _digests(data, prefix, starts, ends, words)
    return words.tobytes()


@njit(cache=True)  # type: ignore[untyped-decorator]
def _rolled(x: Any, n: int) -> Any:  # noqa: ANN401  (a 32-bit word)
    return uint32((x << uint32(n)) | (x >> uint32(32 - n)))


@njit(cache=True)  # type: ignore[untyped-decorator]
def _swapped(x: Any) -> Any:  # noqa: ANN401
    middle = ((x << uint32(8)) & uint32(0xFF0000)) | ((x >> uint32(8)) & uint32(0xFF00))
    return uint32((x << uint32(24)) | middle | (x >> uint32(24)))


@njit(cache=True)  # type: ignore[untyped-decorator]
def _early(m: _Words, j: int, a: int, b: int, c: int, d: int, e: int, f: int, g: int, h: int) -> None:
    """One of the first 16 steps; a … h are where the rows of those names lie."""
    row, t = uint64(_STATE + j) * uint64(LANES), _STEP[j]
    for lane in range(LANES):
        i = uint64(lane)
        va, ve, vb, vf, w = m[a + i], m[e + i], m[b + i], m[f + i], m[row + i]
        a12 = _rolled(va, 12)
        s1 = _rolled(uint32(a12 + ve + t), 7)
        mixed = uint32(w ^ m[row + i + uint64(4 * LANES)])
        t1 = uint32((va ^ vb ^ m[c + i]) + m[d + i] + (s1 ^ a12) + mixed)
        t2 = uint32((ve ^ vf ^ m[g + i]) + m[h + i] + s1 + w)
        m[d + i] = t1
        m[b + i] = _rolled(vb, 9)
        m[f + i] = _rolled(vf, 19)
        m[h + i] = uint32(t2 ^ _rolled(t2, 9) ^ _rolled(t2, 17))


@njit(cache=True)  # type: ignore[untyped-decorator]
def _late(m: _Words, j: int, a: int, b: int, c: int, d: int, e: int, f: int, g: int, h: int) -> None:
    """One of the other 48 steps."""
    row, t = uint64(_STATE + j) * uint64(LANES), _STEP[j]
    for lane in range(LANES):
        i = uint64(lane)
        va, ve, vb, vf, w = m[a + i], m[e + i], m[b + i], m[f + i], m[row + i]
        vc = m[c + i]
        a12 = _rolled(va, 12)
        s1 = _rolled(uint32(a12 + ve + t), 7)
        mixed = uint32(w ^ m[row + i + uint64(4 * LANES)])
        t1 = uint32(((va & vb) | (va & vc) | (vb & vc)) + m[d + i] + (s1 ^ a12) + mixed)
        t2 = uint32(((ve & vf) | (~ve & m[g + i])) + m[h + i] + s1 + w)
        m[d + i] = t1
        m[b + i] = _rolled(vb, 9)
        m[f + i] = _rolled(vf, 19)
        m[h + i] = uint32(t2 ^ _rolled(t2, 9) ^ _rolled(t2, 17))


@njit(cache=True)  # type: ignore[untyped-decorator]
def _expand(m: _Words) -> None:
    """Rows 16 to 67 of the message from the 16 before them."""
    for j in range(_STATE + 16, _ROWS):
        row = uint64(j) * uint64(LANES)
        for lane in range(LANES):
            i = row + uint64(lane)
            x = uint32(m[i - uint64(16 * LANES)] ^ m[i - uint64(9 * LANES)] ^ _rolled(m[i - uint64(3 * LANES)], 15))
            x = uint32(x ^ _rolled(x, 15) ^ _rolled(x, 23))
            m[i] = uint32(x ^ _rolled(m[i - uint64(13 * LANES)], 7) ^ m[i - uint64(6 * LANES)])


@njit(cache=True)  # type: ignore[untyped-decorator]
def _compress(m: _Words, v: _Words) -> None:
    """One block of every message: 16 rows of words in ``m``, the states in ``v``."""
    _expand(m)
    for i in range(_STATE * LANES):
        m[i] = v[i]
    row = uint64(LANES)  # one type for all, or each step is compiled once for every mixture of types
    a, b, c, d = uint64(0), row, uint64(2) * row, uint64(3) * row
    e, f, g, h = uint64(4) * row, uint64(5) * row, uint64(6) * row, uint64(7) * row
    for j in range(0, 16, 4):
        _early(m, j, a, b, c, d, e, f, g, h)
        _early(m, j + 1, d, a, b, c, h, e, f, g)
        _early(m, j + 2, c, d, a, b, g, h, e, f)
        _early(m, j + 3, b, c, d, a, f, g, h, e)
    for j in range(16, 64, 4):
        _late(m, j, a, b, c, d, e, f, g, h)
        _late(m, j + 1, d, a, b, c, h, e, f, g)
        _late(m, j + 2, c, d, a, b, g, h, e, f)
        _late(m, j + 3, b, c, d, a, f, g, h, e)
    for i in range(_STATE * LANES):
        v[i] ^= m[i]


@njit(cache=True)  # type: ignore[untyped-decorator]
def _pad(stage: Octets, at: int, prefix: int, message: Octets) -> int:
    """Lay a message out with its prefix and padding; returns how many blocks it takes."""
    size = len(message) + 1
    blocks = (size + 8 + 64) // 64
    end = at + blocks * 64
    stage[at] = prefix
    stage[at + 1 : at + size] = message
    stage[at + size] = 128
    stage[at + size + 1 : end] = 0
    for k in range(8):
        stage[end - 1 - k] = (size * 8 >> 8 * k) & 255
    return blocks


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _digests(data: Octets, prefix: int, starts: Places, ends: Places, found: _Words) -> None:
    count = len(starts)
    stride = (np.max(ends - starts) + 1 + 8 + 64) // 64 * 64
    stage = np.zeros(LANES * stride, np.uint8)
    words, blocks = stage.view(np.uint32), np.zeros(LANES, np.int64)
    m, v = np.empty(_ROWS * LANES, np.uint32), np.empty(_STATE * LANES, np.uint32)
    for first in range(0, count, LANES):
        here = min(LANES, count - first)
        for lane in range(here):
            message = data[starts[first + lane] : ends[first + lane]]
            blocks[lane] = _pad(stage, lane * stride, prefix, message)
        for i in range(_STATE * LANES):
            v[i] = _START[i // LANES]
        for block in range(np.max(blocks[:here])):
            for lane in range(LANES):
                at = (lane * stride) // 4 + block * 16
                for j in range(16):
                    m[(_STATE + j) * LANES + lane] = _swapped(words[at + j])
            _compress(m, v)
            for lane in range(here):
                if blocks[lane] == block + 1:
                    for j in range(8):
                        found[first + lane, j] = _swapped(v[j * LANES + lane])
