"""A small bank with a tree, staff and one user of every role, and a browser to knock at its door."""

from collections.abc import Callable
from typing import Any

import anyio
import httpx
import pytest
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

from liuke.data import org
from liuke.data.org import http as org_http
from liuke.data.org.users.model import User
from liuke.kernel.actor import Actor, Role
from liuke.kernel.bank import Bank
from liuke.kernel.errors import LiukeError

PASSWORD = "Correct-Horse-42"

BRANCHES = [
    {
        "branch_no": "HO",
        "parent_no": None,
        "name": "总行",
        "level": "head_office",
        "province": "浙江省",
        "city": "杭州市",
    },
    {"branch_no": "0571", "parent_no": "HO", "name": "杭州分行", "level": "branch"},
    {"branch_no": "003", "parent_no": "0571", "name": "西湖支行", "level": "sub_branch"},
    {"branch_no": "004", "parent_no": "0571", "name": "滨江支行", "level": "sub_branch"},
    {"branch_no": "0574", "parent_no": "HO", "name": "宁波分行", "level": "branch"},
    {"branch_no": "0031", "parent_no": "0574", "name": "鄞州支行", "level": "sub_branch"},
]

STAFF = [
    {"staff_no": "R1", "name": "张三", "branch_no": "003", "position": "rm", "status": "active"},
    {"staff_no": "R2", "name": "李四", "branch_no": "003", "position": "rm", "status": "active"},
    {"staff_no": "R3", "name": "王五", "branch_no": "0031", "position": "rm", "status": "active"},
    {"staff_no": "H1", "name": "赵六", "branch_no": "003", "position": "head", "status": "active"},
    {"staff_no": "M1", "name": "孙七", "branch_no": "0571", "position": "manager", "status": "active"},
]

USERS: dict[str, tuple[Role, str | None]] = {
    "rm.one": (Role.RM, "R1"),
    "rm.two": (Role.RM, "R2"),
    "rm.three": (Role.RM, "R3"),
    "head": (Role.BRANCH_HEAD, "H1"),
    "manager": (Role.INSTITUTION, "M1"),
    "analyst": (Role.ANALYST, None),
    "compliance": (Role.COMPLIANCE, None),
    "engineer": (Role.DATA_ENGINEER, None),
    "sysadmin": (Role.SYSTEM_ADMIN, None),
    "secadmin": (Role.SECURITY_ADMIN, None),
    "auditor": (Role.AUDIT_ADMIN, None),
}


@pytest.fixture
def tree(bank: Bank, machine: Actor) -> None:
    """The bank's branches and staff."""
    with bank.write(machine) as tx:
        org.replace_branches(tx, BRANCHES)
        org.replace_staff(tx, STAFF)


@pytest.fixture
def a_user(bank: Bank, machine: Actor, tree: None) -> Callable[..., User]:
    """Opens an account with PASSWORD: ``a_user("rm.one")`` has the role and member of staff of that name."""

    def make(login: str = "rm.one", *, must_change: bool = False, **wanted: Any) -> User:
        role, staff_no = USERS.get(login, (None, None))
        roles = wanted.get("roles", frozenset({role}) if role else frozenset())
        user, _ = org.create_user(
            bank,
            machine,
            login=login,
            display=login.title(),
            staff_no=wanted.get("staff_no", staff_no),
            roles=roles,
            first_password=PASSWORD,
            must_change=must_change,
        )
        return user

    return make


@pytest.fixture
def actor_of(bank: Bank, a_user: Callable[..., User]) -> Callable[[str], Actor]:
    """The signed-in actor of a login name; the account is opened when it is not there."""

    def sign_in(login: str) -> Actor:
        a_user(login)
        return org.sign_in(bank, login=login, password=PASSWORD).actor

    return sign_in


class Browser:
    """Somebody at a browser: keeps cookies, sends the CSRF token once it knows it."""

    def __init__(self, app: FastAPI, address: str = "10.1.1.1") -> None:
        transport = httpx.ASGITransport(app=app, client=(address, 50_000))
        self._client = httpx.AsyncClient(transport=transport, base_url="http://liuke.test")
        self.csrf = ""

    @property
    def cookies(self) -> httpx.Cookies:
        return self._client.cookies

    def send(self, method: str, path: str, **options: Any) -> httpx.Response:
        headers = options.pop("headers", {})
        if self.csrf and method not in {"GET", "HEAD"}:
            headers = {"X-CSRF-Token": self.csrf} | headers
        return anyio.run(lambda: self._client.request(method, path, headers=headers, **options))

    def get(self, path: str, **options: Any) -> httpx.Response:
        return self.send("GET", path, **options)

    def post(self, path: str, body: Any = None, **options: Any) -> httpx.Response:
        return self.send("POST", path, json=body, **options)

    def sign_in(self, login: str, password: str = PASSWORD, **more: str) -> httpx.Response:
        answer = self.post("/api/session", {"login": login, "password": password, **more})
        if answer.status_code == 200:
            self.csrf = answer.json()["csrf_token"]
        return answer


@pytest.fixture
def app(bank: Bank) -> FastAPI:
    """The routes of org behind the session layer."""
    made = FastAPI()
    made.state.bank = bank
    for router in org_http.routers:
        made.include_router(router)
    made.add_middleware(org_http.SessionMiddleware, bank=bank)

    @made.exception_handler(LiukeError)
    def known(_request: Request, fault: LiukeError) -> JSONResponse:
        body = {"code": fault.code, "detail": fault.message, "facts": dict(fault.facts)}
        return JSONResponse(body, fault.status)

    return made


@pytest.fixture
def browser(app: FastAPI, tree: None) -> Callable[..., Browser]:
    """Opens a browser: ``browser()`` or ``browser(address="10.9.9.9")``."""
    return lambda **options: Browser(app, **options)


@pytest.fixture
def signed_in(browser: Callable[..., Browser], a_user: Callable[..., User]) -> Callable[[str], Browser]:
    """A browser signed in as a login name; the account is opened when it is not there."""

    def make(login: str) -> Browser:
        a_user(login)
        opened = browser()
        assert opened.sign_in(login).status_code == 200
        return opened

    return make
