"""Signatures behind one port: Ed25519, or the Chinese national SM2 with SM3. A hardware module is one more Signer."""

from pathlib import Path
from typing import Literal, Protocol

from liuke.kernel.crypto.ed25519 import Ed25519Signer, Ed25519Verifier
from liuke.kernel.crypto.keyfile import add_private, read_private
from liuke.kernel.crypto.model import KeyFileBroken, KeyTrouble
from liuke.kernel.crypto.sm2 import Sm2Signer, Sm2Verifier

SignatureName = Literal["ed25519", "sm2"]


class Verifier(Protocol):
    """The public half: tells whether a signature belongs to the data."""

    @property
    def algorithm(self) -> SignatureName:
        """Which signature this is."""
        ...

    @property
    def key_id(self) -> str:
        """Name of the key: 32 hexadecimal digits of the digest of the public key (DER)."""
        ...

    def verify(self, data: bytes, signature: bytes) -> bool:
        """Whether the signature was made over exactly this data with this key."""
        ...

    def pem(self) -> str:
        """The public key to hand to others (SubjectPublicKeyInfo, PEM)."""
        ...


class Signer(Protocol):
    """The private half: signs, and gives its verifier. It never shows its key."""

    @property
    def algorithm(self) -> SignatureName:
        """Which signature this is."""
        ...

    @property
    def key_id(self) -> str:
        """The same as its verifier's."""
        ...

    def sign(self, data: bytes) -> bytes:
        """The signature over the data: 64 bytes for Ed25519, DER of (r, s) for SM2."""
        ...

    def verifier(self) -> Verifier:
        """The public half."""
        ...

    def private_pem(self) -> bytes:
        """The key as its file holds it (PKCS #8, PEM)."""
        ...


def new_signer(name: SignatureName) -> Signer:
    """A new key pair, kept nowhere."""
    if name == "sm2":
        return Sm2Signer.fresh()
    return Ed25519Signer.fresh()


def open_signer(folder: Path | None, name: SignatureName) -> Signer:
    """The key in ``folder/sign-<name>.pem``, made when it is not there.

    Raises: KeyFileUnsafe, KeyFileBroken, KeyFolderUnusable.
    """
    if folder is None:
        return new_signer(name)
    path = folder / f"sign-{name}.pem"
    if not path.exists():
        add_private(path, new_signer(name).private_pem())
    return read_signer(path, name)


def read_signer(path: Path, name: SignatureName) -> Signer:
    """The key in a PEM file of mode 0600. Raises KeyMissing, KeyFileUnsafe, KeyFileBroken."""
    pem = read_private(path)
    try:
        if name == "sm2":
            return Sm2Signer.load(pem)
        return Ed25519Signer.load(pem)
    except ValueError:
        raise KeyFileBroken(path=path, reason="不是可用的签名私钥") from None


def verifier(pem: str) -> Verifier:
    """The verifier of a public key in PEM, of either algorithm. Raises KeyTrouble when it is neither."""
    for load in (Ed25519Verifier.load, Sm2Verifier.load):
        try:
            return load(pem.encode())
        except ValueError:
            continue
    raise KeyTrouble(reason="公钥既不是 Ed25519 也不是 SM2")
