"""Every format as one relation: numbered rows, their raw text, and one text per column of the contract."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import duckdb
import orjson
import pyarrow as pa

from liuke.data.sources.contract.spec import Contract
from liuke.data.sources.contract.typed import quoted
from liuke.data.sources.files import excel
from liuke.data.sources.files.land import blocks, truncated
from liuke.data.sources.files.lines import RS, SCHEMA, US, Tally, batches, header_line
from liuke.data.sources.model import FileRefused, Format

#: Rows of a JSON lines file whose keys are looked at to find new columns.
_SAMPLE: Final = 20_000
_WITHOUT: Final = "NULL::VARCHAR"


@dataclass(slots=True)
class Feed:
    """A file opened for reading. ``columns`` holds SQL giving each contract column's text over ``relation``."""

    relation: str
    columns: dict[str, str]
    miscounted: str
    miscount: str
    raw: str
    new: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    tally: Tally = field(default_factory=Tally)
    open: Callable[[], Iterator[pa.RecordBatch]] | None = None
    fault: FileRefused | None = None

    def attach(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Make the rows readable (once) as ``landed``."""
        if self.open is not None:
            self.tally.records, self.tally.broken = 0, 0
            reader = pa.RecordBatchReader.from_batches(SCHEMA, self._guarded(self.open()))
            connection.register("landed", reader)

    def _guarded(self, rows: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """The rows; a refusal met on the way is kept, because DuckDB would only pass its words on."""
        try:
            yield from rows
        except FileRefused as fault:
            self.fault = fault
            raise


def open_feed(landed: Path, contract: Contract, name: str) -> Feed:
    """Open a raw copy as its contract says.

    Raises: FileRefused when its form already shows that it is not the agreed file.
    """
    match contract.file.format:
        case Format.PARQUET | Format.SQL:
            feed = _parquet(landed, contract, name)
        case Format.EXCEL:
            feed = _excel(landed, contract, name)
        case Format.JSONL | Format.REST:
            feed = _json(landed, contract, name)
        case _:
            feed = _text(landed, contract, name)
    _refuse_missing(feed, contract, name)
    return feed


def _refuse_missing(feed: Feed, contract: Contract, name: str) -> None:
    keys = " ".join(target.key for target in contract.targets)
    needed = [
        column.name
        for column in contract.columns
        if column.name in feed.missing and (column.required or column.name in keys)
    ]
    if needed:
        raise FileRefused(file=name, reason=f"缺少必需的列 {'、'.join(needed)}。请让来源系统补上,或修改数据契约。")


def _text(landed: Path, contract: Contract, name: str) -> Feed:
    spec = contract.file
    names = [column.name for column in contract.read_columns]
    if spec.header and spec.format is Format.CSV:
        stated = _header(header_line(blocks(landed, name), contract, name), spec.delimiter, spec.quote)
    else:
        stated = names
    mark = US if spec.format is Format.FIXED else spec.delimiter
    tally = Tally()
    raw = "replace(text, chr(31), '')" if spec.format is Format.FIXED else _restored(spec.delimiter)
    what = f"记录长度不是 {sum(column.width for column in contract.read_columns)} 字节"
    feed = _split(names, stated, mark, raw, spec.quote if spec.format is Format.CSV else "")
    feed.miscount = what if spec.format is Format.FIXED else f"列数不是 {len(stated)}"
    feed.tally = tally
    feed.open = lambda: batches(blocks(landed, name), contract, name, tally)
    return feed


def _header(line: str, delimiter: str, quote: str) -> list[str]:
    """Column names of a header line (names hold neither delimiter nor line break)."""
    return [part.strip().strip(quote or " ").strip() for part in line.split(delimiter)]


def _restored(delimiter: str) -> str:
    return f"replace(replace(text, chr(31), {quoted(delimiter)}), chr(30), chr(10))"


def _split(names: Sequence[str], stated: Sequence[str], mark: str, raw: str, quote: str) -> Feed:
    place = {name: number for number, name in enumerate(stated, start=1)}
    return Feed(
        relation=f"SELECT line_no, text, string_split(text, {quoted(mark)}) AS f FROM landed",
        columns={name: _field(place.get(name), mark, quote) for name in names},
        miscounted=f"len(f) <> {len(stated)}",
        miscount=f"列数不是 {len(stated)}",
        raw=raw,
        new=tuple(name for name in stated if name not in names),
        missing=tuple(name for name in names if name not in place),
    )


def _field(place: int | None, mark: str, quote: str) -> str:
    if place is None:
        return _WITHOUT
    text = f"f[{place}]"
    if not quote:
        return text
    inner = f"{text}[2:-2]"
    mended = f"replace({inner}, {quoted(quote * 2)}, {quoted(quote)})"
    mended = f"replace(replace({mended}, chr({ord(US)}), {quoted(mark)}), chr({ord(RS)}), chr(10))"
    return f"CASE WHEN starts_with({text}, {quoted(quote)}) THEN {mended} ELSE {text} END"


def _excel(landed: Path, contract: Contract, name: str) -> Feed:
    spec = contract.file
    names = [column.name for column in contract.read_columns]
    stated = excel.header(landed, spec.sheet, name) if spec.header else names
    feed = _split(names, stated, US, "replace(text, chr(31), ' | ')", "")
    tally = feed.tally
    feed.open = lambda: excel.rows(landed, spec.sheet, name, tally, width=len(stated), header=spec.header)
    return feed


def _json(landed: Path, contract: Contract, name: str) -> Feed:
    names = [column.name for column in contract.read_columns]
    paths = ", ".join(quoted(_path(one)) for one in names)
    tally = Tally()
    found = _keys(landed, name)
    return Feed(
        relation=(
            "SELECT line_no, text, CASE WHEN json_valid(text) AND json_type(text) = 'OBJECT'"
            f" THEN json_extract_string(text, [{paths}]) END AS f FROM landed"
        ),
        columns={one: f"f[{number}]" for number, one in enumerate(names, start=1)},
        miscounted="f IS NULL",
        miscount="不是完整的 JSON 对象",
        raw="text",
        new=tuple(sorted(found - {one.partition(".")[0] for one in names})),
        missing=tuple(one for one in names if found and one.partition(".")[0] not in found),
        tally=tally,
        open=lambda: batches(blocks(landed, name), contract, name, tally),
    )


def _path(name: str) -> str:
    return "$" + "".join(f'."{part}"' for part in name.split("."))


def _keys(landed: Path, name: str) -> set[str]:
    """The keys of the first rows of a JSON lines file."""
    found: set[str] = set()
    block = next(blocks(landed, name), b"")
    for line in block.split(b"\n")[:_SAMPLE]:
        try:
            row = orjson.loads(line)
        except orjson.JSONDecodeError:
            continue
        if isinstance(row, dict):
            found.update(row)
    return found


def _parquet(landed: Path, contract: Contract, name: str) -> Feed:
    from pyarrow import parquet

    try:
        stated: list[str] = parquet.read_schema(landed).names
    except (pa.ArrowInvalid, OSError) as fault:
        raise truncated(name, "Parquet 的结尾读不出来") from fault
    names = [column.name for column in contract.read_columns]
    packed = ", ".join(f"{_name(one)} := {_name(one)}" for one in stated)
    return Feed(
        relation=(
            f"SELECT file_row_number + 1 AS line_no, CAST(to_json(struct_pack({packed})) AS VARCHAR) AS text,"
            f" * EXCLUDE (file_row_number) FROM read_parquet({quoted(str(landed))}, file_row_number = true)"
        ),
        columns={one: f"CAST({_name(one)} AS VARCHAR)" if one in stated else _WITHOUT for one in names},
        miscounted="false",
        miscount="",
        raw="text",
        new=tuple(one for one in stated if one not in names),
        missing=tuple(one for one in names if one not in stated),
        tally=Tally(records=parquet.read_metadata(landed).num_rows),
    )


def _name(column: str) -> str:
    return '"' + column.replace('"', '""') + '"'
