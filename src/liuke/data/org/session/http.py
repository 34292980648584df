"""Signing in and out over HTTP: the session, its password and second factor, the bank's own sign-in, API tokens."""

from datetime import datetime
from typing import Annotated, Final, Literal
from uuid import UUID

from fastapi import APIRouter, Path, Query, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import Field

from liuke.data.org.session import oidc, service, tokens, totp
from liuke.data.org.session.middleware import forget, forget_user, opened_of
from liuke.data.org.session.model import (
    AccountLocked,
    FromWhere,
    Opened,
    PasswordWrong,
    SignInFailed,
    TooManyAttempts,
    TotpNeeded,
    TotpWrong,
)
from liuke.data.org.users.model import PasswordWeak
from liuke.data.org.users.password import MIN_LENGTH
from liuke.kernel.actor import Permission, Role, ScopeKind
from liuke.kernel.bank import Bank
from liuke.kernel.errors import Forbidden, Invalid, LiukeError, NotFound, Unavailable
from liuke.kernel.http import COMMON, ActorDep, BankDep, Wire, problems

COOKIE: Final = service.COOKIE
OIDC_COOKIE: Final = "liuke_oidc"

router = APIRouter(prefix="/api", tags=["session"])
tokens_router = APIRouter(prefix="/api", tags=["org"])

Code = Annotated[str, Field(pattern=r"^[0-9]{6}$")]
Secret = Annotated[str, Field(min_length=1, max_length=256)]


class SignIn(Wire):
    """What a user types to sign in; ``code`` is the six digits of the second factor, where it is on."""

    login: Annotated[str, Field(min_length=1, max_length=64)]
    password: Secret
    code: Code | None = None


class SessionOut(Wire):
    """Who is signed in, and the token to send as ``X-CSRF-Token`` with everything that changes something."""

    user_id: UUID
    login: str
    display: str
    staff_no: str
    branch_no: str
    branch_name: str
    roles: list[Role]
    permissions: list[Permission]
    scope: ScopeKind
    csrf_token: str
    must_change_password: bool
    totp_enabled: bool
    how: Literal["password", "oidc"]
    opened_at: datetime
    ends_at: datetime
    idle_minutes: int


class SignInOptions(Wire):
    """What the sign-in page offers, and the rule a new password must meet."""

    oidc: bool
    oidc_name: str | None
    password_min_length: int


class PasswordChange(Wire):
    """The present password and the one wanted."""

    old_password: Secret
    new_password: Secret


class PasswordOnly(Wire):
    """The user's own password, typed again."""

    password: Secret


class CodeOnly(Wire):
    """The six digits shown by the authenticator."""

    code: Code


class TotpEnrolment(Wire):
    """The second factor to be: its secret for typing, and the address for the QR code."""

    secret: str
    uri: str


class SessionRow(Wire):
    """One open session of the user's own."""

    id: UUID
    created_at: datetime
    last_seen_at: datetime
    address: str
    agent: str
    current: bool


class NewToken(Wire):
    """An API token to be issued: what it may do is part of what its owner may do."""

    name: Annotated[str, Field(min_length=1, max_length=40)]
    permissions: Annotated[list[Permission], Field(min_length=1, max_length=len(Permission))]
    days: Annotated[int, Field(ge=1, le=365)]


class TokenOut(Wire):
    """An API token as its owner sees it later: without its secret."""

    id: UUID
    name: str
    permissions: list[Permission]
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime | None
    revoked_at: datetime | None


class IssuedToken(Wire):
    """A token just issued. ``secret`` is shown this once and stored nowhere."""

    token: TokenOut
    secret: str


@router.get("/session/options")
def sign_in_options(bank: BankDep) -> SignInOptions:
    """What the sign-in page offers."""
    on = oidc.configured(bank.settings)
    return SignInOptions(oidc=on, oidc_name=None, password_min_length=MIN_LENGTH)


@router.post(
    "/session", responses=problems(SignInFailed, TotpNeeded, AccountLocked, TooManyAttempts) | problems(Invalid)
)
def sign_in(body: SignIn, request: Request, response: Response, bank: BankDep) -> SessionOut:
    """Sign in with a local account."""
    origin = _origin(request)
    opened = service.sign_in(bank, login=body.login, password=body.password, code=body.code, origin=origin)
    _hand_over(response, bank, opened)
    return _session_out(opened, bank)


@router.get("/session", responses=COMMON)
def current_session(request: Request, bank: BankDep) -> SessionOut:
    """Who is signed in."""
    return _session_out(opened_of(request), bank)


@router.delete("/session", status_code=204, responses=COMMON)
def sign_out(request: Request, response: Response, bank: BankDep) -> None:
    """End this session."""
    opened = opened_of(request)
    service.sign_out(bank, opened)
    _forget(opened)
    response.delete_cookie(COOKIE, path="/")


@router.post("/session/password", status_code=204, responses=COMMON | problems(PasswordWrong, PasswordWeak))
def change_password(body: PasswordChange, request: Request, response: Response, bank: BankDep) -> None:
    """Change one's own password; every other session of the user ends."""
    opened = opened_of(request)
    fresh = service.change_password(bank, opened, old=body.old_password, new=body.new_password, origin=_origin(request))
    _forget(opened)
    _hand_over(response, bank, fresh)


@router.post("/session/totp", responses=COMMON)
def enrol_totp(request: Request, bank: BankDep) -> TotpEnrolment:
    """Begin to switch the second factor on; it counts once a first code is confirmed."""
    secret, uri = totp.enrol(bank, opened_of(request))
    return TotpEnrolment(secret=secret, uri=uri)


@router.post("/session/totp/confirm", status_code=204, responses=COMMON | problems(TotpWrong))
def confirm_totp(body: CodeOnly, request: Request, bank: BankDep) -> None:
    """Switch the second factor on."""
    opened = opened_of(request)
    totp.confirm(bank, opened, body.code)
    _forget(opened)


@router.delete("/session/totp", status_code=204, responses=COMMON | problems(PasswordWrong))
def stop_totp(body: PasswordOnly, request: Request, bank: BankDep) -> None:
    """Switch the second factor off."""
    opened = opened_of(request)
    totp.stop(bank, opened, password=body.password)
    _forget(opened)


@router.get("/sessions", responses=COMMON)
def own_sessions(request: Request, bank: BankDep) -> list[SessionRow]:
    """The user's own open sessions, newest first."""
    return [SessionRow.model_validate(row) for row in service.own_sessions(bank, opened_of(request))]


@router.delete("/sessions/{id}", status_code=204, responses=COMMON | problems(NotFound))
def end_session(id: Annotated[UUID, Path()], request: Request, bank: BankDep) -> None:  # noqa: A002
    """End one of the user's own sessions."""
    forget(service.end_session(bank, opened_of(request), id))


@router.get("/session/oidc/start", response_class=RedirectResponse, status_code=302, responses=problems(Unavailable))
def start_oidc(bank: BankDep, next: Annotated[str, Query(max_length=512)] = "/") -> RedirectResponse:  # noqa: A002
    """Go to the bank's own sign-in page."""
    try:
        where, sealed = oidc.start(bank, next_path=next)
    except LiukeError as refused:
        return _back(refused)
    answer = RedirectResponse(where, status_code=302)
    answer.set_cookie(
        OIDC_COOKIE, sealed, max_age=600, path="/api/session/oidc", secure=_secure(bank), httponly=True, samesite="lax"
    )
    return answer


@router.get("/session/oidc/callback", response_class=RedirectResponse, status_code=302)
def finish_oidc(
    request: Request,
    bank: BankDep,
    code: Annotated[str, Query(max_length=4096)] = "",
    state: Annotated[str, Query(max_length=512)] = "",
) -> RedirectResponse:
    """Come back from the bank's own sign-in page."""
    sealed = request.cookies.get(OIDC_COOKIE, "")
    try:
        opened, where = oidc.finish(bank, code=code, state=state, sealed=sealed, origin=_origin(request))
    except LiukeError as refused:
        return _back(refused)
    answer = RedirectResponse(where, status_code=302)
    answer.delete_cookie(OIDC_COOKIE, path="/api/session/oidc")
    _hand_over(answer, bank, opened)
    return answer


@tokens_router.get("/tokens", responses=COMMON | problems(Forbidden))
def own_tokens(actor: ActorDep, bank: BankDep) -> list[TokenOut]:
    """The user's own API tokens, newest first."""
    return [TokenOut.model_validate(token) for token in tokens.own(bank, actor)]


@tokens_router.post("/tokens", responses=COMMON | problems(Forbidden, Invalid))
def issue_token(body: NewToken, request: Request, bank: BankDep) -> IssuedToken:
    """Issue an API token to oneself."""
    actor = opened_of(request).actor
    token, secret = tokens.issue(bank, actor, name=body.name, permissions=frozenset(body.permissions), days=body.days)
    return IssuedToken(token=TokenOut.model_validate(token), secret=secret)


@tokens_router.delete("/tokens/{token_id}", status_code=204, responses=COMMON | problems(NotFound))
def revoke_token(token_id: UUID, request: Request, bank: BankDep) -> None:
    """Revoke one of one's own API tokens."""
    forget(tokens.revoke(bank, opened_of(request).actor, token_id))


def _origin(request: Request) -> FromWhere:
    return FromWhere.of(
        peer=request.client.host if request.client else "",
        forwarded=request.headers.get("x-forwarded-for", ""),
        agent=request.headers.get("user-agent", ""),
        request_id=str(getattr(request.state, "request_id", "")),
    )


def _forget(opened: Opened) -> None:
    """What changed for this user holds from the next request on."""
    forget_user(opened.actor.user_id)


def _secure(bank: Bank) -> bool:
    return bank.settings.public_url.startswith("https://")


def _hand_over(response: Response, bank: Bank, opened: Opened) -> None:
    response.set_cookie(
        COOKIE,
        opened.token,
        max_age=bank.settings.session_absolute_minutes * 60,
        path="/",
        secure=_secure(bank),
        httponly=True,
        samesite="strict",
    )


def _back(refused: LiukeError) -> RedirectResponse:
    return RedirectResponse(f"/sign-in?problem={refused.code}", status_code=302)


def _session_out(opened: Opened, bank: Bank) -> SessionOut:
    actor = opened.actor
    return SessionOut(
        user_id=UUID(actor.user_id),
        login=actor.login,
        display=actor.display,
        staff_no=actor.staff_no,
        branch_no=opened.branch_no,
        branch_name=opened.branch_name,
        roles=sorted(actor.roles),
        permissions=sorted(actor.permissions),
        scope=actor.scope.kind,
        csrf_token=service.csrf_of(opened.token),
        must_change_password=opened.must_change,
        totp_enabled=opened.totp,
        how=opened.how,
        opened_at=opened.opened_at,
        ends_at=opened.ends_at,
        idle_minutes=bank.settings.session_idle_minutes,
    )
