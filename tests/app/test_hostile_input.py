"""Whatever somebody sends: a refusal in one Chinese sentence, never a fault."""

from collections.abc import Callable

import httpx
import pytest
from fastapi import FastAPI
from tests.app.conftest import Caller

from liuke.kernel.page import encode_cursor

#: Beside the other tests of the twin bank, so that it is built once.
SignIn = Callable[[str], Caller]

_PLACES = {
    "{customer_no}": "LK00000000",
    "{load_id}": "0b4d5c1e-0000-7000-8000-000000000000",
    "{source}": "core_customer",
    "{product_no}": "P1",
}
_UUID = "0b4d5c1e-0000-7000-8000-000000000000"
_CURSORS = (
    *("x", "W10", "bnVsbA", "é", "\0", "W" * 512),
    *(
        encode_cursor(*key)
        for key in ((1,), ("a",), (None,), (True,), (1.5,), ("9" * 30,), ([1],), ({"a": 1},), ("\0",))
    ),
    *(
        encode_cursor(*key)
        for key in (("x", "y"), (1, "x"), ("\0", "\0"), ("2026-01-01", 1), ("nan", _UUID), (1, 2**62))
    ),
    *(
        encode_cursor(*key)
        for key in (("2026-01-01", 1, "x"), ("x", "y", "z"), ("9999-12-31T23:59:59+00:00", "a", "b"))
    ),
)
_TEXTS = (
    "\0",
    "a\0b",
    "😀" * 10,
    "\u202e张三",
    "%_\\",
    "'\"--;",
    " " * 40,
    "０" * 11,
    "张" * 10_000,
    "9" * 30,
    "-1",
    "0001-01-01",
)
_BODIES = (
    *(b"[" * 100_000, b'{"a":' * 50_000, b'{"\\ud800":1}', b'{"' + b"k" * 10_000 + b'":1}', b"\xff\xfe", b"", b"null"),
    *(b'{"login":"\\ud800","password":"x"}', b'{"login":1e999}', b'{"login":' + b"9" * 6000 + b"}", b'"x"', b"[]"),
)


def _said_well(answer: httpx.Response) -> bool:
    if answer.status_code < 400:
        return True
    said = answer.json()["detail"]
    plain = answer.headers["content-type"] == "application/problem+json"
    return answer.status_code < 500 and plain and any("\u4e00" <= letter <= "\u9fff" for letter in said)


def _filled(path: str) -> str:
    for place, value in _PLACES.items():
        path = path.replace(place, value)
    return path


def _lists(app: FastAPI) -> list[tuple[str, list[str]]]:
    """Every list that is read page by page, and what may be asked of it."""
    found = []
    for path, operations in app.openapi()["paths"].items():
        asked = [each["name"] for each in operations.get("get", {}).get("parameters", []) if each["in"] == "query"]
        if asked:
            found.append((_filled(path), asked))
    return found


@pytest.mark.parametrize("login", ["compliance", "engineer"])
def test_no_question_breaks_a_list(twin_app: FastAPI, sign_in: SignIn, login: str) -> None:
    caller = sign_in(login)
    for path, asked in _lists(twin_app):
        for name in asked:
            for text in _CURSORS if name == "cursor" else _TEXTS:
                answer = caller.get(path, params={name: text[:5000]})
                assert _said_well(answer), (path, name, text[:40], answer.status_code, answer.text[:200])


def test_no_body_breaks_a_change(twin_app: FastAPI, sign_in: SignIn) -> None:
    caller = sign_in("engineer")
    for path, operations in twin_app.openapi()["paths"].items():
        for method in operations.keys() & {"post", "put", "patch"}:
            if path in {"/api/sources/runs", "/api/sources/{source}/runs"}:
                continue
            for body in _BODIES:
                answer = caller.request(
                    method, _filled(path), content=body, headers={"content-type": "application/json"}
                )
                assert _said_well(answer), (method, path, body[:40], answer.status_code, answer.text[:200])
