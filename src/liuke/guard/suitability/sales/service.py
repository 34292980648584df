"""The customer's insistence with its separate warning, and the index of dual recordings."""

import re
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Table

from liuke.data import products, profile
from liuke.guard.suitability import service as suitability
from liuke.guard.suitability import store as buyers
from liuke.guard.suitability.model import Fit, SuitabilityViewed
from liuke.guard.suitability.sales import store
from liuke.guard.suitability.sales.model import (
    STEPS,
    BadRecording,
    CannotInsist,
    EvidenceMissing,
    Insistence,
    InsistenceConfirmed,
    InsistenceMade,
    NothingToInsist,
    Recording,
    RecordingKept,
    Script,
    SecondPersonNeeded,
    Step,
    UnknownInsistence,
    UnknownRecording,
)
from liuke.kernel.actor import Actor, Permission
from liuke.kernel.bank import Bank
from liuke.kernel.crypto import digest
from liuke.kernel.ids import OneId, new_id
from liuke.kernel.store.records import ReadHandle, WriteHandle

_REF: Final = re.compile(r"[\w./:\-]{1,80}", re.ASCII)
_DIGEST: Final = re.compile(r"[0-9a-f]{64}")
_ALGORITHMS: Final = ("sm3", "sha256")
_WARNING: Final = (
    "本人已被告知：产品“{product}”的风险与本人的风险承受能力或情况不相符({reasons})。"
    "银行不主动推介该产品。本人仍坚持购买，金额 {amount} 元，自愿承担由此可能发生的本金损失。"
)


def insist(
    bank: Bank, actor: Actor, customer_no: str, product_no: str, *, amount: int, evidence_ref: str
) -> Insistence:
    """Record that a customer insists on a product that does not suit, with the warning they signed.

    Raises: Forbidden, UnknownCustomer, UnknownProduct, NothingToInsist, CannotInsist, EvidenceMissing.
    """
    actor.require(Permission.SUITABILITY_SELL)
    if not _REF.fullmatch(evidence_ref):
        raise EvidenceMissing
    one_id, number = profile.facts.number_of(bank, customer_no), new_id(bank.clock)
    with bank.write(actor) as tx:
        said = suitability.check(tx, one_id, product_no, amount, tx.clock.now())
        if isinstance(said, Fit):
            raise NothingToInsist
        if not said.insistable:
            raise CannotInsist(reason=";".join(one.message for one in said.reasons if not one.insistable))
        name = products.by_numbers(tx, [product_no])[product_no].name
        reasons = "、".join(one.message for one in said.reasons)
        warning = _WARNING.format(product=name, reasons=reasons, amount=f"{amount / 100:,.2f}")
        mark = digest(warning.encode(), name="sm3").hex()
        row: dict[str, Any] = {"id": number, "one_id": one_id, "product_no": product_no, "amount": amount}
        row |= {"reasons": [one.point.value for one in said.reasons], "policy": said.policy, "warning": warning}
        store.add(tx, store.insistence_table, row | {"warning_digest": mark, "evidence_ref": evidence_ref})
        event = InsistenceMade(
            subject=one_id, insistence=str(number), product_no=product_no, reasons=row["reasons"], warning_digest=mark
        )
        tx.emit(event)
        return _insistence(tx, number)


def confirm(bank: Bank, actor: Actor, insistence_id: UUID) -> Insistence:
    """A second person confirms an insistence face to face; it then holds for the days of the policy.

    Raises: Forbidden, UnknownInsistence, SecondPersonNeeded.
    """
    actor.require(Permission.SUITABILITY_SELL)
    with bank.write(actor) as tx:
        found = _insistence(tx, insistence_id)
        if found.confirmed_at is not None:
            raise UnknownInsistence
        if found.made_by == actor.user_id:
            raise SecondPersonNeeded
        now = tx.clock.now()
        until = now + timedelta(days=buyers.policy(tx).insist_days)
        store.confirm(tx, insistence_id, {"confirmed_by": actor.user_id, "confirmed_at": now, "valid_until": until})
        buyers.lock(tx, found.one_id)
        buyers.change(tx, found.one_id, insists=True)
        event = {"insistence": str(insistence_id), "product_no": found.product_no}
        tx.emit(InsistenceConfirmed(subject=found.one_id, **event))
        return _insistence(tx, insistence_id)


def keep(bank: Bank, actor: Actor, customer_no: str, wanted: Recording) -> Recording:
    """Put a dual recording into the index. ``wanted`` carries what is known; number, times and keeper are set here.

    Raises: Forbidden, UnknownCustomer, UnknownProduct, BadRecording.
    """
    actor.require(Permission.SUITABILITY_SELL)
    _check(wanted)
    one_id, number = profile.facts.number_of(bank, customer_no), new_id(bank.clock)
    with bank.write(actor) as tx:
        if not profile.facts.knows(tx, one_id):
            raise profile.UnknownCustomer
        product = products.by_numbers(tx, [wanted.product_no]).get(wanted.product_no)
        if product is None:
            raise products.UnknownProduct(product_no=wanted.product_no)
        done = {step.name: step.second for step in wanted.steps}
        complete = all(done.get(name) is not None for name in STEPS[wanted.script])
        ends = max(product.matures_on or bank.clock.today(), bank.clock.today())
        row: dict[str, Any] = {name: getattr(wanted, name) for name in _GIVEN}
        row |= {"id": number, "one_id": one_id, "steps": done, "complete": complete}
        row |= {"keep_until": _years_after(ends, buyers.policy(tx).recording_years)}
        store.add(tx, store.recording_table, row)
        event = {"recording": str(number), "product_no": wanted.product_no, "media_digest": wanted.media_digest}
        tx.emit(RecordingKept(subject=one_id, complete=complete, **event))
        return recording(tx, number)


_GIVEN: Final = (
    "product_no",
    "sale_ref",
    "script",
    "media_ref",
    "media_algorithm",
    "media_digest",
    "media_bytes",
    "media_seconds",
)


def _check(wanted: Recording) -> None:
    if not _REF.fullmatch(wanted.sale_ref) or not _REF.fullmatch(wanted.media_ref):
        raise BadRecording(reason="销售编号和文件编号不能为空，只用字母、数字和 . _ : / -")
    if wanted.media_algorithm not in _ALGORITHMS or not _DIGEST.fullmatch(wanted.media_digest):
        raise BadRecording(reason="文件散列应为 SM3 或 SHA-256 的 64 位十六进制小写")
    if wanted.media_bytes <= 0 or wanted.media_seconds <= 0:
        raise BadRecording(reason="文件大小和时长应大于零")
    known = STEPS[wanted.script]
    seconds = [step.second for step in wanted.steps if step.second is not None]
    if any(step.name not in known for step in wanted.steps) or len({s.name for s in wanted.steps}) != len(wanted.steps):
        raise BadRecording(reason="话术步骤不在所选脚本中，或重复")
    if any(not 0 <= second <= wanted.media_seconds for second in seconds):
        raise BadRecording(reason="步骤的时刻超出录像时长")


def _years_after(day: date, years: int) -> date:
    return day.replace(year=day.year + years, day=min(day.day, 28)) + timedelta(days=max(0, day.day - 28))


def recording(tx: ReadHandle, recording_id: UUID) -> Recording:
    """A dual recording. Raises UnknownRecording."""
    row = store.read(tx, store.recording_table, recording_id)
    if row is None:
        raise UnknownRecording
    return _recording(row)


def _recording(row: Any) -> Recording:  # noqa: ANN401
    facts = {name: row[name] for name in Recording.__slots__}
    script = Script(row["script"])
    steps = tuple(Step(name, row["steps"].get(name)) for name in STEPS[script])
    return Recording(**facts | {"script": script, "steps": steps})


def _insistence(tx: ReadHandle, insistence_id: UUID) -> Insistence:
    row = store.read(tx, store.insistence_table, insistence_id)
    if row is None:
        raise UnknownInsistence
    return _as_insistence(row)


def _as_insistence(row: Any) -> Insistence:  # noqa: ANN401
    facts = {name: row[name] for name in Insistence.__slots__}
    return Insistence(**facts | {"reasons": tuple(row["reasons"])})


def insistences(bank: Bank, actor: Actor, customer_no: str) -> list[Insistence]:
    """Insistences of a customer, latest first; the look is recorded. Raises Forbidden, UnknownCustomer."""
    with bank.write(actor) as tx:
        return [_as_insistence(row) for row in _of(bank, tx, customer_no, store.insistence_table)]


def recordings(bank: Bank, actor: Actor, customer_no: str) -> list[Recording]:
    """Dual recordings of a customer, latest first; the look is recorded. Raises Forbidden, UnknownCustomer."""
    with bank.write(actor) as tx:
        return [_recording(row) for row in _of(bank, tx, customer_no, store.recording_table)]


def of_customer(tx: ReadHandle, one_id: OneId) -> tuple[list[Insistence], list[Recording]]:
    """What was kept of sales to a customer."""
    return (
        [_as_insistence(row) for row in store.of_customer(tx, store.insistence_table, one_id)],
        [_recording(row) for row in store.of_customer(tx, store.recording_table, one_id)],
    )


def _of(bank: Bank, tx: WriteHandle, customer_no: str, table: Table) -> Sequence[Any]:
    tx.actor.require(Permission.SUITABILITY_READ)
    one_id = profile.facts.number_of(bank, customer_no)
    if not profile.facts.knows(tx, one_id):
        raise profile.UnknownCustomer
    tx.emit(SuitabilityViewed(subject=one_id, part=table.name))
    return store.of_customer(tx, table, one_id)
