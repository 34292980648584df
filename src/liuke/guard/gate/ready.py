"""The statement of `judge` made ready for one customer: written once a minute for a kind of question, then only filled.

Writing a statement costs a hundred times what the database needs to answer it. Within one minute a question differs
only by the customer and by exact moments (now, and where the windows of the caps begin), and those are filled in;
whatever else it rests on (policy, product, grade, words) is part of the key, so a change there is seen at once.
"""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

from psycopg.types.numeric import Int8
from sqlalchemy.dialects import postgresql

from liuke.data import profile
from liuke.guard.gate.judge import Ask, earliest, statement, window_start
from liuke.kernel.ids import OneId
from liuke.kernel.store.records import Query

_DIALECT: Final = postgresql.dialect(paramstyle="numeric_dollar")  # type: ignore[no-untyped-call]
#: Stands for the customer while a statement is written: no customer has it.
_SOMEBODY: Final = -0x6C69756B65
#: Within the minute: an odd moment that nothing stored is equal to.
_ODD: Final = timedelta(seconds=29, microseconds=718_281)
_ROOM: Final = 1024


@dataclass(frozen=True, slots=True)
class Ready:
    """A statement with its values, and which of them are the customer and which moments."""

    sql: str
    values: Sequence[Any]
    customer: tuple[int, ...]
    moments: Mapping[int, int]


_written: Final[dict[Hashable, Ready]] = {}


def query(one_id: OneId, ask: Ask) -> Query:
    """The statement about one customer: a row with all that was seen, none outside the actor's scope."""
    key = _key(ask)
    found = _written.get(key)
    if found is None:
        if len(_written) >= _ROOM:
            _written.clear()
        found = _written[key] = _write(ask)
    values, moments = list(found.values), _moments(ask)
    for place in found.customer:
        values[place] = Int8(one_id)
    for place, moment in found.moments.items():
        values[place] = moments[moment]
    return found.sql, values


def _key(ask: Ask) -> Hashable:
    """Everything the statement and its values rest on, but for the customer and the moments."""
    message, span, faults = ask.message, ask.quiet(), ask.faults()
    said = (message.product_no, message.amount, message.campaign, message.automated)
    fixed = (ask.misuse() is None, span.name if span else None, faults[0].rule.name if faults else None)
    sale = replace(ask.sale, now=_minute(ask)) if ask.sale else None
    about = (ask.policy, ask.channel, ask.purpose, ask.day_kind, ask.past, ask.product)
    return (about, said, fixed, sale, _minute(ask))


def _minute(ask: Ask) -> datetime:
    return ask.now.replace(second=0, microsecond=0)


def _moments(ask: Ask) -> list[datetime]:
    """The moments a statement may hold, always in this order."""
    return [ask.now, earliest(ask), *(window_start(cap, ask.now) for cap in ask.caps)]


def _write(ask: Ask) -> Ready:
    now = _minute(ask) + _ODD
    odd = replace(ask, now=now, sale=replace(ask.sale, now=now) if ask.sale else None)
    facts = profile.facts.rows()
    people = facts.where(facts.selected_columns.one_id == _SOMEBODY).subquery("people")
    written = statement(people, odd, only=lambda column: column == _SOMEBODY, told=True)
    compiled: Any = written.compile(dialect=_DIALECT, compile_kwargs={"render_postcompile": True})
    named, moments = compiled.construct_params(), _moments(odd)
    values = [named[name] for name in compiled.positiontup]
    return Ready(
        str(compiled),
        values,
        tuple(place for place, value in enumerate(values) if value == _SOMEBODY),
        {
            place: moments.index(value)
            for place, value in enumerate(values)
            if isinstance(value, datetime) and value in moments
        },
    )
