"""A full disk, a killed process, a killed PostgreSQL: nothing accepted is lost, nothing half-loaded is seen."""

import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from tests.data.sources.conftest import TRANSACTIONS, transactions

from liuke.data import sources
from liuke.data.sources import store
from liuke.data.sources.model import LoadState, SourceBusy
from liuke.data.sources.take import ingest
from liuke.kernel.actor import Actor
from liuke.kernel.bank import Bank, attach
from liuke.kernel.clock import SystemClock
from liuke.kernel.errors import Unavailable
from liuke.kernel.settings import Settings
from liuke.kernel.store.embedded import EmbeddedPostgres
from liuke.kernel.store.migrate import migrate
from liuke.kernel.store.records import DiskFull

Put = Callable[..., Any]
MONTHS = ("202605", "202606", "202607", "202608", "202609", "202610")
ROWS = 8_000

_CHILD = """
import sys
from pathlib import Path
from liuke.data import sources
from liuke.kernel.actor import Actor
from liuke.kernel.bank import attach
from liuke.kernel.clock import SystemClock
from liuke.kernel.settings import Settings
bank = attach(Settings(home=Path(sys.argv[1]), pool_size=2, _env_file=None), sys.argv[2], clock=SystemClock())
print("ready", flush=True)
sources.load_source(bank, Actor.system("child"), "core_tran")
bank.records.close()
"""


def month_of_rows(month: str) -> str:
    """A month of transactions, different in each row, hard to compress."""
    dice = random.Random(month)
    lines = [
        f"{month}{n:06d}|{month}{n % 28 + 1:02d}|A{n % 97}|D|{n + 1}.25|{dice.getrandbits(256):x}" for n in range(ROWS)
    ]
    return transactions(*lines)


@contextmanager
def room(size: int) -> Iterator[None]:
    """No file may grow beyond ``size`` bytes: what a full disk does to one process, without root."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_full_disk_at_landing_leaves_nothing_and_the_load_works_later(
    bank: Bank, machine: Actor, contract: Put, arrive: Put, rows: Put
) -> None:
    contract(TRANSACTIONS)
    arrive("core/TRAN_202610.dat", month_of_rows("202610"), "gbk")

    with room(100_000), pytest.raises(DiskFull, match="磁盘空间不足"):
        sources.load_source(bank, machine, "core_tran")

    assert not [path for path in (bank.settings.home / "raw").rglob("*") if path.is_file()]
    assert rows("transaction") == []
    [load] = sources.load_source(bank, machine, "core_tran")
    assert (load.state, len(rows("transaction"))) == (LoadState.PUBLISHED, ROWS)


def test_a_full_disk_at_writing_keeps_the_raw_copy_and_goes_on_from_it(
    bank: Bank, machine: Actor, contract: Put, arrive: Put, rows: Put, monkeypatch: pytest.MonkeyPatch
) -> None:
    contract(TRANSACTIONS)
    path: Path = arrive("core/TRAN_202610.dat", month_of_rows("202610"), "gbk")
    real = ingest.run

    def cramped(*given: Any) -> Any:
        with room(50_000):
            return real(*given)

    monkeypatch.setattr(ingest, "run", cramped)
    with pytest.raises(DiskFull):
        sources.load_source(bank, machine, "core_tran")
    assert rows("transaction") == []
    assert not list(bank.lake.root.rglob("*.draft"))
    path.unlink()

    monkeypatch.setattr(ingest, "run", real)
    [load] = sources.load_source(bank, machine, "core_tran")
    assert (load.state, load.attempts, len(rows("transaction"))) == (LoadState.PUBLISHED, 2, ROWS)


@pytest.mark.slow
def test_a_process_killed_at_any_point_goes_on_to_the_same_end(
    bank: Bank, machine: Actor, contract: Put, arrive: Put, rows: Put
) -> None:
    contract(TRANSACTIONS)
    for month in MONTHS:
        arrive(f"core/TRAN_{month}.dat", month_of_rows(month), "gbk")
    dice = random.Random(20261122)
    command = [sys.executable, "-c", _CHILD, str(bank.settings.home), bank.records.url]
    kills = 0
    while True:
        child = subprocess.Popen(command, stdout=subprocess.PIPE, env=os.environ | {"PYTHONPATH": "src"})
        assert child.stdout is not None
        child.stdout.readline()
        try:
            code = child.wait(timeout=dice.uniform(0.05, 0.6) if kills < 5 else 120)
        except subprocess.TimeoutExpired:
            child.send_signal(signal.SIGKILL)
            child.wait()
            kills += 1
            continue
        finally:
            child.stdout.close()
        break

    assert code == 0
    assert kills >= 3
    found = rows("transaction", present=False)
    assert sorted(row["source_key"] for row in found) == [f"{m}{n:06d}" for m in MONTHS for n in range(ROWS)]
    assert sum(row["amount"] for row in found) == len(MONTHS) * sum((n + 1) * 100 + 25 for n in range(ROWS))
    with bank.read(machine) as tx:
        states = [row["state"] for row in store.page(tx, "core_tran", after=None, limit=100)]
    assert states == [LoadState.PUBLISHED] * len(MONTHS)


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder another user may enter: run by root, PostgreSQL works as a user of its own."""
    folder = Path(tempfile.mkdtemp(prefix="liuke-test-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.mark.slow
def test_a_killed_postgres_costs_a_retry_and_nothing_else(tmp_path: Path, open_folder: Path) -> None:
    server = EmbeddedPostgres(open_folder / "pg")
    url = server.start()
    migrate(url)
    settings = Settings(home=tmp_path / "home", pool_size=4, _env_file=None)
    settings.home.mkdir()
    bank = attach(settings, url, clock=SystemClock())
    machine = Actor.system("test")
    settings.contracts_dir.mkdir(parents=True)
    (settings.contracts_dir / "t.toml").write_text(TRANSACTIONS, encoding="utf-8")
    (settings.sources_dir / "core").mkdir(parents=True)
    for month in MONTHS:
        (settings.sources_dir / "core" / f"TRAN_{month}.dat").write_text(month_of_rows(month), encoding="gbk")

    killer = threading.Thread(target=_kill_and_restart, args=(server, open_folder / "pg"))
    killer.start()
    for _ in range(10):
        try:
            sources.load_source(bank, machine, "core_tran")
            break
        except Unavailable:
            time.sleep(0.5)
    killer.join()
    sources.load_source(bank, machine, "core_tran")

    with bank.read(machine) as tx, bank.lake.connect(tx, sources.CANONICAL["transaction"]) as connection:
        found = connection.execute('SELECT count(*), count(DISTINCT source_key) FROM "transaction"').fetchall()
    bank.records.close()
    server.stop()
    assert found == [(len(MONTHS) * ROWS, len(MONTHS) * ROWS)]


def _kill_and_restart(server: EmbeddedPostgres, folder: Path) -> None:
    time.sleep(0.4)
    pid = int((folder / "postmaster.pid").read_text(encoding="utf-8").split("\n", 1)[0])
    os.kill(pid, signal.SIGKILL)
    time.sleep(0.3)
    server.start()


def test_two_processes_never_run_one_source_at_once(bank: Bank, machine: Actor, contract: Put) -> None:
    contract(TRANSACTIONS)
    with store.sole(bank, "core_tran"), pytest.raises(SourceBusy, match="正在加载"):
        sources.load_source(bank, machine, "core_tran")
    assert sources.load_source(bank, machine, "core_tran") == []


def test_an_attempt_that_was_overtaken_publishes_nothing(
    bank: Bank,
    machine: Actor,
    contract: Put,
    arrive: Put,
    rows: Put,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    contract(TRANSACTIONS)
    arrive("core/TRAN_202610.dat", transactions("T1|20261005|A1|D|12.50|早餐"), "gbk")
    real = store.finish

    def late(tx: Any, load_id: Any, attempts: int, values: Any) -> bool:
        return real(tx, load_id, attempts - 1, values)

    monkeypatch.setattr(store, "finish", late)
    sources.load_source(bank, machine, "core_tran")
    assert rows("transaction") == []
    monkeypatch.setattr(store, "finish", real)
    sources.load_source(bank, machine, "core_tran")
    assert len(rows("transaction")) == 1
