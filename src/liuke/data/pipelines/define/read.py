"""Reads a definition's TOML text; every error names its field and what to write instead."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from typing import Any, Final

from liuke.data.pipelines.model import (
    Definition,
    Grain,
    Partition,
    Problem,
    QualityRule,
    RuleKind,
    Said,
    Severity,
)

#: Beyond these a definition is a mistake or an attack.
MAX_TEXT: Final = 60_000
MAX_SQL: Final = 20_000
MAX_RULES: Final = 50
MAX_KEYS: Final = 16
MAX_REACH_DAYS: Final = 400

_NAME: Final = re.compile(r"[a-z][a-z0-9_]{1,59}")
_CADENCE: Final = re.compile(r"[1-9][0-9]{0,3}[mhdw]")
_CONTROL: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_TOP: Final = {
    *("table", "title", "meaning", "owner", "keys", "sql", "on_commit", "cadence"),
    *("partition", "columns", "rules"),
}
_PARTITION: Final = {"column", "grain", "by", "before_days", "after_days", "frozen"}
_RULE: Final = {"kind", "name", "columns", "least", "greatest", "expression", "severity", "most"}
_LONGEST: Final = {"title": 60, "meaning": 400, "owner": 60}


def read(text: str) -> tuple[Definition | None, tuple[Problem, ...]]:
    """The definition a text states, or None and every error found."""
    if len(text) > MAX_TEXT:
        return None, (Problem("", 0, 0, f"定义过长，至多 {MAX_TEXT} 个字。"),)
    try:
        tree = tomllib.loads(text)
    except tomllib.TOMLDecodeError as fault:
        found = re.search(r"line (\d+), column (\d+)", str(fault))
        line, column = (int(found[1]), int(found[2])) if found else (text.count("\n") + 1, 1)
        return None, (Problem("", line, column, "这里不符合 TOML 的写法，请检查引号、等号和括号是否成对。"),)
    except RecursionError:
        return None, (Problem("", 1, 1, "括号嵌套太深，请检查是否成对。"),)
    return from_tree(tree)


def from_tree(tree: Mapping[str, Any]) -> tuple[Definition | None, tuple[Problem, ...]]:
    """The definition a tree of plain values states, or None and every error found."""
    reader = _Reader(tree)
    definition = reader.definition()
    return (None if reader.problems else definition), tuple(reader.problems)


class _Reader:
    """One reading; problems gather as it goes."""

    def __init__(self, tree: Mapping[str, Any]) -> None:
        self.tree = tree
        self.problems: list[Problem] = []

    def definition(self) -> Definition:
        self.known(self.tree, "", _TOP)
        name = self.text(self.tree, "", "table", required=True)
        if name and not _NAME.fullmatch(name):
            self.wrong("table", "表名须由小写字母、数字和下划线组成，以字母开头，2–60 个字。")
        keys = self.names(self.tree, "", "keys")
        if not keys or len(keys) > MAX_KEYS:
            self.wrong("keys", f"须写明主键列，1–{MAX_KEYS} 列，它们合起来使每一行不重复。")
        cadence = self.text(self.tree, "", "cadence")
        if cadence and not _CADENCE.fullmatch(cadence):
            self.wrong("cadence", f"“{cadence[:20]}”不是周期，可写 30m（分）、1h（时）、1d（日）、1w（周）等。")
        return Definition(
            name=name,
            title=self.text(self.tree, "", "title", required=True),
            meaning=self.text(self.tree, "", "meaning"),
            owner=self.text(self.tree, "", "owner"),
            sql=self.text(self.tree, "", "sql", required=True, longest=MAX_SQL).strip("\n"),
            keys=keys,
            partition=self.partition(),
            on_commit=self.flag(self.tree, "", "on_commit", default=True),
            cadence=cadence,
            columns=self.columns(),
            rules=self.rules(),
        )

    def wrong(self, path: str, message: str) -> None:
        self.problems.append(Problem(path, 0, 0, message))

    def known(self, table: Mapping[str, Any], path: str, names: set[str]) -> None:
        for key in table:
            if key not in names:
                self.wrong(_join(path, str(key)[:60]), f"不认识的项，可写：{'、'.join(sorted(names))}。")

    def text(self, table: Mapping[str, Any], path: str, key: str, *, required: bool = False, longest: int = 400) -> str:
        value = table.get(key, "")
        place, longest = _join(path, key), _LONGEST.get(key, longest)
        if not isinstance(value, str):
            self.wrong(place, "须是文字。")
            return ""
        if required and not value.strip():
            self.wrong(place, "不能为空。")
        if len(value) > longest:
            self.wrong(place, f"过长，至多 {longest} 个字。")
        if found := _CONTROL.search(value):
            line = value.count("\n", 0, found.start()) + 1
            column = found.start() - value.rfind("\n", 0, found.start())
            self.problems.append(Problem(place, line, column, "含有看不见的控制字符，请删除。"))
        return value

    def names(self, table: Mapping[str, Any], path: str, key: str) -> tuple[str, ...]:
        value = table.get(key, [])
        if not isinstance(value, list | tuple) or not all(isinstance(one, str) and one for one in value):
            self.wrong(_join(path, key), '须是列名的列表，例如 ["party_key", "day"]。')
            return ()
        if len(set(value)) < len(value):
            self.wrong(_join(path, key), "有重复的列名。")
        return tuple(value)

    def flag(self, table: Mapping[str, Any], path: str, key: str, *, default: bool) -> bool:
        value = table.get(key, default)
        if isinstance(value, bool):
            return value
        self.wrong(_join(path, key), "只能写 true 或 false。")
        return default

    def whole(self, table: Mapping[str, Any], path: str, key: str, most: int) -> int:
        value = table.get(key, 0)
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= most:
            self.wrong(_join(path, key), f"须是 0 到 {most} 之间的整数。")
            return 0
        return value

    def choice(self, table: Mapping[str, Any], path: str, key: str, allowed: Sequence[str], default: str) -> str:
        value = table.get(key, default)
        if value in allowed:
            return str(value)
        self.wrong(_join(path, key), f"可写：{'、'.join(allowed)}。")
        return allowed[0]

    def section(self, table: Mapping[str, Any], path: str, key: str) -> Mapping[str, Any]:
        value = table.get(key) or {}
        if isinstance(value, Mapping):
            return value
        self.wrong(_join(path, key), f"须写成一节 [{_join(path, key)}]。")
        return {}

    def partition(self) -> Partition | None:
        table = self.section(self.tree, "", "partition")
        if not table:
            return None
        self.known(table, "partition", _PARTITION)
        by = self.section(table, "partition", "by")
        if not all(isinstance(value, str) and value for value in by.values()):
            self.wrong("partition.by", "须写成 表名 = 列名。")
            by = {}
        return Partition(
            column=self.text(table, "partition", "column", required=True),
            grain=Grain(self.choice(table, "partition", "grain", list(Grain), Grain.DAY)),
            by=dict(by),
            before_days=self.whole(table, "partition", "before_days", MAX_REACH_DAYS),
            after_days=self.whole(table, "partition", "after_days", MAX_REACH_DAYS),
            frozen=self.names(table, "partition", "frozen"),
        )

    def columns(self) -> dict[str, Said]:
        found = {}
        for name, value in self.section(self.tree, "", "columns").items():
            path = f"columns.{name}"
            if not isinstance(value, Mapping):
                self.wrong(path, '须写成 { meaning = "…", unit = "…" }。')
                continue
            self.known(value, path, {"meaning", "unit"})
            found[name] = Said(self.text(value, path, "meaning"), self.text(value, path, "unit"))
        return found

    def rules(self) -> tuple[QualityRule, ...]:
        value = self.tree.get("rules") or []
        if not isinstance(value, list | tuple) or not all(isinstance(one, Mapping) for one in value):
            self.wrong("rules", "须写成若干节 [[rules]]。")
            return ()
        if len(value) > MAX_RULES:
            self.wrong("rules", f"规则过多，至多 {MAX_RULES} 条。")
        return tuple(self.rule(f"rules[{number}]", one) for number, one in enumerate(value[:MAX_RULES]))

    def rule(self, path: str, table: Mapping[str, Any]) -> QualityRule:
        self.known(table, path, _RULE)
        rule = QualityRule(
            kind=RuleKind(self.choice(table, path, "kind", list(RuleKind), "")),
            name=self.text(table, path, "name", longest=60),
            columns=self.names(table, path, "columns"),
            least=self.bound(table, path, "least"),
            greatest=self.bound(table, path, "greatest"),
            expression=self.text(table, path, "expression", longest=MAX_SQL),
            severity=Severity(self.choice(table, path, "severity", list(Severity), Severity.STOP)),
            most=self.whole(table, path, "most", 10**9),
        )
        self.sensible(path, rule)
        return rule

    def bound(self, table: Mapping[str, Any], path: str, key: str) -> str:
        value = table.get(key, "")
        if isinstance(value, int | float) and not isinstance(value, bool):
            return str(value)
        return self.text(table, path, key, longest=40).strip()

    def sensible(self, path: str, rule: QualityRule) -> None:
        if rule.kind in (RuleKind.NOT_NULL, RuleKind.UNIQUE) and not rule.columns:
            self.wrong(f"{path}.columns", "须写明列。")
        if rule.kind is RuleKind.RANGE and len(rule.columns) != 1:
            self.wrong(f"{path}.columns", "范围规则须写明一列。")
        if rule.kind in (RuleKind.RANGE, RuleKind.ROWS) and not (rule.least or rule.greatest):
            self.wrong(path, "须写明下限或上限。")
        if rule.kind is RuleKind.ROWS:
            for key, bound in (("least", rule.least), ("greatest", rule.greatest)):
                if bound and not (bound.isascii() and bound.isdigit() and len(bound) <= 15):
                    self.wrong(f"{path}.{key}", "行数须是不小于 0 的整数。")
        if rule.kind is RuleKind.RULE and not rule.expression.strip():
            self.wrong(f"{path}.expression", "须写一条条件，例如 balance >= 0。")


def _join(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key
