"""The gate and cases over HTTP: the shapes on the wire, and what each answers."""

from collections.abc import Iterator

import anyio
import httpx
import pytest
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from tests.guard.gate.conftest import an_officer

from liuke.guard.cases import http as cases_http
from liuke.guard.gate import http as gate_http
from liuke.kernel.errors import LiukeError
from liuke.kernel.http import actor_of


class Door:
    """Somebody signed in, knocking at the routes."""

    def __init__(self, app: FastAPI) -> None:
        self.app = app
        self.actor = an_officer("wang")
        app.dependency_overrides[actor_of] = lambda: self.actor

    def send(self, method: str, path: str, **options) -> httpx.Response:
        async def knock() -> httpx.Response:
            async with httpx.AsyncClient(transport=httpx.ASGITransport(app=self.app), base_url="http://t") as client:
                return await client.request(method, path, **options)

        return anyio.run(knock)

    def get(self, path: str, **query) -> httpx.Response:
        return self.send("GET", path, params=query)

    def post(self, path: str, body=None) -> httpx.Response:
        return self.send("POST", path, json=body)


@pytest.fixture
def door(town) -> Iterator[Door]:
    app = FastAPI()
    app.state.bank = town
    for router in (*gate_http.routers, cases_http.router):
        app.include_router(router)

    @app.exception_handler(LiukeError)
    def known(_request: Request, fault: LiukeError) -> JSONResponse:
        return JSONResponse({"code": fault.code, "detail": fault.message}, fault.status)

    return Door(app)


@pytest.fixture
def number(town):
    return town.keys.customer_numbers.encode


def test_trying_one_gives_the_verdict_with_every_check_and_lists_the_refusal(door, number):
    body = {"customer_no": number(10), "channel": "sms", "product_no": "F4", "text": "保本"}
    tried = door.post("/api/gate/trials", body).json()
    assert (tried["permitted"], tried["check"], len(tried["looked"])) == (False, "consent", 10)
    assert tried["line"].startswith("授权同意:")
    listed = door.get("/api/gate/refusals", customer_no=number(10)).json()["items"]
    assert [(item["code"], item["trial"], item["line"]) for item in listed] == [
        ("consent:not_granted", True, tried["line"])
    ]
    assert door.post("/api/gate/trials", {"customer_no": number(1), "channel": "sms"}).json()["permitted"] is True


def test_bad_input_of_a_trial_is_one_problem(door, number):
    good = {"customer_no": number(1), "channel": "sms"}
    assert door.post("/api/gate/trials", good | {"channel": "fax"}).status_code == 422
    assert door.post("/api/gate/trials", good | {"product_no": "W404"}).status_code == 404
    assert door.post("/api/gate/trials", good | {"customer_no": number(999)}).status_code == 404
    assert door.post("/api/gate/trials", good | {"customer_no": "nobody"}).status_code == 404


def test_a_policy_is_read_drafted_and_published_by_another(door):
    policy = door.get("/api/gate/policy").json()
    kept = {name: policy[name] for name in ("permit_seconds", "caps", "quiets", "wordings")}
    rule = {"name": "大众", "text": "tier = 'mass'", "reason": "大众不推", "remedy": ""}
    made = door.post("/api/gate/policies", kept | {"note": "试", "rules": [rule]})
    assert made.status_code == 201
    assert made.json()["rules"][0]["words"] == "客户层级为大众"
    path = f"/api/gate/policies/{made.json()['version']}/publication"
    assert door.post(path).status_code == 409
    door.actor = an_officer("zhao")
    assert door.post(path).json()["state"] == "published"
    assert [item["state"] for item in door.get("/api/gate/policies").json()["items"]] == ["published", "published"]


def test_freezes_calendar_holdouts_and_fields_are_listed(door, number):
    body = {"customer_no": number(1), "kind": "risk", "reason": "风险核实中"}
    made = door.post("/api/gate/freezes", body)
    assert made.status_code == 201
    assert len(door.get("/api/gate/freezes").json()["items"]) == 1
    assert door.post(f"/api/gate/freezes/{made.json()['id']}/lifting").status_code == 204
    assert door.get("/api/gate/freezes").json()["items"] == []
    assert len(door.get("/api/gate/calendar", year=2026).json()) > 30
    assert door.get("/api/gate/holdouts").json() == []
    assert door.get("/api/gate/refusals/counts").json() == []
    assert "tier" in {field["name"] for field in door.get("/api/gate/fields").json()}
    assert door.post("/api/gate/rules/trials", {"text": "teir = 'mass'"}).status_code == 422


def test_a_case_is_opened_worked_on_and_settled_over_http(door, number):
    opened = door.post("/api/cases", {"kind": "conduct", "title": "承诺收益", "customer_no": number(1)})
    assert (opened.status_code, opened.json()["customer_no"]) == (201, number(1))
    path = f"/api/cases/{opened.json()['case_no']}"
    assert door.post(f"{path}/notes", {"words": "已调取录音"}).status_code == 204
    assert door.post(f"{path}/links", {"kind": "customer", "ref": number(2)}).status_code == 204
    sent = door.send("POST", f"{path}/attachments", params={"name": "记录.txt"}, content="通话记录".encode())
    assert sent.status_code == 201
    saved = door.get(f"{path}/attachments/{sent.json()['id']}")
    assert (saved.text, saved.headers["content-type"]) == ("通话记录", "application/octet-stream")
    assert door.post(f"{path}/proposals", {"disposition": "confirmed", "words": "属实"}).status_code == 200
    assert door.post(f"{path}/decisions", {"agreed": True, "words": "同意"}).status_code == 409
    door.actor = an_officer("zhao")
    assert door.post(f"{path}/decisions", {"agreed": True, "words": "同意"}).json()["state"] == "closed"
    dossier = door.get(path).json()
    assert [len(dossier[part]) for part in ("alerts", "links", "attachments")] == [0, 1, 1]
    assert dossier["links"][0]["ref"] == number(2)
    assert door.get("/api/cases", unsettled=True).json()["items"] == []
    assert door.get("/api/cases/statistics").json()[0]["closed"] == 1
    assert len(door.get("/api/cases/queues").json()) == 6
