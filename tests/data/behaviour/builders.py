"""Events as an app sends them, and the way into the log."""

import asyncio
import itertools
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import orjson

from liuke.data.behaviour.follow import Stream, folder
from liuke.data.behaviour.intake.append import Appender
from liuke.data.behaviour.intake.record import Record
from liuke.data.behaviour.plan.judge import count_lines
from liuke.kernel.bank import Bank

Event = dict[str, Any] | bytes
#: Noon of 2026-11-02 in Shanghai, where the tests' clock stands.
NOW = 1_793_592_000_000
MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000
_numbers = itertools.count()


def an_event(user: str | None = "U1", *, ago: int = MINUTE, **facts: Any) -> dict[str, Any]:
    """A view of the list of wealth products, ``ago`` milliseconds before now, under an id of its own."""
    told = {"event_id": f"e{next(_numbers):06d}", "ts": NOW - ago, "event": "view", "page": "wealth_list"}
    return told | ({"user_id": user} if user else {}) | facts


def body_of(events: Sequence[Event]) -> bytes:
    """Events as lines."""
    return b"\n".join(one if isinstance(one, bytes) else orjson.dumps(one) for one in events)


def record_of(events: Sequence[Event], *, received: int = NOW, skew: int = 0) -> Record:
    """Events as a record of the log."""
    body = body_of(events)
    return Record(received, skew, UUID(int=0), count_lines(body), body)


def send(bank: Bank, events: Sequence[Event], *, received: int = NOW, skew: int = 0) -> None:
    """Make a batch durable."""
    appender = Appender(folder(bank) / "log", backlog_bytes=2**40)
    try:
        asyncio.run(appender.append(record_of(events, received=received, skew=skew)))
    finally:
        appender.close()


def held(stream: Stream) -> dict[int, list[tuple[Any, ...]]]:
    """Everything the windows hold, by customer, comparable between processes."""
    windows = stream.windows
    state = {}
    for one_id in range(windows.size):
        found = windows.happened(one_id, until=2**60)
        rows = zip(
            found.time.tolist(), found.context.tolist(), found.seconds.tolist(), found.session.tolist(), strict=True
        )
        told = sorted((at, repr(windows.contexts.known[code]), seconds, session) for at, code, seconds, session in rows)
        if told:
            state[one_id] = told
    return state


def drained(stream: Stream) -> int:
    """Take in all that is in the log; returns how many events were accepted."""
    return sum(iter(stream.turn, 0))
