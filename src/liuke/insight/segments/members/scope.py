"""The customers an actor may see, as a set: live counts are narrowed with it, lists by the database itself."""

import threading
from datetime import datetime, timedelta
from typing import Final

import numpy as np
from sqlalchemy import select

from liuke.data import profile
from liuke.insight.segments.count import bits
from liuke.insight.segments.count.bits import Bits
from liuke.kernel.actor import Scope, ScopeKind
from liuke.kernel.store.records import ReadHandle

#: How long the set of a branch is used: moving a customer to another branch shows in counts that much later.
_LASTS: Final = timedelta(seconds=30)
_MOST: Final = 64


class Scopes:
    """The sets of branches asked last. A book is small and read anew each time."""

    def __init__(self) -> None:
        self._held: dict[Scope, tuple[datetime, Bits]] = {}
        self._lock = threading.Lock()

    def mask(self, tx: ReadHandle, *, size: int, now: datetime) -> Bits | None:
        """The customers within the scope of the transaction's actor; None: all of them."""
        scope = tx.actor.scope
        if scope.kind is ScopeKind.ALL:
            return None
        if scope.kind is not ScopeKind.BRANCH:
            return _read(tx, size)
        with self._lock:
            held = self._held.get(scope)
        if held is None or now - held[0] > _LASTS or len(held[1]) != bits.words(size):
            held = (now, _read(tx, size))
            with self._lock:
                if len(self._held) >= _MOST:
                    self._held.clear()
                self._held[scope] = held
        return held[1]


def _read(tx: ReadHandle, size: int) -> Bits:
    seen = profile.facts.rows().subquery("seen")
    found = tx.connection.execute(select(seen.c.one_id)).scalars().all()
    return bits.of(np.array(found, dtype=np.int64), size)
