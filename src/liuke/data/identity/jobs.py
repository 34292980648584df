"""One-ID as background work: once a day, and when a source brought something new."""

from datetime import timedelta
from typing import Final

from liuke.data.identity import service
from liuke.kernel.actor import Actor
from liuke.kernel.bank import Bank
from liuke.kernel.job import Job, Progress


def _run(bank: Bank, actor: Actor, progress: Progress, _target: str) -> None:
    service.run(bank, actor, say=progress.at)


JOBS: Final[tuple[Job, ...]] = (
    Job(name="identity.run", title="客户归并", work=_run, every=timedelta(days=1), after=("source.loaded",)),
)
