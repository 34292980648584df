"""What others may ask of behaviour: the tracking plan, what came in, what was set aside, what one customer did."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import orjson

from liuke.data import org
from liuke.data.behaviour import catalogue, store
from liuke.data.behaviour.ask import ask
from liuke.data.behaviour.follow import folder, plan_in_force
from liuke.data.behaviour.model import (
    AsideReason,
    BehaviourViewed,
    CustomerUnknown,
    EventsQuarantineViewed,
    Minute,
    Plan,
    PlanMoved,
    PlanProblem,
    PlanSaved,
    PlanUnknown,
    PlanVersion,
    Quarantined,
)
from liuke.data.behaviour.plan.parse import parse, problems, shipped
from liuke.kernel import rule
from liuke.kernel.actor import Actor, Permission, Role
from liuke.kernel.bank import Bank
from liuke.kernel.errors import Invalid
from liuke.kernel.ids import OneId
from liuke.kernel.page import Page, page_of, read_cursor, whole
from liuke.kernel.rule import Event
from liuke.kernel.store.records import ReadHandle

_SIGNS: Final = re.compile(r"[0-9A-Za-z\u3400-\u9fff]")
_DAY: Final = timedelta(days=1)
#: The stream process writes how it stands every second; older than this it is not running.
_ALIVE_MS: Final = 5_000


@dataclass(frozen=True, slots=True)
class StreamState:
    """How the stream process stands. ``events`` are those held, ``backlog_bytes`` what waits in the log."""

    running: bool
    at: datetime | None
    events: int
    backlog_bytes: int
    stock_as_of: datetime | None


@dataclass(frozen=True, slots=True)
class Intake:
    """事件接入: how the stream stands, and what came in by the minute during the last 24 hours."""

    stream: StreamState
    plan_version: int
    minutes: Sequence[Minute]


def events(bank: Bank, actor: Actor) -> dict[str, Event]:
    """The events of the tracking plan in force, as rules name them."""
    with bank.read(actor) as tx:
        return catalogue.events(plan_in_force(tx))


def intake(bank: Bank, actor: Actor) -> Intake:
    """What came in lately, and whether it is being worked on. Raises Forbidden."""
    actor.require(Permission.SOURCE_READ)
    with bank.read(actor) as tx:
        minutes = store.minutes(tx, since=bank.clock.now() - _DAY)
        saved = store.plan(tx)
    return Intake(_stream(bank), saved.version if saved else 0, minutes)


def _stream(bank: Bank) -> StreamState:
    try:
        told: dict[str, int] = orjson.loads((folder(bank) / "stream.json").read_bytes())
    except (FileNotFoundError, orjson.JSONDecodeError):
        return StreamState(running=False, at=None, events=0, backlog_bytes=0, stock_as_of=None)
    now = int(bank.clock.now().timestamp() * 1000)
    return StreamState(
        running=now - told["at"] < _ALIVE_MS,
        at=_moment(told["at"]),
        events=told["events"],
        backlog_bytes=told["backlog_bytes"],
        stock_as_of=_moment(told["stock_as_of"]),
    )


def _moment(ms: int) -> datetime:
    return datetime.fromtimestamp(ms / 1000, UTC)


def quarantine(
    bank: Bank, actor: Actor, *, reason: AsideReason | None, cursor: str | None, limit: int
) -> Page[Quarantined]:
    """Events set aside, newest first. Only data engineers see letters and digits; their look is an event.

    Raises: Forbidden, BadCursor.
    """
    actor.require(Permission.SOURCE_READ)
    clear = Role.DATA_ENGINEER in actor.roles or actor.via == "system"
    before = read_cursor(cursor, whole, whole) if cursor else (2**62, 2**62)
    wanted = "AND reason = $reason" if reason else ""
    values: dict[str, Any] = {"at": before[0], "number": before[1], "limit": limit + 1}
    with bank.read(actor) as tx, bank.lake.connect(tx, store.ASIDE) as connection:
        found = connection.execute(
            "SELECT epoch_us(received_at), number, reason, field, message, raw FROM behaviour_aside"
            f" WHERE (epoch_us(received_at), number) < ($at, $number) {wanted}"
            " ORDER BY received_at DESC, number DESC LIMIT $limit",
            values | ({"reason": reason.value} if reason else {}),
        ).fetchall()
    if clear:
        with bank.write(actor) as tx:
            tx.emit(EventsQuarantineViewed(count=len(found[:limit])))
    rows = [
        Quarantined(
            at=datetime.fromtimestamp(at / 1_000_000, UTC),
            number=number,
            reason=AsideReason(why),
            field=field,
            message=message,
            raw=raw if clear else _SIGNS.sub("*", raw),
            masked=not clear,
        )
        for at, number, why, field, message, raw in found
    ]
    return page_of(rows, limit=limit, key=lambda row: (int(row.at.timestamp() * 1_000_000), row.number))


def plan(bank: Bank, actor: Actor, version: int | None = None) -> PlanVersion:
    """One version of the tracking plan, or the one in force. Raises: Forbidden, PlanUnknown."""
    actor.require(Permission.SOURCE_READ)
    with bank.read(actor) as tx:
        saved = store.plan(tx, version)
    if saved is not None:
        return saved
    if version not in (None, 0):
        raise PlanUnknown(version=version)
    return PlanVersion(version=0, text=shipped(), saved_by="", saved_at=None)


def plan_versions(bank: Bank, actor: Actor) -> list[PlanVersion]:
    """All versions of the tracking plan, newest first; the shipped one is version 0. Raises Forbidden."""
    actor.require(Permission.SOURCE_READ)
    with bank.read(actor) as tx:
        saved = store.plans(tx)
        names = org.names(tx, [one.saved_by for one in saved])
    named = [PlanVersion(one.version, one.text, names.get(one.saved_by, one.saved_by), one.saved_at) for one in saved]
    return [*named, PlanVersion(version=0, text=shipped(), saved_by="", saved_at=None)]


def plan_problems(actor: Actor, text: str) -> list[PlanProblem]:
    """What is wrong with a plan's text. Raises Forbidden."""
    actor.require(Permission.SOURCE_READ)
    return problems(text)


def save_plan(bank: Bank, actor: Actor, text: str, *, base_version: int) -> PlanVersion:
    """Save a new version of the tracking plan; the stream process follows within a second or two.

    Raises: Forbidden, PlanInvalid, PlanMoved when somebody saved another since ``base_version``.
    """
    actor.require(Permission.SOURCE_EDIT)
    parse(text)
    with bank.write(actor) as tx:
        store.lock_plan(tx)
        newest = store.plan(tx)
        present = newest.version if newest else 0
        if present != base_version:
            raise PlanMoved(version=present)
        saved = PlanVersion(present + 1, text, actor.user_id, bank.clock.now())
        store.add_plan(tx, saved)
        tx.emit(PlanSaved(plan_version=saved.version))
    return saved


def plan_now(bank: Bank, actor: Actor) -> Plan:
    """The tracking plan in force, read."""
    with bank.read(actor) as tx:
        return plan_in_force(tx)


def customer(bank: Bank, actor: Actor, customer_no: str) -> Any:  # noqa: ANN401
    """What one customer did lately; the look is recorded. Raises: Forbidden, CustomerUnknown, StreamAway."""
    one_id = _seen(bank, actor, customer_no, "windows")
    return ask(bank, {"one_id": one_id})


def judge(bank: Bank, actor: Actor, customer_no: str, text: str) -> Any:  # noqa: ANN401
    """What a rule over event windows says of one customer now; the look is recorded.

    Raises: Forbidden, CustomerUnknown, RuleInvalid, StreamAway.
    """
    checked = rule.check(rule.parse(text), catalogue.of_customers(plan_now(bank, actor)))
    one_id = _seen(bank, actor, customer_no, "rule")
    return ask(bank, {"one_id": one_id, "rule": text}) | {"chinese": rule.to_chinese(checked)}


def _seen(bank: Bank, actor: Actor, customer_no: str, part: str) -> OneId:
    """The inner number of a customer the actor may see; the look is recorded."""
    actor.require(Permission.CUSTOMER_READ)
    try:
        one_id = OneId(bank.keys.customer_numbers.decode(customer_no))
    except Invalid:
        raise CustomerUnknown from None
    with bank.write(actor) as tx:
        if not _sees(tx, one_id):
            raise CustomerUnknown
        tx.emit(BehaviourViewed(subject=one_id, part=part))
    return one_id


def _sees(tx: ReadHandle, one_id: OneId) -> bool:
    """Whether a customer is within the actor's scope."""
    return next(iter(org.assignments(tx, [one_id])), None) is not None
