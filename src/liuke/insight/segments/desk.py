"""What a process keeps at hand for counting: the snapshot in force, computed sets, indexes, window columns."""

import shutil
import threading
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from typing import Final

import numpy as np

from liuke.insight.segments.count import happen, index
from liuke.insight.segments.count.bits import Bits
from liuke.insight.segments.count.cache import Cache
from liuke.insight.segments.count.columns import Derived, Snapshot, Typed
from liuke.insight.segments.count.engine import Engine
from liuke.insight.segments.count.plan import called
from liuke.insight.segments.members.files import save
from liuke.insight.segments.members.hold import Holder, Standing, cut
from liuke.insight.segments.members.reach import Reach
from liuke.insight.segments.members.scope import Scopes
from liuke.insight.segments.rules import Vocabulary
from liuke.kernel.bank import Bank
from liuke.kernel.rule import Checked
from liuke.kernel.rule.term import Windowed
from liuke.kernel.store.records import ReadHandle

#: Window columns kept: forty megabytes each for ten million customers.
_COLUMNS: Final = 12


class Desk:
    """The counting desk of one bank in this process."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._cache = Cache()
        self._columns: OrderedDict[tuple[str, str], Derived] = OrderedDict()
        self._indexes: dict[tuple[str, str], index.Index | None] = {}
        self._lock = threading.Lock()
        self.holder = Holder()
        self.reach = Reach()
        self.scopes = Scopes()

    def engine(
        self, bank: Bank, tx: ReadHandle, words: Vocabulary, *, members: Callable[[int], Bits], snapshot: Snapshot
    ) -> Engine:
        """An engine over a snapshot. ``tx`` sees the whole bank; ``members`` gives the set of a segment by number."""
        token = snapshot.name

        def windows(checked: Checked, term: Windowed) -> Derived:
            return self._window(bank, tx, checked, term, snapshot)

        return Engine(
            snapshot,
            token=token,
            cache=self._cache,
            segments=words.codes(),
            members=lambda number: members(int(number)),
            windows=windows,
            indexes=lambda code: self.index(token, code),
        )

    def _window(self, bank: Bank, tx: ReadHandle, checked: Checked, term: Windowed, snapshot: Snapshot) -> Derived:
        key = (snapshot.name, called(checked, term))
        with self._lock:
            if key in self._columns:
                self._columns.move_to_end(key)
                return self._columns[key]
        with happen.reading(bank, tx) as engine:
            made = happen.column(engine, checked, term, until=cut(snapshot.as_of), size=snapshot.size)
        with self._lock:
            self._columns[key] = made
            while len(self._columns) > _COLUMNS:
                self._columns.popitem(last=False)
        return made

    def index(self, token: str, code: str) -> index.Index | None:
        """The index of a column, mapped from disk; None until it is built."""
        key = (token, code)
        if self._indexes.get(key) is None:
            place = _place(self._home, token) / code
            self._indexes[key] = load(place) if place.is_dir() else None
        return self._indexes[key]


_desks: Final[dict[Path, Desk]] = {}
_lock: Final = threading.Lock()


def of(bank: Bank) -> Desk:
    """The desk of a bank in this process."""
    home = bank.settings.home.absolute()
    with _lock:
        return _desks.setdefault(home, Desk(home))


def standing(bank: Bank, tx: ReadHandle) -> Standing:
    """Members of all segments now. ``tx`` sees the whole bank."""
    return of(bank).holder.standing(tx, bank.settings.home)


def _place(home: Path, token: str) -> Path:
    return home / "segments" / "index" / token


def build_indexes(bank: Bank, snapshot: Snapshot, codes: list[str], tell: Callable[[float], None]) -> int:
    """Index columns of a snapshot that have none yet, and remove the indexes of others; returns how many were built."""
    token = snapshot.name
    place = _place(bank.settings.home, token)
    place.mkdir(parents=True, exist_ok=True, mode=0o700)
    engine = Engine(snapshot, token=token, cache=Cache())
    built = 0
    for number, code in enumerate(codes):
        tell(number / max(len(codes), 1))
        column = engine.column(code)
        if column.yes is None and not (place / code).is_dir():
            _write(place / code, column)
            built += 1
    for other in place.parent.iterdir():
        if other.name != token:
            shutil.rmtree(other, ignore_errors=True)
    return built


def _write(place: Path, column: Typed) -> None:
    made = index.build(column)
    draft = place.with_name(f".{place.name}.draft")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(mode=0o700)
    for name in ("order", "marks", "sets"):
        save(draft / f"{name}.npy", getattr(made, name))
    draft.rename(place)


def load(place: Path) -> index.Index:
    """An index mapped from its folder."""
    order, marks, sets = (np.load(place / f"{name}.npy", mmap_mode="r") for name in ("order", "marks", "sets"))
    return index.Index(order, np.asarray(marks), sets)
