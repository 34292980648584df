"""The audit log as background work: it follows the events all the time, and verifies itself once a day."""

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Final

from liuke.guard.audit import follow, service, store
from liuke.kernel.actor import Actor
from liuke.kernel.bank import Bank
from liuke.kernel.job import Job, Progress


def _verify(bank: Bank, actor: Actor, progress: Progress, _target: str) -> None:
    service.verify(bank, actor, progress)


JOBS: Final[tuple[Job, ...]] = (Job(name=store.VERIFY_JOB, title="存证核验", work=_verify, every=timedelta(days=1)),)

#: Work that never ends; a worker gives each a thread of its own and an event that tells it to stop.
LISTENERS: Final[tuple[Callable[[Bank, threading.Event], None], ...]] = (follow.serve,)
