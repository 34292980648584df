"""What a query gives, as the database itself says: it is bound against empty tables, and nothing is run."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Final

import duckdb

from liuke.data.pipelines.model import Problem
from liuke.data.pipelines.query.allow import spot

#: The day and the hour of a moment are those of Beijing, always eight hours ahead.
ZONE: Final = "Etc/GMT-8"

#: Types a derived table may have, and what other types become.
_KEPT: Final = frozenset(
    {"BOOLEAN", "INTEGER", "BIGINT", "DOUBLE", "VARCHAR", "DATE", "TIMESTAMP", "TIMESTAMP WITH TIME ZONE"}
)
_BECOME: Final = {
    **dict.fromkeys(("HUGEINT", "UBIGINT", "UHUGEINT", "UINTEGER", "INT64"), "BIGINT"),
    **dict.fromkeys(("TINYINT", "SMALLINT", "UTINYINT", "USMALLINT"), "INTEGER"),
    "FLOAT": "DOUBLE",
    "UUID": "VARCHAR",
}
_DECIMAL: Final = re.compile(r"DECIMAL\(\d+,\s*\d+\)")
_LINE: Final = re.compile(r"^LINE (\d+): (.*)\n( *)\^", re.MULTILINE)
_MOST_WORDS: Final = 200
#: What the database says most often, in Chinese. Places are parts of its own words.
_SAYS: Final = (
    (r'column "?([^"]+?)"? must appear in the GROUP BY', "“{0}”既没有汇总，也不在 group by 里。"),
    (r"Cannot compare values of type (\S+) and .*?type (\S+?)[ .-]", "不能比较{0}与{1}：请先用 cast 转成同一类型。"),
    (r"No function matches the given name and argument types '(.+?)'", "函数的参数不对：{0}。"),
    (r'Ambiguous reference to column name "?([^" ]+)"?', "列“{0}”在几张表里都有，请在前面写明表名或别名。"),
    (r"aggregate functions? (?:cannot|are not allowed)", "这里不能写汇总函数。"),
    (r"window functions? (?:cannot|are not allowed)", "这里不能写窗口函数。"),
    (r'syntax error at or near "(.+?)"', "“{0}”这里读不懂，请检查逗号、括号和关键字。"),
    (r"syntax error at end of input", "查询没有写完，请检查括号与末尾。"),
    (r"Set operations can only apply to expressions with the same number", "union 两边的列数不同。"),
    (r'Duplicate alias "?([^" ]+)"?', "别名“{0}”重复了。"),
    (r'(?:Referenced )?(?:column|Table) "?([^" ]+)"? not found', "没有找到“{0}”。"),
    (r"Could not convert string '(.*?)' to (\S+)", "“{0}”不能转换成 {1}。"),
)


def bind(text: str, tables: Mapping[str, Mapping[str, str]]) -> tuple[dict[str, str], list[Problem]]:
    """The output columns with their types as they will be stored, and what the database does not accept."""
    with _empty(tables) as connection:
        try:
            statements = connection.extract_statements(f"\n{text}")
            if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
                return {}, [Problem("sql", 1, 1, "只能写一条 SELECT 查询。")]
            described = connection.execute(f"DESCRIBE\n{text}").fetchall()
        except duckdb.Error as fault:
            return {}, [problem_of(fault, text)]
    return _settled([(row[0], row[1]) for row in described])


def _settled(described: list[tuple[str, str]]) -> tuple[dict[str, str], list[Problem]]:
    columns: dict[str, str] = {}
    problems: list[Problem] = []
    for name, kind in described:
        stored = kind if kind in _KEPT or _DECIMAL.fullmatch(kind) else _BECOME.get(kind, "")
        if name in columns:
            problems.append(Problem("sql", 0, 0, f"输出列“{name[:60]}”重复了，请用 as 起不同的名字。"))
        elif not re.fullmatch(r"[a-z][a-z0-9_]{0,59}", name):
            said = f"输出列“{name[:60]}”须用 as 起一个名字：小写字母、数字和下划线，以字母开头。"
            problems.append(Problem("sql", 0, 0, said))
        elif not stored:
            said = f"输出列“{name}”的类型 {kind[:40]} 不能保存，请用 cast 转换。"
            problems.append(Problem("sql", 0, 0, said))
        columns[name] = stored
    return columns, problems


def problem_of(fault: duckdb.Error, text: str) -> Problem:
    """What the database said, at its place in the text and, where we know how, in Chinese."""
    said = str(fault)
    return spot(text, _start(said, text), said_of(said))


def said_of(said: str) -> str:
    """The database's words in Chinese where we know them, otherwise its first sentence."""
    for pattern, words in _SAYS:
        found = re.search(pattern, said, re.IGNORECASE)
        if found:
            return words.format(*(part.strip()[:80] for part in found.groups()))
    first = said.split("\n", maxsplit=1)[0].partition(": ")[2] or said
    return f"数据库不接受这里的写法：{first[:_MOST_WORDS]}"


def _start(said: str, text: str) -> int:
    """The character a message points at, 0 when it does not say."""
    found = _LINE.search(said)
    if found is None:
        return 0
    # The query stands below the line that asks to describe it.
    number, shown, blanks = int(found[1]) - 1, found[2], len(found[3])
    lines = text.split("\n")
    if not 1 <= number <= len(lines):
        return 0
    before = sum(len(line) + 1 for line in lines[: number - 1])
    within = blanks - len(f"LINE {number + 1}: ")
    begun = shown.strip(".")
    shift = lines[number - 1].find(begun[:60]) - (3 if shown.startswith("...") else 0)
    return before + max(0, min(len(lines[number - 1]), within + max(0, shift)))


@contextmanager
def _empty(tables: Mapping[str, Mapping[str, str]]) -> Iterator[duckdb.DuckDBPyConnection]:
    """A database with these tables, without a row, a file or a way to change its settings."""
    connection = duckdb.connect(
        config={
            "threads": 1,
            "memory_limit": "256MiB",
            "enable_external_access": False,
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        }
    )
    try:
        connection.execute(f"SET TimeZone = '{ZONE}'").fetchall()
        for name, columns in tables.items():
            listed = ", ".join(f'"{column}" {kind}' for column, kind in columns.items())
            connection.execute(f'CREATE TABLE "{name}" ({listed})').fetchall()
        connection.execute("SET lock_configuration = true").fetchall()
        yield connection
    finally:
        connection.close()
