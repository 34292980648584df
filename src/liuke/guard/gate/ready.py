"""The statement of `judge` made ready for one customer: written once a minute for a kind of question, then only filled.

Writing a statement costs a hundred times what the database needs to answer it. Within one minute a question differs
only by the customer and by exact moments (now, and where the windows of the caps begin), and those are filled in;
whatever else it rests on (policy, product, grade, words) is part of the key, so a change there is seen at once.
"""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import RowMapping
from sqlalchemy.dialects import postgresql

from liuke.data import profile
from liuke.guard.gate.judge import Ask, earliest, statement, window_start
from liuke.kernel.ids import OneId
from liuke.kernel.store.records import ReadHandle

_DIALECT: Final = postgresql.dialect(paramstyle="pyformat")  # type: ignore[no-untyped-call]
#: Stands for the customer while a statement is written: no customer has it.
_SOMEBODY: Final = OneId(-0x6C69756B65)
#: Within the minute: an odd moment that nothing stored is equal to.
_ODD: Final = timedelta(seconds=29, microseconds=718_281)
_ROOM: Final = 1024


@dataclass(frozen=True, slots=True)
class Ready:
    """A statement with its values, and which of them are the customer and which moments."""

    sql: str
    values: Mapping[str, Any]
    customer: tuple[str, ...]
    moments: Mapping[str, int]


_written: Final[dict[Hashable, Ready]] = {}


def answer(tx: ReadHandle, one_id: OneId, ask: Ask) -> RowMapping | None:
    """What the statement answers about one customer; None outside the actor's scope."""
    key = _key(ask)
    found = _written.get(key)
    if found is None:
        if len(_written) >= _ROOM:
            _written.clear()
        found = _written[key] = _write(ask)
    moments = _moments(ask)
    filled = {name: moments[place] for name, place in found.moments.items()}
    values = {**found.values, **dict.fromkeys(found.customer, int(one_id)), **filled}
    return tx.connection.exec_driver_sql(found.sql, values).mappings().first()


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
    people = facts.where(facts.selected_columns.one_id == int(_SOMEBODY)).cte("people")
    written = statement(people, odd, one=_SOMEBODY)
    compiled = written.compile(dialect=_DIALECT, compile_kwargs={"render_postcompile": True})
    values, moments = compiled.construct_params(), _moments(odd)
    dated = {name: value for name, value in values.items() if isinstance(value, datetime) and value in moments}
    return Ready(
        str(compiled),
        values,
        tuple(name for name, value in values.items() if value == _SOMEBODY),
        {name: moments.index(value) for name, value in dated.items()},
    )
