"""Dates and moments. The date and hour of a moment are Beijing's; a day outside the years 1–9999 is NULL."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlglot import exp

from liuke.kernel.rule.agree import count, need, unit, whole
from liuke.kernel.rule.calendar import day_of
from liuke.kernel.rule.chinese import Speaker
from liuke.kernel.rule.errors import WrongType
from liuke.kernel.rule.functions.word import helped, value_of
from liuke.kernel.rule.instant import CHINA, FIRST_DAY, LAST_DAY
from liuke.kernel.rule.model import Call
from liuke.kernel.rule.python import Code, Python
from liuke.kernel.rule.sql import Sql
from liuke.kernel.rule.term import DATE, Apply, Const, Function, Kind, Shape, Term, number

Args = tuple[Term, ...]
SqlArgs = tuple[Any, ...]
_DAYS: Final = Const(0, number(0, 1, "天"))
_FIRST: Final = FIRST_DAY.toordinal()
_LAST: Final = LAST_DAY.toordinal()


def _shift(call: Call, args: Args) -> tuple[Shape, Args]:
    dates = [arg for arg in args if arg.shape.kind is Kind.DATE]
    if call.function == "-" and len(dates) == 2:
        return number(0, 7, "天"), args
    if call.function == "-" and args[0].shape.kind is not Kind.DATE:
        args = (need(args[0], Kind.DATE), args[1])
        return number(0, 7, "天"), args
    if len(dates) > 1:
        advice = "两个日期相隔的天数请写 日期 - 日期。"
        raise WrongType(position=dates[1].at + 1, expected="天数", found="日期", advice=advice)
    for arg in args:
        if arg.shape.kind is not Kind.DATE:
            if need(arg, Kind.NUMBER).shape.scale:
                raise WrongType(position=arg.at + 1, expected="整天数", found="小数", advice="请先用 round(…)。")
            unit([_DAYS, arg])
    return DATE, args


def _days_sql(sql: Sql, later: exp.Expression, earlier: exp.Expression) -> exp.Expression:
    if sql.dialect == "spark":
        return sql.call("DATEDIFF", later, earlier)
    return sql.cast(sql.binary(exp.Sub, later, earlier), "BIGINT")


def _shift_sql(sql: Sql, term: Apply, args: SqlArgs) -> exp.Expression:
    if term.shape.kind is Kind.NUMBER:
        return _days_sql(sql, args[0], args[1])
    day = next(arg for arg, part in zip(args, term.args, strict=True) if part.shape.kind is Kind.DATE)
    numbers = [(arg, part.shape) for arg, part in zip(args, term.args, strict=True) if part.shape.kind is not Kind.DATE]
    kind = sql.whole(sum(shape.limit for _, shape in numbers) + 1)
    total = sql.balanced(exp.Add, [sql.cast(arg, kind) for arg, _ in numbers])
    if term.function.name == "-":
        total = exp.Paren(this=exp.Neg(this=total))
    low, high = _days_sql(sql, sql.day(FIRST_DAY), day), _days_sql(sql, sql.day(LAST_DAY), day.copy())
    inside = exp.Between(this=total, low=low, high=high)
    days = sql.cast(total.copy(), "INT")
    moved = sql.call("DATE_ADD", day.copy(), days) if sql.dialect == "spark" else sql.binary(exp.Add, day.copy(), days)
    return exp.Paren(this=sql.when((inside, moved)))


def _shift_python(python: Python, term: Apply, args: tuple[Code, ...]) -> Code:
    if term.shape.kind is Kind.NUMBER:
        return python.strict(args, lambda later, earlier: f"({later} - {earlier}).days")
    place = next(i for i, part in enumerate(term.args) if part.shape.kind is Kind.DATE)
    helper, sign = python.helper(_moved), term.function.name

    def body(*names: str) -> str:
        rest = [name for i, name in enumerate(names) if i != place]
        return f"{helper}({names[place]}, {'-' if sign == '-' else ''}({' + '.join(rest)}))"

    return python.strict(args, body, partial=True)


def _moved(day: date, days: int) -> date | None:
    ordinal = day.toordinal() + days
    return date.fromordinal(ordinal) if _FIRST <= ordinal <= _LAST else None


def _dates(least: int, shape: Shape) -> Callable[[Call, Args], tuple[Shape, Args]]:
    def bind(call: Call, args: Args) -> tuple[Shape, Args]:
        count(call, args, least)
        return shape, tuple(need(arg, Kind.DATE, Kind.TIMESTAMP) for arg in args)

    return bind


def _on_days(function: Callable[..., Any]) -> Callable[[Python, Apply, tuple[Code, ...]], Code]:
    """Python over the Beijing dates of the arguments."""

    def python(writer: Python, term: Apply, args: tuple[Code, ...]) -> Code:
        local = writer.helper(_local_day)
        days = [
            writer.strict((arg,), lambda moment: f"{local}({moment})") if part.shape.kind is Kind.TIMESTAMP else arg
            for arg, part in zip(args, term.args, strict=True)
        ]
        name = writer.helper(function)
        return writer.strict(days, lambda *names: f"{name}({', '.join(names)})")

    return python


def _local_day(moment: datetime) -> date:
    return moment.astimezone(CHINA).date()


def _part_sql(spark: str, other: str) -> Callable[[Sql, Apply, SqlArgs], exp.Expression]:
    def sql(writer: Sql, term: Apply, args: SqlArgs) -> exp.Expression:
        day = writer.day_of(args[0], term.args[0].shape)
        part = writer.text(spark if writer.dialect == "spark" else other)
        return writer.cast(writer.call("DATE_PART", part, day), "BIGINT")

    return sql


def _date_sql(sql: Sql, term: Apply, args: SqlArgs) -> exp.Expression:
    return sql.day_of(args[0], term.args[0].shape)


def _hour(call: Call, args: Args) -> tuple[Shape, Args]:
    count(call, args, 1)
    return number(0, 2, "点"), (need(args[0], Kind.TIMESTAMP),)


def _hour_sql(sql: Sql, _term: Apply, args: SqlArgs) -> exp.Expression:
    if sql.dialect == "spark":
        rest = sql.call("PMOD", sql.china(args[0]), sql.integer(86_400_000_000))
        return sql.binary(exp.IntDiv, rest, sql.integer(3_600_000_000))
    return sql.cast(sql.call("DATE_PART", sql.text("hour"), sql.china(args[0])), "BIGINT")


def _month_start_sql(sql: Sql, term: Apply, args: SqlArgs) -> exp.Expression:
    day = sql.day_of(args[0], term.args[0].shape)
    if sql.dialect == "spark":
        return sql.call("TRUNC", day, sql.text("MM"))
    return sql.cast(sql.call("DATE_TRUNC", sql.text("month"), sql.cast(day, "TIMESTAMP")), "DATE")


def _between_sql(sql: Sql, term: Apply, args: SqlArgs) -> exp.Expression:
    earlier, later = (sql.day_of(arg, part.shape) for arg, part in zip(args, term.args, strict=True))
    return _days_sql(sql, later, earlier)


def _years_sql(sql: Sql, term: Apply, args: SqlArgs) -> exp.Expression:
    """Dates as numbers yyyymmdd; their difference over 10,000, rounded down, is the whole years between them."""
    form = {"duckdb": ("STRFTIME", "%Y%m%d"), "postgres": ("TO_CHAR", "YYYYMMDD"), "spark": ("DATE_FORMAT", "yyyyMMdd")}
    name, pattern = form[sql.dialect]
    earlier, later = (
        sql.cast(sql.call(name, sql.day_of(arg, part.shape), sql.text(pattern)), "BIGINT")
        for arg, part in zip(args, term.args, strict=True)
    )
    positive = sql.binary(exp.Add, sql.binary(exp.Sub, later, earlier), sql.integer(100_000_000))
    whole_years = sql.cast(sql.quotient(positive, sql.integer(10_000)), "BIGINT")
    return sql.binary(exp.Sub, whole_years, sql.integer(10_000))


def _years(earlier: date, later: date) -> int:
    return later.year - earlier.year - ((later.month, later.day) < (earlier.month, earlier.day))


def _months(call: Call, args: Args) -> tuple[Shape, Args]:
    count(call, args, 2)
    whole(call, args[1], -12_000, 12_000)
    return DATE, (need(args[0], Kind.DATE), args[1])


def _months_sql(sql: Sql, term: Apply, args: SqlArgs) -> exp.Expression:
    months = value_of(term.args[1])
    if abs(months) >= 12 * 9_999:
        return sql.typed(exp.Null(), DATE)
    low = _later(FIRST_DAY, -months) or FIRST_DAY if months < 0 else FIRST_DAY
    high = _later(date(9999, 12, 1), -months) or LAST_DAY if months > 0 else LAST_DAY
    inside = exp.Between(this=args[0].copy(), low=sql.day(low), high=sql.day(_month_end(high)))
    if sql.dialect == "spark":
        return exp.Paren(this=sql.when((inside, sql.call("ADD_MONTHS", args[0], args[1]))))
    step = exp.Cast(this=sql.text(f"{months} months"), to=exp.DataType.build("INTERVAL", dialect="duckdb"))
    return exp.Paren(this=sql.when((inside, sql.cast(sql.binary(exp.Add, args[0], step), "DATE"))))


def _later(day: date, months: int) -> date | None:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if not 1 <= year <= 9999:
        return None
    return date(year, month + 1, min(day.day, _month_end(date(year, month + 1, 1)).day))


def _month_end(day: date) -> date:
    return next(found for last in (31, 30, 29, 28) if (found := day_of(day.year, day.month, last)))


def _seconds(call: Call, args: Args) -> tuple[Shape, Args]:
    count(call, args, 2)
    return number(0, 12, "秒"), tuple(need(arg, Kind.TIMESTAMP) for arg in args)


def _seconds_sql(sql: Sql, _term: Apply, args: SqlArgs) -> exp.Expression:
    between = sql.binary(exp.Sub, sql.micros(args[1]), sql.micros(args[0]))
    return sql.cast(sql.quotient(between, sql.integer(1_000_000)), "BIGINT")


def _elapsed(earlier: datetime, later: datetime) -> int:
    seconds = abs(later - earlier) // timedelta(seconds=1)
    return seconds if later >= earlier else -seconds


def _said(words: str) -> Callable[[Speaker, Apply], str]:
    return lambda speaker, term: words.format(*(speaker.value(arg) for arg in term.args))


def _shift_chinese(speaker: Speaker, term: Apply) -> str:
    if term.shape.kind is Kind.NUMBER:
        return f"{speaker.value(term.args[1])}到{speaker.value(term.args[0])}的天数"
    day = next(arg for arg in term.args if arg.shape.kind is Kind.DATE)
    rest = [speaker.operand(arg) + "天" for arg in term.args if arg is not day]
    return f"{speaker.value(day)}{'后' if term.function.name == '+' else '前'}{'加'.join(rest)}"


SHIFTS: Final = {sign: Function(sign, _shift, _shift_sql, _shift_python, _shift_chinese, copies=3) for sign in "+-"}
ALL: Final = (
    Function("date", _dates(1, DATE), _date_sql, _on_days(lambda day: day), _said("{}的日期"), copies=2),
    Function(
        "year", _dates(1, number(0, 4, "年")), _part_sql("YEAR", "year"), _on_days(lambda d: d.year), _said("{}的年份")
    ),
    Function(
        "month",
        _dates(1, number(0, 2, "月")),
        _part_sql("MONTH", "month"),
        _on_days(lambda d: d.month),
        _said("{}的月份"),
    ),
    Function(
        "day", _dates(1, number(0, 2, "日")), _part_sql("DAY", "day"), _on_days(lambda d: d.day), _said("{}是几日")
    ),
    Function(
        "weekday",
        _dates(1, number(0, 1)),
        _part_sql("DAYOFWEEK_ISO", "isodow"),
        _on_days(date.isoweekday),
        _said("{}是星期几"),
    ),
    Function(
        "hour", _hour, _hour_sql, helped(lambda moment: moment.astimezone(CHINA).hour), _said("{}的钟点"), copies=2
    ),
    Function(
        "month_start", _dates(1, DATE), _month_start_sql, _on_days(lambda d: d.replace(day=1)), _said("{}当月1日")
    ),
    Function(
        "days_between",
        _dates(2, number(0, 7, "天")),
        _between_sql,
        _on_days(lambda a, b: (b - a).days),
        _said("{}到{}的天数"),
    ),
    Function("years_between", _dates(2, number(0, 4, "年")), _years_sql, _on_days(_years), _said("{}到{}的整年数")),
    Function("add_months", _months, _months_sql, helped(_later, partial=True), _said("{}后{}个月"), copies=2),
    Function("seconds_between", _seconds, _seconds_sql, helped(_elapsed), _said("{}到{}的秒数")),
)
