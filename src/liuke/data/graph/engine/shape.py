"""What may be asked of the graph: the neighbourhood, a shortest path, a typed pattern. No engine's own language."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Protocol

import numpy as np
import numpy.typing as npt

from liuke.data.graph.model import KINDS, RelationKind, TooFar

Ints = npt.NDArray[np.int64]

#: Layers a neighbourhood or pattern may have, and steps a path may have.
MOST_HOPS: Final = 4
MOST_STEPS: Final = 6
#: A party with more relations is a hub (an employer, a landlord): a walk ends there, unless it began there.
HUB: Final = 200
#: Relations one step may bring; the surest are kept.
MOST_ROWS: Final = 5000

_CODES: Final = {kind: code for code, kind in enumerate(KINDS)}


class Direction(StrEnum):
    """Which way a relation is followed."""

    OUT = "out"  # from left to right
    BACK = "back"  # from right to left
    BOTH = "both"


@dataclass(frozen=True, slots=True)
class Step:
    """One typed step of a pattern."""

    kinds: tuple[RelationKind, ...]
    direction: Direction = Direction.BOTH


@dataclass(frozen=True, slots=True)
class Expand:
    """The neighbourhood of a party: relations within ``hops`` layers. ``floor``: least confidence, 0–1."""

    start: int
    hops: int
    kinds: tuple[RelationKind, ...] = KINDS
    floor: float = 0.0
    limit: int = 300

    def __post_init__(self) -> None:
        if not 1 <= self.hops <= MOST_HOPS:
            raise TooFar(most=MOST_HOPS)


@dataclass(frozen=True, slots=True)
class Path:
    """A shortest way from one party to another, at most ``hops`` relations long."""

    start: int
    goal: int
    hops: int = MOST_STEPS
    kinds: tuple[RelationKind, ...] = KINDS
    floor: float = 0.0

    def __post_init__(self) -> None:
        if not 1 <= self.hops <= MOST_STEPS:
            raise TooFar(most=MOST_STEPS)


@dataclass(frozen=True, slots=True)
class Pattern:
    """Whom one reaches by typed steps, e.g. device, then legal representative, then the firm's people."""

    start: int
    steps: tuple[Step, ...]
    floor: float = 0.0
    limit: int = 500

    def __post_init__(self) -> None:
        if not 1 <= len(self.steps) <= MOST_HOPS:
            raise TooFar(most=MOST_HOPS)


@dataclass(frozen=True, slots=True, order=True)
class Link:
    """A relation as a walk found it."""

    left: int
    right: int
    kind: RelationKind
    confidence: float


@dataclass(frozen=True, slots=True)
class Found:
    """What a walk found: relations in the order found, the hubs it stopped at, and whether something was cut off."""

    links: tuple[Link, ...]
    hubs: frozenset[int]
    cut: bool


@dataclass(frozen=True, slots=True)
class Rows:
    """Relations at some parties, (n,) each: from ``at`` to ``other``; ``sure`` = confidence in ten-thousandths.

    ``ahead``: ``at`` stands on the left. ``degree``: how many relations ``other`` has in all. The surest first.
    """

    at: Ints
    other: Ints
    code: Ints
    sure: Ints
    ahead: npt.NDArray[np.bool_]
    degree: Ints
    cut: bool

    def __len__(self) -> int:
        return len(self.at)


class Engine(Protocol):
    """Takes one step; everything else is made of steps."""

    def step(self, ids: Sequence[int], codes: Sequence[int], *, floor: int, direction: Direction) -> Rows:
        """Relations of these parties, at most MOST_ROWS. ``floor`` in ten-thousandths."""
        ...

    def close(self) -> None:
        """Let go of the snapshot."""
        ...


def codes_of(kinds: Sequence[RelationKind]) -> list[int]:
    """Numbers of kinds in a snapshot."""
    return sorted(_CODES[kind] for kind in set(kinds))


def floor_of(confidence: float) -> int:
    """A confidence in ten-thousandths."""
    return round(confidence * 10_000)


def arranged(rows: Rows) -> Rows:
    """The surest first (ties by numbers), no more than MOST_ROWS."""
    order = np.lexsort((rows.ahead, rows.code, rows.other, rows.at, -rows.sure))[:MOST_ROWS]
    return Rows(
        at=rows.at[order],
        other=rows.other[order],
        code=rows.code[order],
        sure=rows.sure[order],
        ahead=rows.ahead[order],
        degree=rows.degree[order],
        cut=rows.cut or len(rows) > MOST_ROWS,
    )
