"""One customer's ledger: bookings and everything else that happened, read from the lake by time."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import duckdb

from liuke.data import org
from liuke.data.profile.model import Entry
from liuke.kernel.page import BadCursor

_COLUMNS: Final = (
    "moment",
    "kind",
    "source",
    "source_key",
    "account_tail",
    "channel",
    "name",
    "product_no",
    "product_name",
    "direction",
    "amount",
    "balance_after",
    "currency",
    "counterparty_name",
    "staff_no",
    "text",
)


def read(
    connection: duckdb.DuckDBPyConnection,
    files: Sequence[Path],
    one_id: int,
    *,
    kinds: Sequence[Entry],
    after: Sequence[object] | None,
    limit: int,
) -> list[dict[str, Any]]:
    """The newest ``limit`` + 1 rows of a customer, from the row ``after`` (time, source, key) on. Raises BadCursor."""
    if not files:
        return []
    where = ["one_id = ?"]
    values: list[object] = [one_id]
    if kinds:
        where.append(f"kind IN ({', '.join('?' * len(kinds))})")
        values += [str(kind) for kind in kinds]
    if after:
        where.append("(moment, source, source_key) < (?, ?, ?)")
        values += [_moment(after[0]), str(after[1]), str(after[2])]
    listed = ", ".join(f"'{path}'" for path in files)
    query = (
        f"SELECT {', '.join(f'epoch_us({c})' if c == 'moment' else c for c in _COLUMNS)} FROM read_parquet([{listed}])"
        f" WHERE {' AND '.join(where)} ORDER BY moment DESC, source DESC, source_key DESC LIMIT {limit + 1}"
    )
    rows = connection.execute(query, values).fetchall()
    found = [dict(zip(_COLUMNS, row, strict=True)) for row in rows]
    for row in found:
        row["moment"] = datetime.fromtimestamp(row["moment"] / 1_000_000, UTC)
    return found


def _moment(text: object) -> datetime:
    try:
        return datetime.fromisoformat(str(text))
    except ValueError:
        raise BadCursor from None


def key(row: Mapping[str, Any]) -> tuple[str, str, str]:
    """The place of a row in its order."""
    return row["moment"].isoformat(), row["source"], row["source_key"]


def booking(row: Mapping[str, Any], *, masking: org.Masking, erased: bool) -> dict[str, Any]:
    """A booking as it goes over the wire; the counterparty is masked, and left out of an erased customer's."""
    other = None if erased else row["counterparty_name"]
    return {
        "id": f"{row['source']}-{row['source_key']}",
        "at": row["moment"],
        "source": row["source"],
        "account_no": row["account_tail"] or "",
        "direction": row["direction"],
        "amount": row["amount"],
        "balance_after": row["balance_after"],
        "currency": row["currency"],
        "category": row["name"],
        "channel": row["channel"],
        "counterparty_name": masking.name(other) if other else None,
        "summary": None if erased else row["text"],
    }


def entry(row: Mapping[str, Any]) -> dict[str, Any]:
    """An entry of the timeline as it goes over the wire."""
    return {
        "id": f"{row['source']}-{row['source_key']}",
        "at": row["moment"],
        "kind": row["kind"],
        "source": row["source"],
        "channel": row["channel"],
        "name": row["name"],
        "product_no": row["product_no"],
        "product_name": row["product_name"],
        "direction": row["direction"],
        "amount": row["amount"],
        "currency": row["currency"],
        "staff_no": row["staff_no"],
        "text": row["text"],
    }
