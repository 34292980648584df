"""What others may ask of cases: open one, raise an alert, work on it, settle it with two pairs of eyes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from liuke.data import org, products
from liuke.guard.cases import store
from liuke.guard.cases.model import (
    Alert,
    Attachment,
    BadQueue,
    Case,
    CaseAlerted,
    CaseFilter,
    CaseKind,
    CaseMoved,
    CaseOpened,
    CasesListed,
    CaseState,
    CaseViewed,
    Evidence,
    LinkKind,
    NotMember,
    NotYours,
    Priority,
    Queue,
    QueueChanged,
    Step,
    UnknownCase,
    UnknownEvidence,
    UnknownQueue,
    WordsMissing,
    WrongState,
)
from liuke.kernel.actor import Actor, Permission, Role
from liuke.kernel.bank import Bank
from liuke.kernel.ids import OneId, new_id
from liuke.kernel.page import Page
from liuke.kernel.store.records import ReadHandle, WriteHandle

_WORDS: Final = range(2, 2001)
_MAX_TITLE: Final = 120
_MAX_HOURS: Final = 24 * 90
_STATISTICS_DAYS: Final = 30


@dataclass(frozen=True, slots=True)
class Opened:
    """A case that was opened, or joined when the matter already had one; ``case_no`` only when it is new."""

    case_id: UUID
    case_no: str | None


@dataclass(frozen=True, slots=True)
class Dossier:
    """A case with everything in it; rows of notes, alerts and links as stored, oldest first."""

    case: Case
    notes: Sequence[Any]
    alerts: Sequence[Any]
    links: Sequence[Any]
    attachments: Sequence[Attachment]


def alert(tx: WriteHandle, found: Alert) -> Opened:
    """Raise an alert: it joins the unsettled case of the same matter, or opens one. Anybody's code may raise one.

    Raises: UnknownQueue, UnknownEvidence.
    """
    key = found.key or f"{found.kind}:{found.rule}:{found.subject if found.subject is not None else new_id(tx.clock)}"
    case_id, case_no = store.open_case_of(tx, key), None
    if case_id is None:
        opened = open_case(
            tx,
            found.kind,
            title=found.words[:_MAX_TITLE],
            subject=found.subject,
            priority=found.priority,
            queue=found.queue,
            key=key,
        )
        case_id, case_no = opened.case_id, opened.case_no
    store.add_part(tx, store.alert_table, case_id, rule=found.rule, words=found.words, score=found.score)
    _link(tx, case_id, found.evidence)
    store.note(tx, case_id, Step.ALERTED, found.words)
    tx.emit(CaseAlerted(case_id=str(case_id), rule=found.rule))
    return Opened(case_id, case_no)


def open_case(
    tx: WriteHandle,
    kind: CaseKind,
    *,
    title: str,
    subject: OneId | None = None,
    evidence: Sequence[Evidence] = (),
    summary: str = "",
    priority: Priority = Priority.NORMAL,
    queue: str = "",
    key: str = "",
    assignee: str | None = None,
) -> Opened:
    """Open a case in a queue (that of its kind unless named); due by the clock and the queue's hours.

    Raises: UnknownQueue, UnknownEvidence, WordsMissing.
    """
    store.enter(tx)
    line = store.queues(tx).get(queue or kind)
    if line is None:
        raise UnknownQueue(queue=queue)
    case_id, now = new_id(tx.clock), tx.clock.now()
    facts: dict[str, object] = {
        "kind": kind,
        "queue": line.name,
        "title": _said(title)[:_MAX_TITLE],
        "summary": summary.strip()[: _WORDS[-1]],
        "key": key or str(case_id),
        "subject": subject,
        "priority": priority,
        "state": CaseState.WORKING if assignee else CaseState.OPEN,
        "assignee": assignee,
        "watchers": [],
        "opened_by": tx.actor.user_id,
        "opened_at": now,
        "due_at": due(line, priority, now),
        "proposal": "",
    }
    case_no = store.add(tx, case_id, facts)
    store.note(tx, case_id, Step.OPENED, "")
    _link(tx, case_id, evidence)
    tx.emit(CaseOpened(case_id=str(case_id), case_kind=kind, queue=line.name))
    return Opened(case_id, case_no)


def due(queue: Queue, priority: Priority, opened_at: datetime) -> datetime:
    """When a case of this queue and priority must be settled."""
    return opened_at + timedelta(hours=queue.hours[priority])


def find(bank: Bank, actor: Actor, wanted: CaseFilter, *, cursor: str | None, limit: int) -> Page[Case]:
    """Cases the actor may see, the soonest due first. The look is recorded."""
    actor.require(Permission.CASE_READ)
    with bank.write(actor) as tx:
        store.enter(tx)
        page = store.find(tx, wanted, bank.clock.now(), cursor=cursor, limit=limit)
        tx.emit(CasesListed(case_ids=[str(case.id) for case in page.items]))
        return page


def read(bank: Bank, actor: Actor, case_no: str) -> Dossier:
    """A case with its diary, alerts, links and files. The look is recorded. Raises UnknownCase."""
    actor.require(Permission.CASE_READ)
    with bank.write(actor) as tx:
        case = seen(tx, case_no)
        tx.emit(CaseViewed(case_id=str(case.id), part="page"))
        tables = (store.note_table, store.alert_table, store.link_table)
        notes, alerts, links = (store.parts(tx, table, case.id) for table in tables)
        return Dossier(case, notes, alerts, links, store.attachments(tx, case.id))


def take(bank: Bank, actor: Actor, case_no: str, attachment_id: UUID) -> tuple[Attachment, bytes]:
    """A file of a case. The look is recorded. Raises UnknownCase."""
    actor.require(Permission.CASE_READ)
    with bank.write(actor) as tx:
        case = seen(tx, case_no)
        found = store.attachment(tx, case.id, attachment_id)
        if found is None:
            raise UnknownCase
        tx.emit(CaseViewed(case_id=str(case.id), part=f"attachment:{found[0].sha256[:16]}"))
        return found


def queues(bank: Bank, actor: Actor) -> list[Queue]:
    """Every queue."""
    actor.require(Permission.CASE_READ)
    with bank.read(actor) as tx:
        return list(store.queues(tx).values())


def set_queue(bank: Bank, actor: Actor, queue: Queue) -> Queue:
    """Set a queue's title, hours and members. Raises UnknownQueue, BadQueue."""
    actor.require(Permission.CASE_CLOSE)
    _check_queue(queue)
    with bank.write(actor) as tx:
        if queue.name not in store.queues(tx):
            raise UnknownQueue(queue=queue.name)
        store.set_queue(tx, queue)
        changed = QueueChanged(
            queue=queue.name, members=list(queue.members), roles=list(queue.roles), hours=dict(queue.hours)
        )
        tx.emit(changed)
    return queue


def _check_queue(queue: Queue) -> None:
    if not queue.title.strip():
        raise BadQueue(reason="名称不能为空")
    if set(queue.hours) != set(Priority) or not all(1 <= hours <= _MAX_HOURS for hours in queue.hours.values()):
        raise BadQueue(reason=f"四种紧急程度都要有时限，1 至 {_MAX_HOURS} 小时")
    if not set(queue.roles) <= set(Role):
        raise BadQueue(reason="有不存在的角色")
    if not queue.members and not queue.roles:
        raise BadQueue(reason="至少要有一名成员或一个角色，否则案件无人可见")


def names(bank: Bank, actor: Actor) -> dict[str, str]:
    """Id and shown name of everybody a case may be given to."""
    actor.require(Permission.CASE_READ)
    with bank.read(actor) as tx:
        return org.holders(tx, Permission.CASE_WORK)


def statistics(bank: Bank, actor: Actor) -> list[dict[str, Any]]:
    """Counts by queue over what the actor may see: now, and of the last 30 days."""
    actor.require(Permission.CASE_READ)
    now = bank.clock.now()
    with bank.read(actor) as tx:
        store.enter(tx)
        titles = {queue.name: queue.title for queue in store.queues(tx).values()}
        rows = store.statistics(tx, now, now - timedelta(days=_STATISTICS_DAYS))
    return [{**row, "title": titles[row["queue"]]} for row in rows]


def seen(tx: ReadHandle, case_no: str, *, now: datetime | None = None, lock: bool = False) -> Case:
    """A case the actor may see. Raises UnknownCase, the same whether it is not there or not theirs to see."""
    store.enter(tx)
    moment = now or (tx.clock.now() if isinstance(tx, WriteHandle) else None)
    if moment is None:
        raise TypeError("a read handle needs now=")
    case = store.read(tx, case_no, moment, lock=lock)
    if case is None:
        raise UnknownCase
    return case


def held(tx: WriteHandle, case_no: str, *states: CaseState) -> Case:
    """A case locked for work by its assignee or a queue member, in one of the states. Raises NotYours, WrongState."""
    tx.actor.require(Permission.CASE_WORK)
    case = seen(tx, case_no, lock=True)
    if case.assignee != tx.actor.user_id and not member(tx, case.queue):
        raise NotYours
    if states and case.state not in states:
        raise WrongState(state=case.state)
    return case


def member(tx: ReadHandle, queue: str) -> bool:
    """Whether the actor belongs to a queue."""
    line, actor = store.queues(tx)[queue], tx.actor
    named = actor.user_id in line.members or bool(actor.roles & set(line.roles))
    return actor.via == "system" or (actor.may(Permission.CASE_READ) and named)


def require_member(tx: ReadHandle, queue: str) -> None:
    """Raises NotMember."""
    if not member(tx, queue):
        raise NotMember(queue=queue)


def moved(tx: WriteHandle, case: Case, step: Step, words: str, **facts: str) -> None:
    """Write a step into the diary and the event log; the event holds codes only."""
    store.note(tx, case.id, step, words)
    tx.emit(CaseMoved(case_id=str(case.id), step=step, facts=facts))


def _said(words: str) -> str:
    said = " ".join(words.split())
    if len(said) not in _WORDS:
        raise WordsMissing
    return said


def link(tx: WriteHandle, case: Case, evidence: Evidence) -> None:
    """Link a piece of evidence. Raises UnknownEvidence."""
    _link(tx, case.id, (evidence,))
    moved(tx, case, Step.LINKED, evidence.words, kind=evidence.kind)


def _link(tx: WriteHandle, case_id: UUID, evidence: Sequence[Evidence]) -> None:
    for piece in evidence:
        if not _exists(tx, piece):
            raise UnknownEvidence(what=_CALLED[piece.kind], ref=piece.ref)
        store.add_part(tx, store.link_table, case_id, kind=piece.kind, ref=piece.ref, words=piece.words)


_CALLED: Final = {
    LinkKind.EVENT: "事件",
    LinkKind.CUSTOMER: "客户",
    LinkKind.PRODUCT: "产品",
    LinkKind.CASE: "案件",
}


def _exists(tx: ReadHandle, piece: Evidence) -> bool:
    match piece.kind:
        case LinkKind.EVENT:
            try:
                return bool(store.known_events(tx, [UUID(piece.ref)]))
            except ValueError:
                return False
        case LinkKind.PRODUCT:
            return piece.ref in products.by_numbers(tx, [piece.ref])
        case LinkKind.CASE:
            return store.has_number(tx, piece.ref)
        case LinkKind.CUSTOMER:
            return piece.ref.isdecimal()
