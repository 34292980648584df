"""A snapshot while an engine computes it: stretches of customers in any order, on their way to disk meanwhile."""

import shutil
import threading
import uuid
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Final

import numpy as np
import orjson

from liuke.data.tags.define.book import Book
from liuke.data.tags.define.digest import digest
from liuke.data.tags.model import Kind, Tag
from liuke.data.tags.snapshot.files import BitsFile, NumbersFile
from liuke.data.tags.snapshot.model import PAGE, PRESENT, Flags, Plate, Told, Values
from liuke.data.tags.table import TABLES
from liuke.kernel.disk import flush
from liuke.kernel.store.records import DiskFull

#: Where a tag's value comes from when it is computed from other tags.
COMPUTED: Final = "由标签计算"
#: Stretches after which what was written is sent on its way to the disk.
_OFTEN: Final = 48
#: Files brought to disk at a time.
_FLUSHERS: Final = 2
_FULL: Final = frozenset({28, 122})


def source_of(tag: Tag) -> str:
    """Where a tag's value comes from, in the bank's words."""
    return COMPUTED if tag.measure is None else TABLES[tag.measure.table].label


class _Column:
    """The files of one tag."""

    def __init__(self, path: Path, tag: Tag) -> None:
        truth = tag.kind is Kind.BOOL
        values = path / f"{tag.code}.values"
        self.tag = tag
        self.values = BitsFile(values) if truth else NumbersFile(values, tag.kind)
        self.missing = BitsFile(path / f"{tag.code}.missing")

    def put(self, begin: int, told: Told, gone: Flags) -> None:
        values, missing = told
        if missing is not None:
            self.missing.put(begin, missing & ~gone)
            gone = gone | missing
        if isinstance(self.values, BitsFile):
            self.values.put(begin, values & ~gone)
        else:
            self.values.put(begin, values, gone)

    def finish(self, size: int) -> None:
        self.values.finish(size)
        if self.missing.count:
            self.missing.finish(size)

    def plate(self, customers: int, book: Book) -> Plate:
        tag, told = self.tag, customers - self.missing.count
        number = self.values.dtype if isinstance(self.values, NumbersFile) else np.dtype(np.uint8)
        return Plate(
            code=tag.code,
            name=tag.name,
            family=tag.family,
            kind=tag.kind,
            unit=tag.unit,
            pi=tag.pi,
            ingredient=tag.ingredient,
            dtype=number.str,
            missing=self.missing.count > 0,
            words=tuple(tag.words),
            labels=tuple(tag.words.values()),
            version=tag.version,
            digest=digest(tag, book),
            filled=told if tag.kind in {Kind.WORD, Kind.DATE, Kind.RATE} else self.values.count,
            told=told,
            source=source_of(tag),
        )


@dataclass(slots=True)
class Draft:
    """A snapshot being written: give it every stretch of customers once, then ``finish`` it.

    Where a customer is absent or has no value a column holds 0, so that equal facts give equal bytes.
    """

    path: Path
    book: Book
    as_of: date
    created_at: datetime
    engine: str
    _pool: ThreadPoolExecutor
    size: int = 1
    _columns: dict[str, _Column] = field(default_factory=dict)
    _states: dict[str, NumbersFile] = field(default_factory=dict)
    _kept: dict[str, NumbersFile] = field(default_factory=dict)
    _present: BitsFile = field(init=False)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _put: int = 0
    _sending: Future[None] | None = None

    def __post_init__(self) -> None:
        self._present = BitsFile(self.path / PRESENT)

    @property
    def customers(self) -> int:
        """How many customers there are so far."""
        return self._present.count

    def put(self, begin: int, present: Flags, told: Mapping[str, Told]) -> None:
        """Tags of customers from ``begin`` on (a multiple of eight): who is one, and each column's (values, missing).

        Values are bools for a truth, else whole numbers as columns hold them. Raises OverflowError, OSError.
        """
        last = np.flatnonzero(present)
        self._present.put(begin, present)
        gone = ~present
        for code, one in told.items():
            self._column(code).put(begin, one, gone)
        with self._lock:
            if len(last):
                self.size = max(self.size, begin + int(last[-1]) + 1)
            self._put += 1
            if self._put % _OFTEN == 0:
                self._send()

    def put_states(self, begin: int, states: Mapping[str, Values]) -> None:
        """An engine's own sums of customers from ``begin`` on."""
        for code, values in states.items():
            with self._lock:
                if code not in self._states:
                    self._states[code] = NumbersFile(self.path / f"{code}.state")
            self._states[code].put(begin, values, np.zeros(len(values), np.bool_))

    def keep(self, code: str, values: Values) -> None:
        """An engine's own numbers of others than all customers, whole."""
        file = self._kept[code] = NumbersFile(self.path / f"{code}.state")
        file.put(0, values, np.zeros(len(values), np.bool_))
        file.finish(len(values))

    def finish(self, trace: Mapping[str, object]) -> None:
        """Bring all to its length and to disk, and write the page. ``trace``: the engine's own, to go on from."""
        if self._sending is not None:
            self._sending.result()
        self._present.finish(self.size)
        for column in self._columns.values():
            column.finish(self.size)
        for file in self._states.values():
            file.finish(self.size)
        states = self._states | self._kept
        columns = [self._columns[tag.code] for tag in self.book.tags if tag.code in self._columns]
        page = {
            "as_of": self.as_of,
            "created_at": self.created_at,
            "engine": self.engine,
            "size": self.size,
            "customers": self.customers,
            "tags": [asdict(column.plate(self.customers, self.book)) for column in columns],
            "trace": {**trace, "states": {code: file.dtype.str for code, file in states.items()}},
        }
        told = self.path / PAGE
        told.write_bytes(orjson.dumps(page, option=orjson.OPT_INDENT_2))
        told.chmod(0o600)
        list(self._pool.map(flush, [*self.path.iterdir(), self.path]))

    def _column(self, code: str) -> _Column:
        with self._lock:
            if code not in self._columns:
                self._columns[code] = _Column(self.path, self.book.entries[code].tag)
            return self._columns[code]

    def _send(self) -> None:
        """Send what was written on its way to the disk, while the rest is computed."""
        if self._sending is None or self._sending.done():
            if self._sending is not None:
                self._sending.result()
            self._sending = self._pool.submit(self._flush)

    def _flush(self) -> None:
        for one in self.path.iterdir():
            flush(one)


@contextmanager
def drafting(root: Path, *, book: Book, as_of: date, created_at: datetime, engine: str) -> Iterator[Draft]:
    """A folder to write a snapshot of a book's tags into; on a fault nothing of it stays. Raises: DiskFull."""
    path = root / f".draft-{uuid.uuid4().hex}"
    path.mkdir(parents=True, mode=0o700)
    try:
        with ThreadPoolExecutor(_FLUSHERS) as pool:
            yield Draft(path, book, as_of, created_at, engine, pool)
    except OSError as fault:
        shutil.rmtree(path, ignore_errors=True)
        if fault.errno in _FULL:
            raise DiskFull from fault
        raise
    except BaseException:
        shutil.rmtree(path, ignore_errors=True)
        raise
