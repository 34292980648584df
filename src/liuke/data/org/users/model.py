"""Nouns of accounts: a user, what may be changed, what is refused, what happened."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from liuke.kernel.actor import Role
from liuke.kernel.errors import Conflict, Forbidden, Invalid, Refused
from liuke.kernel.event import Event


class UserStatus(StrEnum):
    """Whether an account may sign in."""

    ACTIVE = "active"
    DISABLED = "disabled"


@dataclass(frozen=True, slots=True)
class User:
    """A sign-in account. ``branch_no`` is that of the member of staff behind it, while they work here."""

    user_id: UUID
    login: str
    display: str
    staff_no: str | None
    branch_no: str | None
    branch_name: str | None
    roles: frozenset[Role]
    status: UserStatus
    locked_until: datetime | None
    must_change_password: bool
    totp_enabled: bool
    last_sign_in_at: datetime | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class UserChange:
    """What is to change of an account; None stays as it is."""

    display: str | None = None
    status: UserStatus | None = None
    unlock: bool = False


class BadLogin(Invalid):
    """登录名“{login}”不正确：以小写字母开头，只含小写字母、数字、点、横线和下划线，2 至 32 位。"""


class LoginTaken(Conflict):
    """登录名 {login} 已被使用。请换一个。"""


class UnknownStaff(Invalid):
    """没有在职员工 {staff_no}。请核对员工号，或先加载最新的员工名单。"""


class StaffTaken(Conflict):
    """员工 {staff_no} 已有账号 {login}。一人只能有一个账号。"""


class OwnAccount(Refused):
    """不能对自己的账号做此操作。请由另一位管理员处理。"""


class AdministratorAccount(Forbidden):
    """管理员账号的密码和动态验证码只能在服务器上用命令重置。"""


class GrantRefused(Refused):
    """不能这样授权：{reason}。"""


class PasswordWeak(Invalid):
    """新密码不符合要求：{reason}。请换一个。"""


@dataclass(frozen=True, kw_only=True)
class UserCreated(Event):
    """An account was opened."""

    kind: ClassVar[str] = "user.created"
    user_id: str


@dataclass(frozen=True, kw_only=True)
class UserChanged(Event):
    """An account was ``renamed``, ``disabled``, ``enabled``, ``unlocked``, or ``staff_left`` disabled it."""

    kind: ClassVar[str] = "user.changed"
    user_id: str
    what: str


@dataclass(frozen=True, kw_only=True)
class PasswordReset(Event):
    """An administrator gave an account a new random password."""

    kind: ClassVar[str] = "user.password_reset"
    user_id: str


@dataclass(frozen=True, kw_only=True)
class TotpReset(Event):
    """An administrator switched off the second factor of an account."""

    kind: ClassVar[str] = "user.totp_reset"
    user_id: str


@dataclass(frozen=True, kw_only=True)
class RoleGranted(Event):
    """A role was granted."""

    kind: ClassVar[str] = "role.granted"
    user_id: str
    role: str


@dataclass(frozen=True, kw_only=True)
class RoleRevoked(Event):
    """A role was revoked."""

    kind: ClassVar[str] = "role.revoked"
    user_id: str
    role: str


@dataclass(frozen=True, kw_only=True)
class ScopeChanged(Event):
    """The member of staff behind an account, and so its data scope, was changed."""

    kind: ClassVar[str] = "role.scope_changed"
    user_id: str
    staff_no: str
