"""Signing in and out, staying signed in, changing one's own password."""

import hashlib
import hmac
import secrets
import unicodedata
from base64 import urlsafe_b64encode
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from liuke.data.org.session import attempts, onetime, store
from liuke.data.org.session.model import (
    FromWhere,
    How,
    Opened,
    OwnSession,
    PasswordChanged,
    PasswordWrong,
    SessionClosed,
    SessionOpened,
    SignInFailed,
    TotpNeeded,
    TotpWrong,
)
from liuke.data.org.users import password as passwords
from liuke.data.org.users import roles
from liuke.data.org.users import store as users
from liuke.data.org.users.model import PasswordWeak, UserStatus
from liuke.kernel.actor import Actor
from liuke.kernel.bank import Bank
from liuke.kernel.errors import NotFound
from liuke.kernel.ids import new_id
from liuke.kernel.settings import Settings
from liuke.kernel.store.records import WriteHandle

#: Name of the session's cookie.
COOKIE: Final = "liuke_session"
#: How often a session in use is noted as such.
RENEW: Final = timedelta(minutes=1)


def sign_in(
    bank: Bank, *, login: str, password: str, code: str | None = None, origin: FromWhere | None = None
) -> Opened:
    """Open a session for a local account.

    Raises: SignInFailed (also for an unknown or disabled account, after the same time), TotpNeeded, TotpWrong,
    AccountLocked, TooManyAttempts.
    """
    origin = origin or FromWhere()
    login = unicodedata.normalize("NFKC", login).replace("\0", "").strip().casefold()[:64]
    attempt = attempts.begin(bank, login, origin)
    with bank.read(attempts.machine(origin)) as tx:
        row = store.by_login(tx, login)
    right = passwords.matches(row["password_hash"] if row else None, password)
    if row is None or not right or row["status"] != UserStatus.ACTIVE:
        reason = "unknown" if row is None else "disabled" if right else "password"
        attempts.failed(bank, attempt, user_id=str(row["id"]) if row else "", reason=reason)
        raise SignInFailed
    if row["totp_on"]:
        if code is None:
            attempts.unfinished(bank, attempt)
            raise TotpNeeded
        if not onetime.accept(bank, row, code):
            attempts.failed(bank, attempt, user_id=str(row["id"]), reason="code")
            raise TotpWrong
    attempts.succeeded(bank, attempt)
    return open_session(bank, row, how="password", origin=origin)


def open_session(bank: Bank, row: Mapping[Any, Any], *, how: How, origin: FromWhere) -> Opened:
    """Open a session for an account that has proved who it is."""
    token = secrets.token_urlsafe(32)
    actor = replace(actor_of_row(row, via="session"), request_id=origin.request_id)
    with bank.write(actor) as tx:
        session = _add(tx, bank.settings, row, token, how=how, origin=origin)
    return opened_of_row({**row, **session, "session_id": session["id"]}, token, actor, bank)


def _add(
    tx: WriteHandle, settings: Settings, row: Mapping[Any, Any], token: str, *, how: How, origin: FromWhere
) -> dict[str, Any]:
    now = tx.clock.now()
    session = {
        "id": new_id(tx.clock),
        "token_hash": digest(token),
        "user_id": row["id"],
        "stamp": store.stamp_of(tx, row["id"]),
        "how": how,
        "address": origin.address,
        "agent": origin.agent.replace("\0", ""),
        "opened_at": now,
        "seen_at": now,
        "ends_at": now + timedelta(minutes=settings.session_absolute_minutes),
    }
    store.add_session(tx, session)
    tx.emit(SessionOpened(session_id=str(session["id"]), how=how))
    return session


def verify(bank: Bank, token: str) -> Opened | None:
    """The session a token opens, if it still stands; notes at most once a minute that it is in use."""
    now = bank.clock.now()
    machine = Actor.system("session")
    with bank.read(machine) as tx:
        row = store.by_session_token(tx, digest(token))
    if row is None:
        return None
    opened = opened_of_row(row, token, actor_of_row(row, via="session"), bank)
    if not stands(opened, bank):
        return None
    if now - opened.seen_at >= RENEW:
        with bank.write(machine) as tx:
            store.touch(tx, opened.session_id)
        return replace(opened, seen_at=now)
    return opened


def stands(opened: Opened, bank: Bank) -> bool:
    """Whether a session is within its idle and absolute limits."""
    now = bank.clock.now()
    return now < opened.ends_at and now - opened.seen_at < timedelta(minutes=bank.settings.session_idle_minutes)


def sign_out(bank: Bank, opened: Opened) -> None:
    """End this session."""
    with bank.write(opened.actor) as tx:
        store.end_session(tx, UUID(opened.actor.user_id), opened.session_id)
        tx.emit(SessionClosed(session_id=str(opened.session_id)))


def own_sessions(bank: Bank, opened: Opened) -> Sequence[OwnSession]:
    """The user's own open sessions, newest first."""
    now = bank.clock.now()
    idle_since = now - timedelta(minutes=bank.settings.session_idle_minutes)
    with bank.read(opened.actor) as tx:
        rows = store.sessions_of(tx, UUID(opened.actor.user_id), idle_since=idle_since, now=now)
    return [
        OwnSession(
            id=row["id"],
            created_at=row["opened_at"],
            last_seen_at=row["seen_at"],
            address=row["address"],
            agent=row["agent"],
            current=row["id"] == opened.session_id,
        )
        for row in rows
    ]


def end_session(bank: Bank, opened: Opened, session_id: UUID) -> bytes:
    """End one of the user's own sessions; returns the digest of its token. Raises NotFound."""
    with bank.write(opened.actor) as tx:
        ended = store.end_session(tx, UUID(opened.actor.user_id), session_id)
        if ended is None:
            raise NotFound
        tx.emit(SessionClosed(session_id=str(session_id)))
        return ended


def change_password(bank: Bank, opened: Opened, *, old: str, new: str, origin: FromWhere | None = None) -> Opened:
    """Change one's own password; all sessions end and this one is opened anew.

    Raises: PasswordWrong, PasswordWeak, AccountLocked.
    """
    row = checked_password(bank, opened, old)
    passwords.check(new, login=opened.actor.login)
    if passwords.used_before([row["password_hash"], *row["former_hashes"]], new):
        raise PasswordWeak(reason=f"不能与最近 {passwords.HISTORY} 次用过的密码相同")
    new_hash = passwords.hashed(new)
    token = secrets.token_urlsafe(32)
    user_id = row["id"]
    with bank.write(opened.actor) as tx:
        users.set_password(tx, user_id, new_hash, must_change=False)
        users.change_user(tx, user_id, ends_sessions=True)
        session = _add(tx, bank.settings, row, token, how="password", origin=origin or FromWhere())
        tx.emit(PasswordChanged(user_id=str(user_id)))
    fresh = {**row, **session, "session_id": session["id"], "must_change": False, "password_set_at": bank.clock.now()}
    return opened_of_row(fresh, token, opened.actor, bank)


def checked_password(bank: Bank, opened: Opened, typed: str) -> Mapping[Any, Any]:
    """The user's account, once they typed their password again. A stolen session must not be able to guess it.

    Raises: PasswordWrong, AccountLocked.
    """
    attempt = attempts.begin(bank, opened.actor.login, FromWhere(request_id=opened.actor.request_id))
    with bank.read(opened.actor) as tx:
        row = store.by_id(tx, UUID(opened.actor.user_id))
    if row is None or not passwords.matches(row["password_hash"], typed):
        attempts.failed(bank, attempt, user_id=opened.actor.user_id, reason="password")
        raise PasswordWrong
    attempts.unfinished(bank, attempt)
    return row


def digest(token: str) -> bytes:
    """What is stored of a session's or API token's secret. It is random, so a plain digest hides it."""
    return hashlib.sha256(token.encode()).digest()


def csrf_of(token: str) -> str:
    """The CSRF token of a session: bound to its secret, of no use without the cookie, and not stored."""
    return urlsafe_b64encode(hmac.digest(token.encode(), b"liuke csrf 1", "sha256")).decode().rstrip("=")


def actor_of_row(row: Mapping[Any, Any], *, via: str) -> Actor:
    """The actor an account is now: present roles, present place in the bank."""
    held = users.roles_of(row["roles"])
    staff_no = row["working_no"] or ""
    return Actor(
        user_id=str(row["id"]),
        login=row["login"],
        display=row["display"],
        staff_no=staff_no,
        roles=held,
        permissions=roles.permissions_of(held),
        scope=roles.scope_of(held, staff_no=staff_no, branch_path=row["branch_path"] or ""),
        via=via,
    )


def opened_of_row(row: Mapping[Any, Any], token: str, actor: Actor, bank: Bank) -> Opened:
    """An open session from its row."""
    return Opened(
        token=token,
        session_id=row["session_id"],
        actor=actor,
        must_change=row["how"] == "password" and (row["must_change"] or _expired(row, bank)),
        totp=row["totp_on"],
        how=row["how"],
        opened_at=row["opened_at"],
        seen_at=row["seen_at"],
        ends_at=row["ends_at"],
        branch_no=row["branch_no"] or "",
        branch_name=row["branch_name"] or "",
    )


def _expired(row: Mapping[Any, Any], bank: Bank) -> bool:
    """Whether the password is older than the bank allows."""
    days = bank.settings.password_expires_days
    return bool(days and bank.clock.now() - row["password_set_at"] >= timedelta(days=days))
