"""What one-ID reads from the lake: the current party record of every key of every system."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

import pyarrow as pa

from liuke.data import sources
from liuke.data.identity.model import Member
from liuke.data.identity.normalise import PARTY_COLUMNS, normalise_all
from liuke.kernel.store.lake import Lake
from liuke.kernel.store.records import ReadHandle

#: Rows of the lake held at a time.
_PART: Final = 250_000


def read(tx: ReadHandle, lake: Lake) -> tuple[pa.Table, pa.Table]:
    """Keys (source, source_key) and comparable records of all systems, in order of key.

    The wide rows stream through and are never all in memory.
    """
    keys: list[pa.Table] = []

    def parts(reader: pa.RecordBatchReader) -> Iterator[pa.Table]:
        for batch in reader:
            part = pa.Table.from_batches([batch])
            keys.append(part.select(["source", "source_key"]))
            yield part

    query = f"SELECT {', '.join(PARTY_COLUMNS)} FROM ({sources.current_sql('party')}) ORDER BY source, source_key"
    with lake.connect(tx, sources.CANONICAL["party"]) as connection:
        records = normalise_all(parts(connection.sql(query).to_arrow_reader(_PART)))
    empty = pa.schema([("source", pa.string()), ("source_key", pa.string())]).empty_table()
    return (pa.concat_tables(keys).combine_chunks() if keys else empty), records


def read_some(tx: ReadHandle, lake: Lake, members: Sequence[Member]) -> list[dict[str, Any]]:
    """The current records of some members, in the order asked; one that is gone has only its key."""
    wanted = pa.table({"source": [m.source for m in members], "source_key": [m.source_key for m in members]})
    query = (
        f"SELECT {', '.join(PARTY_COLUMNS)} FROM ({sources.current_sql('party')}) AS party"
        " SEMI JOIN wanted USING (source, source_key)"
    )
    with lake.connect(tx, sources.CANONICAL["party"]) as connection:
        connection.register("wanted", wanted)
        rows = connection.sql(query).to_arrow_table().to_pylist()
    by_key = {(row["source"], row["source_key"]): row for row in rows}
    return [by_key.get((m.source, m.source_key), {"source": m.source, "source_key": m.source_key}) for m in members]
