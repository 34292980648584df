"""What segments read of tags: their catalogue, the snapshot in force, and the stored columns behind each."""

import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from liuke.data import behaviour, tags
from liuke.insight.segments.count import happen
from liuke.kernel.actor import Actor
from liuke.kernel.bank import Bank
from liuke.kernel.lineage import NodeKind
from liuke.kernel.rule import Catalogue, Event, Field

#: What a rule may name beside tags: the data day and its place in the month.
DAYS: Final = ("as_of", "day_of_month")
_MOST: Final = 4


@dataclass(frozen=True, slots=True, eq=False)
class Tagged:
    """A snapshot with what rules may name of it and of events, and the stored columns behind each tag."""

    snapshot: tags.Snapshot
    fields: Mapping[str, Field]
    columns: Mapping[str, frozenset[str]]
    events: Mapping[str, Event]

    def group(self, code: str) -> str:
        """The heading a tag stands under."""
        plate = self.snapshot.plates.get(code)
        return tags.FAMILIES[plate.family] if plate else "数据日期"

    def shown(self, code: str) -> bool:
        """Whether a tag stands on a customer's page, and so is worth telling of a segment."""
        return code in self.snapshot.plates and not self.snapshot.plates[code].ingredient


_seen: Final[dict[tuple[Path, str], Tagged]] = {}
_lock: Final = threading.Lock()


def current(bank: Bank, as_of: date | None = None) -> Tagged:
    """The newest snapshot, or that of a day. A tag exists for rules when it has been computed.

    Raises: NoSnapshot, NoSuchDay.
    """
    snapshot = tags.open(bank, as_of)
    key = (bank.settings.home.absolute(), snapshot.name)
    with _lock:
        found = _seen.get(key)
    if found is None:
        found = Tagged(snapshot, _fields(tags.catalogue(bank), snapshot), _columns(bank), _events(bank))
        with _lock:
            while len(_seen) >= _MOST:
                _seen.pop(next(iter(_seen)))
            _seen[key] = found
    return found


def _fields(catalogue: Catalogue, snapshot: tags.Snapshot) -> dict[str, Field]:
    return {code: field for code, field in catalogue.fields.items() if code in snapshot or code in DAYS}


def _events(bank: Bank) -> dict[str, Event]:
    return happen.answered(behaviour.events(bank, Actor.system("segments")))


def _columns(bank: Bank) -> dict[str, frozenset[str]]:
    """The stored columns each tag is made from in the end, following tags made from tags."""
    direct: dict[str, set[str]] = {}
    needs: dict[str, set[str]] = {}
    for edge in tags.lineage(bank):
        if edge.target.kind is NodeKind.TAG:
            into = direct if edge.origin.kind is NodeKind.TABLE_COLUMN else needs
            into.setdefault(edge.target.key, set()).add(edge.origin.key)

    def behind(code: str, seen: frozenset[str]) -> Iterable[str]:
        yield from direct.get(code, ())
        for need in needs.get(code, set()) - seen:
            yield from behind(need, seen | {need})

    return {code: frozenset(behind(code, frozenset({code}))) for code in direct.keys() | needs.keys()}
