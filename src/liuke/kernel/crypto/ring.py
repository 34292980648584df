"""The key ring: master keys by version, and everything that is done with them."""

import threading
from collections.abc import Iterable, Sequence
from pathlib import Path
from secrets import token_bytes
from typing import Final

from liuke.kernel.crypto.blind import BlindIndex
from liuke.kernel.crypto.digest import HashName, derive
from liuke.kernel.crypto.envelope import (
    HEADER_BYTES,
    NONCE_BYTES,
    Turn,
    bound,
    header,
    nonces,
    opener,
    parse,
    sealer,
    subject_bytes,
    unseal,
)
from liuke.kernel.crypto.keyfile import SUFFIX, KeyFile, add_key, check_folder, make_folder, read_key
from liuke.kernel.crypto.model import (
    ERASED,
    SUBJECT_SECRET_BYTES,
    BlindKind,
    Cipher,
    Erased,
    KeyFileBroken,
    KeyMissing,
    SubjectErased,
    SubjectKey,
    Tampered,
)
from liuke.kernel.crypto.opaque import OpaqueId
from liuke.kernel.crypto.sign import Signer, open_signer

MASTER: Final = "kek"
BLIND: Final = "blind"
CUSTOMER_NUMBER: Final = "customer-number"

#: Where a wrapped subject key lives, inside its associated data.
_WRAP: Final = "subject.key"


class KeyRing:
    """All keys of the bank. Encrypts fields under a subject's key, wraps those keys, makes search values."""

    def __init__(
        self, masters: Iterable[KeyFile], *, blind: KeyFile, number: KeyFile, cipher: Cipher, folder: Path | None = None
    ) -> None:
        self._masters = {key.version: key for key in masters}
        self._folder = folder
        self._lock = threading.Lock()
        self._secrets: dict[tuple[str, Cipher, int], bytes] = {}
        self._blind = BlindIndex(blind.secret, _blind_hash(blind))
        self.cipher = cipher
        self.customer_numbers = OpaqueId(number.secret)

    @classmethod
    def open(cls, folder: Path, *, cipher: str = Cipher.AES) -> "KeyRing":
        """The ring kept in a folder; an absent or empty folder is filled with new keys.

        Raises: KeyFileUnsafe, KeyFileBroken, KeyMissing, KeyFolderUnusable.
        """
        chosen = Cipher(cipher)
        make_folder(folder, _first_keys(chosen))
        check_folder(folder)
        return cls(
            _read_masters(folder),
            blind=_read(folder, BLIND),
            number=_read(folder, CUSTOMER_NUMBER),
            cipher=chosen,
            folder=folder,
        )

    @classmethod
    def fresh(cls, *, cipher: str = Cipher.AES) -> "KeyRing":
        """A ring of new random keys that are kept nowhere: for tests and trials."""
        keys = _first_keys(Cipher(cipher))
        blind, number = keys[BLIND + SUFFIX], keys[CUSTOMER_NUMBER + SUFFIX]
        return cls([keys[_master_name(1)]], blind=blind, number=number, cipher=Cipher(cipher))

    # master keys

    @property
    def current(self) -> int:
        """Version of the master key that wraps new keys."""
        return max(self._masters)

    def fingerprints(self) -> dict[int, str]:
        """Names of the master keys by version, safe to store: tells a wrong key folder from the right one."""
        return {version: key.fingerprint for version, key in sorted(self._masters.items())}

    def rotate(self) -> int:
        """Add a new master key for what is written from now on; returns its version. Old values stay readable."""
        with self._lock:
            while True:
                key = KeyFile.fresh(MASTER, self.current + 1)
                if self._folder is None or add_key(self._folder / _master_name(key.version), key):
                    self._masters = self._masters | {key.version: key}
                    return key.version
                self._masters = {found.version: found for found in _read_masters(self._folder)}

    # subject keys

    def new_subject_key(self, subject: int, *, version: int = 1) -> SubjectKey:
        """A random data key for one subject. A later version replaces a key that may have leaked."""
        return SubjectKey(subject, token_bytes(SUBJECT_SECRET_BYTES), version=version)

    def wrap(self, key: SubjectKey) -> bytes:
        """The key as it is stored: encrypted under the current master key, bound to its subject (82 bytes)."""
        return self.wrap_many((key,))[0]

    def wrap_many(self, keys: Iterable[SubjectKey]) -> list[bytes]:
        """``wrap`` of many."""
        head = header(self.cipher, self.current)
        master, seal, shared = self._secret("wrap", self.cipher, self.current), sealer(self.cipher), bound(head, _WRAP)
        return [
            head + nonce + seal(master, nonce, key.packed(), shared + subject_bytes(key.subject))
            for key, nonce in zip(keys, nonces(), strict=False)
        ]

    def unwrap(self, wrapped: bytes | None, subject: int) -> SubjectKey | Erased:
        """The key of a subject, or Erased where it was destroyed (None). Raises Tampered, KeyMissing."""
        return self.unwrap_many((wrapped,), (subject,))[0]

    def unwrap_many(self, wrapped: Iterable[bytes | None], subjects: Iterable[int]) -> list[SubjectKey | Erased]:
        """``unwrap`` of many: element by element, wrapped keys and subjects of equal length."""
        known: dict[bytes, tuple[bytes, Turn, bytes]] = {}
        keys: list[SubjectKey | Erased] = []
        for value, subject in zip(wrapped, subjects, strict=True):
            if value is None:
                keys.append(ERASED)
                continue
            head = value[:HEADER_BYTES]
            if head not in known:
                cipher, version = parse(value, at=_WRAP)
                known[head] = self._secret("wrap", cipher, version), opener(cipher), bound(head, _WRAP)
            master, turn, shared = known[head]
            packed = unseal(master, value, shared + subject_bytes(subject), turn=turn, at=_WRAP)
            keys.append(SubjectKey.unpacked(subject, packed))
        return keys

    def is_stale(self, wrapped: bytes) -> bool:
        """Whether a wrapped key was made under an older master key or the other cipher."""
        return parse(wrapped, at=_WRAP) != (self.cipher, self.current)

    def rewrap_many(self, wrapped: Sequence[bytes], subjects: Sequence[int]) -> list[bytes]:
        """Wrapped keys brought under the current master key and cipher; fields need no change."""
        keys = self.unwrap_many(wrapped, subjects)
        return self.wrap_many(key for key in keys if isinstance(key, SubjectKey))

    # fields

    def encrypt(self, text: str, *, key: SubjectKey | Erased, at: str) -> bytes:
        """A field's text encrypted for one subject and one place (``table.column``). Raises SubjectErased."""
        if isinstance(key, Erased):
            raise SubjectErased
        head, nonce = header(self.cipher, key.version), token_bytes(NONCE_BYTES)
        associated = bound(head, at) + subject_bytes(key.subject)
        return head + nonce + sealer(self.cipher)(key.secret_for(self.cipher), nonce, text.encode(), associated)

    def encrypt_many(
        self, texts: Iterable[str | None], *, keys: Iterable[SubjectKey | Erased], at: str
    ) -> list[bytes | None]:
        """``encrypt`` of one column, each row under its own key; None stays None. Raises SubjectErased."""
        cipher, seal = self.cipher, sealer(self.cipher)
        values: list[bytes | None] = []
        version, head, place = -1, b"", b""
        for (text, key), nonce in zip(zip(texts, keys, strict=True), nonces(), strict=False):
            if text is None:
                values.append(None)
                continue
            if isinstance(key, Erased):
                raise SubjectErased
            if key.version != version:
                version, head = key.version, header(cipher, key.version)
                place = bound(head, at)
            associated = place + subject_bytes(key.subject)
            values.append(head + nonce + seal(key.secret_for(cipher), nonce, text.encode(), associated))
        return values

    def decrypt(self, value: bytes, *, key: SubjectKey | Erased, at: str) -> str | Erased:
        """The text of a field, or Erased where the subject's key was destroyed. Raises Tampered."""
        if isinstance(key, Erased):
            return key
        cipher, version = parse(value, at=at)
        if version != key.version:
            raise Tampered(at=at)
        associated = bound(value[:HEADER_BYTES], at) + subject_bytes(key.subject)
        return unseal(key.secret_for(cipher), value, associated, turn=opener(cipher), at=at).decode()

    def decrypt_many(
        self, values: Iterable[bytes | None], *, keys: Iterable[SubjectKey | Erased], at: str
    ) -> list[str | Erased | None]:
        """``decrypt`` of one column, each row under its own key; None stays None. Raises Tampered."""
        return [
            None if value is None else self.decrypt(value, key=key, at=at)
            for value, key in zip(values, keys, strict=True)
        ]

    # secrets of the system itself

    def seal(self, text: str, *, at: str, subject: int | str) -> bytes:
        """A secret that belongs to no customer (a user's TOTP seed) encrypted under the current master key."""
        head, nonce = header(self.cipher, self.current), token_bytes(NONCE_BYTES)
        master = self._secret("seal", self.cipher, self.current)
        associated = bound(head, at) + subject_bytes(subject)
        return head + nonce + sealer(self.cipher)(master, nonce, text.encode(), associated)

    def unseal(self, value: bytes, *, at: str, subject: int | str) -> str:
        """The text that ``seal`` hid. Raises Tampered, KeyMissing."""
        cipher, version = parse(value, at=at)
        associated = bound(value[:HEADER_BYTES], at) + subject_bytes(subject)
        return unseal(self._secret("seal", cipher, version), value, associated, turn=opener(cipher), at=at).decode()

    # search and signatures

    def blind(self, kind: BlindKind, text: str) -> bytes:
        """The 16-byte search value of a phone, ID number or name, normalised first. Raises NothingToIndex."""
        return self._blind.one(kind, text)

    def blind_many(self, kind: BlindKind, texts: Iterable[str | None]) -> list[bytes | None]:
        """``blind`` of one column; None where there is nothing to index."""
        return self._blind.many(kind, texts)

    def signer(self) -> Signer:
        """The bank's signing key: SM2 beside SM4, Ed25519 beside AES; made when first asked for."""
        return open_signer(self._folder, "sm2" if self.cipher is Cipher.SM4 else "ed25519")

    def __repr__(self) -> str:
        return f"KeyRing(cipher={self.cipher.value}, current={self.current})"

    def _secret(self, use: str, cipher: Cipher, version: int) -> bytes:
        """The key of one use and cipher under a master key."""
        found = self._secrets.get((use, cipher, version))
        if found is None:
            made = derive(self._master(version).secret, f"{use} {cipher.value}", hash_name=cipher.hash)
            found = self._secrets[use, cipher, version] = made[:16] if cipher is Cipher.SM4 else made
        return found

    def _master(self, version: int) -> KeyFile:
        """A master key; one that another process has added since is looked up in the folder."""
        if version not in self._masters and self._folder is not None:
            with self._lock:
                self._masters = {key.version: key for key in _read_masters(self._folder)}
        if version not in self._masters:
            raise KeyMissing(name=_master_name(version), folder=self._folder or "—")
        return self._masters[version]


def _first_keys(cipher: Cipher) -> dict[str, KeyFile]:
    return {
        _master_name(1): KeyFile.fresh(MASTER),
        BLIND + SUFFIX: KeyFile.fresh(f"{BLIND} {cipher.hash}"),
        CUSTOMER_NUMBER + SUFFIX: KeyFile.fresh(CUSTOMER_NUMBER),
    }


def _master_name(version: int) -> str:
    return f"{MASTER}-{version}{SUFFIX}"


def _read_masters(folder: Path) -> list[KeyFile]:
    names = [path.name for path in folder.glob(f"{MASTER}-*{SUFFIX}")]
    if not names:
        raise KeyMissing(name=_master_name(1), folder=folder)
    keys = [_read(folder, name.removesuffix(SUFFIX), use=MASTER) for name in names]
    for name, key in zip(names, keys, strict=True):
        if name != _master_name(key.version):
            raise KeyFileBroken(path=folder / name, reason="文件名与密钥版本不符")
    return keys


def _read(folder: Path, name: str, *, use: str | None = None) -> KeyFile:
    path = folder / f"{name}{SUFFIX}"
    key = read_key(path)
    if key.use.split(" ")[0] != (use or name):
        raise KeyFileBroken(path=path, reason="用途与文件名不符")
    return key


def _blind_hash(key: KeyFile) -> HashName:
    """The search index keeps the digest it was made with, whatever the cipher is now."""
    return "sm3" if key.use == f"{BLIND} sm3" else "sha256"
