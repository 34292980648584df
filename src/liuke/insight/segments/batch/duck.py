"""The engine that runs the segments' SQL in DuckDB: no cache, no index. The oracle of the others."""

from typing import Final

import duckdb
import numpy as np
import pyarrow as pa

from liuke.data import identity
from liuke.insight.segments.batch.model import Refreshed, Task
from liuke.insight.segments.batch.steps import CHOSEN, CUSTOMER, Question, steps
from liuke.insight.segments.count import ask, bits, happen
from liuke.insight.segments.count.cache import Cache
from liuke.insight.segments.count.columns import Typed
from liuke.insight.segments.count.engine import Engine
from liuke.insight.segments.members.hold import cut
from liuke.kernel.rule import Type
from liuke.kernel.rule.term import BOOL, Shape
from liuke.kernel.store.steps import Step

#: What the customers are called until their columns are as rules read them.
_HELD: Final = "held"


class DuckEngine:
    """Membership by SQL."""

    name = "duckdb"

    def find(self, task: Task) -> Refreshed:
        """All segments in one query, over the snapshot's columns and the lake's events."""
        asked = question(task)
        found = steps(asked)
        with task.bank.lake.connect(task.tx, happen.SOURCE) as lake:
            put(lake, task, asked)
            if asked.calls():
                lake.register("member", identity.members(task.tx))
                lake.execute(f"CREATE VIEW happened AS {happen.happened_sql('duckdb')}").fetchall()
            task.tell(0.1)
            told = run(lake, found)
        return answer(told, task)


def question(task: Task) -> Question:
    """The rules of a task as the steps take them."""
    fields = {field: segment.id for field, segment in task.words.segments.items()}
    as_of = task.snapshot.as_of
    return Question(task.rules, fields, as_of, cut(as_of))


def put(lake: duckdb.DuckDBPyConnection, task: Task, asked: Question) -> None:
    """Make the view ``customer``: everybody in the snapshot, with what the rules read of them."""
    snapshot = task.snapshot
    counting = Engine(snapshot, token=snapshot.name, cache=Cache())
    columns: dict[str, tuple[Typed, Type, Shape]] = {}
    for name in asked.tags():
        field = task.words.catalogue.fields[name]
        columns[field.column or name] = (counting.column(name), Type(field.type), field.shape)
    for number in asked.given():
        inside = bits.resized(task.members(number), snapshot.size) & counting.present
        yes = Typed(np.zeros(0, np.uint8), counting.present, yes=inside)
        columns[f"segment_{number}"] = (yes, Type.BOOL, BOOL)
    here = np.unpackbits(snapshot.present, count=snapshot.size, bitorder="little").view(np.bool_)
    rows = ask.table(columns, snapshot.size).append_column("?here", pa.array(here))
    lake.register(_HELD, rows)
    lake.execute(f'CREATE TEMP VIEW {CUSTOMER} AS {ask.shown_sql(columns)} WHERE "?here"').fetchall()


def run(lake: duckdb.DuckDBPyConnection, found: list[Step]) -> pa.Table:
    """The rows of the last step."""
    for step in found:
        kind = "TABLE" if step.kept else "VIEW"
        lake.execute(f"CREATE TEMP {kind} {step.name} AS {step.query}").fetchall()
    return lake.sql(f"SELECT * FROM {CHOSEN}").to_arrow_table()


def answer(told: pa.Table, task: Task) -> Refreshed:
    """The rows as a set a segment."""
    one_ids = told["one_id"].to_numpy()
    done = Refreshed()
    for number in task.rules:
        inside = told[f"segment_{number}"].to_numpy().astype(np.bool_)
        done.found[number] = bits.of(one_ids[inside], task.snapshot.size)
    task.tell(1.0)
    return done
