"""The scheduler of sources: once a minute, every source whose cadence is due."""

from datetime import datetime, timedelta
from typing import Final

from liuke.data.sources import store
from liuke.data.sources.contract import folder
from liuke.data.sources.contract.folder import Known
from liuke.data.sources.model import LoadState, SourceBusy
from liuke.data.sources.take.ingest import load_source
from liuke.kernel.actor import Actor
from liuke.kernel.bank import Bank
from liuke.kernel.errors import LiukeError, Unavailable
from liuke.kernel.job import Job, Progress


def load_due(bank: Bank, actor: Actor, progress: Progress, _target: str = "") -> None:
    """Take in every source that is due; one held by another process is left to it, a fault stops its own source only.

    Raises: at the end, the first fault met.
    """
    due = _due(bank, actor)
    faults: list[LiukeError] = []
    for number, source in enumerate(due):
        progress.at(number / len(due), f"正在加载 {source}")
        try:
            load_source(bank, actor, source)
        except SourceBusy:
            continue
        except Unavailable:
            raise
        except LiukeError as fault:
            faults.append(fault)
    if faults:
        raise faults[0]


def _due(bank: Bank, actor: Actor) -> list[str]:
    """Sources whose last run is a cadence ago, or that did not come to an end; those without errors only."""
    with bank.read(actor) as tx:
        sums, loads = store.summary(tx), store.last_loads(tx)
    now = bank.clock.now()
    return [
        known.name
        for known in folder.known(bank).values()
        if known.plan is not None
        and (
            _is_due(known, sums.get(known.name, store.NO_LOADS).last_at, now)
            or (known.name in loads and loads[known.name].state in (LoadState.LANDED, LoadState.CHECKING))
        )
    ]


def _is_due(known: Known, last_at: datetime | None, now: datetime) -> bool:
    return last_at is None or now - last_at >= known.ready().contract.load.cadence


JOBS: Final = (Job("ingest-due", "按周期加载数据源", load_due, every=timedelta(minutes=1)),)
