"""Reading lines of a log as they lie in memory, many at once, without an object for each."""

from typing import Any, Final

import numpy as np
import numpy.typing as npt
from numba import njit

from liuke.guard.audit.seal.sm3 import Octets, Places

#: What ``commitments`` says of a line: it has nothing beside it, or it must be looked at closely.
NONE: Final = -1
CLOSELY: Final = -2

_NEWLINE: Final = 10
_SPACE: Final = 32
_QUOTE: Final = 34
_DASH: Final = 45
_HEX: Final = 64
_SEALED: Final = np.frombuffer(b'"sealed":"', np.uint8)
_PAYLOAD: Final = np.frombuffer(b'"payload":', np.uint8)
_ERASURE: Final = np.frombuffer(b'"audit.erased"', np.uint8)


def bounds(data: Octets) -> tuple[Places, Places]:
    """Where the whole lines begin and end (their line end not counted)."""
    ends = np.flatnonzero(data == _NEWLINE)
    return np.concatenate((np.zeros(min(1, len(ends)), np.int64), ends[:-1] + 1)), ends


@njit(cache=True)  # type: ignore[untyped-decorator]
def _digit(value: Any) -> Any:  # noqa: ANN401  (half an octet)
    return value + 48 if value < 10 else value + 87


@njit(cache=True)  # type: ignore[untyped-decorator]
def _is_hex(data: Octets, at: int, digest: Octets) -> bool:
    """Whether the 64 digits at a place are those of a digest."""
    for k in range(len(digest)):
        if data[at + 2 * k] != _digit(digest[k] >> 4) or data[at + 2 * k + 1] != _digit(digest[k] & 15):
            return False
    return True


@njit(cache=True)  # type: ignore[untyped-decorator]
def _after_number(data: Octets, at: int, end: int, number: int) -> int:
    """The place after ``number`` and a space, or -1 when they are not there."""
    count, rest = 1, number
    while rest >= 10:
        count, rest = count + 1, rest // 10
    if at + count >= end or data[at + count] != _SPACE:
        return -1
    for k in range(count):
        if data[at + count - 1 - k] != number % 10 + 48:
            return -1
        number //= 10
    return at + count + 1


@njit(cache=True)  # type: ignore[untyped-decorator]
def _is(data: Octets, at: int, end: int, word: Octets) -> bool:
    if at + len(word) > end:
        return False
    for k in range(len(word)):  # noqa: SIM110  (compiled)
        if data[at + k] != word[k]:
            return False
    return True


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def chained(data: Octets, starts: Places, ends: Places, leaves: Octets, before: Octets, first: int) -> bool:
    """Whether every line names the leaf before it and its number. leaves: (n, 32), of these lines."""
    for i in range(len(starts)):
        at = starts[i]
        if ends[i] - at <= _HEX or data[at + _HEX] != _SPACE:
            return False
        if not _is_hex(data, at, before if i == 0 else leaves[i - 1]):
            return False
        if _after_number(data, at + _HEX + 1, ends[i], first + i) < 0:
            return False
    return True


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def commitments(data: Octets, starts: Places, ends: Places) -> npt.NDArray[np.int64]:
    """Where each line holds the 64 digits that commit to what lies beside it; NONE, or CLOSELY (it may order an
    erasure, or the word stands in what it tells)."""
    found = np.full(len(starts), NONE, np.int64)
    for i in range(len(starts)):
        told = False
        for at in range(starts[i] + _HEX, ends[i]):
            if data[at] != _QUOTE:
                continue
            if _is(data, at, ends[i], _ERASURE):
                found[i] = CLOSELY
                break
            told = told or _is(data, at, ends[i], _PAYLOAD)
            if _is(data, at, ends[i], _SEALED):
                place = at + len(_SEALED)
                found[i] = CLOSELY if found[i] != NONE or place + _HEX > ends[i] else place
        if told and found[i] != NONE:
            found[i] = CLOSELY
    return found


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def texts_after(
    data: Octets, starts: Places, ends: Places, numbers: Places
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
    """Where the text of each line begins that must start with its number (-1: it does not), and whether it is blank."""
    found, blank = np.full(len(starts), -1, np.int64), np.zeros(len(starts), np.bool_)
    for i in range(len(starts)):
        at = _after_number(data, starts[i], ends[i], numbers[i])
        if at < 0 or at >= ends[i]:
            break
        found[i], blank[i] = at, data[ends[i] - 1] == _DASH
        for k in range(at, ends[i]):
            if not blank[i]:
                break
            blank[i] = data[k] == _DASH
    return found, blank


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def committed(data: Octets, places: Places, digests: Octets, blank: npt.NDArray[np.bool_]) -> bool:
    """Whether the digits at each place are those of the digest, or what they commit to is blank. digests: (n, 32)."""
    for i in range(len(places)):  # noqa: SIM110  (compiled)
        if not blank[i] and not _is_hex(data, places[i], digests[i]):
            return False
    return True
