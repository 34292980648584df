import threading
from collections.abc import Callable
from typing import Any

import anyio
import httpx
import pytest
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from tests.data.sources.conftest import CUSTOMERS

from liuke.data import sources
from liuke.data.sources.http import router
from liuke.kernel.actor import Actor
from liuke.kernel.bank import Bank
from liuke.kernel.errors import LiukeError

Put = Callable[..., Any]


class Desk:
    """The routes of sources on a bank, asked by an actor."""

    def __init__(self, bank: Bank, actor: Actor) -> None:
        self.app = FastAPI()
        self.app.state.bank = bank
        self.app.include_router(router)

        @self.app.middleware("http")
        async def sign_in(request: Request, go_on: Any) -> Any:
            request.state.actor = actor
            return await go_on(request)

        @self.app.exception_handler(LiukeError)
        async def told(_request: Request, fault: LiukeError) -> JSONResponse:
            return JSONResponse({"code": fault.code, "detail": fault.message}, status_code=fault.status)

    def get(self, path: str) -> httpx.Response:
        return self.ask("GET", path)

    def ask(self, method: str, path: str, **options: Any) -> httpx.Response:
        """One request and its answer."""

        async def call() -> httpx.Response:
            wire = httpx.ASGITransport(app=self.app)
            async with httpx.AsyncClient(transport=wire, base_url="http://bank.test") as client:
                return await client.request(method, path, **options)

        return anyio.run(call)


@pytest.fixture
def client(bank: Bank, machine: Actor) -> Desk:
    """The routes, asked by the machine itself."""
    return Desk(bank, machine)


def test_the_screen_can_read_all_it_shows(client: Desk, bank: Bank, machine: Actor, contract: Put, arrive: Put) -> None:
    contract(CUSTOMERS)
    arrive("core/CUST_20261101.csv", "cust_no,name,phone\n1,张三,138\n,李四,139\n")
    sources.load_source(bank, machine, "core_cust")

    [source] = client.get("/api/sources").json()
    [load] = client.get("/api/sources/core_cust/loads").json()["items"]
    detail = client.get(f"/api/sources/loads/{load['id']}").json()
    [row] = client.get(f"/api/sources/loads/{load['id']}/quarantine").json()["items"]

    assert (source["name"], source["freshness"], source["last_load"]["rows_quarantined"]) == ("core_cust", "fresh", 1)
    assert (load["state"], load["rows_read"]) == ("published", 2)
    assert detail["reasons"] == [{"column": "cust_no", "reason": "客户号为空", "rows": 1}]
    assert [one["table"] for one in detail["tables"]] == ["party", "customer"]
    assert (row["line_no"], row["raw"], row["reasons"]) == (3, ",李四,139", ["cust_no 客户号为空"])
    assert {one["table"] for one in client.get("/api/sources/lineage").json()} == {"party", "customer"}
    assert client.get("/api/sources/loads").json()["items"][0]["id"] == load["id"]


def test_a_contract_is_read_checked_and_saved(client: Desk, contract: Put) -> None:
    contract(CUSTOMERS)
    held = client.get("/api/sources/core_cust/contract").json()
    broken = {"text": held["text"].replace("snapshot", "snap"), "base_version": held["version"]}
    better = {"text": held["text"].replace("核心存款：客户", "客户"), "base_version": 0}

    assert (held["version"], held["problems"]) == (1, [])
    assert client.ask("POST", "/api/sources/contract-checks", json=broken).json()["problems"][0]["key"] == "load.mode"
    assert client.ask("PUT", "/api/sources/core_cust/contract", json=broken).status_code == 422
    assert client.ask("PUT", "/api/sources/core_cust/contract", json=better).json()["version"] == 2
    assert client.get("/api/sources/core_cust/contract/1").json()["text"] == CUSTOMERS
    assert client.get("/api/sources/nowhere/contract").status_code == 404


def test_a_run_is_started_and_named(client: Desk, contract: Put, arrive: Put) -> None:
    contract(CUSTOMERS)
    answer = client.ask("POST", "/api/sources/core_cust/runs")
    for thread in threading.enumerate():
        if thread.name.startswith("ingest"):
            thread.join(30)
    assert answer.status_code == 202
    assert len(answer.json()["run_id"]) == 36
    assert client.ask("POST", "/api/sources/nowhere/runs").status_code == 404
