"""Exact search on encrypted fields: a keyed digest of the normalised text, 16 bytes, one domain for each kind."""

import re
import unicodedata
from collections.abc import Iterable
from typing import Final

from liuke.kernel.crypto.digest import HashName, derive, keyed
from liuke.kernel.crypto.model import BlindKind, NothingToIndex

#: 128 bits: among 10^9 values two collide with probability about 10^-21.
BLIND_BYTES: Final = 16

_NOT_DIGITS: Final = re.compile(r"[^0-9]+")
_SPACES_DASHES: Final = re.compile(r"[\s\-‐‑–—]+")
#: Spaces and the dots between the parts of a transliterated name (买买提·艾力).
_NAME_NOISE: Final = re.compile(r"[\s·•・‧⋅.]+")
_OLD_ID: Final = re.compile(r"[0-9]{15}")
_COUNTRY_MOBILE: Final = re.compile(r"(?:00)?86(1[0-9]{10})")
#: Weights and check characters of the 18-digit resident number. Source: GB 11643-1999, section 4.2.
_ID_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECKS: Final = "10X98765432"


def normalise(kind: BlindKind, text: str) -> str:
    """The one form in which equal things are equal: width, case, separators, +86, 15- to 18-digit ID numbers."""
    folded = unicodedata.normalize("NFKC", text)
    match kind:
        case BlindKind.PHONE:
            digits = _NOT_DIGITS.sub("", folded)
            mobile = _COUNTRY_MOBILE.fullmatch(digits)
            return mobile[1] if mobile else digits
        case BlindKind.ID_NO:
            return _long_id(_SPACES_DASHES.sub("", folded).upper())
        case BlindKind.NAME:
            return _NAME_NOISE.sub("", folded).casefold()
        case BlindKind.ACCOUNT_NO:
            return _SPACES_DASHES.sub("", folded).upper()
        case BlindKind.EMAIL:
            return folded.strip().casefold()
        case BlindKind.WECOM_ID:
            return folded.strip()


def _long_id(number: str) -> str:
    """A 15-digit resident number in its 18-digit form; anything else unchanged."""
    if not _OLD_ID.fullmatch(number):
        return number
    body = number[:6] + "19" + number[6:]
    total = sum(weight * int(digit) for weight, digit in zip(_ID_WEIGHTS, body, strict=True))
    return body + _ID_CHECKS[total % 11]


class BlindIndex:
    """Makes search values under one key. A value cannot be turned back into its text without the key."""

    __slots__ = ("_states",)

    def __init__(self, key: bytes, hash_name: HashName) -> None:
        self._states = {
            kind: keyed(derive(key, f"blind {kind.value}", hash_name=hash_name), hash_name) for kind in BlindKind
        }

    def one(self, kind: BlindKind, text: str) -> bytes:
        """The 16-byte search value. Raises NothingToIndex when nothing is left of the text."""
        found = self.many(kind, (text,))[0]
        if found is None:
            raise NothingToIndex
        return found

    def many(self, kind: BlindKind, texts: Iterable[str | None]) -> list[bytes | None]:
        """Search values of a column; None where there is no text."""
        copy = self._states[kind].copy
        values: list[bytes | None] = []
        for text in texts:
            plain = normalise(kind, text) if text else ""
            if not plain:
                values.append(None)
                continue
            state = copy()
            state.update(plain.encode())
            values.append(state.finalize()[:BLIND_BYTES])
        return values

    def __repr__(self) -> str:
        return "BlindIndex()"
