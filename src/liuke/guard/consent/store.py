"""Tables of consent and every statement about acts, state, black lists and quiet hours."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any, Final

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    ColumnElement,
    Date,
    DateTime,
    Identity,
    Index,
    Integer,
    Select,
    SmallInteger,
    Table,
    Text,
    cast,
    exists,
    func,
    insert,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert as upsert

from liuke.data import profile
from liuke.guard.consent.model import (
    Act,
    Block,
    BlockKind,
    Channel,
    Entry,
    EvidenceKind,
    Matter,
    Purpose,
    Quiet,
    State,
)
from liuke.kernel.ids import OneId
from liuke.kernel.page import Page, page_of, read_cursor, whole
from liuke.kernel.store.columns import PiClass, Retention, column, metadata
from liuke.kernel.store.records import ReadHandle, WriteHandle

_none = partial(column, pi=PiClass.NONE, keep=Retention.RECORD)
_c1 = partial(column, pi=PiClass.C1, keep=Retention.RECORD)
_MOMENT: Final = DateTime(timezone=True)

entry_table = Table(
    "consent_entry",
    metadata,
    _none("id", BigInteger, Identity(always=True), primary_key=True),
    _c1("one_id", BigInteger),
    _c1("matter", Text),
    _c1("purpose", Text, nullable=True),
    _c1("channels", ARRAY(Text)),
    _c1("granted", Boolean),
    _c1("evidence_kind", Text),
    _c1("evidence_ref", Text),
    _none("evidence_digest", Text),
    _c1("decided_at", _MOMENT),
    _none("recorded_at", _MOMENT),
    _c1("recorded_by", Text),
    Index("ix_consent_entry_one_id", "one_id", "id"),
)

#: One row a customer, made when first needed: a bit for each (purpose, channel), so that millions are read in one scan.
state_table = Table(
    "consent_state",
    metadata,
    _c1("one_id", BigInteger, primary_key=True, autoincrement=False),
    _c1("granted", BigInteger),
    _c1("sensitive", Integer),
    _c1("personal", Boolean),
    _c1("automated", Boolean),
    _c1("blocks", Boolean),
    _c1("quiets", Boolean),
    _none("changed_at", _MOMENT),
)

block_table = Table(
    "consent_block",
    metadata,
    _none("id", BigInteger, Identity(always=True), primary_key=True),
    _c1("one_id", BigInteger),
    _c1("kind", Text),
    _c1("purposes", ARRAY(Text)),
    _c1("channels", ARRAY(Text)),
    _c1("reason", Text),
    _c1("since", _MOMENT),
    _c1("until", _MOMENT, nullable=True),
    _c1("listed_by", Text),
    _c1("lifted_at", _MOMENT, nullable=True),
    _c1("lifted_by", Text, nullable=True),
    _c1("lift_reason", Text, nullable=True),
    Index("ix_consent_block_one_id", "one_id", "id"),
)

quiet_table = Table(
    "consent_quiet",
    metadata,
    _none("id", BigInteger, Identity(always=True), primary_key=True),
    _c1("one_id", BigInteger),
    _c1("channels", ARRAY(Text)),
    _c1("weekdays", ARRAY(SmallInteger)),
    _c1("from_minute", SmallInteger),
    _c1("to_minute", SmallInteger),
    _c1("starts_on", Date, nullable=True),
    _c1("ends_on", Date, nullable=True),
    _c1("made_by", Text),
    _none("made_at", _MOMENT),
    _none("removed_at", _MOMENT, nullable=True),
    Index("ix_consent_quiet_one_id", "one_id", "id"),
)

#: Places of the bits. New purposes and channels are added at the end; an order once stored never changes.
_PURPOSES: Final = ("service", "marketing", "profiling", "research", "antifraud", "legal")
_CHANNELS: Final = ("phone", "sms", "wecom", "app_push", "app_popup", "email", "counter", "atm", "letter")


def bit(purpose: Purpose, channel: Channel) -> int:
    """The bit of a purpose on a channel in ``consent_state.granted``."""
    return 1 << (_PURPOSES.index(purpose) * len(_CHANNELS) + _CHANNELS.index(channel))


def sensitive_bit(purpose: Purpose) -> int:
    """The bit of a purpose in ``consent_state.sensitive``."""
    return 1 << _PURPOSES.index(purpose)


def lock(tx: WriteHandle, one_id: OneId) -> Mapping[Any, Any]:
    """The customer's state, made when it is not there, locked until the transaction ends."""
    fresh = {"granted": 0, "sensitive": 0, "personal": True, "automated": True, "blocks": False, "quiets": False}
    statement = upsert(state_table).values(one_id=one_id, changed_at=tx.clock.now(), **fresh)
    tx.execute(statement.on_conflict_do_nothing(index_elements=["one_id"]))
    found = tx.one(select(state_table).where(state_table.c.one_id == one_id).with_for_update())
    assert found is not None  # noqa: S101  (it was just made)
    return found


def change(tx: WriteHandle, one_id: OneId, **values: object) -> None:
    """Set columns of the state."""
    tx.execute(update(state_table).where(state_table.c.one_id == one_id).values(changed_at=tx.clock.now(), **values))


def states(tx: ReadHandle, one_ids: Sequence[OneId]) -> dict[OneId, State]:
    """States by customer; one who never said anything is absent."""
    rows = tx.rows(select(state_table).where(state_table.c.one_id == func.any(_numbers(one_ids))))
    return {row["one_id"]: _state(row) for row in rows}


def _state(row: Mapping[Any, Any]) -> State:
    return State(
        one_id=OneId(row["one_id"]),
        granted=frozenset((p, c) for p in Purpose for c in Channel if row["granted"] & bit(p, c)),
        sensitive=frozenset(p for p in Purpose if row["sensitive"] & sensitive_bit(p)),
        personal=row["personal"],
        automated=row["automated"],
    )


def add_entry(tx: WriteHandle, one_id: OneId, act: Act, channels: Sequence[Channel]) -> int:
    """Append an act to the history; returns its number."""
    now = tx.clock.now()
    values = {
        "one_id": one_id,
        "matter": act.matter,
        "purpose": act.purpose,
        "channels": sorted(channels),
        "granted": act.granted,
        "evidence_kind": act.evidence.kind,
        "evidence_ref": act.evidence.ref,
        "evidence_digest": act.evidence.digest,
        "decided_at": act.decided_at or now,
        "recorded_at": now,
        "recorded_by": tx.actor.user_id,
    }
    return int(tx.value(insert(entry_table).values(**values).returning(entry_table.c.id)))


def last_withdrawal(tx: ReadHandle, one_id: OneId, act: Act, channels: Sequence[Channel]) -> Mapping[Any, Any] | None:
    """The latest withdrawal (by the customer's time) of the same matter that touches one of the channels."""
    query = withdrawals(literal(int(one_id), BigInteger), act, channels)
    return tx.one(query.order_by(entry_table.c.decided_at.desc(), entry_table.c.id.desc()).limit(1))


def withdrawals(
    one_id: ColumnElement[Any], act: Act, channels: Sequence[Channel], *, known_at: ColumnElement[Any] | None = None
) -> Select[Any]:
    """Withdrawals of the same matter that touch one of the channels; of those on record at a time, if one is given."""
    entry = entry_table.c
    query = select(entry_table).where(entry.one_id == one_id, entry.matter == act.matter, ~entry.granted)
    query = query.where(entry.purpose == act.purpose if act.purpose else entry.purpose.is_(None))
    if act.matter is Matter.CONTACT:
        query = query.where(entry.channels.op("&&")(literal([channel.value for channel in channels], ARRAY(Text))))
    return query if known_at is None else query.where(entry.recorded_at <= known_at)


def take_over(
    tx: WriteHandle, one_ids: Sequence[OneId] | None, act: Act, channels: Sequence[Channel], *, decided_at: datetime
) -> int:
    """Write a grant for customers who never said anything about its purpose; returns for how many."""
    now = tx.clock.now()
    known = profile.facts.rows().subquery("known")
    entry, state = entry_table.c, state_table.c
    said = exists().where(entry.one_id == known.c.one_id, entry.matter == act.matter, entry.purpose == act.purpose)
    facts = {
        "matter": literal(act.matter.value),
        "purpose": literal(act.purpose),
        "channels": literal([channel.value for channel in channels], ARRAY(Text)),
        "granted": literal(value=True),
        "evidence_kind": literal(act.evidence.kind.value),
        "evidence_ref": literal(act.evidence.ref),
        "evidence_digest": literal(act.evidence.digest),
        "decided_at": literal(decided_at, _MOMENT),
        "recorded_at": literal(now, _MOMENT),
        "recorded_by": literal(tx.actor.user_id),
    }
    fresh = select(known.c.one_id, *facts.values()).where(~said)
    if one_ids is not None:
        fresh = fresh.where(known.c.one_id == func.any(_numbers(one_ids)))
    wrote = insert(entry_table).from_select(["one_id", *facts], fresh).returning(entry.one_id).cte("wrote")
    mask = sum(bit(Purpose(act.purpose), channel) for channel in channels) if act.purpose else 0
    starting: tuple[Any, ...] = (
        literal(mask, BigInteger),
        literal(0),
        *(literal(value=kept) for kept in (True, True, False, False)),
    )
    rows = select(wrote.c.one_id, *starting, literal(now, _MOMENT))
    merged = upsert(state_table).from_select([name.name for name in state_table.columns], rows)
    changed = {"granted": state.granted.op("|")(literal(mask, BigInteger)), "changed_at": now}
    done = merged.on_conflict_do_update(index_elements=["one_id"], set_=changed).returning(state.one_id).cte("done")
    return int(tx.value(select(func.count()).select_from(done)))


def history(tx: ReadHandle, one_id: OneId, *, cursor: str | None, limit: int) -> Page[Entry]:
    """Acts of a customer, latest recorded first."""
    entry = entry_table.c
    query = select(entry_table).where(entry.one_id == one_id).order_by(entry.id.desc()).limit(limit + 1)
    if cursor:
        query = query.where(entry.id < read_cursor(cursor, whole)[0])
    return page_of([_entry(row) for row in tx.rows(query)], limit=limit, key=lambda found: (found.id,))


def entries(tx: ReadHandle, one_id: OneId) -> list[Entry]:
    """Every act of a customer, in the order it was recorded."""
    query = select(entry_table).where(entry_table.c.one_id == one_id).order_by(entry_table.c.id)
    return [_entry(row) for row in tx.rows(query)]


def _entry(row: Mapping[Any, Any]) -> Entry:
    facts = {name: row[name] for name in Entry.__slots__}
    return Entry(
        **facts
        | {
            "matter": Matter(row["matter"]),
            "purpose": Purpose(row["purpose"]) if row["purpose"] else None,
            "channels": tuple(Channel(name) for name in row["channels"]),
            "evidence_kind": EvidenceKind(row["evidence_kind"]),
        }
    )


def add_block(tx: WriteHandle, values: Mapping[str, object]) -> int:
    """Put a customer on a list; returns the number of the record."""
    row = {**values, "since": tx.clock.now(), "listed_by": tx.actor.user_id}
    return int(tx.value(insert(block_table).values(**row).returning(block_table.c.id)))


def lift(tx: WriteHandle, block_id: int, *, reason: str) -> OneId | None:
    """End a block; the customer it was about, or None when there is none in force."""
    ended = {"lifted_at": tx.clock.now(), "lifted_by": tx.actor.user_id, "lift_reason": reason}
    open_one = (block_table.c.id == block_id) & block_table.c.lifted_at.is_(None)
    found = tx.value(update(block_table).where(open_one).values(**ended).returning(block_table.c.one_id))
    return None if found is None else OneId(found)


def blocks(
    tx: ReadHandle, *, one_id: OneId | None, kind: BlockKind | None, now: datetime, cursor: str | None, limit: int
) -> Page[Block]:
    """Black lists in force, latest first: of a customer, of a kind, or all within the actor's scope."""
    block = block_table.c
    in_force = block.lifted_at.is_(None) & or_(block.until.is_(None), block.until > now)
    query = select(block_table).where(in_force).order_by(block.id.desc()).limit(limit + 1)
    if one_id is not None:
        query = query.where(block.one_id == one_id)
    if kind is not None:
        query = query.where(block.kind == kind)
    if cursor:
        query = query.where(block.id < read_cursor(cursor, whole)[0])
    return page_of([_block(row) for row in tx.rows(query)], limit=limit, key=lambda found: (found.id,))


def _block(row: Mapping[Any, Any]) -> Block:
    facts = {name: row[name] for name in Block.__slots__}
    return Block(
        **facts
        | {
            "kind": BlockKind(row["kind"]),
            "purposes": tuple(Purpose(name) for name in row["purposes"]),
            "channels": tuple(Channel(name) for name in row["channels"]),
        }
    )


def add_quiet(tx: WriteHandle, values: Mapping[str, object]) -> int:
    """Set quiet hours; returns the number of the record."""
    row = {**values, "made_at": tx.clock.now(), "made_by": tx.actor.user_id}
    return int(tx.value(insert(quiet_table).values(**row).returning(quiet_table.c.id)))


def remove_quiet(tx: WriteHandle, one_id: OneId, quiet_id: int) -> bool:
    """Take quiet hours back; False when there are none of that number."""
    quiet = quiet_table.c
    found = (quiet.id == quiet_id) & (quiet.one_id == one_id) & quiet.removed_at.is_(None)
    return tx.execute(update(quiet_table).where(found).values(removed_at=tx.clock.now())) > 0


def quiets(tx: ReadHandle, one_id: OneId) -> list[Quiet]:
    """Quiet hours of a customer, those over left out only when taken back."""
    quiet = quiet_table.c
    query = select(quiet_table).where(quiet.one_id == one_id, quiet.removed_at.is_(None)).order_by(quiet.id)
    found = []
    for row in tx.rows(query):
        facts = {name: row[name] for name in Quiet.__slots__}
        channels = tuple(Channel(name) for name in row["channels"])
        found.append(Quiet(**facts | {"channels": channels, "weekdays": tuple(row["weekdays"])}))
    return found


def _numbers(values: Sequence[int]) -> Any:  # noqa: ANN401
    return cast(literal(list(values), ARRAY(BigInteger)), ARRAY(BigInteger))
