"""Reading a plan's text: JSON with a JSON Schema (draft 2020-12) for each event; all errors with their place."""

import re
from collections.abc import Callable, Iterator, Mapping
from importlib import resources
from typing import Any, Final

import jsonschema_rs
import orjson

from liuke.data.behaviour.model import EventPlan, Plan, PlanInvalid, PlanProblem

MAX_TEXT: Final = 200_000
_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,39}")
_SOURCE: Final = {"type": "string", "pattern": "^[a-z][a-z0-9_]{0,39}$"}
_WORDS: Final = {"type": "object", "additionalProperties": {"type": "string", "minLength": 1, "maxLength": 40}}
#: What an event's schema is applied to: the context of the event, without what says who, when and which.
CONTEXT: Final = ("page", "product_no", "seconds", "channel")

_SHAPE: Final = jsonschema_rs.validator_for(
    {
        "type": "object",
        "properties": {
            "title": {"type": "string", "minLength": 1, "maxLength": 60},
            "source": _SOURCE,
            "customer_source": _SOURCE,
            "late_hours": {"type": "integer", "minimum": 1, "maximum": 24 * 31},
            "ahead_seconds": {"type": "integer", "minimum": 0, "maximum": 3600},
            "events": {
                "type": "object",
                "minProperties": 1,
                "maxProperties": 200,
                "additionalProperties": {
                    "type": "object",
                    "properties": {
                        "title": {"type": "string", "minLength": 1, "maxLength": 40},
                        "schema": {"type": "object"},
                    },
                    "required": ["title", "schema"],
                    "additionalProperties": False,
                },
            },
            "words": {
                "type": "object",
                "properties": {"page": _WORDS, "channel": _WORDS},
                "additionalProperties": False,
            },
        },
        "required": ["title", "source", "customer_source", "late_hours", "ahead_seconds", "events"],
        "additionalProperties": False,
    }
)


def shipped() -> str:
    """The text of the plan Liuke comes with."""
    return resources.files("liuke.data.behaviour.plan").joinpath("default.json").read_text("utf-8")


def parse(text: str) -> Plan:
    """The plan of a text. Raises PlanInvalid with the first error; `problems` lists all."""
    found = problems(text)
    if found:
        raise PlanInvalid(count=len(found), place=found[0].place, message=found[0].message)
    raw: dict[str, Any] = orjson.loads(text)
    events = {name: EventPlan(name, one["title"], one["schema"]) for name, one in raw["events"].items()}
    facts = {name: raw[name] for name in ("title", "source", "customer_source", "late_hours", "ahead_seconds")}
    words: Mapping[str, Mapping[str, str]] = raw.get("words", {})
    return Plan(**facts, events=events, words={"page": words.get("page", {}), "channel": words.get("channel", {})})


def problems(text: str) -> list[PlanProblem]:
    """Everything that is wrong with a text; empty when it is a plan."""
    if len(text) > MAX_TEXT:
        return [PlanProblem("", f"方案过长，至多 {MAX_TEXT:,} 个字")]
    try:
        raw = orjson.loads(text)
    except orjson.JSONDecodeError as fault:
        return [PlanProblem(f"第 {fault.lineno} 行第 {fault.colno} 列", "不是完整的 JSON")]
    except UnicodeEncodeError:
        return [PlanProblem("", "含有无法保存的字符")]
    found = [PlanProblem(_place(list(fault.instance_path)), said(fault)) for fault in _SHAPE.iter_errors(raw)]
    if not found:
        for name, one in raw["events"].items():
            found += _of_event(name, one["schema"])
    return found


def _of_event(name: str, schema: Mapping[str, Any]) -> Iterator[PlanProblem]:
    place = f"/events/{name}"
    if not _NAME.fullmatch(name):
        yield PlanProblem(place, "事件名只能用小写字母、数字和下划线，以字母开头")
    declared = schema.get("properties", {})
    unknown = sorted(set(declared) - set(CONTEXT)) if isinstance(declared, dict) else []
    if unknown:
        yield PlanProblem(f"{place}/schema/properties", f"不能声明 {'、'.join(unknown)}，只有 {'、'.join(CONTEXT)}")
    try:
        validator(schema)
    except (jsonschema_rs.ValidationError, jsonschema_rs.ReferencingError, ValueError):
        yield PlanProblem(f"{place}/schema", "不是正确的 JSON Schema(2020-12)，或引用了外部地址")


def validator(schema: Mapping[str, Any]) -> Any:  # noqa: ANN401  (a compiled class)
    """A compiled schema. It reaches for nothing outside itself, and its patterns run in linear time."""
    return jsonschema_rs.validator_for(
        dict(schema), retriever=_refuse, pattern_options=jsonschema_rs.RegexOptions(size_limit=1 << 20)
    )


def _refuse(uri: str) -> Any:  # noqa: ANN401
    raise ValueError(uri)


#: What a schema asks, in words; ``{…}`` are the facts of the error.
_SAID: Final[Mapping[str, Callable[[Any], str]]] = {
    "Required": lambda kind: f"缺少 {kind.property}",
    "AdditionalProperties": lambda kind: f"没有声明 {'、'.join(kind.unexpected[:5])[:80]}",
    "Type": lambda _kind: "类型不对",
    "Enum": lambda _kind: "不在允许的值之中",
    "Constant": lambda _kind: "不在允许的值之中",
    "MinLength": lambda kind: f"至少 {kind.limit} 个字",
    "MaxLength": lambda kind: f"至多 {kind.limit} 个字",
    "Minimum": lambda kind: f"不能小于 {kind.limit}",
    "Maximum": lambda kind: f"不能大于 {kind.limit}",
    "Pattern": lambda _kind: "格式不对",
    "MinProperties": lambda kind: f"至少 {kind.limit} 项",
    "MaxProperties": lambda kind: f"至多 {kind.limit} 项",
}


def said(fault: jsonschema_rs.ValidationError) -> str:
    """An error of a schema in Chinese, without the value it is about."""
    words = _SAID.get(type(fault.kind).__name__.rpartition(".")[2])
    return words(fault.kind) if words else "不符合声明的格式"


def field_of(fault: jsonschema_rs.ValidationError) -> str:
    """The field an error is about; empty for the whole event."""
    kind: Any = fault.kind
    name = type(kind).__name__.rpartition(".")[2]
    if name == "Required":
        return str(kind.property)[:64]
    if name == "AdditionalProperties":
        return str(kind.unexpected[0])[:64]
    return str(fault.instance_path[0])[:64] if fault.instance_path else ""


def _place(path: list[Any]) -> str:
    return "/" + "/".join(str(part) for part in path)
