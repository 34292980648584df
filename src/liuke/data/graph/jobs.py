"""The relation graph as background work: rebuilt once a day and after one-ID ran; merged customers followed at once."""

from datetime import timedelta
from typing import Final

from liuke.data.graph.renew import remap
from liuke.data.graph.renew.rebuild import rebuild
from liuke.kernel.actor import Actor
from liuke.kernel.bank import Bank
from liuke.kernel.job import Job, Progress


def _follow(bank: Bank, actor: Actor, progress: Progress, _target: str) -> None:
    progress.at(1.0, f"跟随 {remap.follow(bank, actor)} 次客户归并")


def _rebuild(bank: Bank, actor: Actor, progress: Progress, _target: str) -> None:
    rebuild(bank, actor, report=progress.at)


JOBS: Final[tuple[Job, ...]] = (
    Job(name="graph.follow", title="关系跟随客户归并", work=_follow, after=(remap.MERGED,)),
    Job(
        name="graph.rebuild",
        title="关系图重建",
        work=_rebuild,
        every=timedelta(days=1),
        after=("identity.ran", "identity.split"),
    ),
)
