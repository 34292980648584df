"""The data window: whole months up to the last data date. Days are integers since 1970-01-01."""

from dataclasses import dataclass
from datetime import date

import numpy as np

from twinbank.draw import Ints, Texts

EPOCH = date(1970, 1, 1)
SECONDS = 86_400


def day_number(day: date) -> int:
    """Days since 1970-01-01."""
    return (day - EPOCH).days


@dataclass(frozen=True, slots=True)
class Month:
    """One month of the window; the last one may end early, on the last data date."""

    number: int  # from 0
    label: str  # yyyymm
    first: int
    last: int

    @property
    def days(self) -> int:
        """How many days it has inside the window."""
        return self.last - self.first + 1

    @property
    def of_year(self) -> int:
        """1–12."""
        return int(self.label[4:])


@dataclass(frozen=True, slots=True)
class Window:
    """From the first day of the first month to the last data date."""

    months: tuple[Month, ...]
    until: int

    @property
    def start(self) -> int:
        """First day."""
        return self.months[0].first

    @property
    def label(self) -> str:
        """The last data date as yyyymmdd."""
        return str(compact(np.array([self.until]))[0])


def window(months: int, until: date) -> Window:
    """The `months` months that end with the month of `until`."""
    last = until.year * 12 + until.month - 1
    out = []
    for number, index in enumerate(range(last - months + 1, last + 1)):
        first = date(index // 12, index % 12 + 1, 1)
        following = date((index + 1) // 12, (index + 1) % 12 + 1, 1)
        end = min(day_number(following) - 1, day_number(until))
        out.append(Month(number, f"{first:%Y%m}", day_number(first), end))
    return Window(tuple(out), day_number(until))


def dates(days: Ints) -> Texts:
    """`yyyy-mm-dd`; a day of 0 or less is unknown and gives an empty text."""
    return np.where(days > 0, np.asarray(days).astype("datetime64[D]").astype("U10"), "")


def _swapped(text: Texts, old: str, new: str) -> Texts:
    return np.asarray(np.strings.replace(text, old, new)) if len(text) else text


def compact(days: Ints) -> Texts:
    """`yyyymmdd` or an empty text."""
    return _swapped(dates(days), "-", "")


def slashes(days: Ints) -> Texts:
    """`yyyy/mm/dd` or an empty text."""
    return _swapped(dates(days), "-", "/")


def unpadded(days: Ints) -> list[str]:
    """`yyyy/m/d` as spreadsheets show dates, or an empty text."""
    return [text.replace("/0", "/") for text in slashes(days).tolist()]


def times(seconds: Ints) -> Texts:
    """Local seconds since 1970 as `yyyy-mm-dd HH:MM:SS`; 0 is unknown."""
    text = np.asarray(seconds).astype("datetime64[s]").astype("U19")
    return np.where(seconds > 0, _swapped(text, "T", " "), "")


def utc(seconds: Ints) -> Ints:
    """Local seconds (Asia/Shanghai) as seconds since 1970 in UTC."""
    return np.asarray(seconds - 8 * 3600)
