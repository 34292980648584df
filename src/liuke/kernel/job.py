"""Long work: what runs, how far it is, and how it ended, so that a screen can show it and a restart can see it."""

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, ClassVar

from sqlalchemy import DateTime, Float, Index, Table, Text, Uuid, insert, update

from liuke.kernel.actor import Actor
from liuke.kernel.errors import LiukeError
from liuke.kernel.event import Event
from liuke.kernel.ids import new_id
from liuke.kernel.store.columns import PiClass, Retention, column, metadata

if TYPE_CHECKING:
    from liuke.kernel.bank import Bank


class RunState(StrEnum):
    """Where a run stands."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


run_table = Table(
    "job_run",
    metadata,
    column("id", Uuid, primary_key=True, pi=PiClass.NONE, keep=Retention.WORK),
    column("job", Text, pi=PiClass.NONE, keep=Retention.WORK),
    column("target", Text, pi=PiClass.NONE, keep=Retention.WORK),
    column("state", Text, pi=PiClass.NONE, keep=Retention.WORK),
    column("fraction", Float, pi=PiClass.NONE, keep=Retention.WORK),
    column("message", Text, pi=PiClass.NONE, keep=Retention.WORK),
    column("started_by", Text, pi=PiClass.C1, keep=Retention.WORK),
    column("started_at", DateTime(timezone=True), pi=PiClass.NONE, keep=Retention.WORK),
    column("moved_at", DateTime(timezone=True), pi=PiClass.NONE, keep=Retention.WORK),
    column("ended_at", DateTime(timezone=True), nullable=True, pi=PiClass.NONE, keep=Retention.WORK),
    Index("ix_job_run_started", "started_at", "id"),
)


@dataclass(frozen=True, kw_only=True)
class JobEnded(Event):
    """A run ended, well or badly."""

    kind: ClassVar[str] = "job.ended"
    run_id: str
    job: str
    target: str
    state: str


class Progress:
    """How far a run is: say so as often as you like, it is written when it changed visibly."""

    def __init__(self, bank: "Bank", run_id: uuid.UUID, actor: Actor) -> None:
        self._bank = bank
        self._actor = actor
        self.run_id = run_id
        self._shown = -1.0

    def at(self, fraction: float, message: str = "") -> None:
        """``fraction`` of the work is done, 0–1; ``message`` is a short Chinese phrase without personal data."""
        if fraction - self._shown < 0.01 and not message:
            return
        self._shown = fraction
        values = {"fraction": min(max(fraction, 0.0), 1.0), "message": message, "moved_at": self._bank.clock.now()}
        with self._bank.write(self._actor) as tx:
            tx.execute(update(run_table).where(run_table.c.id == self.run_id).values(**values))


#: What is done: it receives the bank, who started it, how to report, and its target (a source's name, or empty).
Work = Callable[["Bank", Actor, Progress, str], None]


@dataclass(frozen=True, slots=True)
class Job:
    """Work by name. ``every`` is its cadence when it runs by itself; ``after`` the event kinds that call for it."""

    name: str
    title: str
    work: Work
    every: timedelta | None = None
    after: tuple[str, ...] = ()


@contextmanager
def running(bank: "Bank", actor: Actor, *, job: str, target: str = "") -> Iterator[Progress]:
    """Record a run around a block of work: started, moved, and how it ended."""
    run_id = new_id(bank.clock)
    with bank.write(actor) as tx:
        tx.execute(insert(run_table).values(_started(bank, actor, run_id, job, target)))
    try:
        yield Progress(bank, run_id, actor)
    except BaseException as fault:
        message = fault.message if isinstance(fault, LiukeError) else LiukeError().message
        _end(bank, actor, run_id, RunState.FAILED, message, job, target)
        raise
    _end(bank, actor, run_id, RunState.DONE, "", job, target)


def _started(bank: "Bank", actor: Actor, run_id: uuid.UUID, job: str, target: str) -> dict[str, object]:
    now = bank.clock.now()
    return {
        "id": run_id,
        "job": job,
        "target": target,
        "state": RunState.RUNNING,
        "fraction": 0.0,
        "message": "",
        "started_by": actor.user_id,
        "started_at": now,
        "moved_at": now,
        "ended_at": None,
    }


def _end(bank: "Bank", actor: Actor, run_id: uuid.UUID, state: RunState, message: str, job: str, target: str) -> None:
    now = bank.clock.now()
    values: dict[str, object] = {"state": state, "moved_at": now, "ended_at": now}
    if state is RunState.DONE:
        values["fraction"] = 1.0
    if message:
        values["message"] = message
    with bank.write(actor) as tx:
        tx.execute(update(run_table).where(run_table.c.id == run_id).values(**values))
        tx.emit(JobEnded(run_id=str(run_id), job=job, target=target, state=state))
