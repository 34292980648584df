"""A process that writes batches and tells each number once it is acknowledged: to be killed, or to fill its disk."""

import asyncio
import resource
import signal
import sys
from pathlib import Path
from uuid import UUID

from liuke.data.behaviour.intake.append import Appender
from liuke.data.behaviour.intake.record import Record
from liuke.kernel.errors import LiukeError

BODY = b'{"event_id":"e","ts":1793592000000,"user_id":"U1","event":"login"}\n' * 200


async def _write(log: Path) -> None:
    appender = Appender(log, backlog_bytes=2**40)
    for number in range(100_000):
        try:
            await appender.append(Record(number, 0, UUID(int=0), 200, BODY))
        except LiukeError as fault:
            print(type(fault).__name__, flush=True)
            return
        print(number, flush=True)


if __name__ == "__main__":
    most = int(sys.argv[2])
    if most:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
    asyncio.run(_write(Path(sys.argv[1])))
