"""Answers made of steps: breadth first, never through a hub, the same on every engine."""

from collections.abc import Iterator
from typing import Final

from liuke.data.graph.engine.shape import (
    HUB,
    Direction,
    Engine,
    Expand,
    Found,
    Link,
    Path,
    Pattern,
    Rows,
    codes_of,
    floor_of,
)
from liuke.data.graph.model import KINDS

#: Parties one step may start from.
_MOST_PARTIES: Final = 2000


def expand(engine: Engine, asked: Expand) -> Found:
    """Relations around a party, layer by layer, within a layer the surest first."""
    codes, floor = codes_of(asked.kinds), floor_of(asked.floor)
    links: dict[tuple[int, int, int], Link] = {}
    hubs: set[int] = set()
    seen, layer, cut = {asked.start}, [asked.start], False
    for _ in range(asked.hops):
        rows = engine.step(layer, codes, floor=floor, direction=Direction.BOTH)
        cut |= rows.cut
        layer = []
        for key, link, other, degree in _each(rows):
            if key in links:
                continue
            if len(links) == asked.limit:
                cut = True
                break
            links[key] = link
            if other not in seen:
                seen.add(other)
                if degree > HUB:
                    hubs.add(other)
                else:
                    layer.append(other)
        if not layer or len(links) == asked.limit:
            break
        cut |= len(layer) > _MOST_PARTIES
        layer = sorted(layer)[:_MOST_PARTIES]
    return Found(tuple(links.values()), frozenset(hubs), cut)


def pattern(engine: Engine, asked: Pattern) -> tuple[int, ...]:
    """The parties at the end of typed steps, by number, without the start; at most ``limit``."""
    floor = floor_of(asked.floor)
    here = [asked.start]
    for step in asked.steps:
        rows = engine.step(here, codes_of(step.kinds), floor=floor, direction=step.direction)
        last = step is asked.steps[-1]
        reached = {o for o, d in zip(rows.other.tolist(), rows.degree.tolist(), strict=True) if last or d <= HUB}
        here = sorted(reached - {asked.start})[:_MOST_PARTIES]
        if not here:
            return ()
    return tuple(here[: asked.limit])


def path(engine: Engine, asked: Path) -> tuple[Link, ...]:
    """A shortest path as relations from start to goal; empty when there is none within ``hops``.

    It grows from both ends, the smaller side first. Between equally short ways the smallest numbers win.
    """
    if asked.start == asked.goal:
        return ()
    sides: list[dict[int, tuple[int, Link] | None]] = [{asked.start: None}, {asked.goal: None}]
    fronts = [[asked.start], [asked.goal]]
    codes, floor = codes_of(asked.kinds), floor_of(asked.floor)
    for _ in range(asked.hops):
        turn = 0 if len(fronts[0]) <= len(fronts[1]) else 1
        rows = engine.step(fronts[turn], codes, floor=floor, direction=Direction.BOTH)
        mine, met = sides[turn], set[int]()
        reached: dict[int, tuple[int, Link]] = {}
        open_: set[int] = set()
        for link, at, other, degree in sorted((k, a, o, d) for (_, k, o, d), a in _from(rows)):
            if other in mine or other in reached:
                continue
            reached[other] = (at, link)
            if other in sides[1 - turn]:
                met.add(other)
            if degree <= HUB:
                open_.add(other)
        mine.update(reached)
        if met:
            return _joined(sides, min(met))
        fronts[turn] = sorted(open_)[:_MOST_PARTIES]
        if not fronts[turn]:
            return ()
    return ()


def _from(rows: Rows) -> Iterator[tuple[tuple[tuple[int, int, int], Link, int, int], int]]:
    yield from zip(_each(rows), rows.at.tolist(), strict=True)


def _each(rows: Rows) -> Iterator[tuple[tuple[int, int, int], Link, int, int]]:
    """(key, relation, other party, its degree) of every row."""
    columns = (rows.at, rows.other, rows.code, rows.sure, rows.ahead, rows.degree)
    for at, other, code, sure, ahead, degree in zip(*(column.tolist() for column in columns), strict=True):
        left, right = (at, other) if ahead else (other, at)
        yield (left, right, code), Link(left, right, KINDS[code], sure / 10_000), other, degree


def _joined(sides: list[dict[int, tuple[int, Link] | None]], at: int) -> tuple[Link, ...]:
    """The way over a party both sides reached."""
    halves: list[list[Link]] = []
    for side in sides:
        half, here = [], at
        while (came := side[here]) is not None:
            half.append(came[1])
            here = came[0]
        halves.append(half)
    return (*reversed(halves[0]), *halves[1])
