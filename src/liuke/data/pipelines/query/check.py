"""A definition looked at as a whole: everything wrong with it, each at its place, and what it would be."""

import re
from collections.abc import Iterator, Mapping
from typing import Final

import sqlglot
from sqlglot import exp
from sqlglot.errors import ParseError, SqlglotError

from liuke.data.pipelines.model import Checked, Definition, OutColumn, Problem, QualityRule, RuleKind
from liuke.data.pipelines.query.allow import MAX_DEPTH, refused, spot
from liuke.data.pipelines.query.bind import bind
from liuke.data.pipelines.query.classify import classify
from liuke.data.pipelines.query.names import tables_of, unknown
from liuke.data.pipelines.query.spark import to_spark
from liuke.kernel import rule
from liuke.kernel.rule.catalogue import propose
from liuke.kernel.store.lake import LakeTable
from liuke.kernel.trace import Traced, trace

_TEXTS: Final = re.compile(r"'(?:[^']|'')*'|--[^\n]*|/\*.*?\*/", re.DOTALL)


def check(one: Definition, tables: Mapping[str, LakeTable]) -> Checked:
    """What is wrong with a definition over these tables, and, when nothing is, its columns and the SQL it runs."""
    known = {name: table for name, table in tables.items() if name != one.name}
    tree, problems = read_query(one.sql, known)
    if tree is None:
        return Checked(tuple(problems))
    read = tables_of(tree)
    schema = {name: {column.name: column.kind for column in known[name].columns} for name in read}
    columns, problems = bind(one.sql, schema)
    if problems:
        return Checked(tuple(problems), inputs=read)
    even = evened(tree)
    spark, construct = to_spark(even)
    if construct:
        said = f"不能移植到 Spark：{construct}"
        return Checked((Problem("sql", 1, 1, said),), inputs=read)
    traced = _traced(tree, schema)
    if traced is None:
        return Checked(
            (Problem("sql", 1, 1, "看不出各列来自哪里。请把查询写得简单些，例如给子查询起别名。"),), inputs=read
        )
    found = classify(one, columns, traced, known)
    return Checked(
        problems=tuple(_rest(one, found, read, known)),
        columns=found,
        inputs=read,
        reads=tuple(sorted(f"{origin.table}.{origin.column}" for origin in traced.reads)),
        run_sql=_run_sql(even, columns),
        spark_sql=spark,
    )


def read_query(text: str, tables: Mapping[str, LakeTable]) -> tuple[exp.Query | None, list[Problem]]:
    """The tree of a query that may be run over these tables, or everything that forbids it."""
    if _deep(text):
        return None, [Problem("sql", 1, 1, f"括号嵌套太深，至多 {MAX_DEPTH} 层。")]
    try:
        trees = sqlglot.parse(text, dialect="duckdb")
    except ParseError as fault:
        return None, [_syntax(fault, text)]
    except (SqlglotError, RecursionError):
        return None, [Problem("sql", 1, 1, "读不懂这段查询。请检查引号与括号是否成对。")]
    if len(trees) != 1 or not isinstance(trees[0], exp.Query):
        return None, [Problem("sql", 1, 1, "只能写一条 SELECT 查询，不能写其他语句。")]
    tree = trees[0]
    try:
        problems = list(refused(tree, text))
        named = {name: {column.name: column.kind for column in table.columns} for name, table in tables.items()}
        problems = problems or list(unknown(tree, named, text))
    except (SqlglotError, RecursionError):
        problems = [Problem("sql", 1, 1, "读不懂这段查询。请检查别名是否重复。")]
    return (None if problems else tree), problems


def evened(tree: exp.Query) -> exp.Query:
    """The query so written that engines answer alike: a division by zero is empty, a quotient and a mean are DOUBLE."""
    return tree.copy().transform(_even)


def _even(node: exp.Expression) -> exp.Expression:
    if isinstance(node, exp.Div | exp.IntDiv | exp.Mod):
        node.set("expression", exp.Nullif(this=node.expression, expression=exp.Literal.number(0)))
    if isinstance(node, exp.Div):
        node.set("this", exp.cast(node.this, exp.DataType.Type.DOUBLE))
    if isinstance(node, exp.Avg):
        node.set("this", exp.cast(node.this, exp.DataType.Type.DOUBLE))
    return node


def _run_sql(tree: exp.Query, columns: Mapping[str, str]) -> str:
    casts = ", ".join(f'CAST("{name}" AS {kind}) AS "{name}"' for name, kind in columns.items())
    return f"SELECT {casts} FROM ({tree.sql(dialect='duckdb', comments=False)}) AS told"


def _traced(tree: exp.Query, schema: Mapping[str, Mapping[str, str]]) -> Traced | None:
    try:
        return trace(tree, schema)
    except (SqlglotError, RecursionError, ValueError):
        return None


def _deep(text: str) -> bool:
    depth = 0
    for sign in _TEXTS.sub("", text):
        depth += (sign in "([{") - (sign in ")]}")
        if depth > MAX_DEPTH:
            return True
    return _TEXTS.sub("", text).lower().count("case") > 4 * MAX_DEPTH


def _syntax(fault: ParseError, text: str) -> Problem:
    first = fault.errors[0] if fault.errors else {}
    lines = text.split("\n")
    line = min(max(int(first.get("line") or 1), 1), len(lines))
    before = sum(len(one) + 1 for one in lines[: line - 1])
    wrong = str(first.get("highlight") or "")
    column = max(int(first.get("col") or 1) - len(wrong), 0)
    said = (
        f"“{wrong[:40]}”这里读不懂，请检查逗号、括号和关键字。" if wrong.strip() else "查询没有写完，请检查括号与末尾。"
    )
    return spot(text, min(before + column, len(text)), said)


def _rest(
    one: Definition, columns: tuple[OutColumn, ...], read: tuple[str, ...], tables: Mapping[str, LakeTable]
) -> Iterator[Problem]:
    """What is wrong beside the query: keys, partition, said columns, rules."""
    kinds = {column.name: column.kind for column in columns}
    for key in one.keys:
        yield from _named("keys", key, kinds)
    for name in one.columns:
        yield from _named(f"columns.{name}", name, kinds)
    yield from _partition(one, kinds, read, tables)
    for number, quality in enumerate(one.rules):
        yield from _rule(f"rules[{number}]", quality, columns, kinds)


def _named(field: str, name: str, kinds: Mapping[str, str]) -> Iterator[Problem]:
    if name not in kinds:
        yield Problem(field, 0, 0, f"查询没有输出列“{name[:60]}”{propose(name, list(kinds))}。")


def _partition(
    one: Definition, kinds: Mapping[str, str], read: tuple[str, ...], tables: Mapping[str, LakeTable]
) -> Iterator[Problem]:
    cut = one.partition
    if cut is None:
        return
    yield from _named("partition.column", cut.column, kinds)
    if kinds.get(cut.column, "DATE") != "DATE":
        yield Problem("partition.column", 0, 0, f"分区列须是日期（DATE），“{cut.column}”是 {kinds[cut.column]}。")
    if cut.column in kinds and cut.column not in one.keys:
        yield Problem("keys", 0, 0, f"分区列“{cut.column}”须是主键的一部分。")
    for table in (*cut.by, *cut.frozen):
        if table not in read:
            yield Problem("partition", 0, 0, f"查询没有用到表“{table[:60]}”{propose(table, list(read))}。")
    for table, column in cut.by.items():
        have = {held.name: held.kind for held in tables[table].columns} if table in tables else {}
        if have and column not in have:
            yield Problem("partition.by", 0, 0, f"表 {table} 没有列“{column[:60]}”{propose(column, list(have))}。")
        elif have and have[column] not in ("DATE", "TIMESTAMPTZ", "TIMESTAMP WITH TIME ZONE"):
            yield Problem("partition.by", 0, 0, f"{table}.{column} 须是日期或带时区的时间。")


def _rule(field: str, one: QualityRule, columns: tuple[OutColumn, ...], kinds: Mapping[str, str]) -> Iterator[Problem]:
    for name in one.columns:
        yield from _named(f"{field}.columns", name, kinds)
    if one.kind is RuleKind.RANGE and one.columns and one.columns[0] in kinds:
        wanted = "BOOL"
        for key, bound in (("least", one.least), ("greatest", one.greatest)):
            if bound:
                yield from _condition(f"{field}.{key}", bounded(one.columns[0], key, bound, kinds), columns, wanted)
    if one.kind is RuleKind.RULE:
        yield from _condition(f"{field}.expression", one.expression, columns, "BOOL")


def bounded(column: str, key: str, bound: str, kinds: Mapping[str, str]) -> str:
    """A bound of a column as a condition of the rule language."""
    sign = ">=" if key == "least" else "<="
    value = f"date '{bound}'" if kinds[column] == "DATE" and not bound.startswith("date") else bound
    return f'"{column}" {sign} {value}'


def _condition(field: str, text: str, columns: tuple[OutColumn, ...], _wants: str) -> Iterator[Problem]:
    try:
        rule.check(rule.parse(text), catalogue(columns), wants=rule.Type.BOOL)
    except rule.RuleInvalid as fault:
        before = text[: fault.position - 1]
        yield Problem(field, before.count("\n") + 1, len(before) - before.rfind("\n"), fault.message)


def catalogue(columns: tuple[OutColumn, ...]) -> rule.Catalogue:
    """Output columns as fields of the rule language: amounts in 分 are money, written in 元."""
    return rule.Catalogue(
        fields={
            column.name: _field(column)
            for column in columns
            if column.kind in _RULE_TYPES or column.kind.startswith("DECIMAL")
        }
    )


def _field(column: OutColumn) -> rule.Field:
    if column.kind.startswith("DECIMAL"):
        digits, _, scale = column.kind[8:-1].partition(",")
        return rule.Field(
            rule.Type.DECIMAL,
            column.meaning,
            unit=column.unit or None,
            digits=int(digits),
            scale=int(scale),
            column=column.name,
        )
    if column.kind == "DOUBLE":
        return rule.Field(
            rule.Type.DECIMAL, column.meaning, unit=column.unit or None, digits=24, scale=6, column=column.name
        )
    if column.kind == "BIGINT" and column.unit == "分":
        return rule.Field(rule.Type.MONEY, column.meaning, unit="元", column=column.name)
    unit = column.unit or None if column.kind in ("INTEGER", "BIGINT") else None
    return rule.Field(_RULE_TYPES[column.kind], column.meaning, unit=unit, column=column.name)


_RULE_TYPES: Final = {
    "BOOLEAN": rule.Type.BOOL,
    "INTEGER": rule.Type.INT,
    "BIGINT": rule.Type.INT,
    "DOUBLE": rule.Type.DECIMAL,
    "VARCHAR": rule.Type.TEXT,
    "DATE": rule.Type.DATE,
    "TIMESTAMP WITH TIME ZONE": rule.Type.TIMESTAMP,
}
