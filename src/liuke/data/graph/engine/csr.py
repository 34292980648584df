"""The graph as compressed sparse rows in memory-mapped arrays: any party's relations lie in one place of the disk."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
from numba import njit
from scipy import sparse
from scipy.sparse import csgraph

from liuke.data.graph.engine.shape import Direction, Ints, Rows, arranged

_ARRAYS: Final = ("start", "other", "mark", "sure")


def build(left: Ints, right: Ints, code: Ints, sure: Ints, folder: Path) -> None:
    """Write relations, (e,) each, as arrays below ``folder``.

    Every relation stands at both its parties; ``mark`` is twice its code, plus one at its right party. One counting
    sort: time and memory grow with the number of relations only.
    """
    folder.mkdir(parents=True, exist_ok=True)
    size = int(max(left.max(initial=0), right.max(initial=0))) + 1
    start = np.zeros(size + 1, np.int64)
    np.cumsum(np.bincount(left, minlength=size) + np.bincount(right, minlength=size), out=start[1:])
    narrow = np.int32 if size < 2**31 else np.int64
    other = np.empty(2 * len(left), narrow)
    mark, sure_ = np.empty(2 * len(left), np.int8), np.empty(2 * len(left), np.int16)
    _place(left, right, code.astype(np.int8), sure.astype(np.int16), start[:-1].copy(), other, mark, sure_)
    arrays: tuple[npt.NDArray[np.generic], ...] = (start, other, mark, sure_)
    for name, values in zip(_ARRAYS, arrays, strict=True):
        np.save(folder / f"{name}.npy", values)


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _place(
    left: Ints,
    right: Ints,
    code: npt.NDArray[np.int8],
    sure: npt.NDArray[np.int16],
    free: Ints,
    other: Ints,
    mark: npt.NDArray[np.int8],
    sure_: npt.NDArray[np.int16],
) -> None:
    """Put each relation at the next free place of both its parties."""
    for i in range(len(left)):
        for ahead in range(2):
            at = left[i] if ahead == 0 else right[i]
            place = free[at]
            free[at] = place + 1
            other[place] = right[i] if ahead == 0 else left[i]
            mark[place] = code[i] * 2 + ahead
            sure_[place] = sure[i]


class Csr:
    """A snapshot opened to be walked."""

    def __init__(self, folder: Path) -> None:
        self._start, self._other, self._mark, self._sure = (
            np.load(folder / f"{name}.npy", mmap_mode="r") for name in _ARRAYS
        )

    def step(self, ids: Sequence[int], codes: Sequence[int], *, floor: int, direction: Direction) -> Rows:
        """Relations of these parties."""
        size = len(self._start) - 1
        at = np.array([one_id for one_id in ids if 0 <= one_id < size], np.int64)
        first, count = self._start[at], self._start[at + 1] - self._start[at]
        place = np.arange(int(count.sum())) + np.repeat(first - (np.cumsum(count) - count), count)
        mark = self._mark[place].astype(np.int64)
        chosen = np.isin(mark >> 1, codes) & (self._sure[place] >= floor)
        if direction is not Direction.BOTH:
            chosen &= (mark & 1) == (0 if direction is Direction.OUT else 1)
        place, mark = place[chosen], mark[chosen]
        other = self._other[place].astype(np.int64)
        return arranged(
            Rows(
                at=np.repeat(at, count)[chosen],
                other=other,
                code=mark >> 1,
                sure=self._sure[place].astype(np.int64),
                ahead=(mark & 1) == 0,
                degree=self._start[other + 1] - self._start[other],
                cut=False,
            )
        )

    def close(self) -> None:
        """Nothing is held but mapped memory, which goes with the last array."""


def components(left: Ints, right: Ints) -> npt.NDArray[np.int32]:
    """The connected component of every number up to the largest, (n,)."""
    size = int(max(left.max(initial=0), right.max(initial=0))) + 1
    ones = np.ones(len(left), np.bool_)
    matrix = sparse.coo_array((ones, (left.astype(np.int32), right.astype(np.int32))), shape=(size, size)).tocsr()
    return np.asarray(csgraph.connected_components(matrix, directed=False)[1])
