"""From a definition to the fields `read.tag_of` reads."""

from typing import Any

from liuke.data.tags.model import Measure, Tag


def body_of(tag: Tag) -> dict[str, Any]:
    """The definition as plain fields, without version and state."""
    body: dict[str, Any] = {
        "code": tag.code,
        "name": tag.name,
        "family": tag.family.value,
        "kind": tag.kind.value,
        "unit": tag.unit,
        "owner": tag.owner,
        "meaning": tag.meaning,
        "pi": tag.pi.value,
        "words": dict(tag.words),
        "ingredient": tag.ingredient,
        "schedule": tag.schedule,
    }
    if tag.measure is None:
        return body | {"expression": tag.expression}
    return body | {"measure": _measure(tag.measure)}


def _measure(measure: Measure) -> dict[str, Any]:
    window = measure.window
    return {
        "table": measure.table,
        "aggregate": measure.aggregate.value,
        "filter": measure.filter,
        "value": measure.value,
        "window": {"since": window.since, "until": window.until, "month": window.month},
    }
