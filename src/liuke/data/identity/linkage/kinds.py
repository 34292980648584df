"""The kinds of column that any table may hold: how a value is cleaned, compared, and used for blocking."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from rapidfuzz.distance import DamerauLevenshtein, JaroWinkler

from liuke.data.identity.linkage import clean
from liuke.data.identity.linkage.compare import Comparison, Level, Row, edited, missing, other, same

_BLANK: Final = re.compile(r"\s+")
_DATE: Final = re.compile(r"(\d{4})\D{0,2}(\d{1,2})\D{0,2}(\d{1,2})(?!\d)")


@dataclass(frozen=True, slots=True)
class Kind:
    """form: cleans one value, None when it holds nothing.  levels: outcomes of comparing a column of this kind.

    prefix: how many leading characters also make a blocking key; 0 for none.
    """

    form: Callable[[str], str | None]
    levels: Callable[[str], tuple[Level, ...]]
    prefix: int = 0

    def comparison(self, column: str, *, swaps_with: str | None = None) -> Comparison:
        """The comparison of one column; ``swaps_with`` names a column whose value may stand in its place."""
        first, rest = missing(column), self.levels(column)
        middle = (_swapped(column, swaps_with),) if swaps_with else ()
        return Comparison(column, column, (first, rest[0], *middle, *rest[1:]))


def _plain(text: str) -> str | None:
    return _BLANK.sub(" ", clean.half_width(text)).strip().lower() or None


def _date(text: str) -> str | None:
    found = _DATE.search(clean.half_width(text))
    return "".join((found[1], found[2].zfill(2), found[3].zfill(2))) if found else None


def _number(text: str) -> str | None:
    plain = clean.half_width(text).replace(",", "").strip()
    try:
        return f"{float(plain):.10g}"
    except ValueError:
        return None


def _phone(text: str) -> str | None:
    digits = clean.phone_form(text)
    return None if digits is None else str(digits)


def alike(column: str, least: float, code: str) -> Level:
    """Texts of which the Jaro–Winkler similarity is at least ``least``, 0–1. Source: Winkler 1990."""
    sql = f"jaro_winkler_similarity({column}_l, {column}_r) >= {least}"

    def test(a: Row, b: Row) -> bool:
        return JaroWinkler.similarity(a[column].encode(), b[column].encode()) >= least

    return Level(code, f"相似度≥{least}", sql, test)


def _close(column: str, share: float, code: str) -> Level:
    left, right = f"{column}_l::DOUBLE", f"{column}_r::DOUBLE"
    sql = f"abs({left} - {right}) <= {share} * greatest(abs({left}), abs({right}))"

    def test(a: Row, b: Row) -> bool:
        x, y = float(a[column]), float(b[column])
        return abs(x - y) <= share * max(abs(x), abs(y))

    return Level(code, f"相差不超过{share:.0%}", sql, test)


def _swapped(column: str, partner: str) -> Level:
    sql = f"{column}_l = {partner}_r AND {partner}_l = {column}_r"

    def test(a: Row, b: Row) -> bool:
        return a[column] is not None and a[column] == b[partner] and a[partner] == b[column]

    return Level("swapped", "两栏互换", sql, test)


def _texts(column: str) -> tuple[Level, ...]:
    return (
        same(column, rarity=True),
        alike(column, 0.92, "alike"),
        edited(column, "差一两个字", edits=2, longer_than=3),
        alike(column, 0.75, "near"),
        other(),
    )


def _codes(column: str) -> tuple[Level, ...]:
    return (same(column, rarity=True), edited(column, "差一位", edits=1, longer_than=2), edited_two(column), other())


def edited_two(column: str) -> Level:
    """Two characters changed in a longer code."""
    sql = f"least(length({column}_l), length({column}_r)) > 4 AND damerau_levenshtein({column}_l, {column}_r) <= 2"

    def test(a: Row, b: Row) -> bool:
        x, y = a[column], b[column]
        return min(len(x), len(y)) > 4 and DamerauLevenshtein.distance(x.encode(), y.encode()) <= 2

    return Level("two", "差两位", sql, test)


def _exact(column: str) -> tuple[Level, ...]:
    return (same(column, rarity=True), other())


def _dates(column: str) -> tuple[Level, ...]:
    return (same(column), edited(column, "日期差一位", edits=1), edited_two(column), _same_year(column), other())


def _same_year(column: str) -> Level:
    sql = f"substr({column}_l, 1, 4) = substr({column}_r, 1, 4)"
    return Level("year", "同年", sql, lambda a, b: a[column][:4] == b[column][:4])


def _numbers(column: str) -> tuple[Level, ...]:
    return (same(column, rarity=True), _close(column, 0.01, "one_percent"), _close(column, 0.1, "ten_percent"), other())


KINDS: Final[Mapping[str, Kind]] = {
    "name": Kind(_plain, _texts, prefix=3),
    "text": Kind(_plain, _texts, prefix=4),
    "address": Kind(_plain, _texts, prefix=6),
    "exact": Kind(_plain, _exact),
    "date": Kind(_date, _dates),
    "idcard": Kind(clean.id_form, _codes),
    "phone": Kind(_phone, _codes),
    "postcode": Kind(_plain, _codes),
    "code": Kind(_plain, _codes),
    "number": Kind(_number, _numbers),
}
