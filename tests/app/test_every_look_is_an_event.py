"""Whoever sees a customer is seen: each route that shows one writes who looked, and no log tells whom they saw."""

import io
import json
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
from liuke.guard import audit
from liuke.kernel.actor import Actor
from liuke.kernel.bank import Bank
from liuke.kernel.store.log import event_table

#: Beside the other tests of the twin bank, so that it is built once.
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
    "/api/behaviour/intake": "counts",
    "/api/behaviour/catalogue": "what can be asked",
    "/api/behaviour/plan": "a plan",
    "/api/behaviour/plan/versions": "plans",
    "/api/behaviour/plan/versions/{version}": "a plan",
    "/api/segments": "rules and sizes",
    "/api/segments/words": "what a rule may name",
    "/api/segments/{segment_id}": "a rule and sizes",
    "/api/segments/{segment_id}/versions": "rules",
    "/api/segments/{segment_id}/profile": "shares",
    "/api/segments/{segment_id}/overlaps": "counts",
    "/api/segments/{segment_id}/refreshes": "counts",
    "/api/segment-templates": "rules and sizes",
    "/api/segment-exports": "requests and reasons",
    "/api/jobs": "work done",
    "/api/jobs/{run_id}": "work done",
    "/api/audit": "where the log stands",
    "/api/audit/kinds": "kinds of entries and counts",
    "/api/audit/checkpoints": "hashes and signatures",
    "/api/audit/consistency": "hashes",
    "/api/audit/verifications": "what verifications found",
    "/api/audit/verifications/{run_id}": "what a verification found",
    "/api/cases/queues": "queues and their members of staff",
    "/api/cases/statistics": "counts",
    "/api/cases/colleagues": "members of staff",
    "/api/consents/purposes": "what purposes mean",
    "/api/gate/calendar": "days",
    "/api/gate/fields": "what a rule may ask",
    "/api/gate/holdouts": "names and counts of hold-outs",
    "/api/gate/policies": "versions of the policy",
    "/api/gate/policy": "the policy",
    "/api/gate/refusals/counts": "counts",
    "/api/subject-requests/kept": "what the law keeps",
    "/api/suitability/grades/drafts": "products and grades",
    "/api/suitability/grades/{product_no}": "a product's grades",
    "/api/suitability/papers": "papers",
    "/api/suitability/policy": "the policy",
    "/api/suitability/scripts": "scripts of recordings",
    "/api/tags": "definitions and counts",
    "/api/tags/tables": "names of columns",
    "/api/tags/{code}": "a definition and its spread",
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
    "/api/customers/{customer_no}/behaviour": ("rm", "behaviour.viewed"),
    "/api/behaviour/quarantine": ("engineer", "behaviour.quarantine_viewed"),
    "/api/customers/{customer_no}/relations": ("rm", "customers.listed"),
    "/api/customers/{customer_no}/groups": ("rm", "customers.listed"),
    "/api/groups": ("rm", "customers.listed"),
    "/api/groups/{group_id}": ("rm", "customers.listed"),
    "/api/relation-requests": ("rm", "customers.listed"),
    "/api/sources/loads/{load_id}/quarantine": ("engineer", "quarantine.viewed"),
    "/api/customers/{customer_no}/segments": ("rm", "customer.viewed"),
    "/api/customers/{customer_no}/cluster": ("rm", "customer.viewed"),
    "/api/segments/{segment_id}/members": ("rm", "customers.listed"),
    "/api/segment-exports/{export_id}/file": ("analyst", "segment.exported"),
    "/api/identity/reviews": ("compliance", "identity.viewed"),
    "/api/identity/reviews/{review_id}": ("compliance", "identity.viewed"),
    "/api/identity/journal": ("compliance", "identity.viewed"),
    "/api/customers/{customer_no}/tags": ("rm", "customer.viewed"),
    "/api/audit/entries": ("auditor", "audit.searched"),
    "/api/audit/entries/{n}": ("auditor", "audit.trail_viewed"),
    "/api/cases": ("compliance", "case.listed"),
    "/api/cases/{case_no}": ("compliance", "case.viewed"),
    "/api/cases/{case_no}/attachments/{attachment_id}": ("compliance", "case.viewed"),
    "/api/consents/blocks": ("compliance", "customers.listed"),
    "/api/consents/{customer_no}": ("rm", "consent.viewed"),
    "/api/consents/{customer_no}/history": ("rm", "consent.viewed"),
    "/api/consents/{customer_no}/verdict": ("rm", "consent.viewed"),
    "/api/gate/freezes": ("compliance", "customers.listed"),
    "/api/gate/refusals": ("compliance", "customers.listed"),
    "/api/subject-requests": ("compliance", "customers.listed"),
    "/api/suitability/customers/{customer_no}": ("rm", "suitability.viewed"),
    "/api/suitability/customers/{customer_no}/insistences": ("rm", "suitability.viewed"),
    "/api/suitability/customers/{customer_no}/recordings": ("rm", "suitability.viewed"),
    "/api/suitability/customers/{customer_no}/sittings": ("rm", "suitability.viewed"),
    "/api/suitability/reviews": ("compliance", "customers.listed"),
}


#: What must be asked with a look.
_QUESTIONS: Final = {"/api/consents/{customer_no}/verdict": {"purpose": "marketing", "channel": "sms"}}
#: Who looks at a customer by asking for something else than a page: login, kind of event and the body asked with.
ASKED: Final = {
    "/api/customers/{customer_no}/reveal": (
        "rm",
        "customer.revealed",
        {"field": "phone", "reason": "回访前核对联系方式"},
    ),
    "/api/gate/trials": ("compliance", "customer.viewed", {"customer_no": "{customer_no}", "channel": "sms"}),
    "/api/suitability/checks": (
        "rm",
        "suitability.viewed",
        {"customer_no": "{customer_no}", "product_no": "{product_no}"},
    ),
    "/api/audit/evidence": ("auditor", "audit.exported", {"entries": ["{n}"], "reason": "监管检查"}),
}
#: Questions that need data this small bank has not: their rooms' own tests see the look written.
ELSEWHERE: Final = {
    "/api/behaviour/customers": "behaviour.listed",
    "/api/customers/{customer_no}/behaviour/rule": "behaviour.viewed",
    "/api/tags/trial": "customers.listed",
}
#: What shows a customer because it changed something about them: the change is an event of its own.
CHANGES: Final = {
    "/api/cases": {"post"},
    "/api/cases/{case_no}/assignments": {"post"},
    "/api/cases/{case_no}/decisions": {"post"},
    "/api/cases/{case_no}/proposals": {"post"},
    "/api/cases/{case_no}/reopenings": {"post"},
    "/api/cases/{case_no}/watchers": {"put"},
    "/api/consents/{customer_no}/acts": {"post"},
    "/api/consents/{customer_no}/blocks": {"post"},
    "/api/consents/{customer_no}/quiet": {"post"},
    "/api/consents/{customer_no}/quiet/{quiet_id}": {"delete"},
    "/api/gate/freezes": {"post"},
    "/api/identity/reviews/{review_id}/decisions": {"post"},
    "/api/relation-requests/{request_id}/withdraw": {"post"},
    "/api/relation-requests/{request_id}/refuse": {"post"},
    "/api/relation-requests/{request_id}/approve": {"post"},
    "/api/relation-requests/split": {"post"},
    "/api/relation-requests/merge": {"post"},
    "/api/relation-requests/deny": {"post"},
    "/api/relation-requests/confirm": {"post"},
    "/api/relation-requests/add": {"post"},
    "/api/subject-requests": {"post"},
    "/api/subject-requests/{request_id}/export": {"post"},
    "/api/suitability/insistences": {"post"},
    "/api/suitability/insistences/{insistence_id}/confirm": {"post"},
    "/api/suitability/recordings": {"post"},
    "/api/suitability/sittings": {"post"},
    "/api/suitability/sittings/{sitting_id}/answers": {"put"},
    "/api/suitability/sittings/{sitting_id}/review": {"post"},
    "/api/suitability/sittings/{sitting_id}/submit": {"post"},
}


def _items(caller: Caller, path: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = caller.get(path).json()["items"]
    return found


@pytest.fixture(scope="session")
def places(twin: Bank, sign_in: SignIn) -> dict[str, str]:
    """What stands for each place in an address."""
    loads = _items(sign_in("engineer"), "/api/sources/loads?limit=200")
    customer_no = _items(sign_in("rm"), "/api/customers?limit=1")[0]["customer_no"]
    compliance = sign_in("compliance")
    case = {"kind": "conduct", "title": "核查一笔投诉", "customer_no": customer_no}
    case_no = compliance.request("post", "/api/cases", json=case).json()["case_no"]
    file = compliance.request("post", f"/api/cases/{case_no}/attachments", params={"name": "a.txt"}, content=b"abc")
    sign_in("rm").get(f"/api/customers/{customer_no}")
    machine = Actor.system("test")
    with audit.opened(twin, machine) as log:
        while audit.turn(twin, machine, log):
            pass
    seen = _items(sign_in("auditor"), f"/api/audit/entries?customer_no={customer_no}")
    segment = _items(sign_in("analyst"), "/api/segments?q=大众客户")[0]["segment"]["id"]
    return {
        "attachment_id": file.json()["id"],
        "case_no": case_no,
        "customer_no": customer_no,
        "segment_id": str(segment),
        "export_id": str(_allowed_export(sign_in, segment)),
        "load_id": next(load["id"] for load in loads if load["rows_quarantined"]),
        "n": next(str(entry["n"]) for entry in seen if entry["customer_no"]),
        "product_no": _items(sign_in("rm"), "/api/products?limit=1")[0]["product_no"],
        "review_id": _items(compliance, "/api/identity/reviews?limit=1")[0]["id"],
        "group_id": str(_items(sign_in("rm"), "/api/groups?limit=1")[0]["id"]),
    }


def _allowed_export(sign_in: SignIn, segment: int) -> int:
    """An export the analyst asked for and compliance allowed."""
    asked = {"format": "csv", "content": "numbers", "reason": "季度回访名单"}
    made = sign_in("analyst").request("post", f"/api/segments/{segment}/exports", json=asked)
    assert made.status_code == 201, made.text
    number: int = made.json()["id"]
    answer = {"allow": True, "answer": "同意用于回访"}
    judged = sign_in("compliance").request("post", f"/api/segment-exports/{number}/answer", json=answer)
    assert judged.status_code == 200, judged.text
    return number


def test_each_route_is_either_quiet_or_a_look(twin_app: FastAPI) -> None:
    asked = {path for path, operations in twin_app.openapi()["paths"].items() if "get" in operations}
    assert asked == QUIET.keys() | LOOKS.keys()
    assert not QUIET.keys() & LOOKS.keys()


def test_whatever_shows_a_customer_is_a_look_or_a_change(twin_app: FastAPI) -> None:
    document = twin_app.openapi()
    showing = {
        (path, method)
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
        if "{customer_no}" in path or _shows(operation["responses"], document["components"]["schemas"])
    }
    changes = {(path, method) for path, methods in CHANGES.items() for method in methods}
    looks = {(path, "get") for path in LOOKS} | {(path, "post") for path in ASKED.keys() | ELSEWHERE.keys()}
    assert showing <= looks | changes
    assert changes <= showing


def _shows(answer: Any, schemas: dict[str, Any]) -> bool:
    """Whether an answer's schema names a customer anywhere."""
    left, known = [answer], set[str]()
    while left:
        node = left.pop()
        if isinstance(node, list):
            left += node
        elif isinstance(node, dict):
            if any(name.endswith(("customer_no", "customer_nos")) for name in node.get("properties", ())):
                return True
            name = str(node.get("$ref", "")).rpartition("/")[2]
            if name and name not in known:
                known.add(name)
                left.append(schemas[name])
            left += node.values()
    return False


def _kinds(twin: Bank, mark: str) -> list[tuple[str, str]]:
    with twin.read(Actor.system("test")) as tx:
        written = tx.rows(select(event_table).where(event_table.c.request_id == mark).order_by(event_table.c.seq))
    return [(row["kind"], row["actor_id"]) for row in written]


@pytest.mark.parametrize("path", sorted(LOOKS))
def test_each_look_is_written_down_with_who_looked(
    twin: Bank, sign_in: SignIn, places: dict[str, str], path: str
) -> None:
    login, kind = LOOKS[path]
    caller = sign_in(login)
    mark = f"look-{abs(hash(path))}"
    question = {"q": places["customer_no"]} if path == "/api/search" else _QUESTIONS.get(path)
    answer = caller.get(path.format(**places), params=question, headers={"x-request-id": mark})
    assert answer.status_code == 200, answer.text
    assert _kinds(twin, mark) == [(kind, caller.user_id)]


@pytest.mark.parametrize("path", sorted(ASKED))
def test_each_question_about_a_customer_is_written_down_with_who_asked(
    twin: Bank, sign_in: SignIn, places: dict[str, str], path: str
) -> None:
    login, kind, body = ASKED[path]
    caller, mark = sign_in(login), f"asked-{abs(hash(path))}"
    filled = json.loads(re.sub(r"\{(\w+)\}", lambda place: places[place[1]], json.dumps(body)))
    if path == "/api/audit/evidence":
        filled["entries"] = [int(places["n"])]
    answer = caller.request("post", path.format(**places), json=filled, headers={"x-request-id": mark})
    assert answer.status_code == 200, answer.text
    assert (kind, caller.user_id) in _kinds(twin, mark)


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
        sign_in(login).get(path.format(**places), params={"q": phone} | _QUESTIONS.get(path, {}))
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
