"""A served bank on a bad day: database, worker and server are killed while files are being loaded."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import httpx
import psycopg
import pytest
from sqlalchemy import select

from liuke.app.demo import PASSWORD
from liuke.data import org
from liuke.data.sources.store import load_table
from liuke.kernel.actor import Actor, Role
from liuke.kernel.bank import Bank, open_bank
from liuke.kernel.settings import Settings

_LIUKE = str(Path(sys.executable).with_name("liuke"))
_CONTRACTS = Path(__file__).resolve().parents[2] / "src/liuke/app/demo/twin"


#: Seconds a start may take on a machine that does much else.
_STARTED = 120


class Served:
    """A bank served by ``liuke serve``, and ways to hurt it."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.port = _free_port()
        self.server: subprocess.Popen[str] | None = None

    def start(self, *, port: int | None = None, stderr: int | None = None) -> subprocess.Popen[str]:
        environment = {**os.environ, "LIUKE_HOME": str(self.home), "LIUKE_PORT": str(port or self.port)}
        quiet = {"LIUKE_LOG_LEVEL": "warning"}
        return subprocess.Popen([_LIUKE, "serve"], env=environment | quiet, stderr=stderr, text=True)

    def up(self) -> None:
        """Start the server and wait until it is ready."""
        self.server = self.start()
        _until(lambda: self.status() == 200, seconds=_STARTED)

    def status(self) -> int:
        try:
            return httpx.get(f"http://127.0.0.1:{self.port}/ready", timeout=20).status_code
        except httpx.TransportError:
            return 0

    def sign_in(self) -> httpx.Client:
        url = f"http://127.0.0.1:{self.port}"
        answer = httpx.post(f"{url}/api/session", json={"login": "boss", "password": PASSWORD}, timeout=30)
        assert answer.status_code == 200
        return httpx.Client(base_url=url, cookies=answer.cookies, timeout=30)

    def processes(self) -> dict[str, int]:
        """Ids of PostgreSQL and of the newest process of each kind below the server."""
        assert self.server is not None
        found = {"postgres": int((self.home / "pg/postmaster.pid").read_text().split("\n", 1)[0])}
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit() and _parent(entry) == self.server.pid:
                kinds = {b"work": "worker", b"stream": "stream"}
                found[kinds.get(_command(entry).strip(b"\0").rpartition(b"\0")[2], "web")] = int(entry.name)
        return found

    def rows(self, query: str) -> list[tuple]:
        """Rows of a query by the database's owner."""
        with psycopg.connect(f"postgresql://postgres@/postgres?host={self.home / 'pg'}") as connection:
            return connection.execute(query).fetchall()  # type: ignore[arg-type]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _parent(process: Path) -> int:
    try:
        return int((process / "stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return 0


def _command(process: Path) -> bytes:
    try:
        return (process / "cmdline").read_bytes().rpartition(b"--parent")[0]
    except OSError:
        return b""


def _until(holds: Callable[[], object], *, seconds: float) -> None:
    last = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < last, f"not within {seconds} s"
        time.sleep(0.1)


def _left(processes: Mapping[str, int]) -> set[str]:
    return {kind for kind, pid in processes.items() if not _gone(pid)}


def _gone(pid: int) -> bool:
    stat = Path(f"/proc/{pid}/stat")
    return not stat.exists() or stat.read_text().rpartition(")")[2].split()[0] == "Z"


@pytest.fixture(scope="module")
def served(twin_files: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """An empty bank whose files have all arrived: its worker begins to load them as soon as it is served."""
    home = tmp_path_factory.mktemp("served") / "home"
    shutil.copytree(_CONTRACTS, home / "contracts", ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    (home / "sources").symlink_to(twin_files / "sources", target_is_directory=True)
    with open_bank(Settings(home=home, _env_file=None)) as bank:
        roles = frozenset({Role.COMPLIANCE, Role.DATA_ENGINEER})
        org.create_user(
            bank,
            Actor.system("test"),
            login="boss",
            display="合规",
            staff_no=None,
            roles=roles,
            first_password=PASSWORD,
            must_change=False,
        )
    bank_served = Served(home)
    try:
        bank_served.up()
        yield bank_served
    finally:
        if bank_served.server and bank_served.server.poll() is None:
            bank_served.server.send_signal(signal.SIGTERM)
            bank_served.server.wait(30)


def test_a_killed_database_is_back_within_seconds_and_meanwhile_one_sentence_is_said(served: Served) -> None:
    with served.sign_in() as caller:
        os.kill(served.processes()["postgres"], signal.SIGKILL)
        last = time.monotonic() + 30
        while (answer := caller.get("/api/customers?limit=1")).status_code != 200:
            assert answer.status_code == 503, answer.text
            assert answer.headers["content-type"] == "application/problem+json"
            assert answer.headers["retry-after"] == "2"
            assert "已保存的内容不受影响" in answer.json()["detail"]
            assert time.monotonic() < last
    assert served.status() == 200


def test_a_killed_worker_is_started_again_and_its_run_closed(served: Served) -> None:
    running = "SELECT id FROM job_run WHERE state = 'running' AND started_by = 'system:worker'"
    _until(lambda: served.rows(running), seconds=_STARTED)
    worker, left = served.processes()["worker"], served.rows(running)[0][0]
    os.kill(worker, signal.SIGKILL)
    _until(lambda: served.processes().get("worker", worker) != worker, seconds=30)
    _until(lambda: served.rows(f"SELECT 1 FROM job_run WHERE id = '{left}' AND state = 'failed'"), seconds=_STARTED)


def test_a_killed_server_leaves_no_process_but_the_database_and_starts_again(served: Served) -> None:
    assert served.server is not None
    below = served.processes()
    served.server.kill()
    served.server.wait(10)
    _until(lambda: _left(below) <= {"postgres"}, seconds=30)
    served.up()


def test_a_second_server_on_the_same_home_or_port_is_refused_in_one_sentence(served: Served, tmp_path: Path) -> None:
    other = Served(tmp_path / "home")
    refused = [
        served.start(port=_free_port(), stderr=subprocess.PIPE),
        other.start(port=served.port, stderr=subprocess.PIPE),
    ]
    said = [server.communicate(timeout=_STARTED)[1].strip() for server in refused]
    assert [server.returncode for server in refused] == [1, 1]
    assert f"http://127.0.0.1:{served.port}" in said[0]
    assert f"端口 {served.port} 已被" in said[1]
    assert [text.count("\n") for text in said] == [0, 0]


def test_after_all_that_every_file_is_loaded_once(served: Served, twin: Bank) -> None:
    with twin.read(Actor.system("test")) as tx:
        kept = load_table.c
        wanted = {
            (row["source"], row["file_name"]): (row["state"], row["rows_read"], row["rows_accepted"])
            for row in tx.rows(select(kept.source, kept.file_name, kept.state, kept.rows_read, kept.rows_accepted))
        }
    query = "SELECT source, file_name, state, rows_read, rows_accepted FROM source_load"
    _until(
        lambda: {row[:2] for row in served.rows(query) if row[2] == "published"} >= _loaded(wanted), seconds=_STARTED
    )
    assert {row[:2]: row[2:] for row in served.rows(query)} == wanted


def _loaded(loads: dict[tuple[str, str], tuple[str, int, int]]) -> set[tuple[str, str]]:
    return {name for name, (state, _read, _accepted) in loads.items() if state == "published"}


def test_a_stopped_server_ends_and_leaves_no_process(served: Served) -> None:
    assert served.server is not None
    below = served.processes()
    served.server.terminate()
    assert served.server.wait(60) == 0
    _until(lambda: not _left(below), seconds=30)
