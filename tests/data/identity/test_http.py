"""归并 over HTTP: masked, permitted, and complete."""

import datetime as dt
from typing import Any

import anyio
import httpx
import pytest
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from tests.data.identity.lake import a_party, load
from tests.data.identity.test_merge import LIN, WANG, one_ids

from liuke.data import identity
from liuke.data.identity.http import router
from liuke.kernel.actor import Actor, Permission, Role, Scope, ScopeKind
from liuke.kernel.errors import LiukeError


class Desk:
    """Somebody who calls the identity routes as a data engineer with some rights."""

    def __init__(self, bank, *rights: Permission) -> None:
        self.app = FastAPI()
        self.app.include_router(router)
        self.app.state.bank = bank
        scope = Scope(ScopeKind.NONE)
        roles = frozenset({Role.DATA_ENGINEER})
        actor = Actor("u1", "eng", "数据", "", roles, frozenset(rights), scope, "session")

        @self.app.middleware("http")
        async def act(request: Request, call_next):
            request.state.actor = actor
            return await call_next(request)

        @self.app.exception_handler(LiukeError)
        async def told(request: Request, fault: LiukeError) -> JSONResponse:
            return JSONResponse({"code": fault.code, "detail": fault.message}, fault.status)

    def get(self, path: str) -> httpx.Response:
        return self._call("GET", path)

    def post(self, path: str, *, json: dict[str, Any]) -> httpx.Response:
        return self._call("POST", path, json=json)

    def _call(self, method: str, path: str, **options: Any) -> httpx.Response:
        async def call() -> httpx.Response:
            wire = httpx.ASGITransport(app=self.app)
            async with httpx.AsyncClient(transport=wire, base_url="http://bank.test") as client:
                return await client.request(method, path, **options)

        return anyio.run(call)


@pytest.fixture
def client(bank, machine) -> Desk:
    load(
        bank,
        machine,
        [
            a_party("core", "1", id_no=LIN, birth_date=dt.date(1990, 3, 7)),
            a_party("crm", "7", id_no=None, name="林伟"),
            a_party("core", "5", name="王建国", id_no=WANG, phone="13700000001"),
        ],
    )
    identity.run(bank, machine)
    return Desk(bank, Permission.IDENTITY_READ, Permission.IDENTITY_DECIDE)


def test_a_pair_is_shown_with_its_waterfall_and_masked_records(client) -> None:
    item = client.get("/api/identity/reviews").json()["items"][0]
    assert item["why"] == "shared"
    assert item["left_customer_no"] != item["right_customer_no"]
    page = client.get(f"/api/identity/reviews/{item['id']}").json()
    assert page["waterfall"]["total"] == pytest.approx(item["weight"], abs=0.01)
    assert {step["label"] for step in page["waterfall"]["steps"]} >= {"证件号码", "姓名", "电话", "出生日期", "地址"}
    text = str(page)
    for secret in (LIN, "13857123456", "林晓燕", "林伟", "文三路"):
        assert secret not in text
    assert "138****3456" in text


def test_a_merge_is_previewed_made_journalled_and_undone(client, bank, machine) -> None:
    found = {key: bank.keys.customer_numbers.encode(value) for key, value in one_ids(bank, machine).items()}
    pair = {"customer_nos": [found["1"], found["7"]]}
    plan = client.post("/api/identity/previews", json=pair).json()
    assert plan["allowed"]
    assert [member["source_key"] for member in plan["moves"]] == ["7"]
    made = client.post("/api/identity/merges", json=pair | {"reason": "柜面核对证件"})
    assert made.status_code == 201
    assert made.json()["can_undo"]
    assert len(client.get("/api/identity/journal?kind=merge").json()["items"]) == 1
    undone = client.post(f"/api/identity/journal/{made.json()['id']}/undo", json={"reason": "核对有误撤销"})
    assert undone.json()["undoes"] == made.json()["id"]
    again = client.post(f"/api/identity/journal/{made.json()['id']}/undo", json={"reason": "核对有误撤销"})
    assert (again.status_code, again.json()["code"]) == (409, "not_undoable")


def test_a_forbidden_merge_says_why(client, bank, machine) -> None:
    found = {key: bank.keys.customer_numbers.encode(value) for key, value in one_ids(bank, machine).items()}
    body = {"customer_nos": [found["1"], found["5"]], "reason": "柜面核对证件"}
    refused = client.post("/api/identity/merges", json=body)
    assert (refused.status_code, refused.json()["code"]) == (409, "two_valid_ids")
    assert client.post("/api/identity/previews", json={"customer_nos": ["??", found["1"]]}).status_code in {404, 422}


def test_a_judgement_moves_a_pair_out_of_the_queue(client) -> None:
    item = client.get("/api/identity/reviews").json()["items"][0]
    body = {"verdict": "different", "reason": "父子共用电话"}
    judged = client.post(f"/api/identity/reviews/{item['id']}/decisions", json=body)
    assert judged.json()["status"] == "different"
    assert client.get("/api/identity/reviews").json()["items"] == []
    assert len(client.get("/api/identity/reviews?status=different").json()["items"]) == 1


def test_reading_and_deciding_need_their_permissions(client, bank) -> None:
    reader, nobody = Desk(bank, Permission.IDENTITY_READ), Desk(bank)
    body = {"customer_nos": ["LK00000000", "LK00000001"], "reason": "柜面核对证件"}
    assert reader.post("/api/identity/merges", json=body).status_code in {403, 422}
    assert nobody.get("/api/identity/reviews").status_code == 403
    assert nobody.get("/api/identity/journal").status_code == 403
