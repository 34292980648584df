"""What others may ask of exports: ask, answer, fetch. The file is made when it is fetched and never kept."""

import hashlib
from dataclasses import dataclass

from liuke.data import profile
from liuke.insight.segments import desk, service
from liuke.insight.segments import store as segments
from liuke.insight.segments.count import bits
from liuke.insight.segments.count.bits import Bits
from liuke.insight.segments.export import store, write
from liuke.insight.segments.export.model import (
    LASTS,
    LIST_MOST,
    REASON,
    SHEET_MOST,
    Export,
    ExportAsked,
    ExportContent,
    ExportDecided,
    ExportExpired,
    ExportFormat,
    ExportJudged,
    ExportNotAllowed,
    ExportOutdated,
    ExportReasonMissing,
    ExportState,
    ExportTooLarge,
    NotYourExport,
    OwnExport,
    SegmentExported,
    SheetTooLarge,
    UnknownExport,
)
from liuke.insight.segments.members.renew import MACHINE
from liuke.insight.segments.model import Segment, UnknownSegment
from liuke.kernel.actor import Actor, Permission
from liuke.kernel.bank import Bank
from liuke.kernel.clock import BANK_ZONE
from liuke.kernel.page import Page


@dataclass(frozen=True, slots=True)
class File:
    """An export ready to be sent."""

    name: str
    body: bytes
    media_type: str


def ask(
    bank: Bank, actor: Actor, segment_id: int, *, format_: ExportFormat, content: ExportContent, reason: str
) -> Export:
    """Ask to export what the actor may see of a segment.

    Raises: Forbidden, UnknownSegment, ExportReasonMissing, ExportTooLarge, SheetTooLarge.
    """
    actor.require(Permission.SEGMENT_EXPORT)
    why = _reason(reason)
    segment, members = _members(bank, actor, segment_id)
    customers = bits.count(members)
    _require_size(customers, format_, content)
    with bank.write(actor) as tx:
        made = store.add(
            tx,
            segment_id=segment_id,
            version=segment.version,
            format_=format_,
            content=content,
            reason=why,
            customers=customers,
        )
        tx.emit(ExportAsked(export=made.id, segment=segment_id, format=format_, content=content, customers=customers))
    return made


def _reason(text: str) -> str:
    why = " ".join(text.split())
    if len(why) not in REASON:
        raise ExportReasonMissing
    return why


def _require_size(customers: int, format_: ExportFormat, content: ExportContent) -> None:
    if content is ExportContent.LIST and customers > LIST_MOST:
        raise ExportTooLarge(limit=LIST_MOST, customers=customers)
    if format_ is ExportFormat.XLSX and customers > SHEET_MOST:
        raise SheetTooLarge(limit=SHEET_MOST, customers=customers)


def _members(bank: Bank, actor: Actor, segment_id: int) -> tuple[Segment, Bits]:
    """A segment and its members within the actor's scope."""
    with bank.read(MACHINE) as tx:
        segment = segments.read(tx, segment_id)
        if segment is None:
            raise UnknownSegment
        members = desk.standing(bank, tx).members(segment_id)
    return segment, service.seen(bank, actor, members, len(members) * bits.WORD)


def decide(bank: Bank, actor: Actor, export_id: int, *, allow: bool, answer: str) -> Export:
    """Allow or refuse an export somebody else asked for. Raises Forbidden, UnknownExport, OwnExport, ExportDecided."""
    actor.require(Permission.SEGMENT_APPROVE)
    why = _reason(answer)
    with bank.write(actor) as tx:
        held = store.read(tx, export_id)
        if held is None:
            raise UnknownExport
        if held.asked_by == actor.user_id:
            raise OwnExport
        made = store.decide(tx, export_id, ExportState.ALLOWED if allow else ExportState.REFUSED, answer=why)
        if made is None:
            raise ExportDecided
        tx.emit(ExportJudged(export=export_id, segment=made.segment_id, state=made.state))
    return made


def fetch(bank: Bank, actor: Actor, export_id: int) -> File:
    """The file of an allowed export, for whoever asked: within their scope and masked by their role, as it stands now.

    Raises: Forbidden, UnknownExport, NotYourExport, ExportNotAllowed, ExportExpired, ExportOutdated, ExportTooLarge.
    """
    actor.require(Permission.SEGMENT_EXPORT)
    with bank.read(actor) as tx:
        held = store.read(tx, export_id)
    if held is None:
        raise UnknownExport
    _require_fetchable(held, actor, bank)
    segment, members = _members(bank, actor, held.segment_id)
    if segment.version != held.version:
        raise ExportOutdated(version=segment.version)
    customers = bits.count(members)
    _require_size(customers, held.format, held.content)
    body = _body(bank, actor, held, segment, members)
    digest = hashlib.sha256(body).hexdigest()
    with bank.write(actor) as tx:
        store.sign(tx, export_id, customers=customers, digest=digest)
        tx.emit(
            SegmentExported(
                export=export_id,
                segment=segment.id,
                rule_version=segment.version,
                customers=customers,
                digest=digest,
            )
        )
    sheet = held.format is ExportFormat.XLSX
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" if sheet else "text/csv; charset=utf-8"
    return File(f"{segment.name}-{trace(held)}.{held.format}", body, kind)


def _require_fetchable(held: Export, actor: Actor, bank: Bank) -> None:
    if held.asked_by != actor.user_id:
        raise NotYourExport
    if held.state is not ExportState.ALLOWED:
        raise ExportNotAllowed
    if held.expires_at is None or held.expires_at < bank.clock.now():
        raise ExportExpired(days=LASTS.days)


def trace(held: Export) -> str:
    """The number every line of an export carries."""
    return f"KQ{held.asked_at.astimezone(BANK_ZONE):%Y%m%d}-{held.id}"


def _body(bank: Bank, actor: Actor, held: Export, segment: Segment, members: Bits) -> bytes:
    now = bank.clock.now().astimezone(BANK_ZONE)
    who = f"{segment.name} 第 {held.version} 版 · {held.asked_name} · {now:%Y-%m-%d %H:%M}"
    mark = f"{who} · {trace(held)} · 内部资料，禁止外传"
    if held.content is ExportContent.NUMBERS:
        spelled = bank.keys.customer_numbers.spell(bits.numbers(members))
        return write.numbers(spelled, trace=trace(held), mark=mark, format_=held.format)
    page = profile.among(
        bank,
        actor,
        lambda one_ids: bits.has_each(members, one_ids),
        few=bits.numbers(members).tolist(),
        where=f"segment export:{held.id}",
        cursor=None,
        limit=LIST_MOST,
    )
    return write.listing(page.items, trace=trace(held), mark=mark, format_=held.format)


def find(bank: Bank, actor: Actor, *, segment_id: int | None, cursor: str | None, limit: int) -> Page[Export]:
    """Exports: everybody's for who may allow them, else one's own. Raises Forbidden."""
    actor.require(Permission.SEGMENT_READ)
    asked_by = None if actor.may(Permission.SEGMENT_APPROVE) else actor.user_id
    with bank.read(actor) as tx:
        return store.find(tx, segment_id=segment_id, asked_by=asked_by, cursor=cursor, limit=limit)
