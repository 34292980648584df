"""Key files: small texts of mode 0600 in one folder, checked when read, never half written.

    liuke-key 1
    use: kek
    version: 3
    secret: <64 hexadecimal digits>
    check: <first 16 hexadecimal digits of the SHA-256 of the lines above>

The folder is made whole in one step (a temporary folder renamed into place), so that a start that is killed, or two
starts at once, never leave some keys without the others.
"""

import os
import secrets
import shutil
import stat
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from liuke.kernel.crypto.digest import digest, same
from liuke.kernel.crypto.model import SECRET_BYTES, KeyFileBroken, KeyFileUnsafe, KeyFolderUnusable, KeyMissing
from liuke.kernel.disk import flush

FORMAT: Final = "liuke-key 1"
SUFFIX: Final = ".key"
FILE_MODE: Final = 0o600
#: Far above the size of a key file: a larger one is something else.
MAX_BYTES: Final = 64 * 1024

_FIELDS: Final = ("use", "version", "secret")


@dataclass(frozen=True, slots=True)
class KeyFile:
    """One key: what it is for, its version and its 32 secret bytes (never printed)."""

    use: str
    version: int
    secret: bytes = field(repr=False)

    @classmethod
    def fresh(cls, use: str, version: int = 1) -> "KeyFile":
        """A new random key."""
        return cls(use, version, secrets.token_bytes(SECRET_BYTES))

    @property
    def fingerprint(self) -> str:
        """Names the key without telling it: 16 hexadecimal digits."""
        return digest(b"liuke/fingerprint" + self.secret).hex()[:16]


def make_folder(folder: Path, files: dict[str, KeyFile]) -> bool:
    """Put all first keys in place in one step; False when the folder already has content (perhaps just now)."""
    if _occupied(folder):
        return False
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(prefix=".keys-", dir=folder.parent))
    except OSError as trouble:
        raise KeyFolderUnusable(folder=folder, reason=trouble.strerror) from trouble
    try:
        for name, key in files.items():
            write_new(draft / name, _text(key))
        draft.rename(folder)
        flush(folder.parent)
    except OSError as trouble:
        shutil.rmtree(draft, ignore_errors=True)
        if _occupied(folder):
            return False
        raise KeyFolderUnusable(folder=folder, reason=trouble.strerror) from trouble
    return True


def read_key(path: Path) -> KeyFile:
    """The key in a file. Raises KeyMissing, KeyFileUnsafe or KeyFileBroken."""
    try:
        text = read_private(path).decode("ascii")
    except UnicodeDecodeError:
        raise KeyFileBroken(path=path, reason="含有无法识别的字符") from None
    return _parse(text, path)


def read_private(path: Path) -> bytes:
    """The bytes of a file that only its owner may read. Raises KeyMissing, KeyFileUnsafe or KeyFileBroken."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    except FileNotFoundError:
        raise KeyMissing(name=path.name, folder=path.parent) from None
    except OSError as trouble:
        raise KeyFolderUnusable(folder=path, reason=trouble.strerror) from trouble
    try:
        _check_private(os.fstat(handle), path)
        return os.read(handle, MAX_BYTES)
    finally:
        os.close(handle)


def check_folder(folder: Path) -> None:
    """Refuse a folder in which others could exchange files. Raises KeyFileUnsafe or KeyFolderUnusable."""
    try:
        mode = stat.S_IMODE(folder.stat().st_mode)
    except OSError as trouble:
        raise KeyFolderUnusable(folder=folder, reason=trouble.strerror) from trouble
    if not folder.is_dir():
        raise KeyFolderUnusable(folder=folder, reason="不是目录")
    if mode & 0o022:
        raise KeyFileUnsafe(path=folder, mode=f"{mode:04o}", wanted="700")


def add_key(path: Path, key: KeyFile) -> bool:
    """Write a further key beside the others; False when a file of this name was there first."""
    return add_private(path, _text(key))


def add_private(path: Path, content: bytes) -> bool:
    """Write a 0600 file whole or not at all; False when the name is taken."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        write_new(draft, content)
        os.link(draft, path)
        flush(path.parent)
    except FileExistsError:
        return False
    except OSError as trouble:
        raise KeyFolderUnusable(folder=path.parent, reason=trouble.strerror) from trouble
    finally:
        draft.unlink(missing_ok=True)
    return True


def write_new(path: Path, content: bytes) -> None:
    """Create a 0600 file with this content and put it on the disk."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, FILE_MODE)
    with os.fdopen(handle, "wb") as file:
        os.fchmod(file.fileno(), FILE_MODE)
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _check_private(state: os.stat_result, path: Path) -> None:
    if not stat.S_ISREG(state.st_mode):
        raise KeyFileBroken(path=path, reason="不是普通文件")
    if state.st_mode & 0o077:
        raise KeyFileUnsafe(path=path, mode=f"{stat.S_IMODE(state.st_mode):04o}", wanted="600")
    if state.st_size > MAX_BYTES:
        raise KeyFileBroken(path=path, reason="文件过大")


def _occupied(folder: Path) -> bool:
    try:
        return folder.is_dir() and any(folder.iterdir())
    except OSError as trouble:
        raise KeyFolderUnusable(folder=folder, reason=trouble.strerror) from trouble


def _text(key: KeyFile) -> bytes:
    lines = f"{FORMAT}\nuse: {key.use}\nversion: {key.version}\nsecret: {key.secret.hex()}\n"
    return f"{lines}check: {_check(lines)}\n".encode("ascii")


def _check(lines: str) -> str:
    return digest(lines.encode("ascii")).hex()[:16]


def _parse(text: str, path: Path) -> KeyFile:
    lines = text.splitlines()
    if not lines or lines[0] != FORMAT:
        raise KeyFileBroken(path=path, reason="不是留客密钥文件")
    if len(lines) != len(_FIELDS) + 2:
        raise KeyFileBroken(path=path, reason="行数不对")
    facts = dict(line.partition(": ")[::2] for line in lines[1:])
    covered = "".join(f"{line}\n" for line in lines[:-1])
    if not same(facts.get("check", "").encode(), _check(covered).encode()):
        raise KeyFileBroken(path=path, reason="校验码不符")
    try:
        key = KeyFile(facts["use"], int(facts["version"]), bytes.fromhex(facts["secret"]))
    except (KeyError, ValueError):
        raise KeyFileBroken(path=path, reason="内容不完整") from None
    if len(key.secret) != SECRET_BYTES or not 1 <= key.version <= 0xFFFF:
        raise KeyFileBroken(path=path, reason="内容不完整")
    return key
