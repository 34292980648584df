"""Which columns of which tables each output column of a query comes from, read off the query itself.

A query is a SQLGlot tree in DuckDB's dialect. An output column comes from the columns its expression names, followed
through sub-queries, common tables, unions, joins and stars down to tables. A column that only counts or numbers rows
comes from what its rows are chosen and grouped by.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from sqlglot import exp
from sqlglot.optimizer.qualify import qualify
from sqlglot.optimizer.scope import Scope, traverse_scope

#: Table → column → DuckDB type.
Schema: TypeAlias = Mapping[str, Mapping[str, str]]

_CHOOSING: Final = ("where", "joins", "group", "having", "qualify")


@dataclass(frozen=True, slots=True, order=True)
class Origin:
    """A column of a table."""

    table: str
    column: str


@dataclass(frozen=True, slots=True)
class Traced:
    """The output columns in order, each with its origins, and every column the query reads for whatever purpose."""

    columns: Mapping[str, frozenset[Origin]]
    reads: frozenset[Origin]


def trace(query: exp.Query, schema: Schema) -> Traced:
    """The origins of a query's output columns. The tree given is left as it is.

    Raises: sqlglot.errors.SqlglotError when a name cannot be resolved.
    """
    named = {table.name for table in query.find_all(exp.Table)}
    resolved = qualify(
        _plain(query.copy(), schema),
        dialect="duckdb",
        schema={table: dict(schema[table]) for table in named if table in schema},
        validate_qualify_columns=False,
        identify=False,
        quote_identifiers=False,
    )
    tracer = _Tracer(resolved)
    return Traced({name: tracer.output(resolved, name) for name in resolved.named_selects}, tracer.reads())


def _plain(query: exp.Expression, schema: Schema) -> exp.Expression:
    """``t.field``, where t is a table's column of structs with the table's own name, written as the column t."""
    for column in list(query.find_all(exp.Column)):
        columns = schema.get(column.table, {})
        if column.table in columns and column.name not in columns:
            column.replace(exp.column(column.table, table=column.table))
    return query


class _Tracer:
    """One walk through one resolved query."""

    def __init__(self, root: exp.Query) -> None:
        self._root = root
        self._scopes = {id(scope.expression): scope for scope in traverse_scope(root)}
        self._done: dict[tuple[int, str, int | None], frozenset[Origin]] = {}

    def output(self, query: exp.Query, name: str, place: int | None = None) -> frozenset[Origin]:
        """The origins of an output column, by name or by place; a recursive table adds nothing through itself."""
        key = (id(query), name, place)
        if key not in self._done:
            self._done[key] = frozenset()
            self._done[key] = frozenset(self._output(query.unnest(), name, place))
        return self._done[key]

    def _output(self, query: Any, name: str, place: int | None) -> Iterator[Origin]:  # noqa: ANN401  (SQLGlot's own)
        if isinstance(query, exp.SetOperation):
            at = query.named_selects.index(name) if place is None else place
            for branch in (query.left, query.right):
                if not query.args.get("by_name"):
                    yield from self.output(branch, name, at)
                elif name in branch.named_selects:
                    yield from self.output(branch, name)
            return
        chosen = [one for one in query.selects if one.alias_or_name == name]
        if place is not None:
            chosen = query.selects[place : place + 1]
        found = [origin for one in chosen for origin in self._inside(one)]
        yield from found
        if not found and any(one.find(exp.AggFunc, exp.Window) for one in chosen):
            yield from self._choosing(query)

    def _inside(self, node: exp.Expression) -> Iterator[Origin]:
        """Origins of the columns in an expression; of a query inside it, those of what it answers."""
        for part in node.walk(prune=lambda one: one is not node and isinstance(one, exp.Query)):
            if isinstance(part, exp.Column):
                yield from self._column(part)
            elif part is not node and isinstance(part, exp.Query):
                for name in part.named_selects:
                    yield from self.output(part, name)

    def _choosing(self, select: exp.Select) -> Iterator[Origin]:
        """Origins of the columns by which rows are chosen and grouped, here or in the queries below."""
        parts = [part for name in _CHOOSING for part in _listed(select.args.get(name))]
        found = [origin for part in parts for origin in self._inside(part)]
        yield from found
        if not found:
            for source in self._scopes[id(select)].sources.values():
                if isinstance(source, Scope) and isinstance(source.expression, exp.Select):
                    yield from self._choosing(source.expression)

    def _column(self, column: exp.Column) -> Iterator[Origin]:
        """A column's origins: of the nearest scope, going outwards, that has a source of its table's name."""
        select = column.find_ancestor(exp.Select)
        while select is not None:
            scope = self._scopes.get(id(select))
            source = scope.sources.get(column.table) if scope else None
            if isinstance(source, exp.Table):
                yield Origin(source.name, column.name)
                return
            if source is not None:
                yield from self._from(source, column.name)
                return
            select = select.find_ancestor(exp.Select)

    def _from(self, source: Scope, name: str) -> Iterator[Origin]:
        if isinstance(source.expression, exp.Query):
            yield from self.output(source.expression, name)
        else:
            yield from self._inside(source.expression)

    def reads(self) -> frozenset[Origin]:
        """Every column of a table that stands anywhere in the query."""
        columns = self._root.find_all(exp.Column)
        return frozenset(origin for column in columns for origin in self._direct(column))

    def _direct(self, column: exp.Column) -> Iterator[Origin]:
        select = column.find_ancestor(exp.Select)
        while select is not None:
            scope = self._scopes.get(id(select))
            source = scope.sources.get(column.table) if scope else None
            if source is not None:
                if isinstance(source, exp.Table):
                    yield Origin(source.name, column.name)
                return
            select = select.find_ancestor(exp.Select)


def _listed(part: Any) -> list[exp.Expression]:  # noqa: ANN401  (SQLGlot's arguments are a node, a list or None)
    return [one for one in (part if isinstance(part, list) else [part]) if one is not None]
