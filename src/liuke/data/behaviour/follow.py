"""The stream process: it follows the log, judges, recognises, counts each event once, keeps the windows, tells the
listeners, and writes to the lake; killed anywhere, it goes on from its last commit to the same state."""

import fcntl
import os
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, Protocol

import numpy as np
import numpy.typing as npt
import orjson
import pyarrow as pa
import pyarrow.compute as pc
import structlog

from liuke.data import products
from liuke.data.behaviour import build, fingerprint, settle, store
from liuke.data.behaviour.intake.tail import Tail
from liuke.data.behaviour.model import DAY_MS, AsideReason, Plan, StreamBusy
from liuke.data.behaviour.plan.judge import Judge, SetAside
from liuke.data.behaviour.plan.parse import parse, shipped
from liuke.data.behaviour.settle import Pending
from liuke.data.behaviour.who import Directory, Whose
from liuke.data.behaviour.windows import stock
from liuke.data.behaviour.windows.state import Windows
from liuke.kernel.actor import Actor
from liuke.kernel.bank import Bank
from liuke.kernel.errors import LiukeError
from liuke.kernel.event import Recorded
from liuke.kernel.store import log as events
from liuke.kernel.store.records import ReadHandle

_log = structlog.get_logger("liuke.behaviour")

#: Events after which the state is made anew from the lake, and those after which only the plan is read again.
RENEWS: Final = ("source.loaded", "identity.ran", "identity.merged", "identity.split", "product.replaced")
PLANS: Final = ("behaviour.plan_saved",)
_IDLE_SECONDS: Final = 0.03
#: Written to the lake after so many seconds or events, whichever comes first.
_SETTLE_SECONDS: Final = 15.0
_SETTLE_EVENTS: Final = 500_000
_RETRY_SECONDS: Final = 3.0
#: The stock is published again after at least so long, and no more than a fiftieth of the time goes into it.
_PUBLISH_SECONDS: Final = 5.0
_PUBLISH_SHARE: Final = 50
_LOOK_SECONDS: Final = 1.0
#: Hours of live files that are looked through for small ones to pack.
_PACKED_HOURS: Final = 48


class Listener(Protocol):
    """Told of every micro-batch once the windows hold it; it must return within milliseconds."""

    def __call__(self, bank: Bank, windows: Windows, one_ids: npt.NDArray[np.int32]) -> None:
        """``one_ids``: (n,) the customers whose windows changed, each once, ascending."""


class Stream:
    """The one stream process of a bank. Open it with `following`."""

    def __init__(self, bank: Bank, listeners: Sequence[Listener] = ()) -> None:
        self.bank = bank
        self._listeners = listeners
        self._actor = Actor.system("stream")
        self._secret = fingerprint.new_secret()
        self._tail = Tail(folder(bank) / "log")
        self._writer = ThreadPoolExecutor(1, "behaviour-settle")
        self._writing: tuple[Pending, Future[None]] | None = None
        self._pending = Pending()
        self._aside = 0
        self._settled_at = self._looked_at = time.monotonic()
        self._published_at = self._publish_cost = 0.0
        self._packed = ""
        self._shelf: dict[str, products.Product] = {}
        self._unknown: set[str] = set()
        self._seen: dict[int, fingerprint.Seen] = {}
        self.windows = Windows(stock.empty(), now=self.now)
        self._begin()

    def now(self) -> int:
        """The present, in milliseconds since 1970."""
        return int(self.bank.clock.now().timestamp() * 1000)

    @property
    def plan(self) -> Plan:
        """The tracking plan in force."""
        return self._judge.plan

    def _begin(self) -> None:
        """Everything from the lake, and the place in the log that belongs to it."""
        with self.bank.read(self._actor) as tx:
            self._mark = events.now(tx.connection)
            plan = plan_in_force(tx)
            self._judge = Judge(plan)
            self._directory = Directory.read(tx, self.bank.lake, plan)
            self._tail.places = store.places(tx)
            base = build.stock(tx, self.bank.lake, now=self.now())
            since = self.now() - (plan.late_hours * 3_600_000 + DAY_MS)
            self._seen = build.seen(tx, self.bank.lake, since=since, secret=self._secret)
        self._aside = self.now() * 1000
        self.windows.begin(base)
        self._publish(base)
        self._shelve(afresh=True)

    def _shelve(self, *, afresh: bool = False) -> None:
        """Look up the products that events name and the windows do not know yet."""
        named = {context[2] for context in self.windows.contexts.known if context[2]}
        known = {} if afresh else self._shelf
        wanted = named - known.keys() - self._unknown
        if not wanted and not afresh:
            return
        with self.bank.read(self._actor) as tx:
            found = products.by_numbers(tx, wanted)
        self._unknown = (set() if afresh else self._unknown) | (wanted - found.keys())
        self._shelf = {**known, **found}
        self.windows.shelve(self._shelf)

    def turn(self) -> int:
        """Take in what is new in the log; returns how many events were accepted."""
        records = self._tail.read()
        if not records:
            return 0
        judged = self._judge.judge(records)
        fresh = judged.events.filter(pa.array(self._new(judged.events)))
        whose = self._directory.find(fresh)
        self._note(judged.events, fresh, whose, [one.received for one in judged.aside], judged.aside)
        touched = self._apply(fresh, whose)
        if len(fresh):
            self._pending.rows.append(_rows(fresh, whose))
        self._pending.places = dict(self._tail.places)
        self._tell(touched)
        return len(fresh)

    def _new(self, judged: pa.Table) -> npt.NDArray[np.bool_]:
        """(n,) whether each event's id is met for the first time. Ids of days no event is accepted of are forgotten."""
        ids = fingerprint.of(judged["event_id"], self._secret)
        days = judged["ts"].to_numpy() // DAY_MS
        new = fingerprint.Seen().add(ids)
        for known in self._seen.values():
            new &= ~known.holds(ids)
        for day in np.unique(days[new]).tolist():
            self._seen.setdefault(int(day), fingerprint.Seen()).add(ids.take(new & (days == day)))
        oldest = (self.now() - self._judge.plan.late_hours * 3_600_000) // DAY_MS - 1
        for day in [day for day in self._seen if day < oldest]:
            del self._seen[day]
        return new

    def _note(
        self, judged: pa.Table, fresh: pa.Table, whose: Whose, aside_at: list[int], aside: Sequence[SetAside]
    ) -> None:
        """Count by the minute of arrival."""
        pending = self._pending
        pending.aside += aside
        for at, one in zip(aside_at, aside, strict=True):
            pending.counted(at // 60_000, "late" if one.reason is AsideReason.LATE else "malformed", 1)
        for name, table in (("accepted", fresh), ("judged", judged)):
            minutes, counts = np.unique(table["received"].to_numpy() // 60_000, return_counts=True)
            for minute, count in zip(minutes.tolist(), counts.tolist(), strict=True):
                pending.counted(minute, name, count)
                if name == "judged":
                    there = pending.minutes[minute]
                    there["duplicates"] = there["judged"] - there.get("accepted", 0)
        unknown = fresh["received"].to_numpy()[whose.one_id == 0] // 60_000
        for minute, count in zip(*(part.tolist() for part in np.unique(unknown, return_counts=True)), strict=True):
            pending.counted(minute, "unresolved", count)

    def _apply(self, fresh: pa.Table, whose: Whose) -> npt.NDArray[np.int32]:
        known = whose.one_id > 0
        mine = fresh.filter(pa.array(known))
        times = mine["ts"].to_numpy()
        with self.windows.lock:
            context = self.windows.contexts.of(
                {
                    "name": mine["event"],
                    "page": mine["page"],
                    "product_no": mine["product_no"],
                    "channel": mine["channel"],
                },
                times,
            )
            seconds = pc.fill_null(mine["seconds"], -1).to_numpy().astype(np.int32)
            self.windows.add(whose.one_id[known], times, context, seconds, build.sessions(mine["session_id"]))
        return np.unique(whose.one_id[known])

    def _tell(self, touched: npt.NDArray[np.int32]) -> None:
        if not len(touched):
            return
        for listener in self._listeners:
            try:
                listener(self.bank, self.windows, touched)
            except Exception as fault:  # noqa: BLE001  (a listener's fault must not stop what it listens to)
                _log.error("behaviour_listener_failed", fault=type(fault).__name__)

    def settle(self, *, wait: bool = False) -> None:
        """Write what waits when it is due; ``wait`` writes it now and returns when it is done.

        Raises: DiskFull, DatabaseLost when waiting; else they are tried again.
        """
        self._finish_writing(wait=wait)
        due = time.monotonic() - self._settled_at > _SETTLE_SECONDS or self._pending.count >= _SETTLE_EVENTS
        if self._writing is None and self._pending.places and (due or wait):
            pending, self._pending = self._pending, Pending()
            self._submit(pending)
            self._finish_writing(wait=wait)

    def _submit(self, pending: Pending) -> None:
        numbered, self._aside = self._aside, self._aside + len(pending.aside)
        done = self._writer.submit(settle.settle, self.bank, self._actor, pending, numbered=numbered)
        self._writing, self._settled_at = (pending, done), time.monotonic()

    def _finish_writing(self, *, wait: bool) -> None:
        if self._writing is None or not (wait or self._writing[1].done()):
            return
        pending, done = self._writing
        try:
            done.result()
        except LiukeError as fault:
            _log.warning("behaviour_settle_failed", code=fault.code)
            if wait:
                self._writing = None
                self._pending = _joined(pending, self._pending)
                raise
            if time.monotonic() - self._settled_at > _RETRY_SECONDS:
                self._submit(pending)
            return
        self._writing = None
        gone = self._tail.sweep(pending.places)
        if gone:
            with self.bank.write(self._actor) as tx:
                store.drop_places(tx, gone)

    def renew(self) -> bool:
        """Begin again from the lake when files, identity or products changed; whether it was so."""
        with self.bank.read(self._actor) as tx:
            called = events.read_after(tx.connection, *self._mark, kinds=(*RENEWS, *PLANS))
        if not called:
            return False
        kinds = {one.kind for one in called if _matters(one)}
        if kinds & set(RENEWS):
            self.settle(wait=True)
            self._begin()
        elif kinds:
            with self.bank.read(self._actor) as tx:
                self._judge = Judge(plan_in_force(tx))
        self._mark = (called[-1].txn, called[-1].seq)
        return True

    def publish(self) -> None:
        """Write stock and fresh events as the new stock, when that is due."""
        rest = max(_PUBLISH_SECONDS, self._publish_cost * _PUBLISH_SHARE)
        if self.windows.fresh.count and time.monotonic() - self._published_at > rest:
            began = time.monotonic()
            since = self.now() - build.KEEP_DAYS * DAY_MS
            self._publish(self.windows.together(since=since, as_of=self.now()))
            self._publish_cost = time.monotonic() - began

    def _publish(self, base: stock.Stock) -> None:
        root = folder(self.bank) / "stock"
        stock.publish(root, base)
        mapped = stock.load(root)
        self.windows.renew(mapped or base)
        self._published_at = time.monotonic()

    def look_round(self) -> None:
        """Once a second: what changed elsewhere, what is due, and how things stand for the screens."""
        if time.monotonic() - self._looked_at < _LOOK_SECONDS:
            return
        self._looked_at = time.monotonic()
        self.renew()
        self._shelve()
        self.publish()
        self._pack()
        state = {
            "pid": os.getpid(),
            "at": self.now(),
            "events": self.windows.events,
            "fresh": self.windows.fresh.count,
            "backlog_bytes": self._tail.backlog(),
            "stock_as_of": self.windows.stock.as_of,
        }
        path = folder(self.bank) / "stream.json"
        draft = path.with_suffix(".draft")
        draft.write_bytes(orjson.dumps(state))
        draft.replace(path)

    def _pack(self) -> None:
        """When an hour is over, its many small files become one."""
        hour = settle.hour_of(self.bank.clock.now())
        if hour == self._packed or self._writing is not None:
            return
        self._packed = hour
        with self.bank.read(self._actor) as tx:
            scattered = store.scattered(tx, settle.TABLE.name, before=hour)
        settle.pack(self.bank, self._actor, scattered[-_PACKED_HOURS:])

    def serve(self, stop: threading.Event) -> None:
        """Follow until told to stop; then write what waits. A machine fault is tried again."""
        while not stop.is_set():
            try:
                busy = self.turn()
                self.settle()
                self.look_round()
            except LiukeError as fault:
                _log.warning("behaviour_turn_failed", code=fault.code)
                busy = 0
                stop.wait(_RETRY_SECONDS)
            if not busy:
                stop.wait(_IDLE_SECONDS)
        self.settle(wait=True)

    def close(self) -> None:
        """Let the writer go."""
        self._writer.shutdown(wait=True)


#: Tables whose files change what the windows hold.
_READ: Final = frozenset({"behaviour", "party"})


def _matters(happened: Recorded) -> bool:
    """Whether an event may change what the windows hold."""
    facts: Mapping[str, Any] = happened.payload
    if happened.kind == "source.loaded":
        return any(facts["tables"].get(name) for name in _READ)
    if happened.kind == "identity.ran":
        return any(facts[name] for name in ("added", "merged", "split"))
    return True


@contextmanager
def following(bank: Bank, listeners: Sequence[Listener] = ()) -> Iterator[Stream]:
    """The bank's stream process, held for this process alone. Raises StreamBusy when another one has it."""
    place = folder(bank)
    place.mkdir(parents=True, exist_ok=True, mode=0o700)
    held = os.open(place / "stream.lock", os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as fault:
            raise StreamBusy from fault
        stream = Stream(bank, listeners)
        try:
            yield stream
        finally:
            stream.close()
    finally:
        os.close(held)


def folder(bank: Bank) -> Path:
    """Where behaviour keeps its log and its stock."""
    return bank.settings.home / "behaviour"


def plan_in_force(tx: ReadHandle) -> Plan:
    """The newest saved plan, or the shipped one."""
    saved = store.plan(tx)
    return parse(saved.text if saved else shipped())


def _rows(fresh: pa.Table, whose: Whose) -> pa.Table:
    columns = {
        "source": whose.source,
        "source_key": fresh["event_id"],
        "ts": fresh["ts"],
        "received": fresh["received"],
        "party_key": whose.party_key,
        "device_id": fresh["device_id"],
        "session_id": fresh["session_id"],
        "name": fresh["event"],
        "page": fresh["page"],
        "product_no": fresh["product_no"],
        "seconds": pc.cast(fresh["seconds"], pa.int32()),
        "channel": fresh["channel"],
    }
    return pa.table(columns, schema=settle.ROWS)


def _joined(first: Pending, then: Pending) -> Pending:
    """Two pendings as one."""
    whole = Pending(first.rows + then.rows, first.aside + then.aside, first.minutes, {**first.places, **then.places})
    for minute, counts in then.minutes.items():
        for name, count in counts.items():
            whole.counted(minute, name, count)
    return whole
