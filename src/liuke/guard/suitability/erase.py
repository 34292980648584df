"""Suitability's part in requests of data subjects."""

from dataclasses import asdict
from typing import Any

from liuke.guard import consent
from liuke.guard.suitability import store
from liuke.guard.suitability.papers import store as papers
from liuke.guard.suitability.sales import service as sales
from liuke.kernel.ids import OneId
from liuke.kernel.store.records import ReadHandle, WriteHandle


def _export(tx: ReadHandle, one_id: OneId) -> dict[str, Any]:
    known = store.investor(tx, one_id)
    insistences, recordings = sales.of_customer(tx, one_id)
    return {
        "buyer": asdict(known) if known else None,
        "sittings": [asdict(one) for one in papers.sittings(tx, one_id)],
        "insistences": [asdict(one) for one in insistences],
        "recordings": [asdict(one) for one in recordings],
    }


def _erase(tx: WriteHandle, one_id: OneId) -> None:
    papers.forget_answers(tx, one_id)
    store.change(tx, one_id, birth_year=None)


_KEPT = consent.Kept(
    "适当性测评结论、坚持购买确认与双录资料",
    "金融机构产品适当性管理办法；银行业金融机构销售专区录音录像管理暂行规定",
    "产品到期或合同终止后五年",
    verify=True,
)


def take_part() -> None:
    """Say how suitability tells and forgets a customer."""
    consent.participate(consent.Participant("suitability", "适当性", _export, _erase, (_KEPT,)))


take_part()
