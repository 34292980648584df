"""Where files go: every file is counted for the manifest, and bad rows are made here and counted by kind."""

import csv
import io
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import orjson

from twinbank.draw import Rng
from twinbank.layouts import File

BAD_SHARE = 0.001
BAD_KEYS = 999_000_000  # nine-digit keys from here on belong to bad rows
Row = tuple[object, ...]


@dataclass(slots=True)
class Sink:
    """The output directory and what was written to it."""

    out: Path
    written: list[dict[str, object]] = field(default_factory=list)
    on_file: Callable[[str], None] = lambda _path: None

    def path(self, name: str) -> Path:
        """A path inside the output directory; its folders are made."""
        path = self.out / name
        path.parent.mkdir(parents=True, exist_ok=True)
        return path

    def note(self, name: str, rows: int, *, bad: dict[str, int] | None = None, sheet: str = "") -> None:
        """Enter a file (or a sheet of it) into the manifest. `rows` includes the bad ones."""
        entry: dict[str, object] = {"path": name, "rows": rows, "bad": bad or {}}
        if sheet:
            entry["sheet"] = sheet
        self.written.append(entry)
        self.on_file(name)

    def write(self, name: str, chunks: Iterable[bytes], rows: int, *, bad: dict[str, int] | None = None) -> None:
        """Write a file of `rows` records."""
        with self.path(name).open("wb") as file:
            file.writelines(chunks)
        self.note(name, rows, bad=bad)


def spoilt(
    rng: Rng, layout: File, rows: list[Row], kinds: dict[str, tuple[str, object]]
) -> tuple[list[Row], dict[str, int]]:
    """`rows` and, added to them, broken copies: kind → (column, wrong value); `duplicate_key` changes nothing."""
    if not rows:
        return rows, {}
    count = max(1, round(len(rows) * BAD_SHARE / len(kinds)))
    names, key = layout.names, layout.names.index(layout.key[0])
    bad: list[Row] = []
    for kind, (column, value) in kinds.items():
        for at in rng.integers(0, len(rows), count).tolist():
            row = list(rows[at])
            if kind != "duplicate_key":
                row[names.index(column)] = value
                row[key] = _unused(row[key], len(bad))
            bad.append(tuple(row))
    return [*rows, *bad], dict.fromkeys(kinds, count)


def _unused(key: object, number: int) -> object:
    """A key of the same form that no good row has: the digits at its end become 99…9 − number."""
    if isinstance(key, int):
        return 10 ** len(str(key)) - 1 - number
    text = str(key)
    stem = text.rstrip("0123456789")
    width = len(text) - len(stem)
    return f"{stem}{10**width - 1 - number:0{width}d}" if width >= 6 else f"{text[:-6]}{999_999 - number}"


def bars(rows: Sequence[Row]) -> bytes:
    """Core's records: GBK, `|` between fields, trailer."""
    body = "".join("|".join(map(str, row)) + "\n" for row in rows)
    return f"{body}#END|{len(rows)}\n".encode("gbk")


def commas(layout: File, rows: Sequence[Row], *, delimiter: str = ",", quote_all: bool = False) -> bytes:
    """CSV with a header line."""
    text = io.StringIO()
    writer = csv.writer(
        text, delimiter=delimiter, quoting=csv.QUOTE_ALL if quote_all else csv.QUOTE_MINIMAL, lineterminator="\n"
    )
    writer.writerow(layout.names)
    writer.writerows(rows)
    return text.getvalue().encode("utf-8")


def json_lines(layout: File, rows: Sequence[Row]) -> bytes:
    """One JSON object a line."""
    names = layout.names
    return b"".join(orjson.dumps(dict(zip(names, row, strict=True))) + b"\n" for row in rows)


def fixed(layout: File, rows: Sequence[Row]) -> bytes:
    """Fixed width in GBK bytes: numbers with leading zeros (a sign first), text with blanks after it; trailer."""
    columns = [(column.width, column.type.startswith("N")) for column in layout.columns]
    lines = [
        b"".join(_cell(value, width, number) for value, (width, number) in zip(row, columns, strict=True))
        for row in rows
    ]
    return b"".join(line + b"\n" for line in lines) + b"TRL%010d\n" % len(rows)


def _cell(value: object, width: int, number: bool) -> bytes:  # noqa: FBT001
    if number:
        return f"{value:0{width}d}".encode()
    raw = str(value).encode("gbk")[:width]
    try:
        raw.decode("gbk")
    except UnicodeDecodeError:
        raw = raw[:-1]
    return raw.ljust(width)
