"""From an engine's answer to a published snapshot."""

from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import Final

from liuke.data.tags.engine.model import Answer, Task
from liuke.data.tags.model import Tag
from liuke.data.tags.snapshot import write
from liuke.data.tags.table import TABLES

#: Columns written at a time.
_WRITERS: Final = 2


def publish(task: Task, answer: Answer, engine: str) -> str:
    """Write what an engine found and make it the snapshot of its day; returns the snapshot's name. Raises: DiskFull."""
    with write.drafting(
        task.root,
        as_of=task.as_of,
        created_at=task.bank.clock.now(),
        engine=engine,
        size=answer.size,
        present=answer.present,
        trace=answer.trace,
    ) as draft:
        with ThreadPoolExecutor(_WRITERS) as pool:
            adding = deque[Future[None]]()
            for column in answer.columns:
                tag = task.book.entries[column.code].tag
                add = partial(draft.add, source=source_of(tag), book=task.book)
                adding.append(pool.submit(add, tag, column.values, column.missing))
                if len(adding) > _WRITERS:
                    adding.popleft().result()
            for one in adding:
                one.result()
        draft.plates = {code: draft.plates[code] for code in task.book.entries}
        for code, values in answer.states.items():
            draft.add_state(code, values)
        return write.publish(task.root, draft)


def source_of(tag: Tag) -> str:
    """Where a tag's value comes from, in the bank's words."""
    return write.COMPUTED if tag.measure is None else TABLES[tag.measure.table].label
