"""The worker runs what is due or called for, once, and survives what fails."""

import threading
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

import psycopg
import pytest
from sqlalchemy import insert, select

from liuke.app.worker import Worker, close_broken_runs
from liuke.kernel.actor import Actor
from liuke.kernel.bank import Bank
from liuke.kernel.clock import FixedClock
from liuke.kernel.event import Event
from liuke.kernel.ids import new_id
from liuke.kernel.job import Job, Progress, run_table


@dataclass(frozen=True, kw_only=True)
class BellRung(Event):
    kind: ClassVar[str] = "test.bell_rung"


class Bell:
    """Work that counts how often it ran."""

    def __init__(self, *, broken: bool = False) -> None:
        self.rung = 0
        self.broken = broken

    def __call__(self, _bank: Bank, _actor: Actor, progress: Progress, _target: str) -> None:
        self.rung += 1
        progress.at(0.5, "敲钟")
        if self.broken:
            raise RuntimeError("张三 13800001234")


def _runs(bank: Bank, actor: Actor) -> list[tuple[str, str, str]]:
    with bank.read(actor) as tx:
        rows = tx.rows(select(run_table).order_by(run_table.c.started_at, run_table.c.id))
    return [(row["job"], row["state"], row["message"]) for row in rows]


def test_a_job_runs_when_its_cadence_comes_round_and_not_before(bank: Bank, clock: FixedClock) -> None:
    bell = Bell()
    worker = Worker(bank, (Job("ring", "敲钟", bell, every=timedelta(minutes=1)),))
    assert worker.turn() == 1
    assert worker.turn() == 0
    clock.advance(timedelta(seconds=59))
    assert worker.turn() == 0
    clock.advance(timedelta(seconds=1))
    assert worker.turn() == 1
    assert bell.rung == 2


def test_an_event_calls_its_job_once(bank: Bank, machine: Actor) -> None:
    bell = Bell()
    worker = Worker(bank, (Job("ring", "敲钟", bell, after=("test.bell_rung",)),))
    assert worker.turn() == 0
    with bank.write(machine) as tx:
        tx.emit(BellRung(), BellRung())
    assert worker.turn() == 1
    assert worker.turn() == 0


def test_a_failed_job_is_recorded_without_its_text_rests_and_is_called_again(
    bank: Bank, clock: FixedClock, machine: Actor
) -> None:
    bell = Bell(broken=True)
    other = Bell()
    ring = Job("ring", "敲钟", bell, after=("test.bell_rung",))
    worker = Worker(bank, (ring, Job("rest", "休息", other, every=timedelta(days=1))))
    with bank.write(machine) as tx:
        tx.emit(BellRung())
    assert worker.turn() == 1
    assert other.rung == 1
    (_, failed) = sorted(_runs(bank, machine))
    assert failed[:2] == ("ring", "failed")
    assert "13800001234" not in failed[2]
    bell.broken = False
    assert worker.turn() == 0
    clock.advance(timedelta(seconds=15))
    assert worker.turn() == 1


def test_two_workers_never_run_one_job_at_once(bank: Bank) -> None:
    began, go_on = threading.Event(), threading.Event()

    def slow(_bank: Bank, _actor: Actor, _progress: Progress, _target: str) -> None:
        began.set()
        go_on.wait(10)

    jobs = (Job("slow", "慢", slow, every=timedelta(minutes=1)),)
    thread = threading.Thread(target=Worker(bank, jobs).turn)
    thread.start()
    assert began.wait(10)
    assert Worker(bank, jobs).turn() == 0
    go_on.set()
    thread.join()


def _left_running(bank: Bank, machine: Actor, *, job: str, started_by: str) -> None:
    now = bank.clock.now()
    values = {"job": job, "target": "", "state": "running", "fraction": 0.3, "message": "", "started_by": started_by}
    with bank.write(machine) as tx:
        tx.execute(
            insert(run_table).values(id=new_id(bank.clock), started_at=now, moved_at=now, ended_at=None, **values)
        )


def test_a_run_that_stands_still_is_closed(bank: Bank, clock: FixedClock, machine: Actor) -> None:
    _left_running(bank, machine, job="ring", started_by="somebody")
    assert close_broken_runs(bank, job="other") == 0
    clock.advance(timedelta(minutes=31))
    assert close_broken_runs(bank, job="other") == 1
    assert _runs(bank, machine)[0][1] == "failed"


def test_what_a_killed_worker_left_running_is_closed_by_the_next_at_once(bank: Bank, machine: Actor) -> None:
    _left_running(bank, machine, job="ring", started_by="system:worker")
    _left_running(bank, machine, job="ring", started_by="somebody")
    worker = Worker(bank, (Job("ring", "敲钟", Bell(), after=("test.bell_rung",)),))
    thread = threading.Thread(target=worker.serve)
    thread.start()
    try:
        for _ in range(100):
            if ("ring", "failed") in {run[:2] for run in _runs(bank, machine)}:
                break
            threading.Event().wait(0.1)
        assert sorted(run[1] for run in _runs(bank, machine)) == ["failed", "running"]
    finally:
        worker.stop()
        thread.join(10)


def test_a_sleeping_worker_stops_within_a_second(bank: Bank, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("liuke.app.worker._TICK_SECONDS", 60.0)
    worker = Worker(bank, ())
    thread = threading.Thread(target=worker.serve)
    thread.start()
    threading.Event().wait(0.5)
    worker.stop()
    thread.join(2)
    assert not thread.is_alive()


def test_the_worker_goes_on_after_its_connection_was_cut(bank: Bank, machine: Actor) -> None:
    bell = Bell()
    worker = Worker(bank, (Job("ring", "敲钟", bell, after=("test.bell_rung",)),))
    thread = threading.Thread(target=worker.serve)
    thread.start()
    try:
        with psycopg.connect(bank.records.url, autocommit=True) as owner:
            owner.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%'")
        with bank.write(machine) as tx:
            tx.emit(BellRung())
        for _ in range(100):
            if bell.rung:
                break
            threading.Event().wait(0.1)
        assert bell.rung == 1
    finally:
        worker.stop()
        with bank.write(machine) as tx:
            tx.emit(BellRung())
        thread.join(10)


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("liuke.app.worker._TICK_SECONDS", 0.2)
