"""Suitability as background work: buyers follow the customers' pages."""

from datetime import timedelta
from typing import Final

from liuke.guard.suitability.take import take_over
from liuke.kernel.actor import Actor
from liuke.kernel.bank import Bank
from liuke.kernel.job import Job, Progress


def _work(bank: Bank, actor: Actor, progress: Progress, _target: str) -> None:
    take_over(bank, actor, report=progress.at)


JOBS: Final[tuple[Job, ...]] = (
    Job(
        name="suitability.take_over",
        title="适当性：接收来源的风险等级与持仓",
        work=_work,
        every=timedelta(days=1),
        after=("profiles.refreshed",),
    ),
)
