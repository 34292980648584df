"""API tokens: ``lk_<id>_<secret>``, for programs that work for a user, with a part of what the user may do."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from liuke.data.org.session import service, store
from liuke.data.org.session.model import Token, TokenInvalid, TokenIssued, TokenRevoked, TokenScope, TooManyTokens
from liuke.kernel.actor import Actor, Permission
from liuke.kernel.bank import Bank
from liuke.kernel.errors import Invalid, NotFound
from liuke.kernel.ids import new_id

MAX_DAYS: Final = 365
#: Tokens in force one user may have.
LIMIT: Final = 20
PREFIX: Final = "lk_"
#: What a token never carries: what needs a person who can be asked.
PERSONAL: Final = frozenset(
    {Permission.ROLE_GRANT, Permission.USER_MANAGE, Permission.TOKEN_MANAGE, Permission.CUSTOMER_REVEAL}
)
#: How often a token in use is noted as such.
_RENEW: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Bearer:
    """A verified token: the actor it works as, and when it ends."""

    actor: Actor
    ends_at: datetime


def issue(bank: Bank, actor: Actor, *, name: str, permissions: frozenset[Permission], days: int) -> tuple[Token, str]:
    """A new token of one's own; the text returned beside it is shown once and stored nowhere.

    Raises: Forbidden, TokenScope, TooManyTokens, Invalid.
    """
    actor.require(Permission.TOKEN_MANAGE)
    if not 1 <= days <= MAX_DAYS:
        raise Invalid(reason=f"有效期应为 1 至 {MAX_DAYS} 天")
    beyond = sorted(permissions - (actor.permissions - PERSONAL))
    if beyond or not permissions:
        raise TokenScope(permissions="、".join(beyond))
    token_id, now = new_id(bank.clock), bank.clock.now()
    text = f"{PREFIX}{token_id.hex}_{secrets.token_hex(32)}"
    row = {
        "id": token_id,
        "token_hash": service.digest(text),
        "user_id": UUID(actor.user_id),
        "name": name.replace("\0", "").strip(),
        "permissions": sorted(permissions),
        "created_at": now,
        "expires_at": now + timedelta(days=days),
        "last_used_at": None,
        "revoked_at": None,
    }
    with bank.write(actor) as tx:
        mine = [_token(held) for held in store.tokens_of(tx, UUID(actor.user_id))]
        if sum(held.revoked_at is None and held.expires_at > now for held in mine) >= LIMIT:
            raise TooManyTokens(limit=LIMIT)
        store.add_token(tx, row)
        tx.emit(TokenIssued(token_id=str(token_id), permissions=sorted(permissions), days=days))
    return _token(row), text


def own(bank: Bank, actor: Actor) -> Sequence[Token]:
    """One's own tokens, newest first. Raises Forbidden."""
    actor.require(Permission.TOKEN_MANAGE)
    with bank.read(actor) as tx:
        return [_token(row) for row in store.tokens_of(tx, UUID(actor.user_id))]


def revoke(bank: Bank, actor: Actor, token_id: UUID) -> bytes:
    """Revoke one of one's own tokens; returns its digest. Raises NotFound."""
    with bank.write(actor) as tx:
        revoked = store.revoke_token(tx, UUID(actor.user_id), token_id)
        if revoked is None:
            raise NotFound
        tx.emit(TokenRevoked(token_id=str(token_id)))
        return revoked


def verify(bank: Bank, text: str) -> Bearer:
    """The actor a token works as: what it was given, less what its owner has lost since. Raises TokenInvalid."""
    now, machine = bank.clock.now(), Actor.system("session")
    with bank.read(machine) as tx:
        row = store.by_bearer(tx, service.digest(text))
    if row is None or row["expires_at"] <= now:
        raise TokenInvalid
    if row["last_used_at"] is None or now - row["last_used_at"] >= _RENEW:
        with bank.write(machine) as tx:
            store.use_token(tx, row["token_id"])
    owner = service.actor_of_row(row, via="token")
    given = frozenset(Permission(name) for name in row["permissions"] if name in set(Permission))
    return Bearer(replace(owner, permissions=owner.permissions & (given - PERSONAL)), row["expires_at"])


def _token(row: Mapping[Any, Any]) -> Token:
    return Token(
        id=row["id"],
        name=row["name"],
        permissions=frozenset(Permission(name) for name in row["permissions"] if name in set(Permission)),
        created_at=row["created_at"],
        expires_at=row["expires_at"],
        last_used_at=row["last_used_at"],
        revoked_at=row["revoked_at"],
    )
