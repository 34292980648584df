"""Steps of a long work, side by side where one does not wait for the other."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from queue import SimpleQueue
from threading import Thread
from typing import Final

#: So many at a time: one computes while another writes to PostgreSQL or reads the disk.
AT_ONCE: Final = 2


@dataclass(frozen=True, slots=True)
class Step:
    """One step: its name, what it does, and the names of the steps it builds on."""

    name: str
    work: Callable[[], object]
    after: tuple[str, ...] = ()


class Course(StrEnum):
    """What is told of a step."""

    BEGAN = "began"
    ENDED = "ended"


#: Told the name of each step when it begins, and when it has ended well; from one thread.
Tell = Callable[[str, Course], None]


def carry_out(steps: Sequence[Step], tell: Tell) -> None:
    """Do all steps, each after those it builds on; of those that could begin, the first in the list begins first.

    Raises: the first fault of a step, when the steps beside it have ended; nothing begins after it. An interruption of
    the calling thread is raised at once: what is under way ends with the process, as after a kill.
    """
    waiting, done, under_way = list(steps), set[str](), set[str]()
    over: SimpleQueue[tuple[str, BaseException | None]] = SimpleQueue()
    fault: BaseException | None = None
    while under_way or (waiting and fault is None):
        ready = [step for step in waiting if done.issuperset(step.after)] if fault is None else []
        for step in ready[: AT_ONCE - len(under_way)]:
            waiting.remove(step)
            under_way.add(step.name)
            tell(step.name, Course.BEGAN)
            Thread(target=_do, args=(step, over), name=step.name, daemon=True).start()
        if not under_way:
            raise ValueError(f"steps wait for each other: {[step.name for step in waiting]}")
        name, broke = over.get()
        under_way.remove(name)
        fault = fault or broke
        if broke is None:
            done.add(name)
            tell(name, Course.ENDED)
    if fault is not None:
        raise fault


def _do(step: Step, over: "SimpleQueue[tuple[str, BaseException | None]]") -> None:
    try:
        step.work()
    except BaseException as fault:  # noqa: BLE001  (handed on to the thread that waits for it)
        over.put((step.name, fault))
    else:
        over.put((step.name, None))
