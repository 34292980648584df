"""Ed25519 signatures. Source: RFC 8032."""

from typing import Literal

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from liuke.kernel.crypto.digest import public_key_id


class Ed25519Verifier:
    """The public half of an Ed25519 key."""

    algorithm: Literal["ed25519"] = "ed25519"

    def __init__(self, key: Ed25519PublicKey) -> None:
        self._key = key
        der = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        self.key_id = public_key_id(der, "sha256")

    @classmethod
    def load(cls, pem: bytes) -> "Ed25519Verifier":
        """From PEM. Raises ValueError."""
        try:
            key = load_pem_public_key(pem)
        except UnsupportedAlgorithm as trouble:
            raise ValueError("not an Ed25519 public key") from trouble
        if not isinstance(key, Ed25519PublicKey):
            raise ValueError("not an Ed25519 public key")  # noqa: TRY004
        return cls(key)

    def verify(self, data: bytes, signature: bytes) -> bool:
        """Whether the signature is of this data and key."""
        try:
            self._key.verify(signature, data)
        except InvalidSignature:
            return False
        return True

    def pem(self) -> str:
        """The public key in PEM."""
        return self._key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()

    def __repr__(self) -> str:
        return f"Ed25519Verifier({self.key_id})"


class Ed25519Signer:
    """The private half of an Ed25519 key."""

    algorithm: Literal["ed25519"] = "ed25519"

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self._key = key
        self._verifier = Ed25519Verifier(key.public_key())
        self.key_id = self._verifier.key_id

    @classmethod
    def fresh(cls) -> "Ed25519Signer":
        """A new random key."""
        return cls(Ed25519PrivateKey.generate())

    @classmethod
    def load(cls, pem: bytes) -> "Ed25519Signer":
        """From PKCS #8 PEM. Raises ValueError."""
        try:
            key = load_pem_private_key(pem, None)
        except (TypeError, UnsupportedAlgorithm) as trouble:
            raise ValueError("not an Ed25519 private key") from trouble
        if not isinstance(key, Ed25519PrivateKey):
            raise ValueError("not an Ed25519 private key")  # noqa: TRY004
        return cls(key)

    def sign(self, data: bytes) -> bytes:
        """The 64-byte signature."""
        return self._key.sign(data)

    def verifier(self) -> Ed25519Verifier:
        """The public half."""
        return self._verifier

    def private_pem(self) -> bytes:
        """The key for its file."""
        return self._key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())

    def __repr__(self) -> str:
        return f"Ed25519Signer({self.key_id})"
