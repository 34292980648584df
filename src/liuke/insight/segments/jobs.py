"""Segments as background work: computed again when tags are, kept in step with merges and consent in between."""

from datetime import timedelta
from typing import Final

from liuke.data import tags
from liuke.insight.segments import desk
from liuke.insight.segments.count import tagged
from liuke.insight.segments.live import follow
from liuke.insight.segments.members import renew
from liuke.insight.segments.model import Cause
from liuke.kernel.actor import Actor
from liuke.kernel.bank import Bank
from liuke.kernel.job import Job, Progress


def _refresh(bank: Bank, actor: Actor, progress: Progress, _target: str) -> None:
    try:
        known = tagged.current(bank)
    except tags.NoSnapshot:
        return
    codes = [code for code in known.fields if code in known.snapshot]
    desk.build_indexes(bank, known.snapshot, codes, lambda fraction: progress.at(fraction * 0.6))
    renew.refresh(bank, actor, cause=Cause.TAGS, tell=lambda fraction: progress.at(0.6 + fraction * 0.4))


def _merges(bank: Bank, _actor: Actor, _progress: Progress, _target: str) -> None:
    follow.merges(bank)


def _reach(bank: Bank, _actor: Actor, _progress: Progress, _target: str) -> None:
    follow.reachable(bank)


JOBS: Final[tuple[Job, ...]] = (
    Job(name="segments.refresh", title="客群刷新", work=_refresh, after=("tags.refreshed",)),
    Job(name="segments.merges", title="客群跟随归并", work=_merges, after=follow.MERGES),
    Job(name="segments.reach", title="客群可触达更新", work=_reach, every=timedelta(hours=1), after=follow.CONSENTS),
)
