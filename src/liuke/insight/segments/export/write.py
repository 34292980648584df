"""Files of exports. Every line carries the number of the export, so that any excerpt can be traced to who took it."""

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
import xlsxwriter
from numpy.typing import NDArray

from liuke.insight.segments.export.model import ExportFormat

#: What a sheet program would take for a formula.
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
_TIERS: Final = {"mass": "大众", "affluent": "富裕", "hnw": "高净值", "rising": "潜力"}
HEADINGS: Final = ("客户号", "姓名", "客户层级", "管理资产(元)", "月日均资产(元)", "网点", "客户经理", "数据日期")
TRACE: Final = "导出编号"


def numbers(spelled: NDArray[np.uint8], *, trace: str, mark: str, format_: ExportFormat) -> bytes:
    """A file of customer numbers. spelled: (n, letters) ASCII codes."""
    if format_ is ExportFormat.CSV:
        tail = np.frombuffer(f",{trace}\r\n".encode(), np.uint8)
        lines = np.hstack([spelled, np.broadcast_to(tail, (len(spelled), len(tail)))])
        return f"\ufeff{HEADINGS[0]},{TRACE}\r\n".encode() + lines.tobytes()
    text, width = spelled.tobytes().decode("ascii"), spelled.shape[1]
    named = [(text[start : start + width],) for start in range(0, len(text), width)]
    return _sheet((HEADINGS[0],), named, trace=trace, mark=mark)


def listing(rows: Sequence[Mapping[str, Any]], *, trace: str, mark: str, format_: ExportFormat) -> bytes:
    """A file of customers with what the asker's role may read."""
    lines = [_line(row) for row in rows]
    if format_ is ExportFormat.XLSX:
        return _sheet(HEADINGS, lines, trace=trace, mark=mark)
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow((*HEADINGS, TRACE))
    writer.writerows((*(_plain(cell) for cell in line), trace) for line in lines)
    return ("\ufeff" + out.getvalue()).encode()


def _line(row: Mapping[str, Any]) -> tuple[Any, ...]:
    return (
        row["customer_no"],
        row["name"],
        _TIERS.get(row["tier"], row["tier"]),
        row["aum"] / 100,
        row["aum_mavg"] / 100,
        row["branch_name"],
        row["rm_name"],
        row["as_of"].isoformat(),
    )


def _plain(cell: object) -> object:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell


def _sheet(headings: Sequence[str], lines: Sequence[Sequence[Any]], *, trace: str, mark: str) -> bytes:
    """A sheet with the mark above its table and on every printed page."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(
        out, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    ) as book:
        sheet = book.add_worksheet("客群名单")
        bold = book.add_format({"bold": True, "bg_color": "#E8EEF6"})
        grey = book.add_format({"font_color": "#8C8C8C", "italic": True})
        money = book.add_format({"num_format": "#,##0.00"})
        sheet.set_header(f"&C{mark.replace('&', '&&')}")
        sheet.set_footer(f"&C{trace} 第 &P 页，共 &N 页")
        sheet.set_column(0, len(headings), 18)
        sheet.write_string(0, 0, mark, grey)
        for place, heading in enumerate((*headings, TRACE)):
            sheet.write_string(1, place, heading, bold)
        sheet.freeze_panes(2, 0)
        for number, line in enumerate(lines, start=2):
            for place, cell in enumerate(line):
                if isinstance(cell, str):
                    sheet.write_string(number, place, cell)
                else:
                    sheet.write_number(number, place, cell, money)
            sheet.write_string(number, len(line), trace, grey)
    return out.getvalue()
