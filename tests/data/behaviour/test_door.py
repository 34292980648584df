"""The door: it lets in whole batches of those who may send, within bounds, and says what it refuses."""

import gzip
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import anyio
import httpx
import orjson
import pytest
from fastapi import FastAPI, Request
from tests.data.behaviour import builders as make

from liuke.app.http import EdgeMiddleware
from liuke.app.problems import answer_errors
from liuke.data.behaviour.follow import folder
from liuke.data.behaviour.http import routers
from liuke.data.behaviour.intake.door import Door
from liuke.data.behaviour.intake.limit import Limit
from liuke.data.behaviour.intake.tail import Tail
from liuke.data.behaviour.model import MAX_BATCH_BYTES, MAX_BATCH_EVENTS
from liuke.kernel.actor import Actor, Permission
from liuke.kernel.bank import Bank

Ask = Callable[..., httpx.Response]
_LINES = {"content-type": "application/x-ndjson"}


def _desk(bank: Bank, actor: Actor) -> Ask:
    app = FastAPI()
    app.state.bank = bank
    for router in routers:
        app.include_router(router)
    answer_errors(app)

    @app.middleware("http")
    async def sign_in(request: Request, go_on: Any) -> Any:
        request.state.actor = actor
        return await go_on(request)

    app.add_middleware(EdgeMiddleware, secure=False)

    def ask(content: bytes, **headers: str) -> httpx.Response:
        async def call() -> httpx.Response:
            wire = httpx.ASGITransport(app=app)
            async with httpx.AsyncClient(transport=wire, base_url="http://bank.test") as client:
                named = {name.replace("_", "-"): value for name, value in headers.items()}
                return await client.post("/api/behaviour/events", content=content, headers=_LINES | named)

        return anyio.run(call)

    return ask


@pytest.fixture
def post(app: Bank, machine: Actor) -> Ask:
    """Send a batch as somebody who may."""
    return _desk(app, machine)


def _logged(bank: Bank) -> list[Any]:
    lines = [line for one in Tail(folder(bank) / "log").read() for line in one.body.splitlines()]
    return [orjson.loads(line) for line in lines]


def test_a_batch_is_on_the_disk_when_it_is_acknowledged(app: Bank, post: Ask) -> None:
    events = [make.an_event(), make.an_event("U2")]
    answer = post(make.body_of(events))
    assert (answer.status_code, answer.json()) == (202, {"received": 2})
    assert _logged(app) == events


@pytest.mark.parametrize("wrap", [lambda events: events, lambda events: {"events": events}])
def test_json_arrays_and_packed_batches_are_read_too(app: Bank, post: Ask, wrap: Callable[[Any], Any]) -> None:
    events = [make.an_event(), make.an_event("U2")]
    body = gzip.compress(orjson.dumps(wrap(events)))
    assert post(body, content_type="application/json", content_encoding="gzip").status_code == 202
    assert _logged(app) == events


def test_the_senders_clock_is_noted_when_it_is_far_off(app: Bank, post: Ask) -> None:
    now = int(app.clock.now().timestamp() * 1000)
    for shown in (now - make.DAY, now - 500):
        post(make.body_of([make.an_event()]), x_sent_at=str(shown))
    post(make.body_of([make.an_event()]), x_sent_at="yesterday")
    assert [one.skew for one in Tail(folder(app) / "log").read()] == [make.DAY, 0, 0]


@pytest.mark.parametrize(
    ("body", "headers", "status", "code"),
    [
        (b"{", {"content_type": "application/json"}, 422, "batch_unreadable"),
        (b'"x"', {"content_type": "application/json"}, 422, "batch_unreadable"),
        (b"\n \n", {}, 422, "batch_unreadable"),
        (b"{}", {"content_type": "text/plain"}, 415, "batch_type"),
        (b"{}", {"content_encoding": "br"}, 415, "batch_type"),
        (b"not gzip", {"content_encoding": "gzip"}, 422, "batch_unreadable"),
        (gzip.compress(b"{}")[:-3], {"content_encoding": "gzip"}, 422, "batch_unreadable"),
        (gzip.compress(b"{}\n" * MAX_BATCH_BYTES), {"content_encoding": "gzip"}, 413, "batch_too_large"),
        (b"{}\n" * (MAX_BATCH_EVENTS + 1), {}, 413, "batch_too_large"),
        (b"x" * (2 * 2**20 + 1), {}, 413, "body_too_large"),
    ],
    ids=range(10),
)
def test_what_is_no_batch_is_refused_and_nothing_is_written(
    app: Bank, post: Ask, body: bytes, headers: dict[str, str], status: int, code: str
) -> None:
    answer = post(body, **headers)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert _logged(app) == []


def test_only_who_may_send_gets_in(app: Bank, machine: Actor) -> None:
    other = replace(machine, permissions=frozenset(Permission) - {Permission.BEHAVIOUR_SEND})
    assert _desk(app, other)(make.body_of([make.an_event()])).status_code == 403
    assert _logged(app) == []


def test_who_sends_too_fast_is_told_when_to_come_back(app: Bank, machine: Actor) -> None:
    slow = replace(app, settings=app.settings.model_copy(update={"intake_events_per_second": 10}))
    post = _desk(slow, machine)
    assert post(make.body_of([make.an_event()] * 15)).status_code == 202
    answer = post(make.body_of([make.an_event()] * 15))
    assert (answer.status_code, answer.json()["code"]) == (429, "sending_too_fast")
    assert int(answer.headers["retry-after"]) >= 1


def test_a_bucket_fills_with_time() -> None:
    now = [0.0]
    limit = Limit(10, clock=lambda: now[0])
    assert [limit.take("a", 20), limit.take("a", 5), limit.take("b", 20)] == [0.0, 0.5, 0.0]
    now[0] = 0.5
    assert limit.take("a", 5) == 0.0


def test_a_log_that_waits_too_long_closes_the_door(app: Bank, machine: Actor) -> None:
    full = replace(app, settings=app.settings.model_copy(update={"intake_backlog_mib": 1}))
    (folder(app) / "log").mkdir(parents=True)
    (folder(app) / "log" / "00.log").write_bytes(bytes(2**20 + 1))
    post = _desk(full, machine)
    assert post(make.body_of([make.an_event()])).status_code == 202
    answer = post(make.body_of([make.an_event()]))
    assert (answer.status_code, answer.json()["code"], answer.headers["retry-after"]) == (503, "backlog_full", "2")


@pytest.fixture(autouse=True)
def _one_door_a_test(monkeypatch: pytest.MonkeyPatch) -> None:
    """Limits belong to a served bank; each test serves another."""
    for route in routers[0].routes:
        door = getattr(route, "app", None)
        if isinstance(door, Door):
            monkeypatch.setattr(door, "_of", {})
