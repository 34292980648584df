"""From what an engine computes to a published snapshot."""

from collections.abc import Callable
from dataclasses import dataclass

from liuke.data.tags.engine.model import Answer, Sink, Task
from liuke.data.tags.snapshot import write
from liuke.data.tags.snapshot.draft import drafting


@dataclass(frozen=True, slots=True)
class Published:
    """A snapshot's name, its customers, and whether all was computed afresh."""

    name: str
    customers: int
    full: bool


def publish(task: Task, compute: Callable[[Task, Sink], Answer], engine: str) -> Published:
    """Let an engine fill a draft and make it the snapshot of its day. Raises: DiskFull, what the engine raises."""
    now = task.bank.clock.now()
    with drafting(task.root, book=task.book, as_of=task.as_of, created_at=now, engine=engine) as draft:
        answer = compute(task, draft)
        task.report(0.9, "写入标签快照")
        for code, values in answer.kept.items():
            draft.keep(code, values)
        return Published(write.publish(task.root, draft, answer.trace), draft.customers, answer.full)
