"""Tables of accounts, roles, credentials and failed sign-ins, and the statements about accounts and roles."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Boolean,
    DateTime,
    Index,
    Integer,
    LargeBinary,
    Select,
    Table,
    Text,
    Uuid,
    and_,
    cast,
    delete,
    exists,
    func,
    insert,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import JSONB

from liuke.data.org.model import StaffStatus
from liuke.data.org.store import branch_table, staff_table
from liuke.data.org.users.model import User, UserStatus
from liuke.data.org.users.password import HISTORY
from liuke.kernel.actor import Role
from liuke.kernel.page import Page, decode_cursor, page_of
from liuke.kernel.store.columns import PiClass, Retention, column, metadata
from liuke.kernel.store.records import ReadHandle, WriteHandle

_account = partial(column, pi=PiClass.C1, keep=Retention.RECORD)
_secret = partial(column, pi=PiClass.C3, keep=Retention.RELATION)
_plain = partial(column, pi=PiClass.NONE, keep=Retention.RECORD)

user_table = Table(
    "bank_user",
    metadata,
    _account("id", Uuid, primary_key=True),
    _account("login", Text),
    column("display", Text, pi=PiClass.C2, keep=Retention.RECORD),
    _account("staff_no", Text, nullable=True),
    _plain("status", Text),
    # Sessions carry the stamp they were opened under and end when it moves: password, roles or scope changed, disabled.
    _plain("stamp", Integer),
    _plain("created_at", DateTime(timezone=True)),
    _account("created_by", Text),
    _account("last_sign_in_at", DateTime(timezone=True), nullable=True),
    Index("ix_bank_user_login", "login", unique=True),
    Index("ix_bank_user_staff_no", "staff_no", unique=True),
)

role_table = Table(
    "user_role",
    metadata,
    _account("user_id", Uuid, primary_key=True),
    _plain("role", Text, primary_key=True),
    _account("granted_by", Text),
    _plain("granted_at", DateTime(timezone=True)),
    # The database itself holds that nobody is two administrators.
    Index(
        "ix_user_role_one_administrator",
        "user_id",
        unique=True,
        postgresql_where=text("role IN ('audit_admin', 'security_admin', 'system_admin')"),
    ),
)

credential_table = Table(
    "credential",
    metadata,
    _account("user_id", Uuid, primary_key=True),
    _secret("password_hash", Text, nullable=True),
    _secret("former_hashes", JSONB),
    _plain("must_change", Boolean),
    _plain("password_set_at", DateTime(timezone=True)),
    _secret("totp_secret", LargeBinary, nullable=True),
    _plain("totp_on", Boolean),
    _plain("totp_step", BigInteger),
    _account("oidc_subject", Text, nullable=True),
    Index("ix_credential_oidc_subject", "oidc_subject", unique=True),
)

#: Failed sign-ins by login name or source address, known or not; the key is a digest, so a mistyped secret is not kept.
guard_table = Table(
    "sign_in_guard",
    metadata,
    column("key", LargeBinary, primary_key=True, pi=PiClass.C1, keep=Retention.SESSION),
    column("failures", Integer, pi=PiClass.NONE, keep=Retention.SESSION),
    column("lockouts", Integer, pi=PiClass.NONE, keep=Retention.SESSION),
    column("since", DateTime(timezone=True), pi=PiClass.C1, keep=Retention.SESSION),
    column("locked_until", DateTime(timezone=True), nullable=True, pi=PiClass.C1, keep=Retention.SESSION),
    Index("ix_sign_in_guard_since", "since"),
)


def guard_key(kind: str, value: str) -> bytes:
    """The key of a login name (``login``) or a source address (``address``) among failed sign-ins."""
    return hashlib.sha256(f"{kind}:{value}".encode()).digest()


#: What the bank's own machine is called, and whom no list knows any more.
_MACHINE: Final = "系统"
_NOBODY: Final = "未知人员"


def names(tx: ReadHandle, who: Iterable[str | None]) -> dict[str, str]:
    """What to call everybody asked for: users by their id, members of staff by number, ``system:…`` as 系统."""
    asked = {one for one in who if one is not None}
    users = select(cast(user_table.c.id, Text).label("key"), user_table.c.display.label("name"))
    staff = select(staff_table.c.staff_no, staff_table.c.name)
    known = users.where(cast(user_table.c.id, Text).in_(asked)).union_all(
        staff.where(staff_table.c.staff_no.in_(asked))
    )
    found = {row["key"]: row["name"] for row in tx.rows(known)}
    return {one: _MACHINE if one.startswith("system:") else found.get(one, _NOBODY) for one in asked}


def wide() -> Select[Any]:
    """Every account with its credential's state, roles (comma-separated), member of staff and branch.

    A member of staff who left, or a closed branch, is not joined: the account then has no place and no scope.
    """
    held = select(func.string_agg(role_table.c.role, ",")).where(role_table.c.user_id == user_table.c.id)
    working = and_(staff_table.c.staff_no == user_table.c.staff_no, staff_table.c.status == StaffStatus.ACTIVE)
    standing = and_(branch_table.c.branch_no == staff_table.c.branch_no, branch_table.c.active)
    return (
        select(
            user_table,
            credential_table.c.must_change,
            credential_table.c.password_set_at,
            credential_table.c.totp_on,
            func.coalesce(held.scalar_subquery(), "").label("roles"),
            staff_table.c.staff_no.label("working_no"),
            branch_table.c.branch_no,
            branch_table.c.name.label("branch_name"),
            branch_table.c.path.label("branch_path"),
        )
        .join(credential_table, credential_table.c.user_id == user_table.c.id)
        .outerjoin(staff_table, working)
        .outerjoin(branch_table, standing)
    )


def roles_of(joined: str) -> frozenset[Role]:
    """Roles from their comma-separated names."""
    return frozenset(Role(name) for name in joined.split(",") if name)


def _listed() -> Select[Any]:
    key = func.sha256(func.convert_to(func.concat("login:", user_table.c.login), "UTF8"))
    return wide().add_columns(guard_table.c.locked_until).outerjoin(guard_table, guard_table.c.key == key)


def read_user(tx: ReadHandle, user_id: UUID) -> User | None:
    """One account."""
    row = tx.one(_listed().where(user_table.c.id == user_id))
    return _user(row) if row else None


def find_users(
    tx: ReadHandle, *, words: str, role: Role | None, status: UserStatus | None, cursor: str | None, limit: int
) -> Page[User]:
    """Accounts by login name."""
    user = user_table.c
    query = _listed().order_by(user.login).limit(limit + 1)
    if words:
        begins = [name.startswith(words, autoescape=True) for name in (user.login, user.staff_no)]
        query = query.where(or_(*begins, user.display.contains(words, autoescape=True)))
    if role is not None:
        query = query.where(exists().where(role_table.c.user_id == user.id, role_table.c.role == role))
    if status is not None:
        query = query.where(user.status == status)
    if cursor:
        query = query.where(user.login > str(decode_cursor(cursor, size=1)[0]))
    return page_of([_user(row) for row in tx.rows(query)], limit=limit, key=lambda found: (found.login,))


def _user(row: Mapping[Any, Any]) -> User:
    return User(
        user_id=row["id"],
        login=row["login"],
        display=row["display"],
        staff_no=row["staff_no"],
        branch_no=row["branch_no"],
        branch_name=row["branch_name"],
        roles=roles_of(row["roles"]),
        status=UserStatus(row["status"]),
        locked_until=row["locked_until"],
        must_change_password=row["must_change"],
        totp_enabled=row["totp_on"],
        last_sign_in_at=row["last_sign_in_at"],
        created_at=row["created_at"],
    )


def add_user(tx: WriteHandle, user: Mapping[str, object], *, password_hash: str | None, must_change: bool) -> None:
    """Open an account with its credential."""
    tx.execute(insert(user_table), dict(user))
    tx.execute(
        insert(credential_table),
        {
            "user_id": user["id"],
            "password_hash": password_hash,
            "former_hashes": [],
            "must_change": must_change,
            "password_set_at": tx.clock.now(),
            "totp_secret": None,
            "totp_on": False,
            "totp_step": 0,
            "oidc_subject": None,
        },
    )


def id_of(tx: ReadHandle, login: str) -> UUID | None:
    """The account with this login name."""
    found: UUID | None = tx.value(select(user_table.c.id).where(user_table.c.login == login))
    return found


def holder_of(tx: ReadHandle, staff_no: str) -> tuple[UUID, str] | None:
    """Id and login name of the account of a member of staff."""
    row = tx.one(select(user_table.c.id, user_table.c.login).where(user_table.c.staff_no == staff_no))
    return (row["id"], row["login"]) if row else None


def works_here(tx: ReadHandle, staff_no: str) -> bool:
    """Whether a member of staff is known and has not left."""
    status = tx.value(select(staff_table.c.status).where(staff_table.c.staff_no == staff_no))
    return bool(status == StaffStatus.ACTIVE)


def lock_user(tx: WriteHandle, user_id: UUID) -> None:
    """Keep an account from being changed by another transaction until this one ends."""
    tx.one(select(user_table.c.id).where(user_table.c.id == user_id).with_for_update())


def change_user(tx: WriteHandle, user_id: UUID, *, ends_sessions: bool, **values: object) -> None:
    """Change an account; ``ends_sessions`` moves its stamp."""
    if ends_sessions:
        values["stamp"] = user_table.c.stamp + 1
    tx.execute(update(user_table).where(user_table.c.id == user_id).values(**values))


def change_credential(tx: WriteHandle, user_id: UUID, **values: object) -> None:
    """Change an account's credential."""
    tx.execute(update(credential_table).where(credential_table.c.user_id == user_id).values(**values))


def set_password(tx: WriteHandle, user_id: UUID, password_hash: str, *, must_change: bool) -> None:
    """Store a new password's hash; the former one joins those that may not come back."""
    held = credential_table.c
    row = tx.one(select(held.password_hash, held.former_hashes).where(held.user_id == user_id))
    former = [row["password_hash"], *row["former_hashes"]] if row and row["password_hash"] else []
    change_credential(
        tx,
        user_id,
        password_hash=password_hash,
        former_hashes=former[:HISTORY],
        must_change=must_change,
        password_set_at=tx.clock.now(),
    )


def grant(tx: WriteHandle, user_id: UUID, roles: Sequence[Role]) -> None:
    """Add roles."""
    now, by = tx.clock.now(), tx.actor.user_id
    for role in roles:
        tx.execute(insert(role_table), {"user_id": user_id, "role": role, "granted_by": by, "granted_at": now})


def revoke(tx: WriteHandle, user_id: UUID, roles: Sequence[Role]) -> None:
    """Take roles away."""
    if roles:
        tx.execute(delete(role_table).where(role_table.c.user_id == user_id, role_table.c.role.in_(roles)))


def unlock(tx: WriteHandle, login: str) -> None:
    """Forget the failed sign-ins of a login name."""
    tx.execute(delete(guard_table).where(guard_table.c.key == guard_key("login", login)))


def disable_of_staff(tx: WriteHandle, staff: Sequence[str]) -> list[UUID]:
    """Disable the accounts of members of staff; returns those that were active."""
    held = user_table.c.staff_no.in_(staff) & (user_table.c.status == UserStatus.ACTIVE)
    off = update(user_table).where(held).values(status=UserStatus.DISABLED, stamp=user_table.c.stamp + 1)
    return [row["id"] for row in tx.rows(off.returning(user_table.c.id))]


def logins_by_staff() -> Select[Any]:
    """A query: login name of each staff number that has an account."""
    return select(user_table.c.staff_no, user_table.c.login).where(user_table.c.staff_no.is_not(None))


def holders(tx: ReadHandle, roles: frozenset[Role]) -> dict[str, str]:
    """Id and shown name of the active accounts that hold one of the roles, by name."""
    query = (
        select(user_table.c.id, user_table.c.display)
        .where(user_table.c.status == UserStatus.ACTIVE)
        .where(exists().where(role_table.c.user_id == user_table.c.id, role_table.c.role.in_(roles)))
        .order_by(user_table.c.display)
    )
    return {str(row["id"]): row["display"] for row in tx.rows(query)}
