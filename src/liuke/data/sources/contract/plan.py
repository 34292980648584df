"""A contract made ready to run: every expression checked against its columns and written in DuckDB's SQL."""

from dataclasses import dataclass
from typing import Final

from liuke.data.sources.canonical import CANONICAL, CODES, KEYS, REQUIRED
from liuke.data.sources.contract.parse import read
from liuke.data.sources.contract.place import place_of, places
from liuke.data.sources.contract.spec import Contract, KnownAt, Mapped, Target
from liuke.data.sources.contract.typed import fields, local, quoted
from liuke.data.sources.model import Problem
from liuke.kernel import rule
from liuke.kernel.store.lake import LakeColumn, LakeTable

_KEY_NAMES: Final = frozenset(column.name for column in KEYS)


@dataclass(frozen=True, slots=True)
class Condition:
    """What sets a row aside: SQL that is true for a bad row, the source column it is about, and the reason.

    A ``weak`` one (an empty result) is told only when nothing else is wrong, being mostly a consequence.
    """

    bad: str
    column: str
    reason: str
    weak: bool = False


@dataclass(frozen=True, slots=True)
class TargetPlan:
    """One canonical table of a contract, in SQL. ``event`` is empty when it happened when it became known."""

    table: LakeTable
    key: str
    event: str
    when: str
    columns: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """A contract whose every expression is known to run."""

    contract: Contract
    conditions: tuple[Condition, ...]
    lookups: tuple[str, ...]
    targets: tuple[TargetPlan, ...]


def plan(text: str) -> tuple[Plan | None, list[Problem]]:
    """A contract's text made ready to run, or None and every error in it."""
    contract, problems = read(text)
    if contract is None:
        return None, problems
    planner = _Planner(contract)
    made = planner.plan()
    return (None if planner.problems else made), planner.problems


class _Planner:
    def __init__(self, contract: Contract) -> None:
        self.contract = contract
        self.catalogue = rule.Catalogue(fields=fields(contract))
        self.problems: list[Problem] = []
        self.conditions: list[Condition] = []
        self._places = places(contract.text)

    def plan(self) -> Plan:
        for number, check in enumerate(self.contract.checks):
            test = self.sql(check.rule, f"checks[{number}].rule", rule.Type.BOOL)
            self.conditions.append(Condition(f"({test}) IS FALSE", "", check.reason.rstrip("。.")))
        targets = tuple(self.target(number, target) for number, target in enumerate(self.contract.targets))
        lookups = tuple(
            self.sql(one.source, f"lookups.{one.name}.from", rule.Type.TEXT) for one in self.contract.lookups
        )
        return Plan(self.contract, tuple(self.conditions), lookups, targets)

    def sql(self, text: str, path: str, wants: rule.Type | None, *, wrap: str = "") -> str:
        """An expression in SQL; a problem at its place when it cannot be."""
        whole = f"{wrap}({text})" if wrap else text
        try:
            return rule.to_sql(rule.check(rule.parse(whole), self.catalogue, wants=wants), "duckdb")
        except rule.RuleInvalid as fault:
            inside = fault.position - (len(wrap) + 1 if wrap else 0)
            line, column, value = place_of(self._places, path)
            self.problems.append(Problem(line, value + max(inside, 1) if value else column, path, fault.message))
            return "NULL"

    def target(self, number: int, target: Target) -> TargetPlan:
        path = f"tables[{number}]"
        table = CANONICAL[target.table]
        when = self.sql(target.when, f"{path}.when", rule.Type.BOOL) if target.when else ""
        key = self.sql(target.key, f"{path}.key", rule.Type.TEXT)
        applies = f"({when}) AND " if when else ""
        self.conditions.append(Condition(f"{applies}({key}) IS NULL", target.key, "编号为空", weak=True))
        columns = tuple(
            (column.name, self.column(column, target, path, applies))
            for column in table.columns
            if column.name not in _KEY_NAMES
        )
        return TargetPlan(table, key, self.event(target, path), when, columns)

    def event(self, target: Target, path: str) -> str:
        """When it happened, as a moment; a date is its first moment."""
        if not target.event_time:
            if self.contract.load.known_at is KnownAt.EVENT_DAY:
                line, column, _ = place_of(self._places, path)
                self.problems.append(Problem(line, column, path, "known_at 为 event_day 时,要写明 event_time。"))
            return ""
        checked = self.moment(target.event_time, f"{path}.event_time")
        self.conditions.append(Condition(f"({checked}) IS NULL", target.event_time, "发生时间为空", weak=True))
        return checked

    def moment(self, text: str, path: str) -> str:
        before = len(self.problems)
        written = self.sql(text, path, rule.Type.TIMESTAMP)
        if len(self.problems) == before:
            return written
        del self.problems[before:]
        day = self.sql(text, path, rule.Type.DATE)
        return local(day, self.contract.file.zone)

    def column(self, column: LakeColumn, target: Target, path: str, applies: str) -> str:
        """A canonical column's value, typed as the canonical table states."""
        mapped = target.columns.get(column.name)
        needed = column.name in REQUIRED.get(target.table, ())
        if mapped is None:
            if needed:
                line, at, _ = place_of(self._places, path)
                self.problems.append(Problem(line, at, path, f"标准表 {target.table} 的列 {column.name} 必须有来处。"))
            return f"CAST(NULL AS {column.kind})"
        value = self.valued(column, mapped, f"{path}.columns.{column.name}", applies)
        codes = CODES.get((target.table, column.name))
        if codes and mapped.codes:
            self.known_codes(mapped.codes, codes)
        elif codes:
            listed = ", ".join(quoted(code) for code in codes)
            said = f"不是标准代码({target.table}.{column.name}:{' '.join(codes)})"
            self.conditions.append(Condition(f"{applies}({value}) NOT IN ({listed})", mapped.expression, said))
        if needed:
            said = f"为空,而标准表 {target.table}.{column.name} 必须有值"
            self.conditions.append(Condition(f"{applies}({value}) IS NULL", mapped.expression, said, weak=True))
        return value

    def known_codes(self, table: str, codes: tuple[str, ...]) -> None:
        for code, value in self.contract.codes[table].items():
            if value not in codes:
                path = f"codes.{table}.{code}"
                line, at, _ = place_of(self._places, path)
                self.problems.append(Problem(line, at, path, f"“{value}”不是标准代码,可写:{'、'.join(codes)}。"))

    def valued(self, column: LakeColumn, mapped: Mapped, path: str, applies: str) -> str:
        if mapped.codes:
            return self.coded(mapped, path, applies)
        wants, wrap = _WANTS[column.kind]
        written = self.sql(mapped.expression, path, wants, wrap=wrap)
        return f"CAST({written} AS {column.kind})"

    def coded(self, mapped: Mapped, path: str, applies: str) -> str:
        """A value through a table of codes; a code not in it sets the row aside, unless the table has ``*``."""
        text = self.sql(mapped.expression, path, rule.Type.TEXT)
        table = dict(self.contract.codes[mapped.codes])
        rest = table.pop("*", None)
        if "" in table:
            text = f"coalesce({text}, '')"
        cases = " ".join(f"WHEN {quoted(code)} THEN {quoted(value)}" for code, value in table.items())
        other = quoted(rest) if rest is not None else "NULL"
        value = f"CASE WHEN ({text}) IS NULL THEN NULL ELSE (CASE {text} {cases} ELSE {other} END) END"
        if rest is None and table:
            listed = ", ".join(quoted(code) for code in table)
            said = f"代码不在代码表 {mapped.codes} 中"
            self.conditions.append(Condition(f"{applies}({text}) NOT IN ({listed})", mapped.expression, said))
        return value


#: What a canonical column's type asks of an expression; money is written in 元 and stored in 分.
_WANTS: Final[dict[str, tuple[rule.Type | None, str]]] = {
    "VARCHAR": (rule.Type.TEXT, ""),
    "BIGINT": (rule.Type.INT, "minor"),
    "INTEGER": (rule.Type.INT, ""),
    "DOUBLE": (rule.Type.DECIMAL, ""),
    "DECIMAL(18,4)": (rule.Type.DECIMAL, ""),
    "DECIMAL(9,4)": (rule.Type.DECIMAL, ""),
    "DATE": (rule.Type.DATE, ""),
    "TIMESTAMPTZ": (rule.Type.TIMESTAMP, ""),
}
