"""Every engine gives the same bytes: SQL, the kernel afresh, and the kernel brought forward day by day."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Final, cast

import duckdb
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from liuke.data.tags.define.book import bind
from liuke.data.tags.define.read import shipped
from liuke.data.tags.engine import sql
from liuke.data.tags.engine.duck import hand
from liuke.data.tags.engine.facts import segment
from liuke.data.tags.engine.facts.model import BUCKET_BITS, NULL, Facts
from liuke.data.tags.engine.facts.project import Projected
from liuke.data.tags.engine.fast import measure
from liuke.data.tags.engine.model import Answer, Sink, Task
from liuke.data.tags.model import EPOCH, NO_DAY
from liuke.data.tags.publish import publish
from liuke.data.tags.table import TABLES, Mode, TagTable
from liuke.kernel.bank import Bank
from liuke.kernel.clock import SystemClock
from liuke.kernel.rule import Type

_BOOK: Final = bind(shipped())
_LAST: Final = date(2026, 10, 31)
_TODAY: Final = (_LAST - EPOCH).days
#: Customers in three buckets, so that edges between buckets are crossed.
_IDS: Final = (1, 2, 7, (1 << BUCKET_BITS) - 1, 1 << BUCKET_BITS, (1 << BUCKET_BITS) + 9, 3 << BUCKET_BITS)
_WORDS: Final = {
    "topic": ("转账", "none"),
    "occupation": ("退休", "none"),
    "education": ("本科", "none"),
    "system": ("core",),
}
_PAGES: Final = ("wealth_detail", "fund_list", "rate_compare", "close_account", "home")


@dataclass
class World:
    """Rows of every table in the order they became known, and the stores made of them so far."""

    rows: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: {name: [] for name in TABLES})
    facts: dict[str, Facts] = field(default_factory=dict)
    number: int = 1


def _facet(name: str, table: TagTable) -> st.SearchStrategy[Any]:
    kind = table.facets[name]
    if kind.type is Type.BOOL:
        return st.booleans()
    if kind.type is Type.INT:
        return st.integers(0, 23)
    if kind.values:
        return st.sampled_from(list(kind.values))
    return st.sampled_from(_PAGES if name == "page" else _WORDS[name])


def _value(name: str, table: TagTable) -> st.SearchStrategy[Any]:
    if table.values[name].type is Type.DATE:
        return st.one_of(st.none(), st.integers(-20_000, 25_000))
    return st.integers(0, 300_000_000)


def _row(table: TagTable, since: int, until: int) -> st.SearchStrategy[dict[str, Any]]:
    """A row known between two days; what happened may be late, long ago, or announced for later."""
    days = st.one_of(st.integers(until - 130, until), st.integers(until - 500, until + 400), st.just(47_000))
    if table.mode is Mode.STATE:
        days = st.one_of(days, st.just(NO_DAY))
    facts = {name: _facet(name, table) for name in table.facets}
    facts |= {name: _value(name, table) for name in table.stored}
    own = {"one_id": st.sampled_from(_IDS), "day": days, "known": st.integers(since, until), "dead": st.just(NO_DAY)}
    return st.fixed_dictionaries(own | facts)


@st.composite
def _worlds(draw: st.DrawFn) -> list[tuple[date, dict[str, list[dict[str, Any]]]]]:
    """Data days with the rows that became known up to each."""
    gaps = draw(st.lists(st.sampled_from((0, 1, 1, 2, 31)), min_size=1, max_size=2))
    days = [_LAST]
    for gap in gaps:
        days.append(days[-1] + timedelta(days=gap))
    found = []
    before = _TODAY - 200
    for day in days:
        until = (day - EPOCH).days
        rows = {
            name: draw(st.lists(_row(table, min(before, until), until), max_size=12 if name == "transaction" else 5))
            for name, table in TABLES.items()
        }
        found.append((day, rows))
        before = until
    return found


@given(_worlds())
@settings(
    max_examples=3, deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.generate], derandomize=True
)
def test_a_day_brought_forward_equals_everything_afresh_and_the_sql(
    tmp_path_factory: pytest.TempPathFactory, days: list[tuple[date, dict[str, list[dict[str, Any]]]]]
) -> None:
    root = tmp_path_factory.mktemp("tags")
    world = World()
    for day, rows in days:
        _learn(world, root, rows)
        projected = Projected(dict(world.facts), "layout")
        brought, afresh, said = (_task(root / name, day) for name in ("brought", "afresh", "said"))
        forward = _bytes(brought, partial(measure, projected=projected))
        assert forward == _bytes(afresh, partial(measure, projected=projected, forward=False))
        assert forward == _bytes(said, partial(_by_sql, world=world))


def _learn(world: World, root: Path, rows: Mapping[str, list[dict[str, Any]]]) -> None:
    """Append the rows to the store, as a projection does: growing tables by a segment, the others anew."""
    for name, table in TABLES.items():
        world.rows[name] += rows[name]
        known = world.facts.get(name)
        growing = table.mode is Mode.EVENT and known is not None
        fresh = rows[name] if growing else world.rows[name]
        combos = list(dict.fromkeys(tuple(row[facet] for facet in table.facets) for row in world.rows[name]))
        path = root / "facts" / name / f"s{world.number}"
        made = segment.write(path, world.number, _sorted(fresh, table, combos), values=table.stored)
        world.number += 1
        facets = {facet: [combo[place] for combo in combos] for place, facet in enumerate(table.facets)}
        world.facts[name] = Facts((*(known.segments if growing and known else ()), made), facets)


def _sorted(rows: list[dict[str, Any]], table: TagTable, combos: list[tuple[Any, ...]]) -> Iterator[dict[str, Any]]:
    ordered = sorted(rows, key=lambda row: (row["one_id"] >> BUCKET_BITS, row["day"]))
    batch = {"id": np.array([row["one_id"] for row in ordered], np.uint32)}
    batch |= {name: np.array([row[name] for row in ordered], np.uint16) for name in ("day", "known", "dead")}
    codes = [combos.index(tuple(row[facet] for facet in table.facets)) for row in ordered]
    batch["facet"] = np.array(codes, np.uint32)
    for name in table.stored:
        told = [NULL + 1 if row[name] is None else row[name] for row in ordered]
        batch[name] = np.array(told, np.int64)
    yield batch


def _task(root: Path, day: date) -> Task:
    bank = SimpleNamespace(settings=SimpleNamespace(tables_threads=2), clock=SystemClock())
    return Task(cast("Bank", bank), cast("Any", None), _BOOK, day, root, lambda _fraction, _phrase: None)


def _bytes(task: Task, compute: Callable[[Task, Sink], Answer]) -> dict[str, bytes]:
    """The files of the snapshot an engine fills, without what it notes for itself."""
    folder = task.root / publish(task, compute, "x").name
    return {one.name: one.read_bytes() for one in folder.iterdir() if one.suffix not in {".json", ".state"}}


def _by_sql(task: Task, into: Sink, world: World) -> Answer:
    """What the tags' SQL answers over the same rows."""
    with duckdb.connect() as lake:
        for name, table in TABLES.items():
            lake.register(f"told_{name}", _arrow(table, world.rows[name]))
            net = ", CASE WHEN direction = 'in' THEN amount ELSE -amount END AS net" if name == "transaction" else ""
            lake.execute(f"CREATE VIEW rows_{name} AS SELECT *{net} FROM told_{name}")
        for step in sql.steps(task.book, task.as_of):
            if not step.name.startswith(("rows_", "home", "moved")) and not step.name.endswith("_revised"):
                lake.execute(f"CREATE TEMP {'TABLE' if step.kept else 'VIEW'} {step.name} AS {step.query}").fetchall()
        hand(lake.sql(f"SELECT * FROM {sql.TAGGED} ORDER BY one_id").to_arrow_table(), task.book, into)
    return Answer(full=True)


def _arrow(table: TagTable, rows: list[dict[str, Any]]) -> pa.Table:
    kinds: dict[str, pa.DataType] = {"one_id": pa.int64(), "day": pa.int32(), "known": pa.int32(), "dead": pa.int32()}
    for name, kind in table.facets.items():
        kinds[name] = {Type.BOOL: pa.bool_(), Type.INT: pa.int32()}.get(kind.type, pa.string())
    kinds |= dict.fromkeys(table.stored, pa.int64())
    return pa.table({name: pa.array([row[name] for row in rows], kind) for name, kind in kinds.items()})
