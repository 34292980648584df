"""Excel sheets as numbered records: cells joined by US, read row by row in bounded memory."""

import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time
from pathlib import Path
from typing import Any, Final

import openpyxl
import pyarrow as pa

from liuke.data.sources.files.land import refuse_bomb, truncated
from liuke.data.sources.files.lines import SCHEMA, US, Tally
from liuke.data.sources.model import FileRefused

_ROWS: Final = 5_000


def header(path: Path, sheet: str, name: str) -> list[str]:
    """The texts of the first row, without empty ones at its end."""
    with _sheet(path, sheet, name) as opened:
        found = [_text(cell) for cell in next(opened.iter_rows(max_row=1, values_only=True), ())]
    while found and not found[-1]:
        found.pop()
    return [one.strip() for one in found]


def rows(path: Path, sheet: str, name: str, tally: Tally, *, width: int, header: bool) -> Iterator[pa.RecordBatch]:
    """The rows of a sheet below its header, numbered as Excel numbers them; empty rows are left out."""
    with _sheet(path, sheet, name) as opened:
        numbers: list[int] = []
        texts: list[str] = []
        first = 2 if header else 1
        for number, row in enumerate(opened.iter_rows(min_row=first, max_col=width, values_only=True), start=first):
            if any(cell is not None for cell in row):
                numbers.append(number)
                texts.append(US.join(map(_text, row)) + US * (width - len(row)))
            if len(numbers) == _ROWS:
                yield _batch(numbers, texts, tally)
                numbers, texts = [], []
        yield _batch(numbers, texts, tally)


def _batch(numbers: list[int], texts: list[str], tally: Tally) -> pa.RecordBatch:
    tally.records += len(numbers)
    return pa.RecordBatch.from_arrays([pa.array(numbers, pa.int64()), pa.array(texts, pa.string())], schema=SCHEMA)


@contextmanager
def _sheet(path: Path, sheet: str, name: str) -> Iterator[Any]:
    _refuse_bomb(path, name)
    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True, keep_links=False)
    except (zipfile.BadZipFile, KeyError, ValueError, OSError) as fault:
        raise truncated(name, "Excel 工作簿打不开") from fault
    try:
        if sheet and sheet not in book.sheetnames:
            there = "、".join(book.sheetnames)
            raise FileRefused(
                file=name, reason=f"没有名为“{sheet}”的工作表(现有:{there})。请检查工作簿或修改数据契约。"
            )
        yield book[sheet] if sheet else book.worksheets[0]
    finally:
        book.close()


def _refuse_bomb(path: Path, name: str) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            unpacked = sum(member.file_size for member in archive.infolist())
    except zipfile.BadZipFile as fault:
        raise truncated(name, "Excel 工作簿打不开") from fault
    refuse_bomb(name, packed=path.stat().st_size, unpacked=unpacked)


def _text(cell: object) -> str:
    """A cell as the text a person sees; whole numbers without a point, dates as ISO."""
    match cell:
        case None:
            return ""
        case str():
            return cell.replace(US, " ")
        case bool():
            return "true" if cell else "false"
        case float() if cell.is_integer() and abs(cell) < 1e15:
            return str(int(cell))
        case datetime() if cell.time() == time():
            return cell.date().isoformat()
        case datetime():
            return cell.isoformat(sep=" ", timespec="seconds")
        case date():
            return cell.isoformat()
        case _:
            return str(cell)
