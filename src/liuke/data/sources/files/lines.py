"""Text files as records: blocks of bytes become batches of numbered lines, in bounded memory, without a loop per row.

A quoted line break becomes the character RS and a quoted delimiter US, so that every record is one line and every field
is found by splitting; fixed-width fields (whose widths are bytes of the file's own encoding) are set apart by US before
the text is decoded, because a Chinese character takes two bytes there.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from liuke.data.sources.contract.spec import Contract
from liuke.data.sources.files.land import MAX_LINE, too_long, truncated
from liuke.data.sources.model import FileRefused, Format

RS: Final = "\x1e"
US: Final = "\x1f"
_NEWLINE: Final = 10
_BOM: Final = b"\xef\xbb\xbf"
_ASCII: Final = bytes(range(128))

SCHEMA: Final[pa.Schema] = pa.schema([pa.field("line_no", pa.int64()), pa.field("text", pa.string())])


@dataclass(slots=True)
class Tally:
    """What a reading of a file found, once it is at its end."""

    records: int = 0
    stated: int | None = None
    broken: int = 0
    judged: bool = False


def batches(content: Iterator[bytes], contract: Contract, name: str, tally: Tally) -> Iterator[pa.RecordBatch]:
    """Numbered records of a text file; header and trailer are taken off and told in ``tally``.

    Raises: FileRefused for a wrong encoding, a line beyond reason, or a file that did not arrive whole.
    """
    spec = contract.file
    first_line = 1
    held: pa.RecordBatch | None = None
    for block, last in _whole_lines(content, contract, name):
        text = _start(block, spec.encoding, name) if first_line == 1 else block
        tally.judged = tally.judged or _judged(text, spec.encoding, name)
        lines = _lines(text, contract, name, first_line, tally, last=last)
        if first_line == 1 and spec.header:
            lines = lines.slice(1)
        first_line += text.count(b"\n") + (not text.endswith(b"\n"))
        if held is not None:
            tally.records += held.num_rows
            yield held
        held = lines
    if held is not None:
        held = _trailed(held, spec.trailer, name, tally)
        tally.records += held.num_rows
        yield held
    if spec.trailer and tally.stated is None:
        raise truncated(name, "没有找到结束行")
    if tally.stated is not None and tally.stated != tally.records:
        raise truncated(name, f"结束行写明 {tally.stated} 行,实际有 {tally.records} 行")


def _whole_lines(content: Iterator[bytes], contract: Contract, name: str) -> Iterator[tuple[bytes, bool]]:
    """Blocks cut where a record ends, each with whether it is the last."""
    rest = b""
    line_no = 1
    before: bytes | None = None
    for block in content:
        joined = rest + block
        cut = _cut(joined, contract)
        if cut == 0 and len(joined) > MAX_LINE:
            raise too_long(name, line_no)
        rest = joined[cut:]
        if cut:
            if before is not None:
                yield before, False
            before = joined[:cut]
            line_no += before.count(b"\n")
    if rest:
        if before is not None:
            yield before, False
        before = rest
    if before is not None:
        yield before, True


def _cut(block: bytes, contract: Contract) -> int:
    """Where the last whole record of a block ends."""
    end = block.rfind(b"\n") + 1
    if not contract.file.multiline or not end:
        return end
    quote = contract.file.quote.encode()
    open_quotes = block.count(quote, 0, end)
    while end and open_quotes % 2:
        before = block.rfind(b"\n", 0, end - 1) + 1
        open_quotes -= block.count(quote, before, end)
        end = before
    return end


def header_line(content: Iterator[bytes], contract: Contract, name: str) -> str:
    """The first record of a text file, without a byte order mark; empty when the file is."""
    for block in content:
        text = _start(block, contract.file.encoding, name).partition(b"\n")[0]
        _judged(text, contract.file.encoding, name)
        return text.decode(contract.file.encoding, errors="replace").rstrip("\r")
    return ""


def _start(block: bytes, encoding: str, name: str) -> bytes:
    """The first block without its byte order mark; a mark of another encoding refuses the file."""
    if block[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise _encoding(name, encoding, "UTF-16")
    if not block.startswith(_BOM):
        return block
    if encoding != "utf-8":
        raise _encoding(name, encoding, "UTF-8")
    return block[len(_BOM) :]


def _judged(block: bytes, encoding: str, name: str) -> bool:
    """Whether the block tells its encoding; one that is plainly another is refused.

    Chinese in GBK is almost never valid UTF-8, while UTF-8 often decodes as GBK into nonsense: UTF-8 is tried first.
    """
    if block.isascii():
        return False
    if encoding == "utf-8":
        broken = block.decode("utf-8", errors="replace").count("�")
        if broken > len(block.translate(None, _ASCII)) // 10 and _decodes(block, "gb18030"):
            raise _encoding(name, encoding, "GBK")
    elif _decodes(block, "utf-8"):
        raise _encoding(name, encoding, "UTF-8")
    return True


def _decodes(block: bytes, encoding: str) -> bool:
    try:
        block.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _encoding(name: str, stated: str, found: str) -> FileRefused:
    reason = f"编码是 {found},而数据契约写的是 {stated.upper()}。请改正契约,或让来源系统按约定的编码导出。"
    return FileRefused(file=name, reason=reason)


def _lines(block: bytes, contract: Contract, name: str, first: int, tally: Tally, *, last: bool) -> pa.RecordBatch:
    """One block as numbered lines."""
    spec = contract.file
    if b"\r" in block:
        block = block.replace(b"\r\n", b"\n")
    if spec.format is Format.FIXED:
        block = _set_apart(block, [column.width for column in contract.read_columns])
    block = _decoded(block, spec.encoding, tally)
    if not block.endswith(b"\n"):
        block += b"\n"
    data = np.frombuffer(block, np.uint8)
    ends = np.flatnonzero(data == _NEWLINE)
    line_no = np.arange(first, first + len(ends))
    if spec.quote and spec.quote.encode() in block:
        data = _unquoted(data, ends, contract, name, first, last=last)
        block = data.tobytes()
        if spec.multiline:
            physical, ends = ends, np.flatnonzero(data == _NEWLINE)
            line_no = first + np.searchsorted(physical, np.concatenate([[0], ends[:-1] + 1]))
    _refuse_long(ends, name, first)
    return _batch(block, ends, line_no)


def _refuse_long(ends: npt.NDArray[np.int64], name: str, first: int) -> None:
    lengths = np.diff(ends, prepend=-1)
    if lengths.size and int(lengths.max()) > MAX_LINE:
        raise too_long(name, first + int(lengths.argmax()))


def _batch(text: bytes, ends: npt.NDArray[np.int64], line_no: npt.NDArray[np.int64]) -> pa.RecordBatch:
    """Arrow strings over the text itself; blank lines are left out."""
    count = len(ends)
    offsets = np.zeros(count + 1, np.int32)
    offsets[1:] = ends - np.arange(count)
    packed = pa.py_buffer(text.translate(None, b"\n"))
    array = pa.Array.from_buffers(pa.string(), count, [None, pa.py_buffer(offsets.tobytes()), packed])
    batch = pa.RecordBatch.from_arrays([pa.array(line_no, pa.int64()), array], schema=SCHEMA)
    filled = np.diff(offsets) > 0
    return batch if filled.all() else batch.filter(pa.array(filled))


def _decoded(block: bytes, encoding: str, tally: Tally) -> bytes:
    """The block in UTF-8; what cannot be decoded becomes U+FFFD and sets its row aside."""
    if block.isascii():
        return block
    try:
        text = block.decode(encoding)
    except UnicodeDecodeError:
        text = block.decode(encoding, errors="replace")
        tally.broken += text.count("�")
    else:
        if encoding == "utf-8":
            return block
    return text.encode()


def _set_apart(block: bytes, widths: list[int]) -> bytes:
    """Fixed-width lines with US between their fields; a line of another length stays whole."""
    if not block.endswith(b"\n"):
        block += b"\n"
    data = np.frombuffer(block, np.uint8)
    ends = np.flatnonzero(data == _NEWLINE)
    length, fields = sum(widths), len(widths)
    starts = np.concatenate([[0], ends[:-1] + 1])
    right = (ends - starts) == length
    if not right.any():
        return block
    place = np.concatenate([np.arange(width) + sum(widths[:i]) + i for i, width in enumerate(widths)])
    rows = np.full((int(right.sum()), length + fields), ord(US), np.uint8)
    rows[:, -1] = _NEWLINE
    rows[:, place] = data[starts[right][:, None] + np.arange(length)]
    if right.all():
        return rows.tobytes()
    whole = iter(rows)
    parts = [
        next(whole).tobytes() if good else block[start : end + 1]
        for good, start, end in zip(right.tolist(), starts.tolist(), ends.tolist(), strict=True)
    ]
    return b"".join(parts)


def _unquoted(
    data: npt.NDArray[np.uint8],
    physical: npt.NDArray[np.int64],
    contract: Contract,
    name: str,
    first: int,
    *,
    last: bool,
) -> npt.NDArray[np.uint8]:
    """The text with delimiters and line breaks inside quotes replaced by US and RS."""
    spec = contract.file
    marks = np.cumsum(data == ord(spec.quote), dtype=np.int32)
    if spec.multiline:
        if marks[-1] % 2:
            if last:
                raise truncated(name, "最后一个引号没有配对")
            raise FileRefused(file=name, reason=f"第 {first} 行之后有引号不配对。请检查导出设置后重新提供。")
        inside = (marks & 1).astype(bool)
    else:
        lengths = np.diff(physical, prepend=-1)
        before = np.repeat(np.concatenate([[0], marks[physical[:-1]]]), lengths)
        inside = ((marks - before) & 1).astype(bool)
    changed = data.copy()
    changed[inside & (data == ord(spec.delimiter))] = ord(US)
    if spec.multiline:
        changed[inside & (data == _NEWLINE)] = ord(RS)
    return changed


def _trailed(batch: pa.RecordBatch, trailer: str, name: str, tally: Tally) -> pa.RecordBatch:
    """The last batch without its trailer line, whose count is told."""
    if not trailer or batch.num_rows == 0:
        return batch
    pattern = re.escape(trailer).replace(re.escape("{rows}"), r"\s*(\d+)\s*")
    found = re.fullmatch(pattern, batch.column(1)[-1].as_py().replace(US, ""))
    if found is None:
        raise truncated(name, "最后一行不是约定的结束行")
    tally.stated = int(found[1])
    return batch.slice(0, batch.num_rows - 1)
