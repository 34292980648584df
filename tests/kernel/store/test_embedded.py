"""The embedded PostgreSQL comes back after every kind of death."""

import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from liuke.kernel.actor import Actor
from liuke.kernel.clock import FixedClock
from liuke.kernel.store.embedded import DatabaseDown, EmbeddedPostgres
from liuke.kernel.store.records import Database


def _kill(folder: Path) -> None:
    pid = int((folder / "postmaster.pid").read_text().split("\n", 1)[0])
    os.kill(pid, signal.SIGKILL)
    for _ in range(100):
        if not Path(f"/proc/{pid}").exists():
            return
        time.sleep(0.05)


def test_a_killed_server_comes_back_with_what_was_committed(tmp_path: Path, machine: Actor) -> None:
    folder = tmp_path / "pg"
    server = EmbeddedPostgres(folder)
    try:
        records = Database(server.start(), clock=FixedClock(datetime(2026, 11, 2, tzinfo=UTC)), role=None)
        with records.write(machine) as tx:
            tx.execute(text("CREATE TABLE cup (number int)"))
            tx.execute(text("INSERT INTO cup VALUES (7)"))
        _kill(folder)
        assert not server.running()
        server.start()
        assert server.running()
        with records.read(machine) as tx:
            assert tx.value(text("SELECT number FROM cup")) == 7
        records.close()
    finally:
        server.stop()


def test_a_stale_pid_file_that_names_a_stranger_does_not_stop_the_start(tmp_path: Path) -> None:
    folder = tmp_path / "pg"
    server = EmbeddedPostgres(folder)
    server.start()
    _kill(folder)
    lines = (folder / "postmaster.pid").read_text().split("\n")
    (folder / "postmaster.pid").write_text("\n".join([str(os.getpid()), *lines[1:]]))
    other = EmbeddedPostgres(folder)
    try:
        assert other.start().startswith("postgresql://")
        assert other.running()
    finally:
        other.stop()
        server.stop()


def test_the_last_to_leave_stops_the_server_even_after_it_was_started_again(tmp_path: Path) -> None:
    folder = tmp_path / "pg"
    first, second = EmbeddedPostgres(folder), EmbeddedPostgres(folder)
    first.start()
    second.start()
    _kill(folder)
    second.start()
    second.stop()
    assert first.running()
    first.stop()
    assert not (folder / "postmaster.pid").exists()


def test_a_holder_that_was_killed_does_not_keep_the_server_running(tmp_path: Path) -> None:
    folder = tmp_path / "pg"
    server = EmbeddedPostgres(folder)
    server.start()
    holds = "import pathlib, sys, time; from liuke.kernel.store.embedded import EmbeddedPostgres as E;"
    holds += "E(pathlib.Path(sys.argv[1])).start(); print('held', flush=True); time.sleep(60)"
    with subprocess.Popen([sys.executable, "-c", holds, str(folder)], stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"held\n"
        other.kill()
    server.stop()
    assert not (folder / "postmaster.pid").exists()


def test_a_process_that_forgets_to_leave_stops_the_server_when_it_ends(tmp_path: Path) -> None:
    forgets = "import pathlib, sys; from liuke.kernel.store.embedded import EmbeddedPostgres as E;"
    forgets += "E(pathlib.Path(sys.argv[1])).start()"
    subprocess.run([sys.executable, "-c", forgets, str(tmp_path / "pg")], check=True)
    assert (tmp_path / "pg/PG_VERSION").exists()
    assert not (tmp_path / "pg/postmaster.pid").exists()


def test_a_folder_that_cannot_be_used_is_said_plainly(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "sleep", lambda _seconds: None)
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    with pytest.raises(DatabaseDown, match="数据库未能启动"):
        EmbeddedPostgres(blocked / "pg").start()
