"""The verdict on every event of some batches, column by column; only what looks wrong is read one by one.

The columns accept what the JSON Schemas accept and hand everything else to them, which also say what is wrong: the
schemas are the law, the columns are quick.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import orjson
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.json as pj

from liuke.data.behaviour import fingerprint
from liuke.data.behaviour.intake.record import Record
from liuke.data.behaviour.model import AsideReason, Plan
from liuke.data.behaviour.plan import envelope
from liuke.data.behaviour.plan.parse import field_of, said, validator

Times = npt.NDArray[np.int64]

#: An accepted event: times in milliseconds since 1970; ``received`` by the server's clock.
EVENTS: Final = pa.schema(
    [
        ("event_id", pa.string()),
        ("ts", pa.int64()),
        ("user_id", pa.string()),
        ("customer_no", pa.string()),
        ("device_id", pa.string()),
        ("session_id", pa.string()),
        ("event", pa.string()),
        ("page", pa.string()),
        ("product_no", pa.string()),
        ("seconds", pa.int64()),
        ("channel", pa.string()),
    ]
)
ACCEPTED: Final = EVENTS.append(pa.field("received", pa.int64()))
_IDS: Final = ("user_id", "customer_no", "device_id", "session_id")
_WORDS: Final = ("event", "page", "product_no", "channel")
#: Different words, and contexts found good, that are remembered; beyond it the memory starts afresh.
_REMEMBERED: Final = 1_000_000
#: Bits of a context's key: event, page, product, channel; the rest are seconds.
_BITS: Final = (8, 14, 20, 4)
#: Longer stays are judged one by one.
_LONGEST: Final = 1 << 17
#: Bytes of a rejected line that are kept.
_KEPT: Final = 4_096
_NO_SECRET: Final = np.uint64(1)


@dataclass(frozen=True, slots=True)
class SetAside:
    """An event that was not accepted: when it came, why, which field, in words, and as it was sent."""

    received: int
    reason: AsideReason
    field: str
    message: str
    raw: str


@dataclass(frozen=True, slots=True)
class Judged:
    """What became of some batches: accepted events (schema `ACCEPTED`) and those set aside."""

    events: pa.Table
    aside: list[SetAside]


class Judge:
    """Judges batches by one tracking plan."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self._validators = {name: validator(one.schema) for name, one in plan.events.items()}
        self._memory = _Memory()

    def judge(self, records: Sequence[Record]) -> Judged:
        """The verdicts, in order of arrival."""
        whole = self._columns(records)
        if whole is not None:
            return whole
        parts = [self._columns([record]) or self._lines(record) for record in records]
        tables = [part.events for part in parts]
        return Judged(
            pa.concat_tables(tables) if tables else ACCEPTED.empty_table(),
            [one for part in parts for one in part.aside],
        )

    def _columns(self, records: Sequence[Record]) -> Judged | None:
        """All batches as columns; None when the bytes are not rows of the declared types throughout."""
        table = _parsed(records)
        if table is None:
            return None
        counts = [record.lines for record in records]
        received = np.repeat(np.array([record.received for record in records], np.int64), counts)
        skew = np.repeat(np.array([record.skew for record in records], np.int64), counts)
        fine = self._fine(table)
        timely = self._timely(_times(table) + skew, received)
        good = fine & timely
        if good.all():
            return Judged(_accepted(table, skew, received), [])
        lines = [line for record in records for line in _lines_of(record.body)]
        found = [self._line(lines[row], int(received[row]), int(skew[row])) for row in np.flatnonzero(~good).tolist()]
        taken = table.filter(pa.array(good))
        return _together(_accepted(taken, skew[good], received[good]), found)

    def _fine(self, table: pa.Table) -> npt.NDArray[np.bool_]:
        """(n,) whether each row satisfies envelope and plan."""
        fine = fingerprint.of(table["event_id"], _NO_SECRET).plain.copy()
        someone = np.zeros(len(fine), np.bool_)
        for name in _IDS:
            there = table[name].is_valid().to_numpy()
            fine &= fingerprint.of(table[name], _NO_SECRET).plain | ~there
            if name in envelope.WHO:
                someone |= there
        times = _times(table)
        fine &= (
            someone & (times >= envelope.TIMES[0]) & (times <= envelope.TIMES[1]) & table["ts"].is_valid().to_numpy()
        )
        return fine & self._planned(table)

    def _planned(self, table: pa.Table) -> npt.NDArray[np.bool_]:
        """(n,) whether the plan knows each row's context; every different context is judged once, then remembered."""
        keys, fine = self._memory.keys(table)
        unknown = fine & ~self._memory.good.holds(keys)
        rows = np.flatnonzero(unknown)
        if not len(rows):
            return fine
        _, first, inverse = np.unique(keys.one[rows], return_index=True, return_inverse=True)
        columns = [table[name].take(pa.array(rows[first])).to_pylist() for name in (*_WORDS, "seconds")]
        verdicts = np.array([self._knows(*context) for context in zip(*columns, strict=True)], np.bool_)
        self._memory.good.add(keys.take(rows[first][verdicts]))
        fine[rows] = verdicts[inverse.ravel()]
        return fine

    def _knows(
        self, event: str | None, page: str | None, product: str | None, channel: str | None, seconds: int | None
    ) -> bool:
        law = self._validators.get(event or "")
        short = all(len(word) <= envelope.MAX_WORD for word in (page, product, channel) if word is not None)
        told = {"page": page, "product_no": product, "seconds": seconds, "channel": channel}
        return law is not None and short and bool(law.is_valid(envelope.context_of(told)))

    def _timely(self, times: Times, received: Times) -> npt.NDArray[np.bool_]:
        early = times < received - self.plan.late_hours * 3_600_000
        return ~early & (times <= received + self.plan.ahead_seconds * 1000)

    def _lines(self, record: Record) -> Judged:
        """One batch read line by line."""
        found = [self._line(line, record.received, record.skew) for line in _lines_of(record.body)]
        return _together(ACCEPTED.empty_table(), found)

    def _line(self, line: bytes, received: int, skew: int) -> dict[str, Any] | SetAside:
        """One event, by the schemas: the row, or why not."""

        def aside(reason: AsideReason, field: str, message: str) -> SetAside:
            return SetAside(received, reason, field, message, line[:_KEPT].decode("utf-8", "replace").replace("\0", ""))

        try:
            event = orjson.loads(line)
        except orjson.JSONDecodeError:
            return aside(AsideReason.JSON, "", "不是完整的 JSON")
        for fault in envelope.ENVELOPE.iter_errors(event):
            return aside(AsideReason.FORM, field_of(fault), said(fault))
        if all(event.get(name) is None for name in envelope.WHO):
            return aside(AsideReason.FORM, "user_id", "没有 user_id、customer_no、device_id 中的任何一个")
        law = self._validators.get(event["event"])
        if law is None:
            return aside(AsideReason.PLAN, "event", "埋点方案里没有这个事件")
        for fault in law.iter_errors(envelope.context_of(event)):
            return aside(AsideReason.PLAN, field_of(fault), said(fault))
        at = int(event["ts"]) + skew
        if at > received + self.plan.ahead_seconds * 1000:
            return aside(AsideReason.AHEAD, "ts", "发生时间晚于接收时间")
        if at < received - self.plan.late_hours * 3_600_000:
            return aside(AsideReason.LATE, "ts", f"发生在 {self.plan.late_hours} 小时以前，按补录文件处理")
        seconds = event.get("seconds")
        return {**event, "ts": at, "seconds": None if seconds is None else int(seconds), "received": received}


class _Memory:
    """Contexts found good, by a key of numbered words."""

    def __init__(self) -> None:
        self._forget()

    def _forget(self) -> None:
        self._words: tuple[dict[str | None, int], ...] = tuple({None: 0} for _ in _WORDS)
        self.good = fingerprint.Seen()

    def keys(self, table: pa.Table) -> tuple[fingerprint.Fingerprints, npt.NDArray[np.bool_]]:
        """The key of every row's context, and whether it has one; what has none is read by itself."""
        if self.good.count > _REMEMBERED or any(len(known) > _REMEMBERED for known in self._words):
            self._forget()
        keys = np.zeros(len(table), np.uint64)
        fine = np.ones(len(table), np.bool_)
        for name, known, bits in zip(_WORDS, self._words, _BITS, strict=True):
            coded = table[name].combine_chunks().dictionary_encode()
            numbers = np.array(
                [known.setdefault(word, len(known)) for word in [*coded.dictionary.to_pylist(), None]], np.uint64
            )
            place = pc.fill_null(coded.indices, len(numbers) - 1).to_numpy(zero_copy_only=False)
            codes = numbers[place]
            fine &= codes < (1 << bits)
            keys = (keys << np.uint64(bits)) | codes
        seconds = pc.fill_null(table["seconds"], -1).to_numpy()
        there = table["seconds"].is_valid().to_numpy()
        fine &= (seconds < _LONGEST) & ((seconds >= 0) | ~there)
        keys = (keys << np.uint64(18)) | (seconds + 1).astype(np.uint64)
        return fingerprint.of_numbers(keys), fine


def _parsed(records: Sequence[Record]) -> pa.Table | None:
    body = b"\n".join(record.body for record in records)
    if not body.isascii():
        try:
            body.decode()
        except UnicodeDecodeError:
            return None
    if b"\0" in body or b"\\u0000" in body:
        return None
    # A null that is no field's value ends the process inside pyarrow (26.0): such bytes are never shown to it.
    if body.count(b"null") != body.count(b":null") + body.count(b": null"):
        return None
    try:
        table = pj.read_json(
            io.BytesIO(body),
            read_options=pj.ReadOptions(use_threads=False, block_size=len(body) + 1),
            parse_options=pj.ParseOptions(explicit_schema=EVENTS, unexpected_field_behavior="error"),
        )
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        return None
    return table if len(table) == sum(record.lines for record in records) else None


def count_lines(body: bytes) -> int:
    """How many events a batch holds: lines that are not blank."""
    return len(_lines_of(body))


def _lines_of(body: bytes) -> list[bytes]:
    return [line for line in body.split(b"\n") if line and not line.isspace()]


def _times(table: pa.Table) -> Times:
    times: Times = pc.fill_null(table["ts"], 0).to_numpy()
    return times


def _accepted(table: pa.Table, skew: Times, received: Times) -> pa.Table:
    at = table.schema.get_field_index("ts")
    shifted = table.set_column(at, "ts", pa.array(_times(table) + skew)) if skew.any() else table
    return shifted.append_column("received", pa.array(received))


def _together(taken: pa.Table, found: Sequence[dict[str, Any] | SetAside]) -> Judged:
    rows = [one for one in found if isinstance(one, dict)]
    aside = [one for one in found if isinstance(one, SetAside)]
    if rows:
        columns = {name: [row.get(name) for row in rows] for name in ACCEPTED.names}
        taken = pa.concat_tables([taken, pa.table(columns, schema=ACCEPTED)])
    return Judged(taken, aside)
