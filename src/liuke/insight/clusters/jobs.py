"""Once a month the newest customers are clustered again, as the last time: how groups move is seen without asking."""

from datetime import timedelta
from typing import Final

from liuke.insight.clusters import service, store
from liuke.kernel.actor import Actor
from liuke.kernel.bank import Bank
from liuke.kernel.job import Job, Progress

_MONTH: Final = timedelta(days=30)


def _again(bank: Bank, actor: Actor, progress: Progress, _target: str) -> None:
    with bank.read(actor) as tx:
        last = store.last_done(tx)
    if last is not None and last.ended_at is not None and bank.clock.now() - last.ended_at >= _MONTH:
        service.run(bank, actor, last.wanted, progress=progress)


JOBS: Final = (Job("clusters.monthly", "客户聚类按月重算", _again, every=timedelta(days=1)),)
