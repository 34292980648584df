"""The state of canonical tables: the present one, or as it could be known at a moment."""

from datetime import datetime

from liuke.data.sources.canonical import CANONICAL


def current_sql(table: str, *, as_of: datetime | None = None) -> str:
    """The query for the present state of a canonical table: of each source key the last revision.

    ``as_of``: as it could be known at that moment. It reads the view of the table's name (``bank.lake.connect``).
    """
    seen = f"known_at <= TIMESTAMPTZ '{as_of.isoformat()}'" if as_of else "true"
    return (
        f'SELECT * FROM "{CANONICAL[table].name}" AS present WHERE {seen} AND NOT EXISTS ('
        f'SELECT 1 FROM "{table}" AS later WHERE later.revision > 0 AND {seen.replace("known_at", "later.known_at")}'
        " AND later.source = present.source AND later.source_key = present.source_key"
        " AND later.revision > present.revision)"
    )
