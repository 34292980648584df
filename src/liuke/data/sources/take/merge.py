"""Which of a file's rows are new: the same fact is kept once, a changed one gets the next revision."""

from datetime import datetime
from uuid import UUID

from liuke.data.sources.canonical import KEYS
from liuke.data.sources.contract.plan import Plan
from liuke.data.sources.contract.typed import quoted
from liuke.data.sources.model import Mode
from liuke.data.sources.take.stage import known_sql


def before_sql(plan: Plan, number: int, *, narrowed: bool) -> str:
    """What its system said of the file's keys so far: ``source_key, row_hash, revision, known_at`` of the last one.

    ``narrowed`` looks only at the days the file is about: enough for facts, unless the file was taken in before.
    """
    target = plan.targets[number]
    days = ""
    if narrowed and target.event and plan.contract.load.mode is Mode.APPEND:
        days = (
            f" AND event_time BETWEEN (SELECT min(e{number}) FROM staged WHERE NOT bad) - INTERVAL 1 DAY"
            f" AND (SELECT max(e{number}) FROM staged WHERE NOT bad) + INTERVAL 1 DAY"
        )
    return (
        "SELECT source_key, max(revision) AS revision, arg_max(row_hash, revision) AS row_hash,"
        f' max(known_at) AS known_at FROM "{target.table.name}" WHERE source = {quoted(plan.contract.system)}'
        f" AND source_key IN (SELECT k{number} FROM staged WHERE NOT bad AND w{number}){days} GROUP BY source_key"
    )


def fresh_sql(plan: Plan, number: int, *, load_id: UUID, known_at: datetime, now: datetime, before: str | None) -> str:
    """The rows of target n to write. ``before`` names a table of `before_sql`'s rows; None = nothing is known yet."""
    target = plan.targets[number]
    known = known_sql(plan, number, known_at)
    revision = "0"
    joined = ""
    if before:
        joined = (
            f" LEFT JOIN {before} AS b ON b.source_key = k{number}"
            f" WHERE b.row_hash IS DISTINCT FROM h{number} AND {_taken(number)}"
        )
        known = f"CASE WHEN b.known_at >= {known} THEN TIMESTAMPTZ '{now.isoformat()}' ELSE {known} END"
        revision = "coalesce(b.revision + 1, 0)"
    else:
        joined = f" WHERE {_taken(number)}"
    keys = {
        "source": f"'{plan.contract.system}'",
        "source_key": f"k{number}",
        "event_time": f"e{number}" if target.event else known,
        "known_at": known,
        "load_id": f"'{load_id}'::UUID",
        "row_hash": f"h{number}",
        "revision": f"CAST({revision} AS INTEGER)",
    }
    columns = [f'{keys[column.name]} AS "{column.name}"' for column in KEYS]
    columns += [f'c{number}_{name} AS "{name}"' for name, _ in target.columns]
    return f"SELECT {', '.join(columns)} FROM staged{joined}"


def taken_count_sql(number: int) -> str:
    """How many rows of the file are taken for target n, new or not."""
    return f"SELECT count(*) FROM staged WHERE {_taken(number)}"


def corrected_count_sql(number: int, before: str) -> str:
    """How many rows of the file say something else than what was known under their key."""
    return (
        f"SELECT count(*) FROM staged JOIN {before} AS b ON b.source_key = k{number}"
        f" WHERE b.row_hash IS DISTINCT FROM h{number} AND {_taken(number)}"
    )


def _taken(number: int) -> str:
    return f"NOT bad AND w{number} AND line_no NOT IN (SELECT line_no FROM again{number})"
