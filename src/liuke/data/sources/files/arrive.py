"""Which files have arrived for a contract, what day each is about, and which cannot be taken as they are."""

import calendar
import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Final

from liuke.data.sources.contract.spec import Contract, KnownAt
from liuke.data.sources.model import FileRefused, Mode
from liuke.kernel.clock import BANK_ZONE

_PLACES: Final = {"{day}": r"(?P<day>\d{8})", "{month}": r"(?P<month>\d{6})", "*": r"[^/]*"}


@dataclass(frozen=True, slots=True)
class Arrival:
    """A file that is there. ``name`` is its path below the source root; ``first`` and ``last`` the days it is about."""

    path: Path
    name: str
    first: date | None
    last: date | None
    bytes: int
    mtime_ns: int


def arrivals(contract: Contract, root: Path) -> list[Arrival]:
    """The contract's files below the source root, oldest day first."""
    glob = re.sub(r"\*+", "*", contract.file.path.replace("{day}", "*").replace("{month}", "*"))
    found = [
        arrival(contract, path, name)
        for path in root.glob(glob)
        if path.is_file() and _shape(contract).fullmatch(name := path.relative_to(root).as_posix())
    ]
    return sorted(found, key=lambda one: (one.last or date.min, one.name))


def arrival(contract: Contract, path: Path, name: str) -> Arrival:
    """A file of the contract: its days are told by its name, its size and age by the file itself."""
    match = _shape(contract).fullmatch(name)
    told = match.groupdict() if match else {}
    try:
        first, last = _days(told.get("day"), told.get("month"))
    except ValueError:
        first = last = None
    stat = path.stat()
    return Arrival(path, name, first, last, stat.st_size, stat.st_mtime_ns)


def _shape(contract: Contract) -> re.Pattern[str]:
    parts = re.split(r"(\{day\}|\{month\}|\*)", contract.file.path)
    return re.compile("".join(_PLACES.get(part, re.escape(part)) for part in parts))


def _days(day: str | None, month: str | None) -> tuple[date | None, date | None]:
    if day:
        only = datetime.strptime(day, "%Y%m%d").replace(tzinfo=BANK_ZONE).date()
        return only, only
    if month:
        first = date(int(month[:4]), int(month[4:]), 1)
        return first, first.replace(day=calendar.monthrange(first.year, first.month)[1])
    return None, None


def refuse_early(arrival: Arrival, contract: Contract, *, today: date) -> None:
    """Raises FileRefused for a file about a day that has not come: a wrong name or a wrong clock."""
    dated = "{day}" in contract.file.path or "{month}" in contract.file.path
    if dated and arrival.first is None:
        raise FileRefused(file=arrival.name, reason="文件名里的日期不存在。请改正文件名后重新提供。")
    if arrival.first and arrival.first > today + timedelta(days=contract.load.future_days):
        reason = f"文件日期 {arrival.first} 晚于今天 {today}。请检查文件名和来源系统的时钟。"
        raise FileRefused(file=arrival.name, reason=reason)


def refuse_twins(arrival: Arrival, contract: Contract, others: list[Arrival], taken: dict[date, str]) -> None:
    """Raises FileRefused when two files tell the state of one day: which of them is right cannot be known.

    ``taken`` names the file already taken in for each day.
    """
    if contract.load.mode is not Mode.SNAPSHOT or contract.file.parts or arrival.last is None:
        return
    before = taken.get(arrival.last)
    twin = next((other.name for other in others if other.last == arrival.last and other.name != arrival.name), None)
    if before == arrival.name:
        return
    if other := before or twin:
        reason = f"同一天({arrival.last})另有文件 {other},无法判断以哪个为准。请只保留正确的一个。"
        raise FileRefused(file=arrival.name, reason=reason)


def refuse_late(arrival: Arrival, contract: Contract, newest: date | None) -> None:
    """Raises FileRefused for a snapshot older than one already taken in: it would bring back a state that is over."""
    if contract.load.mode is Mode.SNAPSHOT and arrival.last and newest and arrival.last < newest:
        reason = f"文件日期 {arrival.last} 早于已加载的最新快照 {newest},旧快照不能覆盖新状态。请提供新的快照。"
        raise FileRefused(file=arrival.name, reason=reason)


def known_at(arrival: Arrival, contract: Contract, *, now: datetime) -> datetime:
    """When our bank could know the file's rows: the end of its last day, but not after the present."""
    if contract.load.known_at is not KnownAt.FILE_DATE or arrival.last is None:
        return now
    end = datetime.combine(arrival.last, time.max, tzinfo=BANK_ZONE)
    return min(end, now)
