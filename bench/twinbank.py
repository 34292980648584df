"""The twin bank: how fast it is made, and how much of everyday life is in it."""

import tempfile
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import twinbank
from bench.figure import Figure, show
from twinbank import cards, flows, spending
from twinbank.sink import Sink
from twinbank.systems import card, core_postings
from twinbank.world import world

CUSTOMERS, MONTHS = 20_000, 12


def figures(scale: float) -> Iterator[Figure]:
    """Time to make 20,000 customers × 12 months, transactions a second, party records for identity resolution."""
    size = max(200, int(CUSTOMERS * scale))
    with tempfile.TemporaryDirectory() as folder:
        rate, cpu_rate = _transactions(Path(folder), size)
    yield Figure("transactions made and written", rate, "/s", 1_000_000, at_least=True)
    yield Figure("transactions made and written, by processor time", cpu_rate, "/CPU s")
    with tempfile.TemporaryDirectory() as folder:
        began, cpu = time.perf_counter(), time.process_time()
        manifest = twinbank.make(folder, customers=size, months=MONTHS, seed=7)
        seconds, cpu_seconds = time.perf_counter() - began, time.process_time() - cpu
        written = sum(path.stat().st_size for path in Path(folder).rglob("*") if path.is_file())
    transactions = manifest["transactions"]
    assert isinstance(transactions, int)
    yield Figure(f"a whole bank of {size:,} customers × {MONTHS} months", seconds, "s", 15.0 * max(scale, 0.1))
    yield Figure("  of which processor time", cpu_seconds, "CPU s")
    yield Figure("  written", written / 1e6, "MB")
    yield Figure("transactions of a customer in a month", transactions / size / MONTHS, "")
    records = max(10_000, int(1_000_000 * scale))
    began = time.perf_counter()
    twinbank.population(records, seed=7)
    yield Figure(f"{records:,} party records", time.perf_counter() - began, "s", 20.0 * max(scale, 0.1))


def _transactions(folder: Path, size: int) -> tuple[float, float]:
    """Core and card transactions of a ready population, a second of the clock and of the processors."""
    bank = world(size=size, months=MONTHS, seed=7, until=date(2026, 10, 31))
    sink, folk, seed = Sink(folder), bank.customers, bank.seed
    began, cpu, done = time.perf_counter(), time.process_time(), 0
    known = flows.joined(list(core_postings.movements(bank)))
    debt = cards.first_debt(bank.cards, folk, bank.window, seed=seed)
    for month in bank.window.months:
        buys, bills, paid, debt = cards.month(bank.cards, debt, folk, bank.others, month, seed=seed)
        lived = spending.monthly(folk, bank.companies, bank.accounts, bank.others, bank.ledger.home, month, seed=seed)
        caused = flows.joined([flows.between(known, month.first, month.last), paid, lived])
        done += core_postings.write(bank, sink, month, caused) + card.write_month(bank, sink, month, buys, bills)
    return done / (time.perf_counter() - began), done / (time.process_time() - cpu)


if __name__ == "__main__":
    show("twinbank", figures(1.0))
