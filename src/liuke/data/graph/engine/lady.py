"""The graph in a read-only Ladybug database. No other module knows its language."""

import shutil
import threading
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import ladybug
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from liuke.data.graph.engine.shape import MOST_ROWS, Direction, Ints, Rows, arranged

#: The format of its files changes with every release: a snapshot of another version is not opened but built anew.
VERSION: Final = str(ladybug.__version__)

_SCHEMA: Final = (
    "CREATE NODE TABLE Party(id INT64 PRIMARY KEY, degree INT64)",
    "CREATE REL TABLE Relation(FROM Party TO Party, code INT64, sure INT64)",
)
#: One party is found by its key at once; several by a list, which the planner turns into look-ups only in a part of
#: its own.
_ONE: Final = "MATCH ({end}:Party {{id: $id}})"
_MANY: Final = "MATCH ({end}:Party) WHERE {end}.id IN $ids MATCH"
_STEP: Final = (
    " (a)-[r:Relation]->(b) WHERE r.code IN $codes AND r.sure >= $floor"
    " RETURN {end}.id AS at, {other}.id AS other, r.code AS code, r.sure AS sure, {other}.degree AS degree"
    " ORDER BY sure DESC, at, other, code LIMIT {most}"
)


def _query(begin: str, *, ahead: bool) -> str:
    end, other = ("a", "b") if ahead else ("b", "a")
    return (begin + _STEP).format(end=end, other=other, most=MOST_ROWS + 1)


_QUERIES: Final = {
    (many, ahead): _query(_MANY if many else _ONE + " MATCH", ahead=ahead)
    for many in (False, True)
    for ahead in (False, True)
}
_MIB: Final = 1 << 20


def build(left: Ints, right: Ints, code: Ints, sure: Ints, folder: Path, *, memory_mib: int, threads: int) -> None:
    """Load relations, (e,) each, into a new database below ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    size = int(max(left.max(initial=0), right.max(initial=0))) + 1
    degree = np.bincount(left, minlength=size) + np.bincount(right, minlength=size)
    parties = np.flatnonzero(degree)
    staged = folder / "staged"
    staged.mkdir()
    pq.write_table(pa.table({"id": parties, "degree": degree[parties]}), staged / "party.parquet", compression="none")
    links = {"from": left, "to": right, "code": code.astype(np.int64), "sure": sure.astype(np.int64)}
    pq.write_table(pa.table(links), staged / "relation.parquet", compression="none")
    database = ladybug.Database(folder / "graph", buffer_pool_size=memory_mib * _MIB, max_num_threads=threads)
    connection = ladybug.Connection(database)
    for statement in (
        *_SCHEMA,
        f"COPY Party FROM '{staged / 'party.parquet'}'",
        f"COPY Relation FROM '{staged / 'relation.parquet'}'",
    ):
        connection.execute(statement)
    connection.close()
    database.close()
    shutil.rmtree(staged)


class Lady:
    """A snapshot opened to be walked; each thread has a connection of its own."""

    def __init__(self, folder: Path, *, memory_mib: int) -> None:
        self._database = ladybug.Database(
            folder / "graph", read_only=True, buffer_pool_size=memory_mib * _MIB, max_num_threads=1
        )
        self._own = threading.local()

    def step(self, ids: Sequence[int], codes: Sequence[int], *, floor: int, direction: Direction) -> Rows:
        """Relations of these parties."""
        many = len(ids) != 1
        whom: dict[str, Any] = {"ids": [int(one_id) for one_id in ids]} if many else {"id": int(ids[0])}
        sides = [
            ahead for ahead in (True, False) if direction is Direction.BOTH or ahead is (direction is Direction.OUT)
        ]
        asked = whom | {"codes": list(codes), "floor": floor}
        parts = [(self._ask(_QUERIES[many, ahead], asked), ahead) for ahead in sides]
        table = np.array([row for rows, _ in parts for row in rows], np.int64).reshape(-1, 5)
        ahead = np.concatenate([np.full(len(rows), side) for rows, side in parts])
        at, other, code, sure, degree = table.T
        return arranged(Rows(at, other, code, sure, ahead, degree, cut=any(len(rows) > MOST_ROWS for rows, _ in parts)))

    def _ask(self, query: str, wanted: dict[str, Any]) -> list[Any]:
        connection = getattr(self._own, "connection", None)
        if connection is None:
            connection = self._own.connection = ladybug.Connection(self._database)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            result: Any = connection.execute(query, wanted)
        rows: list[Any] = result.get_all()
        result.close()
        return rows

    def close(self) -> None:
        """Let go of the files."""
        self._database.close()
