"""Nouns of signing in: where from, what is open, what is refused, what happened."""

import ipaddress
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Literal
from uuid import UUID

from liuke.kernel.actor import Actor, Permission
from liuke.kernel.errors import Conflict, Forbidden, Invalid, Refused, TooMany, Unauthenticated, Unavailable
from liuke.kernel.event import Event

How = Literal["password", "oidc"]


@dataclass(frozen=True, slots=True)
class FromWhere:
    """Where a request comes from, as far as it can be known."""

    address: str = ""
    agent: str = ""
    request_id: str = ""

    @classmethod
    def of(cls, *, peer: str, forwarded: str, agent: str, request_id: str) -> "FromWhere":
        """The caller's address: the peer's own, or what a proxy on this same machine says it is.

        Only the last hop of ``X-Forwarded-For`` counts, the one the proxy itself added.
        """
        last = forwarded.rpartition(",")[2].strip()
        address = last if _loopback(peer) and _address(last) else peer
        return cls(address=address[:45], agent=agent[:200], request_id=request_id)


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None


def _loopback(peer: str) -> bool:
    found = _address(peer)
    return found is None or found.is_loopback


@dataclass(frozen=True, slots=True)
class Opened:
    """An open session and the actor in it. ``token`` is the secret in the cookie; only its digest is stored."""

    token: str
    session_id: UUID
    actor: Actor
    must_change: bool
    totp: bool
    how: How
    opened_at: datetime
    seen_at: datetime
    ends_at: datetime
    branch_no: str
    branch_name: str


@dataclass(frozen=True, slots=True)
class OwnSession:
    """One of a user's open sessions, as shown to them."""

    id: UUID
    created_at: datetime
    last_seen_at: datetime
    address: str
    agent: str
    current: bool


@dataclass(frozen=True, slots=True)
class Token:
    """An API token, without its secret."""

    id: UUID
    name: str
    permissions: frozenset[Permission]
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime | None
    revoked_at: datetime | None


class SignInFailed(Unauthenticated):
    """账号或密码不正确。请核对后重试；连续多次输错将暂时锁定。"""


class TotpNeeded(Unauthenticated):
    """请输入身份验证器上的 6 位动态验证码。"""


class TotpWrong(Invalid):
    """动态验证码不正确或已用过。请等下一个验证码出现后再试。"""


class TotpAlreadyOn(Conflict):
    """动态验证码已启用。如需更换手机，请先停用。"""


class AccountLocked(TooMany):
    """登录失败次数过多，此账号已暂时锁定。请 {minutes} 分钟后再试，或联系系统管理员解锁。"""


class TooManyAttempts(TooMany):
    """此网络地址登录失败次数过多。请 {minutes} 分钟后再试。"""


class SessionExpired(Unauthenticated):
    """登录已过期。请重新登录，您已保存的内容不受影响。"""


class TokenInvalid(Unauthenticated):
    """接口令牌无效、已过期或已撤销。请在“令牌”页重新签发。"""


class SessionNeeded(Forbidden):
    """此操作需要本人登录后进行，不能使用接口令牌。"""


class CsrfRefused(Forbidden):
    """页面已失效，为安全起见未执行此操作。请刷新页面后重试。"""


class PasswordMustChange(Forbidden):
    """首次登录或密码已到期。请先修改密码。"""


class PasswordWrong(Invalid):
    """当前密码不正确。请重新输入。"""


class TokenScope(Invalid):
    """令牌不能拥有这些权限：{permissions}。令牌的权限不能超出本人，且不能用于授权、账号管理和查看明文。"""


class TooManyTokens(Refused):
    """有效令牌已达 {limit} 个。请先撤销不再使用的令牌。"""


class OidcOff(Refused):
    """未配置行内统一认证。请使用账号密码登录。"""


class OidcDown(Unavailable):
    """行内统一认证暂时无法连接。请稍后重试，或使用账号密码登录。"""


class OidcRefused(Unauthenticated):
    """行内统一认证未能确认您的身份。请重新登录；若仍失败，请联系系统管理员。"""


class OidcUnknown(Unauthenticated):
    """您的行内账号尚未在留客开通。请联系系统管理员。"""


@dataclass(frozen=True, kw_only=True)
class SessionOpened(Event):
    """Somebody signed in."""

    kind: ClassVar[str] = "session.opened"
    wakes: ClassVar[bool] = False
    session_id: str
    how: str


@dataclass(frozen=True, kw_only=True)
class SessionClosed(Event):
    """A session was ended by its user."""

    kind: ClassVar[str] = "session.closed"
    wakes: ClassVar[bool] = False
    session_id: str


@dataclass(frozen=True, kw_only=True)
class SignInRefused(Event):
    """A sign-in failed. ``user_id`` is empty when no account has the login name; what was typed is not kept."""

    kind: ClassVar[str] = "session.refused"
    user_id: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class UserLocked(Event):
    """Too many failures: sign-in by this login name is shut for a while."""

    kind: ClassVar[str] = "user.locked"
    user_id: str
    minutes: int


@dataclass(frozen=True, kw_only=True)
class PasswordChanged(Event):
    """A user changed the own password; the other sessions ended."""

    kind: ClassVar[str] = "user.password_changed"
    user_id: str


@dataclass(frozen=True, kw_only=True)
class TotpSwitched(Event):
    """A user switched the own second factor on or off."""

    kind: ClassVar[str] = "totp.switched"
    user_id: str
    on: bool


@dataclass(frozen=True, kw_only=True)
class OidcLinked(Event):
    """An account was tied to its subject at the bank's identity provider, at the first such sign-in."""

    kind: ClassVar[str] = "user.oidc_linked"
    user_id: str


@dataclass(frozen=True, kw_only=True)
class TokenIssued(Event):
    """An API token was issued."""

    kind: ClassVar[str] = "token.issued"
    token_id: str
    permissions: list[str]
    days: int


@dataclass(frozen=True, kw_only=True)
class TokenRevoked(Event):
    """An API token was revoked."""

    kind: ClassVar[str] = "token.revoked"
    token_id: str
