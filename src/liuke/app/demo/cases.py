"""Cases that the demonstration bank's own data give reason to open."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import ColumnElement, RowMapping, Subquery, func

from liuke.data import profile
from liuke.guard import cases
from liuke.kernel.actor import Actor
from liuke.kernel.bank import Bank
from liuke.kernel.ids import OneId
from liuke.kernel.store.records import WriteHandle

#: Of each reason so many, the customers with the largest AUM first.
_EACH: Final = 4


def open_cases(bank: Bank, actor: Actor) -> None:
    """Raise alerts for complaints that wait, and for assessments that ran out while products are held."""
    known = profile.facts.rows().subquery()
    facts, today = known.c, bank.clock.today()
    with bank.write(actor) as tx:
        for row in _largest(tx, known, facts.open_complaints > 0):
            words = f"客户有 {row['open_complaints']} 件投诉未办结"
            _alert(tx, row, cases.CaseKind.CONDUCT, "complaint.open", words, cases.Priority.HIGH)
        for row in _largest(tx, known, (facts.risk_valid_until < today) & (func.json_array_length(facts.holdings) > 0)):
            words = f"风险测评已于 {row['risk_valid_until']} 到期，客户仍持有 {len(row['holdings'])} 项产品"
            _alert(tx, row, cases.CaseKind.SUITABILITY, "assessment.expired", words, cases.Priority.NORMAL)


def _largest(tx: WriteHandle, known: Subquery, when: ColumnElement[bool]) -> Sequence[RowMapping]:
    return tx.rows(known.select().where(when).order_by(known.c.aum.desc(), known.c.one_id).limit(_EACH))


def _alert(
    tx: WriteHandle, row: RowMapping, kind: cases.CaseKind, rule: str, words: str, priority: cases.Priority
) -> None:
    subject = OneId(row["one_id"])
    evidence = (cases.Evidence(cases.LinkKind.CUSTOMER, str(subject)),)
    cases.alert(tx, cases.Alert(kind, rule, words, subject, priority=priority, evidence=evidence))
