"""Tables of branches, staff and assignments, and every statement about them."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any, Final

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    Date,
    DateTime,
    Double,
    Identity,
    Index,
    Select,
    Table,
    Text,
    and_,
    cast,
    func,
    insert,
    literal,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import insert as upsert

from liuke.data.org.model import Assignment, Branch, BranchLevel, Staff, StaffFilter, StaffStatus
from liuke.kernel.ids import OneId
from liuke.kernel.page import Page, decode_cursor, page_of
from liuke.kernel.store.columns import PiClass, Retention, column, metadata
from liuke.kernel.store.records import ReadHandle, WriteHandle
from liuke.kernel.store.scope import scoped

_plain = partial(column, pi=PiClass.NONE, keep=Retention.PERMANENT)

branch_table = Table(
    "branch",
    metadata,
    _plain("branch_no", Text, primary_key=True),
    _plain("parent_no", Text, nullable=True),
    _plain("name", Text),
    _plain("level", Text),
    _plain("path", Text),
    _plain("province", Text),
    _plain("city", Text),
    _plain("district", Text),
    _plain("address", Text),
    _plain("longitude", Double, nullable=True),
    _plain("latitude", Double, nullable=True),
    _plain("active", Boolean),
    _plain("changed_at", DateTime(timezone=True)),
    Index("ix_branch_path", "path", postgresql_ops={"path": "text_pattern_ops"}),
)

staff_table = Table(
    "staff",
    metadata,
    column("staff_no", Text, primary_key=True, pi=PiClass.C1, keep=Retention.RECORD),
    column("name", Text, pi=PiClass.C2, keep=Retention.RECORD),
    column("branch_no", Text, pi=PiClass.C1, keep=Retention.RECORD),
    column("position", Text, pi=PiClass.C1, keep=Retention.RECORD),
    column("status", Text, pi=PiClass.C1, keep=Retention.RECORD),
    column("hired_on", Date, nullable=True, pi=PiClass.C1, keep=Retention.RECORD),
    column("left_on", Date, nullable=True, pi=PiClass.C1, keep=Retention.RECORD),
    column("changed_at", DateTime(timezone=True), pi=PiClass.NONE, keep=Retention.RECORD),
    Index("ix_staff_branch_no", "branch_no"),
)

assignment_table = Table(
    "assignment",
    metadata,
    column("id", BigInteger, Identity(always=True), primary_key=True, pi=PiClass.NONE, keep=Retention.RELATION),
    column("one_id", BigInteger, pi=PiClass.C1, keep=Retention.RELATION),
    column("rm_no", Text, nullable=True, pi=PiClass.C1, keep=Retention.RELATION),
    column("branch_no", Text, pi=PiClass.C1, keep=Retention.RELATION),
    column("branch_path", Text, pi=PiClass.C1, keep=Retention.RELATION),
    column("source", Text, pi=PiClass.NONE, keep=Retention.RELATION),
    column("since", DateTime(timezone=True), pi=PiClass.C1, keep=Retention.RELATION),
    column("ended", DateTime(timezone=True), nullable=True, pi=PiClass.C1, keep=Retention.RELATION),
    Index("ix_assignment_current", "one_id", unique=True, postgresql_where=text("ended IS NULL")),
    Index("ix_assignment_history", "one_id", "since"),
    Index("ix_assignment_book", "rm_no", "one_id", postgresql_where=text("ended IS NULL")),
    Index(
        "ix_assignment_branch_path",
        "branch_path",
        postgresql_ops={"branch_path": "text_pattern_ops"},
        postgresql_where=text("ended IS NULL"),
    ),
)

_CURRENT: Final = assignment_table.c.ended.is_(None)


def branch_paths(tx: ReadHandle) -> dict[str, str]:
    """The path of every branch by its number, closed ones too."""
    return {row["branch_no"]: row["path"] for row in tx.rows(select(branch_table.c.branch_no, branch_table.c.path))}


def active_branches(tx: ReadHandle) -> set[str]:
    """Numbers of the branches that are open."""
    return {row["branch_no"] for row in tx.rows(select(branch_table.c.branch_no).where(branch_table.c.active))}


def save_branches(tx: WriteHandle, rows: Sequence[Mapping[str, object]]) -> None:
    """Insert or update branches by number, and bring the path beside every assignment up to date."""
    _upsert(tx, branch_table, "branch_no", rows)
    moved = and_(
        assignment_table.c.branch_no == branch_table.c.branch_no, assignment_table.c.branch_path != branch_table.c.path
    )
    tx.execute(update(assignment_table).where(moved).values(branch_path=branch_table.c.path))


def close_branches(tx: WriteHandle, numbers: Sequence[str]) -> None:
    """Mark branches as closed; they keep their place in the tree."""
    tx.execute(
        update(branch_table)
        .where(branch_table.c.branch_no.in_(numbers))
        .values(active=False, changed_at=tx.clock.now())
    )


def find_branches(
    tx: ReadHandle, *, words: str, under: str | None, active: bool | None, cursor: str | None, limit: int
) -> Page[Branch]:
    """Branches in tree order."""
    staffed = (
        select(func.count())
        .where(staff_table.c.branch_no == branch_table.c.branch_no, staff_table.c.status == StaffStatus.ACTIVE)
        .scalar_subquery()
    )
    query = select(branch_table, staffed.label("staff_count")).order_by(branch_table.c.path).limit(limit + 1)
    if words:
        query = query.where(
            or_(
                branch_table.c.name.contains(words, autoescape=True),
                branch_table.c.branch_no.startswith(words, autoescape=True),
            )
        )
    if under is not None:
        query = query.where(_below(under))
    if active is not None:
        query = query.where(branch_table.c.active == active)
    if cursor:
        query = query.where(branch_table.c.path > str(decode_cursor(cursor, size=1)[0]))
    return page_of([_branch(row) for row in tx.rows(query)], limit=limit, key=lambda branch: (branch.path,))


def _below(branch_no: str) -> Any:  # noqa: ANN401
    """Whether a branch is ``branch_no`` or stands below it."""
    top = branch_table.alias("top")
    path = select(top.c.path).where(top.c.branch_no == branch_no).scalar_subquery()
    return func.starts_with(branch_table.c.path, path)


def _branch(row: Mapping[Any, Any]) -> Branch:
    facts = {name: row[name] for name in Branch.__slots__}
    return Branch(**facts | {"level": BranchLevel(row["level"])})


def staff_status(tx: ReadHandle) -> dict[str, StaffStatus]:
    """Every member of staff ever known, by number."""
    rows = tx.rows(select(staff_table.c.staff_no, staff_table.c.status))
    return {row["staff_no"]: StaffStatus(row["status"]) for row in rows}


def save_staff(tx: WriteHandle, rows: Sequence[Mapping[str, object]]) -> None:
    """Insert or update staff by number."""
    _upsert(tx, staff_table, "staff_no", rows)


def close_staff(tx: WriteHandle, numbers: Sequence[str], *, on: date) -> None:
    """Mark members of staff as gone."""
    gone = staff_table.c.staff_no.in_(numbers) & (staff_table.c.status == StaffStatus.ACTIVE)
    tx.execute(update(staff_table).where(gone).values(status=StaffStatus.LEFT, left_on=on, changed_at=tx.clock.now()))


def find_staff(
    tx: ReadHandle, wanted: StaffFilter, logins: Select[Any], *, cursor: str | None, limit: int
) -> Page[Staff]:
    """Staff by number; ``logins`` gives each staff number its sign-in name."""
    staff, names = staff_table.c, logins.subquery()
    book = select(func.count()).where(assignment_table.c.rm_no == staff.staff_no, _CURRENT)
    query = (
        select(
            staff_table,
            func.coalesce(branch_table.c.name, "").label("branch_name"),
            scoped(book, assignment_table, tx.actor).scalar_subquery().label("book_size"),
            names.c.login,
        )
        .outerjoin(branch_table, branch_table.c.branch_no == staff.branch_no)
        .outerjoin(names, names.c.staff_no == staff.staff_no)
        .order_by(staff.staff_no)
        .limit(limit + 1)
    )
    if wanted.text:
        begins = staff.staff_no.startswith(wanted.text, autoescape=True)
        query = query.where(or_(begins, staff.name.contains(wanted.text, autoescape=True)))
    if wanted.under is not None:
        query = query.where(_below(wanted.under))
    if wanted.position:
        query = query.where(staff.position == wanted.position)
    if wanted.status is not None:
        query = query.where(staff.status == wanted.status)
    if cursor:
        query = query.where(staff.staff_no > str(decode_cursor(cursor, size=1)[0]))
    return page_of([_staff(row) for row in tx.rows(query)], limit=limit, key=lambda member: (member.staff_no,))


def _staff(row: Mapping[Any, Any]) -> Staff:
    facts = {name: row[name] for name in Staff.__slots__}
    return Staff(**facts | {"status": StaffStatus(row["status"])})


def _upsert(tx: WriteHandle, table: Table, key: str, rows: Sequence[Mapping[str, object]]) -> None:
    statement = upsert(table)
    taken = {name: statement.excluded[name] for name in set(table.c.keys()) - {key}}
    tx.execute(statement.on_conflict_do_update(index_elements=[key], set_=taken), rows)


_INCOMING: Final = (
    text(
        "CREATE TEMP TABLE IF NOT EXISTS incoming_assignment (place bigint, one_id bigint, rm_no text, branch_no text,"
        " source text) ON COMMIT DROP"
    ),
    text("TRUNCATE incoming_assignment"),
)

#: One row per customer (the last one given), staff who left replaced by the pool, the path of the branch beside it.
_WANTED: Final = """
WITH wanted AS (
    SELECT DISTINCT ON (i.one_id) i.one_id, CASE WHEN s.status = 'left' THEN NULL ELSE i.rm_no END AS rm_no,
           i.branch_no, b.path AS branch_path, i.source
    FROM incoming_assignment i JOIN branch b USING (branch_no) LEFT JOIN staff s ON s.staff_no = i.rm_no
    ORDER BY i.one_id, i.place DESC
)"""

_END_OLD: Final = text(
    _WANTED
    + """
UPDATE assignment a SET ended = :now FROM wanted w
WHERE a.one_id = w.one_id AND a.ended IS NULL AND (a.rm_no, a.branch_no) IS DISTINCT FROM (w.rm_no, w.branch_no)"""
)
_BEGIN_NEW: Final = text(
    _WANTED
    + """
INSERT INTO assignment (one_id, rm_no, branch_no, branch_path, source, since)
SELECT w.one_id, w.rm_no, w.branch_no, w.branch_path, w.source, :now FROM wanted w
WHERE NOT EXISTS (SELECT FROM assignment a WHERE a.one_id = w.one_id AND a.ended IS NULL)
RETURNING one_id"""
)
_UNKNOWN: Final = text(
    "SELECT DISTINCT branch_no FROM incoming_assignment i"
    " WHERE NOT EXISTS (SELECT FROM branch b WHERE b.branch_no = i.branch_no) ORDER BY 1 LIMIT 100"
)


def assign(tx: WriteHandle, rows: Iterator[Sequence[object]]) -> tuple[list[OneId], list[str]]:
    """Give customers their book: rows are (one_id, rm_no or None, branch_no, source).

    Returns the customers whose book is now another, and branch numbers nobody knows.
    """
    for statement in _INCOMING:
        tx.execute(statement)
    tx.copy(
        "incoming_assignment",
        ("place", "one_id", "rm_no", "branch_no", "source"),
        ((place, *row) for place, row in enumerate(rows)),
    )
    tx.execute(text("ANALYZE incoming_assignment"))
    tx.execute(_END_OLD, {"now": tx.clock.now()})
    changed = [OneId(row["one_id"]) for row in tx.rows(_BEGIN_NEW, {"now": tx.clock.now()})]
    return changed, [row["branch_no"] for row in tx.rows(_UNKNOWN)]


def release_books(tx: WriteHandle, staff: Sequence[str], *, source: str) -> int:
    """Put the customers of staff who left into the pool of their branch; returns how many."""
    old = assignment_table
    held = old.c.rm_no.in_(staff) & _CURRENT
    rows = tx.rows(
        update(old).where(held).values(ended=tx.clock.now()).returning(old.c.one_id, old.c.branch_no, old.c.branch_path)
    )
    if rows:
        fresh = {"rm_no": None, "source": source, "since": tx.clock.now()}
        tx.execute(insert(old), [{**row, **fresh} for row in rows])
    return len(rows)


def assignments(tx: ReadHandle, one_ids: Sequence[OneId] | None) -> Iterator[Assignment]:
    """Present assignments within the actor's scope: of these customers, or of all."""
    query = select(
        assignment_table.c.one_id,
        assignment_table.c.rm_no,
        assignment_table.c.branch_no,
        assignment_table.c.branch_path,
    ).where(_CURRENT)
    if one_ids is not None:
        query = query.where(assignment_table.c.one_id == func.any(_numbers(one_ids)))
    for row in tx.rows(scoped(query, assignment_table, tx.actor)):
        yield Assignment(**row)


def _numbers(values: Sequence[int]) -> Any:  # noqa: ANN401
    return cast(literal(list(values), ARRAY(BigInteger)), ARRAY(BigInteger))
