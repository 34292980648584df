"""Nouns of one-ID: the trained model, edges, clusters, evidence, reviews, journal entries, and what can go wrong."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from liuke.kernel.errors import Invalid


@dataclass(frozen=True, slots=True)
class Model:
    """A trained linkage model.

    settings: Splink's own settings with m and u of every outcome.
    matches_per_record: expected true pairs per record; the prior of a pair follows from it and the number of records.
    records: how many records it was trained on.  note: on what.
    """

    settings: Mapping[str, Any]
    matches_per_record: float
    records: int
    note: str = ""

    def prior(self, records: int) -> float:
        """Probability that two random records of ``records`` belong to one party, 0–1."""
        return min(0.5, 2.0 * self.matches_per_record / max(records - 1, 1))

    def to_json(self) -> str:
        """The model as text, with sorted keys so that two equal models are equal texts."""
        body = {
            "note": self.note,
            "records": self.records,
            "matches_per_record": self.matches_per_record,
            "splink": self.settings,
        }
        return json.dumps(body, ensure_ascii=False, indent=1, sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> "Model":
        """Read what `to_json` wrote. Raises: ModelUnreadable."""
        try:
            body = json.loads(text)
            return cls(body["splink"], float(body["matches_per_record"]), int(body["records"]), body["note"])
        except (ValueError, KeyError, TypeError) as fault:
            raise ModelUnreadable(reason=str(fault)) from fault


class ModelUnreadable(Invalid):
    """匹配模型文件无法读取({reason})。请重新训练，或换回随系统提供的模型。"""
