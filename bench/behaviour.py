"""Behaviour: events through the served door for as long as promised, what kills cost, windows, analyses.

Scale 1.0 sends for 30 seconds and analyses 50 million events; scale 20 sends for the promised ten minutes. The sender
is a process of its own on the same machine; its processor time is not counted as Liuke's.
"""

import asyncio
import json
import os
import random
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any, Final

import httpx
import numpy as np
import pyarrow as pa

from bench.figure import Figure, show

#: Events a second promised, events of one batch, seconds at scale 1, connections.
RATE: Final = 60_000
#: Sent at a little more than is promised: a sender never sends faster than it was told.
OFFERED: Final = 60_600
BATCH: Final = 500
SECONDS: Final = 30
LINES: Final = 16
USERS: Final = 100_000
KILLS: Final = 20
#: Seconds between kills: a door that dies twice within 5.5 seconds is a crash loop, and the server ends.
_BETWEEN_KILLS: Final = 3.0
_WARM_SECONDS: Final = 4.0
_WARM_RATE: Final = 10_000
#: Events and customers analysed at scale 1.
EVENTS: Final = 50_000_000
CUSTOMERS: Final = 2_000_000
_DAY: Final = 500_000_000
_PASSWORD: Final = "Bench#2026-behaviour"
_ROOT: Final = Path(__file__).resolve().parents[1]


def figures(scale: float) -> Iterator[Figure]:
    """Every figure; seconds, kills and events shrink with the scale."""
    with tempfile.TemporaryDirectory(prefix="liuke-behaviour-") as name:
        with Served(Path(name)) as served:
            yield from _intake(served, max(5.0, SECONDS * scale))
        with Served(Path(name)) as served:
            yield from _killed(served, max(2, round(KILLS * min(scale, 1.0))))
    yield from _analyses(max(100_000, int(EVENTS * min(scale, 1.0))))


class Served:
    """A bank that is served, with users of its app and a token that may send."""

    def __init__(self, folder: Path) -> None:
        self.home = folder / "home"
        self.port = _free_port()
        self.token = ""
        self._server: subprocess.Popen[bytes] | None = None
        self._environment = {
            **os.environ,
            "LIUKE_HOME": str(self.home),
            "LIUKE_PORT": str(self.port),
            "LIUKE_LOG_LEVEL": "error",
            "LIUKE_INTAKE_EVENTS_PER_SECOND": "1000000",
        }

    def __enter__(self) -> "Served":
        _prepare(self.home)
        self.start()
        url = f"http://127.0.0.1:{self.port}/api"
        answer = httpx.post(f"{url}/session", json={"login": "bench", "password": _PASSWORD}, timeout=60)
        headers = {"x-csrf-token": answer.json()["csrf_token"]}
        wanted = {"name": "bench", "permissions": ["behaviour.send"], "days": 1}
        issued = httpx.post(f"{url}/tokens", json=wanted, cookies=answer.cookies, headers=headers, timeout=60)
        self.token = next(value for value in issued.json().values() if str(value).startswith("lk_"))
        return self

    def __exit__(self, *_: object) -> None:
        if self._server is not None:
            self._server.send_signal(signal.SIGTERM)
            self._server.wait(60)

    def start(self) -> None:
        """Serve, until ready."""
        command = [sys.executable, "-m", "liuke.app.cli", "serve"]
        self._server = subprocess.Popen(command, env=self._environment, cwd=_ROOT)
        for _ in range(1200):
            try:
                if httpx.get(f"http://127.0.0.1:{self.port}/ready", timeout=5).status_code == 200:
                    return
            except httpx.TransportError:
                time.sleep(0.1)
        raise SystemExit("the server did not become ready")

    def processes(self) -> dict[str, list[int]]:
        """The server's children by what they are: web, stream."""
        found: dict[str, list[int]] = {"web": [], "stream": []}
        assert self._server is not None
        if self._server.poll() is not None:
            raise SystemExit("the server ended")
        for pid in _children(self._server.pid):
            command = Path(f"/proc/{pid}/cmdline").read_bytes()
            kind = "stream" if b"\0stream\0" in command else "" if b"--parent" in command else "web"
            if kind:
                found[kind].append(pid)
        return found

    def state(self) -> dict[str, int]:
        """What the stream process says of itself."""
        try:
            told: dict[str, int] = json.loads((self.home / "behaviour" / "stream.json").read_text())
        except (FileNotFoundError, json.JSONDecodeError):
            return {"events": 0, "backlog_bytes": 1}
        return told


def _prepare(home: Path) -> None:
    """Users of the app, and a data engineer."""
    from liuke.data import org
    from liuke.kernel.actor import Actor, Role
    from liuke.kernel.bank import open_bank
    from liuke.kernel.errors import Conflict
    from liuke.kernel.settings import Settings

    with open_bank(Settings(home=home, _env_file=None)) as bank:  # type: ignore[call-arg]
        actor = Actor.system("bench")
        try:
            org.create_user(
                bank, actor, login="bench", display="bench", staff_no=None,
                roles=frozenset({Role.DATA_ENGINEER}), first_password=_PASSWORD, must_change=False,
            )  # fmt: skip
        except Conflict:
            return
        now = bank.clock.now()
        with bank.write(actor) as tx:
            rows = (("app", f"U{n:07d}", n, now) for n in range(1, USERS + 1))
            tx.copy("identity_member", ("source", "source_key", "one_id", "since"), rows)


def _intake(served: Served, seconds: float) -> Iterator[Figure]:
    # The processes have loaded what they need and met every kind of event: ten minutes are not for starting up.
    _taken_in(served, int(_send(served, _WARM_SECONDS, _WARM_RATE)["events"]))
    already = served.state()["events"]
    before = _cpu(served)
    sent = _send(served, seconds)
    ended = time.perf_counter()
    _taken_in(served, already + int(sent["events"]))
    taken = time.perf_counter()
    cpu = _cpu(served) - before
    cores = os.cpu_count() or 1
    yield Figure(f"acknowledged for {seconds:.0f} s", sent["events"] / sent["seconds"], "events/s", RATE, at_least=True)
    yield Figure("acknowledged, median", sent["p50"], "ms")
    yield Figure("acknowledged, p99", sent["p99"], "ms", 20)
    yield Figure(
        "judged, counted once, in the windows",
        sent["events"] / (sent["seconds"] + taken - ended),
        "events/s",
        RATE,
        at_least=True,
    )
    yield Figure("behind the last acknowledgement", taken - ended, "s")
    yield Figure("processor time a million events, door and stream", cpu / sent["events"] * 1e6, "s")
    share = cpu / sent["events"] * _DAY / (86_400 * cores) * 100
    yield Figure(f"500 million events a day, of {cores} cores", share, "%", 25)


def _taken_in(served: Served, events: int) -> None:
    """Wait until the windows hold so many events and the log is read to its end."""
    until = time.monotonic() + 600
    while served.state()["events"] < events or served.state()["backlog_bytes"]:
        time.sleep(0.2)
        if time.monotonic() > until:
            raise SystemExit(f"the stream holds {served.state()} of {events} events")


def _cpu(served: Served) -> float:
    """Processor seconds of door and stream so far."""
    whole = 0.0
    for pids in served.processes().values():
        for pid in pids:
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            whole += (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return whole


def _send(served: Served, seconds: float, rate: int = OFFERED) -> dict[str, float]:
    """Send from a process of its own; what it measured."""
    command = [sys.executable, "-m", "bench.behaviour", "send", str(served.port), str(seconds), str(rate)]
    done = subprocess.run(command, input=served.token, capture_output=True, text=True, check=True, cwd=_ROOT)
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def _killed(served: Served, kills: int) -> Iterator[Figure]:
    """Send while door and stream are killed in turn; then look for every acknowledged event in the lake."""
    seconds = str(kills * (_BETWEEN_KILLS + 1))
    command = [sys.executable, "-m", "bench.behaviour", "send", str(served.port), seconds, "5000", "kept"]
    sender = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=_ROOT)
    assert sender.stdin is not None
    sender.stdin.write(served.token)
    sender.stdin.close()
    draw = random.Random(7)
    done = 0
    while done < kills:
        time.sleep(_BETWEEN_KILLS + draw.random())
        alive = served.processes()["stream" if done % 2 else "web"]
        if alive:
            os.kill(alive[0], signal.SIGKILL)
            done += 1
        if sender.poll() is not None:
            break
    assert sender.stdout is not None
    acknowledged = set(json.loads(sender.stdout.read().splitlines()[-1])["kept"])
    found = _in_lake(served)
    lost = sum(batch not in found for batch in acknowledged)
    twice = sum(count != BATCH for batch, count in found.items() if batch in acknowledged)
    yield Figure(f"kill -9 of door or stream, {len(acknowledged) * BATCH:,} events acknowledged", done, "times")
    if not done:
        return  # nothing was killed, so nothing is shown
    yield Figure("acknowledged events lost", lost * BATCH, "", 0)
    yield Figure("acknowledged batches not whole exactly once", twice, "", 0)


def _in_lake(served: Served) -> dict[int, int]:
    """Events by batch in the lake, once the log is taken in."""
    import duckdb

    from liuke.data import sources
    from liuke.kernel.actor import Actor
    from liuke.kernel.bank import open_bank
    from liuke.kernel.settings import Settings

    until = time.monotonic() + 180
    last = -1
    with open_bank(Settings(home=served.home, _env_file=None)) as bank:  # type: ignore[call-arg]
        while True:
            time.sleep(20)
            with bank.read(Actor.system("bench")) as tx:
                files = bank.lake.files(tx, sources.CANONICAL["behaviour"])
            listed = ", ".join(f"'{path}'" for path in files)
            rows = duckdb.execute(
                f"SELECT substr(source_key, 2, 8)::INTEGER, count(*) FROM read_parquet([{listed}])"
                " WHERE starts_with(source_key, 'k') GROUP BY 1"
            ).fetchall()
            whole = sum(count for _, count in rows)
            if (whole == last and not served.state()["backlog_bytes"]) or time.monotonic() > until:
                return dict(rows)
            last = whole


def _analyses(events: int) -> Iterator[Figure]:
    """Funnel, retention and trend over a stock on disk, and answers about single customers."""
    from liuke.data.behaviour.analyse import run
    from liuke.data.behaviour.analyse.model import Analysis, Query, Step, TimeGrain
    from liuke.data.behaviour.plan.parse import parse, shipped
    from liuke.data.behaviour.windows import stock
    from liuke.data.behaviour.windows.state import Windows

    with tempfile.TemporaryDirectory(prefix="liuke-stock-") as name:
        began = time.perf_counter()
        stock.publish(Path(name), _stock(events))
        yield Figure(f"write a stock of {events:,} events", time.perf_counter() - began, "s")
        found = stock.load(Path(name))
        assert found is not None
        now = int(found.time.max()) + 1
        windows = Windows(found, now=lambda: now)
        ground = run.Ground(found, windows.contexts.rows(0, {}), parse(shipped()), np.zeros(0, np.uint8), 2, now)
        view = (Step("view", "page = 'wealth_list'"), Step("view", "page = 'wealth_detail'"), Step("submit"))
        since, until = date(2026, 8, 1), date(2026, 10, 29)
        asked = {
            "trend, 90 days": Query(Analysis.TREND, view[:1], since, until),
            "funnel, 3 steps in 7 days": Query(Analysis.FUNNEL, view, since, until),
            "retention, 12 weeks": Query(
                Analysis.RETENTION, (Step("login"),), since, until, grain=TimeGrain.WEEK, returns=11
            ),
        }
        for title, query in asked.items():
            times = [_timed(lambda query=query: run.answer(run.ready(ground, query))) for _ in range(21)][1:]
            yield Figure(f"{title} on {events:,} events, median", statistics.median(times), "s")
            yield Figure(f"{title} on {events:,} events, p95", sorted(times)[18], "s", 1 if events <= EVENTS else None)
        yield from _single(windows, found.size)


def _single(windows: Any, size: int) -> Iterator[Figure]:
    from liuke.data.behaviour import catalogue
    from liuke.data.behaviour.plan.parse import parse, shipped
    from liuke.kernel import rule

    text = "count_events('view', '7d', page = 'wealth_detail') > 3 or distinct_events('view', '30d', page) > 5"
    checked = rule.check(rule.parse(text), catalogue.of_customers(parse(shipped())))
    asked = rule.to_python(checked, windowed=windows.windowed(checked))
    draw = random.Random(1)
    times = sorted(_timed(lambda: asked({"one_id": draw.randrange(1, size)})) for _ in range(2000))
    yield Figure("a rule of two windows for one customer, p99", times[1980] * 1000, "ms", 5)
    [call] = rule.check(rule.parse("count_events('view', '7d')"), catalogue.of_customers(parse(shipped()))).windows
    whole = [_timed(lambda: windows.column(call)) for _ in range(5)]
    yield Figure(f"a window for all {size - 1:,} customers at once", min(whole), "s")


def _timed(work: Any) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _stock(events: int) -> Any:
    """Events of 180 days by customers of very different zeal, sorted as a stock is."""
    from liuke.data.behaviour.windows import kernel
    from liuke.data.behaviour.windows.context import COLUMNS, Contexts
    from liuke.data.behaviour.windows.stock import Stock

    rng = np.random.default_rng(7)
    customers = max(1000, int(CUSTOMERS * events / EVENTS))
    who = (1 + customers * rng.random(events, np.float32) ** 1.5).astype(np.int32)
    end = 1_793_289_600_000
    time_ = end - (rng.random(events) * 180 * 86_400_000).astype(np.int64)
    contexts = Contexts()
    names, pages = (
        ("login", "view", "view", "view", "click", "submit"),
        ("home", "wealth_list", "wealth_detail", "account"),
    )
    kinds = [
        (name, page, f"P{number}", hour)
        for name in names
        for page in pages
        for number in range(8)
        for hour in range(24)
    ]
    columns = {
        "name": [kind[0] for kind in kinds], "page": [kind[1] for kind in kinds],
        "product_no": [kind[2] for kind in kinds], "channel": ["app"] * len(kinds),
    }  # fmt: skip
    assert tuple(columns) == COLUMNS
    moments = np.array([kind[3] for kind in kinds], np.int64) * 3_600_000
    numbers = contexts.of({name: pa.chunked_array([pa.array(values)]) for name, values in columns.items()}, moments)
    start, order = kernel.sort_by_customer(who, time_, customers + 2)
    return Stock(
        start=start,
        time=time_[order],
        context=numbers[rng.integers(0, len(kinds), events, np.int32)],
        seconds=rng.integers(0, 120, events, np.int32),
        session=time_[order] // 1_800_000,
        contexts=tuple(contexts.known),
        as_of=end,
    )


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _children(parent: int) -> list[int]:
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if int(fields[1]) == parent:
                found.append(int(entry.name))
    return found


class Sender:
    """Sends batches at a rate, each due at its moment; an acknowledgement counts from that moment, late or not."""

    def __init__(self, port: int, token: str, seconds: float, rate: int, *, kept: bool) -> None:
        self._port = port
        self._head = (
            f"POST /api/behaviour/events HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\nauthorization: Bearer {token}\r\n"
            "content-type: application/x-ndjson\r\ncontent-length: %d\r\n\r\n"
        )
        self._batches = int(seconds * rate / BATCH)
        self._gap = BATCH / rate
        self._kept = kept
        self._bodies = _bodies("k" if kept else "e")
        self._next = 0
        self._began = 0.0
        # Ids of another run of the sender must not come again: they would be counted once.
        self._first = 0 if kept else int(time.time()) % 50_000 * 1_000
        self.waits: list[float] = []
        self.acknowledged: list[int] = []

    async def run(self) -> dict[str, Any]:
        """Send everything; what was measured."""
        self._began = time.perf_counter() + 0.5
        await asyncio.gather(*(self._line() for _ in range(LINES)))
        waits = sorted(self.waits)
        return {
            "events": len(self.acknowledged) * BATCH,
            "seconds": time.perf_counter() - self._began,
            "p50": waits[len(waits) // 2] * 1000,
            "p99": waits[int(len(waits) * 0.99)] * 1000,
            "kept": self.acknowledged if self._kept else [],
        }

    async def _line(self) -> None:
        reader = writer = None
        while self._next < self._batches:
            number, self._next = self._next, self._next + 1
            due = self._began + number * self._gap
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            stamp = int(time.time() * 1000)
            body = self._bodies[number % len(self._bodies)].replace(b"@@@@@@@@", b"%08d" % (self._first + number))
            body = body.replace(b"#############", b"%013d" % stamp)
            while True:
                try:
                    if writer is None:
                        reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
                    writer.write((self._head % len(body)).encode() + body)
                    assert reader is not None
                    answer = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 10)
                    length = int(answer.lower().partition(b"content-length:")[2].partition(b"\r\n")[0])
                    await reader.readexactly(length)
                    if answer.startswith(b"HTTP/1.1 202"):
                        break
                    if not self._kept:
                        raise SystemExit(answer.decode())
                except (OSError, EOFError, asyncio.IncompleteReadError, TimeoutError):
                    if not self._kept:
                        raise
                if writer is not None:
                    writer.close()
                reader = writer = None
                await asyncio.sleep(0.2)
            self.waits.append(time.perf_counter() - due)
            self.acknowledged.append(number)


def _bodies(mark: str) -> list[bytes]:
    """Batches with places for their number and the time."""
    draw = random.Random(3)
    pages = ("home", "wealth_list", "wealth_detail", "account", "transfer")
    found = []
    for _ in range(40):
        lines = [
            f'{{"event_id":"{mark}@@@@@@@@{n:04d}","ts":#############,"user_id":"U{draw.randrange(1, USERS):07d}",'
            f'"device_id":"{draw.getrandbits(120):032x}","session_id":"s{draw.randrange(10**8):09d}",'
            f'"event":"{draw.choice(("view", "view", "click", "login"))}","page":"{draw.choice(pages)}",'
            f'"product_no":"P{draw.randrange(200):03d}","seconds":{draw.randrange(120)},"channel":"app"}}'
            for n in range(BATCH)
        ]
        found.append("\n".join(lines).encode())
    return found


if __name__ == "__main__":
    if sys.argv[1:2] == ["send"]:
        sender = Sender(
            int(sys.argv[2]), sys.stdin.read().strip(), float(sys.argv[3]), int(sys.argv[4]), kept="kept" in sys.argv
        )
        print(json.dumps(asyncio.run(sender.run())))
    else:
        show("behaviour", figures(float(sys.argv[1]) if len(sys.argv) > 1 else 1.0))
