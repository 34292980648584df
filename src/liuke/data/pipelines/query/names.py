"""Which tables and columns a query names, and for each that does not exist, where it stands and what may be meant."""

from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

from sqlglot import exp
from sqlglot.optimizer.scope import Scope, traverse_scope

from liuke.data.pipelines.model import Problem
from liuke.data.pipelines.query.allow import at
from liuke.kernel.rule.catalogue import propose

#: Table → its columns.
Tables: TypeAlias = Mapping[str, Mapping[str, str]]


def tables_of(tree: exp.Query) -> tuple[str, ...]:
    """The tables a query reads, in the order they appear, common tables of its own left out."""
    found: dict[str, None] = {}
    for scope in traverse_scope(tree):
        for source in scope.sources.values():
            if isinstance(source, exp.Table):
                found.setdefault(source.name)
    return tuple(found)


def unknown(tree: exp.Query, tables: Tables, text: str) -> Iterator[Problem]:
    """Every name that stands for nothing, each once."""
    told: set[str] = set()
    for problem in _unknown(tree, tables, text):
        if problem.message not in told:
            told.add(problem.message)
            yield problem


def _unknown(tree: exp.Query, tables: Tables, text: str) -> Iterator[Problem]:
    scopes = traverse_scope(tree)
    for scope in scopes:
        for source in scope.sources.values():
            if isinstance(source, exp.Table) and source.name not in tables:
                said = f"没有名为“{source.name[:60]}”的表{propose(source.name, list(tables))}。"
                yield at(source.this, text, said)
    for scope in scopes:
        if isinstance(scope.expression, exp.Select):
            yield from _columns(scope, tables, text)


def _columns(scope: Scope, tables: Tables, text: str) -> Iterator[Problem]:
    for column in scope.columns:
        if isinstance(column.this, exp.Star):
            continue
        if column.table:
            yield from _qualified(column, scope, tables, text)
        elif not _seen(column, scope, tables):
            choices = sorted({name for source in _reach(scope) for name in _outputs(source, tables) or ()})
            yield at(column, text, f"没有名为“{column.name[:60]}”的列{propose(column.name, choices)}。")


def _qualified(column: exp.Column, scope: Scope, tables: Tables, text: str) -> Iterator[Problem]:
    around: Scope | None = scope
    while around is not None:
        if column.table in around.sources:
            names = _outputs(around.sources[column.table], tables)
            if names is not None and column.name not in names:
                said = f"“{column.table[:60]}”没有名为“{column.name[:60]}”的列{propose(column.name, sorted(names))}。"
                yield at(column, text, said)
            return
        around = around.parent
    said = f"没有名为“{column.table[:60]}”的表或别名{propose(column.table, sorted(scope.sources))}。"
    yield at(column, text, said)


def _seen(column: exp.Column, scope: Scope, tables: Tables) -> bool:
    """Whether a bare name stands for a column in reach or for another output column of the query itself."""
    expression: Any = scope.expression
    name, own = column.name, column.find_ancestor(exp.Alias)
    if any(one.alias == name and one is not own for one in expression.selects):
        return True
    for source in _reach(scope):
        names = _outputs(source, tables)
        if names is None or name in names:
            return True
    return False


def _reach(scope: Scope) -> Iterator[Any]:
    """The sources a query may name: its own, and those of the queries around it."""
    around: Scope | None = scope
    while around is not None:
        yield from around.sources.values()
        around = around.parent


def _outputs(source: Any, tables: Tables) -> set[str] | None:  # noqa: ANN401  (a SQLGlot table or scope)
    """The columns of a source; None when they cannot be told."""
    if isinstance(source, exp.Table):
        return set(tables[source.name]) if source.name in tables else None
    expression = source.expression
    while isinstance(expression, exp.SetOperation):
        expression = expression.left.unnest()
    if not isinstance(expression, exp.Select):
        return None
    found: set[str] = set()
    for one in expression.selects:
        if one.is_star:
            stars = _stars(one, source, tables)
            if stars is None:
                return None
            found |= stars
        else:
            found.add(one.alias_or_name)
    alias = source.expression.parent.args.get("alias") if source.expression.parent is not None else None
    if isinstance(alias, exp.TableAlias) and alias.columns:
        return {column.name for column in alias.columns}
    return found


def _stars(star: exp.Expression, scope: Scope, tables: Tables) -> set[str] | None:
    """The columns a star stands for, without those taken out; None when they cannot be told."""
    if isinstance(scope.expression, exp.SetOperation):
        return None
    inner = star.this if isinstance(star, exp.Column) else star
    sources = [scope.sources.get(star.table)] if isinstance(star, exp.Column) else list(scope.sources.values())
    found: set[str] = set()
    for source in sources:
        names = _outputs(source, tables) if source is not None else None
        if names is None:
            return None
        found |= names
    return found - {one.name for one in inner.args.get("except_") or inner.args.get("except") or ()}
