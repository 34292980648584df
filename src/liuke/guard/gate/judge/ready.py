"""The statement of `judge` made ready for one customer: written once for a kind of question, then only filled.

Questions of a kind differ by the customer, the amount, the campaign and the moment, and those are places. Whatever else
the statement rests on (policy, product, grade, words) is part of the key, so a change there is seen at once.
"""

from collections.abc import Hashable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import BigInteger, ColumnElement

from liuke.data import profile
from liuke.guard.gate.judge.ask import Ask
from liuke.guard.gate.judge.statement import statement
from liuke.kernel.ids import OneId
from liuke.kernel.store.pipe import Query
from liuke.kernel.store.places import Written, place, write

_CUSTOMER: Final = "gate_customer"
_ROOM: Final = 1024
_SOME_TIME: Final = datetime(2000, 1, 1, tzinfo=UTC)

_written: Final[dict[Hashable, Written]] = {}


def query(one_id: OneId, ask: Ask) -> Query:
    """The statement about one customer: a row with all that was seen, none outside the actor's scope."""
    key, given = _key(ask), {**ask.places(), _CUSTOMER: one_id}
    found = _written.get(key)
    if found is None:
        if len(_written) >= _ROOM:
            _written.clear()
        found = _written[key] = _write(ask, frozenset(given))
    return found.filled(given)


def _key(ask: Ask) -> Hashable:
    """Everything the statement rests on, but for its places."""
    product, message = ask.product, ask.message
    about = (ask.digest, ask.channel, ask.purpose, ask.day_kind, ask.past, message.automated)
    sold = (message.product_no, product.kind, product.risk) if product else None
    fixed = (ask.misuse is None, ask.quiet and ask.quiet.name, ask.faults[0].rule.name if ask.faults else None)
    sale = replace(ask.sale, now=_SOME_TIME, amount=0) if ask.sale else None
    return (about, sold, fixed, sale)


def _write(ask: Ask, names: frozenset[str]) -> Written:
    def him(column: ColumnElement[Any]) -> ColumnElement[bool]:
        return column == place(_CUSTOMER, 0, BigInteger())

    facts = profile.facts.rows()
    people = facts.where(him(facts.selected_columns.one_id)).subquery("people")
    return write(statement(people, ask, only=him, told=True), names)
