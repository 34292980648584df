"""SM2 signatures with SM3 under the default user id 1234567812345678, by Tongsuo.

Sources: GB/T 32918.2-2016 (signature), GB/T 32918.5-2017 (curve), GB/T 35276-2017 (default user id).
"""

from typing import Any, Literal

from liuke.kernel.crypto.digest import public_key_id
from liuke.kernel.crypto.tongsuo import (
    InternalError,
    InvalidSignature,
    UnsupportedAlgorithm,
    ec,
    hashes,
    serialization,
)


class Sm2Verifier:
    """The public half of an SM2 key."""

    algorithm: Literal["sm2"] = "sm2"

    def __init__(self, key: Any) -> None:  # noqa: ANN401 - tongsuopy has no types
        self._key = key
        der: bytes = key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
        self.key_id = public_key_id(der, "sm3")

    @classmethod
    def load(cls, pem: bytes) -> "Sm2Verifier":
        """From PEM. Raises ValueError."""
        try:
            key = serialization.load_pem_public_key(pem)
        except (InternalError, UnsupportedAlgorithm) as trouble:
            raise ValueError("not an SM2 public key") from trouble
        if not isinstance(key, ec.EllipticCurvePublicKey):
            raise ValueError("not an SM2 public key")  # noqa: TRY004
        return cls(key)

    def verify(self, data: bytes, signature: bytes) -> bool:
        """Whether the signature is of this data and key; a signature that is not DER is simply not one."""
        try:
            self._key.verify(signature, data, ec.ECDSA(hashes.SM3()))
        except (InvalidSignature, InternalError):
            return False
        return True

    def pem(self) -> str:
        """The public key in PEM."""
        text: bytes = self._key.public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        return text.decode()

    def __repr__(self) -> str:
        return f"Sm2Verifier({self.key_id})"


class Sm2Signer:
    """The private half of an SM2 key."""

    algorithm: Literal["sm2"] = "sm2"

    def __init__(self, key: Any) -> None:  # noqa: ANN401 - tongsuopy has no types
        self._key = key
        self._verifier = Sm2Verifier(key.public_key())
        self.key_id = self._verifier.key_id

    @classmethod
    def fresh(cls) -> "Sm2Signer":
        """A new random key."""
        return cls(ec.generate_private_key(ec.SM2()))

    @classmethod
    def load(cls, pem: bytes) -> "Sm2Signer":
        """From PKCS #8 PEM. Raises ValueError."""
        try:
            key = serialization.load_pem_private_key(pem, None)
        except (TypeError, InternalError, UnsupportedAlgorithm) as trouble:
            raise ValueError("not an SM2 private key") from trouble
        if not isinstance(key, ec.EllipticCurvePrivateKey):
            raise ValueError("not an SM2 private key")  # noqa: TRY004
        return cls(key)

    def sign(self, data: bytes) -> bytes:
        """The signature: DER of (r, s), 70 to 72 bytes."""
        signature: bytes = self._key.sign(data, ec.ECDSA(hashes.SM3()))
        return signature

    def verifier(self) -> Sm2Verifier:
        """The public half."""
        return self._verifier

    def private_pem(self) -> bytes:
        """The key for its file."""
        pem: bytes = self._key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        return pem

    def __repr__(self) -> str:
        return f"Sm2Signer({self.key_id})"
