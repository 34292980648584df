"""What a signed-in user does with policy, grades and checks: each with its permission, changes by two persons."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Final

from liuke.data import products, profile
from liuke.guard.suitability import service, store
from liuke.guard.suitability.model import (
    NOTES,
    BadGrade,
    BadPolicy,
    DraftWaiting,
    Fit,
    Grade,
    GradeApproved,
    GradeProposed,
    Investor,
    NotYourOwn,
    Policy,
    PolicyApproved,
    PolicyProposed,
    ProductGrade,
    SuitabilityViewed,
    Unfit,
    UnknownDraft,
)
from liuke.kernel.actor import Actor, Permission
from liuke.kernel.bank import Bank

_REASON: Final = range(4, 201)
#: Bounds of the plain numbers of the policy.
_BOUNDS: Final[Mapping[str, range]] = {
    "elder_age": range(50, 121),
    "elder_max_grade": range(1, 6),
    "first_time_max_grade": range(1, 6),
    "share_from_grade": range(1, 6),
    "high_risk_from_grade": range(1, 6),
    "product_share": range(1, 101),
    "elder_product_share": range(1, 101),
    "high_risk_share": range(1, 101),
    "validity_days": range(1, 1096),
    "attempts_a_day": range(1, 11),
    "attempts_a_year": range(1, 51),
    "seconds_a_question": range(61),
    "changes_a_question": range(1, 21),
    "jump_levels": range(1, 5),
    "jump_days": range(1, 366),
    "insist_days": range(1, 31),
    "recording_years": range(1, 51),
}


@dataclass(frozen=True, slots=True)
class Policies:
    """The policy in force and the one that waits for a second person."""

    present: Policy
    draft: Policy | None
    draft_by: str | None
    draft_reason: str | None


def policies(bank: Bank, actor: Actor) -> Policies:
    """The policy in force and the draft."""
    actor.require(Permission.SUITABILITY_READ)
    with bank.read(actor) as tx:
        row = store.policy_row(tx, store.DRAFT)
        draft = (store.as_policy(row), row["made_by"], row["reason"]) if row else (None, None, None)
        return Policies(store.policy(tx), *draft)


def propose_policy(bank: Bank, actor: Actor, changed: Mapping[str, Any], *, reason: str) -> int:
    """Propose other numbers: those not named stay. Raises Forbidden, BadPolicy, DraftWaiting."""
    actor.require(Permission.SUITABILITY_EDIT)
    why = " ".join(reason.split())
    if len(why) not in _REASON:
        raise BadPolicy(reason="请写明修改原因(4–200 个字)")
    with bank.write(actor) as tx:
        if store.policy_row(tx, store.DRAFT):
            raise DraftWaiting
        body = asdict(store.policy(tx)) | dict(changed)
        body.pop("version")
        _check_policy(body)
        version = store.add_policy(tx, body, reason=why)
        tx.emit(PolicyProposed(policy=version))
    return version


def _check_policy(body: Mapping[str, Any]) -> None:
    known = {one.name for one in fields(Policy)} - {"version"}
    if set(body) != known:
        raise BadPolicy(reason=f"没有参数 {'、'.join(sorted(set(body) - known))}")
    for name, bounds in _BOUNDS.items():
        if not isinstance(body[name], int) or body[name] not in bounds:
            raise BadPolicy(reason=f"{NOTES[name].title}应在 {bounds.start}–{bounds.stop - 1} 之间")
    matrix = list(body["matrix"])
    if len(matrix) != 5 or matrix != sorted(matrix) or not set(matrix) <= set(range(6)):
        raise BadPolicy(reason="匹配矩阵应为五个由低到高的等级(0–5)")
    if not set(body["kinds"]) <= {kind.value for kind in products.ProductKind} or not body["kinds"]:
        raise BadPolicy(reason="产品种类不在货架的种类之中")


def settle_policy(bank: Bank, actor: Actor, version: int, *, approved: bool) -> None:
    """Approve or put aside a draft; approving is for somebody else than its author.

    Raises: Forbidden, UnknownDraft, NotYourOwn.
    """
    actor.require(Permission.SUITABILITY_EDIT)
    with bank.write(actor) as tx:
        row = store.policy_row(tx, store.DRAFT)
        if row is None or row["version"] != version:
            raise UnknownDraft
        if approved and row["made_by"] == actor.user_id:
            raise NotYourOwn
        store.settle_policy(tx, version, approved=approved)
        if approved:
            tx.emit(PolicyApproved(policy=version))


def propose_grade(
    bank: Bank, actor: Actor, product_no: str, *, issuer: Grade | None, distributor: Grade | None, basis: str
) -> None:
    """Propose grades of a product. Raises Forbidden, UnknownProduct, BadGrade."""
    actor.require(Permission.SUITABILITY_EDIT)
    why = " ".join(basis.split())
    if (issuer is None and distributor is None) or len(why) not in _REASON:
        raise BadGrade
    with bank.write(actor) as tx:
        if product_no not in products.by_numbers(tx, [product_no]):
            raise products.UnknownProduct(product_no=product_no)
        row: dict[str, Any] = {"product_no": product_no, "state": store.DRAFT, "basis": why, "approved_by": None}
        row |= {"issuer": issuer.rank if issuer else None, "distributor": distributor.rank if distributor else None}
        store.save_grade(tx, row | {"made_by": actor.user_id, "made_at": tx.clock.now()})
        tx.emit(GradeProposed(product_no=product_no, issuer=issuer or "", distributor=distributor or ""))


def settle_grade(bank: Bank, actor: Actor, product_no: str, *, approved: bool) -> None:
    """Approve or put aside proposed grades; approving is for somebody else than their author.

    Raises: Forbidden, UnknownDraft, NotYourOwn.
    """
    actor.require(Permission.SUITABILITY_EDIT)
    with bank.write(actor) as tx:
        draft = store.grades(tx, product_no).get(store.DRAFT)
        if draft is None:
            raise UnknownDraft
        if approved and draft.made_by == actor.user_id:
            raise NotYourOwn
        store.drop_draft(tx, product_no)
        if approved:
            ranks = {name: grade.rank if grade else None for name, grade in _grades(draft)}
            row: dict[str, Any] = {"product_no": product_no, "state": store.LIVE, "basis": draft.basis, **ranks}
            row |= {"made_by": draft.made_by, "approved_by": actor.user_id, "made_at": tx.clock.now()}
            store.save_grade(tx, row)
            tx.emit(
                GradeApproved(product_no=product_no, issuer=draft.issuer or "", distributor=draft.distributor or "")
            )


def _grades(found: ProductGrade) -> tuple[tuple[str, Grade | None], tuple[str, Grade | None]]:
    return ("issuer", found.issuer), ("distributor", found.distributor)


def grade_drafts(bank: Bank, actor: Actor) -> list[ProductGrade]:
    """Grades that wait for a second person."""
    actor.require(Permission.SUITABILITY_READ)
    with bank.read(actor) as tx:
        return store.drafts(tx)


def product_grades(bank: Bank, actor: Actor, product_no: str) -> dict[str, ProductGrade]:
    """Grades of a product in force and proposed."""
    actor.require(Permission.SUITABILITY_READ)
    with bank.read(actor) as tx:
        return store.grades(tx, product_no)


def investor(bank: Bank, actor: Actor, customer_no: str) -> Investor | None:
    """A customer as a buyer; the look is recorded. Raises Forbidden, UnknownCustomer."""
    actor.require(Permission.SUITABILITY_READ)
    one_id = profile.facts.number_of(bank, customer_no)
    with bank.write(actor) as tx:
        if not profile.facts.knows(tx, one_id):
            raise profile.UnknownCustomer
        tx.emit(SuitabilityViewed(subject=one_id, part="buyer"))
        return store.investor(tx, one_id)


def check(bank: Bank, actor: Actor, customer_no: str, product_no: str, *, amount: int | None) -> Fit | Unfit:
    """Whether a product suits a customer now; the look is recorded.

    Raises: Forbidden, UnknownCustomer, UnknownProduct.
    """
    actor.require(Permission.SUITABILITY_READ)
    one_id = profile.facts.number_of(bank, customer_no)
    with bank.write(actor) as tx:
        said = service.check(tx, one_id, product_no, amount, bank.clock.now())
        tx.emit(SuitabilityViewed(subject=one_id, part="check"))
        return said
