"""A small twin bank through the whole pipeline, and somebody who calls its routes as each of its users."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest
from fastapi import FastAPI

from liuke.app import demo, http
from liuke.app.demo import DemoBank
from liuke.data import behaviour
from liuke.kernel.bank import Bank, open_bank
from liuke.kernel.settings import Settings


@pytest.fixture(scope="session")
def twin_files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Files of the source systems of 150 people in one month."""
    folder = tmp_path_factory.mktemp("twin") / "files"
    make = [str(Path(sys.executable).with_name("twinbank")), "make"]
    subprocess.run(
        [*make, "--customers", "150", "--months", "1", "--seed", "5", "--out", str(folder)],
        check=True,
        capture_output=True,
    )
    return folder


@pytest.fixture(scope="session")
def twin(twin_files: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bank]:
    """The bank of those files, with one account for each job. Tests look, they change nothing."""
    settings = Settings(home=tmp_path_factory.mktemp("twin") / "home", pool_size=4, _env_file=None)
    with open_bank(settings) as bank:
        demo.build(bank, DemoBank.TWIN, files=twin_files / "sources", tell=lambda _step, _course: None)
        demo.open_accounts(bank)
        with behaviour.following(bank) as stream, behaviour.answering(stream):
            yield bank


class Caller:
    """Somebody who is signed in, calling the application as a browser would."""

    def __init__(self, app: FastAPI, login: str) -> None:
        self._app = app
        self._headers: dict[str, str] = {}
        answer = self.request("post", "/api/session", json={"login": login, "password": demo.PASSWORD})
        assert answer.status_code == 200, answer.text
        self.user_id = answer.json()["user_id"]
        cookie = answer.headers["set-cookie"].partition(";")[0]
        self._headers = {"cookie": cookie, "x-csrf-token": answer.json()["csrf_token"]}

    def request(self, method: str, path: str, **options: Any) -> httpx.Response:
        async def call() -> httpx.Response:
            wire = httpx.ASGITransport(self._app, raise_app_exceptions=False)
            async with httpx.AsyncClient(transport=wire, base_url="http://bank.test") as client:
                headers = self._headers | options.pop("headers", {})
                return await client.request(method, path, headers=headers, **options)

        return anyio.run(call)

    def get(self, path: str, **options: Any) -> httpx.Response:
        return self.request("get", path, **options)


@pytest.fixture(scope="session")
def twin_app(twin: Bank) -> FastAPI:
    """The whole application around the twin bank."""
    return http.build(twin)


@pytest.fixture(scope="session")
def sign_in(twin_app: FastAPI) -> Callable[[str], Caller]:
    """Sign in to the twin bank by login name; a second time gives the same session."""
    callers: dict[str, Caller] = {}

    def caller(login: str) -> Caller:
        if login not in callers:
            callers[login] = Caller(twin_app, login)
        return callers[login]

    return caller
