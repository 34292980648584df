"""Rows per second into the canonical tables, by format, beside the goals. ``python -m bench.ingest [rows]``"""

import json
import os
import platform
import random
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from liuke.data import sources
from liuke.data.sources.contract.parse import read
from liuke.data.sources.files.land import blocks, land
from liuke.data.sources.files.lines import Tally, batches
from liuke.kernel.actor import Actor
from liuke.kernel.bank import Bank, open_bank
from liuke.kernel.settings import Settings

_HEAD = """
contract = "bench_{name}"
title = "基准"
system = "bench_{name}"
[file]
path = "{path}"
format = "{kind}"
{more}
[load]
mode = "append"
[columns]
no = {{ type = "text", pi = "c1", meaning = "流水号", required = true{w0} }}
at = {{ type = "time", format = "{form}", pi = "c1", meaning = "时间"{w1} }}
acct = {{ type = "text", pi = "c2", meaning = "账号"{w2} }}
dc = {{ type = "text", pi = "c2", meaning = "方向"{w3} }}
amount = {{ type = "money", pi = "c2", meaning = "金额"{w4} }}
summary = {{ type = "text", pi = "c2", meaning = "摘要"{w5} }}
[codes.dc]
D = "out"
C = "in"
[[checks]]
rule = "amount > 0"
reason = "金额须大于零"
[[tables]]
table = "transaction"
key = "no"
event_time = "at"
[tables.columns]
account_key = "acct"
direction = {{ from = "dc", codes = "dc" }}
amount = "amount"
currency = "'CNY'"
summary = "summary"
"""
_WIDTHS = (12, 14, 20, 1, 12, 16)
Row = tuple[str, str, str, str, str, str]


def _rows(count: int) -> list[Row]:
    dice = random.Random(7)
    words = ("工资", "餐饮消费", "转账", "水电费", "购物", "利息")
    return [
        (
            f"T{n:011d}",
            f"202610{n % 28 + 1:02d}{n % 24:02d}{n % 60:02d}{n % 60:02d}",
            f"62299{dice.randrange(10**8):014d}",
            "DC"[n % 2],
            f"{dice.randrange(1, 10**7) / 100:.2f}",
            words[n % len(words)],
        )
        for n in range(count)
    ]


def _contract(name: str, path: str, kind: str, more: str, form: str = "yyyymmddHHMMSS") -> str:
    widths = [f", width = {width}" if kind == "fixed" else "" for width in _WIDTHS]
    places = {f"w{number}": width for number, width in enumerate(widths)}
    return _HEAD.format(name=name, path=path, kind=kind, more=more, form=form, **places)


def _csv(rows: list[Row], path: Path) -> None:
    path.write_bytes("".join("|".join(row) + "\n" for row in rows).encode("gbk"))


def _fixed(rows: list[Row], path: Path) -> None:
    fields = [[part.encode("gbk").ljust(width) for part, width in zip(row, _WIDTHS, strict=True)] for row in rows]
    path.write_bytes(b"\n".join(b"".join(row) for row in fields) + b"\n")


def _jsonl(rows: list[Row], path: Path) -> None:
    names = ("no", "at", "acct", "dc", "amount", "summary")
    lines = (json.dumps(dict(zip(names, row, strict=True)), ensure_ascii=False) for row in rows)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _parquet(rows: list[Row], path: Path) -> None:
    names = ("no", "at", "acct", "dc", "amount", "summary")
    pq.write_table(pa.table({name: [row[n] for row in rows] for n, name in enumerate(names)}), path)


_FORMATS: dict[str, tuple[str, str, str, Callable[[list[Row], Path], None]]] = {
    "gbk_csv": ("csv", "dat", 'encoding = "gbk"\ndelimiter = "|"\nquote = ""\nheader = false', _csv),
    "gbk_fixed": ("fixed", "txt", 'encoding = "gbk"', _fixed),
    "jsonl": ("jsonl", "jsonl", "", _jsonl),
    "parquet": ("parquet", "parquet", "", _parquet),
}


def main(count: int) -> None:
    """Print rows a second by format, the transcoding speed, and a reload of the same content."""
    home = Path(tempfile.mkdtemp(prefix="liuke-bench-"))
    home.chmod(0o755)
    try:
        with open_bank(Settings(home=home, _env_file=None)) as bank:  # type: ignore[call-arg]
            print(f"{platform.machine()}, {os.cpu_count()} cores, {count:,} rows a format; goal ≥ 85,000 rows/s")
            rows = _rows(count)
            for name in _FORMATS:
                _measure(bank, name, rows)
            _transcoding(home)
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _measure(bank: Bank, name: str, rows: list[Row]) -> None:
    kind, ending, more, write = _FORMATS[name]
    bank.settings.contracts_dir.mkdir(exist_ok=True)
    bank.settings.sources_dir.mkdir(exist_ok=True)
    path = bank.settings.sources_dir / f"{name}_202610.{ending}"
    write(rows, path)
    text = _contract(name, f"{name}_{{month}}.{ending}", kind, more)
    (bank.settings.contracts_dir / f"{name}.toml").write_text(text, encoding="utf-8")
    for again in (False, True):
        began = time.perf_counter()
        [load] = sources.load_source(bank, Actor.system("bench"), f"bench_{name}", again=again)
        spent = time.perf_counter() - began
        what = "again" if again else f"{path.stat().st_size / 1e6:5.0f} MB"
        print(f"{name:10} {what:8} {spent:6.2f} s  {load.rows_read / spent:10,.0f} rows/s  {load.state}")


def _transcoding(home: Path) -> None:
    contract, _ = read((home / "contracts" / "gbk_csv.toml").read_text(encoding="utf-8"))
    assert contract is not None
    path = home / "sources" / "gbk_csv_202610.dat"
    landed = land(path, home / "raw", text=True)
    began = time.perf_counter()
    for _ in batches(blocks(landed.path, path.name), contract, path.name, Tally()):
        pass
    speed = landed.bytes / 1e6 / (time.perf_counter() - began)
    print(f"GBK to numbered UTF-8 records: {speed:,.0f} MB/s (goal ≥ 80)")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 500_000)
