"""The resident identity number (GB 11643): 18 digits with a check digit, or the 15 digits issued before 1999."""

import re
from datetime import date
from typing import Any, Final

from sqlglot import exp

from liuke.kernel.rule import pattern
from liuke.kernel.rule.calendar import day_of
from liuke.kernel.rule.functions.convert import iso_day_sql, real_day_sql
from liuke.kernel.rule.functions.word import helped, match_sql, texts
from liuke.kernel.rule.sql import Sql
from liuke.kernel.rule.term import BOOL, DATE, TEXT, Apply, Function

SqlArgs = tuple[Any, ...]
_LONG: Final = "[1-9][0-9]{5}(?:18|19|20)[0-9]{9}[0-9Xx]"
_SHORT: Final = "[1-9][0-9]{14}"
_LONG_FORM: Final = re.compile(_LONG)
_SHORT_FORM: Final = re.compile(_SHORT)
#: Weights and check characters of ISO 7064 MOD 11-2, as GB 11643-1999 prints them.
_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS: Final = "10X98765432"


def _birth(text: str) -> date | None:
    """The date of birth an identity number states, without looking at its check digit."""
    if _LONG_FORM.fullmatch(text):
        return day_of(int(text[6:10]), int(text[10:12]), int(text[12:14]))
    if _SHORT_FORM.fullmatch(text):
        return day_of(1900 + int(text[6:8]), int(text[8:10]), int(text[10:12]))
    return None


def _valid(text: str) -> bool:
    if _birth(text) is None:
        return False
    if len(text) == 15:
        return True
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, text, strict=False))
    return _CHECKS[total % 11] == text[17].upper()


def _gender(text: str) -> str | None:
    """M or F by the sequence digit: odd for men."""
    if _LONG_FORM.fullmatch(text):
        return "M" if int(text[16]) % 2 else "F"
    if _SHORT_FORM.fullmatch(text):
        return "M" if int(text[14]) % 2 else "F"
    return None


def _cut(sql: Sql, text: exp.Expression, start: int, size: int) -> exp.Expression:
    return sql.call("SUBSTR", text.copy(), sql.integer(start), sql.integer(size))


def _is(sql: Sql, text: exp.Expression, form: str) -> exp.Expression:
    return match_sql(sql, text.copy(), pattern.read(form))


def _years(sql: Sql, text: exp.Expression) -> tuple[exp.Expression, exp.Expression]:
    """The year of the long and of the short form, as text."""
    return _cut(sql, text, 7, 4), sql.binary(exp.DPipe, sql.text("19"), _cut(sql, text, 7, 2))


def _birth_sql(sql: Sql, _term: Apply, args: SqlArgs) -> exp.Expression:
    text = args[0]
    cases = []
    for form, year, place in zip((_LONG, _SHORT), _years(sql, text), (11, 9), strict=True):
        day = iso_day_sql(sql, year.copy(), _cut(sql, text, place, 2), _cut(sql, text, place + 2, 2))
        real = real_day_sql(sql, year, _cut(sql, text, place, 4))
        cases.append((_is(sql, text, form), exp.Paren(this=sql.when((real, sql.try_cast(day, "DATE"))))))
    return exp.Paren(this=sql.when(*cases))


def _check_sql(sql: Sql, text: exp.Expression) -> exp.Expression:
    """Whether the check digit is right."""
    products = [
        sql.binary(exp.Mul, sql.try_cast(_cut(sql, text, place, 1), "INTEGER"), sql.integer(weight))
        for place, weight in enumerate(_WEIGHTS, start=1)
    ]
    rest = sql.binary(exp.Mod, sql.balanced(exp.Add, products), sql.integer(11))
    place = sql.cast(sql.binary(exp.Add, rest, sql.integer(1)), "INTEGER")
    expected = sql.call("SUBSTR", sql.text(_CHECKS), place, sql.integer(1))
    return sql.binary(exp.EQ, expected, sql.call("UPPER", _cut(sql, text, 18, 1)))


def _valid_sql(sql: Sql, _term: Apply, args: SqlArgs) -> exp.Expression:
    text = args[0]
    long_year, short_year = _years(sql, text)
    real = real_day_sql(sql, long_year, _cut(sql, text, 11, 4))
    long = exp.Paren(this=sql.when((real, _check_sql(sql, text)), default=exp.Boolean(this=False)))
    short = real_day_sql(sql, short_year, _cut(sql, text, 9, 4))
    known = exp.Not(this=exp.Is(this=text, expression=exp.Null()))
    cases = ((_is(sql, text, _LONG), long), (_is(sql, text, _SHORT), short), (known, exp.Boolean(this=False)))
    return exp.Paren(this=sql.when(*cases))


def _gender_sql(sql: Sql, _term: Apply, args: SqlArgs) -> exp.Expression:
    cases = []
    for form, place in ((_LONG, 17), (_SHORT, 15)):
        odd = exp.In(this=_cut(sql, args[0], place, 1), expressions=[sql.text(digit) for digit in "13579"])
        sex = sql.when((odd, sql.text("M")), default=sql.text("F"))
        cases.append((_is(sql, args[0], form), exp.Paren(this=sex)))
    return exp.Paren(this=sql.when(*cases))


ALL: Final = (
    Function(
        "valid_id_card",
        texts(1, shape=BOOL),
        _valid_sql,
        helped(_valid),
        lambda s, t: f"{s.value(t.args[0])}是有效的身份证号",
        copies=34,
    ),
    Function(
        "id_birth_date",
        texts(1, shape=DATE),
        _birth_sql,
        helped(_birth, partial=True),
        lambda s, t: f"{s.value(t.args[0])}中的出生日期",
        copies=24,
    ),
    Function(
        "id_gender",
        texts(1, shape=TEXT),
        _gender_sql,
        helped(_gender, partial=True),
        lambda s, t: f"{s.value(t.args[0])}中的性别",
        copies=4,
    ),
)
