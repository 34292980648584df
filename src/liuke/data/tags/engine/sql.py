"""Tags as SQL: named steps over the canonical tables, in DuckDB's or Spark's words. The other way to say the same.

Every step is a name and a query that may read the canonical tables, ``member`` (source, source_key, one_id) and the
steps before it. Days are whole numbers since 1970-01-01 (65535: no day), so that every engine compares them alike.
"""

from collections.abc import Sequence
from datetime import date
from typing import Final

from sqlglot import exp, parse_one

from liuke.data.tags.define.book import AS_OF, DAY_OF_MONTH, RATE_DIGITS, Book, Entry
from liuke.data.tags.model import COUNTED, EPOCH, NO_DAY, Aggregate, Kind, Measure
from liuke.data.tags.table import SUBJECTS, TABLES, Mode, TagTable
from liuke.data.tags.table.steps import HOME, revised
from liuke.kernel import rule
from liuke.kernel.rule import Type, to_expression
from liuke.kernel.store.steps import Dialect, Fill, Step, filled, quoted, replaced, said

#: The name of the last step: one_id and one column a tag.
TAGGED: Final = "tagged"

_DAY: Final = (
    "CAST(CASE WHEN {column} IS NULL THEN 65535 ELSE"
    " LEAST(65534, GREATEST(0, DATE_DIFF('day', DATE '1970-01-01', {column}))) END AS INTEGER)"
)
_DATE_VALUE: Final = "CAST(DATE_DIFF('day', DATE '1970-01-01', {column}) AS BIGINT)"


def steps(book: Book, as_of: date, *, dialect: Dialect = "duckdb") -> list[Step]:
    """Everything from the canonical tables to one row a customer with all tags of the book, as known on ``as_of``."""
    day = (as_of - EPOCH).days
    tables = _tables(book)
    found = [Step("home", said(HOME, dialect))]
    read = dict.fromkeys(name for table in tables for name in table.reads)
    found += [Step(f"{name}_revised", said(revised(name), dialect)) for name in read]
    for table in tables:
        if table.name == "salary":
            found.append(Step("moved", said(moved(day), dialect), kept=False))
        found.append(Step(f"rows_{table.name}", said(rows(table), dialect), kept=False))
    found.append(Step("subject", said(_subject(day), dialect)))
    for table in tables:
        entries = [entry for entry in book.measured if _measure(entry).table == table.name]
        if entries:
            found.append(Step(f"measured_{table.name}", measured(table, entries, as_of, dialect=dialect)))
    found.append(Step("level_0", _joined(book, tables, as_of, dialect), kept=False))
    return [*found, *_levels(book, dialect)]


def rows(table: TagTable) -> str:
    """The rows of a table with whole-number days: one_id, day, known, dead, revision, facets, values."""
    days = (
        ["day", "known", "dead"]
        if table.counted
        else [f"{_DAY.format(column=name)} AS {name}" for name in ("day", "known", "dead")]
    )
    values = [
        f'{_DATE_VALUE.format(column=name)} AS "{name}"' if field.type is Type.DATE else f'"{name}"'
        for name, field in table.values.items()
    ]
    facets = [f'"{name}"' for name in table.facets]
    chosen = ", ".join([*days, "revision", *facets, *values])
    return f"SELECT one_id, {chosen} FROM ({table.query}) AS told"


def valid(mode: Mode, day: int) -> str:
    """Which versions of rows were known, and not yet replaced, at the end of a day."""
    happened = f" AND day <= {day}" if mode is Mode.EVENT else ""
    return f"known <= {day} AND dead > {day}{happened}"


def measured(table: TagTable, entries: Sequence[Entry], as_of: date, *, dialect: Dialect) -> str:
    """One row a customer with every measure of a table."""
    day = (as_of - EPOCH).days
    chosen = ", ".join(f'{_aggregate(entry, as_of)} AS "{entry.tag.code}"' for entry in entries)
    query = f"SELECT one_id, {chosen} FROM rows_{table.name} WHERE {valid(table.mode, day)} GROUP BY one_id"
    filters = {f"?{entry.tag.code}": _checked(entry.filter) for entry in entries}
    return filled(query, lambda name: to_expression(filters[name], dialect) if name in filters else None, dialect)


def _aggregate(entry: Entry, as_of: date) -> str:
    """A measure as an aggregate of DuckDB; its filter stands as the column ``?code``."""
    measure = _measure(entry)
    first, last = measure.window.days(as_of)
    within = f'"?{entry.tag.code}" AND day BETWEEN {first} AND {last}'
    value = f'"{measure.value}"'
    match measure.aggregate:
        case Aggregate.COUNT:
            return f"SUM(CASE WHEN {within} THEN 1 ELSE 0 END)"
        case Aggregate.SUM:
            return f"COALESCE(SUM(CASE WHEN {within} THEN {value} END), 0)"
        case Aggregate.WEIGHTED:
            return f"COALESCE(SUM(CASE WHEN {within} THEN {value} * (day - {first}) END), 0)"
        case Aggregate.MAX:
            return f"MAX(CASE WHEN {within} THEN {value} END)"
        case Aggregate.MIN:
            return f"MIN(CASE WHEN {within} THEN {value} END)"
        case Aggregate.DAYS:
            return f"COUNT(DISTINCT CASE WHEN {within} AND day < {NO_DAY} THEN day END)"
        case Aggregate.FIRST:
            return f"MIN(CASE WHEN {within} AND day < {NO_DAY} THEN day END)"
        case Aggregate.LAST:
            return f"MAX(CASE WHEN {within} AND day < {NO_DAY} THEN day END)"
        case Aggregate.LATEST:
            codes = " ".join(f"WHEN {quoted(word)} THEN {code}" for code, word in enumerate(entry.tag.words))
            return f"MOD(MAX(CASE WHEN {within} AND day < {NO_DAY} THEN day * 256 + CASE {value} {codes} END END), 256)"


def _joined(book: Book, tables: Sequence[TagTable], as_of: date, dialect: Dialect) -> str:
    """Every customer with their measures: nothing counted is 0, nothing seen is NULL."""
    chosen = [_stored(entry) for entry in book.measured]
    joins = [
        f"LEFT JOIN measured_{table.name} ON measured_{table.name}.one_id = s.one_id"
        for table in tables
        if any(_measure(entry).table == table.name for entry in book.measured)
    ]
    days = [f"DATE '{as_of}' AS {AS_OF}", f"CAST({as_of.day} AS BIGINT) AS {DAY_OF_MONTH}"]
    return said(f"SELECT s.one_id, {', '.join([*days, *chosen])} FROM subject AS s {' '.join(joins)}", dialect)


def _stored(entry: Entry) -> str:
    """A measure as rules see it: a date, a word, a truth, an amount."""
    measure, code = _measure(entry), entry.tag.code
    told = f'measured_{measure.table}."{code}"'
    if measure.aggregate in COUNTED:
        told = f"COALESCE({told}, 0)"
    match entry.tag.kind:
        case Kind.BOOL:
            return f'{told} > 0 AS "{code}"'
        case Kind.DATE:
            return f"DATE '1970-01-01' + CAST({told} AS INTEGER) AS \"{code}\""
        case Kind.WORD:
            words = " ".join(f"WHEN {at} THEN {quoted(word)}" for at, word in enumerate(entry.tag.words))
            return f'CASE {told} {words} END AS "{code}"'
        case Kind.RATE:
            return f'CAST({told} * CAST(0.01 AS DECIMAL(2, 2)) AS DECIMAL({RATE_DIGITS}, 2)) AS "{code}"'
        case _:
            return f'CAST({told} AS BIGINT) AS "{code}"'


def _levels(book: Book, dialect: Dialect) -> list[Step]:
    """Computed tags, those that need no other first."""
    levels: dict[str, int] = {}
    for entry in book.derived:
        levels[entry.tag.code] = 1 + max((levels.get(code, 0) for code in entry.needs), default=0)
    found = []
    for level in range(1, max(levels.values(), default=0) + 1):
        entries = [entry for entry in book.derived if levels[entry.tag.code] == level]
        named = {f"?{entry.tag.code}": entry for entry in entries}
        chosen = ", ".join(f'"?{entry.tag.code}" AS "{entry.tag.code}"' for entry in entries)
        query = f"SELECT previous.*, {chosen} FROM level_{level - 1} AS previous"
        found.append(Step(f"level_{level}", filled(query, _expressions(named, dialect), dialect), kept=False))
    last = max(levels.values(), default=0)
    codes = ", ".join(f'"{code}"' for code in book.entries)
    return [*found, Step(TAGGED, said(f"SELECT one_id, {codes} FROM level_{last}", dialect))]


def derived(book: Book, as_of: date) -> str:
    """Derived tags as columns of whole numbers (truths as BOOLEAN), from a table ``measured`` of such columns.

    Rows keep their order.
    """
    chosen = [_typed(entry) for entry in book.measured]
    days = [f"DATE '{as_of}' AS {AS_OF}", f"CAST({as_of.day} AS BIGINT) AS {DAY_OF_MONTH}"]
    steps_ = [Step("level_0", f"SELECT {', '.join([*days, *chosen])} FROM measured"), *_levels(book, "duckdb")[:-1]]
    told = ", ".join(_numbered(entry) for entry in book.derived)
    named = ", ".join(f"{step.name} AS ({step.query})" for step in steps_)
    return f"WITH {named} SELECT {told} FROM {steps_[-1].name}"


def _typed(entry: Entry) -> str:
    """A whole number of a snapshot as rules see it."""
    code = f'"{entry.tag.code}"'
    match entry.tag.kind:
        case Kind.DATE:
            return f"DATE '1970-01-01' + CAST({code} AS INTEGER) AS {code}"
        case Kind.WORD:
            words = " ".join(f"WHEN {at} THEN {quoted(word)}" for at, word in enumerate(entry.tag.words))
            return f"CASE {code} {words} END AS {code}"
        case Kind.RATE:
            return f"CAST({code} * CAST(0.01 AS DECIMAL(2, 2)) AS DECIMAL({RATE_DIGITS}, 2)) AS {code}"
        case _:
            return code


def _numbered(entry: Entry) -> str:
    """A rule's value as the whole number of a snapshot."""
    code = f'"{entry.tag.code}"'
    match entry.tag.kind:
        case Kind.DATE:
            return f"CAST({code} - DATE '1970-01-01' AS BIGINT) AS {code}"
        case Kind.WORD:
            words = " ".join(f"WHEN {quoted(word)} THEN {at}" for at, word in enumerate(entry.tag.words))
            return f"CAST(CASE {code} {words} END AS BIGINT) AS {code}"
        case Kind.RATE:
            return f"CAST({code} * 100 AS BIGINT) AS {code}"
        case Kind.BOOL:
            return code
        case _:
            return f"CAST({code} AS BIGINT) AS {code}"


def _expressions(named: dict[str, Entry], dialect: Dialect) -> Fill:
    def fill(name: str) -> exp.Expression | None:
        entry = named.get(name)
        if entry is None:
            return None
        written = to_expression(_checked(entry.expression), dialect)
        match entry.tag.kind:
            case Kind.RATE:
                return _cut(written)
            case Kind.MONEY:
                return _whole(written, 100)
            case Kind.COUNT | Kind.DAYS:
                return _whole(written, 1)
            case _:
                return written

    return fill


def _cut(written: exp.Expression) -> exp.Expression:
    """A rate cut to what a column of rates holds."""
    top = f"CAST({10 ** (RATE_DIGITS - 2) - 1}.99 AS DECIMAL({RATE_DIGITS}, 2))"
    query = parse_one(
        f"CAST(CASE WHEN r < -{top} THEN -{top} WHEN r > {top} THEN {top} ELSE r END AS DECIMAL({RATE_DIGITS}, 2))",
        read="duckdb",
    )
    return replaced(query, lambda name: written.copy() if name == "r" else None)


def _whole(written: exp.Expression, factor: int) -> exp.Expression:
    """An amount in 分 (or a count) as a whole number."""
    query = parse_one(f"CAST((r) * {factor} AS BIGINT)" if factor > 1 else "CAST(r AS BIGINT)", read="duckdb")
    return replaced(query, lambda name: written.copy() if name == "r" else None)


def moved(day: int) -> str:
    """Bookings known on the day: what salaries and what is left of them are made of."""
    return (
        "SELECT one_id, day, category, direction, account_kind, home, amount FROM rows_transaction"
        f" WHERE {valid(Mode.EVENT, day)}"
    )


def _subject(day: int) -> str:
    """Everybody who was a customer on the day."""
    told = [f"SELECT one_id FROM rows_{name} WHERE {valid(TABLES[name].mode, day)}" for name in SUBJECTS]
    return f"SELECT DISTINCT one_id FROM ({' UNION ALL '.join(told)}) AS told"


def _tables(book: Book) -> list[TagTable]:
    """The tables the book is measured from, with those that say who is a customer."""
    wanted = {_measure(entry).table for entry in book.measured} | set(SUBJECTS)
    return [table for name, table in TABLES.items() if name in wanted]


def _measure(entry: Entry) -> Measure:
    if entry.tag.measure is None:
        raise TypeError(f"{entry.tag.code} is computed, not measured")
    return entry.tag.measure


def _checked(checked: rule.Checked | None) -> rule.Checked:
    if checked is None:
        raise TypeError("the tag is of the other kind")
    return checked
