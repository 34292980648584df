"""Take, answer and close data-subject requests."""

from dataclasses import asdict
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

import orjson
from sqlalchemy import RowMapping

from liuke.data import profile
from liuke.guard.consent import service as consents
from liuke.guard.consent import store as consent_store
from liuke.guard.consent.model import BlockKind, EvidenceMissing, Purpose
from liuke.guard.consent.participants import Kept, participants
from liuke.guard.consent.requests import store
from liuke.guard.consent.requests.model import (
    DUE_DAYS,
    KEPT,
    AnswerMissing,
    CorrectionIncomplete,
    Export,
    RequestClosed,
    RequestKind,
    RequestState,
    SecondPersonNeeded,
    Section,
    StillCustomer,
    SubjectCorrected,
    SubjectErased,
    SubjectExported,
    SubjectRefused,
    SubjectRequest,
    SubjectRequested,
    UnknownRequest,
    WrongKind,
)
from liuke.kernel.actor import Actor, Permission
from liuke.kernel.bank import Bank
from liuke.kernel.ids import OneId, new_id
from liuke.kernel.page import MAX_LIMIT, Page
from liuke.kernel.store.records import ReadHandle, WriteHandle

_WANTED_AT: Final = "subject_request.wanted"
_ANSWER: Final = range(4, 501)
_TEXT: Final = range(1, 201)
_TITLES: Final = {RequestKind.EXPORT: "查阅复制", RequestKind.CORRECT: "更正", RequestKind.ERASE: "删除"}


def ask(
    bank: Bank,
    actor: Actor,
    customer_no: str,
    *,
    kind: RequestKind,
    evidence_ref: str,
    field: str = "",
    wanted: str = "",
) -> SubjectRequest:
    """Take a request. What should stand in a field is kept sealed. It goes to the branch that owns the customer.

    Raises: Forbidden, UnknownCustomer, EvidenceMissing, CorrectionIncomplete.
    """
    actor.require(Permission.CONSENT_EDIT)
    one_id = profile.facts.number_of(bank, customer_no)
    if not consents.proves(evidence_ref):
        raise EvidenceMissing
    if kind is RequestKind.CORRECT and (len(field.strip()) not in _TEXT or len(wanted.strip()) not in _TEXT):
        raise CorrectionIncomplete
    request_id, now = new_id(bank.clock), bank.clock.now()
    with bank.write(actor) as tx:
        branch_no = _branch_of(tx, one_id)
        row: dict[str, Any] = {"id": request_id, "one_id": one_id, "kind": kind, "state": RequestState.OPEN}
        row |= {"evidence_ref": evidence_ref, "branch_no": branch_no, "asked_at": now, "taken_by": actor.user_id}
        row |= {"due_on": bank.clock.today() + timedelta(days=DUE_DAYS)}
        if kind is RequestKind.CORRECT:
            sealed = bank.keys.seal(wanted.strip(), at=_WANTED_AT, subject=int(one_id))
            row |= {"field": field.strip(), "wanted": sealed}
        store.add(tx, row)
        tx.emit(SubjectRequested(subject=one_id, request=str(request_id), wish=kind))
        found = store.read(tx, request_id)
    assert found is not None  # noqa: S101  (it was just made)
    return store.as_request(found)


def _branch_of(tx: WriteHandle, one_id: OneId) -> str:
    known = profile.facts.rows().subquery()
    row = tx.one(known.select().where(known.c.one_id == one_id))
    if row is None:
        raise profile.UnknownCustomer
    return str(row["branch_no"])


def find(
    bank: Bank, actor: Actor, *, customer_no: str | None, state: RequestState | None, cursor: str | None, limit: int
) -> Page[SubjectRequest]:
    """Requests within the actor's scope, latest first."""
    actor.require(Permission.CONSENT_READ)
    one_id = profile.facts.number_of(bank, customer_no) if customer_no else None
    with bank.write(actor) as tx:
        page = store.find(tx, one_id=one_id, state=state, cursor=cursor, limit=limit)
        seen = [int(found.one_id) for found in page.items]
        tx.emit(profile.CustomersListed(where="subject_requests", count=len(seen), one_ids=seen))
    return page


def wanted(bank: Bank, actor: Actor, request_id: UUID) -> str:
    """What a customer wants to stand in the field, for the branch that corrects it; the look is recorded."""
    actor.require(Permission.CONSENT_EDIT)
    with bank.write(actor) as tx:
        row = _open(tx, request_id, RequestKind.CORRECT)
        tx.emit(profile.CustomerRevealed(subject=row["one_id"], field=row["field"], reason="办理客户更正请求"))
    if row["wanted"] is None:
        return ""
    return bank.keys.unseal(row["wanted"], at=_WANTED_AT, subject=int(row["one_id"]))


def export(bank: Bank, actor: Actor, request_id: UUID) -> Export:
    """Everything about the customer who asked, in clear; the request is then done.

    Raises: Forbidden, UnknownRequest, RequestClosed, WrongKind.
    """
    actor.require(Permission.SUBJECT_HANDLE)
    with bank.read(actor) as tx:
        one_id = OneId(_open(tx, request_id, RequestKind.EXPORT)["one_id"])
    customer_no = bank.keys.customer_numbers.encode(one_id)
    page = _clear_page(bank, actor, customer_no)
    with bank.write(actor) as tx:
        _open(tx, request_id, RequestKind.EXPORT)
        told = [_consents(bank, tx, one_id)]
        told += [Section(one.name, one.title, one.export(tx, one_id)) for one in participants()]
        store.close(tx, request_id, RequestState.DONE, answer="已向客户提供副本")
        names = ["profile", *(section.name for section in told)]
        tx.emit(SubjectExported(subject=one_id, request=str(request_id), sections=names))
    sections = (Section("profile", "客户画像", page), *told)
    return Export(customer_no, bank.clock.now(), sections, kept())


def _consents(bank: Bank, tx: ReadHandle, one_id: OneId) -> Section:
    acts = [asdict(entry) for entry in consent_store.entries(tx, one_id)]
    listed = consent_store.blocks(tx, one_id=one_id, kind=None, now=bank.clock.now(), cursor=None, limit=MAX_LIMIT)
    hours = [asdict(quiet) for quiet in consent_store.quiets(tx, one_id)]
    content = {"acts": acts, "blocks": [asdict(block) for block in listed.items], "quiet": hours}
    return Section("consent", "授权与免打扰", content)


def _clear_page(bank: Bank, actor: Actor, customer_no: str) -> object:
    """The 360 page with the customer's own fields in clear: every reveal is recorded."""
    page = orjson.loads(profile.facts.page(bank, actor, customer_no))
    if not page["erased"]:
        reason = "客户本人查阅复制请求"
        shown = (
            orjson.loads(profile.facts.reveal(bank, actor, customer_no, field=field, reason=reason))
            for field in profile.facts.FIELDS
        )
        page["identity"] = {one["field"]: one["values"] for one in shown}
    return page


def correct(bank: Bank, actor: Actor, request_id: UUID, *, answer: str) -> None:
    """Close a correction once the branch has put it right in the source system.

    Raises: Forbidden, UnknownRequest, RequestClosed, WrongKind, AnswerMissing.
    """
    actor.require(Permission.CONSENT_EDIT)
    said = _answer(answer)
    with bank.write(actor) as tx:
        row = _open(tx, request_id, RequestKind.CORRECT)
        store.close(tx, request_id, RequestState.DONE, answer=said)
        tx.emit(SubjectCorrected(subject=row["one_id"], request=str(request_id), field=row["field"]))


def refuse(bank: Bank, actor: Actor, request_id: UUID, *, answer: str) -> None:
    """Close a request that cannot be met, saying why.

    Raises: Forbidden, UnknownRequest, RequestClosed, AnswerMissing.
    """
    actor.require(Permission.SUBJECT_HANDLE)
    said = _answer(answer)
    with bank.write(actor) as tx:
        row = _open(tx, request_id, None)
        store.close(tx, request_id, RequestState.REFUSED, answer=said)
        tx.emit(SubjectRefused(subject=row["one_id"], request=str(request_id)))


def erase(bank: Bank, actor: Actor, request_id: UUID, *, confirmed: bool) -> tuple[Kept, ...]:
    """Destroy the customer's key and what other rooms hold in words; returns what stays, why and until when.

    Done by somebody else than who took the request. A crash in between leaves the request open; doing it again
    finishes it. ``confirmed``: the customer knows that running business goes on.

    Raises: Forbidden, UnknownRequest, RequestClosed, WrongKind, SecondPersonNeeded, StillCustomer.
    """
    actor.require(Permission.SUBJECT_HANDLE)
    with bank.write(actor) as tx:
        row = _open(tx, request_id, RequestKind.ERASE)
        if row["taken_by"] == actor.user_id:
            raise SecondPersonNeeded
        one_id = OneId(row["one_id"])
        if not confirmed:
            _check_left(tx, one_id)
        for one in participants():
            if one.erase is not None:
                one.erase(tx, one_id)
        store.forget_wanted(tx, one_id)
        stopped = [purpose for purpose in Purpose if purpose is not Purpose.LEGAL]
        consents.block(tx, one_id, kind=BlockKind.ERASURE, reason="客户申请删除个人信息", purposes=stopped)
    profile.erase(bank, Actor.system("consent.erase"), bank.keys.customer_numbers.encode(one_id))
    with bank.write(actor) as tx:
        _open(tx, request_id, RequestKind.ERASE)
        store.close(tx, request_id, RequestState.DONE, answer="个人信息已删除，保留事项已告知客户")
        rooms = ["profile", *(one.name for one in participants() if one.erase)]
        tx.emit(SubjectErased(subject=one_id, request=str(request_id), rooms=rooms))
    return kept()


def kept() -> tuple[Kept, ...]:
    """What stays after an erasure, of all rooms."""
    return (*KEPT, *(left for one in participants() for left in one.kept))


def _check_left(tx: WriteHandle, one_id: OneId) -> None:
    known = profile.facts.rows().subquery()
    row = tx.one(known.select().where(known.c.one_id == one_id))
    if row is not None and (row["aum"] or row["loans"] or row["card_balance"]):
        raise StillCustomer(aum=f"{row['aum'] / 100:,.2f}", loans=f"{(row['loans'] + row['card_balance']) / 100:,.2f}")


def _open(tx: ReadHandle, request_id: UUID, kind: RequestKind | None) -> RowMapping:
    row = store.lock(tx, request_id) if isinstance(tx, WriteHandle) else store.read(tx, request_id)
    if row is None:
        raise UnknownRequest
    if row["state"] != RequestState.OPEN:
        raise RequestClosed
    if kind is not None and row["kind"] != kind:
        raise WrongKind(kind=_TITLES[kind])
    return row


def _answer(text: str) -> str:
    said = " ".join(text.split())
    if len(said) not in _ANSWER:
        raise AnswerMissing
    return said
