"""What administrators may do with accounts: open, rename, disable, unlock, reset, grant. Each is an event."""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Select

from liuke.data.org.users import password, roles, store
from liuke.data.org.users.model import (
    AdministratorAccount,
    BadLogin,
    GrantRefused,
    LoginTaken,
    OwnAccount,
    PasswordReset,
    RoleGranted,
    RoleRevoked,
    ScopeChanged,
    StaffTaken,
    TotpReset,
    UnknownStaff,
    User,
    UserChange,
    UserChanged,
    UserCreated,
    UserStatus,
)
from liuke.data.org.users.roles import TITLES
from liuke.kernel.actor import Actor, Permission, Role
from liuke.kernel.bank import Bank
from liuke.kernel.errors import Forbidden, NotFound
from liuke.kernel.ids import new_id
from liuke.kernel.page import Page
from liuke.kernel.store.records import ReadHandle, WriteHandle

_SIGHT: Final = frozenset({Permission.USER_MANAGE, Permission.ROLE_GRANT, Permission.EVENT_READ})
_LOGIN: Final = re.compile(r"[a-z][a-z0-9._-]{1,31}")


def find(
    bank: Bank,
    actor: Actor,
    *,
    text: str,
    role: Role | None,
    status: UserStatus | None,
    cursor: str | None,
    limit: int,
) -> Page[User]:
    """Accounts by login name; ``text`` finds login, name or staff number. Raises Forbidden."""
    _require_sight(actor)
    with bank.read(actor) as tx:
        page = store.find_users(tx, words=text.strip(), role=role, status=status, cursor=cursor, limit=limit)
    return page.map(lambda user: _now(user, bank))


def read(bank: Bank, actor: Actor, user_id: UUID) -> User:
    """One account. Raises Forbidden, NotFound."""
    _require_sight(actor)
    with bank.read(actor) as tx:
        return _now(_found(tx, user_id), bank)


def create_user(
    bank: Bank,
    actor: Actor,
    *,
    login: str,
    display: str,
    staff_no: str | None = None,
    roles: frozenset[Role] = frozenset(),
    first_password: str | None = None,
    must_change: bool = True,
) -> tuple[User, str]:
    """Open an account; returns it with its first password, stored nowhere and to be changed at the first sign-in.

    ``roles`` at once need the permission to grant too. ``first_password`` and ``must_change=False`` are for the bank's
    own machine: demonstrations and recovery on the server.

    Raises: BadLogin, LoginTaken, UnknownStaff, StaffTaken, GrantRefused, Forbidden.
    """
    actor.require(Permission.USER_MANAGE)
    if not _LOGIN.fullmatch(login):
        raise BadLogin(login=login[:32])
    by_hand = actor.via != "system"
    secret = password.random() if by_hand or first_password is None else first_password
    password_hash = password.hashed(secret)
    user_id = new_id(bank.clock)
    with bank.write(actor) as tx:
        if store.id_of(tx, login) is not None:
            raise LoginTaken(login=login)
        _check_staff(tx, user_id, staff_no)
        row = {"id": user_id, "login": login, "display": display.strip() or login, "staff_no": staff_no, "stamp": 0}
        row |= {"status": UserStatus.ACTIVE, "created_at": bank.clock.now(), "created_by": actor.user_id}
        store.add_user(
            tx, row | {"last_sign_in_at": None}, password_hash=password_hash, must_change=by_hand or must_change
        )
        tx.emit(UserCreated(user_id=str(user_id)))
        if roles:
            _regrant(tx, _found(tx, user_id), roles=roles, staff_no=staff_no)
        return _found(tx, user_id), secret


def change(bank: Bank, actor: Actor, user_id: UUID, wanted: UserChange) -> User:
    """Rename, disable, enable or unlock an account. Raises OwnAccount when one would disable or unlock oneself."""
    actor.require(Permission.USER_MANAGE)
    with bank.write(actor) as tx:
        store.lock_user(tx, user_id)
        user = _found(tx, user_id)
        if str(user_id) == actor.user_id and (wanted.status is not None or wanted.unlock):
            raise OwnAccount
        if wanted.display is not None and wanted.display.strip() and wanted.display != user.display:
            store.change_user(tx, user_id, ends_sessions=False, display=wanted.display.strip())
            tx.emit(UserChanged(user_id=str(user_id), what="renamed"))
        if wanted.status is not None and wanted.status != user.status:
            _switch(tx, user, wanted.status)
        if wanted.unlock:
            store.unlock(tx, user.login)
            tx.emit(UserChanged(user_id=str(user_id), what="unlocked"))
        return _found(tx, user_id)


def _switch(tx: WriteHandle, user: User, status: UserStatus) -> None:
    """Disable or enable; only somebody who still works here gets an account back."""
    off = status is UserStatus.DISABLED
    if not off and user.staff_no and not store.works_here(tx, user.staff_no):
        raise UnknownStaff(staff_no=user.staff_no)
    store.change_user(tx, user.user_id, ends_sessions=off, status=status)
    tx.emit(UserChanged(user_id=str(user.user_id), what="disabled" if off else "enabled"))


def reset_password(bank: Bank, actor: Actor, user_id: UUID) -> tuple[User, str]:
    """A new random password, to be changed at the next sign-in; sessions end and the lock is lifted."""
    secret = password.random()
    password_hash = password.hashed(secret)
    with bank.write(actor) as tx:
        user = _resettable(tx, actor, user_id)
        store.set_password(tx, user_id, password_hash, must_change=True)
        store.change_user(tx, user_id, ends_sessions=True)
        store.unlock(tx, user.login)
        tx.emit(PasswordReset(user_id=str(user_id)))
        return _found(tx, user_id), secret


def reset_totp(bank: Bank, actor: Actor, user_id: UUID) -> User:
    """Switch off the second factor of a user who lost it; sessions end."""
    with bank.write(actor) as tx:
        _resettable(tx, actor, user_id)
        store.change_credential(tx, user_id, totp_secret=None, totp_on=False)
        store.change_user(tx, user_id, ends_sessions=True)
        tx.emit(TotpReset(user_id=str(user_id)))
        return _found(tx, user_id)


def recover(bank: Bank, login: str) -> str:
    """Let an account in again from the server itself: a new first password, no second factor, enabled, unlocked.

    It is the only way back for an administrator. Raises NotFound, UnknownStaff.
    """
    actor = Actor.system("recover")
    with bank.read(actor) as tx:
        user_id = store.id_of(tx, login)
    if user_id is None:
        raise NotFound
    change(bank, actor, user_id, UserChange(status=UserStatus.ACTIVE))
    reset_totp(bank, actor, user_id)
    return reset_password(bank, actor, user_id)[1]


def set_access(bank: Bank, actor: Actor, user_id: UUID, *, roles: frozenset[Role], staff_no: str | None) -> User:
    """Give an account exactly these roles, and the member of staff whose book or branch is its data scope.

    Raises: Forbidden, OwnAccount (nobody grants to himself), GrantRefused (roles that exclude each other, a role that
    needs a place in the bank), UnknownStaff, StaffTaken.
    """
    actor.require(Permission.ROLE_GRANT)
    if str(user_id) == actor.user_id:
        raise OwnAccount
    with bank.write(actor) as tx:
        store.lock_user(tx, user_id)
        _regrant(tx, _found(tx, user_id), roles=roles, staff_no=staff_no)
        return _found(tx, user_id)


def disable_left(tx: WriteHandle, staff: Sequence[str]) -> None:
    """Disable the accounts of members of staff who left."""
    for user_id in store.disable_of_staff(tx, staff):
        tx.emit(UserChanged(user_id=str(user_id), what="staff_left"))


def logins_by_staff() -> Select[Any]:
    """A query: login name of each staff number that has an account."""
    return store.logins_by_staff()


def holders(tx: ReadHandle, permission: Permission) -> dict[str, str]:
    """Id and shown name of the active accounts that hold a permission, by name: whom work may be given to."""
    return store.holders(tx, frozenset(role for role in Role if permission in roles.PERMISSIONS[role]))


def _regrant(tx: WriteHandle, user: User, *, roles: frozenset[Role], staff_no: str | None) -> None:
    tx.actor.require(Permission.ROLE_GRANT)
    _check_roles(roles, staff_no)
    key = str(user.user_id)
    if staff_no != user.staff_no:
        _check_staff(tx, user.user_id, staff_no)
        store.change_user(tx, user.user_id, ends_sessions=True, staff_no=staff_no)
        tx.emit(ScopeChanged(user_id=key, staff_no=staff_no or ""))
    revoked, granted = sorted(user.roles - roles), sorted(roles - user.roles)
    if revoked or granted:
        store.revoke(tx, user.user_id, revoked)
        store.grant(tx, user.user_id, granted)
        store.change_user(tx, user.user_id, ends_sessions=True)
    tx.emit(*(RoleRevoked(user_id=key, role=role) for role in revoked))
    tx.emit(*(RoleGranted(user_id=key, role=role) for role in granted))


def _check_roles(wanted: frozenset[Role], staff_no: str | None) -> None:
    clash = roles.clashing(wanted)
    if clash:
        reason = f"{TITLES[clash[0]]}与{TITLES[clash[1]]}不能由同一人兼任"
        raise GrantRefused(reason=reason, role=clash[0].value, excludes=clash[1].value)
    placed = sorted(wanted & roles.PLACED)
    if placed and staff_no is None:
        raise GrantRefused(
            reason=f"{TITLES[placed[0]]}的数据范围来自员工所在网点和管户，请先填写员工号", role=placed[0].value
        )


def _check_staff(tx: ReadHandle, user_id: UUID, staff_no: str | None) -> None:
    if staff_no is None:
        return
    if not store.works_here(tx, staff_no):
        raise UnknownStaff(staff_no=staff_no)
    holder = store.holder_of(tx, staff_no)
    if holder and holder[0] != user_id:
        raise StaffTaken(staff_no=staff_no, login=holder[1])


def _resettable(tx: WriteHandle, actor: Actor, user_id: UUID) -> User:
    """The account, when the actor may reset how it signs in: an administrator could otherwise become another one."""
    actor.require(Permission.USER_MANAGE)
    store.lock_user(tx, user_id)
    user = _found(tx, user_id)
    if str(user_id) == actor.user_id:
        raise OwnAccount
    if user.roles & roles.ADMINISTRATORS and actor.via != "system":
        raise AdministratorAccount
    return user


def _require_sight(actor: Actor) -> None:
    """Accounts are seen by those who open them, grant to them or review them. Raises Forbidden."""
    if not actor.permissions & _SIGHT:
        raise Forbidden(permission=Permission.USER_MANAGE.value)


def _now(user: User, bank: Bank) -> User:
    """The account without a lock that is over."""
    over = user.locked_until is not None and user.locked_until <= bank.clock.now()
    return replace(user, locked_until=None) if over else user


def _found(tx: ReadHandle, user_id: UUID) -> User:
    user = store.read_user(tx, user_id)
    if user is None:
        raise NotFound
    return user
