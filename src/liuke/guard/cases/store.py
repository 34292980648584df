"""Tables of cases and every statement about them.

Who may see a case is settled by PostgreSQL (policies in the migration); `enter` tells it who is looking. A transaction
that has not entered sees no case at all.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    BigInteger,
    CheckConstraint,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Select,
    Table,
    Text,
    Uuid,
    func,
    insert,
    select,
    text,
    tuple_,
    update,
)
from sqlalchemy import (
    Sequence as NumberSequence,
)
from sqlalchemy.dialects.postgresql import JSONB

from liuke.guard.cases.model import (
    Attachment,
    Case,
    CaseFilter,
    CaseKind,
    CaseState,
    Disposition,
    Priority,
    Queue,
    Step,
)
from liuke.kernel.actor import Actor, Permission
from liuke.kernel.ids import OneId, new_id
from liuke.kernel.page import Page, page_of, read_cursor
from liuke.kernel.store.columns import PiClass, Retention, column, metadata
from liuke.kernel.store.log import event_table
from liuke.kernel.store.records import ReadHandle, WriteHandle

_plain = partial(column, pi=PiClass.NONE, keep=Retention.RECORD)
_person = partial(column, pi=PiClass.C1, keep=Retention.RECORD)
_words = partial(column, pi=PiClass.C2, keep=Retention.RECORD)
_TIME: Final = DateTime(timezone=True)

queue_table = Table(
    "case_queue",
    metadata,
    _plain("name", Text, primary_key=True),
    _plain("title", Text),
    _plain("hours", JSONB),
    _person("members", ARRAY(Text)),
    _plain("roles", ARRAY(Text)),
)

case_table = Table(
    "case_file",
    metadata,
    _plain("id", Uuid, primary_key=True),
    _plain("case_no", Text),
    _plain("kind", Text),
    _plain("queue", Text, ForeignKey("case_queue.name")),
    _words("title", Text),
    _words("summary", Text),
    _person("key", Text),
    _person("subject", BigInteger, nullable=True),
    _plain("priority", Text),
    _plain("state", Text),
    _person("assignee", Text, nullable=True),
    _person("watchers", ARRAY(Text)),
    _person("opened_by", Text),
    _plain("opened_at", _TIME),
    _plain("due_at", _TIME),
    _plain("disposition", Text, nullable=True),
    _words("proposal", Text),
    _person("proposed_by", Text, nullable=True),
    _plain("proposed_at", _TIME, nullable=True),
    _person("closed_by", Text, nullable=True),
    _plain("closed_at", _TIME, nullable=True),
    CheckConstraint("closed_by IS NULL OR closed_by <> proposed_by", name="four_eyes"),
    CheckConstraint(
        "(state = 'closed') = (closed_by IS NOT NULL AND proposed_by IS NOT NULL AND disposition IS NOT NULL)",
        name="closed_whole",
    ),
    Index("ix_case_file_no", "case_no", unique=True),
    Index("ix_case_file_due", "due_at", "id"),
    # One unsettled case a matter: a second alert joins it, whoever raises it.
    Index("ix_case_file_key", "key", unique=True, postgresql_where=text("state <> 'closed'")),
)


def _part(name: str, *columns: Any) -> Table:  # noqa: ANN401  (columns and indexes)
    return Table(
        name,
        metadata,
        _plain("id", Uuid, primary_key=True),
        _plain("case_id", Uuid, ForeignKey("case_file.id")),
        _plain("at", _TIME),
        _person("by", Text),
        *columns,
        Index(f"ix_{name}_case", "case_id", "at"),
    )


note_table = _part("case_note", _plain("step", Text), _words("words", Text))
alert_table = _part("case_alert", _plain("rule", Text), _words("words", Text), _plain("score", Integer, nullable=True))
link_table = _part("case_link", _plain("kind", Text), _person("ref", Text), _words("words", Text))
attachment_table = _part(
    "case_attachment",
    _words("name", Text),
    _plain("media_type", Text),
    _plain("bytes", Integer),
    _plain("sha256", Text),
    _words("content", LargeBinary),
    Index("ix_case_attachment_content", "case_id", "sha256", unique=True),
)

_NUMBER: Final = NumberSequence("case_no_seq")
_ENTER: Final = text(
    "SELECT set_config('liuke.case_user', :user, true), set_config('liuke.case_roles', :roles, true),"
    " set_config('liuke.case_read', :may_read, true), set_config('liuke.case_all', :everything, true)"
)


def enter(tx: ReadHandle, actor: Actor | None = None) -> None:
    """Tell the database who looks at cases until the transaction ends."""
    looking = actor or tx.actor
    tx.one(
        _ENTER,
        {
            "user": looking.user_id,
            "roles": ",".join(sorted(looking.roles)),
            "may_read": "1" if looking.may(Permission.CASE_READ) else "0",
            "everything": "1" if looking.via == "system" else "0",
        },
    )


@contextmanager
def _machine(tx: ReadHandle) -> Iterator[None]:
    """A moment in which the machine looks, whoever acts: to find whether a matter already has a case."""
    enter(tx, Actor.system("cases"))
    yield
    enter(tx)


def queues(tx: ReadHandle) -> dict[str, Queue]:
    """Every queue by name."""
    rows = tx.rows(select(queue_table).order_by(queue_table.c.name))
    return {
        row["name"]: Queue(row["name"], row["title"], row["hours"], tuple(row["members"]), tuple(row["roles"]))
        for row in rows
    }


def set_queue(tx: WriteHandle, queue: Queue) -> None:
    """Set a queue's title, hours and members."""
    values = {"title": queue.title, "hours": dict(queue.hours), "members": list(queue.members)}
    tx.execute(update(queue_table).where(queue_table.c.name == queue.name).values(**values, roles=list(queue.roles)))


def open_case_of(tx: ReadHandle, key: str) -> UUID | None:
    """The unsettled case of a matter, whoever may see it; its key stays locked until the transaction ends."""
    tx.one(select(func.pg_advisory_xact_lock(func.hashtextextended(key, 0))))
    with _machine(tx):
        found: UUID | None = tx.value(
            select(case_table.c.id).where(case_table.c.key == key, case_table.c.state != CaseState.CLOSED)
        )
    return found


def add(tx: WriteHandle, case_id: UUID, facts: Mapping[str, object]) -> str:
    """Open a case; returns its number, e.g. AJ2026000042."""
    number = tx.value(select(_NUMBER.next_value()))
    case_no = f"AJ{tx.clock.today().year}{number:06d}"
    tx.execute(insert(case_table), {"id": case_id, "case_no": case_no} | dict(facts))
    return case_no


def add_part(tx: WriteHandle, table: Table, case_id: UUID, **facts: object) -> UUID:
    """Add a note, alert, link or attachment to a case."""
    part_id = new_id(tx.clock)
    common = {"id": part_id, "case_id": case_id, "at": tx.clock.now(), "by": tx.actor.user_id}
    tx.execute(insert(table), common | facts)
    return part_id


def note(tx: WriteHandle, case_id: UUID, step: Step, words: str) -> None:
    """Write into a case's diary."""
    add_part(tx, note_table, case_id, step=step, words=words)


def change(tx: WriteHandle, case_id: UUID, **values: object) -> None:
    """Change a case."""
    tx.execute(update(case_table).where(case_table.c.id == case_id).values(**values))


def _wide(now: datetime) -> Select[Any]:
    alerts = select(func.count()).where(alert_table.c.case_id == case_table.c.id).scalar_subquery()
    overdue = (case_table.c.state != CaseState.CLOSED) & (case_table.c.due_at < now)
    return select(case_table, overdue.label("overdue"), alerts.label("alerts"))


def read(tx: ReadHandle, case_no: str, now: datetime, *, lock: bool = False) -> Case | None:
    """One case the actor may see."""
    if lock:
        tx.one(select(case_table.c.id).where(case_table.c.case_no == case_no).with_for_update())
    row = tx.one(_wide(now).where(case_table.c.case_no == case_no))
    return _case(row) if row else None


def find(tx: ReadHandle, wanted: CaseFilter, now: datetime, *, cursor: str | None, limit: int) -> Page[Case]:
    """Cases the actor may see, by the time they are due."""
    case = case_table.c
    query = _wide(now).order_by(case.due_at, case.id).limit(limit + 1)
    for held, asked in ((case.queue, wanted.queue), (case.kind, wanted.kind), (case.state, wanted.state)):
        if asked:
            query = query.where(held == asked)
    if wanted.subject is not None:
        query = query.where(case.subject == wanted.subject)
    if wanted.mine:
        query = query.where(case.assignee == tx.actor.user_id)
    if wanted.unsettled or wanted.overdue:
        query = query.where(case.state != CaseState.CLOSED)
    if wanted.overdue:
        query = query.where(case.due_at < now)
    if cursor:
        query = query.where(tuple_(case.due_at, case.id) > _after(cursor))
    rows = [_case(row) for row in tx.rows(query)]
    return page_of(rows, limit=limit, key=lambda found: (found.due_at.isoformat(), str(found.id)))


def _after(cursor: str) -> Any:  # noqa: ANN401
    return tuple_(*read_cursor(cursor, datetime.fromisoformat, UUID))


def _case(row: Mapping[Any, Any]) -> Case:
    facts = {name: row[name] for name in Case.__slots__}
    return Case(
        **facts
        | {
            "kind": CaseKind(row["kind"]),
            "priority": Priority(row["priority"]),
            "state": CaseState(row["state"]),
            "disposition": Disposition(row["disposition"]) if row["disposition"] else None,
            "subject": OneId(row["subject"]) if row["subject"] is not None else None,
            "watchers": tuple(row["watchers"]),
        }
    )


def parts(tx: ReadHandle, table: Table, case_id: UUID) -> Sequence[Mapping[Any, Any]]:
    """The notes, alerts or links of a case, oldest first."""
    return tx.rows(select(table).where(table.c.case_id == case_id).order_by(table.c.at, table.c.id))


_LISTED: Final = [attachment_table.c[name] for name in ("id", "name", "media_type", "bytes", "sha256", "by", "at")]


def attachments(tx: ReadHandle, case_id: UUID) -> list[Attachment]:
    """The files of a case, without their content."""
    query = select(*_LISTED).where(attachment_table.c.case_id == case_id).order_by(attachment_table.c.at)
    return [_attachment(row) for row in tx.rows(query)]


def attachment(tx: ReadHandle, case_id: UUID, attachment_id: UUID) -> tuple[Attachment, bytes] | None:
    """One file of a case with its content."""
    held = attachment_table.c
    row = tx.one(select(*_LISTED, held.content).where(held.id == attachment_id, held.case_id == case_id))
    return (_attachment(row), bytes(row["content"])) if row else None


def _attachment(row: Mapping[Any, Any]) -> Attachment:
    return Attachment(
        row["id"], row["name"], row["media_type"], row["bytes"], row["sha256"], added_by=row["by"], added_at=row["at"]
    )


def known_events(tx: ReadHandle, ids: Iterable[UUID]) -> set[UUID]:
    """Which of the event ids are in the log."""
    return {row["id"] for row in tx.rows(select(event_table.c.id).where(event_table.c.id.in_(set(ids))))}


_STATISTICS: Final = text(
    """
SELECT queue,
  count(*) FILTER (WHERE state <> 'closed') AS unsettled,
  count(*) FILTER (WHERE state = 'open') AS unassigned,
  count(*) FILTER (WHERE state = 'proposed') AS proposed,
  count(*) FILTER (WHERE state <> 'closed' AND due_at < :now) AS overdue,
  count(*) FILTER (WHERE opened_at >= :since) AS opened,
  count(*) FILTER (WHERE closed_at >= :since) AS closed,
  count(*) FILTER (WHERE closed_at >= :since AND closed_at <= due_at) AS on_time,
  count(*) FILTER (WHERE closed_at >= :since AND disposition = 'confirmed') AS confirmed,
  count(*) FILTER (WHERE closed_at >= :since AND disposition = 'dismissed') AS dismissed,
  percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM closed_at - opened_at))
    FILTER (WHERE closed_at >= :since) AS median_seconds
FROM case_file GROUP BY queue ORDER BY queue"""
)


def statistics(tx: ReadHandle, now: datetime, since: datetime) -> Sequence[Mapping[Any, Any]]:
    """Counts by queue over the cases the actor may see."""
    return tx.rows(_STATISTICS, {"now": now, "since": since})


def has_number(tx: ReadHandle, case_no: str) -> bool:
    """Whether the actor may see a case of this number."""
    return tx.value(select(case_table.c.id).where(case_table.c.case_no == case_no)) is not None


def matter_open(tx: ReadHandle, case_id: UUID) -> bool:
    """Whether the matter of a settled case has another case by now."""
    key = tx.value(select(case_table.c.key).where(case_table.c.id == case_id))
    return open_case_of(tx, key) is not None
