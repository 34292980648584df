"""The templates shipped with Liuke."""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources

from liuke.insight.segments.model import Draft


@dataclass(frozen=True, slots=True)
class Template:
    """A segment ready to be taken. ``group`` is its heading."""

    key: str
    name: str
    group: str
    purpose: str
    rule_text: str
    meaning: str
    strategy: tuple[str, ...]

    def draft(self) -> Draft:
        """The segment it would become."""
        return Draft(
            name=self.name,
            rule_text=self.rule_text,
            purpose=self.purpose,
            meaning=self.meaning,
            note="由模板建立",
            strategy=self.strategy,
            template=self.key,
        )


@cache
def shipped() -> tuple[Template, ...]:
    """All templates, group by group."""
    text = (resources.files(__package__) / "shipped.toml").read_text(encoding="utf-8")
    return tuple(
        Template(
            key=one["key"],
            name=one["name"],
            group=one["group"],
            purpose=one["purpose"],
            rule_text=one["rule"],
            meaning=one["meaning"],
            strategy=tuple(one["strategy"]),
        )
        for one in tomllib.loads(text)["templates"]
    )
