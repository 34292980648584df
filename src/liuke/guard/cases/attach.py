"""Which files a case takes: by size, by ending, and by what they really are."""

import hashlib
import re
from typing import Final, NamedTuple

from liuke.guard.cases.model import AttachmentRefused, AttachmentTooLarge

#: Below the limit of a request's body.
MAX_BYTES: Final = 1_900 * 1024
MAX_FILES: Final = 50
_MAX_NAME: Final = 120

_ZIP: Final = (b"PK\x03\x04",)


class Sort(NamedTuple):
    """A kind of file: its media type and how its content may begin (nothing: plain text)."""

    media_type: str
    begins: tuple[bytes, ...]


SORTS: Final[dict[str, Sort]] = {
    "pdf": Sort("application/pdf", (b"%PDF-",)),
    "png": Sort("image/png", (b"\x89PNG\r\n\x1a\n",)),
    "jpg": Sort("image/jpeg", (b"\xff\xd8\xff",)),
    "jpeg": Sort("image/jpeg", (b"\xff\xd8\xff",)),
    "docx": Sort("application/vnd.openxmlformats-officedocument.wordprocessingml.document", _ZIP),
    "xlsx": Sort("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", _ZIP),
    "wav": Sort("audio/wav", (b"RIFF",)),
    "mp3": Sort("audio/mpeg", (b"ID3", b"\xff\xfb", b"\xff\xf3", b"\xff\xf2")),
    "txt": Sort("text/plain", ()),
    "csv": Sort("text/csv", ()),
}


class Checked(NamedTuple):
    """A file a case takes."""

    name: str
    media_type: str
    sha256: str


def checked(name: str, content: bytes) -> Checked:
    """The file, with a harmless name, its true type and its digest. Raises AttachmentTooLarge, AttachmentRefused."""
    shown = re.sub(r'[\x00-\x1f\x7f/\\:*?"<>|\u202a-\u202e\u2066-\u2069]', "_", name).strip()[-_MAX_NAME:]
    if not content or len(content) > MAX_BYTES:
        raise AttachmentTooLarge(limit=MAX_BYTES // 1024)
    sort = SORTS.get(shown.rpartition(".")[2].lower()) if "." in shown else None
    if sort is None:
        raise AttachmentRefused(name=shown, reason="不是允许的文件类型")
    if not (content.startswith(sort.begins) if sort.begins else _is_text(content)):
        raise AttachmentRefused(name=shown, reason="内容与扩展名不符")
    return Checked(shown, sort.media_type, hashlib.sha256(content).hexdigest())


def _is_text(content: bytes) -> bool:
    if b"\0" in content:
        return False
    for encoding in ("utf-8", "gb18030"):
        try:
            content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return True
    return False
