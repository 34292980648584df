"""Consent and suitability over HTTP: who may, what is recorded, what is out of scope."""

from collections.abc import Callable
from typing import Any

import anyio
import httpx
import pytest
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from sqlalchemy import text
from tests.guard.consent.builders import a_customer, an_actor

from liuke.guard.consent import http as consent_http
from liuke.guard.suitability import http as suitability_http
from liuke.kernel.actor import EVERYTHING, Actor, Permission, Role, Scope, ScopeKind
from liuke.kernel.bank import Bank
from liuke.kernel.errors import LiukeError

_RM = (Permission.CONSENT_READ, Permission.CONSENT_EDIT, Permission.SUITABILITY_READ, Permission.SUITABILITY_SELL)

Knock = Callable[..., httpx.Response]


@pytest.fixture
def knock(bank: Bank) -> Knock:
    """Sends a request as an actor to the routes of consent and suitability."""
    app = FastAPI()
    app.state.bank = bank
    for router in (*consent_http.routers, *suitability_http.routers):
        app.include_router(router)

    @app.exception_handler(LiukeError)
    def known(_request: Request, fault: LiukeError) -> JSONResponse:
        return JSONResponse({"code": fault.code, "detail": fault.message}, fault.status)

    who: list[Actor] = []

    @app.middleware("http")
    async def signed_in(request: Request, call: Any) -> Any:
        request.state.actor = who[-1]
        return await call(request)

    client = httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://liuke.test")

    def send(actor: Actor, method: str, path: str, body: Any = None) -> httpx.Response:
        who.append(actor)
        return anyio.run(lambda: client.request(method, path, json=body))

    return send


def test_a_withdrawal_at_the_desk_turns_the_next_verdict(bank: Bank, machine: Actor, knock: Knock) -> None:
    number = bank.keys.customer_numbers.encode(a_customer(bank, machine, 11))
    rm = an_actor(permissions=_RM)
    act = {"matter": "contact", "purpose": "marketing", "channels": ["sms"], "granted": True}
    act |= {"evidence_kind": "paper", "evidence_ref": "P-1"}
    assert knock(rm, "POST", f"/api/consents/{number}/acts", act).status_code == 201
    ask = f"/api/consents/{number}/verdict?purpose=marketing&channel=sms"
    assert knock(rm, "GET", ask).json() == {"allowed": True, "refusals": []}
    assert knock(rm, "POST", f"/api/consents/{number}/acts", act | {"granted": False}).status_code == 201
    said = knock(rm, "GET", ask).json()
    assert [one["reason"] for one in said["refusals"]] == ["not_granted"]
    sheet = knock(rm, "GET", f"/api/consents/{number}").json()
    assert sheet["grants"][0] == {"purpose": "marketing", "channels": [], "sensitive": False}
    history = knock(rm, "GET", f"/api/consents/{number}/history").json()["items"]
    assert [one["granted"] for one in history] == [False, True]
    with bank.read(machine) as tx:
        looks = tx.value(text("SELECT count(*) FROM event WHERE kind = 'consent.viewed' AND subject = 11"))
    assert looks == 4


def test_lists_and_quiet_hours_are_kept_at_the_desk_and_lifted_by_compliance(
    bank: Bank, machine: Actor, knock: Knock
) -> None:
    number = bank.keys.customer_numbers.encode(a_customer(bank, machine, 11))
    rm, judge = (
        an_actor(permissions=_RM),
        an_actor(Role.COMPLIANCE, scope=EVERYTHING, permissions=(Permission.CONSENT_READ, Permission.SUBJECT_HANDLE)),
    )
    made = knock(rm, "POST", f"/api/consents/{number}/blocks", {"kind": "refuses", "reason": "客户明确拒绝"})
    quiet = knock(rm, "POST", f"/api/consents/{number}/quiet", {"from_minute": 0, "to_minute": 480, "weekdays": [6, 7]})
    assert (made.status_code, quiet.status_code) == (201, 201)
    assert [one["customer_no"] for one in knock(judge, "GET", "/api/consents/blocks").json()["items"]] == [number]
    lift = f"/api/consents/blocks/{made.json()['id']}/lift"
    assert knock(rm, "POST", lift, {"reason": "客户改变主意"}).status_code == 403
    assert knock(judge, "POST", lift, {"reason": "客户改变主意"}).status_code == 204
    assert knock(judge, "POST", lift, {"reason": "客户改变主意"}).status_code == 404
    gone = f"/api/consents/{number}/quiet/{quiet.json()['id']}"
    assert knock(rm, "DELETE", gone).status_code == 204
    assert knock(rm, "DELETE", gone).status_code == 404
    bad = knock(rm, "POST", f"/api/consents/{number}/quiet", {"from_minute": 60, "to_minute": 60})
    assert (bad.status_code, bad.json()["code"]) == (422, "bad_quiet")


def test_a_customer_out_of_scope_is_unknown_at_every_door(bank: Bank, machine: Actor, knock: Knock) -> None:
    number = bank.keys.customer_numbers.encode(a_customer(bank, machine, 11))
    stranger = an_actor(scope=Scope(ScopeKind.BOOK, staff_no="S999"), permissions=_RM)
    nobody = an_actor(permissions=())
    for path in (f"/api/consents/{number}", f"/api/consents/{number}/history", f"/api/suitability/customers/{number}"):
        assert knock(stranger, "GET", path).json()["code"] == "unknown_customer"
        assert knock(nobody, "GET", path).status_code == 403
    start = {"customer_no": number}
    assert knock(stranger, "POST", "/api/suitability/sittings", start).json()["code"] == "unknown_customer"


def test_an_assessment_goes_from_paper_to_buyer(bank: Bank, machine: Actor, knock: Knock) -> None:
    number = bank.keys.customer_numbers.encode(a_customer(bank, machine, 11))
    rm = an_actor(permissions=_RM)
    assert knock(rm, "GET", f"/api/suitability/customers/{number}").json()["tolerance"] is None
    started = knock(rm, "POST", "/api/suitability/sittings", {"customer_no": number}).json()
    place = f"/api/suitability/sittings/{started['sitting']['id']}"
    for question in started["paper"]["questions"]:
        chosen = {"question": question["id"], "option": question["options"][1]["id"]}
        assert knock(rm, "PUT", f"{place}/answers", chosen).status_code == 200
    assert knock(rm, "POST", f"{place}/submit").json()["signs"] == ["too_fast"]
    assert knock(rm, "GET", f"/api/suitability/customers/{number}/sittings").json()[0]["state"] == "review"


def test_the_policy_says_its_sources_and_the_rules_in_words(knock: Knock) -> None:
    told = knock(an_actor(permissions=_RM), "GET", "/api/suitability/policy").json()
    assert all(one["source"] for one in told["numbers"])
    assert any(one["verify"] for one in told["numbers"])
    assert all(one["words"] for one in told["points"])
    assert knock(an_actor(permissions=_RM), "GET", "/api/consents/purposes").status_code == 200
    assert knock(an_actor(permissions=_RM), "GET", "/api/subject-requests/kept").status_code == 200
    assert knock(an_actor(permissions=_RM), "GET", "/api/suitability/scripts").status_code == 200
    assert knock(an_actor(permissions=_RM), "GET", "/api/suitability/papers").json()[0]["paper_no"] == "retail"
