"""Whoever sees a customer is seen: each route that shows one writes who looked, and no log tells whom they saw."""

import io
import re
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr
from typing import Any, Final

import duckdb
import pytest
import structlog
from fastapi import FastAPI
from sqlalchemy import Text, cast, select
from tests.app.conftest import Caller

from liuke.app.observe import metrics_text, start_logging
from liuke.kernel.actor import Actor
from liuke.kernel.bank import Bank
from liuke.kernel.store.log import event_table

#: Beside the other tests of the twin bank, so that it is built once.
pytestmark = pytest.mark.xdist_group("served")

SignIn = Callable[[str], Caller]

#: Routes that show no customer. A new route that is not here must write an event, or say here why it need not.
QUIET: Final = {
    "/api/session/options": "signing in",
    "/api/session": "the user's own session",
    "/api/sessions": "the user's own sessions",
    "/api/session/oidc/start": "signing in",
    "/api/session/oidc/callback": "signing in",
    "/api/tokens": "the user's own tokens",
    "/api/branches": "the bank's branches",
    "/api/staff": "the bank's staff",
    "/api/users": "accounts of staff",
    "/api/users/{user_id}": "an account of staff",
    "/api/roles": "what roles mean",
    "/api/products": "the shelf",
    "/api/products/{product_no}": "a product",
    "/api/maturities": "days on which products end",
    "/api/ladder": "sums over customers",
    "/api/sources": "files and counts",
    "/api/sources/lineage": "names of columns",
    "/api/sources/loads": "files and counts",
    "/api/sources/loads/{load_id}": "files and counts",
    "/api/sources/{source}": "files and counts",
    "/api/sources/{source}/loads": "files and counts",
    "/api/sources/{source}/contract": "a contract",
    "/api/sources/{source}/contract/{version}": "a contract",
    "/api/pipelines": "definitions and counts",
    "/api/pipelines/tables": "names of columns",
    "/api/pipelines/runs": "work done; keys of broken rows are masked",
    "/api/pipelines/{name}": "a definition",
    "/api/pipelines/{name}/versions/{version}": "a definition",
    "/api/pipelines/{name}/diff": "definitions",
    "/api/pipelines/{name}/runs": "work done; keys of broken rows are masked",
    "/api/lineage": "names of columns",
    "/api/lineage/nodes": "names of columns",
    "/api/clusterings": "runs over the whole bank",
    "/api/clusterings/options": "features and rates",
    "/api/clusterings/{run_id}": "sums over customers",
    "/api/jobs": "work done",
    "/api/jobs/{run_id}": "work done",
}
#: Who looks, and at what, for each route that shows customers.
LOOKS: Final = {
    "/api/customers": ("rm", "customers.listed"),
    "/api/search": ("rm", "customers.listed"),
    "/api/ladder/customers": ("compliance", "customers.listed"),
    "/api/customers/{customer_no}": ("rm", "customer.viewed"),
    "/api/customers/{customer_no}/transactions": ("rm", "customer.viewed"),
    "/api/customers/{customer_no}/timeline": ("rm", "customer.viewed"),
    "/api/customers/{customer_no}/changes": ("rm", "customer.viewed"),
    "/api/sources/loads/{load_id}/quarantine": ("engineer", "quarantine.viewed"),
    "/api/identity/reviews": ("compliance", "identity.viewed"),
    "/api/identity/reviews/{review_id}": ("compliance", "identity.viewed"),
    "/api/identity/journal": ("compliance", "identity.viewed"),
}


def _items(caller: Caller, path: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = caller.get(path).json()["items"]
    return found


@pytest.fixture(scope="session")
def places(sign_in: SignIn) -> dict[str, str]:
    """What stands for each place in an address."""
    loads = _items(sign_in("engineer"), "/api/sources/loads?limit=200")
    return {
        "customer_no": _items(sign_in("rm"), "/api/customers?limit=1")[0]["customer_no"],
        "load_id": next(load["id"] for load in loads if load["rows_quarantined"]),
        "review_id": _items(sign_in("compliance"), "/api/identity/reviews?limit=1")[0]["id"],
    }


def test_each_route_is_either_quiet_or_a_look(twin_app: FastAPI) -> None:
    asked = {path for path, operations in twin_app.openapi()["paths"].items() if "get" in operations}
    assert asked == QUIET.keys() | LOOKS.keys()
    assert not QUIET.keys() & LOOKS.keys()


@pytest.mark.parametrize("path", sorted(LOOKS))
def test_each_look_is_written_down_with_who_looked(
    twin: Bank, sign_in: SignIn, places: dict[str, str], path: str
) -> None:
    login, kind = LOOKS[path]
    caller = sign_in(login)
    mark = f"look-{abs(hash(path))}"
    question = {"q": places["customer_no"]} if path == "/api/search" else None
    answer = caller.get(path.format(**places), params=question, headers={"x-request-id": mark})
    assert answer.status_code == 200, answer.text
    with twin.read(Actor.system("test")) as tx:
        written = tx.rows(select(event_table).where(event_table.c.request_id == mark))
    assert [(row["kind"], row["actor_id"]) for row in written] == [(kind, caller.user_id)]


def test_a_look_that_was_refused_shows_nothing_and_tells_nothing_apart(
    twin: Bank, sign_in: SignIn, places: dict[str, str]
) -> None:
    stranger, nobody = sign_in("rm2"), twin.keys.customer_numbers.encode(2**40 - 1)
    for tail in ("", "/transactions", "/timeline", "/changes"):
        answers = [stranger.get(f"/api/customers/{number}{tail}") for number in (places["customer_no"], nobody)]
        assert [answer.status_code for answer in answers] == [404, 404]
        assert answers[0].json() | {"request_id": ""} == answers[1].json() | {"request_id": ""}


@pytest.fixture
def heard() -> Iterator[io.StringIO]:
    """Everything the server logs during the test."""
    said = io.StringIO()
    structlog.reset_defaults()
    with redirect_stderr(said):
        start_logging("debug")
        yield said
    structlog.reset_defaults()


def _people(twin: Bank) -> set[str]:
    """Names, phones, ID numbers and addresses of everybody the source systems know."""
    held = f"read_parquet('{twin.settings.home}/lake/party/**/*.parquet')"
    found: set[str] = set()
    for column in ("name", "phone", "phone2", "id_no", "email", "address"):
        shortest = 2 if column == "name" else 3
        rows = duckdb.execute(f"SELECT DISTINCT {column} FROM {held} WHERE length({column}) >= {shortest}").fetchall()
        found |= {text for (text,) in rows}
    return found


def test_nothing_personal_is_in_logs_metrics_or_events(
    twin: Bank, sign_in: SignIn, places: dict[str, str], heard: io.StringIO
) -> None:
    rm, number = sign_in("rm"), places["customer_no"]
    reason = {"field": "phone", "reason": "回访前核对联系方式"}
    phone = rm.request("post", f"/api/customers/{number}/reveal", json=reason).json()["values"][0]
    name = rm.get(f"/api/customers/{number}").json()["identity"]["name"]
    for typed in (phone, name, "330106199001011234"):
        assert rm.get("/api/search", params={"q": typed}).status_code == 200
        assert rm.get("/api/customers", params={"q": typed}).status_code == 200
        assert rm.get(f"/api/customers/{typed}").status_code == 404
        assert rm.get(f"/api/{typed}").status_code == 404
        rm.request("post", "/api/session", json={"login": typed, "password": typed})
        rm.request(f"X{phone}", "/api/customers")
    for path, (login, _kind) in LOOKS.items():
        sign_in(login).get(path.format(**places), params={"q": phone})
    people = _people(twin)
    assert {phone, name} <= people
    with twin.read(Actor.system("test")) as tx:
        written = tx.rows(select(event_table.c.kind, cast(event_table.c.payload, Text).label("said")))
    texts = {
        "log": heard.getvalue(),
        "metrics": metrics_text().decode(),
        "events": "\n".join(row["said"] for row in written),
    }
    assert '"event": "request"' in texts["log"]
    assert {where: _told(people, text) for where, text in texts.items()} == {where: set() for where in texts}


def _told(people: set[str], text: str) -> set[str]:
    """Which of them a text tells, as words of their own: ten digits inside a longer number are none."""
    words = set(re.findall(r"[0-9A-Za-z@.*]+|[\u4e00-\u9fff·]+", text))
    return {person for person in people if person in words or (not person.isascii() and person in text)}
