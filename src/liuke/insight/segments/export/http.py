"""Exports over HTTP: ask, answer, fetch."""

from datetime import datetime
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Path, Query, Response
from pydantic import Field

from liuke.insight.segments.export import service
from liuke.insight.segments.export.model import (
    Export,
    ExportContent,
    ExportDecided,
    ExportFormat,
    ExportNotAllowed,
    ExportState,
    ExportTooLarge,
    UnknownExport,
)
from liuke.insight.segments.model import UnknownSegment
from liuke.kernel.actor import Actor
from liuke.kernel.errors import Forbidden
from liuke.kernel.http import COMMON, ActorDep, BankDep, CursorQuery, LimitQuery, Wire, WirePage, problems

router = APIRouter(prefix="/api", tags=["segments"], responses=COMMON | problems(Forbidden))

ExportId = Annotated[int, Path(ge=1, le=2**62)]
ReasonIn = Annotated[str, Field(max_length=400)]


class SegmentExportIn(Wire):
    """What is asked for, and what it is for."""

    format: ExportFormat
    content: ExportContent
    reason: ReasonIn


class ExportAnswerIn(Wire):
    """Whether an export may leave the house, and why."""

    allow: bool
    answer: ReasonIn


class SegmentExportOut(Wire):
    """An export. ``mine``: the asker is whoever looks; only they may fetch it."""

    id: int
    segment_id: int
    version: int
    format: ExportFormat
    content: ExportContent
    reason: str
    state: ExportState
    asked_by: str
    asked_name: str
    asked_at: datetime
    decided_by: str
    decided_name: str
    answer: str
    decided_at: datetime | None
    customers: int
    digest: str
    expires_at: datetime | None
    mine: bool


def _out(one: Export, actor: Actor) -> SegmentExportOut:
    facts = {name: getattr(one, name) for name in SegmentExportOut.model_fields if name != "mine"}
    return SegmentExportOut(**facts, mine=one.asked_by == actor.user_id)


@router.post("/segments/{segment_id}/exports", status_code=201, responses=problems(UnknownSegment, ExportTooLarge))
def ask_export(
    segment_id: Annotated[int, Path(ge=1, le=2**62)], asked: SegmentExportIn, actor: ActorDep, bank: BankDep
) -> SegmentExportOut:
    """Ask to export what the asker may see of a segment; somebody else must allow it."""
    made = service.ask(bank, actor, segment_id, format_=asked.format, content=asked.content, reason=asked.reason)
    return _out(made, actor)


@router.get("/segment-exports")
def list_exports(
    actor: ActorDep,
    bank: BankDep,
    segment_id: Annotated[int | None, Query(ge=1, le=2**62)] = None,
    cursor: CursorQuery = None,
    limit: LimitQuery = 50,
) -> WirePage[SegmentExportOut]:
    """Exports, newest first: one's own, or everybody's for who may allow them."""
    page = service.find(bank, actor, segment_id=segment_id, cursor=cursor, limit=limit)
    return WirePage(items=[_out(one, actor) for one in page.items], next_cursor=page.next_cursor)


@router.post("/segment-exports/{export_id}/answer", responses=problems(UnknownExport, ExportDecided))
def answer_export(export_id: ExportId, asked: ExportAnswerIn, actor: ActorDep, bank: BankDep) -> SegmentExportOut:
    """Allow or refuse an export that somebody else asked for."""
    return _out(service.decide(bank, actor, export_id, allow=asked.allow, answer=asked.answer), actor)


@router.get(
    "/segment-exports/{export_id}/file",
    response_class=Response,
    responses=problems(UnknownExport, ExportNotAllowed) | {200: {"content": {"application/octet-stream": {}}}},
)
def fetch_export(export_id: ExportId, actor: ActorDep, bank: BankDep) -> Response:
    """The file of an allowed export, for whoever asked."""
    file = service.fetch(bank, actor, export_id)
    named = f"attachment; filename*=UTF-8''{quote(file.name)}"
    return Response(file.body, media_type=file.media_type, headers={"content-disposition": named})
