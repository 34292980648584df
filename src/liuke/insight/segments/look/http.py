"""How a segment differs, overlaps and moved, over HTTP: sums, no customer."""

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Path, Query

from liuke.data import tags
from liuke.insight.segments import service as segments
from liuke.insight.segments.look import service
from liuke.insight.segments.model import Cause, UnknownSegment
from liuke.kernel.errors import Forbidden
from liuke.kernel.http import COMMON, ActorDep, BankDep, Wire, problems

router = APIRouter(prefix="/api/segments", tags=["segments"], responses=COMMON | problems(Forbidden, UnknownSegment))

SegmentId = Annotated[int, Path(ge=1, le=2**62)]


class SegmentContrastOut(Wire):
    """A trait; shares are 0–1 of those with a value, ``lift`` their ratio."""

    field: str
    label: str
    sign: str
    value: str
    share: float
    bank_share: float
    lift: float


class SegmentOverlapOut(Wire):
    """Customers shared with another segment, 0–1 of this one and of the other."""

    id: int
    name: str
    customers: int
    share: float
    other_share: float
    jaccard: float


class SegmentRefreshOut(Wire):
    """Membership computed once, over the whole bank."""

    id: int
    version: int
    as_of: date
    at: datetime
    cause: Cause
    customers: int
    reachable: int
    joined: int
    gone: int


@router.get("/{segment_id}/profile", responses=problems(tags.NoSnapshot))
def read_contrasts(
    segment_id: SegmentId, actor: ActorDep, bank: BankDep, limit: Annotated[int, Query(ge=1, le=80)] = 12
) -> list[SegmentContrastOut]:
    """The traits that tell the segment from the asker's customers, the most telling first."""
    return [SegmentContrastOut.model_validate(one) for one in service.profile(bank, actor, segment_id, limit=limit)]


@router.get("/{segment_id}/overlaps")
def list_overlaps(segment_id: SegmentId, actor: ActorDep, bank: BankDep) -> list[SegmentOverlapOut]:
    """What the segment shares with each other, the most alike first."""
    return [
        SegmentOverlapOut(
            id=other.id,
            name=other.name,
            customers=shared.customers,
            share=shared.share,
            other_share=shared.other_share,
            jaccard=shared.jaccard,
        )
        for other, shared in service.overlaps(bank, actor, segment_id)
    ]


@router.get("/{segment_id}/refreshes")
def list_refreshes(segment_id: SegmentId, actor: ActorDep, bank: BankDep) -> list[SegmentRefreshOut]:
    """How membership moved with each refresh, newest first."""
    return [SegmentRefreshOut.model_validate(one) for one in segments.history(bank, actor, segment_id)]
