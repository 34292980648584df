"""Why consent said no to one customer: the reason in a sentence, its evidence, and what would make it possible."""

from typing import Any

from sqlalchemy import BigInteger, literal

from liuke.guard.consent.judge import Question, blocks_of, quiets_of
from liuke.guard.consent.model import BASES, Act, Evidence, EvidenceKind, Matter, Reason, Refusal
from liuke.guard.consent.store import block_table, last_withdrawal, quiet_table
from liuke.kernel.clock import BANK_ZONE
from liuke.kernel.ids import OneId
from liuke.kernel.store.records import ReadHandle


def refusal(tx: ReadHandle, one_id: OneId, reason: Reason, question: Question) -> Refusal:
    """One reason with its evidence."""
    match reason:
        case Reason.BLOCKED:
            return _blocked(tx, one_id, question)
        case Reason.SWITCHED_OFF:
            evidence = _withdrawn(tx, one_id, Matter.AUTOMATED if question.automated else Matter.PERSONAL, question)
            message = "客户已关闭个性化推荐或自动化决策"
            remedy = "改用不针对个人特征的内容，或由人工决定；客户可随时重新打开"
            return Refusal(reason, message, remedy, "个人信息保护法 第二十四条", evidence)
        case Reason.NOT_GRANTED:
            evidence = _withdrawn(tx, one_id, Matter.CONTACT, question)
            title = BASES[question.purpose].title
            message = f"客户已撤回{title}授权" if evidence else f"客户未就此渠道同意{title}"
            return Refusal(
                reason, message, "取得客户对该目的和渠道的同意并登记凭证", BASES[question.purpose].source, evidence
            )
        case Reason.SENSITIVE_NOT_GRANTED:
            evidence = _withdrawn(tx, one_id, Matter.SENSITIVE, question)
            remedy = "取得客户对敏感个人信息的单独同意，或不使用敏感信息"
            return Refusal(reason, "未取得敏感个人信息的单独同意", remedy, "个人信息保护法 第二十九条", evidence)
        case Reason.QUIET:
            return _quiet(tx, one_id, question)


def _blocked(tx: ReadHandle, one_id: OneId, question: Question) -> Refusal:
    wanted = blocks_of(literal(int(one_id), BigInteger), question)
    found: Any = tx.one(wanted.order_by(block_table.c.id.desc()).limit(1))
    evidence = {"block": found["id"], "list": found["kind"], "since": found["since"], "until": found["until"]}
    message = "客户在停止触达名单中"
    return Refusal(Reason.BLOCKED, message, "由合规核实后解除名单", "消费者权益保护与本行名单管理要求", evidence)


def _quiet(tx: ReadHandle, one_id: OneId, question: Question) -> Refusal:
    wanted = quiets_of(literal(int(one_id), BigInteger), question)
    found: Any = tx.one(wanted.order_by(quiet_table.c.id.desc()).limit(1))
    evidence = {"quiet": found["id"], "from_minute": found["from_minute"], "to_minute": found["to_minute"]}
    until = f"{found['to_minute'] // 60:02d}:{found['to_minute'] % 60:02d}"
    return Refusal(Reason.QUIET, "现在是客户设定的免打扰时段", f"请在 {until} 之后再联系", "客户本人设定", evidence)


def _withdrawn(tx: ReadHandle, one_id: OneId, matter: Matter, question: Question) -> dict[str, object]:
    """The withdrawal that holds, if the customer ever granted and withdrew."""
    purpose = question.purpose if matter in (Matter.CONTACT, Matter.SENSITIVE) else None
    act = Act(matter, granted=False, evidence=Evidence(EvidenceKind.SOURCE, "-"), purpose=purpose)
    found = last_withdrawal(tx, one_id, act, [question.channel], known_at=question.now if question.past else None)
    if found is None:
        return {}
    at = found["decided_at"].astimezone(BANK_ZONE)
    return {"entry": found["id"], "withdrawn_at": at.isoformat(), "evidence_ref": found["evidence_ref"]}
