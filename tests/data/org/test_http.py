"""Signing in through the browser: cookies, CSRF, forced password change, tokens, and what a thief sends."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from fastapi import FastAPI

from liuke.data import org
from liuke.data.org.session import middleware, service, tokens
from liuke.data.org.session.model import TokenInvalid, TokenScope
from liuke.data.org.users import service as users
from liuke.data.org.users.model import User
from liuke.kernel.actor import Actor, Permission, Role
from liuke.kernel.bank import Bank
from liuke.kernel.clock import FixedClock
from liuke.kernel.errors import Forbidden

from .conftest import PASSWORD, Browser

SignedIn = Callable[[str], Browser]
Open = Callable[..., Browser]


def _code(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def test_nobody_signed_in_reaches_nothing(browser: Open) -> None:
    for path in ("/api/session", "/api/users", "/api/branches", "/api/anything"):
        assert _code(browser().get(path)) == (401, "unauthenticated")


def test_the_sign_in_page_is_open_to_all(browser: Open) -> None:
    options = browser().get("/api/session/options").json()
    assert options == {"oidc": False, "oidc_name": None, "password_min_length": 10}


def test_the_session_says_who_is_signed_in(signed_in: SignedIn) -> None:
    told = signed_in("head").get("/api/session").json()
    assert told["login"] == "head"
    assert (told["branch_no"], told["branch_name"]) == ("003", "西湖支行")
    assert (told["roles"], told["scope"]) == (["branch_head"], "branch")
    assert {"customer.read", "customer.reveal", "org.read", "product.read"} <= set(told["permissions"])


def test_the_cookie_is_hidden_from_scripts_and_other_sites(browser: Open, a_user: Callable[..., User]) -> None:
    a_user("head")
    cookie = browser().sign_in("head").headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert "secure" not in cookie


def test_the_cookie_travels_encrypted_where_the_address_is_https(
    bank: Bank, app: FastAPI, a_user: Callable[..., User], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(bank.settings.__dict__, "public_url", "https://liuke.bank.example")
    a_user("head")
    assert "secure" in Browser(app).sign_in("head").headers["set-cookie"].lower()


def test_a_change_without_the_csrf_token_is_refused(signed_in: SignedIn) -> None:
    thief = signed_in("sysadmin")
    body = {"login": "x1", "display": "x"}
    right = thief.csrf
    for sent in ("", "x" * len(right), right[:-1]):
        thief.csrf = ""
        answer = thief.post("/api/users", body, headers={"X-CSRF-Token": sent} if sent else {})
        assert _code(answer) == (403, "csrf_refused")
    thief.csrf = right
    assert thief.post("/api/users", body).status_code == 201


def test_the_csrf_token_of_another_session_is_of_no_use(signed_in: SignedIn, browser: Open) -> None:
    thief = signed_in("sysadmin")
    other = browser()
    other.sign_in("sysadmin")
    thief.csrf = other.csrf
    assert _code(thief.post("/api/users", {"login": "x1", "display": "x"})) == (403, "csrf_refused")


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_another_site_cannot_even_sign_somebody_in(browser: Open, a_user: Callable[..., User], site: str) -> None:
    a_user("head")
    body = {"login": "head", "password": PASSWORD}
    answer = browser().post("/api/session", body, headers={"Sec-Fetch-Site": site})
    assert _code(answer) == (403, "csrf_refused")


def test_signing_out_ends_the_session_at_once(signed_in: SignedIn) -> None:
    left = signed_in("head")
    kept = dict(left.cookies)
    assert left.send("DELETE", "/api/session").status_code == 204
    for name, value in kept.items():
        left.cookies.set(name, value)
    assert _code(left.get("/api/session")) == (401, "session_expired")


def test_an_expired_session_is_told_apart_from_none(signed_in: SignedIn, clock: FixedClock) -> None:
    idle = signed_in("head")
    clock.advance(timedelta(minutes=31))
    assert _code(idle.get("/api/session")) == (401, "session_expired")
    assert idle.sign_in("head").status_code == 200


def test_a_made_up_cookie_is_nobody(browser: Open) -> None:
    thief = browser()
    thief.cookies.set("liuke_session", "x" * 5000)
    assert _code(thief.get("/api/session")) == (401, "session_expired")


def test_the_first_password_must_be_changed_before_anything_else(browser: Open, a_user: Callable[..., User]) -> None:
    a_user("analyst", must_change=True)
    fresh = browser()
    assert fresh.sign_in("analyst").json()["must_change_password"]
    assert _code(fresh.get("/api/branches")) == (403, "password_must_change")
    old, new = PASSWORD, "Battery-Staple-7"
    answer = fresh.post("/api/session/password", {"old_password": old, "new_password": new})
    assert answer.status_code == 204
    told = fresh.get("/api/session").json()
    assert told["must_change_password"] is False
    fresh.csrf = told["csrf_token"]
    assert fresh.get("/api/branches").status_code == 200


def test_an_old_password_must_be_changed(browser: Open, a_user: Callable[..., User], clock: FixedClock) -> None:
    a_user("analyst")
    clock.advance(timedelta(days=90))
    assert browser().sign_in("analyst").json()["must_change_password"]


def test_a_new_password_ends_the_other_sessions(signed_in: SignedIn, browser: Open) -> None:
    here, there = signed_in("head"), browser()
    there.sign_in("head")
    body = {"old_password": PASSWORD, "new_password": "Battery-Staple-7"}
    assert here.post("/api/session/password", body).status_code == 204
    assert here.get("/api/session").status_code == 200
    assert _code(there.get("/api/session")) == (401, "session_expired")


def test_a_former_password_may_not_come_back(signed_in: SignedIn) -> None:
    user = signed_in("head")
    held = PASSWORD
    for number in range(3):
        body = {"old_password": held, "new_password": f"Battery-Staple-{number}{number}"}
        assert user.post("/api/session/password", body).status_code == 204
        held = body["new_password"]
        user.csrf = user.get("/api/session").json()["csrf_token"]
    answer = user.post("/api/session/password", {"old_password": held, "new_password": PASSWORD})
    assert _code(answer) == (422, "password_weak")
    assert "最近" in answer.json()["detail"]


def test_a_wrong_present_password_changes_nothing(signed_in: SignedIn) -> None:
    body = {"old_password": "Wrong-Horse-42", "new_password": "Battery-Staple-7"}
    assert _code(signed_in("head").post("/api/session/password", body)) == (422, "password_wrong")


def test_own_sessions_are_listed_and_ended(signed_in: SignedIn, browser: Open) -> None:
    here, there = signed_in("head"), browser(address="10.7.7.7")
    there.sign_in("head")
    listed = here.get("/api/sessions").json()
    assert sorted((row["address"], row["current"]) for row in listed) == [("10.1.1.1", True), ("10.7.7.7", False)]
    other = next(row["id"] for row in listed if not row["current"])
    assert here.send("DELETE", f"/api/sessions/{other}").status_code == 204
    assert _code(there.get("/api/session")) == (401, "session_expired")
    assert _code(here.send("DELETE", f"/api/sessions/{other}")) == (404, "not_found")


def test_nobody_ends_the_session_of_another(signed_in: SignedIn) -> None:
    mine, theirs = signed_in("head"), signed_in("manager")
    victim = theirs.get("/api/sessions").json()[0]["id"]
    assert _code(mine.send("DELETE", f"/api/sessions/{victim}")) == (404, "not_found")


def test_a_changed_role_holds_from_the_next_request(
    bank: Bank, machine: Actor, signed_in: SignedIn, a_user: Callable[..., User]
) -> None:
    target, admin = a_user("someone"), signed_in("secadmin")
    them = signed_in("engineer")
    listed = admin.get("/api/users", params={"q": "engineer"}).json()["items"][0]
    access = {"roles": ["analyst"], "staff_no": None}
    assert admin.send("PUT", f"/api/users/{listed['user_id']}/access", json=access).status_code == 200
    assert _code(them.get("/api/session")) == (401, "session_expired")
    assert admin.send("PUT", f"/api/users/{target.user_id}/access", json=access).json()["roles"] == ["analyst"]


def test_a_session_is_believed_for_two_seconds_at_most(
    bank: Bank, machine: Actor, signed_in: SignedIn, clock: FixedClock
) -> None:
    them = signed_in("head")
    user_id = them.get("/api/session").json()["user_id"]
    users.set_access(bank, machine, _uuid(user_id), roles=frozenset(), staff_no=None)
    clock.advance(middleware.BELIEVED)
    assert _code(them.get("/api/session")) == (401, "session_expired")


def test_what_a_role_lacks_is_refused(signed_in: SignedIn) -> None:
    user, token = {"login": "x1", "display": "x"}, {"name": "x", "permissions": ["org.read"], "days": 1}
    lacks = {
        "rm.one": [("GET", "/api/users", None), ("GET", "/api/branches", None), ("GET", "/api/tokens", None)],
        "head": [("GET", "/api/users", None), ("POST", "/api/users", user)],
        "secadmin": [("POST", "/api/users", user)],
        "auditor": [("POST", "/api/users", user)],
        "sysadmin": [("POST", "/api/tokens", token)],
    }
    for login, asked in lacks.items():
        their = signed_in(login)
        for method, path, body in asked:
            answer = their.send(method, path, **({"json": body} if body else {}))
            assert _code(answer) == (403, "forbidden"), (login, path)


def test_a_malformed_sign_in_is_refused_before_it_is_judged(browser: Open) -> None:
    malformed: list[dict[str, Any]] = [
        {},
        {"login": "head"},
        {"login": "", "password": "x"},
        {"login": "a" * 65, "password": "x"},
        {"login": "a", "password": "x" * 257},
        {"login": "a", "password": "x", "code": "12345"},
        {"login": "a", "password": "x", "code": "１２３４５６"},
        {"login": "a", "password": "x", "more": 1},
    ]
    for body in malformed:
        assert browser().post("/api/session", body).status_code == 422, body


def test_a_login_with_nul_and_quotes_is_just_wrong(browser: Open) -> None:
    for login in ("a\u0000b", "' OR 1=1 --", "𝒽ead"):
        assert browser().sign_in(login).status_code == 401


def test_a_search_with_nul_is_a_mistake_of_form(signed_in: SignedIn) -> None:
    assert _code(signed_in("sysadmin").get("/api/users", params={"q": "a\0"})) == (422, "control_character")


def _uuid(text: str) -> Any:
    from uuid import UUID

    return UUID(text)


# tokens


def _issue(bank: Bank, actor: Actor, *wanted: Permission, days: int = 30) -> str:
    return tokens.issue(bank, actor, name="nightly", permissions=frozenset(wanted), days=days)[1]


def test_a_token_does_what_it_was_given_and_no_more(
    bank: Bank, actor_of: Callable[[str], Actor], browser: Open
) -> None:
    text = _issue(bank, actor_of("engineer"), Permission.ORG_READ)
    program = browser()
    bearer = {"Authorization": f"Bearer {text}"}
    assert program.get("/api/branches", headers=bearer).status_code == 200
    assert _code(program.get("/api/tokens", headers=bearer)) == (403, "forbidden")
    assert _code(program.get("/api/session", headers=bearer)) == (403, "session_needed")
    assert _code(program.post("/api/session/totp", headers=bearer)) == (403, "session_needed")


def test_a_token_never_carries_more_than_its_owner_or_what_needs_a_person(
    bank: Bank, actor_of: Callable[[str], Actor]
) -> None:
    engineer = actor_of("engineer")
    for beyond in (Permission.CUSTOMER_READ, Permission.USER_MANAGE, Permission.TOKEN_MANAGE):
        with pytest.raises(TokenScope):
            _issue(bank, engineer, Permission.SOURCE_RUN, beyond)
    with pytest.raises(Forbidden):
        _issue(bank, actor_of("rm.one"), Permission.CUSTOMER_READ)


def test_a_token_loses_what_its_owner_loses(bank: Bank, machine: Actor, actor_of: Callable[[str], Actor]) -> None:
    engineer = actor_of("engineer")
    text = _issue(bank, engineer, Permission.SOURCE_RUN, Permission.ORG_READ)
    users.set_access(bank, machine, _uuid(engineer.user_id), roles=frozenset({Role.ANALYST}), staff_no=None)
    assert tokens.verify(bank, text).actor.permissions == {Permission.ORG_READ}


def test_a_token_ends_by_time_by_revocation_and_with_its_owner(
    bank: Bank, machine: Actor, actor_of: Callable[[str], Actor], clock: FixedClock
) -> None:
    engineer = actor_of("engineer")
    short, long = _issue(bank, engineer, Permission.ORG_READ, days=1), _issue(bank, engineer, Permission.ORG_READ)
    clock.advance(timedelta(days=1))
    for text in (short, "lk_x_y", "", "lk_"):
        with pytest.raises(TokenInvalid):
            tokens.verify(bank, text)
    assert tokens.verify(bank, long).actor.via == "token"
    own = {token.name: token.id for token in tokens.own(bank, engineer) if token.revoked_at is None}
    for token_id in [token.id for token in tokens.own(bank, engineer)]:
        tokens.revoke(bank, engineer, token_id)
    assert own
    with pytest.raises(TokenInvalid):
        tokens.verify(bank, long)


def test_a_token_is_issued_shown_once_and_revoked_through_the_page(signed_in: SignedIn, browser: Open) -> None:
    owner, program = signed_in("engineer"), browser()
    issued = owner.post("/api/tokens", {"name": "夜间", "permissions": ["org.read"], "days": 365}).json()
    assert issued["secret"].startswith(f"lk_{_uuid(issued['token']['id']).hex}_")
    assert "secret" not in owner.get("/api/tokens").json()[0]
    bearer = {"Authorization": f"Bearer {issued['secret']}"}
    assert program.get("/api/branches", headers=bearer).status_code == 200
    assert owner.send("DELETE", f"/api/tokens/{issued['token']['id']}").status_code == 204
    assert _code(program.get("/api/branches", headers=bearer)) == (401, "token_invalid")
    assert owner.post("/api/tokens", {"name": "x", "permissions": ["org.read"], "days": 366}).status_code == 422


def test_branches_and_staff_are_listed_in_pages(signed_in: SignedIn, bank: Bank, machine: Actor) -> None:
    with bank.write(machine) as tx:
        org.assign(tx, [(1, "R1", "003", "crm"), (2, "R3", "0031", "crm")])  # type: ignore[list-item]
    manager = signed_in("manager")
    first = manager.get("/api/branches", params={"limit": 4}).json()
    second = manager.get("/api/branches", params={"limit": 4, "cursor": first["next_cursor"]}).json()
    paths = [row["path"] for row in first["items"] + second["items"]]
    assert paths == sorted(paths)
    assert len(paths) == 6
    assert second["next_cursor"] is None
    below = manager.get("/api/branches", params={"under": "0571"}).json()["items"]
    assert [row["branch_no"] for row in below] == ["0571", "003", "004"]
    staff = manager.get("/api/staff", params={"position": "rm"}).json()["items"]
    assert [(row["staff_no"], row["book_size"]) for row in staff] == [("R1", 1), ("R2", 0), ("R3", 0)]
    assert _code(manager.get("/api/staff", params={"cursor": "rubbish"})) == (422, "bad_cursor")
    assert manager.get("/api/staff", params={"limit": 10_000}).status_code == 422


def test_roles_are_explained(signed_in: SignedIn) -> None:
    told = {row["role"]: row for row in signed_in("secadmin").get("/api/roles").json()}
    assert set(told) == set(Role)
    assert told["rm"]["clear_fields"] == ["name"]
    assert "rm" in told["system_admin"]["excludes"]


def test_the_second_factor_is_switched_on_through_the_page(signed_in: SignedIn, clock: FixedClock) -> None:
    import pyotp

    user = signed_in("head")
    enrolment = user.post("/api/session/totp").json()
    code = pyotp.TOTP(enrolment["secret"]).at(clock.now())
    assert user.post("/api/session/totp/confirm", {"code": "000000"}).status_code in {422}
    assert user.post("/api/session/totp/confirm", {"code": code}).status_code == 204
    assert user.get("/api/session").json()["totp_enabled"]
    assert _code(user.sign_in("head")) == (401, "totp_needed")
    assert user.send("DELETE", "/api/session/totp", json={"password": PASSWORD}).status_code == 204


def test_a_believed_session_costs_no_database(bank: Bank, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch) -> None:
    user = signed_in("head")
    user.get("/api/session")
    monkeypatch.setattr(service, "verify", lambda *_: pytest.fail("the database was asked"))
    assert user.get("/api/session").status_code == 200
