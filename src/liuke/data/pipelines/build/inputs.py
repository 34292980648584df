"""The inputs of a run: which files, and the views a query sees them through."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Final
from uuid import UUID

import duckdb
import sqlglot
from sqlglot import exp

from liuke.data import sources
from liuke.data.pipelines import store
from liuke.data.pipelines.model import Partition
from liuke.kernel.bank import Bank
from liuke.kernel.store.lake import LakeTable
from liuke.kernel.store.records import ReadHandle

#: Where the files themselves are seen; the query sees canonical tables in their present state.
RAW: Final = "raw"
_TIMES: Final = ("TIMESTAMPTZ", "TIMESTAMP WITH TIME ZONE")


@dataclass(frozen=True, slots=True)
class Input:
    """One table a query reads: its columns and the files that make it, by id."""

    table: LakeTable
    files: Mapping[UUID, Path]

    def kind_of(self, column: str) -> str:
        """The type of a column."""
        return next(one.kind for one in self.table.columns if one.name == column)


@dataclass(frozen=True, slots=True)
class Span:
    """Days, both included."""

    since: date
    until: date


def known_tables(tx: ReadHandle, *, built: bool = False) -> dict[str, LakeTable]:
    """The tables a query may read: the canonical ones and other derived ones.

    ``built``: with the columns that stand in the lake; otherwise with those of the version that counts.
    """
    rows = store.built(tx) if built else store.working(tx)
    derived = {name: store.lake_table(name, name, store.columns_of(row)) for name, row in rows.items()}
    return {**sources.CANONICAL, **derived}


def present(bank: Bank, tx: ReadHandle, tables: Mapping[str, LakeTable], read: Sequence[str]) -> dict[str, Input]:
    """The inputs as they are visible now."""
    found = store.files(tx, read)
    return {
        name: Input(tables[name], {number: bank.lake.root / row["path"] for number, row in found[name].items()})
        for name in read
    }


@contextmanager
def opened(
    bank: Bank,
    inputs: Mapping[str, Input],
    *,
    also: Sequence[Path] = (),
    folder: Path | None = None,
    memory_mib: int | None = None,
    spill_mib: int | None = None,
) -> Iterator[duckdb.DuckDBPyConnection]:
    """A sealed database with the files of the inputs in schema ``raw``; `show` makes the tables the query reads.

    ``also``: further files it may read.
    """
    paths = [*also, *(path for one in inputs.values() for path in one.files.values())]
    with bank.lake.sealed(paths, folder=folder, memory_mib=memory_mib, spill_mib=spill_mib) as connection:
        connection.execute(f"CREATE SCHEMA {RAW}").fetchall()
        for name, one in inputs.items():
            connection.execute(
                f'CREATE VIEW {RAW}."{name}" AS {scan_sql(one.table, list(one.files.values()))}'
            ).fetchall()
        yield connection


def scan_sql(table: LakeTable, paths: Sequence[Path]) -> str:
    """The query over files of a table; without files it has the columns and no row."""
    if not paths:
        return table.empty_sql()
    listed = ", ".join(f"'{path}'" for path in paths)
    chosen = ", ".join(f'"{column.name}"' for column in table.columns)
    return f"SELECT {chosen} FROM read_parquet([{listed}])"


def hold(
    connection: duckdb.DuckDBPyConnection, inputs: Mapping[str, Input], cut: Mapping[str, str], query: str
) -> None:
    """Compute the present state of inputs once, in tables `show` then reads: each chunk would compute all of it.

    Of each only the columns whose names stand in the query, when it names them, and the one it is cut by; the check
    of queries lets no NATURAL JOIN and no whole row through, which would read others unnamed.
    """
    tree = sqlglot.parse_one(query, dialect="duckdb")
    named = {part.name.lower() for part in tree.find_all(exp.Identifier)}
    everything = any(not isinstance(star.parent, exp.Count) for star in tree.find_all(exp.Star))
    for name, by in cut.items():
        columns = [c.name for c in inputs[name].table.columns if everything or c.name.lower() in {*named, by}]
        chosen = ", ".join(f'"{column}"' for column in columns)
        held = f"SELECT {chosen} FROM ({present_sql(name)})"
        connection.execute(f'CREATE OR REPLACE TEMP TABLE "{_held(name)}" AS {held}').fetchall()


def show(
    connection: duckdb.DuckDBPyConnection,
    inputs: Mapping[str, Input],
    cut: Partition | None,
    span: Span | None,
    *,
    held: Collection[str] = (),
) -> None:
    """Make the tables the query reads, in their present state; those a partition is cut by only for its days.

    ``held``: inputs that `hold` computed on this connection.
    """
    for name, one in inputs.items():
        query = f'SELECT * FROM "{_held(name)}"' if name in held else present_sql(name)
        if cut is not None and span is not None and name in cut.by:
            query = f"SELECT * FROM ({query}) WHERE {_within(one, cut, name, span)}"
        connection.execute(f'CREATE OR REPLACE TEMP VIEW "{name}" AS {query}').fetchall()


def _held(name: str) -> str:
    return f"{name}~present"


def present_sql(name: str) -> str:
    """The present state of an input, over the schema of files."""
    if name in sources.CANONICAL:
        return sources.current_sql(name).replace(f'"{name}"', f'{RAW}."{name}"')
    return f'SELECT * FROM {RAW}."{name}"'


def day_sql(one: Input, column: str) -> str:
    """The Beijing day of a column."""
    return f'CAST("{column}" AS DATE)' if one.kind_of(column) in _TIMES else f'"{column}"'


def _within(one: Input, cut: Partition, name: str, span: Span) -> str:
    column = cut.by[name]
    first = span.since - timedelta(days=cut.before_days)
    last = span.until + timedelta(days=cut.after_days)
    if one.kind_of(column) in _TIMES:
        after = last + timedelta(days=1)
        return f"\"{column}\" >= TIMESTAMPTZ '{first} 00:00:00+08' AND \"{column}\" < TIMESTAMPTZ '{after} 00:00:00+08'"
    return f"\"{column}\" BETWEEN DATE '{first}' AND DATE '{last}'"
