"""Sign-in through the bank's identity provider, against a real one on loopback."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from pydantic import SecretStr

from liuke.data.org.session import oidc
from liuke.data.org.users import service as users
from liuke.data.org.users.model import User, UserChange, UserStatus
from liuke.kernel.actor import Actor
from liuke.kernel.bank import Bank
from liuke.kernel.clock import FixedClock
from liuke.kernel.store.log import read_after

from .conftest import Browser
from .provider import CLIENT, SECRET, Provider, running


@pytest.fixture
def provider(clock: FixedClock) -> Iterator[Provider]:
    with running(clock) as served:
        yield served


@pytest.fixture
def joined(bank: Bank, provider: Provider) -> Bank:
    """The bank, set up with the provider."""
    settings = bank.settings.model_copy(
        update={
            "oidc_issuer": provider.issuer,
            "oidc_client_id": CLIENT,
            "oidc_client_secret": SecretStr(SECRET),
            "public_url": "http://liuke.test",
        }
    )
    return replace(bank, settings=settings)


@pytest.fixture
def user(joined: Bank, app: Any, a_user: Callable[..., User]) -> Browser:
    """A browser at a bank whose user ``head`` exists."""
    a_user("head")
    app.state.bank = joined
    return Browser(app)


def _walk(browser: Browser, path: str = "/api/session/oidc/start") -> httpx.Response:
    """Go to the provider and come back, as a browser does."""
    left = browser.get(path)
    assert left.status_code == 302
    with httpx.Client(trust_env=False) as outside:
        back = outside.get(left.headers["location"]).headers["location"]
    return browser.get(back)


def _problem(answer: httpx.Response) -> str:
    assert answer.status_code == 302
    assert "liuke_session" not in answer.headers.get("set-cookie", "")
    return parse_qs(urlsplit(answer.headers["location"]).query).get("problem", [""])[0]


def test_the_provider_signs_a_user_in(user: Browser) -> None:
    assert user.get("/api/session/options").json()["oidc"] is True
    came_back = _walk(user, "/api/session/oidc/start?next=/customers%3Fq%3D1")
    assert came_back.headers["location"] == "/customers?q=1"
    told = user.get("/api/session").json()
    assert (told["login"], told["how"]) == ("head", "oidc")


def test_the_account_is_tied_to_the_subject_from_then_on(user: Browser, provider: Provider, a_user: Any) -> None:
    _walk(user)
    provider.user_name = "renamed.there"
    _walk(user)
    assert user.get("/api/session").json()["login"] == "head"
    provider.subject, provider.user_name = "subject-2", "head"
    assert _problem(_walk(user)) == "oidc_unknown"


def test_a_stranger_is_not_let_in(user: Browser, provider: Provider, joined: Bank, machine: Actor) -> None:
    provider.user_name = "stranger"
    assert _problem(_walk(user)) == "oidc_unknown"
    with joined.read(machine) as tx:
        told = read_after(tx.connection, 0, 0, kinds=["session.refused"])
    assert told[0].payload == {"user_id": "", "reason": "oidc"}


def test_a_disabled_user_is_not_let_in(user: Browser, joined: Bank, machine: Actor) -> None:
    _walk(user)
    with joined.read(machine):
        head = users.find(joined, machine, text="head", role=None, status=None, cursor=None, limit=1).items[0]
    users.change(joined, machine, head.user_id, UserChange(status=UserStatus.DISABLED))
    assert _problem(_walk(user)) == "oidc_unknown"


@pytest.mark.parametrize(
    "wrong",
    [
        {"nonce": "another"},
        {"nonce": None},
        {"aud": "another client"},
        {"aud": [CLIENT, "another"], "azp": "another"},
        {"iss": "http://127.0.0.1:1"},
        {"exp": 1},
        {"exp": None},
        {"sub": None},
        {"iat": 4_000_000_000},
    ],
)
def test_a_token_not_meant_for_this_sign_in_is_refused(
    user: Browser, provider: Provider, wrong: dict[str, Any]
) -> None:
    provider.wrong = wrong
    assert _problem(_walk(user)) == "oidc_refused"


@pytest.mark.parametrize("how", [Provider.sign_with_another_key, Provider.sign_with_client_secret])
def test_a_token_with_another_signature_is_refused(
    user: Browser, provider: Provider, how: Callable[[Provider], None]
) -> None:
    how(provider)
    assert _problem(_walk(user)) == "oidc_refused"


def test_an_answer_nobody_asked_for_is_refused(user: Browser) -> None:
    assert _problem(user.get("/api/session/oidc/callback?code=x&state=y")) == "oidc_refused"
    user.get("/api/session/oidc/start")
    assert _problem(user.get("/api/session/oidc/callback?code=x&state=forged")) == "oidc_refused"
    assert _problem(user.get("/api/session/oidc/callback?error=access_denied")) == "oidc_refused"


def test_an_answer_that_comes_too_late_is_refused(user: Browser, clock: FixedClock) -> None:
    left = user.get("/api/session/oidc/start")
    state = parse_qs(urlsplit(left.headers["location"]).query)["state"][0]
    clock.advance(timedelta(minutes=11))
    assert _problem(user.get(f"/api/session/oidc/callback?code=x&state={state}")) == "oidc_refused"


def test_a_tampered_cookie_is_refused(user: Browser) -> None:
    for cookie in ("", "rubbish", "A" * 200, "%%%"):
        user.cookies.set("liuke_oidc", cookie, path="/api/session/oidc")
        assert _problem(user.get("/api/session/oidc/callback?code=x&state=y")) == "oidc_refused"
        user.cookies.clear()


def test_a_code_is_good_once(user: Browser) -> None:
    left = user.get("/api/session/oidc/start")
    kept = dict(user.cookies)
    with httpx.Client(trust_env=False) as outside:
        back = outside.get(left.headers["location"]).headers["location"]
    assert user.get(back).headers["location"] == "/"
    user.cookies.set("liuke_oidc", kept["liuke_oidc"], path="/api/session/oidc")
    assert _problem(user.get(back)) == "oidc_refused"


def test_a_provider_that_cannot_be_reached_is_told(user: Browser, app: Any, joined: Bank) -> None:
    settings = joined.settings.model_copy(update={"oidc_issuer": "http://127.0.0.1:9"})
    app.state.bank = replace(joined, settings=settings)
    assert _problem(user.get("/api/session/oidc/start")) == "oidc_down"


def test_without_a_provider_the_door_is_shut(browser: Callable[..., Browser]) -> None:
    assert _problem(browser().get("/api/session/oidc/start")) == "oidc_off"


@pytest.mark.parametrize("wanted", ["//evil.example", "/\\evil.example", "https://evil.example", "evil", "/a\nb", ""])
def test_the_way_back_never_leads_to_another_site(wanted: str) -> None:
    assert oidc.own_path(wanted) == "/"
