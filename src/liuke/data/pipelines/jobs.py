"""Derived tables as background work: after loads and by cadence, each after what it is made from."""

from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final

import structlog
from sqlalchemy import RowMapping

from liuke.data import sources
from liuke.data.pipelines import graph, store
from liuke.data.pipelines.build.run import Wanted, bring
from liuke.data.pipelines.define import edit
from liuke.data.pipelines.define.read import read
from liuke.data.pipelines.model import PipelineBusy, PipelineRunState, PipelineState, Run
from liuke.kernel.actor import Actor
from liuke.kernel.bank import Bank
from liuke.kernel.errors import LiukeError, Unavailable
from liuke.kernel.job import Job, Progress

_log = structlog.get_logger("liuke.pipelines")


def run_due(bank: Bank, actor: Actor, progress: Progress, _target: str = "") -> None:
    """Take in text files and bring every live table that is due up to date, in order; one's fault is its own.

    What failed is not tried again until its inputs or its definition change.
    """
    edit.take_in(bank, actor)
    with bank.read(actor) as tx:
        order = graph.ordered({name: row["inputs"] for name, row in store.working(tx).items()})
    for number, name in enumerate(order):
        if not _due(bank, actor, name):
            continue
        try:
            bring(bank, actor, name, Wanted(), report=partial(_told, progress, number, len(order)))
        except PipelineBusy:
            continue
        except Unavailable:
            raise
        except LiukeError as fault:
            _log.warning("pipeline_failed", table=name, code=fault.code)


def _told(progress: Progress, at: int, all_: int, fraction: float, said: str) -> None:
    progress.at((at + fraction) / all_, said)


def _due(bank: Bank, actor: Actor, name: str) -> bool:
    with bank.read(actor) as tx:
        record = store.pipeline(tx, name)
        last = store.last_runs(tx).get(name)
        kept = store.version(tx, name, record["live_version"]) if record and record["live_version"] else None
        if record is None or kept is None or record["state"] != PipelineState.LIVE:
            return False
        one = read(kept["text"])[0]
        files = {table: set(map(str, found)) for table, found in store.files(tx, kept["inputs"]).items()}
        failed = _tried(tx, last, record, files)
    if one is None or failed:
        return False
    if record["built_version"] != record["live_version"] or (last and last.state is PipelineRunState.RUNNING):
        return True
    ripe = bool(one.cadence) and _passed(last, sources.cadence_of(one.cadence), bank.clock.now())
    return (one.on_commit or ripe) and any(found != set(record["consumed"].get(t, ())) for t, found in files.items())


def _tried(tx: Any, last: Run | None, record: RowMapping, files: dict[str, set[str]]) -> bool:  # noqa: ANN401
    """Whether the last run failed over the same files with the same version. A blocked one is always tried again."""
    if (
        last is None
        or last.state not in (PipelineRunState.REJECTED, PipelineRunState.FAILED)
        or last.version != record["live_version"]
    ):
        return False
    read_then = store.inputs_of(tx, last.id)
    return {table: set(numbers) for table, numbers in read_then.items()} == files


def _passed(last: Run | None, cadence: timedelta, now: datetime) -> bool:
    return last is None or now - last.started_at >= cadence


JOBS: Final = (
    Job(
        "pipelines",
        "更新加工表",
        run_due,
        every=timedelta(minutes=1),
        after=("source.loaded", "pipeline.stated"),
    ),
)
