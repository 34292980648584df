"""How two records are compared: comparisons made of levels, each stated once for sets (SQL) and once for a pair."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from rapidfuzz.distance import DamerauLevenshtein

Row: TypeAlias = Mapping[str, Any]

#: Code of the level used when a value is missing on either side; it says nothing for or against.
MISSING: Final = "missing"


@dataclass(frozen=True, slots=True)
class Level:
    """One outcome of a comparison, e.g. "same number".

    sql: condition over ``<column>_l`` and ``<column>_r`` in DuckDB dialect; ``ELSE`` for the last level.
    test: the same condition for two rows in Python.
    frequency_of: column whose rarity strengthens this outcome (a shared rare name says more than a shared 王伟).
    u: probability of the outcome among different people when it is known rather than estimated, 0–1.
    unseen: m and u, 0–1, to start from when the training data shows the outcome nowhere; without it it counts nothing.
    """

    code: str
    label: str
    sql: str
    test: Callable[[Row, Row], bool]
    frequency_of: str | None = None
    u: float | None = None
    unseen: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Comparison:
    """All outcomes of comparing one thing, strongest first; the first level is always "missing"."""

    name: str
    label: str
    levels: tuple[Level, ...]

    def outcome(self, left: Row, right: Row) -> int:
        """Position of the first level that holds."""
        return next(i for i, level in enumerate(self.levels) if level.test(left, right))

    def settings(self) -> dict[str, Any]:
        """This comparison in Splink's own settings format."""
        return {
            "output_column_name": self.name,
            "comparison_description": self.label,
            "comparison_levels": [_level_settings(level) for level in self.levels],
        }


def _level_settings(level: Level) -> dict[str, Any]:
    out: dict[str, Any] = {"sql_condition": level.sql, "label_for_charts": level.code}
    if level.code == MISSING:
        out["is_null_level"] = True
    if level.frequency_of:
        out |= {"tf_adjustment_column": level.frequency_of, "tf_adjustment_weight": 1.0}
        out["disable_tf_exact_match_detection"] = True
    if level.u is not None:
        out |= {"u_probability": level.u, "fix_u_probability": True}
    return out


def missing(*columns: str) -> Level:
    """Either side lacks one of the columns."""
    sql = " OR ".join(f"{c}_l IS NULL OR {c}_r IS NULL" for c in columns)
    return Level(MISSING, "缺失", sql, lambda a, b: any(a[c] is None or b[c] is None for c in columns))


def same(
    column: str, label: str = "相同", *, rarity: bool = False, u: float | None = None, code: str = "same"
) -> Level:
    """Both sides hold the same value."""
    sql = f"{column}_l = {column}_r"
    return Level(code, label, sql, lambda a, b: _equal(a[column], b[column]), column if rarity else None, u)


def edited(column: str, label: str, *, edits: int, longer_than: int = 0, code: str = "typo") -> Level:
    """Up to ``edits`` letters inserted, dropped, changed or swapped, in values longer than ``longer_than``.

    Counts UTF-8 bytes, so it is for digits and Latin letters; one Chinese character is two or three edits.
    """
    sql = (
        f"least(length({column}_l), length({column}_r)) > {longer_than}"
        f" AND damerau_levenshtein({column}_l, {column}_r) <= {edits}"
    )
    return Level(code, label, sql, lambda a, b: _edited(a[column], b[column], edits, longer_than))


def other(label: str = "不同", code: str = "different") -> Level:
    """Everything that no level before it took."""
    return Level(code, label, "ELSE", lambda _a, _b: True)


def weight(m: float, u: float) -> float:
    """Match weight log2(m/u) of an outcome. Source: Fellegi & Sunter 1969, section 2; base 2 as in Splink."""
    return math.log2(m / u)


def _equal(a: object, b: object) -> bool:
    return a is not None and a == b


def _edited(a: str | None, b: str | None, edits: int, longer_than: int) -> bool:
    if a is None or b is None or min(len(a), len(b)) <= longer_than:
        return False
    # DuckDB counts bytes, so this does too
    return DamerauLevenshtein.distance(a.encode(), b.encode(), score_cutoff=edits) <= edits
