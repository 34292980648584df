"""The door: ``POST /api/behaviour/events``, a bare ASGI route. A batch is read, bounded, made durable, acknowledged.

It answers 202 ``{"received": n}`` once the batch is on the disk. Verdicts on single events follow within a second and
stand with the quarantine: an acknowledgement says that nothing is lost, not that everything was right.
"""

import zlib
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import orjson
from starlette.types import Receive, Scope, Send

from liuke.data.behaviour.intake.append import Appender
from liuke.data.behaviour.intake.limit import Limit
from liuke.data.behaviour.intake.record import Record
from liuke.data.behaviour.model import (
    MAX_BATCH_BYTES,
    MAX_BATCH_EVENTS,
    BatchTooLarge,
    BatchType,
    BatchUnreadable,
    SendingTooFast,
)
from liuke.data.behaviour.plan.judge import count_lines
from liuke.kernel.actor import Actor, Permission
from liuke.kernel.bank import Bank
from liuke.kernel.errors import Unauthenticated

PATH: Final = "/api/behaviour/events"
_LINES: Final = "application/x-ndjson"
_JSON: Final = "application/json"
#: A sender's clock is put right when it is off by more than this, in milliseconds: less is the way through the network.
_SKEW_MS: Final = 60_000
_NOBODY: Final = UUID(int=0)
_TOO_LARGE: Final = {"events": f"{MAX_BATCH_EVENTS:,}", "mib": MAX_BATCH_BYTES // 2**20}


class Door:
    """The ASGI application of the route. One appender and one limit for the bank a process serves."""

    def __init__(self) -> None:
        self._of: dict[Path, tuple[Appender, Limit]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one batch."""
        actor = scope.get("state", {}).get("actor")
        if not isinstance(actor, Actor):
            raise Unauthenticated
        actor.require(Permission.BEHAVIOUR_SEND)
        bank: Bank = scope["app"].state.bank
        headers = {name: value for name, value in scope["headers"] if name in _WANTED}
        kind = _kind(headers)
        sent = await _body(receive)
        if sent is None:  # the sender hung up
            return
        body = _unpacked(sent, headers.get(b"content-encoding", b"").decode("latin-1").strip().lower())
        lines = _as_lines(body) if kind == _JSON else body
        count = count_lines(lines)
        if count > MAX_BATCH_EVENTS:
            raise BatchTooLarge(**_TOO_LARGE)
        if count == 0:
            raise BatchUnreadable(reason="没有事件")
        appender, limit = self._means(bank)
        wait = limit.take(actor.user_id, count)
        if wait:
            raise SendingTooFast(limit=f"{bank.settings.intake_events_per_second:,}", retry_after_seconds=int(wait) + 1)
        now = int(bank.clock.now().timestamp() * 1000)
        await appender.append(Record(now, _skew(headers, now), _sender(actor), count, lines))
        await _answer(send, orjson.dumps({"received": count}))

    def _means(self, bank: Bank) -> tuple[Appender, Limit]:
        settings = bank.settings
        held = self._of.get(settings.home)
        if held is None:
            appender = Appender(settings.home / "behaviour" / "log", backlog_bytes=settings.intake_backlog_mib * 2**20)
            held = self._of[settings.home] = (appender, Limit(settings.intake_events_per_second))
        return held


_WANTED: Final = frozenset({b"content-type", b"content-encoding", b"x-sent-at"})


def _kind(headers: dict[bytes, bytes]) -> str:
    given = headers.get(b"content-type", b"").decode("latin-1").partition(";")[0].strip().lower()
    if given not in (_LINES, _JSON):
        raise BatchType(given=given[:60] or "(空)")
    return given


async def _body(receive: Receive) -> bytes | None:
    parts: list[bytes] = []
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        parts.append(message.get("body", b""))
        if not message.get("more_body", False):
            return parts[0] if len(parts) == 1 else b"".join(parts)


def _unpacked(body: bytes, encoding: str) -> bytes:
    """The body without its packing; never more than the limit is unpacked, whatever a small body promises."""
    if encoding in ("", "identity"):
        return body
    if encoding != "gzip":
        raise BatchType(given=encoding[:60])
    opener = zlib.decompressobj(wbits=31)
    try:
        whole = opener.decompress(body, MAX_BATCH_BYTES + 1)
    except zlib.error as fault:
        raise BatchUnreadable(reason="不是完整的 gzip") from fault
    if len(whole) > MAX_BATCH_BYTES:
        raise BatchTooLarge(**_TOO_LARGE)
    if not opener.eof or opener.unused_data:
        raise BatchUnreadable(reason="不是完整的 gzip")
    return whole


def _as_lines(body: bytes) -> bytes:
    """A JSON array of events (or ``{"events": […]}``) as one line each."""
    try:
        told: Any = orjson.loads(body)
    except orjson.JSONDecodeError as fault:
        raise BatchUnreadable(reason="不是完整的 JSON") from fault
    events = told.get("events") if isinstance(told, dict) else told
    if not isinstance(events, list):
        raise BatchUnreadable(reason="应为事件的数组，或含 events 数组的对象")
    if len(events) > MAX_BATCH_EVENTS:
        raise BatchTooLarge(**_TOO_LARGE)
    return b"\n".join(map(orjson.dumps, events))


def _skew(headers: dict[bytes, bytes], now: int) -> int:
    """How far the sender's clock is behind ours, when it says what it shows."""
    given = headers.get(b"x-sent-at", b"")
    if not given.isdigit() or len(given) > 15:
        return 0
    skew = now - int(given)
    return skew if abs(skew) > _SKEW_MS else 0


def _sender(actor: Actor) -> UUID:
    try:
        return UUID(actor.user_id)
    except ValueError:
        return _NOBODY


async def _answer(send: Send, body: bytes) -> None:
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 202, "headers": headers})
    await send({"type": "http.response.body", "body": body})
