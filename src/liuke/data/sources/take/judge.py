"""A file judged as a whole: what is wrong between its rows, which rows are taken, and what is set aside and why."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import duckdb

from liuke.data.sources.contract.plan import Plan
from liuke.data.sources.files.feed import Feed
from liuke.data.sources.model import FileRefused, ReasonCount
from liuke.data.sources.take.stage import raw_kept, stage_sql

#: Quarantined rows kept with their text per load; all are counted, and the raw copy holds every row.
KEPT_ROWS: Final = 100_000
#: A file is refused for its share of bad rows only when it has more bad rows than this.
_FEW: Final = 20
_UNKNOWN_PRODUCT: Final = ("account", "holding")


@dataclass(frozen=True, slots=True)
class Judged:
    """What a file holds: rows read, set aside (with reasons, most frequent first), and of these exact repetitions."""

    read: int
    quarantined: int
    repeated: int
    reasons: tuple[ReasonCount, ...]


def judge(connection: duckdb.DuckDBPyConnection, plan: Plan, feed: Feed, *, latest: datetime) -> Judged:
    """Check every row into the tables ``staged``, ``again<n>`` and ``rejected`` of the connection.

    Views of the tables the contract refers to, and of ``product``, must be there.

    Raises: FileRefused when the file itself is at fault.
    """
    _read(connection, feed, f"CREATE TEMP TABLE staged AS {stage_sql(plan, feed, latest=latest)}")
    connection.execute("CREATE TEMP TABLE late (line_no BIGINT, reason VARCHAR)")
    for number in range(len(plan.targets)):
        _repeated(connection, plan, number)
    _unknown_products(connection, plan)
    _unknown_references(connection, plan)
    _reject(connection, feed)
    return _judged(connection)


def refuse_bad(judged: Judged, plan: Plan, name: str) -> None:
    """Raises FileRefused when too many rows are bad for any of the file to be trusted."""
    limit = plan.contract.load.max_bad_percent
    share = 100 * judged.quarantined / judged.read if judged.read else 0
    all_bad = judged.read and judged.quarantined == judged.read
    if all_bad or (judged.quarantined > _FEW and share > limit):
        first = judged.reasons[0]
        reason = (
            f"{judged.read} 行中有 {judged.quarantined} 行不合格({share:.1f}%,上限 {limit:g}%),"
            f"最多的原因是“{first.column} {first.reason}”{first.rows} 行。请让来源系统更正后重新提供。"
        )
        raise FileRefused(file=name, reason=reason)


def _read(connection: duckdb.DuckDBPyConnection, feed: Feed, statement: str) -> None:
    """Run a statement that reads the file; a refusal met while reading is raised as itself."""
    feed.attach(connection)
    try:
        connection.execute(statement)
    except duckdb.Error as fault:
        if feed.fault is not None:
            raise feed.fault from fault
        raise
    finally:
        if feed.open is not None:
            connection.unregister("landed")


def _repeated(connection: duckdb.DuckDBPyConnection, plan: Plan, number: int) -> None:
    """Rows of one key: the first is taken. Copies of a whole row, and rows that say something else, are set aside.

    Only in a target beside the first may many rows say the same, e.g. the product each account names.
    """
    good = f"FROM staged WHERE NOT bad AND w{number}"
    connection.execute(
        f"CREATE TEMP TABLE again{number} AS WITH twice AS ("
        f" SELECT k{number} {good} GROUP BY k{number} HAVING count(*) > 1)"
        f" SELECT line_no, h{number} = first_value(h{number}) OVER one AS same, first_value(line_no) OVER one AS first"
        f" {good} AND k{number} IN (FROM twice)"
        f" WINDOW one AS (PARTITION BY k{number} ORDER BY line_no)"
    )
    key = plan.contract.targets[number].key.replace("'", "''")
    said = "CASE WHEN same THEN '重复的行,与第 ' || first || ' 行相同'"
    said += " ELSE '编号重复,与第 ' || first || ' 行相同而内容不同' END"
    connection.execute(
        f"INSERT INTO late SELECT line_no, '{key}' || chr(9) || {said}"
        f" FROM again{number} WHERE line_no <> first AND ({number} = 0 OR NOT same)"
    )
    connection.execute(f"DELETE FROM again{number} WHERE NOT same OR line_no = first")


def _unknown_references(connection: duckdb.DuckDBPyConnection, plan: Plan) -> None:
    """Rows that name a row of the same system which nobody delivered."""
    for number, one in enumerate(plan.contract.references):
        said = f"{one.column}\t{one.reason}".replace("'", "''")
        connection.execute(
            f"INSERT INTO late SELECT line_no, '{said}' FROM staged WHERE NOT bad AND x{number} IS NOT NULL"
            f" AND x{number} NOT IN (SELECT source_key FROM \"{one.table}\" WHERE source = '{plan.contract.system}')"
        )


def _unknown_products(connection: duckdb.DuckDBPyConnection, plan: Plan) -> None:
    """Accounts and holdings of a product nobody knows."""
    known = ["SELECT product_no FROM product"]
    for number, target in enumerate(plan.targets):
        if target.table.name == "product":
            known.append(f"SELECT c{number}_product_no FROM staged WHERE NOT bad AND w{number}")
    for number, target in enumerate(plan.targets):
        mapped = plan.contract.targets[number].columns.get("product_no")
        if target.table.name in _UNKNOWN_PRODUCT and mapped is not None:
            column = f"c{number}_product_no"
            said = f"{mapped.expression}\t未知产品,产品货架上没有这个编号".replace("'", "''")
            connection.execute(
                f"INSERT INTO late SELECT line_no, '{said}' FROM staged WHERE NOT bad AND w{number}"
                f" AND {column} IS NOT NULL AND {column} NOT IN ({' UNION '.join(known)})"
            )


def _reject(connection: duckdb.DuckDBPyConnection, feed: Feed) -> None:
    """All rows set aside, with their reasons; the text of those found late is read again."""
    connection.execute("CREATE TEMP TABLE rejected AS SELECT line_no, reasons, raw FROM staged WHERE bad")
    [(late,)] = connection.execute("SELECT count(*) FROM late").fetchall()
    if late:
        _read(
            connection,
            feed,
            "INSERT INTO rejected SELECT line_no, found.reasons, raw FROM"
            f" (SELECT line_no, {raw_kept(feed)} AS raw FROM ({feed.relation})) JOIN (SELECT line_no,"
            " list(DISTINCT reason) AS reasons FROM late GROUP BY line_no) AS found USING (line_no)",
        )
        connection.execute("UPDATE staged SET bad = true WHERE line_no IN (SELECT line_no FROM late)")


def _judged(connection: duckdb.DuckDBPyConnection) -> Judged:
    [(read, bad, repeated)] = connection.execute(
        "SELECT count(*), count(*) FILTER (bad), (SELECT count(*) FROM again0) FROM staged"
    ).fetchall()
    return Judged(read, bad, repeated, _reasons(connection))


def _reasons(connection: duckdb.DuckDBPyConnection) -> tuple[ReasonCount, ...]:
    """Reasons by frequency; those that name another line are counted together."""
    found: Sequence[tuple[str, int]] = connection.execute(
        "SELECT regexp_replace(reason, '第 [0-9]+ 行', '前面的行') AS said, count(*) FROM"
        " (SELECT unnest(reasons) AS reason FROM rejected) GROUP BY said ORDER BY count(*) DESC, said LIMIT 50"
    ).fetchall()
    return tuple(ReasonCount(*_apart(said), rows) for said, rows in found)


def _apart(said: str) -> tuple[str, str]:
    """Column and reason of a stored reason."""
    column, _, reason = said.partition("\t")
    return column, reason
