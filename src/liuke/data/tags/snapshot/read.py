"""Open a published snapshot. The newest costs a look at one small file; its columns are mapped when they are read."""

from datetime import date, datetime
from functools import lru_cache
from pathlib import Path

import orjson

from liuke.data.tags.model import Family, Kind, NoSnapshot, NoSuchDay
from liuke.data.tags.snapshot.model import NEWEST, PAGE, Plate, Snapshot


def newest(root: Path) -> Snapshot:
    """The newest snapshot. Raises NoSnapshot."""
    name = _pointed(root / NEWEST)
    if name is None:
        raise NoSnapshot
    return _opened(root, name)


def of_day(root: Path, day: date) -> Snapshot:
    """The snapshot of a day. Raises NoSuchDay."""
    name = _pointed(root / str(day))
    if name is None:
        raise NoSuchDay(day=day)
    return _opened(root, name)


def days(root: Path) -> list[date]:
    """The days there is a snapshot of, oldest first."""
    if not root.is_dir():
        return []
    found = []
    for one in root.iterdir():
        try:
            found.append(date.fromisoformat(one.name))
        except ValueError:
            continue
    return sorted(found)


def _pointed(pointer: Path) -> str | None:
    try:
        return pointer.read_text("utf-8")
    except FileNotFoundError:
        return None


@lru_cache(maxsize=8)
def _opened(root: Path, name: str) -> Snapshot:
    page = orjson.loads((root / name / PAGE).read_bytes())
    plates = {
        one["code"]: Plate(
            **one
            | {
                "family": Family(one["family"]),
                "kind": Kind(one["kind"]),
                "words": tuple(one["words"]),
                "labels": tuple(one["labels"]),
            }
        )
        for one in page["tags"]
    }
    return Snapshot(
        name=name,
        path=root / name,
        as_of=date.fromisoformat(page["as_of"]),
        created_at=datetime.fromisoformat(page["created_at"]),
        engine=page["engine"],
        size=page["size"],
        customers=page["customers"],
        plates=plates,
        trace=page["trace"],
    )
