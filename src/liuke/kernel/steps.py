"""Steps of a long work, side by side where one does not wait for the other."""

from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from enum import StrEnum
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

    Raises: the first fault of a step, when the steps beside it have ended; what builds on it is not begun.
    """
    waiting, done = list(steps), set[str]()
    under_way: dict[Future[object], str] = {}
    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="step") as pool:
        while waiting or under_way:
            ready = [step for step in waiting if done.issuperset(step.after)]
            for step in ready[: AT_ONCE - len(under_way)]:
                waiting.remove(step)
                tell(step.name, Course.BEGAN)
                under_way[pool.submit(step.work)] = step.name
            if not under_way:
                raise ValueError(f"steps wait for each other: {[step.name for step in waiting]}")
            for future in wait(under_way, return_when=FIRST_COMPLETED).done:
                future.result()
                name = under_way.pop(future)
                done.add(name)
                tell(name, Course.ENDED)
