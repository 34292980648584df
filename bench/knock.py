"""A load generator of its own: sends GET requests at a fixed mean rate whether or not the answers have come.

    python -m bench.knock PORT RATE SECONDS OUT < requests

Each line of standard input is ``path cookie``; they are sent in turn. Arrivals are random (Poisson); a latency counts
from the moment a request was due: a server that stalls is charged for everyone who waited.
Writes one JSON object to the file OUT: latencies in milliseconds, errors, and how late the generator itself was.
"""

import asyncio
import json
import random
import sys
import time
from collections import Counter
from pathlib import Path

#: Connections kept open; more are never needed at the rates asked for.
CONNECTIONS = 64


class Knocker:
    """Sends requests over kept-open connections and notes how long each answer took."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._idle: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = []
        self.latencies: list[float] = []
        self.late: list[float] = []
        self.statuses: Counter[str] = Counter()
        self.bytes = 0

    async def one(self, request: bytes, due: float) -> None:
        """Send one request that was due at ``due`` and read its answer."""
        self.late.append(time.perf_counter() - due)
        try:
            reader, writer = self._idle.pop() if self._idle else await self._open()
            writer.write(request)
            head = await reader.readuntil(b"\r\n\r\n")
            length = int(head.lower().split(b"content-length:", 1)[1].split(b"\r\n", 1)[0])
            await reader.readexactly(length)
        except (OSError, asyncio.IncompleteReadError, ValueError, IndexError) as fault:
            self.statuses[type(fault).__name__] += 1
            return
        self.latencies.append(time.perf_counter() - due)
        self.statuses[head[9:12].decode()] += 1
        self.bytes += length
        self._idle.append((reader, writer))

    async def _open(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        return await asyncio.open_connection("127.0.0.1", self._port, limit=2**20)

    async def warm(self) -> None:
        """Open the connections beforehand."""
        self._idle = [await self._open() for _ in range(CONNECTIONS)]


async def knock(port: int, rate: float, seconds: float, requests: list[bytes]) -> Knocker:
    """Send requests at ``rate`` a second for ``seconds``."""
    knocker, chance = Knocker(port), random.Random(7)
    await knocker.warm()
    running = set()
    due = began = time.perf_counter()
    place = 0
    while due - began < seconds:
        due += chance.expovariate(rate)
        wait = due - time.perf_counter()
        if wait > 0:
            await asyncio.sleep(wait)
        task = asyncio.create_task(knocker.one(requests[place % len(requests)], due))
        running.add(task)
        task.add_done_callback(running.discard)
        place += 1
    await asyncio.wait_for(asyncio.gather(*running), 30)
    return knocker


def main() -> None:
    """Read requests, send them, write down what happened."""
    port, rate, seconds, out = int(sys.argv[1]), float(sys.argv[2]), float(sys.argv[3]), Path(sys.argv[4])
    lines = [line.split(" ", 1) for line in sys.stdin.read().splitlines()]
    requests = [
        f"GET {path} HTTP/1.1\r\nhost: 127.0.0.1\r\ncookie: {cookie}\r\naccept: application/json\r\n\r\n".encode()
        for path, cookie in lines
    ]
    import uvloop

    done = uvloop.run(knock(port, rate, seconds, requests))
    found = {"ms": [1000 * taken for taken in done.latencies], "late_ms": [1000 * late for late in done.late]}
    out.write_text(json.dumps(found | {"statuses": done.statuses, "bytes": done.bytes}), encoding="utf-8")


if __name__ == "__main__":
    main()
