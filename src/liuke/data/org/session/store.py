"""Tables of sessions and API tokens, and every statement about signing in."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Final
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    DateTime,
    Index,
    Integer,
    LargeBinary,
    RowMapping,
    Table,
    Text,
    Uuid,
    and_,
    bindparam,
    case,
    delete,
    func,
    insert,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert as upsert

from liuke.data.org.users.model import UserStatus
from liuke.data.org.users.store import credential_table, guard_table, user_table, wide
from liuke.kernel.store.columns import PiClass, Retention, column, metadata
from liuke.kernel.store.records import ReadHandle, WriteHandle

_kept = partial(column, pi=PiClass.C1, keep=Retention.SESSION)
_secret = partial(column, pi=PiClass.C3, keep=Retention.SESSION)

session_table = Table(
    "user_session",
    metadata,
    _kept("id", Uuid, primary_key=True),
    _secret("token_hash", LargeBinary),
    _kept("user_id", Uuid),
    _kept("stamp", Integer),
    _kept("how", Text),
    _kept("address", Text),
    _kept("agent", Text),
    _kept("opened_at", DateTime(timezone=True)),
    _kept("seen_at", DateTime(timezone=True)),
    _kept("ends_at", DateTime(timezone=True)),
    Index("ix_user_session_token_hash", "token_hash", unique=True),
    Index("ix_user_session_user_id", "user_id"),
    Index("ix_user_session_ends_at", "ends_at"),
)

token_table = Table(
    "api_token",
    metadata,
    _kept("id", Uuid, primary_key=True),
    _secret("token_hash", LargeBinary),
    _kept("user_id", Uuid),
    _kept("name", Text),
    _kept("permissions", ARRAY(Text)),
    _kept("created_at", DateTime(timezone=True)),
    _kept("expires_at", DateTime(timezone=True)),
    _kept("last_used_at", DateTime(timezone=True), nullable=True),
    _kept("revoked_at", DateTime(timezone=True), nullable=True),
    Index("ix_api_token_token_hash", "token_hash", unique=True),
    Index("ix_api_token_user_id", "user_id"),
)

#: Failed sign-ins are forgotten after so long without another.
_FORGET: Final = timedelta(days=7)

_AS_SESSION: Final = (
    session_table.c.id.label("session_id"),
    session_table.c.how,
    session_table.c.opened_at,
    session_table.c.seen_at,
    session_table.c.ends_at,
)
_WIDE: Final = wide()
_BY_TOKEN: Final = (
    _WIDE.add_columns(*_AS_SESSION)
    .join(session_table, and_(session_table.c.user_id == user_table.c.id, session_table.c.stamp == user_table.c.stamp))
    .where(session_table.c.token_hash == bindparam("token_hash"), user_table.c.status == UserStatus.ACTIVE)
)
_BY_BEARER: Final = (
    _WIDE.add_columns(
        token_table.c.id.label("token_id"),
        token_table.c.permissions,
        token_table.c.expires_at,
        token_table.c.last_used_at,
    )
    .join(token_table, token_table.c.user_id == user_table.c.id)
    .where(
        token_table.c.token_hash == bindparam("token_hash"),
        token_table.c.revoked_at.is_(None),
        user_table.c.status == UserStatus.ACTIVE,
    )
)
_CREDENTIAL: Final = _WIDE.add_columns(
    credential_table.c.password_hash,
    credential_table.c.former_hashes,
    credential_table.c.totp_secret,
    credential_table.c.oidc_subject,
)


def by_login(tx: ReadHandle, login: str) -> RowMapping | None:
    """An account with its credential, by login name."""
    return tx.one(_CREDENTIAL.where(user_table.c.login == login))


def by_id(tx: ReadHandle, user_id: UUID) -> RowMapping | None:
    """An account with its credential, by id."""
    return tx.one(_CREDENTIAL.where(user_table.c.id == user_id))


def by_subject(tx: ReadHandle, subject: str) -> RowMapping | None:
    """An account with its credential, by its subject at the identity provider."""
    return tx.one(_CREDENTIAL.where(credential_table.c.oidc_subject == subject))


def by_session_token(tx: ReadHandle, token_hash: bytes) -> RowMapping | None:
    """An active account with the session this token opens; none when the session ended with a password or role."""
    return tx.one(_BY_TOKEN, {"token_hash": token_hash})


def by_bearer(tx: ReadHandle, token_hash: bytes) -> RowMapping | None:
    """An active account with the API token."""
    return tx.one(_BY_BEARER, {"token_hash": token_hash})


def add_session(tx: WriteHandle, session: Mapping[str, object]) -> None:
    """Open a session, note the sign-in, and clear away what ended long ago."""
    now = tx.clock.now()
    tx.execute(insert(session_table), dict(session))
    tx.execute(update(user_table).where(user_table.c.id == session["user_id"]).values(last_sign_in_at=now))
    tx.execute(delete(session_table).where(session_table.c.ends_at < now))
    tx.execute(delete(guard_table).where(guard_table.c.since < now - _FORGET))


def touch(tx: WriteHandle, session_id: UUID) -> None:
    """Note that a session is in use."""
    tx.execute(update(session_table).where(session_table.c.id == session_id).values(seen_at=tx.clock.now()))


def end_session(tx: WriteHandle, user_id: UUID, session_id: UUID) -> bytes | None:
    """End one of a user's sessions; returns the digest of its token, or None when there is none."""
    mine = and_(session_table.c.id == session_id, session_table.c.user_id == user_id)
    found: bytes | None = tx.value(delete(session_table).where(mine).returning(session_table.c.token_hash))
    return found


def sessions_of(tx: ReadHandle, user_id: UUID, *, idle_since: datetime, now: datetime) -> Sequence[RowMapping]:
    """A user's open sessions, newest first."""
    kept = session_table.c
    return tx.rows(
        select(session_table)
        .join(user_table, and_(user_table.c.id == kept.user_id, user_table.c.stamp == kept.stamp))
        .where(kept.user_id == user_id, kept.seen_at > idle_since, kept.ends_at > now)
        .order_by(kept.opened_at.desc(), kept.id)
        .limit(100)
    )


def stamp_of(tx: ReadHandle, user_id: UUID) -> int:
    """The stamp a session opened now would carry."""
    return int(tx.value(select(user_table.c.stamp).where(user_table.c.id == user_id)))


def use_step(tx: WriteHandle, user_id: UUID, step: int) -> bool:
    """Mark a time step of the second factor as used; false when it, or a later one, was used before."""
    held = credential_table.c
    fresh = and_(held.user_id == user_id, held.totp_step < step)
    return tx.execute(update(credential_table).where(fresh).values(totp_step=step)) == 1


def reserve(tx: WriteHandle, key: bytes, *, window: timedelta) -> RowMapping:
    """Count an attempt before it is judged, so that guesses made at once are not more than guesses made in turn."""
    now, held = tx.clock.now(), guard_table.c
    over = and_(held.since <= now - window, or_(held.locked_until.is_(None), held.locked_until <= now))
    statement = upsert(guard_table).values(key=key, failures=1, lockouts=0, since=now, locked_until=None)
    counted = statement.on_conflict_do_update(
        index_elements=["key"],
        set_={
            "failures": case((over, 1), else_=held.failures + 1),
            "lockouts": case((over, 0), else_=held.lockouts),
            "since": case((over, literal(now)), else_=held.since),
        },
    )
    rows = tx.rows(counted.returning(held.failures, held.lockouts, held.since, held.locked_until))
    return rows[0]


def release(tx: WriteHandle, key: bytes) -> None:
    """Take one counted attempt back."""
    held = guard_table.c
    fewer = func.greatest(held.failures - 1, 0)
    tx.execute(update(guard_table).where(held.key == key).values(failures=fewer))


def shut(tx: WriteHandle, key: bytes, *, until: datetime) -> None:
    """Lock a key until a moment."""
    values = {"failures": 0, "lockouts": guard_table.c.lockouts + 1, "since": tx.clock.now(), "locked_until": until}
    tx.execute(update(guard_table).where(guard_table.c.key == key).values(**values))


def clear(tx: WriteHandle, key: bytes) -> None:
    """Forget a key."""
    tx.execute(delete(guard_table).where(guard_table.c.key == key))


def add_token(tx: WriteHandle, token: Mapping[str, object]) -> None:
    """Keep a token."""
    tx.execute(insert(token_table), dict(token))


def tokens_of(tx: ReadHandle, user_id: UUID) -> Sequence[RowMapping]:
    """A user's tokens, newest first."""
    mine = select(token_table).where(token_table.c.user_id == user_id)
    return tx.rows(mine.order_by(token_table.c.created_at.desc(), token_table.c.id).limit(200))


def revoke_token(tx: WriteHandle, user_id: UUID, token_id: UUID) -> bytes | None:
    """Revoke a user's token; returns its digest, or None when there is none in force."""
    held = token_table.c
    mine = and_(held.id == token_id, held.user_id == user_id, held.revoked_at.is_(None))
    statement = update(token_table).where(mine).values(revoked_at=tx.clock.now()).returning(held.token_hash)
    found: bytes | None = tx.value(statement)
    return found


def use_token(tx: WriteHandle, token_id: UUID) -> None:
    """Note that a token is in use."""
    tx.execute(update(token_table).where(token_table.c.id == token_id).values(last_used_at=tx.clock.now()))
