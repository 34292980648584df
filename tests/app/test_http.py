"""The edge of the server: problems, headers, ids, limits; no route without an actor."""

import re
from typing import Any

import anyio
import httpx
import pytest
from fastapi import FastAPI

from liuke.app import http
from liuke.kernel.bank import Bank

#: Routes anybody may call: signing in itself.
_OPEN = {
    ("post", "/api/session"),
    ("get", "/api/session/options"),
    ("get", "/api/session/oidc/start"),
    ("get", "/api/session/oidc/callback"),
}


@pytest.fixture
def app(bank: Bank) -> FastAPI:
    """The whole application around an empty bank."""
    return http.build(bank)


class Stranger:
    """Somebody who is not signed in, calling the application as a server would."""

    def __init__(self, app: FastAPI) -> None:
        self._app = app

    def request(self, method: str, path: str, **options: Any) -> httpx.Response:
        async def call() -> httpx.Response:
            wire = httpx.ASGITransport(self._app, raise_app_exceptions=False)
            async with httpx.AsyncClient(transport=wire, base_url="http://bank.test") as client:
                return await client.request(method, path, **options)

        return anyio.run(call)

    def get(self, path: str, **options: Any) -> httpx.Response:
        return self.request("get", path, **options)

    def post(self, path: str, **options: Any) -> httpx.Response:
        return self.request("post", path, **options)


@pytest.fixture
def client(app: FastAPI) -> Stranger:
    """Somebody who is not signed in."""
    return Stranger(app)


def _routes(app: FastAPI) -> list[tuple[str, str]]:
    document = app.openapi()
    return [(method, path) for path, operations in document["paths"].items() for method in operations]


def test_no_route_answers_somebody_who_is_not_signed_in(app: FastAPI, client: Stranger) -> None:
    routes = [route for route in _routes(app) if route not in _OPEN]
    assert len(routes) > 30
    for method, path in routes:
        filled = re.sub(r"{[^}]+}", "0b4d5c1e-0000-7000-8000-000000000000", path)
        answer = client.request(method, filled, json={} if method in {"post", "put", "patch"} else None)
        assert answer.status_code == 401, (method, path, answer.text)
        assert answer.json()["code"] == "unauthenticated"


def test_a_problem_is_said_in_chinese_with_the_request_id(client: Stranger) -> None:
    answer = client.get("/api/customers", headers={"x-request-id": "abcdefgh-1234"})
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["x-request-id"] == "abcdefgh-1234"
    assert answer.json()["detail"] == "请先登录。"
    assert answer.json()["request_id"] == "abcdefgh-1234"


@pytest.mark.parametrize("claimed", ["short", "has space in it", "x" * 65, "<script>alert(1)</script>"])
def test_a_request_id_that_is_not_plain_is_replaced(client: Stranger, claimed: str) -> None:
    given = client.get("/health", headers={"x-request-id": claimed}).headers["x-request-id"]
    assert re.fullmatch(r"[0-9a-f]{32}", given)


def test_every_answer_carries_the_security_headers(client: Stranger) -> None:
    for path in ("/health", "/api/customers", "/api/nowhere", "/"):
        headers = client.get(path).headers
        assert "script-src 'self'" in headers["content-security-policy"]
        assert "unsafe-eval" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"
        assert headers["referrer-policy"] == "no-referrer"


def test_answers_of_the_api_are_never_cached(client: Stranger) -> None:
    assert client.get("/api/customers").headers["cache-control"] == "no-store"


def test_an_unknown_api_address_is_a_problem_not_a_page(client: Stranger) -> None:
    answer = client.get("/api/nowhere")
    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    "path", ["/../pyproject.toml", "/%2e%2e/pyproject.toml", "/assets/../../pyproject.toml", "/..%2f..%2fetc/passwd"]
)
def test_no_file_outside_the_web_application_is_served(client: Stranger, path: str) -> None:
    assert "liuke.app.cli:main" not in client.get(path).text


def test_a_body_that_is_too_large_is_refused(client: Stranger) -> None:
    answer = client.post("/api/session", content=b"x" * (http.MAX_BODY_BYTES + 1))
    assert answer.status_code == 413
    assert "2 MB" in answer.json()["detail"]


def test_a_malformed_body_is_one_clear_sentence(client: Stranger) -> None:
    answer = client.post("/api/session", json={"login": 5})
    assert answer.status_code == 422
    assert answer.json()["detail"] == "填写的内容有误：login 格式不对。请修改后再试。"


def test_health_and_readiness_and_metrics_are_told(client: Stranger) -> None:
    assert client.get("/health").json()["status"] == "ok"
    assert client.get("/ready").json() == {"status": "ready"}
    assert 'liuke_requests_total{method="GET",route="/health",status="200"}' in client.get("/metrics").text


def test_an_answer_never_tells_what_the_database_said(app: FastAPI, bank: Bank, client: Stranger) -> None:
    bank.records.close()
    app.state.bank = None
    answer = client.get("/ready")
    assert answer.status_code == 500
    assert answer.json()["detail"].startswith("系统出现问题")
    assert "Traceback" not in answer.text
