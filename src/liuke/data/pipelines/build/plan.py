"""Which partitions a run recomputes: all, a span, or those that rows new, corrected or taken away can touch."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Final
from uuid import UUID

import duckdb

from liuke.data import sources
from liuke.data.pipelines.build.inputs import RAW, Input, Span, day_sql, scan_sql
from liuke.data.pipelines.model import Grain, Partition

#: Days computed in one query; between two of them a run may be killed and taken up again.
CHUNK_DAYS: Final = 31
#: Partitions of a table beyond which its input dates are taken for wrong.
MAX_PARTITIONS: Final = 12_000


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run does. ``partitions`` are first days as texts, or one empty text for a table that is not cut.

    ``whole``: everything is made anew, so what is visible now goes away. ``why`` says it in Chinese. ``caught_up``:
    afterwards nothing of the inputs is left to follow.
    """

    whole: bool
    partitions: tuple[str, ...]
    why: str
    caught_up: bool = True


@dataclass(frozen=True, slots=True)
class Moved:
    """Files of one input since they were last consumed. ``lost``: some that were taken away are no longer on disk."""

    added: tuple[Path, ...]
    gone: tuple[Path, ...]
    lost: bool

    def __bool__(self) -> bool:
        return bool(self.added or self.gone or self.lost)


def moved(one: Input, consumed: Sequence[str], elsewhere: Mapping[UUID, Path]) -> Moved:
    """What changed of an input. ``elsewhere``: files no longer visible, by id."""
    before = {UUID(number) for number in consumed}
    gone = [elsewhere.get(number) for number in before - one.files.keys()]
    on_disk = tuple(path for path in gone if path is not None and path.is_file())
    added = tuple(path for number, path in one.files.items() if number not in before)
    return Moved(added, on_disk, lost=len(on_disk) < len(gone))


def whole(connection: duckdb.DuckDBPyConnection, inputs: Mapping[str, Input], cut: Partition | None, why: str) -> Plan:
    """Everything: all days of the inputs a partition is cut by, and as far around them as they can touch."""
    if cut is None or not cut.by:
        return Plan(whole=True, partitions=("",), why=why)
    ends = [
        connection.execute(f"SELECT min({day_sql(inputs[table], column)}), max({day_sql(inputs[table], column)})"
                           f' FROM {RAW}."{table}"').fetchall()[0]
        for table, column in cut.by.items()
    ]  # fmt: skip
    known = [(first, last) for first, last in ends if first is not None]
    if not known:
        return Plan(whole=True, partitions=(), why=why)
    first = min(one[0] for one in known) - timedelta(days=cut.after_days)
    last = max(one[1] for one in known) + timedelta(days=cut.before_days)
    return Plan(whole=True, partitions=tuple(_between(first, last, cut.grain)), why=why)


def span(cut: Partition, since: date, until: date, why: str) -> Plan:
    """The partitions that lie in a span of days."""
    return Plan(whole=False, partitions=tuple(_between(since, until, cut.grain)), why=why, caught_up=False)


def changed(
    connection: duckdb.DuckDBPyConnection,
    inputs: Mapping[str, Input],
    cut: Partition | None,
    changes: Mapping[str, Moved],
) -> Plan | None:
    """The partitions that changed inputs can touch; None when nothing is to be done."""
    heard = {name: change for name, change in changes.items() if change and not (cut and name in cut.frozen)}
    if not heard:
        return None
    others = [name for name in heard if cut is None or name not in cut.by]
    if cut is None or others or any(change.lost for change in heard.values()):
        return whole(connection, inputs, cut, f"{'、'.join(others or heard)} 有变化，全部重算")
    days = {day for name, change in heard.items() for day in _days(connection, inputs[name], cut.by[name], change)}
    touched = {part for day in days for part in _touched(day, cut)}
    return Plan(whole=False, partitions=tuple(sorted(touched)), why=f"{'、'.join(heard)} 有新数据")


def _days(connection: duckdb.DuckDBPyConnection, one: Input, column: str, change: Moved) -> Iterator[date]:
    """Days of rows that came or went, and of the rows that corrections took the place of."""
    name = one.table.name
    for path in (*change.added, *change.gone):
        query = f"SELECT DISTINCT {day_sql(one, column)} FROM ({scan_sql(one.table, [path])})"
        yield from (row[0] for row in connection.execute(query).fetchall() if row[0] is not None)
    if name in sources.CANONICAL and change.added:
        corrected = f"SELECT source, source_key FROM ({scan_sql(one.table, change.added)}) WHERE revision > 0"
        replaced = f'{RAW}."{name}" SEMI JOIN ({corrected}) USING (source, source_key)'
        query = f"SELECT DISTINCT {day_sql(one, column)} FROM {replaced}"
        yield from (row[0] for row in connection.execute(query).fetchall() if row[0] is not None)


def _touched(day: date, cut: Partition) -> Iterator[str]:
    """The partitions that look at a day."""
    yield from _between(day - timedelta(days=cut.after_days), day + timedelta(days=cut.before_days), cut.grain)


def _between(since: date, until: date, grain: Grain) -> Iterator[str]:
    """First days of the partitions from one day to another, at most `MAX_PARTITIONS`."""
    if (until - since).days > MAX_PARTITIONS * (1 if grain is Grain.DAY else 28):
        since = until - timedelta(days=MAX_PARTITIONS)
    day = since if grain is Grain.DAY else since.replace(day=1)
    while day <= until:
        yield day.isoformat()
        day = day + timedelta(days=1) if grain is Grain.DAY else (day + timedelta(days=32)).replace(day=1)


def chunks(partitions: Sequence[str], grain: Grain) -> Iterator[tuple[tuple[str, ...], Span | None]]:
    """Partitions in order, in groups whose days lie close together, each with the days it spans."""
    group: list[str] = []
    for part in partitions:
        if not part:
            yield (part,), None
            continue
        if group and (
            grain is Grain.MONTH or (date.fromisoformat(part) - date.fromisoformat(group[0])).days >= CHUNK_DAYS
        ):
            yield tuple(group), _spanned(group, grain)
            group = []
        group.append(part)
    if group:
        yield tuple(group), _spanned(group, grain)


def _spanned(group: Sequence[str], grain: Grain) -> Span:
    last = date.fromisoformat(group[-1])
    if grain is Grain.MONTH:
        last = (last + timedelta(days=32)).replace(day=1) - timedelta(days=1)
    return Span(date.fromisoformat(group[0]), last)


def part_sql(cut: Partition) -> str:
    """The partition of an output row, as its first day."""
    column = f'"{cut.column}"'
    return column if cut.grain is Grain.DAY else f"CAST(date_trunc('month', {column}) AS DATE)"
