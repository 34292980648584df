"""Tables of relations, groups, people's words and requests, and every statement about them.

A relation is seen by whoever may see one of its two parties; a member of a group by whoever may see the member. The
database itself holds to that (`migrations`). What lies beyond is read by the machine, and masked by the service.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any, Final
from uuid import UUID

import orjson
from sqlalchemy import (
    ARRAY,
    BigInteger,
    CheckConstraint,
    Date,
    DateTime,
    Double,
    Identity,
    Index,
    Integer,
    RowMapping,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    and_,
    delete,
    insert,
    literal,
    or_,
    select,
    text,
    tuple_,
    update,
)
from sqlalchemy import (
    Sequence as Numbers,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.dialects.postgresql import insert as upsert

from liuke.data.graph.model import Edge, EdgeState, Evidence, EvidenceType, Origin, RelationKind
from liuke.kernel.store.columns import PiClass, Retention, column, metadata
from liuke.kernel.store.records import ReadHandle, WriteHandle

_none = partial(column, pi=PiClass.NONE, keep=Retention.RELATION)
_c1 = partial(column, pi=PiClass.C1, keep=Retention.RELATION)
_c2 = partial(column, pi=PiClass.C2, keep=Retention.RELATION)
_kept = partial(column, pi=PiClass.C1, keep=Retention.RECORD)

#: Every change of a relation gets the next number, so that a reader can ask for what changed after its snapshot.
CHANGES: Final = Numbers("relation_change_no", metadata=metadata)
GROUP_NUMBERS: Final = Numbers("relation_group_no", metadata=metadata)

edge_table = Table(
    "relation_edge",
    metadata,
    _none("id", BigInteger, Identity(always=True), primary_key=True),
    _c1("left_id", BigInteger),
    _c1("right_id", BigInteger),
    _c2("kind", Text),
    _none("confidence", Double),
    _c1("valid_from", Date, nullable=True),
    _c1("valid_to", Date, nullable=True),
    _c2("evidence", JSONB),
    _none("origin", Text),
    _none("state", Text),
    _c1("confirmed_by", Text, nullable=True),
    _none("confirmed_at", DateTime(timezone=True), nullable=True),
    _none("changed", BigInteger, server_default=text("nextval('relation_change_no')")),
    UniqueConstraint("left_id", "right_id", "kind"),
    CheckConstraint("confidence >= 0 AND confidence <= 1", name="confidence"),
    CheckConstraint("left_id <> right_id", name="two_parties"),
    Index("ix_relation_edge_right", "right_id"),
    Index("ix_relation_edge_changed", "changed"),
)

group_table = Table(
    "relation_group",
    metadata,
    _none("id", BigInteger, primary_key=True, autoincrement=False),
    _none("kind", Text),
    _none("state", Text),
    _none("size", Integer),
    _none("confidence", Double),
    _none("types", ARRAY(Text)),
    _c1("confirmed_by", Text, nullable=True),
    _none("confirmed_at", DateTime(timezone=True), nullable=True),
    _none("changed_at", DateTime(timezone=True)),
    Index("ix_relation_group_size", "kind", "size", "id"),
)

member_table = Table(
    "relation_member",
    metadata,
    _none("kind", Text, primary_key=True),
    _c1("one_id", BigInteger, primary_key=True, autoincrement=False),
    _none("group_id", BigInteger),
    _c1("via", BigInteger, nullable=True),
    _none("confidence", Double),
    _c2("reasons", ARRAY(Text)),
    _none("needs", ARRAY(Text)),
    Index("ix_relation_member_group", "group_id"),
)

#: People's words on who belongs together; every later search for groups keeps them.
word_table = Table(
    "relation_word",
    metadata,
    _none("kind", Text, primary_key=True),
    _c1("left_id", BigInteger, primary_key=True, autoincrement=False),
    _c1("right_id", BigInteger, primary_key=True, autoincrement=False),
    _none("verdict", Text),
    _none("request_id", Uuid),
)

request_table = Table(
    "relation_request",
    metadata,
    _kept("id", Uuid, primary_key=True),
    _kept("action", Text),
    _kept("state", Text),
    _kept("subjects", ARRAY(BigInteger)),
    _kept("facts", JSONB),
    _kept("reason", Text),
    _kept("proposed_by", Text),
    _kept("proposed_at", DateTime(timezone=True)),
    _kept("decided_by", Text, nullable=True),
    _kept("decided_at", DateTime(timezone=True), nullable=True),
    _kept("decision", Text),
    CheckConstraint("decided_by IS NULL OR decided_by <> proposed_by OR state = 'withdrawn'", name="four_eyes"),
    Index("ix_relation_request_state", "state", "proposed_at", "id"),
)

#: 关系台账: what an approved request changed, complete before and after; append-only.
journal_table = Table(
    "relation_journal",
    metadata,
    _kept("id", Uuid, primary_key=True),
    _kept("seq", BigInteger, Identity(always=True)),
    _kept("at", DateTime(timezone=True)),
    _kept("action", Text),
    _kept("actor_id", Text),
    _kept("request_id", Uuid),
    _kept("before", JSONB),
    _kept("after", JSONB),
    Index("ix_relation_journal_request", "request_id"),
)

_E: Final = edge_table.c
_LIVE: Final = _E.state == EdgeState.LIVE


def lock(tx: WriteHandle) -> None:
    """Relations change one after another, so that change numbers become visible in their order."""
    tx.execute(text("SELECT pg_advisory_xact_lock(hashtextextended('relation.change', 0))"))


def claim(tx: ReadHandle) -> bool:
    """Hold the right to rebuild until the transaction ends; False when somebody else holds it."""
    return bool(tx.value(text("SELECT pg_try_advisory_xact_lock(hashtextextended('graph.rebuild', 0))")))


def last_change(tx: ReadHandle) -> int:
    """The highest change number given so far; call it under `lock`."""
    return int(tx.value(text("SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM relation_change_no")))


def edges_between(tx: ReadHandle, keys: Iterable[tuple[int, int, str]]) -> list[Edge]:
    """The relations of these (left, right, kind), as far as the actor may see them."""
    wanted = list(keys)
    if not wanted:
        return []
    query = select(edge_table).where(tuple_(_E.left_id, _E.right_id, _E.kind).in_(wanted))
    return [edge_of(row) for row in tx.rows(query)]


def edge(tx: ReadHandle, edge_id: int) -> Edge | None:
    """One relation."""
    row = tx.one(select(edge_table).where(_E.id == edge_id))
    return edge_of(row) if row else None


def changed_after(tx: ReadHandle, change: int, *, limit: int) -> Sequence[RowMapping]:
    """Relations changed after a change number, oldest first, whatever their state."""
    names = ("left_id", "right_id", "kind", "confidence", "valid_from", "valid_to", "state", "changed")
    query = select(*(_E[name] for name in names)).where(_E.changed > change)
    return tx.rows(query.order_by(_E.changed).limit(limit))


def told_by_people(tx: ReadHandle) -> Sequence[RowMapping]:
    """Relations people registered, confirmed or denied."""
    people = or_(_E.origin == Origin.PERSON, _E.state == EdgeState.DENIED, _E.confirmed_by.is_not(None))
    names = ("left_id", "right_id", "kind", "confidence", "valid_from", "valid_to", "state", "origin")
    return tx.rows(select(*(_E[name] for name in names)).where(people).order_by(_E.id))


def save_edge(tx: WriteHandle, values: Mapping[str, Any]) -> int:
    """Write one relation (by its two parties and kind) as a person states it; returns its number."""
    given = upsert(edge_table).values(**values)
    stated = ("confidence", "valid_from", "valid_to", "origin", "state", "confirmed_by", "confirmed_at")
    taken: dict[str, Any] = {name: given.excluded[name] for name in stated}
    taken["evidence"] = _E.evidence.op("||")(given.excluded.evidence)
    taken["changed"] = CHANGES.next_value()
    kept = given.on_conflict_do_update(index_elements=["left_id", "right_id", "kind"], set_=taken)
    return int(tx.value(kept.returning(_E.id)))


def deny_edge(tx: WriteHandle, edge_id: int, *, by: str) -> None:
    """A relation does not hold; it stays known as denied."""
    stated = {"state": EdgeState.DENIED, "confirmed_by": by, "confirmed_at": tx.clock.now()}
    tx.execute(update(edge_table).where(_E.id == edge_id).values(changed=CHANGES.next_value(), **stated))


def edge_of(row: Mapping[Any, Any]) -> Edge:
    """A row as the noun."""
    return Edge(
        id=row["id"],
        left=row["left_id"],
        right=row["right_id"],
        kind=RelationKind(row["kind"]),
        confidence=row["confidence"],
        valid_from=row["valid_from"],
        valid_to=row["valid_to"],
        evidence=tuple(_evidence(found) for found in row["evidence"]),
        origin=Origin(row["origin"]),
        state=EdgeState(row["state"]),
        confirmed_by=row["confirmed_by"],
        confirmed_at=row["confirmed_at"],
    )


def _evidence(found: Mapping[str, Any]) -> Evidence:
    last = found.get("last_on")
    return Evidence(
        type=EvidenceType(found["type"]),
        text=found["text"],
        count=found["count"],
        amount=found.get("amount"),
        share_bp=found.get("share_bp"),
        last_on=date.fromisoformat(last) if last else None,
    )


def group_ids_of(tx: ReadHandle, one_id: int) -> dict[str, int]:
    """The groups of a party by kind."""
    rows = tx.rows(select(member_table.c.kind, member_table.c.group_id).where(member_table.c.one_id == one_id))
    return {row["kind"]: row["group_id"] for row in rows}


def group(tx: ReadHandle, group_id: int) -> RowMapping | None:
    """One group, without its members."""
    return tx.one(select(group_table).where(group_table.c.id == group_id))


def group_members(tx: ReadHandle, group_id: int) -> Sequence[RowMapping]:
    """The members of a group whom the actor may see, by number."""
    query = select(member_table).where(member_table.c.group_id == group_id)
    return tx.rows(query.order_by(member_table.c.one_id))


def members_of(tx: ReadHandle, one_ids: Sequence[int], kind: str) -> Sequence[RowMapping]:
    """Memberships of some parties in groups of a kind."""
    return tx.rows(select(member_table).where(member_table.c.kind == kind, member_table.c.one_id.in_(one_ids)))


def groups(
    tx: ReadHandle,
    *,
    kind: str | None,
    state: str | None,
    among: Sequence[int] | None,
    after: tuple[int, int] | None,
    limit: int,
) -> Sequence[RowMapping]:
    """Groups of which the actor may see a member, largest first; ``among``: only with one of these parties."""
    mine = select(literal(1)).where(member_table.c.group_id == group_table.c.id)
    if among is not None:
        mine = mine.where(member_table.c.one_id.in_(among))
    query = select(group_table).where(mine.exists())
    if kind:
        query = query.where(group_table.c.kind == kind)
    if state:
        query = query.where(group_table.c.state == state)
    if after:
        query = query.where(tuple_(group_table.c.size, group_table.c.id) < tuple_(literal(after[0]), literal(after[1])))
    return tx.rows(query.order_by(group_table.c.size.desc(), group_table.c.id.desc()).limit(limit))


def members_in(tx: ReadHandle, group_ids: Sequence[int]) -> Sequence[RowMapping]:
    """Whom the actor may see of several groups: (group_id, one_id)."""
    query = select(member_table.c.group_id, member_table.c.one_id).where(member_table.c.group_id.in_(group_ids))
    return tx.rows(query.order_by(member_table.c.group_id, member_table.c.one_id))


def new_group_no(tx: WriteHandle) -> int:
    """The next number for a group; none is given twice."""
    return int(tx.value(select(GROUP_NUMBERS.next_value())))


def save_group(tx: WriteHandle, values: Mapping[str, Any]) -> None:
    """Write a group's own row."""
    given = upsert(group_table).values(changed_at=tx.clock.now(), **values)
    taken = {name: given.excluded[name] for name in values if name != "id"} | {"changed_at": given.excluded.changed_at}
    tx.execute(given.on_conflict_do_update(index_elements=["id"], set_=taken))


def place_members(tx: WriteHandle, rows: Sequence[Mapping[str, Any]]) -> None:
    """Put parties into groups, taking each out of the group of that kind it was in."""
    given = upsert(member_table)
    taken = {name: given.excluded[name] for name in ("group_id", "via", "confidence", "reasons", "needs")}
    tx.execute(given.on_conflict_do_update(index_elements=["kind", "one_id"], set_=taken), rows)


def drop_members(tx: WriteHandle, kind: str, one_ids: Sequence[int]) -> None:
    """Take parties out of their groups of a kind."""
    tx.execute(delete(member_table).where(member_table.c.kind == kind, member_table.c.one_id.in_(one_ids)))


def drop_group(tx: WriteHandle, group_id: int) -> None:
    """A group is no more; its number is not given again."""
    tx.execute(delete(member_table).where(member_table.c.group_id == group_id))
    tx.execute(delete(group_table).where(group_table.c.id == group_id))


def words(tx: ReadHandle) -> Sequence[RowMapping]:
    """Everything people said about who belongs together."""
    return tx.rows(select(word_table).order_by(word_table.c.kind, word_table.c.left_id, word_table.c.right_id))


def say(tx: WriteHandle, kind: str, pairs: Iterable[tuple[int, int]], verdict: str, request_id: UUID) -> None:
    """Put people's word on pairs in force; a later word replaces an earlier one."""
    rows = [
        {"kind": kind, "left_id": min(pair), "right_id": max(pair), "verdict": verdict, "request_id": request_id}
        for pair in pairs
    ]
    if rows:
        given = upsert(word_table)
        taken = {"verdict": given.excluded.verdict, "request_id": given.excluded.request_id}
        tx.execute(given.on_conflict_do_update(index_elements=["kind", "left_id", "right_id"], set_=taken), rows)


def add_request(tx: WriteHandle, values: Mapping[str, Any]) -> None:
    """Keep a request."""
    tx.execute(insert(request_table).values(**values))


def request(tx: ReadHandle, request_id: UUID, *, locked: bool = False) -> RowMapping | None:
    """One request; ``locked`` until the transaction ends."""
    query = select(request_table).where(request_table.c.id == request_id)
    return tx.one(query.with_for_update() if locked else query)


def requests(tx: ReadHandle, *, state: str | None, before: tuple[Any, UUID] | None, limit: int) -> Sequence[RowMapping]:
    """Requests about parties the actor may see, newest first."""
    query = select(request_table)
    if state:
        query = query.where(request_table.c.state == state)
    if before:
        here = tuple_(request_table.c.proposed_at, request_table.c.id)
        query = query.where(here < tuple_(literal(before[0]), literal(before[1])))
    return tx.rows(query.order_by(request_table.c.proposed_at.desc(), request_table.c.id.desc()).limit(limit))


def pending_like(tx: ReadHandle, action: str, facts: Mapping[str, Any]) -> bool:
    """Whether the same change is already waiting."""
    same = and_(
        request_table.c.state == "pending",
        request_table.c.action == action,
        request_table.c.facts == literal(orjson.loads(orjson.dumps(facts)), JSONB),
    )
    return tx.one(select(request_table.c.id).where(same)) is not None


def decide(tx: WriteHandle, request_id: UUID, *, state: str, by: str, words: str) -> None:
    """Write how a request ended."""
    stated = {"state": state, "decided_by": by, "decided_at": tx.clock.now(), "decision": words}
    tx.execute(update(request_table).where(request_table.c.id == request_id).values(**stated))


def write_journal(tx: WriteHandle, values: Mapping[str, Any]) -> None:
    """Append to 关系台账."""
    tx.execute(insert(journal_table).values(at=tx.clock.now(), **values))
