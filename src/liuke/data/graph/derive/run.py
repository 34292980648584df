"""Run the steps in the lake's engine: what comes out are the tables ``edge``, ``hub`` and the pairs to weigh."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from liuke.data import identity, sources
from liuke.data.graph.derive import edges, money, parties
from liuke.data.graph.groups import pairs
from liuke.data.graph.model import GroupKind
from liuke.kernel.clock import BANK_ZONE
from liuke.kernel.store.lake import Lake
from liuke.kernel.store.records import ReadHandle

_READ: Final = ("party", "relation", "account", "transaction")
_PEOPLE: Final = (
    ("left_id", pa.int64()),
    ("right_id", pa.int64()),
    ("kind", pa.string()),
    ("denied", pa.bool_()),
)
#: What to put where nothing is known.
_UNKNOWN: Final = {"gap": -1, "share_bp": -1}
_PAIRS: Final = {GroupKind.FAMILY: "family_about", GroupKind.ENTERPRISE: "owning"}


@contextmanager
def lake_of(tx: ReadHandle, lake: Lake, *, day: date) -> Iterator[duckdb.DuckDBPyConnection]:
    """The lake with all evidence of ``day`` gathered into ``edge`` (one row a relation)."""
    until = datetime.combine(day + timedelta(days=1), time(), BANK_ZONE).astimezone(UTC)
    with lake.connect(tx, *(sources.CANONICAL[name] for name in _READ)) as engine:
        engine.register("all_members", identity.members(tx))
        engine.execute(f"SET VARIABLE as_of = DATE '{day}'").fetchall()
        engine.execute(f"SET VARIABLE until = TIMESTAMPTZ '{until:%Y-%m-%d %H:%M:%S}+00'").fetchall()
        current = {name: sources.current_sql(name) for name in _READ}
        run(engine, [("member", "SELECT source, source_key, one_id FROM all_members")])
        run(engine, parties.steps(current["party"]))
        run(engine, money.steps(current["account"], current["transaction"]))
        run(engine, edges.steps(current["relation"]))
        yield engine


def gather_pairs(engine: duckdb.DuckDBPyConnection, people: Sequence[Mapping[Any, Any]]) -> None:
    """Gather the pairs to weigh, with what people registered and denied."""
    columns = {
        "left_id": [row["left_id"] for row in people],
        "right_id": [row["right_id"] for row in people],
        "kind": [row["kind"] for row in people],
        "denied": [row["state"] == "denied" for row in people],
    }
    engine.register("people_told", pa.table({name: pa.array(columns[name], kind) for name, kind in _PEOPLE}))
    run(engine, [("by_people", "SELECT * FROM people_told"), *pairs.STEPS])


def pairs_of(engine: duckdb.DuckDBPyConnection, kind: GroupKind) -> dict[str, npt.NDArray[np.generic]]:
    """The pairs of one kind of group as arrays, (e,) each."""
    table = engine.sql(f"SELECT * FROM {_PAIRS[kind]} ORDER BY left_id, right_id").to_arrow_table()
    return {name: _filled(name, table[name].combine_chunks()) for name in table.column_names}


def _filled(name: str, column: pa.Array) -> npt.NDArray[np.generic]:
    empty = False if pa.types.is_boolean(column.type) else _UNKNOWN.get(name, 0)
    return np.asarray(column.fill_null(empty).to_numpy(zero_copy_only=False))


def run(engine: duckdb.DuckDBPyConnection, steps: Sequence[tuple[str, str]]) -> None:
    """Carry named steps out, each into a table of its name."""
    for name, query in steps:
        engine.execute(f"CREATE TEMP TABLE {name} AS {query}").fetchall()
