"""Make a bank: decide who lives in it, run the months, write the eight systems, the truth and the manifest."""

import json
import shutil
from collections.abc import Callable
from datetime import date
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import numpy as np

from twinbank import cards, flows, spending, truth
from twinbank.draw import Ints
from twinbank.layouts import SYSTEMS
from twinbank.sink import Sink
from twinbank.systems import app, callcentre, card, core, core_postings, crm, loan, wealth, wecom
from twinbank.window import dates
from twinbank.world import World, world

UNTIL = date(2026, 10, 31)
Progress = Callable[[str, int, int], None]


def _silent(_step: str, _done: int, _all: int) -> None:
    return None


def make(
    out: Path | str, *, customers: int, months: int, seed: int = 7, until: date = UNTIL, progress: Progress = _silent
) -> dict[str, object]:
    """Write a bank of `customers` customers and `months` months into `out`; returns the manifest.

    The same arguments always give byte-identical files. `out/sources` and `out/truth` are replaced when they are there.
    `progress(step, done, all)` is told what is being done. Raises ValueError when customers < 50 or months < 1.
    """
    if customers < 50 or months < 1:
        raise ValueError("customers must be 50 or more, months 1 or more")
    target = Path(out)
    for part in ("sources", "truth"):
        shutil.rmtree(target / part, ignore_errors=True)
    sink = Sink(target)
    progress("people", 0, months + 2)
    bank = world(size=customers, months=months, seed=seed, until=until)
    posted, debt = _months(bank, sink, progress)
    progress("snapshots", months + 1, months + 2)
    for writer in (core, loan, wealth, app, callcentre, wecom, crm, truth):
        writer.write(bank, sink)
    card.write(bank, sink, debt)
    manifest = _manifest(bank, sink, customers=customers, transactions=posted)
    sink.path("manifest.json").write_text(json.dumps(manifest, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    progress("done", months + 2, months + 2)
    return manifest


def _months(bank: World, sink: Sink, progress: Progress) -> tuple[int, Ints]:
    """Run month after month; returns how many transactions there were and what the cards owe in the end."""
    folk, others, seed = bank.customers, bank.others, bank.seed
    known = flows.joined(list(core_postings.movements(bank)))
    debt = cards.first_debt(bank.cards, folk, bank.window, seed=seed)
    events = app.Writer(bank)
    posted = 0
    for month in bank.window.months:
        progress(month.label, month.number + 1, len(bank.window.months) + 2)
        buys, bills, paid, debt = cards.month(bank.cards, debt, folk, others, month, seed=seed)
        lived = spending.monthly(folk, bank.companies, bank.accounts, others, bank.ledger.home, month, seed=seed)
        caused = flows.joined([flows.between(known, month.first, month.last), paid, lived])
        posted += core_postings.write(bank, sink, month, caused)
        posted += card.write_month(bank, sink, month, buys, bills)
        for writer in (wealth, callcentre, wecom):
            writer.write_month(bank, sink, month)
        events.month(sink, month)
    return posted, debt


def _manifest(bank: World, sink: Sink, *, customers: int, transactions: int) -> dict[str, object]:
    span = bank.window
    first, last = dates(np.array([span.start, span.until])).tolist()
    arguments = {"customers": customers, "months": len(span.months), "seed": bank.seed, "until": last}
    return {
        "bank": "澜江银行",
        "made_by": f"twinbank {_version()}",
        "arguments": arguments,
        "first_date": first,
        "last_date": last,
        "transactions": transactions,
        "records": {name: len(bank.registers[name]) for name in SYSTEMS},
        "files": sink.written,
    }


def _version() -> str:
    try:
        return version("liuke")
    except PackageNotFoundError:
        return "0"
