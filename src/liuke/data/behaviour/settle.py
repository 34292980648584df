"""Writing what was taken in: events into the canonical table, those set aside beside it, counts, and how far the log is
done; all of it in one transaction, so that a crash repeats nothing and loses nothing."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

import pyarrow as pa

from liuke.data import sources
from liuke.data.behaviour import store
from liuke.data.behaviour.plan.judge import SetAside
from liuke.kernel.actor import Actor
from liuke.kernel.bank import Bank
from liuke.kernel.ids import new_id
from liuke.kernel.store.lake import FileDraft

TABLE: Final = sources.CANONICAL["behaviour"]

#: A row as it waits: the canonical columns, times in milliseconds.
ROWS: Final = pa.schema(
    [
        ("source", pa.string()),
        ("source_key", pa.string()),
        ("ts", pa.int64()),
        ("received", pa.int64()),
        ("party_key", pa.string()),
        ("device_id", pa.string()),
        ("session_id", pa.string()),
        ("name", pa.string()),
        ("page", pa.string()),
        ("product_no", pa.string()),
        ("seconds", pa.int32()),
        ("channel", pa.string()),
    ]
)
_BUSINESS: Final = ("party_key", "device_id", "session_id", "name", "page", "product_no", "seconds", "channel")


@dataclass(slots=True)
class Pending:
    """What was taken in and not written yet, and where the log stood then."""

    rows: list[pa.Table] = field(default_factory=list)
    aside: list[SetAside] = field(default_factory=list)
    minutes: dict[int, dict[str, int]] = field(default_factory=dict)
    places: dict[str, int] = field(default_factory=dict)

    @property
    def count(self) -> int:
        """Events that wait."""
        return sum(len(table) for table in self.rows) + len(self.aside)

    def counted(self, minute: int, name: str, count: int) -> None:
        """Add to a minute's count."""
        counts = self.minutes.setdefault(minute, {})
        counts[name] = counts.get(name, 0) + count


def settle(bank: Bank, actor: Actor, pending: Pending, *, numbered: int) -> None:
    """Write everything that waits. ``numbered`` is the number of the first event set aside.

    Raises: DiskFull, DatabaseLost; then nothing was written, and the log holds everything.
    """
    now = bank.clock.now()
    drafts: list[FileDraft] = []
    if pending.rows:
        drafts += _events(bank, pa.concat_tables(pending.rows), now)
    drafts += _aside(bank, pending.aside, numbered)
    with bank.write(actor) as tx:
        held = store.places(tx)
        if all(held.get(segment) == place for segment, place in pending.places.items()):
            return  # an earlier try did commit, and only its answer was lost
        bank.lake.publish(tx, drafts)
        store.add_minutes(tx, pending.minutes)
        store.set_places(tx, pending.places)


def hour_of(now: datetime) -> str:
    """The partition of live events that are written now."""
    return now.strftime("live-%Y%m%d%H")


def _events(bank: Bank, rows: pa.Table, now: datetime) -> list[FileDraft]:
    """The file of live events, if there are any; a row has the hash it also has when the source delivers it by file."""
    texts = [f"coalesce(CAST({name} AS VARCHAR), chr(30))" for name in _BUSINESS]
    texts.append("CAST(ts * 1000 AS VARCHAR)")
    chosen = {
        "event_time": "make_timestamptz(ts * 1000)",
        "known_at": "make_timestamptz(received * 1000)",
        "load_id": f"'{new_id(bank.clock)}'::UUID",
        "row_hash": f"md5_number_lower(concat_ws(chr(31), {', '.join(texts)}))",
        "revision": "0::INTEGER",
    }
    columns = ", ".join(f'{chosen.get(c.name, c.name)} AS "{c.name}"' for c in TABLE.columns)
    with bank.lake.engine() as connection:
        connection.register("pending", rows)
        draft = bank.lake.write_query(TABLE, connection, f"SELECT {columns} FROM pending", partition=hour_of(now))
    return [draft] if draft else []


def _aside(bank: Bank, aside: Sequence[SetAside], numbered: int) -> list[FileDraft]:
    by_day: dict[str, list[dict[str, object]]] = {}
    for number, one in enumerate(aside, numbered):
        at = datetime.fromtimestamp(one.received / 1000, UTC)
        by_day.setdefault(at.strftime("%Y%m%d"), []).append(
            {
                "received_at": at,
                "number": number,
                "reason": one.reason.value,
                "field": one.field,
                "message": one.message,
                "raw": one.raw,
            }
        )
    return [
        bank.lake.write(store.ASIDE, pa.Table.from_pylist(rows, schema=_ASIDE), partition=day)
        for day, rows in by_day.items()
    ]


_ASIDE: Final = pa.schema(
    [
        ("received_at", pa.timestamp("us", tz="UTC")),
        ("number", pa.int64()),
        ("reason", pa.string()),
        ("field", pa.string()),
        ("message", pa.string()),
        ("raw", pa.string()),
    ]
)


def pack(bank: Bank, actor: Actor, partitions: Sequence[str]) -> int:
    """Rewrite the many small files of past hours as one file each; returns how many files became fewer."""
    fewer = 0
    for partition in partitions:
        with bank.read(actor) as tx:
            files = bank.lake.files(tx, TABLE, partition=partition)
        if len(files) < 2:
            continue
        listed = ", ".join(f"'{path}'" for path in files)
        with bank.lake.engine() as connection:
            draft = bank.lake.write_query(
                TABLE, connection, f"SELECT * FROM read_parquet([{listed}])", partition=partition
            )
        with bank.write(actor) as tx:
            bank.lake.retire(tx, TABLE, partition=partition)
            bank.lake.publish(tx, [draft] if draft else [])
        fewer += len(files) - 1
    return fewer
