"""Work that keeps the house clean and belongs to no capability."""

import time
from datetime import timedelta
from typing import Final

from liuke.kernel.actor import Actor
from liuke.kernel.bank import Bank
from liuke.kernel.job import Job, Progress

#: A file that no catalogue names may be a load's that still runs; after a day it is a crash's.
_SETTLED: Final = timedelta(days=1)


def sweep(bank: Bank, actor: Actor, progress: Progress, _target: str) -> None:
    """Delete what interrupted loads left in the lake."""
    with bank.read(actor) as tx:
        swept = bank.lake.sweep(tx, older_than_seconds=_SETTLED.total_seconds(), now=time.time())
    progress.at(1.0, f"清理了 {swept} 个残留文件")


JOBS: Final = (Job("sweep", "清理残留文件", sweep, every=timedelta(days=1)),)
