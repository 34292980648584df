"""The policy as a document: read from and written to JSON, checked before it may be saved."""

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Any, Final, TypeVar

from liuke.guard.consent import Channel, Purpose
from liuke.guard.gate.policy.catalogue import CATALOGUE
from liuke.guard.gate.policy.model import Cap, DayKind, GateRule, Policy, PolicyInvalid, Quiet, Wording
from liuke.kernel import rule

T = TypeVar("T")

_NAME: Final = range(1, 41)
_MAX_ITEMS: Final = 100
_MAX_HOURS: Final = 24 * 366
_DAY: Final = 1440
PERMIT_SECONDS: Final = range(10, 3601)


def to_json(policy: Policy) -> dict[str, Any]:
    """The document of a policy."""
    return {
        "permit_seconds": policy.permit_seconds,
        "caps": [_plain(cap) for cap in policy.caps],
        "quiets": [_plain(quiet) for quiet in policy.quiets],
        "wordings": [_plain(wording) for wording in policy.wordings],
        "rules": [_plain(found) for found in policy.rules],
    }


def _plain(item: Any) -> dict[str, Any]:  # noqa: ANN401  (one of four nouns)
    values = {name: getattr(item, name) for name in item.__slots__}
    return {name: list(value) if isinstance(value, tuple) else value for name, value in values.items()}


def from_json(document: Mapping[str, Any]) -> Policy:
    """The policy of a document as it was written by `to_json`."""
    return Policy(
        caps=tuple(_cap(item) for item in document["caps"]),
        quiets=tuple(_quiet(item) for item in document["quiets"]),
        wordings=tuple(
            Wording(**item | {name: tuple(item[name]) for name in ("words", "unless", "kinds")})
            for item in document["wordings"]
        ),
        rules=tuple(GateRule(**item) for item in document["rules"]),
        permit_seconds=int(document["permit_seconds"]),
    )


def _cap(item: Mapping[str, Any]) -> Cap:
    channel = Channel(item["channel"]) if item["channel"] else None
    return Cap(item["name"], channel, tuple(map(Purpose, item["purposes"])), item["limit"], item["hours"])


def _quiet(item: Mapping[str, Any]) -> Quiet:
    return Quiet(
        item["name"],
        tuple(map(Channel, item["channels"])),
        tuple(map(Purpose, item["purposes"])),
        tuple(map(DayKind, item["days"])),
        item["from_minute"],
        item["to_minute"],
    )


def check(policy: Policy) -> None:
    """Raises PolicyInvalid where a policy could not be followed, RuleInvalid where a rule is not one."""
    if policy.permit_seconds not in PERMIT_SECONDS:
        raise PolicyInvalid(where="", reason="放行凭证有效期应为 10 至 3600 秒")
    _each("频控", policy.caps, _check_cap)
    _each("免打扰时段", policy.quiets, _check_quiet)
    _each("话术规则", policy.wordings, _check_wording)
    _each("合规规则", policy.rules, _check_rule)


def _each(what: str, items: Iterable[T], checked: Callable[[T], str]) -> None:
    names: set[str] = set()
    for place, item in enumerate(items, 1):
        name: str = getattr(item, "name")  # noqa: B009  (each of the four nouns has a name)
        fault = checked(item)
        if len(name.strip()) not in _NAME or name in names:
            fault = "名称应为 1 至 40 个字且不能重复"
        if place > _MAX_ITEMS:
            fault = f"最多 {_MAX_ITEMS} 条"
        if fault:
            raise PolicyInvalid(where=f"{what}第 {place} 条“{name[:40]}”：", reason=fault)
        names.add(name)


def _check_cap(cap: Cap) -> str:
    if not cap.purposes:
        return "至少要有一个处理目的"
    if not 0 <= cap.limit <= 10_000:
        return "次数应为 0 至 10000"
    if cap.hours is not None and not 1 <= cap.hours <= _MAX_HOURS:
        return "时间窗应为 1 小时至 366 天"
    return ""


def _check_quiet(quiet: Quiet) -> str:
    if not quiet.purposes or not quiet.days:
        return "至少要有一个处理目的和一种日子"
    if not 0 <= quiet.from_minute < _DAY or not 0 <= quiet.to_minute <= _DAY or quiet.from_minute == quiet.to_minute:
        return "起止时间不正确"
    return ""


def _check_wording(wording: Wording) -> str:
    words = [*wording.words, *wording.unless]
    return "" if wording.words and all(1 <= len(word.strip()) <= 60 for word in words) else "用语应为 1 至 60 个字"


def _check_rule(found: GateRule) -> str:
    compiled(found.text)
    return "" if len(found.reason.strip()) in range(2, 121) else "请写明拒绝原因(2 至 120 个字)"


@lru_cache(maxsize=512)
def compiled(text: str) -> rule.Checked:
    """A gate rule, checked against what the gate knows. Raises RuleInvalid."""
    return rule.check(rule.parse(text), CATALOGUE, wants=rule.Type.BOOL)
