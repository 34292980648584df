"""Both engines give the same answers, and those of a plain breadth-first search."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from pathlib import Path as Folder

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from liuke.data.graph.engine import csr, lady, walk
from liuke.data.graph.engine.fresh import Fresh
from liuke.data.graph.engine.shape import (
    Direction,
    Engine,
    Expand,
    Found,
    Path,
    Pattern,
    Step,
)
from liuke.data.graph.model import KINDS, RelationKind, TooFar

DAY = date(2026, 10, 31)
PARTIES = 60


def _links(seed: int, count: int) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(seed)
    left, right = rng.integers(1, PARTIES, count), rng.integers(1, PARTIES, count)
    code, sure = rng.integers(0, len(KINDS), count), rng.integers(0, 10_001, count)
    _, once = np.unique(np.stack([left, right, code]), axis=1, return_index=True)
    once = once[left[once] != right[once]]
    return {"left": left[once], "right": right[once], "code": code[once], "sure": sure[once]}


@pytest.fixture(scope="module")
def links() -> dict[str, np.ndarray]:
    return _links(3, 150)


@pytest.fixture(scope="module", params=["csr", "ladybug"])
def engine(
    request: pytest.FixtureRequest, links: dict[str, np.ndarray], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Engine]:
    folder = tmp_path_factory.mktemp("graph")
    if request.param == "csr":
        csr.build(**links, folder=folder / "csr")
        opened: Engine = csr.Csr(folder / "csr")
    else:
        lady.build(**links, folder=folder / "lady", memory_mib=64, threads=1)
        opened = lady.Lady(folder / "lady", memory_mib=64)
    yield opened
    opened.close()


def _distances(links: dict[str, np.ndarray], start: int, floor: float, kinds: set[int]) -> dict[int, int]:
    near = defaultdict(set)
    for left, right, code, sure in zip(*(links[n].tolist() for n in ("left", "right", "code", "sure")), strict=True):
        if code in kinds and sure >= floor * 10_000:
            near[left].add(right)
            near[right].add(left)
    found, layer = {start: 0}, [start]
    while layer:
        layer = [
            there
            for here in layer
            for there in near[here]
            if there not in found and found.setdefault(there, found[here] + 1)
        ]
    return found


@pytest.mark.parametrize("start", [1, 7, 30, 999])
@pytest.mark.parametrize("hops", [1, 2, 4])
def test_a_neighbourhood_is_what_breadth_first_search_finds(
    engine: Engine, links: dict[str, np.ndarray], start: int, hops: int
) -> None:
    kinds = (RelationKind.SPOUSE, RelationKind.PHONE, RelationKind.DEVICE, RelationKind.TRANSFER)
    found = walk.expand(engine, Expand(start, hops, kinds, floor=0.3, limit=5000))
    ends = {end for link in found.links for end in (link.left, link.right)} | {start}
    far = _distances(links, start, 0.3, {KINDS.index(kind) for kind in kinds})
    assert ends == {party for party, distance in far.items() if distance <= hops}
    assert all(link.confidence >= 0.3 and link.kind in kinds for link in found.links)
    assert not found.cut


@pytest.mark.parametrize("goal", [2, 11, 29, 44, 59])
def test_a_path_is_a_shortest_one_and_holds_together(engine: Engine, links: dict[str, np.ndarray], goal: int) -> None:
    way = walk.path(engine, Path(1, goal, floor=0.5))
    far = _distances(links, 1, 0.5, set(range(len(KINDS)))).get(goal)
    assert len(way) == (far if far is not None and far <= 6 else 0)
    here = 1
    for link in way:
        assert here in (link.left, link.right)
        here = link.right if link.left == here else link.left
    assert not way or here == goal


def test_typed_steps_follow_kind_and_direction(engine: Engine, links: dict[str, np.ndarray]) -> None:
    rows = list(zip(*(links[n].tolist() for n in ("left", "right", "code")), strict=True))
    for start in range(1, PARTIES):
        kinds = KINDS[:6]
        ahead = {right for left, right, code in rows if left == start and code < 6}
        twice = {left for left, right, code in rows if right in ahead - {start} and code >= 6} - {start}
        steps = (Step(kinds, Direction.OUT), Step(KINDS[6:], Direction.BACK))
        assert set(walk.pattern(engine, Pattern(start, steps))) == twice


def test_both_engines_answer_alike(links: dict[str, np.ndarray], tmp_path: Folder) -> None:
    csr.build(**links, folder=tmp_path / "csr")
    lady.build(**links, folder=tmp_path / "lady", memory_mib=64, threads=1)
    one, other = csr.Csr(tmp_path / "csr"), lady.Lady(tmp_path / "lady", memory_mib=64)
    for start in range(1, PARTIES, 7):
        for limit in (5, 5000):
            asked = Expand(start, 2, floor=0.2, limit=limit)
            assert walk.expand(one, asked) == walk.expand(other, asked)
        for goal in (3, 17):
            assert walk.path(one, Path(start, goal)) == walk.path(other, Path(start, goal))
    other.close()


def test_asking_further_than_allowed_is_refused() -> None:
    for asked in (lambda: Expand(1, 5), lambda: Expand(1, 0), lambda: Path(1, 2, hops=7), lambda: Pattern(1, ())):
        with pytest.raises(TooFar):
            asked()


Change = tuple[int, int, int, int | None]
_CHANGE = some.tuples(
    some.integers(1, PARTIES - 1),
    some.integers(1, PARTIES - 1),
    some.integers(0, len(KINDS) - 1),
    some.none() | some.integers(0, 10_000),
).filter(lambda change: change[0] != change[1])


@settings(max_examples=40, deadline=None)
@given(seed=some.integers(0, 9), changes=some.lists(_CHANGE, max_size=12), start=some.integers(1, PARTIES - 1))
def test_changes_laid_over_a_snapshot_answer_like_a_snapshot_with_them(
    tmp_path_factory: pytest.TempPathFactory, seed: int, changes: list[Change], start: int
) -> None:
    links = _links(seed, 80)
    folder = tmp_path_factory.mktemp("fresh")
    csr.build(**links, folder=folder / "old")
    fresh = Fresh(csr.Csr(folder / "old"), 0)
    now = {
        (left, right, code): sure for left, right, code, sure in zip(*(links[n].tolist() for n in links), strict=True)
    }
    rows = []
    for number, (left, right, code, sure) in enumerate(changes, 1):
        now.pop((left, right, code), None)
        if sure is not None:
            now[left, right, code] = sure
        state = "denied" if sure is None else "live"
        rows.append(
            {"left_id": left, "right_id": right, "kind": KINDS[code].value, "confidence": (sure or 0) / 10_000}
            | {"valid_from": None, "valid_to": None, "state": state, "changed": number}
        )
    fresh.learn(rows, today=DAY)
    table = np.array([(*key, sure) for key, sure in now.items()], np.int64).reshape(-1, 4).T
    csr.build(*table, folder=folder / "new")

    def said(engine: Engine) -> tuple[set[object], bool]:
        found: Found = walk.expand(engine, Expand(start, 2, limit=5000))
        return {(link.left, link.right, link.kind, link.confidence) for link in found.links}, found.cut

    assert said(fresh) == said(csr.Csr(folder / "new"))


def test_components_join_what_is_connected() -> None:
    labels = csr.components(np.array([1, 2, 5]), np.array([2, 3, 6]))
    assert labels[1] == labels[2] == labels[3]
    assert labels[5] == labels[6]
    assert len({labels[1], labels[4], labels[5]}) == 3
