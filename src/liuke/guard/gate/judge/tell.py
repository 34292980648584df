"""Why, or why not: each check of one customer with its evidence, in words a relationship manager can say."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Any, Final

from liuke.guard import consent, suitability
from liuke.guard.gate.judge.ask import Ask, window_start
from liuke.guard.gate.judge.model import TITLES, Check, Looked
from liuke.guard.gate.policy import quiet
from liuke.guard.gate.policy.document import compiled
from liuke.guard.gate.policy.model import Cap, DayKind
from liuke.kernel import rule
from liuke.kernel.clock import BANK_ZONE
from liuke.kernel.ids import OneId

Row = Mapping[Any, Any]

_SOURCES: Final = {
    Check.CUSTOMER: "数据范围",
    Check.CONSENT: "个人信息保护法",
    Check.PURPOSE: "个人信息保护法 第六条",
    Check.SUITABILITY: "金融机构产品适当性管理办法",
    Check.FREEZE: "消费者权益保护",
    Check.HOLDOUT: "效果评估",
    Check.CAP: "触达频控",
    Check.QUIET: "免打扰时段与节假日",
    Check.WORDING: "消费者权益保护：不得误导宣传",
    Check.RULE: "合规规则",
}


def every(ask: Ask, one_id: OneId, row: Row | None) -> tuple[Looked, ...]:
    """All checks in order; ``row`` is what the statement answered, None when the customer is not in scope."""
    if row is None:
        missing = "没有该客户，或不在您的数据范围内"
        return (_no(Check.CUSTOMER, "customer", missing, "请核对客户号，或由其管户客户经理办理"),)
    return (_yes(Check.CUSTOMER), *(_one(ask, one_id, row, check) for check in list(Check)[1:]))


def first(ask: Ask, one_id: OneId, row: Row | None) -> Looked | None:
    """The check that says no first, with its evidence; None when none does."""
    if row is None:
        return every(ask, one_id, None)[0]
    if row["refusal"] is None:
        return None
    return _one(ask, one_id, row, Check(row["refusal"].partition(":")[0]))


def _one(ask: Ask, one_id: OneId, row: Row, check: Check) -> Looked:
    return _TOLD[check](ask, one_id, row) or _yes(check)


def _yes(check: Check) -> Looked:
    return Looked(check, True, "", f"{TITLES[check]}：通过", "", _SOURCES[check], {})


def _no(check: Check, code: str, reason: str, remedy: str, source: str = "", **evidence: object) -> Looked:
    return Looked(check, False, code, reason, remedy, source or _SOURCES[check], evidence)


def _consent(ask: Ask, one_id: OneId, row: Row) -> Looked | None:
    if row["consent"] is None:
        return None
    del one_id
    said = consent.told(consent.Reason(row["consent"]), ask.to_consent(), row["consent_evidence"])
    return _no(Check.CONSENT, f"{Check.CONSENT}:{said.reason}", said.message, said.remedy, said.source, **said.evidence)


def _purpose(ask: Ask, one_id: OneId, row: Row) -> Looked | None:
    del one_id, row
    if ask.misuse is None:
        return None
    remedy = "改用允许的处理目的，或去掉不可用的字段与产品"
    asked = {"purpose": ask.purpose.value, "fields": list(ask.message.fields)}
    return _no(Check.PURPOSE, Check.PURPOSE, ask.misuse, remedy, "", **asked)


def _suitability(ask: Ask, one_id: OneId, row: Row) -> Looked | None:
    del one_id
    if row["suitability"] is None or ask.sale is None:
        return None
    said = suitability.told(suitability.Point(row["suitability"]), ask.sale, row)
    evidence = {"why": said.why, "product": ask.sale.product_no, "insistable": said.insistable}
    return _no(Check.SUITABILITY, f"{Check.SUITABILITY}:{said.point}", said.message, said.remedy, "", **evidence)


def _freeze(ask: Ask, one_id: OneId, row: Row) -> Looked | None:
    del ask, one_id
    if row["freeze"] is None:
        return None
    code = f"{Check.FREEZE}:{row['freeze']}"
    if row["freeze"] == "complaint" and row["open_complaints"] > 0:
        complaints = row["open_complaints"]
        reason = f"客户有 {complaints} 件未结投诉"
        return _no(Check.FREEZE, code, reason, "投诉办结后可以触达", open_complaints=complaints)
    found = dict(row["freeze_evidence"] or {})
    until = f",{_moment(datetime.fromisoformat(found['until']))} 后自动解除" if found.get("until") else ""
    return _no(Check.FREEZE, code, "客户处于停止触达状态", f"由合规核实后解除{until}", "", **found)


def _holdout(ask: Ask, one_id: OneId, row: Row) -> Looked | None:
    del ask, one_id
    if row["holdout"] is None:
        return None
    reason = f"客户在对照组“{row['holdout']}”中，不触达才能衡量效果"
    return _no(Check.HOLDOUT, f"{Check.HOLDOUT}:{row['holdout']}", reason, "对照组结束后可以触达", name=row["holdout"])


def _cap(ask: Ask, one_id: OneId, row: Row) -> Looked | None:
    del one_id
    for place, cap in enumerate(ask.caps):
        sent = row[f"n{place}"]
        if sent >= cap.limit:
            window = f"{cap.hours} 小时" if cap.hours else "本月"
            reason = f"“{cap.name}”已满：{window}内已触达 {sent} 次，上限 {cap.limit} 次"
            free = _free_at(ask, cap, row[f"free{place}"])
            remedy = f"{_moment(free)} 之后可以触达" if free else "由合规调高上限后可以触达"
            return _no(Check.CAP, f"{Check.CAP}:{cap.name}", reason, remedy, sent=sent, limit=cap.limit)
    return None


def _free_at(ask: Ask, cap: Cap, oldest: datetime | None) -> datetime | None:
    """When enough sends have left the window for one more."""
    if cap.limit == 0:
        return None
    if cap.hours is None:
        return (window_start(cap, ask.now) + timedelta(days=32)).replace(day=1)
    return oldest + timedelta(hours=cap.hours) if oldest else None


def _quiet(ask: Ask, one_id: OneId, row: Row) -> Looked | None:
    del one_id
    span = ask.quiet
    if span is None:
        return None
    calendar = {date.fromisoformat(day): DayKind(kind) for day, kind in (row["calendar"] or {}).items()}
    free = quiet.next_open(ask.policy.quiets, ask.channel, ask.purpose, ask.now, calendar)
    remedy = f"{_moment(free)} 起可以触达" if free else "改用其他渠道"
    evidence = {"span": span.name, "day": ask.day_kind.value, "open_at": free.isoformat() if free else None}
    return _no(Check.QUIET, f"{Check.QUIET}:{span.name}", f"现在属于“{span.name}”", remedy, "", **evidence)


def _wording(ask: Ask, one_id: OneId, row: Row) -> Looked | None:
    del one_id, row
    if not ask.faults:
        return None
    worst = ask.faults[0]
    need = "、".join(f"“{word}”" for word in worst.rule.words[:3])
    reason = f"内容含有“{worst.word}”({worst.rule.name})" if worst.word else f"内容缺少{worst.rule.name}"
    remedy = "删去或改写该用语" if worst.word else f"加入 {need} 之一"
    evidence = {"faults": [[fault.rule.name, fault.word] for fault in ask.faults]}
    return _no(Check.WORDING, f"{Check.WORDING}:{worst.rule.name}", reason, remedy, "", **evidence)


def _rule(ask: Ask, one_id: OneId, row: Row) -> Looked | None:
    del one_id
    for place, found in enumerate(ask.policy.rules):
        if row[f"r{place}"]:
            why = rule.explain(compiled(found.text), {**row, **ask.values()}).words
            remedy = found.remedy or "由合规调整规则后可以触达"
            return _no(Check.RULE, f"{Check.RULE}:{found.name}", found.reason, remedy, "", why=why)
    return None


_TOLD: Final[dict[Check, Callable[[Ask, OneId, Row], Looked | None]]] = {
    Check.CONSENT: _consent,
    Check.PURPOSE: _purpose,
    Check.SUITABILITY: _suitability,
    Check.FREEZE: _freeze,
    Check.HOLDOUT: _holdout,
    Check.CAP: _cap,
    Check.QUIET: _quiet,
    Check.WORDING: _wording,
    Check.RULE: _rule,
}


def _moment(at: datetime) -> str:
    local = at.astimezone(BANK_ZONE)
    return f"{local.month} 月 {local.day} 日 {local:%H:%M}"
