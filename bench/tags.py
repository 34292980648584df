"""Tags: everything afresh and a day brought forward, over facts as a retail bank of ten million customers has them.

At scale 1: 10 M customers, 500 M rows of a year in the kernel's own layout; then a day with 1 % as many rows. Kinds,
channels, hours and amounts are drawn as the twin bank's files show them. Each measured step runs in a process of its
own, so that its peak memory is its own.
"""

import filecmp
import json
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from itertools import product
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Final, cast

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from bench.figure import Figure
from liuke.data.tags.define.book import bind
from liuke.data.tags.define.read import shipped
from liuke.data.tags.engine.facts import segment
from liuke.data.tags.engine.facts.model import BUCKET, Ints, Kept, Page
from liuke.data.tags.engine.facts.page import load, save, table_folder
from liuke.data.tags.engine.facts.project import Projected, opened
from liuke.data.tags.engine.fast import measure
from liuke.data.tags.engine.model import Task
from liuke.data.tags.model import EPOCH, NO_DAY
from liuke.data.tags.publish import publish
from liuke.data.tags.table import TABLES, Mode, TagTable
from liuke.kernel.bank import Bank
from liuke.kernel.clock import SystemClock
from liuke.kernel.rule import Type

_CUSTOMERS: Final = 10_000_000
_DAY: Final = date(2026, 10, 31)
_DAYS: Final = 365
_MIB: Final = 1024
#: Rows of each table for a customer: 50 in all. The tables of a bank of which a third of customers use the app.
_ROWS: Final = {
    "transaction": 33.0,
    "behaviour": 7.0,
    "interaction": 0.8,
    "touch": 0.6,
    "account": 2.0,
    "holding": 0.5,
    "purchase": 0.5,
    "customer": 1.3,
    "assessment": 0.4,
    "person": 2.0,
    "relation": 0.7,
    "salary": 1.2,
}
#: Bookings by category, direction, channel, account, whether the other side is at another bank; share in 1,000.
_BOOKINGS: Final = (
    ("consume", "out", "wechat", "current", False, 256),
    ("consume", "out", "alipay", "current", False, 212),
    ("transfer", "out", "app", "current", True, 98),
    ("transfer", "in", "app", "current", True, 88),
    ("consume", "out", "pos", "current", False, 68),
    ("consume", "out", "pos", "credit_card", False, 60),
    ("consume", "out", "wechat", "credit_card", False, 40),
    ("consume", "out", "alipay", "credit_card", False, 33),
    ("consume", "out", "app", "current", False, 22),
    ("salary", "in", "auto", "current", False, 22),
    ("withdraw", "out", "atm", "current", False, 17),
    ("interest", "in", "auto", "current", False, 16),
    ("transfer", "in", "auto", "current", False, 16),
    ("card_repay", "in", "auto", "credit_card", False, 11),
    ("card_repay", "out", "auto", "current", False, 11),
    ("deposit", "in", "atm", "current", False, 10),
    ("loan_repay", "out", "auto", "current", False, 6),
    ("fee", "out", "app", "current", False, 3),
    ("wealth_buy", "out", "app", "current", False, 4),
    ("wealth_redeem", "in", "auto", "current", False, 3),
    ("deposit", "in", "counter", "current", False, 2),
    ("transfer", "out", "counter", "current", True, 2),
)
_PAGES: Final = (
    "home",
    "account",
    "transfer",
    "wealth_detail",
    "fund_detail",
    "deposit_detail",
    "rate_compare",
    "card_bill",
)
_EDGES: Final = np.array([100_000, 1_000_000, 5_000_000, 20_000_000, 50_000_000])


@dataclass(frozen=True)
class Shape:
    """How a table's rows are drawn: its facets, and a lottery of facet codes."""

    facets: Mapping[str, list[Any]]
    lottery: Ints


def figures(scale: float) -> Iterator[Figure]:
    """Write the facts, compute all tags afresh, bring them forward by a day, and compare with everything afresh."""
    root = Path(tempfile.mkdtemp(prefix="liuke-bench-tags-"))
    try:
        made = _step("write", root, scale)
        yield Figure("rows of facts written", made["rows"], "rows")
        yield Figure("writing them", made["seconds"], "s")
        full = _step("full", root, scale)
        name = f"{len([tag for tag in shipped() if not tag.ingredient])} tags × {full['customers']:,.0f} customers"
        yield Figure(f"{name}, everything afresh", full["seconds"], "s", goal=180)
        yield Figure("  processor time", full["cpu"], "s")
        yield Figure("  peak memory", full["mib"] / _MIB, "GiB", goal=6)
        added = _step("add", root, scale)
        day = _step("day", root, scale)
        yield Figure(f"a day of {added['rows']:,.0f} rows (1 %) brought forward", day["seconds"], "s", goal=15)
        yield Figure("  processor time", day["cpu"], "s")
        yield Figure("  peak memory", day["mib"] / _MIB, "GiB", goal=6)
        again = _step("again", root, scale)
        yield Figure("columns that differ from everything afresh", again["different"], "files", goal=0)
    finally:
        shutil.rmtree(root, ignore_errors=True)


def _step(name: str, root: Path, scale: float) -> dict[str, float]:
    """Run one step in a process of its own; what it measured."""
    done = subprocess.run(
        [sys.executable, "-m", "bench.tags", name, str(root), str(scale)], check=True, capture_output=True, text=True
    )
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def _write(root: Path, scale: float) -> dict[str, float]:
    """The facts of a year."""
    customers = max(BUCKET, int(_CUSTOMERS * scale))
    today = (_DAY - EPOCH).days
    rng = np.random.default_rng(7)
    kept: dict[str, Kept] = {}
    number, rows = 1, 0
    for name, table in TABLES.items():
        shape = _shape(table)
        folder = table_folder(root / "facts", name)
        parts = []
        for days in _stretches(table, today):
            share = _ROWS[name] * len(days) / _DAYS if table.mode is Mode.EVENT else _ROWS[name]
            draw = _batches(table, shape, rng, customers=customers, days=days, share=share)
            made = segment.write(folder / f"s{number:06d}", number, draw, values=table.stored)
            parts.append(segment.told(made))
            number, rows = number + 1, rows + made.rows
        count = len(next(iter(shape.facets.values())))
        codes = pa.array(np.arange(count), pa.int64())
        pq.write_table(pa.table({**shape.facets, "code": codes}), folder / "facets.parquet")
        kept[name] = Kept(tuple(parts), (), count, "")
    save(root / "facts", Page(number, kept, "bench"))
    return {"rows": rows}


def _add(root: Path, scale: float) -> dict[str, float]:
    """The next day: 1 % as many rows in the tables that grow."""
    customers = max(BUCKET, int(_CUSTOMERS * scale))
    page = load(root / "facts")
    rng = np.random.default_rng(8)
    growing = [name for name, table in TABLES.items() if table.mode is Mode.EVENT]
    wanted = sum(_ROWS.values()) / 100 / sum(_ROWS[name] for name in growing)
    tables, number, rows = dict(page.tables), page.next_number, 0
    for name in growing:
        table, kept = TABLES[name], page.tables[name]
        days = range((_DAY - EPOCH).days + 1, (_DAY - EPOCH).days + 2)
        draw = _batches(table, _shape(table), rng, customers=customers, days=days, share=_ROWS[name] * wanted)
        made = segment.write(table_folder(root / "facts", name) / f"s{number:06d}", number, draw, values=table.stored)
        tables[name] = Kept((*kept.segments, segment.told(made)), kept.files, kept.facets, kept.since)
        number, rows = number + 1, rows + made.rows
    save(root / "facts", Page(number, tables, "bench"))
    return {"rows": rows}


def _stretches(table: TagTable, today: int) -> Iterator[range]:
    """The days of each segment: months for what happened, one stretch for what holds."""
    if table.mode is Mode.STATE:
        yield range(today - 3000, today + 1)
        return
    for first in range(today - _DAYS + 1, today + 1, 31):
        yield range(first, min(first + 31, today + 1))


def _shape(table: TagTable) -> Shape:
    """The facets of a table and how often each is drawn: 65,536 lots."""
    if table.name == "transaction":
        return _booking_shape()
    choices = [_choices(name, field) for name, field in table.facets.items()]
    combos = [combo for place, combo in enumerate(product(*choices)) if place % 7 == 0 or place < 40]
    weights = 1 / np.arange(1, len(combos) + 1)
    lottery = np.random.default_rng(1).choice(len(combos), 65_536, p=weights / weights.sum()).astype(np.uint32)
    return Shape({name: [combo[at] for combo in combos] for at, name in enumerate(table.facets)}, lottery)


def _choices(name: str, field: Any) -> Sequence[Any]:
    if field.type is Type.BOOL:
        return (True, False)
    if field.type is Type.INT:
        return (21, 12, 9, 23)
    return list(field.values) if field.values else _PAGES if name == "page" else ("none", "转账")


def _booking_shape() -> Shape:
    """Bookings by kind and hour; the size of each is drawn later and moves the code by its band."""
    bands = ("b0", "b1", "b2", "b3", "b4", "b5")
    combos = list(product(_BOOKINGS, range(24), bands))
    facets: dict[str, list[Any]] = {
        "direction": [one[1] for one, _, _ in combos],
        "category": [one[0] for one, _, _ in combos],
        "channel": [one[2] for one, _, _ in combos],
        "account_kind": [one[3] for one, _, _ in combos],
        "amount_band": [band for _, _, band in combos],
        "other_bank": [one[4] for one, _, _ in combos],
        "hour": [hour for _, hour, _ in combos],
        "home": [True] * len(combos),
    }
    shares = np.array([one[-1] for one in _BOOKINGS], np.float64)
    hours = np.array([1, 0.5, 0.3, 0.2, 0.2, 0.5, 2, 5, 7, 7, 6, 6, 8, 6, 5, 5, 6, 6, 7, 8, 8, 7, 5, 3])
    weights = (shares[:, None] * hours[None, :]).ravel()
    drawn = np.random.default_rng(1).choice(len(weights), 65_536, p=weights / weights.sum())
    return Shape(facets, (drawn * len(bands)).astype(np.uint32))


def _batches(
    table: TagTable, shape: Shape, rng: np.random.Generator, *, customers: int, days: range, share: float
) -> Iterator[dict[str, Ints]]:
    """Rows by bucket and day."""
    amounts = np.random.default_rng(2).lognormal(9.6, 1.6, 65_536).astype(np.int64) + 100
    for first in range(0, customers, BUCKET):
        size = min(BUCKET, customers - first)
        count = int(size * share)
        if count == 0:
            continue
        day = np.sort(rng.integers(days.start, days.stop, count, np.uint16))
        batch: dict[str, Ints] = {
            "id": (first + rng.integers(1 if first == 0 else 0, size, count)).astype(np.uint32),
            "day": day,
            "known": day if table.mode is Mode.EVENT else np.full(count, (_DAY - EPOCH).days, np.uint16),
            "dead": np.full(count, NO_DAY, np.uint16),
            "facet": shape.lottery[rng.integers(0, 65_536, count, np.uint16)],
        }
        for name in table.stored:
            batch[name] = amounts[rng.integers(0, 65_536, count, np.uint16)]
        if table.name == "transaction":
            batch["facet"] = batch["facet"] + np.searchsorted(_EDGES, batch["amount"], "right").astype(np.uint32)
        yield batch


def _compute(root: Path, day: date, folder: str, *, forward: bool) -> dict[str, float]:
    page = load(root / "facts")
    bank = SimpleNamespace(settings=SimpleNamespace(tables_threads=2), clock=SystemClock())
    task = Task(cast("Bank", bank), cast("Any", None), bind(shipped()), day, root / folder, lambda _f, _p: None)
    projected = Projected(opened(root / "facts", page), page.layout)
    made = publish(task, partial(measure, projected=projected, forward=forward), "kernel")
    return {"customers": made.customers}


def _again(root: Path) -> dict[str, float]:
    """The second day everything afresh; how many columns differ from the day brought forward."""
    day = _DAY + timedelta(days=1)
    _compute(root, day, "afresh", forward=False)
    one, two = (root / folder / (root / folder / str(day)).read_text("utf-8") for folder in ("snapshots", "afresh"))
    names = sorted(path.name for path in two.iterdir() if path.suffix not in {".json", ".state"})
    same = names == sorted(path.name for path in one.iterdir() if path.suffix not in {".json", ".state"})
    unequal = filecmp.cmpfiles(one, two, names, shallow=False)
    return {"different": float(len(unequal[1]) + len(unequal[2])) if same else float(len(names))}


def _main(name: str, root: Path, scale: float) -> dict[str, float]:
    start = time.perf_counter()
    match name:
        case "write":
            found = _write(root, scale)
        case "add":
            found = _add(root, scale)
        case "full":
            found = _compute(root, _DAY, "snapshots", forward=False)
        case "day":
            found = _compute(root, _DAY + timedelta(days=1), "snapshots", forward=True)
        case _:
            found = _again(root)
    spent = resource.getrusage(resource.RUSAGE_SELF)
    cpu = spent.ru_utime + spent.ru_stime
    return found | {"seconds": time.perf_counter() - start, "cpu": cpu, "mib": spent.ru_maxrss / _MIB}


if __name__ == "__main__":
    print(json.dumps(_main(sys.argv[1], Path(sys.argv[2]), float(sys.argv[3]))))
