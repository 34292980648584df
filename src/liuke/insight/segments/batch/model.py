"""What an engine of membership is: given rules and a day, the members of each segment."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from liuke.insight.segments.count.bits import Bits
from liuke.insight.segments.count.columns import Snapshot
from liuke.insight.segments.rules import Vocabulary
from liuke.kernel.bank import Bank
from liuke.kernel.rule import Checked
from liuke.kernel.store.records import ReadHandle


@dataclass(frozen=True, slots=True, eq=False)
class Task:
    """What is to be computed. ``tx`` sees the whole bank, and one state of it.

    ``rules`` are by the segment's number, each after those it names; ``members`` are of segments that are not computed
    here. ``tell`` says how far the work is, from 0 to 1.
    """

    bank: Bank
    tx: ReadHandle
    words: Vocabulary
    snapshot: Snapshot
    rules: Mapping[int, Checked]
    members: Callable[[int], Bits]
    tell: Callable[[float], None] = lambda _fraction: None


@dataclass(slots=True)
class Refreshed:
    """What a refresh did: members by segment, and why some failed."""

    found: dict[int, Bits] = field(default_factory=dict)
    failed: dict[int, str] = field(default_factory=dict)


class BatchEngine(Protocol):
    """Computes who is in segments. Every engine gives equal sets for equal facts."""

    #: How the command line calls it.
    name: str

    def find(self, task: Task) -> Refreshed:
        """Members of each segment, or why it failed. Raises what its store raises; nothing is published then."""
        ...
