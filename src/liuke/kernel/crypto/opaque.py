"""Public customer numbers: ``LK`` + eight characters + a check character, e.g. ``LK7Q2M9XKDV``.

A keyed permutation of the 40-bit numbers (a balanced Feistel network of ten rounds; the round function is AES under a
key derived with HMAC) turns the dense number of a customer into one that tells neither order nor count. The check
character is a weighted sum over GF(32): it catches every single wrong character and every two swapped ones.
"""

import unicodedata
from collections.abc import Sequence
from typing import Final

import numpy as np
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from numpy.typing import NDArray

from liuke.kernel.crypto.digest import derive
from liuke.kernel.crypto.model import SECRET_BYTES, BadCustomerNumber

#: Crockford's base 32: no I, L, O, U. Source: douglascrockford.com/base32.
ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
PREFIX: Final = "LK"
CHARACTERS: Final = 8
LENGTH: Final = len(PREFIX) + CHARACTERS + 1
#: Numbers that can be encoded: 0 ≤ n < LIMIT.
LIMIT: Final = 1 << 40
#: As many rounds as NIST SP 800-38G gives FF1.
ROUNDS: Final = 10

_HALF: Final = 20
_MASK: Final = (1 << _HALF) - 1
_BLOCK: Final = 16
_VALUE: Final = {character: value for value, character in enumerate(ALPHABET)} | {"O": 0, "I": 1, "L": 1}


def _power_table() -> list[list[int]]:
    """Row i: every value times a^(i+1) in GF(32) with x^5 + x^2 + 1, whose root a has order 31."""
    rows, row = [], list(range(32))
    for _ in range(CHARACTERS):
        row = [(v << 1) ^ (0b100101 if v & 0b10000 else 0) for v in row]
        rows.append(row)
    return rows


_WEIGHED: Final = _power_table()


def check_value(values: Sequence[int]) -> int:
    """The check value (0–31) of eight base-32 values."""
    total = 0
    for row, value in zip(_WEIGHED, values, strict=True):
        total ^= row[value]
    return total


class OpaqueId:
    """Turns dense customer numbers into public ones and back; the same key gives the same numbers for ever."""

    __slots__ = ("_cipher",)

    def __init__(self, key: bytes) -> None:
        if len(key) != SECRET_BYTES:
            raise ValueError("the key of customer numbers is 32 bytes")
        secret = derive(key, "customer number 1", hash_name="sha256")[:_BLOCK]
        # Single blocks as a pseudo-random function of (round, half): nothing is chained, no text is encrypted.
        self._cipher = Cipher(algorithms.AES(secret), modes.ECB())  # noqa: S305

    def encode(self, number: int) -> str:
        """The public customer number of a dense number. Raises ValueError outside 0 ≤ number < 2^40."""
        if not 0 <= number < LIMIT:
            raise ValueError("a customer number is at least 0 and below 2^40")
        return _spell(self.permute(number))

    def decode(self, text: str) -> int:
        """The dense number of a public one; forgives case, spaces, hyphens, full width, O for 0, I and L for 1.

        Raises BadCustomerNumber.
        """
        return self.restore(_read(text))

    def encode_many(self, numbers: NDArray[np.int64]) -> list[str]:
        """``encode`` of ``(n,)`` dense numbers. Raises ValueError as `spell` does."""
        text = self.spell(numbers).tobytes().decode("ascii")
        return [text[start : start + LENGTH] for start in range(0, len(text), LENGTH)]

    def spell(self, numbers: NDArray[np.int64]) -> NDArray[np.uint8]:
        """``encode`` of ``(n,)`` dense numbers as ASCII codes, ``(n, LENGTH)``: a million need no million objects.

        Raises: ValueError for a number below 0 or from 2^40 on.
        """
        if numbers.size and (numbers.min() < 0 or numbers.max() >= LIMIT):
            raise ValueError("a customer number is at least 0 and below 2^40")
        left, right = numbers.astype(np.int64) >> _HALF, numbers.astype(np.int64) & _MASK
        encryptor = self._cipher.encryptor()
        blocks = np.zeros((len(numbers), 4), dtype="<u4")
        for turn in range(ROUNDS):
            blocks[:, 0], blocks[:, 1] = right, turn
            mixed = np.frombuffer(encryptor.update(blocks.tobytes()), dtype="<u4").reshape(-1, 4)[:, 0]
            left, right = right, left ^ (mixed.astype(np.int64) & _MASK)
        return _spell_many((left << _HALF) | right)

    def permute(self, number: int) -> int:
        """The keyed permutation of 0 ≤ number < 2^40."""
        left, right = number >> _HALF, number & _MASK
        update = self._cipher.encryptor().update
        for turn in range(ROUNDS):
            left, right = right, left ^ _mixed(update(_block(right, turn)))
        return (left << _HALF) | right

    def restore(self, number: int) -> int:
        """The inverse of ``permute``."""
        left, right = number >> _HALF, number & _MASK
        update = self._cipher.encryptor().update
        for turn in reversed(range(ROUNDS)):
            left, right = right ^ _mixed(update(_block(left, turn))), left
        return (left << _HALF) | right

    def __repr__(self) -> str:
        return "OpaqueId()"


def _block(half: int, turn: int) -> bytes:
    return (half | turn << 32).to_bytes(_BLOCK, "little")


def _mixed(block: bytes) -> int:
    return int.from_bytes(block[:4], "little") & _MASK


def _spell(number: int) -> str:
    values = [(number >> shift) & 31 for shift in range(35, -1, -5)]
    return PREFIX + "".join(ALPHABET[v] for v in (*values, check_value(values)))


def _spell_many(numbers: NDArray[np.int64]) -> NDArray[np.uint8]:
    shifts = np.arange(35, -1, -5, dtype=np.int64)
    values = (numbers[:, None] >> shifts) & 31
    check = np.zeros(len(numbers), np.int64)
    for row, column in zip(_WEIGHED, values.T, strict=True):
        check ^= np.array(row)[column]
    spelled = np.empty((len(numbers), LENGTH), np.uint8)
    spelled[:, : len(PREFIX)] = np.frombuffer(PREFIX.encode(), np.uint8)
    letters = np.frombuffer(ALPHABET.encode(), np.uint8)
    spelled[:, len(PREFIX) : -1] = letters[values]
    spelled[:, -1] = letters[check]
    return spelled


def _read(text: str) -> int:
    cleaned = unicodedata.normalize("NFKC", text[:64]).upper().replace("-", "").replace(" ", "")
    if len(cleaned) != LENGTH or not cleaned.startswith(PREFIX):
        raise BadCustomerNumber(text=text[:64])
    values = [_VALUE.get(character, -1) for character in cleaned[len(PREFIX) :]]
    if min(values) < 0 or check_value(values[:-1]) != values[-1]:
        raise BadCustomerNumber(text=text[:64])
    number = 0
    for value in values[:-1]:
        number = number << 5 | value
    return number
