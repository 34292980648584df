"""The HTTP server: routes, problems, security headers, health, metrics, and the web application's files."""

from pathlib import Path
from typing import Any, Final

from fastapi import FastAPI, Request
from fastapi.responses import FileResponse, Response
from fastapi.routing import APIRoute
from sqlalchemy import text
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from liuke import __version__
from liuke.app import wiring
from liuke.app.observe import ObserveMiddleware, metrics_text
from liuke.app.problems import BodyTooLarge, answer_errors, problem
from liuke.kernel.actor import Actor
from liuke.kernel.bank import Bank
from liuke.kernel.errors import Invalid, NotFound, Unavailable
from liuke.kernel.http import COMMON, problems

#: The built web application.
WEB: Final = Path(__file__).resolve().parents[3] / "web" / "dist"

#: antd writes its styles into the page, hence the one inline exception; the length of a recording is measured from the
#: file a user chose, hence blob. Everything else comes from this server.
CONTENT_SECURITY_POLICY: Final = (
    "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:;"
    " media-src blob:; font-src 'self' data:; connect-src 'self'; object-src 'none'; base-uri 'none';"
    " form-action 'self'; frame-ancestors 'none'"
)
_HEADERS: Final = {
    "content-security-policy": CONTENT_SECURITY_POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "permissions-policy": "camera=(), microphone=(), geolocation=(), payment=()",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
#: No request body may be larger; loads of files do not come through HTTP.
MAX_BODY_BYTES: Final = 2 * 1024 * 1024


def build(bank: Bank) -> FastAPI:
    """The application around an open bank."""
    app = _routed()
    app.state.bank = bank
    _add_system_routes(app)
    answer_errors(app)
    _add_web(app)
    for plugged in wiring.middleware(bank):
        app.add_middleware(plugged.cls, **plugged.options)
    app.add_middleware(EdgeMiddleware, secure=bank.settings.public_url.startswith("https"))
    app.add_middleware(ObserveMiddleware)
    return app


def describe() -> dict[str, Any]:
    """The OpenAPI document of all routes; needs no open bank."""
    return _routed().openapi()


def _routed() -> FastAPI:
    app = FastAPI(
        title="Liuke 留客",
        version=__version__,
        openapi_url="/api/openapi.json",
        docs_url=None,
        redoc_url=None,
        generate_unique_id_function=_operation_id,
        responses=problems(Invalid, Unavailable) | COMMON,
    )
    for router in wiring.ROUTERS:
        app.include_router(router)
    return app


def _operation_id(route: APIRoute) -> str:
    return f"{route.tags[0] if route.tags else 'system'}:{route.name}"


def _add_system_routes(app: FastAPI) -> None:
    @app.get("/health", include_in_schema=False)
    def health() -> dict[str, str]:
        return {"status": "ok", "version": __version__}

    @app.get("/ready", include_in_schema=False)
    def ready(request: Request) -> dict[str, str]:
        bank: Bank = request.app.state.bank
        with bank.read(Actor.system("ready")) as tx:
            tx.value(text("SELECT 1"))
        return {"status": "ready"}

    @app.get("/metrics", include_in_schema=False)
    def metrics() -> Response:
        return Response(metrics_text(), media_type="text/plain; version=0.0.4")


def _add_web(app: FastAPI) -> None:
    root = WEB.resolve()

    @app.get("/{path:path}", include_in_schema=False)
    def web(path: str) -> Response:
        """A file of the web application, or its start page for any address it routes itself."""
        if path.startswith("api/"):
            raise NotFound
        wanted = (root / path).resolve()
        if path and wanted.is_file() and wanted.is_relative_to(root):
            lasting = "public, max-age=31536000, immutable" if path.startswith("assets/") else "no-cache"
            return FileResponse(wanted, headers={"cache-control": lasting})
        if not (root / "index.html").is_file():
            raise NotFound
        return FileResponse(root / "index.html", headers={"cache-control": "no-cache"})


class EdgeMiddleware:
    """Security headers on every answer, and a limit on every body."""

    def __init__(self, app: ASGIApp, *, secure: bool) -> None:
        self._app = app
        headers = dict(_HEADERS)
        if secure:
            headers["strict-transport-security"] = "max-age=31536000; includeSubDomains"
        self._headers = [(name.encode(), value.encode()) for name, value in headers.items()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *self._headers]
                if scope["path"].startswith("/api/"):
                    message["headers"].append((b"cache-control", b"no-store"))
            await send(message)

        if _declared_length(scope) > MAX_BODY_BYTES:
            await problem(Request(scope), BodyTooLarge(limit_mib=MAX_BODY_BYTES // 2**20))(scope, receive, send_guarded)
            return
        await self._app(scope, _limited(receive), send_guarded)


def _declared_length(scope: Scope) -> int:
    given = next((value for name, value in scope["headers"] if name == b"content-length"), b"0")
    return int(given) if given.isdigit() else 0


def _limited(receive: Receive) -> Receive:
    """Hang up on a body that grows past the limit without having said so."""
    received = 0

    async def receive_some() -> Message:
        nonlocal received
        message = await receive()
        received += len(message.get("body", b""))
        return message if received <= MAX_BODY_BYTES else {"type": "http.disconnect"}

    return receive_some
