"""The raw landing: an exact copy of each file, kept under the SHA-256 of its content, before anything reads it."""

import gzip
import hashlib
import os
import uuid
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final

import pyarrow as pa

from liuke.data.sources.model import FileRefused
from liuke.kernel.disk import flush
from liuke.kernel.store.records import DiskFull

#: Bytes read at a time, so that memory stays the same however large the file is.
BLOCK: Final = 4 * 1024 * 1024
#: The longest line of a data file; anything longer is not a data file.
MAX_LINE: Final = 1024 * 1024
#: A packed file may grow to this many times its size, and to this many bytes.
MAX_RATIO: Final = 200
MAX_UNPACKED: Final = 64 * 1024**3
#: Small files compress well without being bombs; the ratio is judged above this size.
_RATIO_FROM: Final = 64 * 1024**2
#: Packed already, so they are kept as they are; everything else is kept compressed.
_AS_IS: Final = (".gz", ".zip", ".xlsx", ".parquet")
#: Errors of the operating system that mean there is no room: no space, file too large, quota.
_NO_ROOM: Final = (28, 27, 122)


@dataclass(frozen=True, slots=True)
class Landed:
    """A raw copy: where it is, the SHA-256 and size of its content."""

    path: Path
    sha256: str
    bytes: int


def land(source: Path, raw: Path, *, text: bool) -> Landed:
    """Copy a file into the raw store, flushed to disk. The same content lands once.

    Raises: FileRefused when a text has a line beyond reason; DiskFull when there is no room, leaving nothing behind.
    """
    raw.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = raw / f"{uuid.uuid4().hex}.draft"
    packed = not source.name.lower().endswith(_AS_IS)
    try:
        with no_room():
            digest, size = _copy(source, draft, packed=packed, lines=text and packed)
            final = raw / digest[:2] / (f"{digest}.zst" if packed else f"{digest}{source.suffix.lower()}")
            final.parent.mkdir(exist_ok=True, mode=0o700)
            draft.chmod(0o600)
            draft.rename(final)
            flush(final.parent)
    finally:
        draft.unlink(missing_ok=True)
    return Landed(final, digest, size)


def landed_path(raw: Path, sha256: str) -> Path | None:
    """The raw copy with this content, if it is there."""
    return next((raw / sha256[:2]).glob(f"{sha256}.*"), None)


def _copy(source: Path, draft: Path, *, packed: bool, lines: bool) -> tuple[str, int]:
    digest = hashlib.sha256()
    size = since = 0
    with source.open("rb") as taken, draft.open("wb") as kept:
        sink: Any = pa.CompressedOutputStream(pa.PythonFile(kept, "w"), "zstd") if packed else kept
        while block := taken.read(BLOCK):
            if lines:
                since = _since_newline(source, block, since)
            digest.update(block)
            size += len(block)
            sink.write(block)
        if packed:
            sink.close()
        if not kept.closed:
            kept.flush()
            os.fsync(kept.fileno())
    if packed:
        with draft.open("rb") as written:
            os.fsync(written.fileno())
    return digest.hexdigest(), size


def _since_newline(source: Path, block: bytes, since: int) -> int:
    """Bytes since the last line ended; a line longer than the limit ends the reading at once."""
    first = block.find(b"\n")
    if since + (len(block) if first < 0 else first) > MAX_LINE:
        raise too_long(source.name)
    return since + len(block) if first < 0 else len(block) - block.rfind(b"\n") - 1


def too_long(name: str, line_no: int = 0) -> FileRefused:
    """The refusal of a file with a line beyond reason."""
    where = f"第 {line_no} 行" if line_no else "其中一行"
    return FileRefused(file=name, reason=f"{where}超过 1 MiB，不像是数据文件。请检查换行符和导出设置后重新提供。")


def truncated(name: str, detail: str) -> FileRefused:
    """The refusal of a file that did not arrive whole."""
    return FileRefused(file=name, reason=f"文件不完整，{detail}。请等传输完成或重新提供。")


@contextmanager
def no_room() -> Iterator[None]:
    """The operating system's and DuckDB's words for a full disk become ours."""
    try:
        yield
    except OSError as fault:
        if fault.errno in _NO_ROOM:
            raise DiskFull from fault
        raise
    except Exception as fault:
        words = str(fault)
        if "No space left" in words or "File too large" in words or "quota exceeded" in words:
            raise DiskFull from fault
        raise


def blocks(landed: Path, name: str) -> Iterator[bytes]:
    """The content of a raw copy, unpacked, in blocks of bounded size.

    Raises: FileRefused when it grows like a bomb, is damaged or does not arrive whole.
    """
    kind = Path(name).suffix.lower()
    with _opened(landed, name, kind) as stream:
        size = landed.stat().st_size
        taken = 0
        while block := _next(stream, name):
            taken += len(block)
            if kind in (".gz", ".zip"):
                refuse_bomb(name, packed=size, unpacked=taken)
            yield block


def refuse_bomb(name: str, *, packed: int, unpacked: int) -> None:
    """Raises FileRefused when a packed file grows beyond the limits."""
    if unpacked > MAX_UNPACKED or (unpacked > _RATIO_FROM and unpacked > packed * MAX_RATIO):
        raise FileRefused(file=name, reason="压缩包解开后大得不合常理，已停止读取。请改为直接提供数据文件。")


def _next(stream: IO[bytes], name: str) -> bytes:
    try:
        return stream.read(BLOCK)
    except EOFError as fault:
        raise truncated(name, "压缩包在中途结束") from fault
    except (zlib.error, gzip.BadGzipFile, zipfile.BadZipFile) as fault:
        raise FileRefused(file=name, reason="压缩包已损坏，无法解开。请重新提供。") from fault


@contextmanager
def _opened(landed: Path, name: str, kind: str) -> Iterator[Any]:
    if landed.suffix == ".zst":
        with pa.input_stream(landed, compression="zstd", buffer_size=BLOCK) as stream:
            yield stream
    elif kind == ".gz":
        with gzip.open(landed, "rb") as stream:
            yield stream
    elif kind == ".zip":
        with _only_member(landed, name) as stream:
            yield stream
    else:
        with landed.open("rb") as stream:
            yield stream


@contextmanager
def _only_member(landed: Path, name: str) -> Iterator[IO[bytes]]:
    try:
        archive = zipfile.ZipFile(landed)
    except zipfile.BadZipFile as fault:
        raise truncated(name, "压缩包的目录读不出来") from fault
    with archive:
        members = [member for member in archive.infolist() if not member.is_dir()]
        if len(members) != 1 or members[0].flag_bits & 1:
            raise FileRefused(file=name, reason="压缩包里须恰好有一个未加密的数据文件。请重新打包。")
        refuse_bomb(name, packed=landed.stat().st_size, unpacked=members[0].file_size)
        with archive.open(members[0]) as stream:
            yield stream
