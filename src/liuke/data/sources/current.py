"""The state of canonical tables: the present one, or as it could be known at a moment."""

from datetime import datetime

from liuke.data.sources.canonical import CANONICAL


def current_sql(table: str, *, as_of: datetime | None = None) -> str:
    """The query for the present state of a canonical table: of each source key the last revision.

    ``as_of``: as it could be known at that moment. It reads the view of the table's name (``bank.lake.connect``).
    """
    name = CANONICAL[table].name
    seen = f"known_at <= TIMESTAMPTZ '{as_of.isoformat()}'" if as_of else "true"
    # Corrections are few: one small join finds them, where "no later row exists" would sort the whole table.
    return (
        f'SELECT present.* FROM "{name}" AS present LEFT JOIN ('
        f'SELECT source, source_key, max(revision) AS newest FROM "{name}" WHERE revision > 0 AND {seen}'
        " GROUP BY source, source_key) AS corrected USING (source, source_key)"
        f" WHERE {seen} AND (newest IS NULL OR revision >= newest)"
    )
