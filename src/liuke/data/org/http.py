"""Branches and staff over HTTP. `users.http` and `session.http` are the other two doors of this capability."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query

from liuke.data.org import service
from liuke.data.org.model import BranchLevel, StaffFilter, StaffStatus
from liuke.data.org.session.http import router as session_router
from liuke.data.org.session.http import tokens_router
from liuke.data.org.session.middleware import SessionMiddleware
from liuke.data.org.users.http import router as users_router
from liuke.kernel.errors import Forbidden
from liuke.kernel.http import COMMON, ActorDep, BankDep, CursorQuery, LimitQuery, Wire, WirePage, problems

__all__ = ["SessionMiddleware", "router", "routers"]

router = APIRouter(prefix="/api", tags=["org"])

Text = Annotated[str, Query(max_length=40)]
Number = Annotated[str | None, Query(max_length=32)]


class BranchOut(Wire):
    """A branch; ``path`` is its place in the tree, e.g. ``HO/0571/003/``."""

    branch_no: str
    parent_no: str | None
    name: str
    level: BranchLevel
    path: str
    province: str
    city: str
    district: str
    address: str
    longitude: float | None
    latitude: float | None
    active: bool
    staff_count: int


class StaffOut(Wire):
    """A member of staff; ``book_size`` counts the customers of their book that the asker may see."""

    staff_no: str
    name: str
    branch_no: str
    branch_name: str
    position: str
    status: StaffStatus
    hired_on: date | None
    left_on: date | None
    book_size: int
    login: str | None


@router.get("/branches", responses=COMMON | problems(Forbidden))
def list_branches(
    actor: ActorDep,
    bank: BankDep,
    q: Text = "",
    under: Number = None,
    active: bool | None = None,
    cursor: CursorQuery = None,
    limit: LimitQuery = 200,
) -> WirePage[BranchOut]:
    """Branches in tree order (a parent, then all below it); ``under`` is a branch and everything below it."""
    page = service.find_branches(bank, actor, text=q, under=under, active=active, cursor=cursor, limit=limit)
    return WirePage(items=[BranchOut.model_validate(branch) for branch in page.items], next_cursor=page.next_cursor)


@router.get("/staff", responses=COMMON | problems(Forbidden))
def list_staff(
    actor: ActorDep,
    bank: BankDep,
    q: Text = "",
    under: Number = None,
    position: Text = "",
    status: StaffStatus | None = None,
    cursor: CursorQuery = None,
    limit: LimitQuery = 50,
) -> WirePage[StaffOut]:
    """Staff by number; ``q`` finds number or name, ``under`` a branch and everything below it."""
    wanted = StaffFilter(text=q, under=under, position=position, status=status)
    page = service.find_staff(bank, actor, wanted, cursor=cursor, limit=limit)
    return WirePage(items=[StaffOut.model_validate(member) for member in page.items], next_cursor=page.next_cursor)


#: All routers of this capability, for wiring.
routers = (session_router, tokens_router, router, users_router)
