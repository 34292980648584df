"""Reads dates and times out of text by a format such as ``%Y-%m-%d``, strictly: what is not exactly so is NULL."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Final

from liuke.kernel.rule.instant import CHINA

#: What each mark matches. Two-digit years 00–68 are 2000–2068, 69–99 are 1969–1999, as POSIX has it.
MARKS: Final = {
    "%Y": "([0-9]{4})",
    "%y": "([0-9]{2})",
    "%m": "([0-9]{2})",
    "%d": "([0-9]{2})",
    "%-m": "([0-9]{1,2})",
    "%-d": "([0-9]{1,2})",
    "%H": "([0-9]{2})",
    "%M": "([0-9]{2})",
    "%S": "([0-9]{2})",
    "%f": "([0-9]{1,6})",
    "%z": "(Z|[+-][0-9]{2}:?[0-9]{2})",
}
_SIZES: Final = {"%Y": 4, **dict.fromkeys(("%y", "%m", "%d", "%H", "%M", "%S"), 2)}
_MARK: Final = re.compile("%-?[A-Za-z%]?|[^%]")
_LITERAL: Final = frozenset("-/.: _,T年月日时分秒号")


class BadFormat(ValueError):
    """Why a format cannot be used, in Chinese; the caller adds the place."""


@dataclass(frozen=True, slots=True)
class Form:
    """A format taken apart: the pattern of the whole text and the group each part stands in."""

    pattern: str
    groups: dict[str, int]
    #: Where each part starts (from 1) and how long it is, as far as everything before it has a fixed length.
    places: dict[str, tuple[int, int]]


def read_form(text: str, *, timed: bool) -> Form:
    """The format written in ``text``. Raises `BadFormat`."""
    pattern = ""
    groups: dict[str, int] = {}
    places: dict[str, tuple[int, int]] = {}
    place: int | None = 1
    for piece in _MARK.findall(text):
        mark = {"%Y": "Y", "%y": "y"}.get(piece, piece[-1])
        if piece in MARKS:
            if mark in groups or (not timed and mark in "HMSfz"):
                raise BadFormat(f"“{piece}”重复或不属于日期")
            groups[mark] = len(groups) + 1
            pattern += MARKS[piece]
            size = _SIZES.get(piece)
            if place and size:
                places[mark] = (place, size)
            place = place + size if place and size else None
        elif piece in _LITERAL:
            pattern += f"[{piece}]" if piece == "." else piece
            place = place and place + 1
        else:
            raise BadFormat(f"不支持“{piece}”，可用 %Y %y %m %d %-m %-d %H %M %S %f %z 与 - / . : 空格")
    if ("Y" in groups) == ("y" in groups) or not {"m", "d"} <= set(groups):
        raise BadFormat("须有年(%Y 或 %y)、月(%m)、日(%d)各一个")
    return Form(pattern, groups, places)


def day_reader(form: Form) -> Callable[[str], date | None]:
    """A function that reads a date."""
    match = re.compile(form.pattern).fullmatch

    def read(text: str) -> date | None:
        found = match(text)
        return _day(form, found) if found else None

    return read


def moment_reader(form: Form) -> Callable[[str], datetime | None]:
    """A function that reads a moment; without %z the text is Beijing time."""
    match = re.compile(form.pattern).fullmatch

    def read(text: str) -> datetime | None:
        found = match(text)
        day = _day(form, found) if found else None
        if found is None or day is None or not 1000 <= day.year <= 9998:
            return None
        hour, minute, second = (int(found[form.groups[m]]) if m in form.groups else 0 for m in "HMS")
        if hour > 23 or minute > 59 or second > 59:
            return None
        micros = int(found[form.groups["f"]].ljust(6, "0")) if "f" in form.groups else 0
        zone = _zone(found[form.groups["z"]]) if "z" in form.groups else CHINA
        return datetime(day.year, day.month, day.day, hour, minute, second, micros, zone) if zone else None

    return read


def _day(form: Form, found: "re.Match[str]") -> date | None:
    if "Y" in form.groups:
        year = int(found[form.groups["Y"]])
    else:
        short = int(found[form.groups["y"]])
        year = short + (2000 if short < 69 else 1900)
    return day_of(year, int(found[form.groups["m"]]), int(found[form.groups["d"]]))


def day_of(year: int, month: int, day: int) -> date | None:
    """The date, if there is one."""
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _zone(text: str) -> timezone | None:
    if text == "Z":
        return UTC
    hours, minutes = int(text[1:3]), int(text[-2:])
    if hours > 14 or minutes > 59:
        return None
    return timezone((1 if text[0] == "+" else -1) * timedelta(hours=hours, minutes=minutes))
