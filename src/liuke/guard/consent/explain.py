"""Why consent said no to a customer: the reason in a sentence, its evidence, and what would make it possible.

The evidence is a column of the query that judges (`onto`, `evidence`), so that a refusal is told without asking again.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Select, case, func, literal, select
from sqlalchemy.dialects.postgresql import JSONB

from liuke.guard.consent.judge import Question, blocks_of, quiets_of
from liuke.guard.consent.model import BASES, Act, Evidence, EvidenceKind, Matter, Reason, Refusal
from liuke.guard.consent.store import block_table, entry_table, quiet_table, withdrawals
from liuke.kernel.clock import BANK_ZONE
from liuke.kernel.ids import OneId
from liuke.kernel.store.records import ReadHandle


def refusal(tx: ReadHandle, one_id: OneId, reason: Reason, question: Question) -> Refusal:
    """One reason against a customer, with its evidence."""
    found: dict[str, Any] | None = tx.value(select(_of(reason, literal(int(one_id), BigInteger), question)))
    return told(reason, question, found)


def evidence(one_id: ColumnElement[Any], question: Question, refusal: ColumnElement[Any]) -> ColumnElement[Any]:
    """What a refusal rests on, as JSON, for `told`; only what this refusal needs is looked up."""
    return case({reason.value: _of(reason, one_id, question) for reason in Reason}, value=refusal, else_=None)


def told(reason: Reason, question: Question, found: Mapping[str, Any] | None) -> Refusal:
    """The reason in words over the evidence found: pure."""
    basis, rests = BASES[question.purpose], dict(found or {})
    match reason:
        case Reason.BLOCKED:
            source = "消费者权益保护与本行名单管理要求"
            return Refusal(reason, "客户在停止触达名单中", "由合规核实后解除名单", source, rests)
        case Reason.SWITCHED_OFF:
            remedy = "改用不针对个人特征的内容，或由人工决定；客户可随时重新打开"
            source = "个人信息保护法 第二十四条"
            return Refusal(reason, "客户已关闭个性化推荐或自动化决策", remedy, source, _withdrawn(rests))
        case Reason.NOT_GRANTED:
            message = f"客户已撤回{basis.title}授权" if rests else f"客户未就此渠道同意{basis.title}"
            remedy = "取得客户对该目的和渠道的同意并登记凭证"
            return Refusal(reason, message, remedy, basis.source, _withdrawn(rests))
        case Reason.SENSITIVE_NOT_GRANTED:
            remedy = "取得客户对敏感个人信息的单独同意，或不使用敏感信息"
            source = "个人信息保护法 第二十九条"
            return Refusal(reason, "未取得敏感个人信息的单独同意", remedy, source, _withdrawn(rests))
        case Reason.QUIET:
            until = f"{rests['to_minute'] // 60:02d}:{rests['to_minute'] % 60:02d}"
            remedy = f"请在 {until} 之后再联系"
            return Refusal(reason, "现在是客户设定的免打扰时段", remedy, "客户本人设定", rests)


def _withdrawn(found: dict[str, Any]) -> dict[str, object]:
    if not found:
        return {}
    at = datetime.fromisoformat(found.pop("decided_at")).astimezone(BANK_ZONE)
    return {**found, "withdrawn_at": at.isoformat()}


def _of(reason: Reason, one_id: ColumnElement[Any], question: Question) -> ColumnElement[Any]:
    """The evidence of one reason, as JSON; NULL when there is none."""
    match reason:
        case Reason.BLOCKED:
            block = block_table.c
            facts = {"block": block.id, "list": block.kind, "since": block.since, "until": block.until}
            return _first(blocks_of(one_id, question).order_by(block.id.desc()), facts)
        case Reason.QUIET:
            hours = quiet_table.c
            facts = {"quiet": hours.id, "from_minute": hours.from_minute, "to_minute": hours.to_minute}
            return _first(quiets_of(one_id, question).order_by(hours.id.desc()), facts)
        case _:
            entry = entry_table.c
            facts = {"entry": entry.id, "decided_at": entry.decided_at, "evidence_ref": entry.evidence_ref}
            acts = withdrawals(one_id, _act(reason, question), [question.channel], known_at=question.known_at())
            return _first(acts.order_by(entry.decided_at.desc(), entry.id.desc()), facts)


def _first(found: Select[Any], facts: Mapping[str, ColumnElement[Any]]) -> ColumnElement[Any]:
    named = [part for name, value in facts.items() for part in (literal(name), value)]
    return found.with_only_columns(func.jsonb_build_object(*named, type_=JSONB)).limit(1).scalar_subquery()


def _act(reason: Reason, question: Question) -> Act:
    """The withdrawal that would be the evidence of a reason."""
    if reason is Reason.SWITCHED_OFF:
        matter = Matter.AUTOMATED if question.automated else Matter.PERSONAL
        return Act(matter, granted=False, evidence=_ANY)
    matter = Matter.SENSITIVE if reason is Reason.SENSITIVE_NOT_GRANTED else Matter.CONTACT
    return Act(matter, granted=False, evidence=_ANY, purpose=question.purpose)


_ANY = Evidence(EvidenceKind.SOURCE, "-")
