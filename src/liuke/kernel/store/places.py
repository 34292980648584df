"""Statements written once and filled often: a place is a value of a statement that is known by a name.

Writing a statement with SQLAlchemy costs a hundred times what PostgreSQL needs to answer it about one customer. So what
is asked thousands of times a second is written once for every kind of question, and then only filled.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from psycopg.types.numeric import Int4, Int8
from sqlalchemy import BigInteger, BindParameter, Executable, Integer, bindparam
from sqlalchemy.dialects import postgresql
from sqlalchemy.types import TypeEngine

from liuke.kernel.store.pipe import Query

T = TypeVar("T")

_DIALECT: Final = postgresql.dialect(paramstyle="numeric_dollar")  # type: ignore[no-untyped-call]
#: SQLAlchemy numbers each use of a place.
_NUMBER: Final = re.compile(r"_\d+$")


def place(name: str, value: object, kind: TypeEngine[T]) -> BindParameter[T]:
    """A value of a statement that `Written.filled` may give anew. Its name must be no column's."""
    return bindparam(name, value, kind, unique=True)


@dataclass(frozen=True, slots=True)
class Written:
    """A statement as text, its values in order, and which of them are places: (position, name, how it is sent)."""

    sql: str
    values: tuple[Any, ...]
    places: tuple[tuple[int, str, type[int] | None], ...]

    def filled(self, given: Mapping[str, Any]) -> Query:
        """The query with these values in its places; a place that is not given keeps what it was written with."""
        values = list(self.values)
        for position, name, sent in self.places:
            if name in given:
                value = given[name]
                values[position] = value if sent is None or value is None else sent(value)
        return self.sql, values


def write(statement: Executable, names: frozenset[str]) -> Written:
    """A statement made ready to be filled in the places of these names."""
    compiled: Any = statement.compile(dialect=_DIALECT, compile_kwargs={"render_postcompile": True})  # type: ignore[attr-defined]
    constants = compiled.construct_params()
    sent = {name: _sent(bound.type) for bound, name in compiled.bind_names.items()}
    ordered = list(compiled.positiontup)
    values = [(sent.get(name) or _plain)(value) if (value := constants[name]) is not None else None for name in ordered]
    places = tuple(
        (position, base, sent.get(name))
        for position, name in enumerate(ordered)
        if (base := _NUMBER.sub("", name)) in names
    )
    return Written(str(compiled), tuple(values), places)


def _sent(kind: TypeEngine[Any]) -> type[int] | None:
    """Whole numbers are sent in the width of their column: PostgreSQL plans a statement for the types it is sent."""
    if isinstance(kind, BigInteger):
        return Int8
    return Int4 if isinstance(kind, Integer) else None


def _plain(value: Any) -> Any:  # noqa: ANN401
    return value
