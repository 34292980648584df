"""Each system's files can be read as their layout says, with the rows and bad rows of the manifest."""

import csv
import io
import json
from pathlib import Path

import openpyxl
import pyarrow.parquet as pq
import pytest

from twinbank import layouts


def manifest(bank: Path) -> dict:
    return json.loads((bank / "manifest.json").read_text(encoding="utf-8"))


def entries(bank: Path, system: str) -> list[dict]:
    return [e for e in manifest(bank)["files"] if e["path"].startswith(f"sources/{system}/")]


def layout_of(entry: dict) -> layouts.File:
    _, system, name = entry["path"].split("/")
    return layouts.table(system, entry.get("sheet") or name.split("_")[0])


def test_core_files_are_gbk_with_bars_and_a_trailer_that_counts(bank: Path):
    for entry in entries(bank, "core"):
        lines = (bank / entry["path"]).read_bytes().decode("gbk").split("\n")
        assert lines[-1] == ""
        assert lines[-2] == f"#END|{entry['rows']}"
        rows = [line.split("|") for line in lines[:-2]]
        assert len(rows) == entry["rows"]
        layout = layout_of(entry)
        assert {len(row) for row in rows} <= {len(layout.columns)}, layout.name
        for at, column in enumerate(layout.columns):
            if column.type.startswith(("X", "V")):
                longest = max((len(row[at].encode("gbk")) for row in rows), default=0)
                assert longest <= column.width, column


def test_card_files_are_fixed_width_in_gbk_bytes(bank: Path):
    for entry in entries(bank, "card"):
        *rows, trailer = (bank / entry["path"]).read_bytes().removesuffix(b"\n").split(b"\n")
        layout = layout_of(entry)
        assert trailer == b"TRL%010d" % entry["rows"]
        assert len(rows) == entry["rows"]
        assert {len(row) for row in rows} == {sum(layout.widths.values())}
        for row in rows[:200]:
            at = 0
            for column in layout.columns:
                cell = row[at : at + column.width].decode("gbk")
                assert not column.type.startswith("N") or int(cell) is not None
                at += column.width


def test_loan_and_call_centre_files_are_csv(bank: Path):
    for system, delimiter in (("loan", ","), ("callcentre", ";")):
        for entry in entries(bank, system):
            text = (bank / entry["path"]).read_text(encoding="utf-8-sig")
            head, *rows = csv.reader(io.StringIO(text), delimiter=delimiter)
            assert head == layout_of(entry).names
            assert len(rows) == entry["rows"]
            assert {len(row) for row in rows} <= {len(head)}


def test_tickets_hold_texts_of_several_lines(bank: Path):
    text = (bank / "sources/callcentre/ticket_202609.csv").read_text(encoding="utf-8-sig")
    assert any("\n" in row[-1] for row in csv.reader(io.StringIO(text), delimiter=";"))


def test_app_and_wecom_files_are_json_lines(bank: Path):
    for system in ("app", "wecom"):
        for entry in entries(bank, system):
            rows = [json.loads(line) for line in (bank / entry["path"]).read_bytes().splitlines()]
            assert len(rows) == entry["rows"]
            assert all(list(row) == layout_of(entry).names for row in rows)


def test_wealth_files_are_parquet_with_the_stated_types(bank: Path):
    short = {
        "string": "string",
        "int64": "int64",
        "int32": "int32",
        "date32": "date32[day]",
        "timestamp(s)": "timestamp[s]",
    }
    for entry in entries(bank, "wealth"):
        schema = pq.read_schema(bank / entry["path"])
        layout = layout_of(entry)
        assert schema.names == layout.names
        for column in layout.columns:
            stated = short.get(column.type) or f"decimal128({column.type[8:-1].replace(',', ', ')})"
            stored = str(schema.field(column.name).type)
            assert stored in {stated, stated.replace("[s]", "[ms]")}, (layout.name, column)


def test_the_old_crm_is_one_workbook_of_texts(bank: Path):
    book = openpyxl.load_workbook(bank / "sources/crm/crm_20261031.xlsx", read_only=True)
    for entry in entries(bank, "crm"):
        head, *rows = book[entry["sheet"]].iter_rows(values_only=True)
        assert list(head) == layout_of(entry).names
        assert len(rows) == entry["rows"]
        assert {type(cell) for row in rows for cell in row} <= {str, type(None)}


@pytest.mark.parametrize(
    ("path", "kinds"),
    [
        ("sources/core/TRAN_202609.dat", {"impossible_date", "negative", "duplicate_key"}),
        ("sources/core/ACCT_20261031.dat", {"unknown_product", "impossible_date"}),
        ("sources/card/CARDACCT_20261031.txt", {"negative", "unknown_product", "duplicate_key"}),
        ("sources/wecom/messages_202609.jsonl", {"unknown_party", "duplicate_key"}),
    ],
)
def test_there_are_bad_rows_of_each_kind(bank: Path, path: str, kinds: set[str]):
    (entry,) = (e for e in manifest(bank)["files"] if e["path"] == path)
    assert set(entry["bad"]) == kinds
    assert all(count > 0 for count in entry["bad"].values())


def test_about_one_transaction_in_a_thousand_is_bad(bank: Path):
    for entry in entries(bank, "core"):
        if "TRAN" in entry["path"]:
            assert 0.0005 < sum(entry["bad"].values()) / entry["rows"] < 0.002
