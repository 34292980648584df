"""The stock and the known ids, made from the lake: what the stream process begins with, and begins again with when
files, identity or products changed."""

from collections.abc import Iterator
from typing import Any, Final

import numpy as np
import pyarrow as pa

from liuke.data import identity, sources
from liuke.data.behaviour import fingerprint
from liuke.data.behaviour.model import DAY_MS
from liuke.data.behaviour.settle import TABLE
from liuke.data.behaviour.windows import kernel
from liuke.data.behaviour.windows.context import COLUMNS, Contexts
from liuke.data.behaviour.windows.stock import Stock
from liuke.kernel.store.lake import Lake
from liuke.kernel.store.records import ReadHandle

#: Days of events that are kept at hand: the longest window of the rule language.
KEEP_DAYS: Final = 400
#: Sessions are told apart within one customer only, so one mark for all processes will do.
_SESSIONS: Final = np.uint64(0x5E5510)
_PART: Final = 500_000

_EVENTS: Final = """
SELECT m.one_id::INTEGER AS one_id, epoch_ms(b.event_time) AS ts, b.name, b.page, b.product_no, b.channel,
       coalesce(b.seconds, -1)::INTEGER AS seconds, b.session_id
FROM ({behaviour}) b JOIN member m ON m.source = b.source AND m.source_key = b.party_key
WHERE epoch_ms(b.event_time) >= $since AND m.one_id > 0"""

_IDS: Final = """
SELECT source_key, epoch_ms(event_time) // {day} AS day FROM behaviour WHERE epoch_ms(event_time) >= $since"""


def stock(tx: ReadHandle, lake: Lake, *, now: int) -> Stock:
    """All events of the kept days of the lake. now: milliseconds since 1970."""
    contexts = Contexts()
    parts: dict[str, list[Any]] = {name: [] for name in ("one_id", "ts", "context", "seconds", "session")}
    query = _EVENTS.format(behaviour=sources.current_sql("behaviour"))
    for batch in _read(tx, lake, query, now - KEEP_DAYS * DAY_MS):
        times = batch["ts"].to_numpy()
        parts["one_id"].append(batch["one_id"].to_numpy())
        parts["ts"].append(times)
        parts["context"].append(contexts.of({name: batch[name] for name in COLUMNS}, times))
        parts["seconds"].append(batch["seconds"].to_numpy())
        parts["session"].append(sessions(batch["session_id"]))
    columns = {name: np.concatenate(part) if part else np.zeros(0, np.int64) for name, part in parts.items()}
    size = int(columns["one_id"].max()) + 1 if len(columns["one_id"]) else 0
    start, order = kernel.sort_by_customer(columns["one_id"].astype(np.int32), columns["ts"], size)
    return Stock(
        start=start,
        time=columns["ts"][order],
        context=columns["context"][order].astype(np.int32),
        seconds=columns["seconds"][order].astype(np.int32),
        session=columns["session"][order],
        contexts=tuple(contexts.known),
        as_of=now,
    )


def seen(tx: ReadHandle, lake: Lake, *, since: int, secret: np.uint64) -> dict[int, fingerprint.Seen]:
    """The ids of the lake's events since a moment, by day of the event (days since 1970, UTC)."""
    found: dict[int, fingerprint.Seen] = {}
    for batch in _read(tx, lake, _IDS.format(day=DAY_MS), since, member=False):
        ids, days = fingerprint.of(batch["source_key"], secret), batch["day"].to_numpy()
        for day in np.unique(days).tolist():
            found.setdefault(int(day), fingerprint.Seen()).add(ids.take(days == day))
    return found


def sessions(column: pa.ChunkedArray) -> Any:  # noqa: ANN401
    """(n,) marks of sessions; 0 for none."""
    marks = fingerprint.of(column, _SESSIONS).one.view(np.int64).copy()
    marks[column.is_null().to_numpy()] = 0
    return marks


def _read(tx: ReadHandle, lake: Lake, query: str, since: int, *, member: bool = True) -> Iterator[pa.Table]:
    with lake.connect(tx, TABLE) as connection:
        if member:
            connection.register("member", identity.members(tx))
        reader = connection.sql(query, params={"since": since}).to_arrow_reader(_PART)
        for batch in reader:
            yield pa.Table.from_batches([batch])
