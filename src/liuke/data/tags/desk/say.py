"""A definition in one Chinese sentence, read off what will be computed."""

from typing import Final

from liuke.data.tags.define.book import Entry
from liuke.data.tags.model import Aggregate, Measure, Window
from liuke.data.tags.table import TABLES, TagTable
from liuke.kernel import rule

_AGGREGATES: Final = {
    Aggregate.COUNT: "的行数",
    Aggregate.SUM: "的{value}合计",
    Aggregate.MAX: "的{value}最大值",
    Aggregate.MIN: "的{value}最小值",
    Aggregate.DAYS: "发生的天数",
    Aggregate.FIRST: "最早一次的日期",
    Aggregate.LAST: "最近一次的日期",
    Aggregate.LATEST: "最近一次的{value}",
    Aggregate.WEIGHTED: "的{value}按天数加权的合计",
}
#: A filter that lets every row through.
_ALL: Final = frozenset({"", "true"})


def sentence(entry: Entry) -> str:
    """How the tag is computed: 近30天内，“手机银行行为”中动作为“登录”的行数。"""
    if entry.expression is not None:
        return f"{rule.to_chinese(entry.expression)}。"
    measure = entry.tag.measure
    if measure is None or entry.filter is None:
        return entry.tag.meaning
    table = TABLES[measure.table]
    among = "全部记录" if measure.filter in _ALL else f"{rule.to_chinese(entry.filter)}的记录"
    return f"{within(measure.window, table)}“{table.label}”中{among}{_made(measure, table)}。"


def within(window: Window, table: TagTable) -> str:
    """The days a window looks at, in words; empty when it looks at all."""
    if window.month:
        return "本月1日至数据日，"
    match window.since, window.until:
        case None, None:
            return ""
        case None, until:
            return f"{table.day}不晚于{_day(until)}，"
        case since, None:
            return f"{table.day}不早于{_day(since)}，"
        case since, 0 if since is not None and since < 0:
            return f"近{1 - since}天内，"
        case 0, until if until is not None and until > 0:
            return f"未来{until}天内，"
        case since, until:
            return f"{table.day}在{_day(since)}至{_day(until)}之间，"


def _day(offset: int | None) -> str:
    if not offset:
        return "数据日"
    return f"数据日后{offset}天" if offset > 0 else f"数据日前{-offset}天"


def _made(measure: Measure, table: TagTable) -> str:
    fields = {**table.facets, **table.values}
    value = fields[measure.value].label if measure.value in fields else ""
    return _AGGREGATES[measure.aggregate].format(value=value)
