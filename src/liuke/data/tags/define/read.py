"""From a TOML text to definitions, and the definitions shipped with Liuke."""

import tomllib
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from importlib import resources
from typing import Any

from liuke.data.tags.model import Aggregate, Family, Kind, Measure, State, Tag, TagInvalid, Window
from liuke.kernel.store.columns import PiClass

#: What each kind is counted in where a definition does not say.
_UNITS = {Kind.MONEY: "元", Kind.RATE: "%", Kind.DAYS: "天", Kind.COUNT: "次"}


def tags_of(text: str) -> list[Tag]:
    """The definitions in one TOML text (``[[tags]]``; ``family`` and ``owner`` above hold for all of them).

    Raises: TagInvalid.
    """
    try:
        body = tomllib.loads(text)
    except tomllib.TOMLDecodeError as fault:
        raise TagInvalid(tag="", part="文件", reason=f"不是 TOML：{fault}") from fault
    above: dict[str, Any] = {name: body[name] for name in ("family", "owner", "pi") if name in body}
    return [tag_of({**above, **one}) for one in body.get("tags", [])]


def tag_of(body: Mapping[str, Any], *, shipped: bool = False) -> Tag:
    """One definition from its fields. Raises TagInvalid."""
    name = str(body.get("name", body.get("code", "")))[:40]
    try:
        kind = Kind(body["kind"])
        return Tag(
            code=str(body["code"]),
            name=name,
            family=Family(body["family"]),
            kind=kind,
            unit=str(body.get("unit", _UNITS.get(kind, ""))),
            owner=str(body["owner"]),
            meaning=str(body["meaning"]),
            pi=PiClass(body.get("pi", "c2")),
            measure=measure_of(body["measure"]) if "measure" in body else None,
            expression=" ".join(str(body.get("expression", "")).split()),
            words={str(code): str(word) for code, word in body.get("words", {}).items()},
            ingredient=bool(body.get("ingredient", False)),
            schedule=str(body.get("schedule", "daily")),
            version=int(body.get("version", 1)),
            state=State(body.get("state", State.LIVE)),
            shipped=shipped,
        )
    except KeyError as fault:
        raise TagInvalid(tag=name, part=str(fault.args[0]), reason="未填写。") from fault
    except (ValueError, TypeError) as fault:
        raise TagInvalid(tag=name, part="填写", reason=f"有不认识的取值({str(fault)[:80]})。") from fault


def measure_of(body: Mapping[str, Any]) -> Measure:
    """A measure from its fields. Raises KeyError, ValueError."""
    window = body.get("window", {})
    return Measure(
        table=str(body["table"]),
        aggregate=Aggregate(body["aggregate"]),
        filter=" ".join(str(body.get("filter", "")).split()),
        value=str(body.get("value", "")),
        window=Window(window.get("since"), window.get("until"), bool(window.get("month", False))),
    )


@cache
def shipped() -> tuple[Tag, ...]:
    """The tags that come with Liuke, family by family."""
    found: list[Tag] = []
    for file in sorted(resources.files(f"{__package__}.shipped").iterdir(), key=lambda one: one.name):
        if file.name.endswith(".toml"):
            found += [replace(tag, shipped=True) for tag in tags_of(file.read_text(encoding="utf-8"))]
    return tuple(found)
