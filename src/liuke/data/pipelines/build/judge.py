"""Holds the rows of a run to the quality rules, before anybody sees them."""

from collections.abc import Iterator, Sequence
from typing import Final

import duckdb

from liuke.data.pipelines.model import Broken, Definition, OutColumn, QualityRule, RuleKind, Severity
from liuke.data.pipelines.query.check import bounded, catalogue
from liuke.data.pipelines.query.mask import masked
from liuke.kernel import rule

#: Sample keys told of a broken rule.
SAMPLES: Final = 5

_KEYS: Final = QualityRule(RuleKind.UNIQUE, "主键唯一")
_PRESENT: Final = QualityRule(RuleKind.NOT_NULL, "主键不为空")


def judge(
    connection: duckdb.DuckDBPyConnection,
    one: Definition,
    columns: Sequence[OutColumn],
    *,
    fresh_sql: str,
    all_sql: str,
) -> tuple[Broken, ...]:
    """The rules that rows break, those of the keys first.

    ``fresh_sql``: the rows computed by the run; ``all_sql``: the table as it would be, with the partitions that stay.
    """
    keyed = [QualityRule(rule.kind, rule.name, one.keys) for rule in (_PRESENT, _KEYS)]
    found = (_broken(connection, one, columns, wanted, fresh_sql, all_sql) for wanted in (*keyed, *one.rules))
    return tuple(broken for broken in found if broken.rows > broken.most)


def _broken(
    connection: duckdb.DuckDBPyConnection,
    one: Definition,
    columns: Sequence[OutColumn],
    wanted: QualityRule,
    fresh_sql: str,
    all_sql: str,
) -> Broken:
    name = wanted.name or named(wanted)
    if wanted.kind is RuleKind.ROWS:
        count = int(connection.execute(f"SELECT count(*) FROM ({all_sql})").fetchall()[0][0])
        least, greatest = int(wanted.least or 0), int(wanted.greatest or 2**62)
        off = 0 if least <= count <= greatest else 1
        return Broken(name, wanted.kind, wanted.severity, off, wanted.most, (f"共 {count:,} 行",))
    # A key holds its partition, so rows of other partitions cannot share it.
    cut = one.partition
    within = cut is None or cut.column in wanted.columns or wanted.kind is not RuleKind.UNIQUE
    exact = ", ".join(
        f'TRY_CAST("{column.name}" AS DECIMAL(24,6)) AS "{column.name}"'
        if column.kind == "DOUBLE"
        else f'"{column.name}"'
        for column in columns
    )
    rows_sql = f"SELECT {exact} FROM ({fresh_sql if within else all_sql})"
    count, samples = _counted(connection, one, columns, f"SELECT * FROM ({rows_sql}) AS r {_where(wanted, columns)}")
    return Broken(name, wanted.kind, wanted.severity, count, wanted.most, samples)


def _where(wanted: QualityRule, columns: Sequence[OutColumn]) -> str:
    """What keeps the rows that break a rule."""
    listed = ", ".join(f'"{name}"' for name in wanted.columns)
    match wanted.kind:
        case RuleKind.NOT_NULL:
            return "WHERE " + " OR ".join(f'"{name}" IS NULL' for name in wanted.columns)
        case RuleKind.UNIQUE:
            return f"QUALIFY count(*) OVER (PARTITION BY {listed}) > 1"
        case _:
            return "WHERE " + " OR ".join(f"({condition}) IS FALSE" for condition in _conditions(wanted, columns))


def _conditions(wanted: QualityRule, columns: Sequence[OutColumn]) -> Iterator[str]:
    texts = [wanted.expression]
    if wanted.kind is RuleKind.RANGE:
        kinds = {column.name: column.kind for column in columns}
        bounds = (("least", wanted.least), ("greatest", wanted.greatest))
        texts = [bounded(wanted.columns[0], key, bound, kinds) for key, bound in bounds if bound]
    for text in texts:
        yield rule.to_sql(rule.check(rule.parse(text), catalogue(tuple(columns)), wants=rule.Type.BOOL), "duckdb")


def _counted(
    connection: duckdb.DuckDBPyConnection, one: Definition, columns: Sequence[OutColumn], rows_sql: str
) -> tuple[int, tuple[str, ...]]:
    """How many rows there are, and the keys of some, masked by their classes."""
    keys = ", ".join(f'CAST("{key}" AS VARCHAR)' for key in one.keys)
    order = ", ".join(f'"{key}"' for key in one.keys)
    count = int(connection.execute(f"SELECT count(*) FROM ({rows_sql})").fetchall()[0][0])
    if count == 0:
        return 0, ()
    classes = {column.name: column.pi for column in columns}
    found = connection.execute(f"SELECT {keys} FROM ({rows_sql}) ORDER BY {order} LIMIT {SAMPLES}").fetchall()
    return count, tuple(
        " · ".join(f"{key}={masked(value, classes[key]) or '空'}" for key, value in zip(one.keys, row, strict=True))
        for row in found
    )


def named(wanted: QualityRule) -> str:
    """What a rule without a name is called."""
    listed = "、".join(wanted.columns)
    match wanted.kind:
        case RuleKind.NOT_NULL:
            return f"{listed} 不为空"
        case RuleKind.UNIQUE:
            return f"{listed} 不重复"
        case RuleKind.RANGE:
            return f"{listed} 在 {wanted.least or '…'} 到 {wanted.greatest or '…'} 之间"
        case RuleKind.ROWS:
            return f"行数在 {wanted.least or '0'} 到 {wanted.greatest or '…'} 之间"
        case _:
            return wanted.expression[:60]


def stopping(broken: Sequence[Broken]) -> Broken | None:
    """The first rule that forbids the rows to be seen."""
    return next((one for one in broken if one.severity is Severity.STOP), None)
