"""From the lake to the fact store: what is new since the last time, and customers whose rows belong elsewhere now.

A table that only grows gets a segment of its new files' rows. Customers who were merged or split, whose account was
given to somebody else, or who had a row corrected are written again whole, in the same new segment: from then on only
that counts of them. Tables that tell how things stand are written anew when anything of theirs changed.
"""

import hashlib
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from liuke.data import identity, sources
from liuke.data.tags.engine import sql
from liuke.data.tags.engine.facts import segment as segments
from liuke.data.tags.engine.facts.model import BUCKET_BITS, NULL, Facts, Ints, Kept, Page, Segment
from liuke.data.tags.engine.facts.page import load, save, table_folder
from liuke.data.tags.engine.model import Task
from liuke.data.tags.model import EPOCH
from liuke.data.tags.table import TABLES, Mode, TagTable
from liuke.data.tags.table.steps import HOME, last, revised

#: Rows staged at a time: each such part of a first projection is a segment.
PART_ROWS: Final = 20_000_000
#: Share of all customers above which writing them again one by one is dearer than everything afresh.
_MANY: Final = 0.2

#: Who owns the rows of tables that grow: bookings by their account, everything else by its party record.
_OWNERS: Final = {
    "account": (
        "SELECT a.source, a.source_key AS key, m.one_id, a.kind AS about FROM last_account AS a"
        " JOIN member AS m ON m.source = a.source AND m.source_key = a.party_key"
    ),
    "party": "SELECT source, source_key AS key, one_id, '' AS about FROM member",
}


@dataclass(slots=True)
class Projected:
    """The store brought up to the lake: the facts of every table, in a layout of this name."""

    facts: dict[str, Facts]
    layout: str


@dataclass(slots=True)
class _Work:
    """A projection under way."""

    task: Task
    lake: duckdb.DuckDBPyConnection
    root: Path
    old: Page
    number: int
    files: Mapping[str, tuple[str, ...]]
    tables: dict[str, Kept] = field(default_factory=dict)


def project(task: Task, root: Path) -> Projected:
    """Bring the store up to the lake as the task's transaction sees it. What a crash interrupts is begun again."""
    with task.bank.lake.connect(task.tx, *sources.CANONICAL.values()) as lake:
        layout = _prepare(lake, task)
        old = load(root)
        if old.layout != layout:
            shutil.rmtree(root, ignore_errors=True)
            old = Page(layout=layout)
        root.mkdir(parents=True, exist_ok=True, mode=0o700)
        work = _Work(task, lake, root, old, old.next_number, _files(task))
        moved, whole = _moved(work)
        for place, table in enumerate(TABLES.values()):
            task.report(0.05 + 0.4 * place / len(TABLES), f"投影{table.label}")
            _bring(work, table, moved=moved, whole=whole)
        _remember(work)
        page = Page(work.number, work.tables, layout)
        _finish(root, page)
        return Projected(opened(root, page), layout)


def _prepare(lake: duckdb.DuckDBPyConnection, task: Task) -> str:
    """Views every projection reads; returns what names the layout: another one cannot be brought forward."""
    lake.register("member_rows", identity.members(task.tx))
    _run(lake, "CREATE TEMP TABLE member AS SELECT source, source_key, one_id FROM member_rows")
    _run(lake, f"CREATE TEMP TABLE home AS {HOME}")
    _run(lake, f"CREATE TEMP TABLE last_account AS {last('account')}")
    for name in dict.fromkeys(read for table in TABLES.values() for read in table.reads):
        _run(lake, f"CREATE TEMP TABLE {name}_revised AS {revised(name)}")
    home = lake.execute("SELECT currency FROM home").fetchall()
    said = repr([(table.query, table.stored) for table in TABLES.values()]) + repr(home) + str(BUCKET_BITS)
    return hashlib.sha256(said.encode()).hexdigest()[:16]


def _files(task: Task) -> dict[str, tuple[str, ...]]:
    lake = task.bank.lake
    return {
        name: tuple(str(path.relative_to(lake.root)) for path in lake.files(task.tx, table))
        for name, table in sources.CANONICAL.items()
    }


def _moved(work: _Work) -> tuple[Ints, bool]:
    """Customers whose rows belong elsewhere since the last projection; whether there are too many, or none was."""
    folder = work.root / "owners"
    nobody = np.zeros(0, np.int64)
    if not all((folder / f"{name}.parquet").is_file() for name in _OWNERS):
        return nobody, True
    found = [nobody]
    for name, query in _OWNERS.items():
        _run(work.lake, f"CREATE TEMP TABLE owner_{name} AS {query}")
        before = f"read_parquet('{folder / name}.parquet')"
        orphans = f"read_parquet('{folder}/orphans-{name}.parquet')"
        changed = (
            f"SELECT b.one_id AS old, n.one_id AS new FROM {before} AS b"
            f" LEFT JOIN owner_{name} AS n ON n.source = b.source AND n.key = b.key"
            " WHERE n.one_id IS NULL OR n.one_id <> b.one_id OR n.about <> b.about"
            f" UNION ALL SELECT NULL AS old, n.one_id AS new FROM owner_{name} AS n"
            f" SEMI JOIN {orphans} AS o ON o.source = n.source AND o.key = n.key"
        )
        ids = f"SELECT old AS one_id FROM ({changed}) UNION SELECT new FROM ({changed})"
        found.append(_ids(work.lake, f"SELECT one_id FROM ({ids}) WHERE one_id IS NOT NULL"))
    corrected = [_corrected(work, table) for table in TABLES.values() if table.mode is Mode.EVENT]
    moved = np.unique(np.concatenate([*found, *corrected]))
    [(customers,)] = work.lake.execute("SELECT count(DISTINCT one_id) FROM member").fetchall()
    return moved, len(moved) > max(1000, _MANY * customers) or _reshelved(work)


def _corrected(work: _Work, table: TagTable) -> Ints:
    """Customers with a corrected row in the new files of a table."""
    fresh = _new_files(work, table)
    if not fresh:
        return np.zeros(0, np.int64)
    _narrow(work, table, fresh)
    return _ids(work.lake, f"SELECT DISTINCT one_id FROM ({sql.rows(table)}) WHERE revision > 0")


def _ids(lake: duckdb.DuckDBPyConnection, query: str) -> Ints:
    found: Ints = lake.sql(query).to_arrow_table()["one_id"].to_numpy()
    return found


def _reshelved(work: _Work) -> bool:
    """Whether a known product became another: its rows carry what it was."""
    before = f"read_parquet('{work.root / 'owners' / 'product.parquet'}')"
    [(found,)] = work.lake.execute(
        f"SELECT count(*) FROM {before} AS b JOIN ({_SHELF}) AS n USING (product_no)"
        " WHERE (b.name, b.kind, b.risk) IS DISTINCT FROM (n.name, n.kind, n.risk)"
    ).fetchall()
    return bool(found)


_SHELF: Final = (
    "SELECT product_no, max(name) AS name, max(kind) AS kind, max(risk) AS risk FROM"
    f" ({last('product')}) GROUP BY product_no"
)


def _new_files(work: _Work, table: TagTable) -> tuple[str, ...]:
    kept = work.old.tables.get(table.name)
    known = set(kept.files) if kept else set()
    return tuple(name for name in work.files[table.reads[0]] if name not in known)


def _bring(work: _Work, table: TagTable, *, moved: Ints, whole: bool) -> None:
    """One table brought up to the lake."""
    kept = None if whole else work.old.tables.get(table.name)
    gone = kept is not None and not set(kept.files) <= set(work.files[table.reads[0]])
    if table.mode is Mode.STATE:
        _restate(work, table, kept)
    elif kept is None or gone:
        _narrow(work, table, None)
        _write(work, table, Kept(), _parts(work, work.files[table.reads[0]]))
    else:
        _append(work, table, kept, moved)


def _restate(work: _Work, table: TagTable, kept: Kept | None) -> None:
    """A table of how things stand: as it is when nothing of it changed, else written anew."""
    stamp = (*(name for read in table.reads for name in work.files[read]), _stamp(work))
    if table.name == "salary":
        stamp += (work.task.as_of.isoformat(),)
    if kept is not None and kept.files == stamp:
        work.tables[table.name] = kept
        return
    for read in table.reads:
        _restore(work, read)
    if table.name == "salary":
        _run(work.lake, f"CREATE OR REPLACE TEMP VIEW rows_transaction AS {sql.rows(TABLES['transaction'])}")
        _run(work.lake, f"CREATE OR REPLACE TEMP VIEW moved AS {sql.moved((work.task.as_of - EPOCH).days)}")
    _write(work, table, Kept(files=stamp), [("", None)])


def _stamp(work: _Work) -> str:
    """A name for who is one customer with whom."""
    [(stamp,)] = work.lake.execute(
        "SELECT concat(count(*), '-', sum(hash(source, source_key, one_id) % 1000000007)) FROM member"
    ).fetchall()
    return str(stamp)


def _append(work: _Work, table: TagTable, kept: Kept, moved: Ints) -> None:
    """A table that grew: its new rows, and the moved customers' rows of all time."""
    fresh = _new_files(work, table)
    if not fresh and not len(moved):
        work.tables[table.name] = kept
        return
    files = (*kept.files, *fresh)
    work.lake.register("moved_ids", pa.table({"one_id": pa.array(moved, pa.int64())}))
    old = Kept(kept.segments, files, kept.facets, kept.since)
    parts: list[tuple[str, tuple[str, ...] | None]] = []
    if fresh:
        parts.append((" WHERE one_id NOT IN (SELECT one_id FROM moved_ids)", fresh))
    if len(moved):
        parts.append((" WHERE one_id IN (SELECT one_id FROM moved_ids)", None))
        old = Kept(kept.segments, files, kept.facets, _since(work, table, kept, moved))
    _write(work, table, old, parts)


def _since(work: _Work, table: TagTable, kept: Kept, moved: Ints) -> str:
    """From which segment on each customer's rows count, the moved ones only from the next on; the name of its file."""
    folder = table_folder(work.root, table.name)
    before = np.fromfile(folder / kept.since, np.uint32) if kept.since else np.zeros(0, np.uint32)
    since = np.zeros(max(len(before), int(moved.max()) + 1), np.uint32)
    since[: len(before)] = before
    since[moved] = work.number
    name = f"since-{work.number}"
    since.tofile(folder / name)
    return name


def _parts(work: _Work, files: Sequence[str]) -> Iterator[tuple[str, tuple[str, ...] | None]]:
    """Files of a table in parts of some millions of rows."""
    part: list[str] = []
    rows = 0
    for name in files:
        count = pq.read_metadata(work.task.bank.lake.root / name).num_rows
        if part and rows + count > PART_ROWS:
            yield "", tuple(part)
            part, rows = [], 0
        part.append(name)
        rows += count
    yield "", tuple(part)


def _write(
    work: _Work, table: TagTable, kept: Kept, parts: Sequence[tuple[str, tuple[str, ...] | None]] | Iterator[Any]
) -> None:
    """Stage each part, learn its facets and write it as a segment."""
    folder = table_folder(work.root, table.name)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    known = pq.read_table(folder / "facets.parquet") if kept.facets else None
    written = list(kept.segments)
    files = kept.files or tuple(work.files[table.reads[0]])
    for condition, names in parts:
        _narrow(work, table, names)
        _run(work.lake, f"CREATE OR REPLACE TEMP TABLE staged AS SELECT * FROM ({sql.rows(table)}){condition}")
        known = _learn(work.lake, table, known)
        path = folder / f"s{work.number:06d}"
        shutil.rmtree(path, ignore_errors=True)
        made = segments.write(path, work.number, _batches(work.lake, table), values=table.stored)
        work.number += 1
        written.append(segments.told(made))
    _run(work.lake, "DROP TABLE IF EXISTS staged")
    if known is None:
        raise TypeError("a table is written in one part at least")
    draft = folder / f"facets-{work.number}.draft"
    pq.write_table(known, draft)
    draft.replace(folder / "facets.parquet")
    work.tables[table.name] = Kept(tuple(written), files, known.num_rows, kept.since)


def _learn(lake: duckdb.DuckDBPyConnection, table: TagTable, known: pa.Table | None) -> pa.Table:
    """The combinations of facets known before and those that are new, each with its code, as ``facet_codes``."""
    names = ", ".join(f'"{name}"' for name in table.facets)
    if known is None:
        known = lake.sql(f"SELECT {names}, CAST(0 AS BIGINT) AS code FROM staged LIMIT 0").to_arrow_table()
    lake.register("known_facets", known)
    fresh = lake.sql(
        f"SELECT DISTINCT {names} FROM staged ANTI JOIN known_facets USING ({names}) ORDER BY {names}"
    ).to_arrow_table()
    codes = pa.array(np.arange(known.num_rows, known.num_rows + fresh.num_rows), pa.int64())
    found = pa.concat_tables([known, fresh.append_column("code", codes).cast(known.schema)])
    lake.unregister("known_facets")
    lake.register("facet_codes", found)
    return found


def _batches(lake: duckdb.DuckDBPyConnection, table: TagTable) -> Iterator[dict[str, Ints]]:
    """The staged rows by bucket and day."""
    names = ", ".join(f'"{name}"' for name in table.facets)
    values = "".join(f', CAST(COALESCE("{name}", {NULL + 1}) AS BIGINT) AS "{name}"' for name in table.stored)
    reader = lake.sql(
        f"SELECT one_id AS id, day, known, dead, code AS facet{values} FROM staged JOIN facet_codes USING ({names})"
        f" ORDER BY one_id >> {BUCKET_BITS}, day, one_id"
    ).to_arrow_reader(1 << 20)
    for batch in reader:
        yield {name: batch.column(name).to_numpy(zero_copy_only=False) for name in batch.schema.names}


def _narrow(work: _Work, table: TagTable, files: Sequence[str] | None) -> None:
    """Let the table's own view show some files only; None: all."""
    main = table.reads[0]
    if files is None:
        _restore(work, main)
        return
    listed = ", ".join(f"'{work.task.bank.lake.root / name}'" for name in files)
    columns = ", ".join(f'"{column.name}"' for column in sources.CANONICAL[main].columns)
    source = f"SELECT {columns} FROM read_parquet([{listed}])" if files else sources.CANONICAL[main].empty_sql()
    _run(work.lake, f'CREATE OR REPLACE TEMP VIEW "{main}" AS {source}')


def _restore(work: _Work, main: str) -> None:
    _run(work.lake, f'DROP VIEW IF EXISTS temp."{main}"')


def _remember(work: _Work) -> None:
    """Keep who owned what, and which rows belonged to nobody, to tell next time what changed."""
    folder = work.root / "owners"
    folder.mkdir(exist_ok=True, mode=0o700)
    for name, query in _OWNERS.items():
        _keep(work, f"SELECT * FROM ({query}) ORDER BY source, key", folder / f"{name}.parquet")
        told = " UNION ".join(_keys(work, name, folder / f"orphans-{name}.parquet"))
        left = f"SELECT * FROM ({told}) AS t ANTI JOIN ({query}) AS o USING (source, key)"
        _keep(work, left, folder / f"orphans-{name}.parquet")
    _keep(work, _SHELF, folder / "product.parquet")


def _keys(work: _Work, owner: str, orphans: Path) -> Iterator[str]:
    """Queries for the owners' keys that new rows name, and those that nobody had before."""
    key = "account_key" if owner == "account" else "party_key"
    for table in TABLES.values():
        if table.mode is Mode.EVENT and (table.name == "transaction") == (owner == "account"):
            main = table.reads[0]
            listed = ", ".join(f"'{work.task.bank.lake.root / name}'" for name in _new_files(work, table))
            yield (
                f"SELECT source, {key} AS key FROM read_parquet([{listed}])"
                if listed
                else f'SELECT source, {key} AS key FROM "{main}" WHERE false'
            )
    if orphans.is_file():
        yield f"SELECT source, key FROM read_parquet('{orphans}')"


def _keep(work: _Work, query: str, path: Path) -> None:
    draft = path.with_suffix(".draft")
    _run(work.lake, f"COPY ({query}) TO '{draft}' (FORMAT parquet)")
    draft.replace(path)


def opened(root: Path, page: Page) -> dict[str, Facts]:
    """The facts a page names, by table."""
    return {name: _facts(root, name, kept) for name, kept in page.tables.items()}


def _facts(root: Path, name: str, kept: Kept) -> Facts:
    folder = table_folder(root, name)
    found = tuple(
        Segment(path=folder / one["path"], **{k: v for k, v in one.items() if k != "path"}) for one in kept.segments
    )
    codes = pq.read_table(folder / "facets.parquet")
    facets = {column: codes[column].to_pylist()[: kept.facets] for column in codes.column_names if column != "code"}
    since = np.fromfile(folder / kept.since, np.uint32) if kept.since else None
    return Facts(found, facets, since)


def _finish(root: Path, page: Page) -> None:
    """Make the page count, and remove the segments no page names."""
    save(root, page)
    for name, kept in page.tables.items():
        folder = table_folder(root, name)
        named = {one["path"] for one in kept.segments} | {kept.since, "facets.parquet"}
        for path in folder.iterdir():
            if path.name not in named:
                shutil.rmtree(path) if path.is_dir() else path.unlink()


def _run(lake: duckdb.DuckDBPyConnection, statement: str) -> None:
    lake.execute(statement).fetchall()
