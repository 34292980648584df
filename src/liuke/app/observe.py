"""What the server says about itself: request ids, one log line a request without personal data, metrics."""

import logging
import re
import sys
import time
import traceback
from typing import Final
from uuid import uuid4

import structlog
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_log = structlog.get_logger("liuke.http")

REGISTRY: Final = CollectorRegistry()
_REQUESTS: Final = Counter(
    "liuke_requests_total", "Requests by route and status", ["method", "route", "status"], registry=REGISTRY
)
_SECONDS: Final = Histogram(
    "liuke_request_seconds",
    "Time to answer a request",
    ["route"],
    buckets=(0.002, 0.005, 0.01, 0.02, 0.03, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
    registry=REGISTRY,
)
#: Anybody may send any method; only these become a label, so that nobody fills the metrics with words of their own.
_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_SAFE_ID: Final = re.compile(r"[A-Za-z0-9_-]{8,64}")


def start_logging(level: str) -> None:
    """JSON lines on standard error. Routes are logged as templates, so that no customer number is."""
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="%(message)s")
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )


def metrics_text() -> bytes:
    """All metrics in Prometheus' text format."""
    return generate_latest(REGISTRY)


class ObserveMiddleware:
    """Gives each request an id (a caller's own ``X-Request-Id`` is kept if it is plain), times, counts and logs it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = _request_id(scope)
        scope.setdefault("state", {})["request_id"] = request_id
        status = 500
        began = time.perf_counter()

        async def send_marked(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message["headers"], (b"x-request-id", request_id.encode())]
            await send(message)

        try:
            await self._app(scope, receive, send_marked)
        except Exception as fault:
            _log.error("request_failed", request_id=request_id, route=_route(scope), **_place_of(fault))
            if status == 500:
                raise
        finally:
            _note(scope, request_id, status, time.perf_counter() - began)


def _note(scope: Scope, request_id: str, status: int, seconds: float) -> None:
    route = _route(scope)
    method = scope["method"] if scope["method"] in _METHODS else "other"
    _REQUESTS.labels(method, route, status).inc()
    _SECONDS.labels(route).observe(seconds)
    actor = scope["state"].get("actor")
    _log.info(
        "request",
        request_id=request_id,
        method=method,
        route=route,
        status=status,
        ms=round(seconds * 1000, 1),
        user=actor.user_id if actor else "",
    )


def _request_id(scope: Scope) -> str:
    for name, value in scope["headers"]:
        if name == b"x-request-id" and _SAFE_ID.fullmatch(value.decode("latin-1")):
            return str(value.decode("latin-1"))
    return uuid4().hex


def _route(scope: Scope) -> str:
    return getattr(scope.get("route"), "path", "") or "unmatched"


def _place_of(fault: BaseException) -> dict[str, object]:
    """Where it broke, without its text: a database error quotes the row's values, which may be personal."""
    frames = traceback.extract_tb(fault.__traceback__)[-6:]
    return {"fault": type(fault).__name__, "at": [f"{frame.filename}:{frame.lineno}" for frame in frames]}
