"""What others may ask of the analysis: an answer over all whom the actor sees, or over some of them; who it was."""

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from liuke.data import org, products
from liuke.data.behaviour import catalogue
from liuke.data.behaviour.analyse import run
from liuke.data.behaviour.analyse.examples import EXAMPLES, Example
from liuke.data.behaviour.analyse.model import Query, Result
from liuke.data.behaviour.follow import folder, plan_in_force
from liuke.data.behaviour.model import CHINA_MS, DAY_MS, BehaviourListed, NoEvents, Plan
from liuke.data.behaviour.windows import stock
from liuke.data.behaviour.windows.context import Contexts
from liuke.data.behaviour.windows.stock import Stock
from liuke.kernel.actor import Actor, Permission, ScopeKind
from liuke.kernel.bank import Bank
from liuke.kernel.rule import Field
from liuke.kernel.store.records import ReadHandle

U8 = npt.NDArray[np.uint8]
#: Customers shown by name of a question.
MOST: Final = 200
_EPOCH: Final = date(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class _Opened:
    stock: Stock
    rows: list[dict[str, Any]]
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Offer:
    """What can be asked: events, fields, the days there is something to count, and examples."""

    plan: Plan
    fields: Mapping[str, Field]
    first: date
    last: date
    as_of: datetime
    examples: tuple[Example, ...]


@dataclass(frozen=True, slots=True)
class Customer:
    """A customer who did what was asked, by the number shown outside."""

    customer_no: str
    times: int
    last_at: datetime


_open: Final[dict[Path, _Opened]] = {}
_opening: Final = threading.Lock()


def offer(bank: Bank, actor: Actor) -> Offer:
    """What can be asked. Raises: Forbidden, NoEvents."""
    actor.require(Permission.BEHAVIOUR_READ)
    with bank.read(actor) as tx:
        plan, opened = plan_in_force(tx), _opened(bank, tx)
    fields = dict(catalogue.of_events(plan).fields)
    return Offer(plan, fields, opened.first, opened.last, _as_of(opened.stock), EXAMPLES)


def analyse(bank: Bank, actor: Actor, query: Query, *, members: U8 | None = None) -> Result:
    """The answer to a question over the customers the actor sees, and of those only ``members`` when given.

    ``members``: packed bits (little bit order), a customer's number is its place.
    Raises: Forbidden, NoEvents, QueryInvalid, RuleInvalid.
    """
    actor.require(Permission.BEHAVIOUR_READ)
    began = time.perf_counter()
    with bank.read(actor) as tx:
        ground = _ground(bank, tx, members)
    made = run.ready(ground, query)
    columns, rows, summary = run.answer(made)
    return Result(
        kind=query.kind,
        columns=columns,
        rows=rows,
        summary=summary,
        steps=[step.chinese for step in made.asked],
        customers=_population(ground),
        as_of=_as_of(ground.stock),
        milliseconds=int((time.perf_counter() - began) * 1000),
    )


def who(bank: Bank, actor: Actor, query: Query, *, members: U8 | None = None) -> list[Customer]:
    """The customers who did a question's first step most often, up to `MOST`; the look is recorded. Raises as above."""
    actor.require(Permission.BEHAVIOUR_READ)
    actor.require(Permission.CUSTOMER_READ)
    with bank.read(actor) as tx:
        ground = _ground(bank, tx, members)
    found = run.who(ground, query, most=MOST)
    with bank.write(actor) as tx:
        tx.emit(BehaviourListed(count=len(found), one_ids=[one.one_id for one in found]))
    number = bank.keys.customer_numbers.encode
    return [Customer(number(one.one_id), one.times, one.last_at) for one in found]


def _ground(bank: Bank, tx: ReadHandle, members: U8 | None) -> run.Ground:
    opened = _opened(bank, tx)
    now = int(bank.clock.now().timestamp() * 1000)
    mask = _member(tx, opened.stock.size, members)
    threads = bank.settings.tables_threads
    return run.Ground(opened.stock, opened.rows, plan_in_force(tx), mask, threads, now)


def _member(tx: ReadHandle, size: int, members: U8 | None) -> U8:
    """(size,) 1 for customers that count; empty when all do."""
    whole = tx.actor.scope.kind is ScopeKind.ALL
    if whole and members is None:
        return np.zeros(0, np.uint8)
    mask = np.zeros(size, np.uint8)
    if whole:
        mask[:] = 1
    else:
        seen = np.array([one.one_id for one in org.assignments(tx, None)], np.int64)
        mask[seen[seen < size]] = 1
    if members is not None:
        chosen = np.unpackbits(members, bitorder="little")[:size]
        mask[: len(chosen)] &= chosen
        mask[len(chosen) :] = 0
    return mask if size else np.zeros(1, np.uint8)


def _population(ground: run.Ground) -> int:
    """Customers that have events and count."""
    has = np.diff(ground.stock.start) > 0
    return int((has & (ground.member[: len(has)] == 1)).sum() if len(ground.member) else has.sum())


def _opened(bank: Bank, tx: ReadHandle) -> _Opened:
    """The present stock with its contexts as rows; opened once a generation."""
    root = folder(bank) / "stock"
    name = stock.present(root)
    held = _open.get(root)
    if held is not None and held.stock.name == name:
        return held
    with _opening:
        found = stock.load(root)
        if found is None or not len(found.time):
            raise NoEvents
        shelf = products.by_numbers(tx, {context[2] for context in found.contexts if context[2]})
        rows = Contexts(found.contexts).rows(0, shelf)
        opened = _Opened(found, rows, _day(int(found.time.min())), _day(int(found.time.max())))
        _open[root] = opened
    return opened


def _day(ms: int) -> date:
    return _EPOCH + timedelta(days=(ms + CHINA_MS) // DAY_MS)


def _as_of(of: Stock) -> datetime:
    return datetime.fromtimestamp(of.as_of / 1000, UTC)
