"""Columns that grow bucket by bucket, as narrow as what they hold."""

import threading
from dataclasses import dataclass, field

import numpy as np

from liuke.data.tags.engine.derive import Told
from liuke.data.tags.snapshot.model import Bits, Values, packed_length
from liuke.data.tags.snapshot.write import pack


@dataclass(slots=True)
class Column:
    """One tag's column of ``size`` customers while threads fill it; starts at 16 bits and widens when it must."""

    size: int
    values: Values = field(init=False)
    missing: Bits | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self.values = np.zeros(0, np.int16)

    def put(self, begin: int, told: Told) -> None:
        """The values of customers from ``begin`` on, a multiple of eight."""
        values, missing = told
        end = begin + len(values)
        lacking = pack(missing) if missing is not None and missing.any() else None
        with self._lock:
            self._hold(values.dtype)
            self.values[begin:end] = values
            if lacking is not None:
                if self.missing is None:
                    self.missing = np.zeros(packed_length(self.size), np.uint8)
                self.missing[begin >> 3 : (end + 7) >> 3] |= lacking

    def _hold(self, dtype: np.dtype[np.generic]) -> None:
        if not len(self.values):
            self.values = np.zeros(self.size, dtype)
        elif self.values.dtype != np.bool_ and dtype.itemsize > self.values.dtype.itemsize:
            self.values = self.values.astype(dtype)


def narrow(told: Told, gone: Values | None) -> Told:
    """The values as narrow as they may be stored, and 0 for those who are no customers (``gone``; None: all are)."""
    values, missing = told
    if gone is not None:
        values = np.where(gone, np.zeros(1, values.dtype), values)
    if values.dtype == np.bool_:
        return values, missing
    low, high = int(values.min(initial=0)), int(values.max(initial=0))
    return values.astype(next(kind for kind, least, most in _KINDS if least <= low and high <= most)), missing


_KINDS = tuple((np.dtype(kind), np.iinfo(kind).min, np.iinfo(kind).max) for kind in (np.int16, np.int32, np.int64))
