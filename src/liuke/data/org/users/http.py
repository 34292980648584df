"""Users and their roles over HTTP."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import Field

from liuke.data.org.session.middleware import forget_user
from liuke.data.org.users import roles, service
from liuke.data.org.users.model import (
    GrantRefused,
    LoginTaken,
    OwnAccount,
    StaffTaken,
    UnknownStaff,
    User,
    UserChange,
    UserStatus,
)
from liuke.kernel.actor import Permission, Role, ScopeKind
from liuke.kernel.errors import Forbidden, NotFound
from liuke.kernel.http import COMMON, ActorDep, BankDep, CursorQuery, LimitQuery, Wire, WirePage, problems

router = APIRouter(prefix="/api", tags=["org"])

Display = Annotated[str, Field(min_length=1, max_length=40)]
StaffNumber = Annotated[str, Field(min_length=1, max_length=32)]


class UserOut(Wire):
    """A user: a sign-in account of one member of staff, or of a machine."""

    user_id: UUID
    login: str
    display: str
    staff_no: str | None
    branch_no: str | None
    branch_name: str | None
    roles: list[Role]
    status: UserStatus
    locked_until: datetime | None
    must_change_password: bool
    totp_enabled: bool
    last_sign_in_at: datetime | None
    created_at: datetime


class NewUser(Wire):
    """An account to be opened. It can do nothing until the security administrator grants it a role."""

    login: Annotated[str, Field(pattern=r"^[a-z][a-z0-9._-]{1,31}$")]
    display: Display
    staff_no: StaffNumber | None = None


class FirstPassword(Wire):
    """A user with a new random password, shown this once; it must be changed at the next sign-in."""

    user: UserOut
    first_password: str


class UserPatch(Wire):
    """What the system administrator may change of an account; what is absent stays."""

    display: Display | None = None
    status: UserStatus | None = None
    unlock: bool = False


class Access(Wire):
    """The whole of a user's access: roles, and the member of staff whose book or branch is the data scope."""

    roles: Annotated[list[Role], Field(max_length=len(Role))]
    staff_no: StaffNumber | None


class RoleOut(Wire):
    """What a role means. ``clear_fields`` are shown without masking; ``excludes`` may not be held together with it."""

    role: Role
    permissions: list[Permission]
    scope: ScopeKind
    clear_fields: list[str]
    administrator: bool
    excludes: list[Role]


@router.get("/users", responses=COMMON | problems(Forbidden))
def list_users(
    actor: ActorDep,
    bank: BankDep,
    q: Annotated[str, Query(max_length=40)] = "",
    role: Role | None = None,
    status: UserStatus | None = None,
    cursor: CursorQuery = None,
    limit: LimitQuery = 50,
) -> WirePage[UserOut]:
    """Users by login name; ``q`` finds login, name or staff number."""
    page = service.find(bank, actor, text=q, role=role, status=status, cursor=cursor, limit=limit)
    return WirePage(items=[_user_out(user) for user in page.items], next_cursor=page.next_cursor)


@router.post("/users", status_code=201, responses=COMMON | problems(Forbidden, LoginTaken, UnknownStaff, StaffTaken))
def create_user(body: NewUser, actor: ActorDep, bank: BankDep) -> FirstPassword:
    """Open an account."""
    user, secret = service.create_user(bank, actor, login=body.login, display=body.display, staff_no=body.staff_no)
    return FirstPassword(user=_user_out(user), first_password=secret)


@router.get("/users/{user_id}", responses=COMMON | problems(Forbidden, NotFound))
def read_user(user_id: UUID, actor: ActorDep, bank: BankDep) -> UserOut:
    """One user."""
    return _user_out(service.read(bank, actor, user_id))


@router.patch("/users/{user_id}", responses=COMMON | problems(Forbidden, NotFound, OwnAccount))
def change_user(user_id: UUID, body: UserPatch, actor: ActorDep, bank: BankDep) -> UserOut:
    """Rename, disable, enable or unlock an account."""
    change = UserChange(display=body.display, status=body.status, unlock=body.unlock)
    user = service.change(bank, actor, user_id, change)
    forget_user(str(user_id))
    return _user_out(user)


@router.post("/users/{user_id}/password", responses=COMMON | problems(Forbidden, NotFound, OwnAccount))
def reset_password(user_id: UUID, actor: ActorDep, bank: BankDep) -> FirstPassword:
    """Give an account a new random password; its sessions end."""
    user, secret = service.reset_password(bank, actor, user_id)
    forget_user(str(user_id))
    return FirstPassword(user=_user_out(user), first_password=secret)


@router.delete("/users/{user_id}/totp", responses=COMMON | problems(Forbidden, NotFound, OwnAccount))
def reset_totp(user_id: UUID, actor: ActorDep, bank: BankDep) -> UserOut:
    """Switch off the second factor of a user who lost it."""
    user = service.reset_totp(bank, actor, user_id)
    forget_user(str(user_id))
    return _user_out(user)


@router.put("/users/{user_id}/access", responses=COMMON | problems(Forbidden, NotFound, GrantRefused, UnknownStaff))
def set_access(user_id: UUID, body: Access, actor: ActorDep, bank: BankDep) -> UserOut:
    """Grant and revoke roles and set the data scope; the user's sessions end."""
    wanted = frozenset(body.roles)
    user = service.set_access(bank, actor, user_id, roles=wanted, staff_no=body.staff_no)
    forget_user(str(user_id))
    return _user_out(user)


@router.get("/roles", responses=COMMON | problems(Forbidden))
def list_roles(actor: ActorDep) -> list[RoleOut]:
    """Every role and what it means."""
    actor.require(Permission.ORG_READ)
    return [
        RoleOut(
            role=role,
            permissions=sorted(roles.PERMISSIONS[role]),
            scope=roles.SCOPES[role],
            clear_fields=sorted(roles.CLEAR[role]),
            administrator=role in roles.ADMINISTRATORS,
            excludes=sorted(roles.excluded_by(role)),
        )
        for role in Role
    ]


def _user_out(user: User) -> UserOut:
    return UserOut.model_validate(user)
