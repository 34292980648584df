"""Tags as background work: after loads and changes of who is one customer, and once a day because windows move."""

from datetime import timedelta
from typing import Final

from liuke.data.tags.refresh import refresh
from liuke.kernel.actor import Actor
from liuke.kernel.bank import Bank
from liuke.kernel.job import Job, Progress

#: Events that may change tags.
CALLS: Final = ("source.loaded", "identity.ran", "identity.merged", "identity.split", "tag.saved")


def _work(bank: Bank, actor: Actor, progress: Progress, _target: str) -> None:
    refresh(bank, actor, report=progress.at)


JOBS: Final[tuple[Job, ...]] = (
    Job(name="tags.refresh", title="标签刷新", work=_work, every=timedelta(days=1), after=CALLS),
)
