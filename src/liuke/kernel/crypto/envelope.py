"""How an encrypted value lies in the database.

    offset  bytes
    0       1      layout, now 1
    1       1      algorithm: 1 AES-256-GCM, 2 SM4-GCM
    2       2      version of the key, big endian
    4       12     nonce, random
    16      n      ciphertext, as long as the text in UTF-8
    16+n    16     tag

A value is 32 bytes longer than its text. The first four bytes, the place (``table.column``) and the subject are
authenticated with it, so that a value moved to another row or column, or with a changed header, does not open.
"""

import os
import struct
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher as Engine
from cryptography.hazmat.primitives.ciphers import algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from liuke.kernel.crypto.model import Cipher, Tampered

LAYOUT: Final = 1
HEADER_BYTES: Final = 4
NONCE_BYTES: Final = 12
TAG_BYTES: Final = 16
BODY: Final = HEADER_BYTES + NONCE_BYTES
OVERHEAD: Final = BODY + TAG_BYTES
#: Nonces are drawn from the system in blocks of this many.
NONCE_BLOCK: Final = 4096

_CODE: Final = {Cipher.AES: 1, Cipher.SM4: 2}
_CIPHER: Final = {code: cipher for cipher, code in _CODE.items()}
_HEADER: Final = struct.Struct(">BBH")

#: (key, nonce, plaintext or ciphertext+tag, associated data) -> the other.
Turn = Callable[[bytes, bytes, bytes, bytes], bytes]


def header(cipher: Cipher, version: int) -> bytes:
    """The four bytes before the nonce."""
    return _HEADER.pack(LAYOUT, _CODE[cipher], version)


def parse(value: bytes, *, at: str) -> tuple[Cipher, int]:
    """Cipher and key version of a stored value. Raises Tampered when it is not one of ours."""
    if len(value) < OVERHEAD:
        raise Tampered(at=at)
    layout, code, version = _HEADER.unpack_from(value)
    if layout != LAYOUT or code not in _CIPHER:
        raise Tampered(at=at)
    return _CIPHER[code], version


@lru_cache(maxsize=1024)
def bound(head: bytes, at: str) -> bytes:
    """The part of the associated data that one column shares: header, length of the place, place."""
    place = at.encode()
    return head + bytes((len(place),)) + place


def subject_bytes(subject: int | str) -> bytes:
    """The subject inside the associated data; a number never equals a text."""
    return b"#" + subject.to_bytes(8, "big", signed=True) if isinstance(subject, int) else b"=" + subject.encode()


def sealer(cipher: Cipher) -> Turn:
    """Encrypts: ``(key, nonce, text, associated) -> ciphertext + tag``; for one batch in one thread."""
    return _sm4_sealer() if cipher is Cipher.SM4 else _seal_aes


def opener(cipher: Cipher) -> Turn:
    """Decrypts: ``(key, nonce, ciphertext + tag, associated) -> text``; raises InvalidTag."""
    return _open_sm4 if cipher is Cipher.SM4 else _open_aes


def unseal(key: bytes, value: bytes, associated: bytes, *, turn: Turn, at: str) -> bytes:
    """The text inside ``value``. Raises Tampered."""
    if len(value) < OVERHEAD:
        raise Tampered(at=at)
    try:
        return turn(key, value[HEADER_BYTES:BODY], value[BODY:], associated)
    except InvalidTag:
        raise Tampered(at=at) from None


def _seal_aes(key: bytes, nonce: bytes, text: bytes, associated: bytes) -> bytes:
    return AESGCM(key).encrypt(nonce, text, associated)


def _open_aes(key: bytes, nonce: bytes, body: bytes, associated: bytes) -> bytes:
    return AESGCM(key).decrypt(nonce, body, associated)


def _sm4_sealer() -> Turn:
    # One engine for a whole batch, its key and nonce exchanged each time: a fifth faster than an engine for each value.
    engine = Engine(algorithms.SM4(bytes(16)), modes.GCM(bytes(NONCE_BYTES)))

    def seal(key: bytes, nonce: bytes, text: bytes, associated: bytes) -> bytes:
        engine.algorithm, engine.mode = algorithms.SM4(key), modes.GCM(nonce)
        context = engine.encryptor()
        context.authenticate_additional_data(associated)
        return context.update(text) + context.finalize() + context.tag

    return seal


def _open_sm4(key: bytes, nonce: bytes, body: bytes, associated: bytes) -> bytes:
    context = Engine(algorithms.SM4(key), modes.GCM(nonce, body[-TAG_BYTES:])).decryptor()
    context.authenticate_additional_data(associated)
    return context.update(body[:-TAG_BYTES]) + context.finalize()


def nonces() -> Iterator[bytes]:
    """Fresh random nonces without end."""
    while True:
        block = os.urandom(NONCE_BYTES * NONCE_BLOCK)
        for start in range(0, len(block), NONCE_BYTES):
            yield block[start : start + NONCE_BYTES]
