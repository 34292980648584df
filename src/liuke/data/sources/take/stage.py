"""The checking of a file as one set: every row typed, mapped and judged by a single pass of DuckDB."""

from datetime import datetime
from typing import Final

from liuke.data.sources.contract.plan import Condition, Plan, TargetPlan
from liuke.data.sources.contract.spec import KnownAt
from liuke.data.sources.contract.typed import complaint, quoted, raw_sql, value_sql
from liuke.data.sources.current import current_sql
from liuke.data.sources.files.feed import Feed

#: Raw text kept of a row that was set aside, in characters; the whole is in the raw copy.
RAW_KEPT: Final = 8_192
_UNREADABLE: Final = "chr(65533)"
_EARLIEST: Final = "TIMESTAMPTZ '1900-01-01 00:00:00+00'"


def stage_sql(plan: Plan, feed: Feed, *, latest: datetime) -> str:
    """The query of ``line_no, bad, reasons, raw`` and, for target n, ``k<n> w<n> e<n> h<n>`` and its columns.

    Key, whether it applies, event time and hash, that is. ``latest``: the last moment anything in it may have happened.
    """
    conditions = [*_form(plan), *plan.conditions, *_times(plan, latest)]
    strong = [one for one in conditions if not one.weak]
    weak = [one for one in conditions if one.weak]
    bad = _any(conditions, "miscounted")
    miscount = f"[{quoted(_said(Condition('', '', feed.miscount)))}]"
    whole = f"CASE WHEN miscounted THEN {miscount} WHEN {_any(strong)} THEN {_told(strong)} ELSE {_told(weak)} END"
    values = ", ".join(
        [*_referring(plan), *(one for n, target in enumerate(plan.targets) for one in _values(n, target))]
    )
    return f"""
WITH split AS ({feed.relation}),
texts AS (SELECT line_no, text, coalesce({feed.miscounted}, true) AS miscounted, {_texts(plan, feed)} FROM split),
joined AS (SELECT *{_joined(plan)} FROM texts),
typed AS (SELECT *, {_typed(plan)} FROM joined),
found AS ({_found(plan)}),
mapped AS (SELECT line_no, text, {bad} AS bad,
  CASE WHEN {bad} THEN list_filter({whole}, lambda one: one IS NOT NULL) END AS reasons, {values}
  FROM found)
SELECT * EXCLUDE (text), CASE WHEN bad THEN {raw_kept(feed)} END AS raw FROM mapped"""


def _any(conditions: list[Condition], *more: str) -> str:
    return f"coalesce({' OR '.join([*more, *(f'({one.bad})' for one in conditions)]) or 'false'}, false)"


def _told(conditions: list[Condition]) -> str:
    return f"[{', '.join(f'CASE WHEN {one.bad} THEN {quoted(_said(one))} END' for one in conditions) or 'NULL'}]"


def raw_kept(feed: Feed) -> str:
    """The raw text as it is kept in quarantine."""
    return f"left({feed.raw}, {RAW_KEPT})"


def _said(condition: Condition) -> str:
    """Column and reason in one text, apart by a tab."""
    return f"{condition.column}\t{condition.reason}"


def _texts(plan: Plan, feed: Feed) -> str:
    nulls = plan.contract.file.nulls
    return ", ".join(
        f"{raw_sql(column, feed.columns[column.name], nulls)} AS r{number}"
        for number, column in enumerate(plan.contract.columns)
        if not column.of
    )


def _joined(plan: Plan) -> str:
    """Columns made of others: their texts one after the other; empty when one of them is."""
    place = {column.name: number for number, column in enumerate(plan.contract.columns)}
    return "".join(
        f", {' || '.join(f'r{place[part]}' for part in column.of)} AS r{number}"
        for number, column in enumerate(plan.contract.columns)
        if column.of
    )


def _typed(plan: Plan) -> str:
    zone = plan.contract.file.zone
    return ", ".join(
        f"{value_sql(column, f'r{number}', zone)} AS v{number}" for number, column in enumerate(plan.contract.columns)
    )


def _found(plan: Plan) -> str:
    """The rows with what their lookups find; what is not found is NULL."""
    columns, joins = "", ""
    for number, (lookup, source) in enumerate(zip(plan.contract.lookups, plan.lookups, strict=True)):
        where = "".join(f' AND "{name}" = {quoted(value)}' for name, value in lookup.where.items())
        joins += (
            f' LEFT JOIN (SELECT "{lookup.match}" AS sought, max("{lookup.take}") AS taken'
            f" FROM ({current_sql(lookup.table)}) WHERE source = {quoted(plan.contract.system)}{where}"
            f" GROUP BY sought) AS l{number} ON l{number}.sought = {source}"
        )
        columns += f", l{number}.taken AS v{len(plan.contract.columns) + number}"
    return f"SELECT typed.*{columns} FROM typed{joins}"


def _form(plan: Plan) -> list[Condition]:
    """What the columns' own statements ask: readable characters, values where needed, values of the right type."""
    found = [Condition(f"contains(text, {_UNREADABLE})", "", f"有不能按 {plan.contract.file.encoding} 解码的字符")]
    for number, column in enumerate(plan.contract.columns):
        if column.required:
            found.append(Condition(f"r{number} IS NULL", column.name, f"{column.meaning}为空"))
        if column.type != "text":
            said = f"{column.meaning}{complaint(column)}"
            found.append(Condition(f"r{number} IS NOT NULL AND v{number} IS NULL", column.name, said))
    return found


def _times(plan: Plan, latest: datetime) -> list[Condition]:
    """A row may not have happened after it could be known, nor in another century."""
    found = []
    for target, spec in zip(plan.targets, plan.contract.targets, strict=True):
        if target.event:
            applies = f"({target.when}) AND " if target.when else ""
            after = f"{applies}({target.event}) > TIMESTAMPTZ '{latest.isoformat()}'"
            found.append(Condition(after, spec.event_time, "发生时间晚于文件日期"))
            early = f"{applies}({target.event}) < {_EARLIEST}"
            found.append(Condition(early, spec.event_time, "发生时间早于 1900 年"))
    return found


def _referring(plan: Plan) -> list[str]:
    place = {column.name: number for number, column in enumerate(plan.contract.columns)}
    return [f"r{place[one.column]} AS x{number}" for number, one in enumerate(plan.contract.references)]


def _values(number: int, target: TargetPlan) -> list[str]:
    texts = ", ".join(_hashed(target))
    return [
        f"{target.key} AS k{number}",
        f"{f'coalesce({target.when}, false)' if target.when else 'true'} AS w{number}",
        f"{target.event or 'NULL::TIMESTAMPTZ'} AS e{number}",
        f"md5_number_lower(concat_ws(chr(31), {texts})) AS h{number}",
        *(f"{value} AS c{number}_{name}" for name, value in target.columns),
    ]


def _hashed(target: TargetPlan) -> list[str]:
    """What a row says, as texts; a moment as its number of microseconds, which is quicker to write."""
    kinds = {column.name: column.kind for column in target.table.columns}
    values = [(value, kinds[name]) for name, value in target.columns if not value.startswith("CAST(NULL AS")]
    if target.event:
        values.append((target.event, "TIMESTAMPTZ"))
    plain = [f"epoch_us({value})" if kind == "TIMESTAMPTZ" else value for value, kind in values]
    return [f"coalesce(CAST({value} AS VARCHAR), chr(30))" for value in plain] or ["''"]


def known_sql(plan: Plan, number: int, known_at: datetime) -> str:
    """When rows of target n could be known: at the file's moment, or at the end of the day they happened."""
    stated = f"TIMESTAMPTZ '{known_at.isoformat()}'"
    if plan.contract.load.known_at is not KnownAt.EVENT_DAY or not plan.targets[number].event:
        return stated
    day = f"date_trunc('day', timezone('Asia/Shanghai', e{number})) + INTERVAL 1 DAY - INTERVAL 1 MICROSECOND"
    return f"least({stated}, timezone('Asia/Shanghai', {day}))"
