"""What changed since a snapshot, kept in memory and laid over it: a new relation is seen at once."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np

from liuke.data.graph.engine.shape import Direction, Engine, Rows, arranged, codes_of, floor_of
from liuke.data.graph.model import EdgeState, RelationKind

Key = tuple[int, int, int]


@dataclass(slots=True)
class Fresh:
    """An engine with newer relations over it. ``upto`` is the last change it knows."""

    under: Engine
    upto: int
    #: Changed relations by (left, right, code): how sure, in ten-thousandths, or None when it holds no longer.
    now: dict[Key, int | None] = field(default_factory=dict)
    #: The changed relations at each party.
    at: dict[int, set[Key]] = field(default_factory=dict)

    def learn(self, changes: Iterable[Mapping[Any, Any]], *, today: date) -> None:
        """Take changed relations in, in their order."""
        for row in changes:
            key = (row["left_id"], row["right_id"], codes_of([RelationKind(row["kind"])])[0])
            self.now[key] = floor_of(row["confidence"]) if holds(row, today) else None
            for end in key[:2]:
                self.at.setdefault(end, set()).add(key)
            self.upto = max(self.upto, row["changed"])

    def step(self, ids: Sequence[int], codes: Sequence[int], *, floor: int, direction: Direction) -> Rows:
        """Relations of these parties as they are now."""
        rows = self.under.step(ids, codes, floor=floor, direction=direction)
        touched = [(at, key) for at in dict.fromkeys(ids) for key in self.at.get(at, ())]
        if not touched:
            return rows
        kept = [row for row in _lines(rows) if _key(row) not in self.now]
        for at, key in touched:
            sure, ahead = self.now[key], key[0] == at
            other = key[1] if ahead else key[0]
            asked = direction is Direction.BOTH or ahead is (direction is Direction.OUT)
            if sure is not None and sure >= floor and key[2] in codes and asked:
                kept.append((at, other, key[2], sure, int(ahead), len(self.at[other])))
        table = np.array(kept, np.int64).reshape(-1, 6)
        ends, others, code, sure_, ahead_, degree = table.T
        return arranged(Rows(ends, others, code, sure_, ahead_.astype(bool), degree, cut=rows.cut))

    def close(self) -> None:
        """Let go of the snapshot below."""
        self.under.close()


def holds(row: Mapping[Any, Any], today: date) -> bool:
    """Whether a relation stands and is valid on a day."""
    begun = row["valid_from"] is None or row["valid_from"] <= today
    ended = row["valid_to"] is not None and row["valid_to"] < today
    return row["state"] == EdgeState.LIVE and begun and not ended


def _lines(rows: Rows) -> list[tuple[int, ...]]:
    columns = (rows.at, rows.other, rows.code, rows.sure, rows.ahead.astype(np.int64), rows.degree)
    return list(zip(*(column.tolist() for column in columns), strict=True))


def _key(row: tuple[int, ...]) -> Key:
    at, other, code, _, ahead, _ = row
    return (at, other, code) if ahead else (other, at, code)
