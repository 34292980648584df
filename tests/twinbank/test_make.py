"""The whole bank: the same every time, complete, and stated in the manifest."""

import hashlib
import json
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

import twinbank
from twinbank import layouts
from twinbank.cli import app

DOCS = Path(__file__).parents[2] / "docs" / "twinbank.md"


def digests(root: Path) -> dict[str, str]:
    return {
        str(path.relative_to(root)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(root.rglob("*"))
        if path.is_file()
    }


def test_the_same_arguments_give_byte_identical_files(bank: Path, tmp_path: Path):
    twinbank.make(tmp_path, customers=600, months=4, seed=11)
    assert digests(tmp_path) == digests(bank)


def test_another_seed_gives_another_bank(bank: Path, tmp_path: Path):
    twinbank.make(tmp_path, customers=600, months=1, seed=12)
    name = "sources/core/CUST_20261031.dat"
    assert digests(tmp_path)[name] != digests(bank)[name]


def test_every_file_is_in_the_manifest(bank: Path):
    manifest = json.loads((bank / "manifest.json").read_text(encoding="utf-8"))
    stated = {entry["path"] for entry in manifest["files"]}
    assert stated == set(digests(bank)) - {"manifest.json"}
    assert manifest["first_date"] == "2026-07-01"
    assert manifest["last_date"] == "2026-10-31"


def test_every_layout_has_its_file(bank: Path):
    months = ("202607", "202608", "202609", "202610")
    for name in layouts.SYSTEMS:
        for file in layouts.system(name).files:
            for month in months if "{month}" in file.name else months[:1]:
                assert (bank / "sources" / name / file.name.format(day="20261031", month=month)).is_file()


def test_making_it_again_replaces_what_was_there(tmp_path: Path):
    twinbank.make(tmp_path, customers=100, months=2, seed=1)
    twinbank.make(tmp_path, customers=100, months=1, seed=1)
    assert not list(tmp_path.glob("sources/core/TRAN_202609.dat"))


def test_the_last_data_date_may_be_inside_a_month(tmp_path: Path):
    manifest = twinbank.make(tmp_path, customers=100, months=2, seed=1, until=date(2026, 3, 9))
    assert manifest["last_date"] == "2026-03-09"
    lines = (tmp_path / "sources/core/TRAN_202603.dat").read_bytes().decode("gbk").splitlines()
    days = {line.split("|")[1] for line in lines[:-1]} - {"20260231"}
    assert max(days) <= "20260309"


@pytest.mark.parametrize(("customers", "months"), [(49, 1), (100, 0)])
def test_a_bank_too_small_is_refused(tmp_path: Path, customers: int, months: int):
    with pytest.raises(ValueError, match="customers must be 50 or more"):
        twinbank.make(tmp_path, customers=customers, months=months)


def test_the_documentation_states_the_layouts_as_they_are():
    assert DOCS.read_text(encoding="utf-8") == layouts.render(), "run: twinbank layout > docs/twinbank.md"


def test_the_command_writes_a_bank_and_says_so(tmp_path: Path):
    options = [
        "make",
        "--customers",
        "60",
        "--months",
        "1",
        "--seed",
        "3",
        "--until",
        "2026-05-31",
        "--out",
        str(tmp_path),
    ]
    result = CliRunner().invoke(app, options)
    assert result.exit_code == 0, result.output
    assert "transactions" in result.output
    assert (tmp_path / "sources/core/TRAN_202605.dat").is_file()


def test_the_command_prints_the_layouts():
    assert CliRunner().invoke(app, ["layout"]).output == layouts.render()
