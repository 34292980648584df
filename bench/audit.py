"""The audit log: durable appends, acknowledgement of single ones, full verification, proofs, erasure, forgers.

Computing is measured in processor time of one thread, what waits for the disk in wall time.
"""

import random
import shutil
import statistics
import tempfile
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from uuid import UUID

from bench.figure import Figure, show
from liuke.guard.audit.check.verify import verify
from liuke.guard.audit.persons import Person, drafts
from liuke.guard.audit.seal.commit import Committer
from liuke.guard.audit.seal.folder import Folder, Header
from liuke.guard.audit.seal.hash import Hasher
from liuke.guard.audit.seal.log import Log, Means, open_log
from liuke.guard.audit.seal.model import Draft, Fault, FaultKind
from liuke.guard.audit.seal.prove import included
from liuke.guard.audit.seal.tiles import Tiles
from liuke.guard.audit.seal.tree import Frontier
from liuke.kernel.clock import SystemClock
from liuke.kernel.crypto import KeyRing
from liuke.kernel.crypto.sign import new_signer
from liuke.kernel.event import Recorded
from liuke.kernel.ids import OneId

#: Entries at full scale, and how many are written together.
ENTRIES: Final = 1_000_000
BATCH: Final = 4_096
#: Leaves of the tree that proofs are read from.
TREE: Final = 10_000_000
MUTATIONS: Final = 10_000
#: Single entries a second, for so many seconds, from so many threads.
RATE: Final = 1_000
SECONDS: Final = 5
THREADS: Final = 20
#: Customers the entries are about; the one who is erased is in one entry of so many.
SHARE: Final = 5_000


def figures(scale: float) -> Iterator[Figure]:
    """Every figure; goals of time shrink with the scale."""
    with tempfile.TemporaryDirectory(prefix="liuke-audit-") as name:
        folder = Path(name)
        means = Means("sm3", new_signer("ed25519"), SystemClock())
        yield from _appends(folder / "log", means, max(BATCH, int(ENTRIES * scale)))
        yield from _verified(folder / "log", means)
        yield from _acknowledged(folder / "single", means)
        yield from _proofs(folder / "tree", max(1_000, int(TREE * scale)))
        yield from _forged(folder / "forged", max(100, int(MUTATIONS * scale)))


def _appends(path: Path, means: Means, entries: int) -> Iterator[Figure]:
    """Everything from the event to the disk: JSON, encryption, chain, tree, fdatasync, a signature every second."""
    events = [_event(n) for n in range(BATCH)]
    sum(1 for _ in _drafts(events))  # loads what the compiler keeps between runs
    with open_log(path, means) as log:
        wall, cpu = time.perf_counter(), time.thread_time()
        signed = wall
        while log.size < entries:
            log.append(_drafts(events[: entries - log.size]))
            if time.perf_counter() - signed >= 1:
                log.checkpoint()
                signed = time.perf_counter()
        log.checkpoint()
        cpu, wall = time.thread_time() - cpu, time.perf_counter() - wall
    yield Figure("durable SM3 + Merkle appends, batched, per core", entries / cpu, "/s", 50_000, at_least=True)
    yield Figure(f"write {entries:,} durable entries (wall)", wall, "s", 20 * entries / ENTRIES)


def _verified(path: Path, means: Means) -> Iterator[Figure]:
    with open_log(path.with_name("small"), means) as small:
        small.append(_drafts([_event(n) for n in range(BATCH)]))
    verify(path.with_name("small"))  # loads what the compiler keeps between runs
    start = time.thread_time()
    report = verify(path)
    seconds = time.thread_time() - start
    if not report.sound:
        raise SystemExit(f"an untouched log is not sound: {report.faults[:3]}")
    yield Figure(f"verify {report.size:,} entries, everything, per core", seconds, "s", 5 * report.size / ENTRIES)
    with open_log(path, means) as log:
        about = [n for n in range(0, log.size, SHARE) if log.folder.line(n)]
        start = time.perf_counter()
        erased = log.erase(about, reason="bench")
        yield Figure(f"erase a person from {erased} entries (wall)", time.perf_counter() - start, "s", 1)
    yield Figure("proof failures after the erasure", verify(path).faults_total, "", 0)


def _acknowledged(path: Path, means: Means) -> Iterator[Figure]:
    """Open loop: each entry has its moment, and the wait counts from that moment, late or not."""
    waits: list[float] = []
    with open_log(path, means) as log:
        committer, began = Committer(log), time.perf_counter() + 0.5
        threads = [threading.Thread(target=_send, args=(committer, began, lane, waits)) for lane in range(THREADS)]
        for thread in threads:
            thread.start()
        _sign_every_second(log, threads)
    waits.sort()
    yield Figure(f"single append, {RATE:,}/s, median", statistics.median(waits) * 1000, "ms")
    yield Figure(f"single append, {RATE:,}/s, p99", waits[int(len(waits) * 0.99)] * 1000, "ms", 15)


def _sign_every_second(log: Log, threads: list[threading.Thread]) -> None:
    while any(thread.is_alive() for thread in threads):
        time.sleep(1)
        log.checkpoint()


def _send(committer: Committer, began: float, lane: int, waits: list[float]) -> None:
    for turn, draft in enumerate(_drafts([_event(n) for n in range(RATE * SECONDS // THREADS)])):
        moment = began + (turn * THREADS + lane) / RATE
        time.sleep(max(0.0, moment - time.perf_counter()))
        committer.append(draft)
        waits.append(time.perf_counter() - moment)


def _proofs(path: Path, leaves: int) -> Iterator[Figure]:
    hasher, draw = Hasher("sm3"), random.Random(1)
    (path / "tree").mkdir(parents=True)
    (path / "log.json").write_bytes(Header("bench", "sm3", "none").text())
    frontier, tiles = Frontier(hasher), Tiles(path / "tree")
    for first in range(0, leaves, 100_000):
        fresh = draw.randbytes(32 * min(100_000, leaves - first))
        tiles.write(frontier.grow(fresh), before=first)
    tiles.close()
    tree, root, times = Folder(path).tree(leaves), frontier.root(), []
    for _ in range(500):
        n = draw.randrange(leaves)
        start = time.perf_counter()
        proof = tree.inclusion(n)
        times.append(time.perf_counter() - start)
        if included(tree.leaf(n), n, leaves, proof, node=hasher.node) != root:
            raise SystemExit("a proof does not hold")
    times.sort()
    yield Figure(f"inclusion proof over {leaves:,} entries, median", statistics.median(times) * 1000, "ms", 5)
    yield Figure(f"inclusion proof over {leaves:,} entries, p99", times[int(len(times) * 0.99)] * 1000, "ms")


def _forged(folder: Path, count: int) -> Iterator[Figure]:
    from tests.guard.audit.builders import MUTATIONS as WAYS
    from tests.guard.audit.builders import three_days

    place, draw, missed, named = three_days(folder, entries=30), random.Random(7), 0, 0
    copy = folder / "kept"
    shutil.copytree(place.path, copy)
    pins = frozenset({place.signer.key_id})
    for turn in range(count):
        WAYS[turn % len(WAYS)](place.path, draw)
        report = verify(place.path, witnesses=place.witnesses, pins=pins)
        missed += report.sound
        named += any(_names(fault) for fault in report.faults)
        shutil.rmtree(place.path)
        shutil.copytree(copy, place.path)
    yield Figure(f"changed logs found, of {count:,}", (count - missed) / count * 100, "%", 100, at_least=True)
    yield Figure("of these with the entry, segment or file named", named / count * 100, "%", 100, at_least=True)


def _names(fault: Fault) -> bool:
    """Whether a fault says where: entry or segment; of a key, log.json or a stray file the message names the file."""
    return bool(fault.segment) or fault.entry is not None or fault.kind in {FaultKind.FOLDER, FaultKind.KEY}


_NOW: Final = datetime.now(UTC)


_RING: Final = KeyRing.fresh()
_HASHER: Final = Hasher("sm3")
_KNOWN: Final = {n: Person(n, OneId(n), _RING.new_subject_key(n)) for n in range(1, SHARE + 1)}


def _drafts(events: list[Recorded]) -> Iterator[Draft]:
    """Entries made of events."""
    return drafts(events, ring=_RING, hasher=_HASHER, known=_KNOWN)


def _event(n: int) -> Recorded:
    """An event as the kernel gives it; every other one is about a customer."""
    about = n % 2 == 0
    return Recorded(
        txn=123_456,
        seq=n,
        id=UUID(int=n),
        kind="customer.viewed" if about else "source.loaded",
        version=1,
        at=_NOW,
        actor_id="0192f3a1-77aa-7bcd-9e11-5a2b3c4d5e6f",
        via="session",
        request_id="0192f3a1-88bb-7bcd-9e11-5a2b3c4d5e6f",
        subject=OneId(n % SHARE + 1) if about else None,
        payload={"part": "overview", "reason": ""} if about else {"source": "core_tran", "rows": 1_234},
    )


if __name__ == "__main__":
    show("audit", figures(1.0))
