"""Text to numbers, dates and times, and back. What is not exactly so is NULL, never an error and never a guess."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from sqlglot import exp

from liuke.kernel.rule import calendar
from liuke.kernel.rule.agree import count, need, whole, written
from liuke.kernel.rule.chinese import Speaker
from liuke.kernel.rule.errors import WrongArguments, WrongType
from liuke.kernel.rule.functions.number import divide
from liuke.kernel.rule.functions.word import helped, texts, value_of
from liuke.kernel.rule.model import Call
from liuke.kernel.rule.python import Code, Python
from liuke.kernel.rule.sql import Sql
from liuke.kernel.rule.term import DATE, TEXT, TIMESTAMP, Apply, Function, Kind, Shape, Term, number

Args = tuple[Term, ...]
SqlArgs = tuple[Any, ...]
#: Blank, sign, digits: the same pattern for every engine.
_BLANK: Final = "[ \\t\\r\\n\u00a0\u3000]*"
#: Digits before the point that ``to_decimal`` reads: in 元 more than any bank holds, in 分 still a 64-bit number.
_FRONT: Final = 16
_WHOLE: Final = f"^{_BLANK}([+-]?[0-9]{{1,18}}){_BLANK}$"
_POINT: Final = f"^{_BLANK}([+-]?(?:[0-9]{{1,{_FRONT}}}(?:[.][0-9]{{0,18}})?|[.][0-9]{{1,18}})){_BLANK}$"
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
#: Milliseconds since 1970 of the first and last moment a timestamp may be.
_FIRST_MS: Final = -30_610_252_800_000
_LAST_MS: Final = 253_370_735_999_999


def _found(sql: Sql, text: exp.Expression, pattern: str) -> exp.Expression:
    """The first group of a pattern; '' or NULL where it does not match."""
    if sql.dialect == "postgres":
        return sql.call("SUBSTRING", text, sql.text(pattern))
    return sql.call("REGEXP_EXTRACT", text, sql.text(pattern.replace("$", "\\z")), sql.integer(1))


def _to_int_sql(sql: Sql, _term: Apply, args: SqlArgs) -> exp.Expression:
    return sql.try_cast(_found(sql, args[0], _WHOLE), "BIGINT")


def _to_int(text: str) -> int | None:
    text = text.strip(" \t\r\n\u00a0\u3000")
    bare = text[1:] if text[:1] in ("+", "-") else text
    return int(text) if bare.isascii() and bare.isdigit() and len(bare) <= 18 else None


def _decimal(call: Call, args: Args) -> tuple[Shape, Args]:
    count(call, args, 1, 2)
    need(args[0], Kind.TEXT)
    scale = whole(call, args[1], 0, 10) if len(args) == 2 else 6
    return Shape(Kind.NUMBER, scale, 10 ** (_FRONT + scale)), args


def _decimal_sql(sql: Sql, term: Apply, args: SqlArgs) -> exp.Expression:
    scale = term.shape.scale
    text = _found(sql, args[0], _POINT)
    if sql.dialect == "postgres":
        return sql.call("ROUND", sql.binary(exp.Mul, sql.cast(text, "NUMERIC"), sql.integer(10**scale)))
    point = sql.try_cast(text, f"DECIMAL({_FRONT + 1 + 2 * scale},{scale})")
    return sql.cast(sql.binary(exp.Mul, point, sql.integer(10**scale)), sql.whole(term.shape.limit))


def _decimal_python(python: Python, term: Apply, args: tuple[Code, ...]) -> Code:
    helper = python.helper(_to_units)
    return python.strict(args[:1], lambda text: f"{helper}({text}, {term.shape.scale})", partial=True)


def _to_units(text: str, scale: int) -> int | None:
    text = text.strip(" \t\r\n\u00a0\u3000")
    negative = text[:1] == "-"
    front, point, back = (text[1:] if text[:1] in ("+", "-") else text).partition(".")
    if not (front + back).isascii() or not (front + back).isdigit() or len(front) > _FRONT or len(back) > 18:
        return None
    if point and not front and not back:
        return None
    units = int(front + back) if len(back) <= scale else divide(int(front + back), 10 ** (len(back) - scale))
    shifted: int = (units or 0) * 10 ** max(scale - len(back), 0)
    return -shifted if negative else shifted


def _dated(call: Call, args: Args) -> tuple[Shape, Args]:
    count(call, args, 2)
    need(args[0], Kind.TEXT)
    timed = call.function == "to_timestamp"
    try:
        calendar.read_form(written(call, args[1]), timed=timed)
    except calendar.BadFormat as why:
        reason = f"的格式不能用：{why}"
        raise WrongArguments(position=args[1].at + 1, function=call.function, reason=reason) from None
    return (TIMESTAMP if timed else DATE), args


def _parts(sql: Sql, text: exp.Expression, form: calendar.Form) -> dict[str, exp.Expression]:
    """The parts of a date or time as text."""
    found = {}
    for mark, group in form.groups.items():
        if mark in form.places:
            found[mark] = sql.call("SUBSTR", text, *map(sql.integer, form.places[mark]))
        elif sql.dialect == "postgres":
            matched = sql.call("REGEXP_MATCH", text, sql.text(f"^{form.pattern}$"))
            found[mark] = exp.Bracket(
                this=exp.Paren(this=matched), expressions=[sql.integer(group)], offset=1, safe=False
            )
        else:
            found[mark] = sql.call("REGEXP_EXTRACT", text, sql.text(f"^{form.pattern}\\z"), sql.integer(group))
    return {mark: part.copy() for mark, part in found.items()}


def _year(sql: Sql, parts: dict[str, exp.Expression]) -> exp.Expression:
    if "Y" in parts:
        return parts["Y"]
    century = sql.when((exp.LT(this=parts["y"], expression=sql.text("69")), sql.text("20")), default=sql.text("19"))
    return sql.binary(exp.DPipe, exp.Paren(this=century), parts["y"])


def _two(sql: Sql, part: exp.Expression) -> exp.Expression:
    return sql.call("LPAD", part, sql.integer(2), sql.text("0"))


def real_day_sql(sql: Sql, year: exp.Expression, month_day: exp.Expression) -> exp.Expression:
    """Whether a year and a month-day (four digits each, as text) name a day of the calendar."""
    number_ = sql.try_cast(year.copy(), "INTEGER")

    def over(divisor: int) -> exp.Expression:
        return exp.EQ(this=exp.Mod(this=number_.copy(), expression=sql.integer(divisor)), expression=sql.integer(0))

    leap = exp.Paren(
        this=exp.And(
            this=over(4), expression=exp.Paren(this=exp.Or(this=exp.Not(this=over(100)), expression=over(400)))
        )
    )
    shape = "(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])"
    if sql.dialect == "postgres":
        formed: exp.Expression = exp.RegexpLike(this=month_day.copy(), expression=sql.text(f"^{shape}$"))
    elif sql.dialect == "duckdb":
        formed = sql.call("REGEXP_FULL_MATCH", month_day.copy(), sql.text(shape))
    else:
        formed = exp.RegexpLike(this=month_day.copy(), expression=sql.text(f"^{shape}\\z"))
    absent = [sql.text(day) for day in ("0230", "0231", "0431", "0631", "0931", "1131")]
    common = sql.when(
        (exp.EQ(this=year.copy(), expression=sql.text("0000")), exp.Boolean(this=False)),
        (exp.Not(this=formed), exp.Boolean(this=False)),
        (exp.In(this=month_day.copy(), expressions=absent), exp.Boolean(this=False)),
        (exp.EQ(this=month_day.copy(), expression=sql.text("0229")), leap),
        default=exp.Boolean(this=True),
    )
    return exp.Paren(this=common)


def iso_day_sql(sql: Sql, year: exp.Expression, month: exp.Expression, day: exp.Expression) -> exp.Expression:
    """YYYY-MM-DD out of text parts."""
    return sql.balanced(exp.DPipe, [year, sql.text("-"), month, sql.text("-"), day])


def _whole_match(sql: Sql, text: exp.Expression, form: calendar.Form) -> exp.Expression:
    if sql.dialect == "duckdb":
        return sql.call("REGEXP_FULL_MATCH", text, sql.text(form.pattern))
    end = "$" if sql.dialect == "postgres" else "\\z"
    return exp.RegexpLike(this=text, expression=sql.text(f"^{form.pattern}{end}"))


def _dated_sql(sql: Sql, term: Apply, args: SqlArgs) -> exp.Expression:
    timed = term.function.name == "to_timestamp"
    form = calendar.read_form(value_of(term.args[1]), timed=timed)
    parts = _parts(sql, args[0], form)
    year, month, day = _year(sql, parts), _two(sql, parts["m"]), _two(sql, parts["d"])
    tests = [_whole_match(sql, args[0].copy(), form), real_day_sql(sql, year, sql.binary(exp.DPipe, month, day))]
    text = iso_day_sql(sql, year.copy(), month.copy(), day.copy())
    if timed:
        tests += _time_tests(sql, parts, year)
        text = _moment_text(sql, parts, text)
    made = sql.try_cast(text, "TIMESTAMPTZ" if timed else "DATE")
    # Nested, so that no test sees text the one before it has not let through.
    for test in reversed(tests):
        made = exp.Paren(this=sql.when((test, made)))
    return made


def _time_tests(sql: Sql, parts: dict[str, exp.Expression], year: exp.Expression) -> list[exp.Expression]:
    tests: list[exp.Expression] = [
        exp.Between(this=year.copy(), low=sql.text("1000"), high=sql.text("9998")),
    ]
    for mark, most in (("H", "23"), ("M", "59"), ("S", "59")):
        if mark in parts:
            tests.append(exp.LTE(this=parts[mark].copy(), expression=sql.text(most)))
    if "z" in parts:
        hours = sql.call("SUBSTR", parts["z"].copy(), sql.integer(2), sql.integer(2))
        minutes = sql.call("RIGHT", parts["z"].copy(), sql.integer(2))
        zulu = exp.EQ(this=parts["z"].copy(), expression=sql.text("Z"))
        near = exp.And(
            this=exp.LTE(this=hours, expression=sql.text("14")),
            expression=exp.LTE(this=minutes, expression=sql.text("59")),
        )
        tests.append(exp.Or(this=zulu, expression=exp.Paren(this=near)))
    return tests


def _moment_text(sql: Sql, parts: dict[str, exp.Expression], day: exp.Expression) -> exp.Expression:
    zero = sql.text("00")
    clock = [parts[mark].copy() if mark in parts else zero.copy() for mark in "HMS"]
    pieces = [day, sql.text(" "), clock[0], sql.text(":"), clock[1], sql.text(":"), clock[2]]
    if "f" in parts:
        pieces += [sql.text("."), parts["f"].copy()]
    if "z" not in parts:
        pieces.append(sql.text("+08:00"))
        return sql.balanced(exp.DPipe, pieces)
    sign = sql.call("LEFT", parts["z"].copy(), sql.integer(3))
    minutes = sql.call("RIGHT", parts["z"].copy(), sql.integer(2))
    zone = sql.when(
        (exp.EQ(this=parts["z"].copy(), expression=sql.text("Z")), sql.text("+00:00")),
        default=sql.balanced(exp.DPipe, [sign, sql.text(":"), minutes]),
    )
    return sql.balanced(exp.DPipe, [*pieces, exp.Paren(this=zone)])


def _dated_python(python: Python, term: Apply, args: tuple[Code, ...]) -> Code:
    timed = term.function.name == "to_timestamp"
    form = calendar.read_form(value_of(term.args[1]), timed=timed)
    reader = python.constant(calendar.moment_reader(form) if timed else calendar.day_reader(form))
    return python.strict(args[:1], lambda text: f"{reader}({text})", partial=True)


def _to_text(call: Call, args: Args) -> tuple[Shape, Args]:
    count(call, args, 1)
    if need(args[0], Kind.NUMBER, Kind.DATE, Kind.TEXT).shape.scale:
        raise WrongType(position=args[0].at + 1, expected="整数、日期或文字", found="小数", advice="请先用 round(…)。")
    return TEXT, args


def _to_text_sql(sql: Sql, term: Apply, args: SqlArgs) -> exp.Expression:
    if term.args[0].shape.kind is Kind.DATE and sql.dialect == "postgres":
        return sql.call("TO_CHAR", args[0], sql.text("YYYY-MM-DD"))
    return sql.cast(args[0], "TEXT")


def _to_text_python(python: Python, term: Apply, args: tuple[Code, ...]) -> Code:
    helper = python.helper({Kind.DATE: date.isoformat, Kind.NUMBER: int.__str__}.get(term.args[0].shape.kind, str))
    return python.strict(args, lambda value: f"{helper}({value})")


def _epoch(call: Call, args: Args) -> tuple[Shape, Args]:
    count(call, args, 1)
    if need(args[0], Kind.NUMBER).shape.scale:
        raise WrongType(position=args[0].at + 1, expected="整数", found="小数", advice="")
    return TIMESTAMP, args


def _epoch_sql(sql: Sql, _term: Apply, args: SqlArgs) -> exp.Expression:
    inside = exp.Between(this=args[0].copy(), low=sql.integer(_FIRST_MS), high=sql.integer(_LAST_MS))
    micros = sql.binary(exp.Mul, sql.cast(args[0], "BIGINT"), sql.integer(1000))
    return exp.Paren(this=sql.when((inside, sql.moment(micros))))


def _from_epoch(millis: int) -> datetime | None:
    return _EPOCH + timedelta(milliseconds=millis) if _FIRST_MS <= millis <= _LAST_MS else None


def _said(words: str) -> Callable[[Speaker, Apply], str]:
    def say(speaker: Speaker, term: Apply) -> str:
        return f"{speaker.value(term.args[0])}{words}"

    return say


ALL: Final = (
    Function("to_int", texts(1, shape=number(0, 18)), _to_int_sql, helped(_to_int, partial=True), _said("（转整数）")),
    Function("to_decimal", _decimal, _decimal_sql, _decimal_python, _said("（转数值）")),
    Function("to_date", _dated, _dated_sql, _dated_python, _said("（转日期）"), copies=24),
    Function("to_timestamp", _dated, _dated_sql, _dated_python, _said("（转时间）"), copies=48),
    Function("to_text", _to_text, _to_text_sql, _to_text_python, _said("（转文字）")),
    Function("from_epoch_ms", _epoch, _epoch_sql, helped(_from_epoch, partial=True), _said("（毫秒转时间）"), copies=2),
)
