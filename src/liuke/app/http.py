"""The HTTP server: routes, problems, security headers, health, metrics, and the web application's files."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import FileResponse, ORJSONResponse, Response
from fastapi.routing import APIRoute
from sqlalchemy import text
from starlette.exceptions import HTTPException

from liuke import __version__
from liuke.app import wiring
from liuke.app.observe import ObserveMiddleware, metrics_text
from liuke.kernel.actor import Actor
from liuke.kernel.bank import Bank
from liuke.kernel.errors import Invalid, LiukeError, NotFound, Unavailable
from liuke.kernel.http import COMMON, Problem, problems

#: The built web application.
WEB: Final = Path(__file__).resolve().parents[3] / "web" / "dist"

#: antd writes its styles into the page, hence the one inline exception. Everything else comes from this server.
CONTENT_SECURITY_POLICY: Final = (
    "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:;"
    " font-src 'self' data:; connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self';"
    " frame-ancestors 'none'"
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


class BodyTooLarge(Invalid):
    """提交的内容超过 {limit_mib} MB。请分批提交。"""

    status = 413


class BadForm(Invalid):
    """填写的内容有误:{reason}。请修改后再试。"""


def build(bank: Bank) -> FastAPI:
    """The application around an open bank."""
    app = _routed()
    app.state.bank = bank
    _add_system_routes(app)
    _add_problems(app)
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


def _add_problems(app: FastAPI) -> None:
    @app.exception_handler(LiukeError)
    def known(request: Request, fault: LiukeError) -> Response:
        return _problem(request, fault)

    @app.exception_handler(RequestValidationError)
    def malformed(request: Request, fault: RequestValidationError) -> Response:
        first = fault.errors()[0]
        place = ".".join(str(part) for part in first["loc"][1:])
        return _problem(request, BadForm(reason=f"{place} {first['msg']}".strip(), field=place))

    @app.exception_handler(HTTPException)
    def plain(request: Request, fault: HTTPException) -> Response:
        return _problem(
            request, NotFound() if fault.status_code == 404 else Invalid(reason=fault.detail), fault.status_code
        )

    @app.exception_handler(Exception)
    def unknown(request: Request, _fault: Exception) -> Response:
        return _problem(request, LiukeError())


def _problem(request: Request, fault: LiukeError, status: int | None = None) -> Response:
    body = Problem(
        type=f"urn:liuke:{fault.code}",
        title=type(fault).__name__,
        status=status or fault.status,
        detail=fault.message,
        code=fault.code,
        request_id=getattr(request.state, "request_id", ""),
        facts={name: value for name, value in fault.facts.items() if isinstance(value, str | int | bool)},
    )
    headers = {"retry-after": "2"} if isinstance(fault, Unavailable) else None
    return ORJSONResponse(body.model_dump(), body.status, headers, media_type="application/problem+json")


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


Scope = dict[str, Any]
Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Asgi = Callable[[Scope, Receive, Send], Awaitable[None]]


class EdgeMiddleware:
    """Security headers on every answer, and a limit on every body."""

    def __init__(self, app: Asgi, *, secure: bool) -> None:
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

        await self._app(scope, _limited(receive), send_guarded)


def _limited(receive: Receive) -> Receive:
    received = 0

    async def receive_some() -> Message:
        nonlocal received
        message = await receive()
        received += len(message.get("body", b""))
        if received > MAX_BODY_BYTES:
            raise BodyTooLarge(limit_mib=MAX_BODY_BYTES // 1024 // 1024)
        return message

    return receive_some
