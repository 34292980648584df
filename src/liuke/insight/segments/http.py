"""Segments over HTTP: the list, the editor's live count, who is in one, how it differs."""

from datetime import date, datetime
from typing import Annotated, Any

import numpy as np
from fastapi import APIRouter, Path, Query
from numpy.typing import NDArray
from pydantic import Field

from liuke.data import profile, tags
from liuke.guard import consent
from liuke.insight.segments import service
from liuke.insight.segments.editor import http as editor_http
from liuke.insight.segments.export import http as export_http
from liuke.insight.segments.look import http as look_http
from liuke.insight.segments.model import (
    CircularSegment,
    Draft,
    OutsidePurpose,
    Segment,
    SegmentInUse,
    SegmentMoved,
    SegmentNameTaken,
    SegmentState,
    UnknownSegment,
)
from liuke.insight.segments.service import Listed
from liuke.insight.segments.templates import http as template_http
from liuke.kernel import rule
from liuke.kernel.actor import Actor
from liuke.kernel.bank import Bank
from liuke.kernel.errors import Forbidden, Invalid
from liuke.kernel.http import COMMON, ActorDep, BankDep, CursorQuery, LimitQuery, Wire, WirePage, problems
from liuke.kernel.rule.model import MAX_CHARS

router = APIRouter(prefix="/api", tags=["segments"], responses=COMMON | problems(Forbidden, Invalid))
routers = (editor_http.router, router, look_http.router, export_http.router, template_http.router)

SegmentId = Annotated[int, Path(ge=1, le=2**62)]
RuleText = Annotated[str, Field(max_length=MAX_CHARS)]


class SegmentOut(Wire):
    """A segment. ``rule_text`` is canonical; ``sentence`` says it in Chinese; ``field`` is how other rules name it."""

    id: int
    code: str
    field: str
    name: str
    meaning: str
    purpose: consent.Purpose
    state: SegmentState
    version: int
    rule_text: str
    sentence: str
    live: bool
    strategy: list[str]
    template: str
    owner: str
    owner_name: str
    created_at: datetime
    changed_at: datetime


class TrendPoint(Wire):
    """The size over the whole bank at the end of a data day."""

    as_of: date
    customers: int


class SegmentRow(Wire):
    """A segment with its size within the asker's scope. ``change`` is over the whole bank, against the day before."""

    segment: SegmentOut
    customers: int
    reachable: int
    change: int | None
    as_of: date | None
    refreshed_at: datetime | None
    fault: str
    trend: list[TrendPoint]


class SegmentDetail(SegmentRow):
    """A segment with its rule as a tree for the visual builder."""

    tree: dict[str, Any]


class SegmentIn(Wire):
    """What a segment is to be. ``live``: events move customers in and out within the second."""

    name: Annotated[str, Field(max_length=80)]
    rule_text: RuleText
    purpose: Annotated[str, Field(max_length=40)]
    meaning: Annotated[str, Field(max_length=2000)] = ""
    note: Annotated[str, Field(max_length=1000)] = ""
    live: bool = False
    strategy: Annotated[tuple[Annotated[str, Field(max_length=2000)], ...], Field(max_length=12)] = ()
    template: Annotated[str, Field(max_length=40)] = ""

    def draft(self) -> Draft:
        """As a noun."""
        return Draft(**self.model_dump())


class SegmentChange(SegmentIn):
    """The next version; ``version`` is the one that was read."""

    version: Annotated[int, Field(ge=1, le=2**31 - 1)]


class MemberRow(Wire):
    """A customer in a segment, the name masked by role; amounts in 分."""

    customer_no: str
    name: str
    tier: str
    aum: int
    aum_mavg: int
    change_3m: int
    branch_name: str
    rm_name: str
    last_contact_at: datetime | None
    as_of: date
    erased: bool


class SegmentVersionOut(Wire):
    """One saved version."""

    version: int
    name: str
    rule_text: str
    sentence: str
    purpose: consent.Purpose
    note: str
    saved_by: str
    saved_name: str
    saved_at: datetime


class SegmentStateIn(Wire):
    """Whether a segment is to be in use."""

    state: SegmentState


class SegmentPlaceOut(Wire):
    """A segment a customer is in, since a data day where that is known."""

    id: int
    name: str
    sentence: str
    purpose: consent.Purpose
    strategy: list[str]
    since: date | None


def members(bank: Bank, actor: Actor, segment_id: int, /) -> NDArray[np.uint8]:
    """Who is in a segment, packed (little bit order), for questions others ask of it. Raises UnknownSegment."""
    return service.inside(bank, actor, segment_id).view(np.uint8)


def segment_out(segment: Segment) -> SegmentOut:
    """A segment on the wire."""
    return SegmentOut.model_validate(segment)


def _row(listed: Listed) -> dict[str, Any]:
    size = listed.size
    facts = {
        name: getattr(size, name) for name in ("customers", "reachable", "change", "as_of", "refreshed_at", "fault")
    }
    trend = [TrendPoint(as_of=day, customers=customers) for day, customers in listed.trend]
    return {"segment": segment_out(listed.segment), "trend": trend, **facts}


def _detail(listed: Listed) -> SegmentDetail:
    tree = rule.to_json(rule.parse(listed.segment.rule_text))
    return SegmentDetail(**_row(listed), tree=tree)


@router.get("/segments")
def list_segments(
    actor: ActorDep,
    bank: BankDep,
    q: Annotated[str, Query(max_length=40)] = "",
    state: SegmentState | None = SegmentState.ACTIVE,
    cursor: CursorQuery = None,
    limit: LimitQuery = 50,
) -> WirePage[SegmentRow]:
    """Segments, latest changed first, sizes within the asker's scope."""
    page = service.find(bank, actor, text=q, state=state, cursor=cursor, limit=limit)
    return WirePage(items=[SegmentRow(**_row(one)) for one in page.items], next_cursor=page.next_cursor)


@router.post("/segments", status_code=201, responses=problems(SegmentNameTaken, CircularSegment, OutsidePurpose))
def create_segment(asked: SegmentIn, actor: ActorDep, bank: BankDep) -> SegmentDetail:
    """Save a new segment; its members are there when this answers."""
    made = service.create(bank, actor, asked.draft())
    return _detail(service.read(bank, actor, made.id))


@router.get("/segments/{segment_id}", responses=problems(UnknownSegment))
def read_segment(segment_id: SegmentId, actor: ActorDep, bank: BankDep) -> SegmentDetail:
    """One segment."""
    return _detail(service.read(bank, actor, segment_id))


@router.put("/segments/{segment_id}", responses=problems(UnknownSegment, SegmentMoved, CircularSegment, OutsidePurpose))
def save_segment(segment_id: SegmentId, asked: SegmentChange, actor: ActorDep, bank: BankDep) -> SegmentDetail:
    """Save the next version; its members are there when this answers."""
    draft = SegmentIn(**asked.model_dump(exclude={"version"})).draft()
    service.save(bank, actor, segment_id, draft, version=asked.version)
    return _detail(service.read(bank, actor, segment_id))


@router.post("/segments/{segment_id}/state", responses=problems(UnknownSegment, SegmentInUse))
def set_segment_state(segment_id: SegmentId, asked: SegmentStateIn, actor: ActorDep, bank: BankDep) -> SegmentDetail:
    """Put a segment out of use, or back into it."""
    service.set_state(bank, actor, segment_id, asked.state)
    return _detail(service.read(bank, actor, segment_id))


@router.post("/segments/{segment_id}/refresh", responses=problems(UnknownSegment, tags.NoSnapshot))
def refresh_segment(segment_id: SegmentId, actor: ActorDep, bank: BankDep) -> SegmentDetail:
    """Compute the members again now."""
    service.refresh_now(bank, actor, segment_id)
    return _detail(service.read(bank, actor, segment_id))


@router.get("/segments/{segment_id}/members", responses=problems(UnknownSegment))
def list_members(
    segment_id: SegmentId, actor: ActorDep, bank: BankDep, cursor: CursorQuery = None, limit: LimitQuery = 50
) -> WirePage[MemberRow]:
    """The members within the asker's scope, largest AUM first."""
    page = service.members(bank, actor, segment_id, cursor=cursor, limit=limit)
    items = [MemberRow(**{name: row[name] for name in MemberRow.model_fields}) for row in page.items]
    return WirePage(items=items, next_cursor=page.next_cursor)


@router.get("/segments/{segment_id}/versions", responses=problems(UnknownSegment))
def list_segment_versions(segment_id: SegmentId, actor: ActorDep, bank: BankDep) -> list[SegmentVersionOut]:
    """Every version, newest first."""
    return [SegmentVersionOut.model_validate(one) for one in service.versions(bank, actor, segment_id)]


@router.get("/customers/{customer_no}/segments", responses=problems(profile.UnknownCustomer))
def list_customer_segments(
    customer_no: Annotated[str, Path(max_length=40)], actor: ActorDep, bank: BankDep
) -> list[SegmentPlaceOut]:
    """The segments a customer is in."""
    return [
        SegmentPlaceOut(
            id=place.segment.id,
            name=place.segment.name,
            sentence=place.segment.sentence,
            purpose=consent.Purpose(place.segment.purpose),
            strategy=list(place.segment.strategy),
            since=place.since,
        )
        for place in service.places(bank, actor, customer_no)
    ]
