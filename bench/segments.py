"""Counting, exporting and moving customers at the promised size: 10 M customers with the shipped tags.

Moving: events are made durable at the promised rate while the stream process follows them; each of some customers does
once what brings them into a live segment. The time runs from the moment the event is durable until a reader of another
process sees them among the members.

The snapshot is made here in the tags' own file format with random values of each tag's kind; rules are random, so that
what is called uncached has never been asked before.
"""

import asyncio
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import numpy as np

from bench.figure import Figure
from liuke.app import demo, http
from liuke.data import org, tags
from liuke.data.behaviour.intake.append import Appender
from liuke.data.behaviour.intake.record import Record
from liuke.data.tags import store as tag_store
from liuke.data.tags.define.book import bind
from liuke.data.tags.define.read import shipped
from liuke.data.tags.snapshot import write as snapshots
from liuke.data.tags.snapshot.draft import drafting
from liuke.insight import segments
from liuke.insight.segments import desk
from liuke.insight.segments.count import bits, tagged
from liuke.insight.segments.count.cache import Cache
from liuke.insight.segments.count.engine import Engine
from liuke.insight.segments.export import write
from liuke.insight.segments.export.model import ExportFormat
from liuke.insight.segments.rules import vocabulary
from liuke.kernel.actor import Actor, Role
from liuke.kernel.bank import Bank, open_bank
from liuke.kernel.rule import Checked
from liuke.kernel.settings import Settings

CUSTOMERS = 10_000_000
EXPORTED = 1_000_000
#: Customers made at a time.
STRETCH = 1 << 20
ROUNDS = 60
#: Events a second, seconds they are sent, events of a batch, and how many of these bring somebody in.
RATE, SECONDS, BATCH, JOINING = 5_000, 20, 500, 5
USERS = 20_000
DAY = date(2026, 10, 31)


def figures(scale: float) -> Iterator[Figure]:
    """Make the snapshot and its indexes, then count."""
    customers = max(20_000, int(CUSTOMERS * scale))
    with tempfile.TemporaryDirectory(prefix="liuke-bench-") as folder:
        settings = Settings(home=Path(folder) / "home", _env_file=None)  # type: ignore[call-arg]
        with open_bank(settings) as bank:
            _tag(bank, customers + 1)
            known = tagged.current(bank)
            began = time.perf_counter()
            codes = [code for code in known.fields if code in known.snapshot]
            desk.build_indexes(bank, known.snapshot, codes, lambda _fraction: None)
            yield Figure(f"index {len(codes)} tags × {customers:,} customers", time.perf_counter() - began, "s")
            yield from _counted(bank, known)
            yield from _exported(bank, min(EXPORTED, customers))
            yield from _typed(bank, known)
            yield from _moved(bank)


def _tag(bank: Bank, size: int) -> None:
    """A snapshot of random tags, written as the tags write theirs."""
    rng = np.random.default_rng(7)
    known = bind(shipped())
    wanted = [tag for tag in known.tags if not tag.ingredient]
    root, created = tag_store.root(bank), datetime(2026, 11, 1, tzinfo=UTC)
    with drafting(root, book=known, as_of=DAY, created_at=created, engine="bench") as draft:
        for begin in range(0, size, STRETCH):
            present = np.arange(begin, min(size, begin + STRETCH)) > 0
            draft.put(begin, present, {tag.code: _drawn(rng, tag, len(present)) for tag in wanted})
        snapshots.publish(root, draft)


def _drawn(rng: np.random.Generator, tag: tags.Tag, size: int) -> tuple[Any, Any]:
    return _values(rng, tag, size), rng.random(size) < 0.1 if tag.kind is tags.Kind.DATE else None


def _values(rng: np.random.Generator, tag: tags.Tag, size: int) -> Any:
    match tag.kind:
        case tags.Kind.BOOL:
            return rng.random(size) < rng.uniform(0.01, 0.6)
        case tags.Kind.WORD:
            return rng.integers(0, len(tag.words), size).astype(np.uint8)
        case tags.Kind.DATE:
            return rng.integers(18_000, 21_000, size).astype(np.int32)
        case tags.Kind.MONEY:
            return np.minimum(rng.lognormal(15, 2, size), 1e13).astype(np.int64)
        case tags.Kind.RATE:
            return rng.integers(-10_000, 10_000, size).astype(np.int32)
    return rng.integers(0, 400, size).astype(np.int16)


class Asker:
    """Random rules over the numeric tags, none of them twice."""

    def __init__(self, known: tagged.Tagged) -> None:
        self._chance = random.Random(11)
        self.words = vocabulary(known.fields, [], events={}, windows={}, columns={})
        kinds = known.snapshot.plates
        self._numbers = [c for c in kinds if kinds[c].kind in {tags.Kind.MONEY, tags.Kind.COUNT, tags.Kind.DAYS}]

    def terms(self, count: int) -> str:
        """``count`` numeric conditions joined by and / or."""
        chosen = [self._chance.choice(self._numbers) for _ in range(count)]
        written = [f"{code} {self._chance.choice(('>', '<='))} {self._chance.uniform(1, 300):.0f}" for code in chosen]
        while len(written) > 1:
            written = [
                f"({left} {self._chance.choice(('and', 'or'))} {right})"
                for left, right in zip(written[::2], written[1::2], strict=False)
            ] + (written[-1:] if len(written) % 2 else [])
        return written[0]


def _counted(bank: Bank, known: tagged.Tagged) -> Iterator[Figure]:
    asker, here = Asker(known), desk.of(bank)

    def engine(cache: Cache) -> Engine:
        return Engine(
            known.snapshot,
            token=known.snapshot.name,
            cache=cache,
            indexes=lambda c: here.index(known.snapshot.name, c),
        )

    warm = engine(Cache())
    warm.find(asker.words.check(asker.terms(20)))
    taken = []
    for _ in range(ROUNDS):
        checked, fresh = asker.words.check(asker.terms(20)), engine(Cache())
        taken.append(_counting(fresh, checked))
    yield from _told("20 uncached numeric terms", taken, 50)
    kept = engine(Cache())
    rules = [asker.words.check(asker.terms(20)) for _ in range(5)]
    for rule in rules:
        kept.find(rule)
    yield from _told("20 cached terms", [_counting(kept, one) for _ in range(40) for one in rules], 5)
    plain = Engine(known.snapshot, token="plain", cache=Cache())
    yield from _told("20 terms without index", [_counting(plain, asker.words.check(asker.terms(20)))], None)
    two = asker.words.check("aum > deposits and age > 30")
    yield from _told("two columns compared (DuckDB)", [_counting(engine(Cache()), two) for _ in range(5)], None)


def _exported(bank: Bank, customers: int) -> Iterator[Figure]:
    members = bits.of(np.arange(1, customers + 1, dtype=np.int64), customers + 1)
    began = time.perf_counter()
    spelled = bank.keys.customer_numbers.spell(bits.numbers(members))
    write.numbers(spelled, trace="KQ20261127-1", mark="", format_=ExportFormat.CSV)
    yield Figure(f"{customers:,} numbers to CSV", time.perf_counter() - began, "s", 1)


def _typed(bank: Bank, known: tagged.Tagged) -> Iterator[Figure]:
    """One more condition with every keystroke, through the application as a browser asks it."""
    import anyio
    import httpx

    machine = Actor.system("bench")
    org.create_user(
        bank,
        machine,
        login="analyst",
        display="分析师",
        staff_no=None,
        roles=frozenset({Role.ANALYST}),
        first_password=demo.PASSWORD,
        must_change=False,
    )
    app, asker = http.build(bank), Asker(known)

    async def typed() -> list[float]:
        wire = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=wire, base_url="http://bank.test") as client:
            answer = await client.post("/api/session", json={"login": "analyst", "password": demo.PASSWORD})
            cookie = answer.headers["set-cookie"].partition(";")[0]
            headers = {"cookie": cookie, "x-csrf-token": answer.json()["csrf_token"]}
            taken = []
            for round_ in range(ROUNDS):
                text = f"{asker.terms(5)} and login_30d > {round_}"
                began = time.perf_counter()
                body = {"text": text, "tree": None, "purpose": "service"}
                found = await client.post("/api/segments/count", json=body, headers=headers)
                taken.append((time.perf_counter() - began) * 1000)
                assert found.status_code == 200, found.text
            return taken[3:]

    yield from _told("keystroke to count over HTTP, 6 new conditions", anyio.run(typed), 100)


def _moved(bank: Bank) -> Iterator[Figure]:
    """From the durable event to the member another process sees."""
    machine = Actor.system("bench")
    now = bank.clock.now()
    with bank.write(machine) as tx:
        rows = (("app", f"U{n:07d}", n, now) for n in range(1, USERS))
        tx.copy("identity_member", ("source", "source_key", "one_id", "since"), rows)
    rule = "count_events('view', '1h', page = 'wealth_detail') >= 1 and age >= 0"
    made = segments.create(bank, machine, segments.Draft("实时", rule, "service", live=True))
    command = [sys.executable, "-m", "liuke.app.cli", "stream", "--parent", str(os.getpid())]
    stream = subprocess.Popen(command, env={**os.environ, "LIUKE_HOME": str(bank.settings.home)})
    try:
        _until_running(bank)
        taken = _followed(bank, machine, made.id)
    finally:
        stream.send_signal(signal.SIGTERM)
        stream.wait(60)
    yield from _told(f"event to membership at {RATE:,} events/s, {len(taken)} customers", taken, 1000)


def _until_running(bank: Bank) -> None:
    told = bank.settings.home / "behaviour" / "stream.json"
    ends = time.monotonic() + 300
    while not told.is_file():
        if time.monotonic() > ends:
            raise SystemExit("the stream process did not start")
        time.sleep(0.1)
    time.sleep(3)


def _followed(bank: Bank, machine: Actor, segment: int) -> list[float]:
    """Milliseconds of each customer from durable to visible."""
    sent: dict[int, float] = {}
    sending = threading.Thread(target=asyncio.run, args=(_sent(bank, sent),))
    sending.start()
    seen: dict[int, float] = {}
    ends = time.monotonic() + SECONDS + 60
    while sending.is_alive() or seen.keys() < sent.keys():
        with bank.read(machine) as tx:
            members = desk.standing(bank, tx).members(segment)
        at = time.perf_counter()
        for one in [one for one in list(sent) if one not in seen and bits.has(members, one)]:
            seen[one] = at
        if time.monotonic() > ends:
            raise SystemExit(f"{len(sent) - len(seen)} customers did not come in")
        time.sleep(0.01)
    return [(seen[one] - at) * 1000 for one, at in sent.items()]


async def _sent(bank: Bank, sent: dict[int, float]) -> None:
    """Batches at the promised rate; ``sent`` tells when each joining customer's event was durable."""
    appender = Appender(bank.settings.home / "behaviour" / "log", backlog_bytes=2**40)
    draw, began = random.Random(5), time.perf_counter()
    for batch in range(SECONDS * RATE // BATCH):
        await asyncio.sleep(max(0.0, began + batch * BATCH / RATE - time.perf_counter()))
        joining = range(1 + batch * JOINING, 1 + (batch + 1) * JOINING)
        ms = int(time.time() * 1000)
        lines = [_event(f"j{one}", ms, one, "wealth_detail") for one in joining]
        others = range(BATCH - JOINING)
        lines += [_event(f"n{batch}-{number}", ms, draw.randrange(1, USERS), "home") for number in others]
        body = b"\n".join(lines)
        await appender.append(Record(ms, 0, UUID(int=0), len(lines), body))
        sent |= dict.fromkeys(joining, time.perf_counter())
    appender.close()


def _event(event_id: str, ms: int, one: int, page: str) -> bytes:
    told = {"event_id": event_id, "ts": ms, "event": "view", "page": page, "user_id": f"U{one:07d}"}
    return json.dumps(told).encode()


def _counting(engine: Engine, checked: Checked) -> float:
    """Milliseconds to count a rule."""
    began = time.perf_counter()
    bits.count(engine.find(checked))
    return (time.perf_counter() - began) * 1000


def _told(name: str, taken: list[float], goal: float | None) -> Iterator[Figure]:
    yield Figure(f"{name}: p50", float(np.percentile(taken, 50)), "ms")
    yield Figure(f"{name}: p99", float(np.percentile(taken, 99)), "ms", goal)
