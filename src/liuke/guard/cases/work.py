"""The steps of a case: assign, note, link, watch, attach, propose, decide, reopen."""

from dataclasses import replace
from typing import Final

from liuke.data import org
from liuke.guard.cases import attach as files
from liuke.guard.cases import service, store
from liuke.guard.cases.model import (
    Attachment,
    BadAssignee,
    Case,
    CaseClosed,
    CaseKind,
    CaseState,
    Disposition,
    Evidence,
    MatterOpen,
    Priority,
    SameEyes,
    Step,
    TooManyAttachments,
    WordsMissing,
    WrongState,
)
from liuke.kernel.actor import Actor, Permission
from liuke.kernel.bank import Bank
from liuke.kernel.ids import OneId
from liuke.kernel.store.records import WriteHandle

_UNSETTLED: Final = (CaseState.OPEN, CaseState.WORKING, CaseState.PROPOSED)
_WORDS: Final = range(2, 2001)


def start(
    bank: Bank,
    actor: Actor,
    kind: CaseKind,
    *,
    title: str,
    summary: str,
    subject: OneId | None,
    priority: Priority,
    queue: str,
) -> Case:
    """Open a case by hand; who opens it works on it until it is given away. Raises UnknownQueue, WordsMissing."""
    actor.require(Permission.CASE_WORK)
    with bank.write(actor) as tx:
        opened = service.open_case(
            tx,
            kind,
            title=title,
            summary=summary,
            subject=subject,
            priority=priority,
            queue=queue,
            assignee=actor.user_id,
        )
        return service.seen(tx, opened.case_no or "")


def assign(bank: Bank, actor: Actor, case_no: str, *, assignee: str | None) -> Case:
    """Give a case to somebody who may work on cases, or back to the queue (None). Queue members only.

    Raises: UnknownCase, NotMember, BadAssignee, WrongState.
    """
    with bank.write(actor) as tx:
        case = service.held(tx, case_no, *_UNSETTLED)
        service.require_member(tx, case.queue)
        if assignee is not None and assignee not in org.holders(tx, Permission.CASE_WORK):
            raise BadAssignee
        state = (
            CaseState.PROPOSED
            if case.state is CaseState.PROPOSED
            else CaseState.WORKING
            if assignee
            else CaseState.OPEN
        )
        store.change(tx, case.id, assignee=assignee, state=state)
        service.moved(tx, case, Step.ASSIGNED, "", assignee=assignee or "")
        return replace(case, assignee=assignee, state=state)


def note(bank: Bank, actor: Actor, case_no: str, *, words: str) -> None:
    """Write into the diary. Raises UnknownCase, NotYours, WordsMissing."""
    said = _said(words)
    with bank.write(actor) as tx:
        case = service.held(tx, case_no, *_UNSETTLED)
        service.moved(tx, case, Step.NOTED, said)


def link(bank: Bank, actor: Actor, case_no: str, evidence: Evidence) -> None:
    """Link an event, customer, product or other case. Raises UnknownCase, NotYours, UnknownEvidence."""
    with bank.write(actor) as tx:
        service.link(tx, service.held(tx, case_no, *_UNSETTLED), evidence)


def watch(bank: Bank, actor: Actor, case_no: str, *, watchers: tuple[str, ...]) -> Case:
    """Name exactly who else may see the case. Queue members only. Raises NotMember, BadAssignee."""
    with bank.write(actor) as tx:
        case = service.held(tx, case_no, *_UNSETTLED)
        service.require_member(tx, case.queue)
        if not set(watchers) <= org.holders(tx, Permission.CASE_READ).keys():
            raise BadAssignee
        store.change(tx, case.id, watchers=sorted(set(watchers)))
        service.moved(tx, case, Step.WATCHED, "", watchers=",".join(sorted(set(watchers))))
        return replace(case, watchers=tuple(sorted(set(watchers))))


def attach(bank: Bank, actor: Actor, case_no: str, *, name: str, content: bytes) -> Attachment:
    """Add a file; the same content twice is one file. Raises AttachmentTooLarge, AttachmentRefused."""
    good = files.checked(name, content)
    with bank.write(actor) as tx:
        case = service.held(tx, case_no, *_UNSETTLED)
        there = store.attachments(tx, case.id)
        for held in there:
            if held.sha256 == good.sha256:
                return held
        if len(there) >= files.MAX_FILES:
            raise TooManyAttachments(limit=files.MAX_FILES)
        facts = {"name": good.name, "media_type": good.media_type, "bytes": len(content), "sha256": good.sha256}
        made = store.add_part(tx, store.attachment_table, case.id, **facts, content=content)
        service.moved(tx, case, Step.ATTACHED, good.name, sha256=good.sha256)
        now = tx.clock.now()
    return Attachment(made, good.name, good.media_type, len(content), good.sha256, added_by=actor.user_id, added_at=now)


def propose(bank: Bank, actor: Actor, case_no: str, *, disposition: Disposition, words: str) -> Case:
    """Propose how to settle a case; somebody else decides. Raises NotYours, WrongState, WordsMissing."""
    said = _said(words)
    with bank.write(actor) as tx:
        case = service.held(tx, case_no, CaseState.OPEN, CaseState.WORKING)
        changed = {"disposition": disposition, "proposal": said, "proposed_by": actor.user_id}
        now = tx.clock.now()
        store.change(tx, case.id, state=CaseState.PROPOSED, proposed_at=now, **changed)
        service.moved(tx, case, Step.PROPOSED, said, disposition=disposition)
        return service.seen(tx, case_no)


def decide(bank: Bank, actor: Actor, case_no: str, *, agreed: bool, words: str) -> Case:
    """Settle a case as proposed, or send it back. Never by who proposed. Raises SameEyes, WrongState, WordsMissing."""
    actor.require(Permission.CASE_CLOSE)
    said = _said(words)
    with bank.write(actor) as tx:
        case = service.seen(tx, case_no, lock=True)
        if case.state is not CaseState.PROPOSED or case.proposed_by is None or case.disposition is None:
            raise WrongState(state=case.state)
        if case.proposed_by == actor.user_id:
            raise SameEyes
        if agreed:
            store.change(tx, case.id, state=CaseState.CLOSED, closed_by=actor.user_id, closed_at=tx.clock.now())
            tx.emit(CaseClosed(case_id=str(case.id), disposition=case.disposition, proposed_by=case.proposed_by))
            service.moved(tx, case, Step.CLOSED, said, disposition=case.disposition)
        else:
            _back_to_work(tx, case)
            service.moved(tx, case, Step.RETURNED, said)
        return service.seen(tx, case_no)


def reopen(bank: Bank, actor: Actor, case_no: str, *, words: str) -> Case:
    """Take a settled case up again, due anew. Raises NotMember, WrongState, WordsMissing, MatterOpen."""
    actor.require(Permission.CASE_CLOSE)
    said = _said(words)
    with bank.write(actor) as tx:
        case = service.seen(tx, case_no, lock=True)
        service.require_member(tx, case.queue)
        if case.state is not CaseState.CLOSED:
            raise WrongState(state=case.state)
        if store.matter_open(tx, case.id):
            raise MatterOpen
        _back_to_work(tx, case, due_at=service.due(store.queues(tx)[case.queue], case.priority, tx.clock.now()))
        service.moved(tx, case, Step.REOPENED, said)
        return service.seen(tx, case_no)


def _back_to_work(tx: WriteHandle, case: Case, **values: object) -> None:
    state = CaseState.WORKING if case.assignee else CaseState.OPEN
    undone = dict.fromkeys(("disposition", "proposed_by", "proposed_at", "closed_by", "closed_at"))
    store.change(tx, case.id, state=state, proposal="", **undone, **values)


def _said(words: str) -> str:
    said = " ".join(words.split())
    if len(said) not in _WORDS:
        raise WordsMissing
    return said
