"""The one helper that narrows a query to the actor's customers, and the same rule as PostgreSQL row-level security."""

from typing import Any

from sqlalchemy import Select, Table, false

from liuke.kernel.actor import Actor, ScopeKind
from liuke.kernel.store.records import APP_ROLE


def scoped(query: Select[Any], table: Table, actor: Actor) -> Select[Any]:
    """The query, narrowed to what the actor may see. ``table`` has ``branch_path`` and ``rm_no``."""
    scope = actor.scope
    match scope.kind:
        case ScopeKind.ALL:
            return query
        case ScopeKind.BRANCH:
            return query.where(table.c.branch_path.startswith(scope.branch_path, autoescape=True))
        case ScopeKind.BOOK:
            return query.where(table.c.rm_no == scope.staff_no)
        case ScopeKind.NONE:
            return query.where(false())


def security_sql(table: str) -> list[str]:
    """Statements that make PostgreSQL itself hide rows outside the actor's scope, from the table's owner too."""
    seen = (
        "current_setting('liuke.scope', true) = 'all'"
        " OR (current_setting('liuke.scope', true) = 'branch'"
        " AND starts_with(branch_path, current_setting('liuke.branch_path', true)))"
        " OR (current_setting('liuke.scope', true) = 'book' AND rm_no = current_setting('liuke.staff_no', true))"
    )
    return [
        f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY',
        f'ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY',
        f'CREATE POLICY "{table}_scope" ON "{table}" USING ({seen})',
    ]


def grant_sql(table: str, *, rights: str = "SELECT, INSERT, UPDATE, DELETE") -> str:
    """The statement that lets the application work with a table; an append-only one grants no UPDATE or DELETE."""
    return f'GRANT {rights} ON "{table}" TO {APP_ROLE}'
