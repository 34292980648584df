"""The lake: Parquet files on disk, and in PostgreSQL the catalogue of those that count.

A file is written under a new name, flushed to disk, and becomes visible only when a transaction publishes it, together
with the load record and the events that belong to it. What a crash leaves behind is in no catalogue and is swept.
"""

import errno
import os
import threading
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
from sqlalchemy import BigInteger, DateTime, Index, Table, Text, Uuid, insert, select, text, update

from liuke.kernel.disk import flush
from liuke.kernel.store.columns import PiClass, Retention, column, metadata
from liuke.kernel.store.records import DiskFull, ReadHandle, WriteHandle

file_table = Table(
    "lake_file",
    metadata,
    column("id", Uuid, primary_key=True, pi=PiClass.NONE, keep=Retention.RECORD),
    column("table_name", Text, pi=PiClass.NONE, keep=Retention.RECORD),
    column("path", Text, pi=PiClass.NONE, keep=Retention.RECORD),
    column("partition", Text, pi=PiClass.NONE, keep=Retention.RECORD),
    column("rows", BigInteger, pi=PiClass.NONE, keep=Retention.RECORD),
    column("bytes", BigInteger, pi=PiClass.NONE, keep=Retention.RECORD),
    column("load_id", Uuid, nullable=True, pi=PiClass.NONE, keep=Retention.RECORD),
    column("added_at", DateTime(timezone=True), server_default=text("now()"), pi=PiClass.NONE, keep=Retention.RECORD),
    column("removed_at", DateTime(timezone=True), nullable=True, pi=PiClass.NONE, keep=Retention.RECORD),
    Index("ix_lake_file_live", "table_name", "partition", postgresql_where=text("removed_at IS NULL")),
)


@dataclass(frozen=True, slots=True)
class LakeColumn:
    """One column of a lake table: DuckDB type, what it means, its unit, personal-information class and retention."""

    name: str
    kind: str
    meaning: str
    unit: str
    pi: PiClass
    keep: Retention


@dataclass(frozen=True, slots=True)
class LakeTable:
    """A table of the lake: its columns in order, and what one row is."""

    name: str
    meaning: str
    columns: tuple[LakeColumn, ...]

    def empty_sql(self) -> str:
        """A query with these columns and no row."""
        return "SELECT " + ", ".join(f'NULL::{c.kind} AS "{c.name}"' for c in self.columns) + " WHERE false"


@dataclass(frozen=True, slots=True)
class FileDraft:
    """A file written and flushed, not yet visible."""

    id: uuid.UUID
    table: str
    partition: str
    path: Path
    rows: int
    bytes: int


class Lake:
    """The folder of Parquet files and the way into it."""

    def __init__(self, root: Path, *, memory_mib: int = 4096, threads: int = 2) -> None:
        self.root: Final = root.absolute()
        self._memory_mib = memory_mib
        self._threads = threads
        root.mkdir(parents=True, exist_ok=True, mode=0o700)

    def write(self, table: LakeTable, rows: pa.Table, *, partition: str = "") -> FileDraft:
        """Write an Arrow table as a draft file.

        Raises: DiskFull when there is no room; nothing is left behind.
        """
        draft = self._draft_path(table, partition)
        with _whole(draft):
            pq.write_table(rows, draft, compression="zstd", row_group_size=256 * 1024)
        return self._settle(table, partition, draft, rows.num_rows)

    def write_query(
        self, table: LakeTable, connection: duckdb.DuckDBPyConnection, query: str, *, partition: str = ""
    ) -> FileDraft | None:
        """Write the rows of a DuckDB query as a draft file; None when the query has no row.

        Raises: DiskFull when there is no room; nothing is left behind.
        """
        draft = self._draft_path(table, partition)
        with _whole(draft):
            done = connection.execute(
                f"COPY ({query}) TO '{draft}' (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 245760)"
            ).fetchone()
        count = int(done[0]) if done else 0
        if count == 0:
            draft.unlink(missing_ok=True)
            return None
        return self._settle(table, partition, draft, count)

    def publish(self, tx: WriteHandle, drafts: Sequence[FileDraft], *, load_id: uuid.UUID | None = None) -> None:
        """Make drafts visible when the transaction commits."""
        if drafts:
            rows = [
                {
                    "id": draft.id,
                    "table_name": draft.table,
                    "path": str(draft.path.relative_to(self.root)),
                    "partition": draft.partition,
                    "rows": draft.rows,
                    "bytes": draft.bytes,
                    "load_id": load_id,
                }
                for draft in drafts
            ]
            tx.execute(insert(file_table), rows)

    def retire(self, tx: WriteHandle, table: LakeTable, *, partition: str | None = None) -> int:
        """Take a table's present files (or one partition's) out of sight on commit; returns how many."""
        gone = update(file_table).where(file_table.c.table_name == table.name, file_table.c.removed_at.is_(None))
        if partition is not None:
            gone = gone.where(file_table.c.partition == partition)
        return tx.execute(gone.values(removed_at=text("now()")))

    def rename(self, tx: WriteHandle, present: str, name: str) -> int:
        """Give the visible files of one table to another, which then shows them; returns how many."""
        given = update(file_table).where(file_table.c.table_name == present, file_table.c.removed_at.is_(None))
        return tx.execute(given.values(table_name=name))

    def files(self, tx: ReadHandle, table: LakeTable, *, partition: str | None = None) -> list[Path]:
        """The visible files of a table, oldest first."""
        query = select(file_table.c.path).where(
            file_table.c.table_name == table.name, file_table.c.removed_at.is_(None)
        )
        if partition is not None:
            query = query.where(file_table.c.partition == partition)
        return [self.root / row["path"] for row in tx.rows(query.order_by(file_table.c.added_at, file_table.c.id))]

    @contextmanager
    def connect(self, tx: ReadHandle, *tables: LakeTable) -> Iterator[duckdb.DuckDBPyConnection]:
        """A DuckDB connection in which each table is a view of its visible files, steady until it closes."""
        with self.engine() as connection:
            for table in tables:
                connection.execute(f'CREATE VIEW "{table.name}" AS {self.scan_sql(tx, table)}').fetchall()
            yield connection

    @contextmanager
    def sealed(
        self,
        paths: Sequence[Path] = (),
        *,
        folder: Path | None = None,
        memory_mib: int | None = None,
        spill_mib: int | None = None,
    ) -> Iterator[duckdb.DuckDBPyConnection]:
        """A DuckDB connection that reaches these files (and all in ``folder``) and nothing else of the machine.

        For queries a person wrote: no other file, no network, no extension, no setting can be had from inside.
        The time zone is a fixed eight hours, as the bank's days are.
        """
        with self.engine() as connection:
            allowed = ", ".join(f"'{path.absolute()}'" for path in paths)
            for statement in (
                "SET TimeZone = 'Etc/GMT-8'",
                f"SET memory_limit = '{memory_mib or self._memory_mib}MiB'",
                f"SET max_temp_directory_size = '{spill_mib}MiB'" if spill_mib else "",
                f"SET allowed_paths = [{allowed}]" if paths else "",
                f"SET allowed_directories = ['{folder.absolute()}']" if folder else "",
                "SET enable_external_access = false",
                "SET lock_configuration = true",
            ):
                if statement:
                    connection.execute(statement).fetchall()
            yield connection

    @contextmanager
    def engine(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """A bare DuckDB connection with the lake's memory limit, spilling to the lake's own folder."""
        spill = self.root / ".spill" / f"{os.getpid()}-{threading.get_ident()}-{uuid.uuid4().hex[:8]}"
        spill.parent.mkdir(exist_ok=True, mode=0o700)
        options: dict[str, Any] = {
            "memory_limit": f"{self._memory_mib}MiB",
            "threads": self._threads,
            "temp_directory": str(spill),
            "preserve_insertion_order": False,
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        }
        connection = duckdb.connect(config=options)
        connection.execute("SET TimeZone = 'UTC'").fetchall()
        try:
            yield connection
        finally:
            connection.close()

    def scan_sql(self, tx: ReadHandle, table: LakeTable) -> str:
        """The query over all visible rows of a table; empty tables have their columns too."""
        paths = self.files(tx, table)
        if not paths:
            return table.empty_sql()
        listed = ", ".join(f"'{path}'" for path in paths)
        chosen = ", ".join(f'"{c.name}"' for c in table.columns)
        return f"SELECT {chosen} FROM read_parquet([{listed}])"

    def sweep(self, tx: ReadHandle, *, older_than_seconds: float, now: float) -> int:
        """Delete files no catalogue row names, old enough not to be somebody's draft; returns how many."""
        known = {row["path"] for row in tx.rows(select(file_table.c.path).where(file_table.c.removed_at.is_(None)))}
        swept = 0
        for path in self.root.rglob("*.parquet*"):
            if str(path.relative_to(self.root)) not in known and now - path.stat().st_mtime > older_than_seconds:
                path.unlink(missing_ok=True)
                swept += 1
        return swept

    def _draft_path(self, table: LakeTable, partition: str) -> Path:
        folder = self.root / table.name / partition if partition else self.root / table.name
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return folder / f"{uuid.uuid4().hex}.parquet.draft"

    def _settle(self, table: LakeTable, partition: str, draft: Path, rows: int) -> FileDraft:
        """Flush the draft to disk and give it its final name."""
        flush(draft)
        final = draft.with_suffix("")
        draft.rename(final)
        flush(final.parent)
        return FileDraft(uuid.UUID(final.stem), table.name, partition, final, rows, final.stat().st_size)


#: A disk, a quota or a file-size limit is used up.
_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_FULL_WORDS: Final = tuple(os.strerror(code) for code in _FULL)


@contextmanager
def _whole(draft: Path) -> Iterator[None]:
    """Leave a whole file or none; a full disk is said plainly."""
    try:
        yield
    except BaseException as fault:
        draft.unlink(missing_ok=True)
        if getattr(fault, "errno", None) in _FULL or any(words in str(fault) for words in _FULL_WORDS):
            raise DiskFull from fault
        raise
    draft.chmod(0o600)
