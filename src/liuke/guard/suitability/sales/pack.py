"""The evidence pack of a sale: all that proves it, as JSON with its own digest, and as PDF where typst is there."""

import importlib.util
from dataclasses import asdict
from typing import Any, Final
from uuid import UUID

import orjson

from liuke.guard.suitability import store as buyers
from liuke.guard.suitability.papers import store as papers
from liuke.guard.suitability.sales import service
from liuke.guard.suitability.sales.model import STEP_TITLES, PackMade, Recording
from liuke.kernel.actor import Actor, Permission
from liuke.kernel.bank import Bank
from liuke.kernel.crypto import digest
from liuke.kernel.errors import Unavailable
from liuke.kernel.store.records import ReadHandle


class NoPdf(Unavailable):
    """这台服务器没有安装排版组件，不能生成 PDF。请先下载 JSON，或请管理员安装 typst。"""


def pack(bank: Bank, actor: Actor, recording_id: UUID) -> bytes:
    """The pack as canonical JSON: ``{"content": …, "sm3": …}``; the digest is of the content's bytes.

    Raises: Forbidden, UnknownRecording.
    """
    actor.require(Permission.SUITABILITY_READ)
    with bank.write(actor) as tx:
        kept = service.recording(tx, recording_id)
        content = _bytes(_content(bank, tx, kept))
        mark = digest(content, name="sm3").hex()
        tx.emit(PackMade(subject=kept.one_id, recording=str(recording_id), digest=mark, form="json"))
    return b'{"content":' + content + b',"sm3":"' + mark.encode() + b'"}'


def pack_pdf(bank: Bank, actor: Actor, recording_id: UUID) -> bytes:
    """The pack as PDF, with the digest of its JSON. Raises Forbidden, UnknownRecording, NoPdf."""
    actor.require(Permission.SUITABILITY_READ)
    if importlib.util.find_spec("typst") is None:
        raise NoPdf
    with bank.write(actor) as tx:
        kept = service.recording(tx, recording_id)
        content = _content(bank, tx, kept)
        mark = digest(_bytes(content), name="sm3").hex()
        tx.emit(PackMade(subject=kept.one_id, recording=str(recording_id), digest=mark, form="pdf"))
    import typst

    told = orjson.loads(_bytes(content)) | {"sm3": mark}
    made = typst.compile(_TEMPLATE.encode(), sys_inputs={"pack": orjson.dumps(told).decode()})
    return bytes(made)


def _content(bank: Bank, tx: ReadHandle, kept: Recording) -> dict[str, Any]:
    one_id = kept.one_id
    insisted = [one for one in service.of_customer(tx, one_id)[0] if one.product_no == kept.product_no]
    known = buyers.investor(tx, one_id)
    scored = [one for one in papers.sittings(tx, one_id, limit=1) if one.score is not None]
    steps = [asdict(step) | {"title": STEP_TITLES[step.name]} for step in kept.steps]
    return {
        "customer_no": bank.keys.customer_numbers.encode(one_id),
        "recording": asdict(kept) | {"one_id": None, "steps": steps},
        "buyer": asdict(known) | {"one_id": None, "birth_year": None} if known else None,
        "assessment": [asdict(one) | {"one_id": None} for one in scored],
        "insistences": [asdict(one) | {"one_id": None} for one in insisted],
        "policy": asdict(buyers.policy(tx)),
        "grades": {state: asdict(one) for state, one in buyers.grades(tx, kept.product_no).items()},
        "made_at": bank.clock.now(),
    }


def _bytes(content: dict[str, Any]) -> bytes:
    return orjson.dumps(content, option=orjson.OPT_SORT_KEYS | orjson.OPT_UTC_Z)


_TEMPLATE: Final = """
#let pack = json(bytes(sys.inputs.pack))
#set page(paper: "a4", margin: 2cm)
#set text(size: 10pt, font: ("Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC"), fallback: true)
#align(center)[#text(size: 16pt, weight: "bold")[销售留痕证据包]]
#let row(name, value) = (name, if value == none { "—" } else { str(value) })
#let rec = pack.recording
#table(columns: (4cm, 1fr),
  ..row("客户号", pack.customer_no), ..row("产品", rec.product_no), ..row("销售编号", rec.sale_ref),
  ..row("录像文件", rec.media_ref), ..row("散列算法", rec.media_algorithm), ..row("文件散列", rec.media_digest),
  ..row("时长(秒)", rec.media_seconds), ..row("完整", if rec.complete { "是" } else { "否" }),
  ..row("保存至", rec.keep_until), ..row("登记人", rec.made_by), ..row("登记时间", rec.made_at))
= 话术清单
#table(columns: (1fr, 3cm), ..rec.steps.map(s => row(s.title, s.second)).flatten())
= 坚持购买
#for one in pack.insistences [- #one.warning (#one.evidence_ref)]
= 校验
JSON 内容的 SM3:#pack.sm3
"""
