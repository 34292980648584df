"""Source texts as typed values, in DuckDB's SQL: what cannot be read exactly is empty and named, never guessed."""

from typing import Final

from liuke.data.sources.contract.spec import EPOCHS, Column, ColumnType, Contract
from liuke.kernel import rule

_TOKENS: Final = (("yyyy", "%Y"), ("yy", "%y"), ("HH", "%H"), ("MM", "%M"), ("SS", "%S"), ("mm", "%m"), ("dd", "%d"))
#: Moments are read between these, in milliseconds since 1970: until the year 2100.
_LAST_MS: Final = 4_102_444_800_000
_BOOLS: Final = {"Y/N": ("Y", "N"), "1/0": ("1", "0"), "true/false": ("true", "false")}
_RULE_TYPES: Final = {
    ColumnType.TEXT: rule.Type.TEXT,
    ColumnType.INT: rule.Type.INT,
    ColumnType.DECIMAL: rule.Type.DECIMAL,
    ColumnType.MONEY: rule.Type.MONEY,
    ColumnType.RATE: rule.Type.INT,
    ColumnType.DATE: rule.Type.DATE,
    ColumnType.TIME: rule.Type.TIMESTAMP,
    ColumnType.BOOL: rule.Type.BOOL,
}


def quoted(text: str) -> str:
    """A SQL text literal."""
    return "'" + text.replace("'", "''") + "'"


def fields(contract: Contract) -> dict[str, rule.Field]:
    """The contract's columns as fields of the rule language: number n stands in ``v<n>``, looked-up ones after them."""
    found = {
        column.name: rule.Field(
            _RULE_TYPES[column.type],
            column.meaning,
            unit="元" if column.type is ColumnType.MONEY else None,
            scale=column.scale,
            digits=18 if column.type in (ColumnType.DECIMAL, ColumnType.INT) else None,
            column=f"v{number}",
        )
        for number, column in enumerate(contract.columns)
    }
    for number, lookup in enumerate(contract.lookups, start=len(contract.columns)):
        found[lookup.name] = rule.Field(rule.Type.TEXT, f"查得的{lookup.name}", column=f"v{number}")
    return found


def raw_sql(column: Column, text: str, nulls: tuple[str, ...]) -> str:
    """The column's text, trimmed; empty texts and the contract's words for unknown are NULL."""
    trimmed = f"nullif(trim({text}), '')"
    unknown = [*nulls, *column.nulls]
    if not unknown:
        return trimmed
    listed = ", ".join(quoted(one) for one in unknown)
    return f"CASE WHEN trim({text}) IN ({listed}) THEN NULL ELSE {trimmed} END"


def value_sql(column: Column, raw: str, zone: str) -> str:
    """The typed value of a column's text."""
    match column.type:
        case ColumnType.TEXT:
            return raw
        case ColumnType.INT:
            return f"CASE WHEN {_whole(raw)} THEN TRY_CAST({raw} AS BIGINT) END"
        case ColumnType.DECIMAL:
            return f"TRY_CAST({raw} AS DECIMAL(18,{column.scale}))"
        case ColumnType.MONEY:
            return _money(raw, column.format)
        case ColumnType.RATE:
            return _rate(raw, column.format)
        case ColumnType.BOOL:
            yes, no = _BOOLS[column.format]
            return f"CASE {raw} WHEN '{yes}' THEN true WHEN '{no}' THEN false END"
        case ColumnType.DATE:
            return f"CAST({_parsed(column, raw)} AS DATE)"
        case _:
            return _moment(column, raw, zone)


def complaint(column: Column) -> str:
    """What is said of a value that cannot be read."""
    words = {
        ColumnType.INT: "不是整数",
        ColumnType.DECIMAL: "不是数值",
        ColumnType.MONEY: "不是金额" if column.format == "fen" else "不是金额(元,最多两位小数)",
        ColumnType.RATE: "不是利率",
        ColumnType.BOOL: f"不是 {column.format}",
        ColumnType.DATE: f"不是存在的日期({column.format})",
        ColumnType.TIME: f"不是存在的时间({column.format})",
    }
    return words.get(column.type, "读不懂")


def _whole(raw: str) -> str:
    return f"NOT contains({raw}, '.') AND NOT contains(lower({raw}), 'e')"


def _money(raw: str, form: str) -> str:
    if form == "fen":
        return f"CASE WHEN {_whole(raw)} THEN TRY_CAST({raw} AS BIGINT) END"
    amount = f"TRY_CAST(replace({raw}, ',', '') AS DECIMAL(18,4))"
    return f"CASE WHEN {amount} = round({amount}, 2) THEN CAST({amount} * 100 AS BIGINT) END"


def _rate(raw: str, form: str) -> str:
    """Basis points, rounded half away from zero."""
    factor = {"percent": 100, "fraction": 10_000, "bp": 1}[form]
    return f"TRY_CAST(round(TRY_CAST(replace({raw}, '%', '') AS DECIMAL(18,6)) * {factor}, 0) AS INTEGER)"


def _parsed(column: Column, raw: str) -> str:
    form, pattern = column.format, column.format
    text = raw
    if column.century:
        text = f"'{column.century // 100}' || {raw}"
        form = pattern = pattern.replace("yy", "yyyy", 1)
    for token, letter in _TOKENS:
        pattern = pattern.replace(token, letter)
    for token, letter in (("y", "%Y"), ("m", "%m"), ("d", "%d")):
        pattern = _lone(pattern, token, letter)
    parsed = f"try_strptime({text}, {quoted(pattern)})"
    if form.isalpha():
        return f"CASE WHEN length({text}) = {len(form)} THEN {parsed} END"
    return parsed


def _lone(pattern: str, token: str, letter: str) -> str:
    """Single letters (``yyyy/m/d``) that are not part of a code already."""
    parts = pattern.split("%")
    done = [parts[0].replace(token, letter)]
    done += [part[:1] + part[1:].replace(token, letter) for part in parts[1:]]
    return "%".join(done)


def _moment(column: Column, raw: str, zone: str) -> str:
    if column.format in EPOCHS:
        factor = 1000 if column.format == "epoch_s" else 1
        number = f"TRY_CAST({raw} AS BIGINT)"
        moment = local(f"epoch_ms({number} * {factor})", "UTC")
        return f"CASE WHEN {number} BETWEEN 1 AND {_LAST_MS // factor} THEN {moment} END"
    return local(_parsed(column, raw), zone)


def local(timestamp: str, zone: str) -> str:
    """A timestamp without a zone as a moment, read as the clock of ``zone``."""
    return f"timezone({quoted(zone)}, CAST({timestamp} AS TIMESTAMP))"
