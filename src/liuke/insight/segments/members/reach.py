"""可触达: who may be reached for a purpose on at least one channel, as consent says, kept as a set for live counts.

Quiet hours are left out: they say when, not whether. The set follows consent's events within seconds; whoever is to be
reached in the end is asked about again by the gate, one by one.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ARRAY, BigInteger, cast, func, literal, or_, select, union

from liuke.data import profile
from liuke.guard import consent
from liuke.insight.segments.count import bits
from liuke.insight.segments.count.bits import Bits
from liuke.insight.segments.members.files import save
from liuke.kernel.store.records import ReadHandle


def path(home: Path, purpose: consent.Purpose) -> Path:
    """Where the set of a purpose is."""
    return home / "segments" / "reach" / f"{purpose.value}.npy"


def build(tx: ReadHandle, home: Path, purpose: consent.Purpose, *, now: datetime) -> Bits:
    """Judge every customer and keep the set."""
    found = _allowed(tx, purpose, None, now=now)
    size = int(found.max()) + 1 if len(found) else 0
    return _keep(home, purpose, bits.of(found, size))


def update(tx: ReadHandle, home: Path, purpose: consent.Purpose, one_ids: Sequence[int], *, now: datetime) -> Bits:
    """Judge these customers again and keep the set."""
    place = path(home, purpose)
    if not place.is_file():
        return build(tx, home, purpose, now=now)
    held: Bits = np.load(place)
    touched = np.array(sorted(set(one_ids)), dtype=np.int64)
    size = max(len(held) * bits.WORD, int(touched.max()) + 1 if len(touched) else 0)
    judged = bits.of(touched, size)
    allowed = bits.of(_allowed(tx, purpose, one_ids, now=now), size)
    return _keep(home, purpose, (bits.resized(held, size) & ~judged) | allowed)


def _keep(home: Path, purpose: consent.Purpose, found: Bits) -> Bits:
    place = path(home, purpose)
    place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    save(place, found)
    return found


#: The first reason against is the weightiest; quiet hours come last, so that nothing but them speaks against.
_QUIET: Final = consent.Reason.QUIET.value


def _allowed(
    tx: ReadHandle, purpose: consent.Purpose, one_ids: Iterable[int] | None, *, now: datetime
) -> NDArray[np.int64]:
    known = profile.facts.rows().subquery("known")
    people = select(known.c.one_id)
    if one_ids is not None:
        wanted = cast(literal([int(one_id) for one_id in one_ids], ARRAY(BigInteger)), ARRAY(BigInteger))
        people = people.where(known.c.one_id == func.any(wanted))
    named = people.cte("people")
    judged = []
    for channel in consent.Channel:
        question = consent.Question(purpose, channel, now)
        said = consent.sql(named, question).subquery(f"said_{channel.value}")
        judged.append(select(said.c.one_id).where(or_(said.c.refusal.is_(None), said.c.refusal == _QUIET)))
    rows = tx.connection.execute(union(*judged)).scalars().all()
    return np.array(rows, dtype=np.int64)


class Reach:
    """The sets asked last, read again when their file was replaced."""

    def __init__(self) -> None:
        self._held: dict[Path, tuple[int, Bits]] = {}

    def mask(self, tx: ReadHandle, home: Path, purpose: consent.Purpose, *, now: datetime) -> Bits:
        """Who may be reached for a purpose. ``tx`` sees the whole bank, for the first time somebody asks."""
        place = path(home, purpose)
        if not place.is_file():
            build(tx, home, purpose, now=now)
        changed = place.stat().st_mtime_ns
        held = self._held.get(place)
        if held is None or held[0] != changed:
            held = (changed, np.load(place))
            self._held[place] = held
        return held[1]
