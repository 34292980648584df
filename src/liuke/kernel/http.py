"""What every router shares: who is asking, the bank, the shape of wire types, pages and problems.

This is the only kernel module that knows FastAPI.
"""

from typing import Annotated, Any, Final, Generic, TypeVar

from fastapi import Depends, Query, Request
from pydantic import BaseModel, ConfigDict

from liuke.kernel.actor import Actor
from liuke.kernel.bank import Bank
from liuke.kernel.errors import LiukeError, Unauthenticated
from liuke.kernel.page import MAX_LIMIT

T = TypeVar("T")


class Wire(BaseModel):
    """A type on the wire. Output types have no defaults, so that the client's types have no question marks."""

    model_config = ConfigDict(frozen=True, from_attributes=True, extra="forbid")


class WirePage(Wire, Generic[T]):
    """One keyset page of a list; ask for the next with ``cursor=next_cursor``."""

    items: list[T]
    next_cursor: str | None


class Problem(Wire):
    """An error, as RFC 9457 problem+json: ``code`` is stable, ``detail`` is the Chinese sentence to show."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    request_id: str
    facts: dict[str, Any]


async def actor_of(request: Request) -> Actor:
    """The signed-in actor that the session layer put on the request.

    It waits for nothing: ``async`` spares it, and `bank_of`, a thread on every request.

    Raises: Unauthenticated when nobody is signed in.
    """
    actor = getattr(request.state, "actor", None)
    if not isinstance(actor, Actor):
        raise Unauthenticated
    return actor


async def bank_of(request: Request) -> Bank:
    """The bank this server works in."""
    bank: Bank = request.app.state.bank
    return bank


ActorDep = Annotated[Actor, Depends(actor_of)]
BankDep = Annotated[Bank, Depends(bank_of)]
CursorQuery = Annotated[str | None, Query(max_length=512)]
LimitQuery = Annotated[int, Query(ge=1, le=MAX_LIMIT)]


def problems(*errors: type[LiukeError]) -> dict[int | str, dict[str, Any]]:
    """The ``responses`` of a route: which errors it answers with, by status."""
    found: dict[int | str, dict[str, Any]] = {}
    for error in errors:
        found.setdefault(error.status, {"model": Problem, "description": error.__name__})
    return found


#: Errors any signed-in route may answer with.
COMMON: Final = problems(Unauthenticated)
