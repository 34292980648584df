"""Signing in: the right password, the wrong one, the second factor, and what an attacker tries."""

import statistics
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pyotp
import pytest

from liuke.data import org
from liuke.data.org.session import attempts, service, totp
from liuke.data.org.session.model import (
    AccountLocked,
    FromWhere,
    Opened,
    PasswordWrong,
    SignInFailed,
    TooManyAttempts,
    TotpAlreadyOn,
    TotpNeeded,
    TotpWrong,
)
from liuke.data.org.users import service as users
from liuke.data.org.users.model import User, UserChange, UserStatus
from liuke.kernel.actor import Actor, Role, ScopeKind
from liuke.kernel.bank import Bank
from liuke.kernel.clock import FixedClock
from liuke.kernel.errors import LiukeError
from liuke.kernel.store.log import Recorded, read_after

from .conftest import PASSWORD

HERE = FromWhere(address="10.1.1.1")


def _events(bank: Bank, machine: Actor, *kinds: str) -> list[Recorded]:
    with bank.read(machine) as tx:
        return read_after(tx.connection, 0, 0, kinds=kinds)


def _fail(bank: Bank, login: str, times: int, origin: FromWhere | None = None) -> list[str]:
    answers = []
    for _ in range(times):
        with pytest.raises(LiukeError) as refused:
            org.sign_in(bank, login=login, password="Wrong-Horse-42", origin=origin)
        answers.append(type(refused.value).__name__)
    return answers


def _with_totp(bank: Bank, login: str, clock: FixedClock) -> str:
    opened = org.sign_in(bank, login=login, password=PASSWORD)
    secret, uri = totp.enrol(bank, opened)
    assert uri.startswith("otpauth://totp/")
    totp.confirm(bank, opened, _code(secret, clock))
    clock.advance(timedelta(seconds=30))
    return secret


def _code(secret: str, clock: FixedClock) -> str:
    return pyotp.TOTP(secret).at(clock.now())


def test_the_right_password_opens_a_session_in_the_users_scope(
    bank: Bank, machine: Actor, a_user: Callable[..., User]
) -> None:
    user = a_user("head")
    opened = org.sign_in(bank, login="head", password=PASSWORD, origin=HERE)
    assert opened.actor.roles == {Role.BRANCH_HEAD}
    assert (opened.actor.scope.kind, opened.actor.scope.branch_path) == (ScopeKind.BRANCH, "HO/0571/003/")
    assert opened.actor.user_id == str(user.user_id)
    assert [event.actor_id for event in _events(bank, machine, "session.opened")] == [str(user.user_id)]


def test_a_login_name_is_forgiven_case_width_and_spaces(bank: Bank, a_user: Callable[..., User]) -> None:
    a_user("head")
    assert org.sign_in(bank, login=" HEAD ", password=PASSWORD).actor.login == "head"


def test_the_session_secret_is_stored_nowhere(bank: Bank, machine: Actor, a_user: Callable[..., User]) -> None:
    from sqlalchemy import text

    a_user("head")
    opened = org.sign_in(bank, login="head", password=PASSWORD)
    with bank.read(machine) as tx:
        stored = str([dict(row) for row in tx.rows(text("SELECT * FROM user_session"))])
        hashes = str([dict(row) for row in tx.rows(text("SELECT * FROM credential"))])
    assert opened.token not in stored
    assert PASSWORD not in hashes
    assert "argon2id" in hashes


def test_unknown_disabled_and_wrong_are_answered_alike(bank: Bank, machine: Actor, a_user: Callable[..., User]) -> None:
    a_user("head")
    gone = a_user("manager")
    users.change(bank, machine, gone.user_id, UserChange(status=UserStatus.DISABLED))
    for login, password in (("nobody", PASSWORD), ("manager", PASSWORD), ("head", "Wrong-Horse-42")):
        with pytest.raises(SignInFailed) as refused:
            org.sign_in(bank, login=login, password=password)
        assert refused.value.facts == {}
    reasons = [event.payload["reason"] for event in _events(bank, machine, "session.refused")]
    assert reasons == ["unknown", "disabled", "password"]
    assert "nobody" not in str(_events(bank, machine, "session.refused"))


def test_an_unknown_user_takes_as_long_as_a_known_one(bank: Bank, a_user: Callable[..., User]) -> None:
    a_user("head")

    def once(login: str) -> float:
        began = time.perf_counter()
        _fail(bank, login, 1)
        return time.perf_counter() - began

    known = statistics.median(once("head") for _ in range(4))
    unknown = statistics.median(once(f"nobody{n}") for n in range(4))
    assert 0.4 < known / unknown < 2.5


@pytest.mark.parametrize("login", ["head", "nobody"])
def test_five_failures_shut_the_login_name_known_or_not(
    bank: Bank, machine: Actor, a_user: Callable[..., User], clock: FixedClock, login: str
) -> None:
    a_user("head")
    assert _fail(bank, login, 6) == ["SignInFailed"] * 5 + ["AccountLocked"]
    with pytest.raises(AccountLocked) as refused:
        org.sign_in(bank, login=login, password=PASSWORD)
    assert refused.value.facts["minutes"] == 15
    assert _events(bank, machine, "user.locked")[0].payload["minutes"] == 15
    clock.advance(timedelta(minutes=15))
    assert _fail(bank, login, 1) == ["SignInFailed"]


def test_each_lock_is_twice_as_long_up_to_a_day(bank: Bank, a_user: Callable[..., User], clock: FixedClock) -> None:
    a_user("head")
    for minutes in (15, 30, 60):
        _fail(bank, "head", 5)
        with pytest.raises(AccountLocked) as refused:
            org.sign_in(bank, login="head", password=PASSWORD)
        assert refused.value.facts["minutes"] == minutes
        clock.advance(timedelta(minutes=minutes))
    assert org.sign_in(bank, login="head", password=PASSWORD)
    assert attempts.lock_time(50) == timedelta(days=1)


def test_a_success_wipes_the_failures_out(bank: Bank, a_user: Callable[..., User]) -> None:
    a_user("head")
    for _ in range(3):
        _fail(bank, "head", 4)
        org.sign_in(bank, login="head", password=PASSWORD)


def test_guesses_made_at_once_are_no_more_than_guesses_in_turn(bank: Bank, a_user: Callable[..., User]) -> None:
    a_user("head")
    with ThreadPoolExecutor(4) as pool:
        answers = [answer for batch in pool.map(lambda _: _fail(bank, "head", 4), range(4)) for answer in batch]
    assert answers.count("SignInFailed") <= attempts.FAILURES


def test_an_address_that_fails_too_often_must_wait(bank: Bank, a_user: Callable[..., User], clock: FixedClock) -> None:
    a_user("head")
    for number in range(attempts.ADDRESS_FAILURES):
        _fail(bank, f"guess{number}", 1, HERE)
    with pytest.raises(TooManyAttempts):
        org.sign_in(bank, login="head", password=PASSWORD, origin=HERE)
    assert org.sign_in(bank, login="head", password=PASSWORD, origin=FromWhere(address="10.2.2.2"))
    clock.advance(attempts.ADDRESS_WINDOW)
    assert org.sign_in(bank, login="head", password=PASSWORD, origin=HERE)


def test_a_whole_branch_behind_one_address_may_sign_in(bank: Bank, a_user: Callable[..., User]) -> None:
    a_user("head")
    for _ in range(attempts.ADDRESS_FAILURES + 5):
        org.sign_in(bank, login="head", password=PASSWORD, origin=HERE)


def test_only_a_proxy_on_this_machine_is_believed_about_the_caller() -> None:
    def seen(peer: str, forwarded: str) -> str:
        return FromWhere.of(peer=peer, forwarded=forwarded, agent="", request_id="").address

    assert seen("127.0.0.1", "9.9.9.9, 10.3.3.3") == "10.3.3.3"
    assert seen("10.1.1.1", "10.3.3.3") == "10.1.1.1"
    assert seen("127.0.0.1", "nonsense") == "127.0.0.1"


def test_the_second_factor_is_asked_for_and_accepted(
    bank: Bank, a_user: Callable[..., User], clock: FixedClock
) -> None:
    a_user("head")
    secret = _with_totp(bank, "head", clock)
    with pytest.raises(TotpNeeded):
        org.sign_in(bank, login="head", password=PASSWORD)
    assert org.sign_in(bank, login="head", password=PASSWORD, code=_code(secret, clock)).totp


def test_a_code_is_good_once_only(bank: Bank, a_user: Callable[..., User], clock: FixedClock) -> None:
    a_user("head")
    secret = _with_totp(bank, "head", clock)
    code = _code(secret, clock)
    org.sign_in(bank, login="head", password=PASSWORD, code=code)
    with pytest.raises(TotpWrong):
        org.sign_in(bank, login="head", password=PASSWORD, code=code)
    clock.advance(timedelta(seconds=30))
    assert org.sign_in(bank, login="head", password=PASSWORD, code=_code(secret, clock))


def test_a_code_that_switched_the_factor_on_does_not_sign_in(
    bank: Bank, a_user: Callable[..., User], clock: FixedClock
) -> None:
    a_user("head")
    opened = org.sign_in(bank, login="head", password=PASSWORD)
    secret, _ = totp.enrol(bank, opened)
    totp.confirm(bank, opened, _code(secret, clock))
    with pytest.raises(TotpWrong):
        org.sign_in(bank, login="head", password=PASSWORD, code=_code(secret, clock))


@pytest.mark.parametrize(("seconds", "good"), [(-30, True), (30, True), (-90, False), (90, False)])
def test_a_phone_may_be_half_a_minute_slow_or_fast(
    bank: Bank, a_user: Callable[..., User], clock: FixedClock, seconds: int, good: bool
) -> None:
    a_user("head")
    secret = _with_totp(bank, "head", clock)
    clock.advance(timedelta(minutes=5))
    code = pyotp.TOTP(secret).at(clock.now() + timedelta(seconds=seconds))
    if good:
        assert org.sign_in(bank, login="head", password=PASSWORD, code=code)
    else:
        with pytest.raises(TotpWrong):
            org.sign_in(bank, login="head", password=PASSWORD, code=code)


def test_codes_cannot_be_guessed_by_asking_without_one_in_between(
    bank: Bank, a_user: Callable[..., User], clock: FixedClock
) -> None:
    a_user("head")
    _with_totp(bank, "head", clock)
    for _ in range(5):
        with pytest.raises(TotpNeeded):
            org.sign_in(bank, login="head", password=PASSWORD)
        with pytest.raises(TotpWrong):
            org.sign_in(bank, login="head", password=PASSWORD, code="000000")
    with pytest.raises(AccountLocked):
        org.sign_in(bank, login="head", password=PASSWORD)


def test_the_second_factors_secret_lies_encrypted(
    bank: Bank, machine: Actor, a_user: Callable[..., User], clock: FixedClock
) -> None:
    from sqlalchemy import text

    a_user("head")
    secret = _with_totp(bank, "head", clock)
    with bank.read(machine) as tx:
        stored = bytes(tx.value(text("SELECT totp_secret FROM credential")))
    assert secret.encode() not in stored


def test_the_factor_is_switched_off_with_the_password_only(
    bank: Bank, a_user: Callable[..., User], clock: FixedClock
) -> None:
    a_user("head")
    secret = _with_totp(bank, "head", clock)
    opened = org.sign_in(bank, login="head", password=PASSWORD, code=_code(secret, clock))
    with pytest.raises(TotpAlreadyOn):
        totp.enrol(bank, opened)
    with pytest.raises(PasswordWrong):
        totp.stop(bank, opened, password="Wrong-Horse-42")
    totp.stop(bank, opened, password=PASSWORD)
    assert not org.sign_in(bank, login="head", password=PASSWORD).totp


def test_a_stolen_session_cannot_guess_the_password(bank: Bank, a_user: Callable[..., User]) -> None:
    a_user("head")
    opened = org.sign_in(bank, login="head", password=PASSWORD)
    for _ in range(5):
        with pytest.raises(PasswordWrong):
            service.change_password(bank, opened, old="Wrong-Horse-42", new="New-Horse-4242")
    with pytest.raises(AccountLocked):
        service.change_password(bank, opened, old=PASSWORD, new="New-Horse-4242")


def _session(bank: Bank, login: str) -> Opened:
    return org.sign_in(bank, login=login, password=PASSWORD)


def test_an_idle_session_ends(bank: Bank, a_user: Callable[..., User], clock: FixedClock) -> None:
    a_user("head")
    token = _session(bank, "head").token
    clock.advance(timedelta(minutes=29))
    assert service.verify(bank, token)
    clock.advance(timedelta(minutes=29))
    assert service.verify(bank, token)
    clock.advance(timedelta(minutes=30))
    assert service.verify(bank, token) is None


def test_a_session_ends_at_its_absolute_limit_however_busy(
    bank: Bank, a_user: Callable[..., User], clock: FixedClock
) -> None:
    a_user("head")
    token = _session(bank, "head").token
    for _ in range(29):
        clock.advance(timedelta(minutes=20))
        assert service.verify(bank, token)
    clock.advance(timedelta(minutes=20))
    assert service.verify(bank, token) is None


def test_a_session_in_use_is_noted_at_most_once_a_minute(
    bank: Bank, machine: Actor, a_user: Callable[..., User], clock: FixedClock
) -> None:
    a_user("head")
    opened = _session(bank, "head")
    clock.advance(timedelta(seconds=59))
    assert service.verify(bank, opened.token).seen_at == opened.seen_at  # type: ignore[union-attr]
    clock.advance(timedelta(seconds=1))
    assert service.verify(bank, opened.token).seen_at == clock.now()  # type: ignore[union-attr]


def test_sessions_end_with_disabling_roles_and_password(
    bank: Bank, machine: Actor, a_user: Callable[..., User]
) -> None:
    head = a_user("head")
    first = _session(bank, "head")
    users.set_access(bank, machine, head.user_id, roles=frozenset({Role.RM}), staff_no="H1")
    assert service.verify(bank, first.token) is None
    second = _session(bank, "head")
    users.change(bank, machine, head.user_id, UserChange(status=UserStatus.DISABLED))
    assert service.verify(bank, second.token) is None


def test_who_leaves_the_bank_is_signed_out(
    bank: Bank, machine: Actor, a_user: Callable[..., User], clock: FixedClock
) -> None:
    from .conftest import STAFF

    a_user("rm.one")
    opened = _session(bank, "rm.one")
    with bank.write(machine) as tx:
        org.replace_staff(tx, STAFF[1:])
    assert service.verify(bank, opened.token) is None
    with pytest.raises(SignInFailed):
        _session(bank, "rm.one")
