"""The engine that counts in this process, segment by segment, over cached sets and indexes."""

import structlog

from liuke.insight.segments import desk
from liuke.insight.segments.batch.model import Refreshed, Task
from liuke.insight.segments.count.bits import Bits
from liuke.kernel.errors import LiukeError

_log = structlog.get_logger("liuke.segments")


class CountingEngine:
    """Membership by packed sets."""

    name = "kernel"

    def find(self, task: Task) -> Refreshed:
        """Every segment in turn; one that fails stops no other."""
        done = Refreshed()

        def members(number: int) -> Bits:
            found = done.found.get(number)
            return task.members(number) if found is None else found

        counting = desk.of(task.bank).engine(task.bank, task.tx, task.words, members=members, snapshot=task.snapshot)
        for place, (number, checked) in enumerate(task.rules.items()):
            task.tell(place / len(task.rules))
            try:
                done.found[number] = counting.find(checked)
            except LiukeError as fault:
                done.failed[number] = fault.message
                _log.warning("segment_failed", segment=number, code=fault.code)
        return done
