"""A bank whose audit log can be opened, and a way to ask it over HTTP."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, ClassVar

import anyio
import httpx
import pytest
from fastapi import FastAPI

from liuke.app.problems import answer_errors
from liuke.data.org.users.roles import PERMISSIONS
from liuke.guard.audit import opened
from liuke.guard.audit.http import router
from liuke.guard.audit.seal.log import Log
from liuke.kernel.actor import EVERYTHING, Actor, Role
from liuke.kernel.bank import Bank
from liuke.kernel.event import Event
from liuke.kernel.http import actor_of
from liuke.kernel.ids import OneId


@dataclass(frozen=True, kw_only=True)
class PageSeen(Event):
    """A customer's page was looked at."""

    kind: ClassVar[str] = "test.page_seen"
    part: str


@dataclass(frozen=True, kw_only=True)
class RateSet(Event):
    """Something about no customer."""

    kind: ClassVar[str] = "test.rate_set"
    rate_bp: int


@pytest.fixture
def bank(bank: Bank, tmp_path: Path) -> Bank:
    """The bank, with a witness."""
    fonts = [Path(p) for p in Path(__file__).parents[3].glob("web/node_modules/@embedpdf/fonts-sc/fonts")]
    settings = bank.settings.model_copy(
        update={"audit_witness": tmp_path / "witness", "fonts": fonts[0] if fonts else None}
    )
    return replace(bank, settings=settings)


@pytest.fixture
def log(bank: Bank, machine: Actor) -> Iterator[Log]:
    with opened(bank, machine) as log:
        yield log


@pytest.fixture
def reopened(bank: Bank, machine: Actor) -> Callable[[], AbstractContextManager[Log]]:
    return lambda: opened(bank, machine)


@pytest.fixture
def see(bank: Bank, machine: Actor) -> Callable[..., None]:
    """Somebody looks at customers' pages: ``see(7, 8)``."""

    def look(*subjects: int) -> None:
        with bank.write(machine) as tx:
            tx.emit(*(PageSeen(part="overview", subject=OneId(subject)) for subject in subjects))

    return look


@pytest.fixture
def auditor() -> Actor:
    return an_actor(Role.AUDIT_ADMIN)


def an_actor(role: Role) -> Actor:
    """Somebody in this role."""
    system = Actor.system("test")
    return replace(
        system,
        user_id=role.value,
        roles=frozenset({role}),
        permissions=PERMISSIONS[role],
        scope=EVERYTHING,
        via="session",
    )


class Asker:
    """Somebody signed in, calling the routes as a server would."""

    def __init__(self, app: FastAPI) -> None:
        self._app = app

    def __call__(self, method: str, path: str, **options: Any) -> httpx.Response:
        async def call() -> httpx.Response:
            wire = httpx.ASGITransport(self._app, raise_app_exceptions=False)
            async with httpx.AsyncClient(transport=wire, base_url="http://bank.test") as client:
                return await client.request(method, f"/api/audit{path}", **options)

        return anyio.run(call)


@pytest.fixture
def asked(bank: Bank) -> Callable[[Actor], Asker]:
    """The routes of the audit log, asked by an actor."""

    def client(actor: Actor) -> Asker:
        app = FastAPI()
        app.state.bank = bank
        app.include_router(router)
        app.dependency_overrides[actor_of] = lambda: actor
        answer_errors(app)
        return Asker(app)

    return client
