"""Databases and web services as files: dlt reads them, and what it read lands as a raw copy like any other file.

A contract names environment variables, never addresses or passwords; only variables that begin with ``LIUKE_SOURCE_``
may be named, so that a contract cannot send other secrets of the process anywhere.
"""

import os
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

import orjson
import pyarrow as pa

from liuke.data.sources import store
from liuke.data.sources.contract.plan import Plan
from liuke.data.sources.contract.spec import Column, ColumnType, Contract
from liuke.data.sources.files.arrive import Arrival
from liuke.data.sources.files.land import Landed, land, no_room
from liuke.data.sources.model import AddressMissing, Format, SourceUnreachable
from liuke.kernel.actor import Actor
from liuke.kernel.bank import Bank
from liuke.kernel.errors import LiukeError

REMOTE: Final = (Format.SQL, Format.REST)
_CHUNK_ROWS: Final = 50_000


def extracts(bank: Bank, actor: Actor, plan: Plan) -> Iterator[tuple[Landed, Arrival, str]]:
    """What is new at the source since the last cursor, landed, with the cursor to go on from; nothing when it is empty.

    The last cursor's own rows are read again, because rows of the same value may have come since; they change nothing.

    Raises: AddressMissing, SourceUnreachable, DiskFull.
    """
    contract = plan.contract
    with bank.read(actor) as tx:
        since = store.last_cursor(tx, contract.name)
    folder = bank.settings.home / "raw"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    suffix = ".parquet" if contract.file.format is Format.SQL else ".jsonl"
    draft = folder / f"{uuid.uuid4().hex}.extract{suffix}"
    try:
        with _reachable(contract), no_room():
            write = _from_database if contract.file.format is Format.SQL else _from_service
            cursor = write(contract, draft, since)
        if draft.is_file():
            landed = land(draft, folder, text=False)
            name = f"{contract.system}/{contract.file.table}"
            yield landed, Arrival(landed.path, name, None, None, landed.bytes, 0), cursor or since
    finally:
        draft.unlink(missing_ok=True)


@contextmanager
def _reachable(contract: Contract) -> Iterator[None]:
    """Any fault of the other side is one sentence; its words may hold addresses and passwords and are not shown."""
    try:
        yield
    except (LiukeError, OSError):
        raise
    except Exception as fault:
        raise SourceUnreachable(source=contract.name) from fault


def _secret(name: str) -> str:
    value = os.environ.get(name, "")
    if not value:
        raise AddressMissing(variable=name)
    return value


def _from_database(contract: Contract, draft: Path, since: str) -> str:
    """A table of a database, by any SQLAlchemy address, into a Parquet file; returns the new cursor."""
    os.environ.setdefault("RUNTIME__DLTHUB_TELEMETRY", "false")
    from dlt.sources.sql_database import sql_table
    from pyarrow import compute, parquet

    spec = contract.file
    schema = (spec.options or {}).get("schema")
    start = _typed(contract, since) if spec.cursor and since else None

    # Not dlt's own incremental: it keeps state of its own, which would run ahead of a load that is refused.
    def narrowed(query: Any, table: Any) -> Any:  # noqa: ANN401  (SQLAlchemy's select and table, as dlt hands them)
        return query if start is None else query.where(table.c[spec.cursor] >= start)

    rows = sql_table(
        credentials=_secret(spec.address),
        table=spec.table,
        schema=str(schema) if schema else None,
        backend="pyarrow",
        chunk_size=_CHUNK_ROWS,
        query_adapter_callback=narrowed,
    )
    newest: Any = None
    writer: parquet.ParquetWriter | None = None
    for chunk in rows:
        table: pa.Table = chunk
        writer = writer or parquet.ParquetWriter(draft, table.schema, compression="zstd")
        writer.write_table(table.cast(writer.schema))
        if spec.cursor:
            top = compute.max(table.column(spec.cursor)).as_py()
            newest = top if newest is None or (top is not None and top > newest) else newest
    if writer is not None:
        writer.close()
    return "" if newest is None else str(newest)


def _typed(contract: Contract, since: str) -> object:
    """A stored cursor as the database compares it."""
    column: Column = next(one for one in contract.columns if one.name == contract.file.cursor)
    match column.type:
        case ColumnType.TIME:
            return datetime.fromisoformat(since)
        case ColumnType.DATE:
            return date.fromisoformat(since)
        case ColumnType.INT:
            return int(since)
        case _:
            return since


def _from_service(contract: Contract, draft: Path, since: str) -> str:
    """The rows of a web service into a JSON lines file; returns the new cursor."""
    os.environ.setdefault("RUNTIME__DLTHUB_TELEMETRY", "false")
    from dlt.sources.rest_api import rest_api_resources

    newest = ""
    with draft.open("wb") as sink:
        for resource in rest_api_resources(_service(contract, since)):
            for item in resource:
                for row in item if isinstance(item, list) else [item]:
                    sink.write(orjson.dumps(row, default=str, option=orjson.OPT_APPEND_NEWLINE))
                    newest = max(newest, str(row.get(contract.file.cursor) or "")) if contract.file.cursor else ""
    if draft.stat().st_size == 0:
        draft.unlink()
    return newest


def _service(contract: Contract, since: str) -> Any:  # noqa: ANN401  (dlt's own nested configuration)
    """dlt's description of the service: path, selector, paginator and parameters from the contract's options."""
    spec = contract.file
    options = dict(spec.options or {})
    stated = options.get("params")
    params = dict(stated) if isinstance(stated, Mapping) else {}
    if spec.cursor and since and options.get("cursor_param"):
        params[str(options["cursor_param"])] = since
    endpoint: dict[str, Any] = {"path": spec.table, "params": params}
    endpoint |= {key: options[key] for key in ("data_selector", "paginator") if key in options}
    client: dict[str, Any] = {"base_url": _secret(spec.address)}
    if token := options.get("token"):
        client["auth"] = {"type": "bearer", "token": _secret(str(token))}
    return {"client": client, "resources": [{"name": contract.name, "endpoint": endpoint}]}
