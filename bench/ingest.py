"""Rows per second into the canonical tables, by format, and a whole bank's sources."""

import json
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from bench.figure import Figure
from liuke.data import sources
from liuke.data.sources.contract.parse import read
from liuke.data.sources.files.land import blocks, land
from liuke.data.sources.files.lines import Tally, batches
from liuke.kernel.actor import Actor
from liuke.kernel.bank import Bank, open_bank
from liuke.kernel.settings import Settings

ROWS = 500_000
#: The whole bank's 5.5 million transactions and a million other rows in a minute ask for this much of each format.
GOAL_ROWS = 85_000.0
GOAL_SECONDS = 60.0
CONTRACTS = Path(__file__).resolve().parents[1] / "src" / "liuke" / "app" / "demo" / "twin"

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


def figures(scale: float) -> Iterator[Figure]:
    """Rows a second by format, transcoding, and the whole twin bank of 20,000 customers × 12 months."""
    home = Path(tempfile.mkdtemp(prefix="liuke-bench-"))
    home.chmod(0o755)
    try:
        with open_bank(Settings(home=home / "formats", _env_file=None)) as bank:  # type: ignore[call-arg]
            rows = _rows(max(1000, int(ROWS * scale)))
            for name in _FORMATS:
                yield from _format(bank, name, rows)
            yield _transcoding(bank.settings.home)
        yield from _twin(home, customers=max(200, int(20_000 * scale)))
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _format(bank: Bank, name: str, rows: list[Row]) -> Iterator[Figure]:
    kind, ending, more, write = _FORMATS[name]
    bank.settings.contracts_dir.mkdir(exist_ok=True)
    bank.settings.sources_dir.mkdir(exist_ok=True)
    write(rows, bank.settings.sources_dir / f"{name}_202610.{ending}")
    text = _contract(name, f"{name}_{{month}}.{ending}", kind, more)
    (bank.settings.contracts_dir / f"{name}.toml").write_text(text, encoding="utf-8")
    for again in (False, True):
        began = time.perf_counter()
        [load] = sources.load_source(bank, Actor.system("bench"), f"bench_{name}", again=again)
        speed = load.rows_read / (time.perf_counter() - began)
        goal = None if again else GOAL_ROWS
        yield Figure(f"{name}, {'the same again' if again else 'first load'}", speed, "rows/s", goal, at_least=True)


def _transcoding(home: Path) -> Figure:
    contract, _ = read((home / "contracts" / "gbk_csv.toml").read_text(encoding="utf-8"))
    assert contract is not None
    path = home / "sources" / "gbk_csv_202610.dat"
    landed = land(path, home / "raw", text=True)
    began = time.perf_counter()
    for _ in batches(blocks(landed.path, path.name), contract, path.name, Tally()):
        pass
    speed = landed.bytes / 1e6 / (time.perf_counter() - began)
    return Figure("GBK to numbered UTF-8 records", speed, "MB/s", 80, at_least=True)


def _twin(home: Path, *, customers: int) -> Iterator[Figure]:
    """All sources of a twin bank; the bank is made by its own command."""
    command = [str(Path(sys.executable).with_name("twinbank")), "make", "--customers", str(customers)]
    subprocess.run(
        [*command, "--months", "12", "--seed", "7", "--out", str(home / "twin")], check=True, capture_output=True
    )
    with open_bank(Settings(home=home / "bank", _env_file=None)) as bank:  # type: ignore[call-arg]
        shutil.copytree(CONTRACTS, bank.settings.contracts_dir)
        bank.settings.sources_dir.symlink_to(home / "twin" / "sources", target_is_directory=True)
        began = time.perf_counter()
        loads = sources.load_all(bank, Actor.system("bench"))
        spent = time.perf_counter() - began
        began = time.perf_counter()
        sources.load_all(bank, Actor.system("bench"))
    read_rows = sum(load.rows_read for load in loads)
    yield Figure(f"twin bank of {customers:,} customers, {read_rows:,} rows", spent, "s", GOAL_SECONDS)
    yield Figure("twin bank, nothing new", time.perf_counter() - began, "s")
