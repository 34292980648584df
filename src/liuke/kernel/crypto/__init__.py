"""The key room: nothing that names a person lies readable in the database, and a person can be erased for good.

Answers: how a phone or ID number is stored, searched and forgotten; how a record is proved to be ours.

- ``KeyRing`` holds the master keys (files of mode 0600 under ``LIUKE_HOME/keys``). Each customer has a data key of its
  own (``SubjectKey``), stored wrapped under a master key; fields are encrypted under it with AES-256-GCM or SM4-GCM
  (``LIUKE_CIPHER``), bound to their ``table.column`` and customer. Destroying the wrapped key erases the customer:
  every later read gives ``Erased``, shown as 已删除.
- Search on encrypted fields goes by ``blind``: a keyed digest of the normalised text, apart for each ``BlindKind``.
- ``OpaqueId`` gives the public customer numbers, ``Signer`` and ``Verifier`` are Ed25519 or SM2 signatures.

Reads: key files. Emits: nothing. It does not know tables, and it does not decide who may see what.
"""

from liuke.kernel.crypto.digest import digest
from liuke.kernel.crypto.model import BlindKind, Cipher, Erased, KeyTrouble, SubjectKey, Tampered
from liuke.kernel.crypto.opaque import OpaqueId
from liuke.kernel.crypto.ring import KeyRing
from liuke.kernel.crypto.sign import Signer, Verifier, verifier

__all__ = [
    "BlindKind",
    "Cipher",
    "Erased",
    "KeyRing",
    "KeyTrouble",
    "OpaqueId",
    "Signer",
    "SubjectKey",
    "Tampered",
    "Verifier",
    "digest",
    "verifier",
]
