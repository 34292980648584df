"""The worker: runs every capability's jobs, by cadence and when events call for them. Several may run at once."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any, Final

import psycopg
import structlog
from sqlalchemy import func, select, text

from liuke.kernel.actor import Actor
from liuke.kernel.bank import Bank
from liuke.kernel.errors import LiukeError
from liuke.kernel.event import Recorded
from liuke.kernel.job import Job, RunState, run_table, running
from liuke.kernel.store import log

_log = structlog.get_logger("liuke.worker")

#: How long the worker sleeps when nothing wakes it, in seconds.
_TICK_SECONDS: Final = 5.0
#: How soon a sleeping worker notices that it is to stop, in seconds.
_NOTICE_SECONDS: Final = 0.5
#: A run of any process that has not moved for so long is taken for broken.
_STILL: Final = timedelta(minutes=30)
#: A job that failed waits this long, doubled with each failure in a row, before it is tried again.
_PATIENCE: Final = timedelta(seconds=15)
_MAX_PATIENCE: Final = timedelta(minutes=10)


class Worker:
    """Runs ``jobs`` in a bank until it is told to stop."""

    def __init__(self, bank: Bank, jobs: tuple[Job, ...]) -> None:
        self._bank = bank
        self._jobs = jobs
        self._actor = Actor.system("worker")
        self._stop = threading.Event()
        self._failures: dict[str, int] = {}
        self._rests_until: dict[str, datetime] = {}

    def stop(self) -> None:
        """Ask the worker to stop after the job it is at."""
        self._stop.set()

    def serve(self) -> None:
        """Run until stopped. A job's failure is recorded and the next job goes on."""
        self._clear_away()
        for due in _wakes(self._bank, self._stop):
            if due and not self._stop.is_set():
                self.turn()

    def _clear_away(self) -> None:
        """Close what a killed worker left running: whoever holds a job's lock knows that nobody is at it."""
        for job in self._jobs:
            with _only_one(self._bank, self._actor, f"job:{job.name}") as mine:
                if mine:
                    close_broken_runs(self._bank, job=job.name)

    def turn(self) -> int:
        """Run every job that is due or called for, once; returns how many ran."""
        return sum(self._run_if_called(job) for job in self._jobs)

    def _run_if_called(self, job: Job) -> bool:
        rests_until = self._rests_until.get(job.name)
        if rests_until is not None and self._bank.clock.now() < rests_until:
            return False
        try:
            with _only_one(self._bank, self._actor, f"job:{job.name}") as mine:
                if not mine:
                    return False
                last = self._last_called(job)
                if last is None and not self._due(job):
                    return False
                close_broken_runs(self._bank, job=job.name)
                with running(self._bank, self._actor, job=job.name) as progress:
                    job.work(self._bank, self._actor, progress, "")
                if last is not None:
                    self._settle(job, last)
                self._failures.pop(job.name, None)
                return True
        except LiukeError as fault:
            _log.warning("job_failed", job=job.name, code=fault.code)
        except Exception as fault:  # noqa: BLE001  (one job's fault must not end the others; it is recorded in job_run)
            _log.error("job_broke", job=job.name, fault=type(fault).__name__)
        self._let_rest(job)
        return False

    def _let_rest(self, job: Job) -> None:
        failures = self._failures.get(job.name, 0)
        self._failures[job.name] = failures + 1
        self._rests_until[job.name] = self._bank.clock.now() + min(_PATIENCE * 2 ** min(failures, 10), _MAX_PATIENCE)

    def _last_called(self, job: Job) -> Recorded | None:
        """The newest unread event that calls for the job."""
        if not job.after:
            return None
        with self._bank.write(self._actor) as tx:
            txn, seq = log.position(tx.connection, f"job:{job.name}")
            called = log.read_after(tx.connection, txn, seq, kinds=job.after)
        return called[-1] if called else None

    def _settle(self, job: Job, last: Recorded) -> None:
        with self._bank.write(self._actor) as tx:
            log.advance(tx.connection, f"job:{job.name}", last.txn, last.seq, self._bank.clock)

    def _due(self, job: Job) -> bool:
        """Whether a job's cadence has come round since it last started."""
        if job.every is None:
            return False
        newest = select(func.max(run_table.c.started_at)).where(run_table.c.job == job.name)
        with self._bank.read(self._actor) as tx:
            started = tx.value(newest)
        return started is None or self._bank.clock.now() - started >= job.every


@contextmanager
def listening(bank: Bank, listeners: Sequence[Callable[[Bank, threading.Event], None]]) -> Iterator[None]:
    """Run work that never ends beside a block, each in a thread of its own; it is asked to stop when the block ends."""
    stop = threading.Event()
    threads = [threading.Thread(target=listen, args=(bank, stop), daemon=True) for listen in listeners]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join(10)


def close_broken_runs(bank: Bank, *, job: str) -> int:
    """Mark runs whose process died as failed, so that no screen waits for them; returns how many.

    Those are runs of ``job`` by a worker, for whoever holds the job's lock, and any run that has long stood still.
    """
    now, run = bank.clock.now(), run_table.c
    mine = (run.job == job) & (run.started_by == Actor.system("worker").user_id)
    with bank.write(Actor.system("worker")) as tx:
        return tx.execute(
            run_table.update()
            .where(run.state == RunState.RUNNING, mine | (run.moved_at < now - _STILL))
            .values(
                state=RunState.FAILED,
                ended_at=now,
                message="处理进程中断，任务已停止。重新运行即可，已完成的部分不会重复。",
            )
        )


@contextmanager
def _only_one(bank: Bank, actor: Actor, name: str) -> Iterator[bool]:
    """Whether this process alone holds ``name``; the lock ends with the block or the process."""
    with bank.read(actor) as tx:
        yield bool(tx.value(text("SELECT pg_try_advisory_xact_lock(hashtextextended(:name, 0))"), {"name": name}))


def _wakes(bank: Bank, stop: threading.Event) -> Iterator[bool]:
    """Yields when an event was written, and every few seconds anyway; survives a restart of PostgreSQL."""
    while not stop.is_set():
        try:
            with psycopg.connect(bank.records.url, autocommit=True) as listener:
                listener.execute(f"LISTEN {log.CHANNEL}")
                yield True
                while not stop.is_set():
                    _sleep(listener, stop)
                    yield True
        except psycopg.OperationalError:
            stop.wait(1)


def _sleep(listener: psycopg.Connection[Any], stop: threading.Event) -> None:
    """Until an event is told, the worker is to stop, or it has slept long enough."""
    until = time.monotonic() + _TICK_SECONDS
    while not stop.is_set() and time.monotonic() < until:
        for _ in listener.notifies(timeout=min(_NOTICE_SECONDS, _TICK_SECONDS), stop_after=1):
            return
