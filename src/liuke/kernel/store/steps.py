"""Named SQL steps: each a query over those before it, written once in DuckDB's words, said in those of its engine.

What the engines say differently, a rule's expression or the microseconds of a moment, stands in the text as a column
with a name of its own and is filled in with an expression that is already in the engine's words.
"""

from collections.abc import Callable
from typing import Literal, NamedTuple, TypeAlias

from sqlglot import exp, parse_one

Dialect: TypeAlias = Literal["duckdb", "spark"]
#: The expression that stands for a column's name; None leaves the column as it is.
Fill: TypeAlias = Callable[[str], exp.Expression | None]


class Step(NamedTuple):
    """A named query; ``kept`` ones are worth keeping as a table, the others are read once."""

    name: str
    query: str
    kept: bool = True


def said(query: str, dialect: Dialect) -> str:
    """A DuckDB query in the words of a dialect."""
    return str(parse_one(query, read="duckdb").sql(dialect=dialect))


def filled(query: str, fill: Fill, dialect: Dialect) -> str:
    """A DuckDB query in the words of a dialect, some columns replaced by expressions already in those words."""
    return str(replaced(parse_one(query, read="duckdb"), fill).sql(dialect=dialect))


def replaced(tree: exp.Expression, fill: Fill) -> exp.Expression:
    """The tree with expressions in the place of columns."""

    def change(node: exp.Expression) -> exp.Expression:
        if isinstance(node, exp.Column) and (written := fill(node.name)) is not None:
            return exp.Paren(this=written)
        return node

    changed: exp.Expression = tree.transform(change)
    return changed


def quoted(text: str) -> str:
    """A text as a literal."""
    return str(exp.Literal.string(text).sql(dialect="duckdb"))


def micros(column: str, dialect: Dialect) -> exp.Expression:
    """Microseconds since 1970 of a column of moments."""
    return exp.Anonymous(this="EPOCH_US" if dialect == "duckdb" else "UNIX_MICROS", expressions=[exp.column(column)])
