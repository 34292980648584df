"""Digests, keyed digests and comparison in constant time."""

from hmac import compare_digest
from typing import Literal

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.hmac import HMAC

HashName = Literal["sha256", "sm3"]


def algorithm(name: HashName) -> hashes.HashAlgorithm:
    """The digest of this name. Sources: GB/T 32905-2016 (SM3), FIPS 180-4 (SHA-256)."""
    return hashes.SM3() if name == "sm3" else hashes.SHA256()


def digest(data: bytes, name: HashName = "sha256") -> bytes:
    """The 32-byte SHA-256 or SM3 digest of ``data``."""
    state = hashes.Hash(algorithm(name))
    state.update(data)
    return state.finalize()


def keyed(key: bytes, name: HashName) -> HMAC:
    """An HMAC state to copy for each message. Source: RFC 2104; GB/T 15852.2-2012 for SM3."""
    return HMAC(key, algorithm(name))


def derive(secret: bytes, label: str, *, hash_name: HashName) -> bytes:
    """A 32-byte key for one purpose from a secret: HMAC(secret, "liuke/" + label)."""
    state = keyed(secret, hash_name)
    state.update(b"liuke/" + label.encode())
    return state.finalize()


def public_key_id(der: bytes, name: HashName) -> str:
    """Name of a public key: the first 32 hexadecimal digits of the digest of its DER form."""
    return digest(der, name).hex()[:32]


def same(left: bytes, right: bytes) -> bool:
    """Whether two secrets are equal, in a time that does not tell where they differ."""
    return compare_digest(left, right)
