"""Who is asking: the layer that turns a cookie or an API token into an actor on every request under ``/api``.

A verified session is believed for two seconds without asking the database, so that a page costs no round trip for it. A
session ended in this process is forgotten at once; one ended by another process may live those two seconds longer.
"""

import hmac
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

import orjson
from anyio import to_thread
from fastapi import Request

from liuke.data.org.session import service, tokens
from liuke.data.org.session.model import CsrfRefused, Opened, PasswordMustChange, SessionExpired, SessionNeeded
from liuke.kernel.actor import Actor
from liuke.kernel.bank import Bank
from liuke.kernel.errors import LiukeError, Unauthenticated, Unavailable

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Asgi = Callable[[Scope, Receive, Send], Awaitable[None]]

#: How long a verified session is believed.
BELIEVED: Final = timedelta(seconds=2)
#: Sessions believed at a time; beyond it the oldest are asked for again.
_ROOM: Final = 20_000
_SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
#: What somebody who is not signed in may ask. Everything else under ``/api`` needs an actor, whatever its route says.
PUBLIC: Final = frozenset(
    {
        ("POST", "/api/session"),
        ("GET", "/api/session/options"),
        ("GET", "/api/session/oidc/start"),
        ("GET", "/api/session/oidc/callback"),
    }
)


@dataclass(frozen=True, slots=True)
class _Known:
    actor: Actor
    opened: Opened | None
    at: datetime


_known: Final[dict[bytes, _Known]] = {}


def forget(token_hash: bytes) -> None:
    """Believe a session or token no longer."""
    _known.pop(token_hash, None)


def forget_user(user_id: str) -> None:
    """Believe no session or token of a user any longer."""
    for token_hash, known in list(_known.items()):
        if known.actor.user_id == user_id:
            forget(token_hash)


def opened_of(request: Request) -> Opened:
    """The session of this request. Raises Unauthenticated, or SessionNeeded for an API token."""
    opened = getattr(request.state, "opened", None)
    if isinstance(opened, Opened):
        return opened
    raise SessionNeeded if getattr(request.state, "actor", None) else Unauthenticated


class SessionMiddleware:
    """Puts the actor on the request, refuses forged ones, and keeps everybody else out of ``/api``."""

    def __init__(self, app: Asgi, *, bank: Bank) -> None:
        self._app = app
        self._bank = bank

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http" or not scope["path"].startswith("/api/"):
            await self._app(scope, receive, send)
            return
        state = scope.setdefault("state", {})
        try:
            known = await self._who(scope)
            if known:
                request_id = str(state.get("request_id", ""))
                state["actor"] = replace(known.actor, request_id=request_id)
                if known.opened:
                    state["opened"] = replace(known.opened, actor=state["actor"])
        except LiukeError as refused:
            await _refuse(refused, state, send)
            return
        await self._app(scope, receive, send)

    async def _who(self, scope: Scope) -> _Known | None:
        headers = _wanted(scope["headers"])
        public = (scope["method"], scope["path"]) in PUBLIC
        if scope["method"] not in _SAFE and headers.get(b"sec-fetch-site", b"same-origin") not in _OURS:
            raise CsrfRefused
        kind, _, bearer = headers.get(b"authorization", b"").decode("latin-1").partition(" ")
        if kind.lower() == "bearer":
            return await self._known(bearer.strip()[:256], self._ask_token)
        token = _cookie(headers.get(b"cookie", b"").decode("latin-1"))
        known = await self._known(token, self._ask_session) if token else None
        if known is None:
            if public:
                return None
            raise SessionExpired if token else Unauthenticated
        if not public:
            _check(scope, headers, token, known)
        return known

    async def _known(self, token: str, ask: Callable[[str], _Known | None]) -> _Known | None:
        token_hash = service.digest(token)
        known = _known.get(token_hash)
        if known and timedelta(0) <= self._bank.clock.now() - known.at < BELIEVED:
            return known
        fresh = await to_thread.run_sync(ask, token)
        if fresh is None:
            forget(token_hash)
            return None
        while len(_known) >= _ROOM:
            forget(next(iter(_known)))
        _known[token_hash] = fresh
        return fresh

    def _ask_session(self, token: str) -> _Known | None:
        at = self._bank.clock.now()
        opened = service.verify(self._bank, token)
        return _Known(opened.actor, opened, at) if opened else None

    def _ask_token(self, text: str) -> _Known | None:
        at = self._bank.clock.now()
        return _Known(tokens.verify(self._bank, text).actor, None, at)


#: ``Sec-Fetch-Site`` of our own pages and of a typed address; other sites are refused before any cookie counts.
_OURS: Final = frozenset({b"same-origin", b"none"})


def _check(scope: Scope, headers: dict[bytes, bytes], token: str, known: _Known) -> None:
    """Raises CsrfRefused for a change without the session's CSRF token, PasswordMustChange before a new password."""
    if scope["method"] not in _SAFE:
        sent = headers.get(b"x-csrf-token", b"")
        if not hmac.compare_digest(sent, service.csrf_of(token).encode()):
            raise CsrfRefused
    path = scope["path"]
    if known.opened and known.opened.must_change and path != "/api/session" and not path.startswith("/api/session/"):
        raise PasswordMustChange


_WANTED: Final = frozenset({b"authorization", b"cookie", b"x-csrf-token", b"sec-fetch-site"})


def _wanted(headers: list[tuple[bytes, bytes]]) -> dict[bytes, bytes]:
    found: dict[bytes, bytes] = {}
    for name, value in headers:
        if name in _WANTED:
            # HTTP/2 may send cookies one by one.
            found[name] = found[name] + b"; " + value if name == b"cookie" and name in found else value
    return found


def _cookie(header: str) -> str:
    """The session's secret in a Cookie header, or an empty text."""
    for pair in header.split(";"):
        name, _, value = pair.strip().partition("=")
        if name == service.COOKIE:
            return value[:128]
    return ""


async def _refuse(refused: LiukeError, state: dict[str, Any], send: Send) -> None:
    body = orjson.dumps(
        {
            "type": f"urn:liuke:{refused.code}",
            "title": type(refused).__name__,
            "status": refused.status,
            "detail": refused.message,
            "code": refused.code,
            "request_id": str(state.get("request_id", "")),
            "facts": {},
        }
    )
    headers = [(b"content-type", b"application/problem+json"), (b"content-length", str(len(body)).encode())]
    if isinstance(refused, Unavailable):
        headers.append((b"retry-after", b"2"))
    await send({"type": "http.response.start", "status": refused.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
