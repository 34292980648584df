"""The book of definitions: every tag checked against its table and the others, in the order they are computed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

from liuke.data.tags.model import (
    FARTHEST,
    VALUED,
    Aggregate,
    CircularTag,
    Kind,
    Measure,
    Tag,
    TagInvalid,
)
from liuke.data.tags.table import TABLES, TagTable
from liuke.kernel import rule
from liuke.kernel.rule.catalogue import propose
from liuke.kernel.rule.model import Call, Literal
from liuke.kernel.rule.term import Kind as Shaped

#: The data day and its place in the month, as expressions name them.
AS_OF: Final = "as_of"
DAY_OF_MONTH: Final = "day_of_month"
DAYS: Final = {
    AS_OF: rule.Field(rule.Type.DATE, "数据日期"),
    DAY_OF_MONTH: rule.Field(rule.Type.INT, "数据日是本月第几天", digits=2),
}

#: The kinds of tag an aggregate can give.
_GIVES: Final[Mapping[Aggregate, tuple[Kind, ...]]] = {
    Aggregate.COUNT: (Kind.COUNT, Kind.BOOL),
    Aggregate.SUM: (Kind.MONEY, Kind.COUNT),
    Aggregate.MAX: (Kind.MONEY, Kind.COUNT, Kind.DATE, Kind.RATE),
    Aggregate.MIN: (Kind.MONEY, Kind.COUNT, Kind.DATE, Kind.RATE),
    Aggregate.DAYS: (Kind.DAYS,),
    Aggregate.FIRST: (Kind.DATE,),
    Aggregate.LAST: (Kind.DATE,),
    Aggregate.LATEST: (Kind.WORD,),
    Aggregate.WEIGHTED: (Kind.MONEY,),
}
_VALUES: Final = {
    rule.Type.MONEY: Kind.MONEY,
    rule.Type.INT: Kind.COUNT,
    rule.Type.DATE: Kind.DATE,
    rule.Type.DECIMAL: Kind.RATE,
}
_WANTS: Final = {
    Kind.BOOL: rule.Type.BOOL,
    Kind.COUNT: rule.Type.INT,
    Kind.DAYS: rule.Type.INT,
    Kind.MONEY: rule.Type.MONEY,
    Kind.RATE: rule.Type.DECIMAL,
    Kind.DATE: rule.Type.DATE,
    Kind.WORD: rule.Type.TEXT,
}
#: Digits of a rate, two of them after the point: what is larger is cut to the largest, ±999,999,999.99 %.
RATE_DIGITS: Final = 11
#: A rule's text that is true of every row.
_ALL: Final = "true"


@dataclass(frozen=True, slots=True)
class Entry:
    """A tag made ready: its filter over the table's facets when measured, or its expression over other tags."""

    tag: Tag
    filter: rule.Checked | None = None
    expression: rule.Checked | None = None

    @property
    def needs(self) -> frozenset[str]:
        """Codes of the tags its expression names."""
        return self.expression.names - DAYS.keys() if self.expression else frozenset()


@dataclass(frozen=True, slots=True)
class Book:
    """Checked tags by code, each after those it is computed from."""

    entries: Mapping[str, Entry]

    @property
    def tags(self) -> tuple[Tag, ...]:
        """The definitions, in the order they can be computed."""
        return tuple(entry.tag for entry in self.entries.values())

    @property
    def measured(self) -> tuple[Entry, ...]:
        """Tags measured from tables."""
        return tuple(entry for entry in self.entries.values() if entry.filter)

    @property
    def derived(self) -> tuple[Entry, ...]:
        """Tags computed from tags, each after those it needs."""
        return tuple(entry for entry in self.entries.values() if entry.expression)

    def with_needs(self, codes: Iterable[str]) -> "Book":
        """Only these tags and those they are computed from."""
        wanted: set[str] = set()
        waiting = list(codes)
        while waiting:
            code = waiting.pop()
            if code not in wanted:
                wanted.add(code)
                waiting += self.entries[code].needs
        return Book({code: entry for code, entry in self.entries.items() if code in wanted})

    def catalogue(self) -> rule.Catalogue:
        """What rules over tags may name."""
        return catalogue_of(self.tags)


def field_of(tag: Tag) -> rule.Field:
    """A tag as rules see it: amounts in 元, rates in % with two decimals."""
    match tag.kind:
        case Kind.BOOL:
            return rule.Field(rule.Type.BOOL, tag.name)
        case Kind.COUNT | Kind.DAYS:
            return rule.Field(rule.Type.INT, tag.name, tag.unit or None, digits=10)
        case Kind.MONEY:
            return rule.Field(rule.Type.MONEY, tag.name, tag.unit or "元")
        case Kind.RATE:
            return rule.Field(rule.Type.DECIMAL, tag.name, tag.unit or "%", scale=2, digits=RATE_DIGITS)
        case Kind.DATE:
            return rule.Field(rule.Type.DATE, tag.name)
        case Kind.WORD:
            return rule.Field(rule.Type.TEXT, tag.name, values=dict(tag.words))


def catalogue_of(tags: Iterable[Tag]) -> rule.Catalogue:
    """What rules over tags may name: every tag by its code, and the data day."""
    fields = {tag.code: field_of(tag) for tag in tags}
    return rule.Catalogue(fields=fields | DAYS)


def bind(tags: Iterable[Tag]) -> Book:
    """Check definitions against tables and each other.

    Raises: TagInvalid with the part that is wrong, RuleInvalid with the place, CircularTag.
    """
    by_code = {tag.code: tag for tag in tags}
    catalogue = catalogue_of(by_code.values())
    entries = {code: check(tag, catalogue) for code, tag in by_code.items()}
    return Book({code: entries[code] for code in _ordered(entries)})


def check(tag: Tag, catalogue: rule.Catalogue) -> Entry:
    """One definition made ready; ``catalogue`` has the other tags. Raises TagInvalid, RuleInvalid."""
    if (tag.measure is None) == (not tag.expression):
        raise TagInvalid(tag=tag.name, part="口径", reason="须在“取自数据表”与“由标签计算”中恰好选一种。")
    if tag.kind is Kind.WORD and not 1 <= len(tag.words) <= 200:
        raise TagInvalid(tag=tag.name, part="取值", reason="分类标签须列出 1–200 个取值。")
    if tag.measure is None:
        return Entry(tag, expression=_expression(tag, catalogue))
    return Entry(tag, filter=_filter(tag, tag.measure))


def _expression(tag: Tag, catalogue: rule.Catalogue) -> rule.Checked:
    parsed = rule.parse(tag.expression)
    if tag.kind is Kind.RATE:
        parsed = rule.Rule(Call("round", (parsed.root, Literal(2))), parsed.text)
    checked = rule.check(parsed, catalogue, wants=_WANTS[tag.kind])
    if tag.code in checked.names:
        raise CircularTag(path=f"{tag.name} → {tag.name}")
    if checked.windows:
        raise TagInvalid(tag=tag.name, part="算式", reason="算式里不能写时间窗函数，请另设一个取自数据表的标签。")
    number = checked.shape.kind is Shaped.NUMBER and tag.kind is not Kind.RATE
    if number and checked.shape.limit > rule.Field(rule.Type.INT, "").shape.limit:
        raise TagInvalid(tag=tag.name, part="算式", reason="结果可能超出可以保存的范围，请用 round 或 least 限制大小。")
    return checked


def _filter(tag: Tag, measure: Measure) -> rule.Checked:
    table = _table(tag, measure)
    _window(tag, measure)
    value = _value(tag, measure, table)
    if tag.kind not in _GIVES[measure.aggregate] or (value is not None and _VALUES[value.type] is not tag.kind):
        raise TagInvalid(tag=tag.name, part="类型", reason="与汇总方式算出的结果不符，请改选类型或汇总方式。")
    return rule.check(rule.parse(measure.filter or _ALL), facets(table.name), wants=rule.Type.BOOL)


def _table(tag: Tag, measure: Measure) -> TagTable:
    table = TABLES.get(measure.table)
    if table is None:
        names = [*TABLES, *(one.label for one in TABLES.values())]
        raise TagInvalid(
            tag=tag.name, part="数据表", reason=f"没有名为“{measure.table[:40]}”的表{propose(measure.table, names)}。"
        )
    return table


def _window(tag: Tag, measure: Measure) -> None:
    window = measure.window
    ends = [end for end in (window.since, window.until) if end is not None]
    backward = window.since is not None and window.until is not None and window.since > window.until
    if backward or any(abs(end) > FARTHEST for end in ends) or (window.month and window.since is not None):
        raise TagInvalid(tag=tag.name, part="时间窗", reason="起始日须不晚于截止日，且都在数据日前后十年之内。")
    if measure.aggregate is Aggregate.WEIGHTED and not window.month and window.since is None:
        raise TagInvalid(tag=tag.name, part="时间窗", reason="按日加权的合计须有起始日。")


def _value(tag: Tag, measure: Measure, table: TagTable) -> rule.Field | None:
    """The value column that is aggregated; None when the aggregate takes none."""
    if measure.aggregate is Aggregate.LATEST:
        _named(tag, measure.value, table.facets)
        return None
    if measure.aggregate not in VALUED:
        return None
    return _named(tag, measure.value, table.values)


def _named(tag: Tag, name: str, fields: Mapping[str, rule.Field]) -> rule.Field:
    if name not in fields:
        choices = [*fields, *(field.label for field in fields.values())]
        raise TagInvalid(tag=tag.name, part="取值列", reason=f"没有名为“{name[:40]}”的列{propose(name, choices)}。")
    return fields[name]


@cache
def facets(table: str) -> rule.Catalogue:
    """What the filter of a table may name."""
    return rule.Catalogue(fields=TABLES[table].facets)


def _ordered(entries: Mapping[str, Entry]) -> list[str]:
    """Codes with each after those it needs, otherwise as given. Raises CircularTag."""
    done: dict[str, None] = {}
    path: list[str] = []

    def visit(code: str) -> None:
        if code in done:
            return
        if code in path:
            loop = [*path[path.index(code) :], code]
            raise CircularTag(path=" → ".join(entries[one].tag.name for one in loop))
        path.append(code)
        for need in sorted(entries[code].needs):
            visit(need)
        path.pop()
        done[code] = None

    for code in entries:
        visit(code)
    return list(done)
