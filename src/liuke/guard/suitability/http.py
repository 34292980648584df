"""Suitability over HTTP: checks, buyers, policy and grades. `papers.http` and `sales.http` are the other doors."""

from dataclasses import asdict
from datetime import date, datetime
from typing import Annotated, Any, Final

from fastapi import APIRouter, Path
from pydantic import Field as Limits

from liuke.data.products import UnknownProduct
from liuke.data.profile import UnknownCustomer
from liuke.guard.suitability import handle, points
from liuke.guard.suitability.model import (
    NOTES,
    DraftWaiting,
    Fit,
    Grade,
    Point,
    Policy,
    ProductGrade,
    Tolerance,
    UnknownDraft,
)
from liuke.guard.suitability.papers.http import router as papers_router
from liuke.guard.suitability.sales.http import router as sales_router
from liuke.kernel.errors import Forbidden, Invalid
from liuke.kernel.http import COMMON, ActorDep, BankDep, Wire, problems

router = APIRouter(
    prefix="/api/suitability", tags=["suitability"], responses=COMMON | problems(Forbidden, UnknownCustomer, Invalid)
)

CustomerNo = Annotated[str, Path(max_length=32)]
ProductNo = Annotated[str, Path(max_length=40)]
Words = Annotated[str, Limits(max_length=400)]


class BuyerOut(Wire):
    """A customer as a buyer; ``tolerance`` null: never assessed. ``expired``: no longer valid today."""

    customer_no: str
    tolerance: Tolerance | None
    origin: str
    assessed_on: date | None
    valid_until: date | None
    expired: bool
    experienced: bool


class ReasonOut(Wire):
    """A point against, the values it saw, and what would make it possible."""

    point: Point
    message: str
    remedy: str
    insistable: bool
    why: str
    verify: bool


class CheckOut(Wire):
    """Whether a product suits a customer; ``insisted``: only because the customer insists in writing."""

    fits: bool
    insisted: bool
    insistable: bool
    policy: int
    grade: Grade | None
    tolerance: Tolerance | None
    reasons: list[ReasonOut]


class PointOut(Wire):
    """A point of the check and its rule in Chinese."""

    point: Point
    message: str
    remedy: str
    rule: str
    words: str
    insistable: bool
    verify: bool


class NumberOut(Wire):
    """A number of the policy with its source; ``verify``: confirm with compliance. ``draft``: what is proposed."""

    name: str
    title: str
    value: int | list[int] | list[str]
    draft: int | list[int] | list[str] | None
    source: str
    verify: bool


class SuitabilityPolicyOut(Wire):
    """The policy in force and, beside it, the version that waits for a second person."""

    version: int
    numbers: list[NumberOut]
    points: list[PointOut]
    draft_version: int | None
    draft_by: str | None
    draft_reason: str | None


class SuitabilityPolicyIn(Wire):
    """Numbers to change by name, and why."""

    changed: dict[str, int | list[int] | list[str]]
    reason: Words


class SuitabilityVersionOut(Wire):
    """The version that was made."""

    version: int


class VerdictIn(Wire):
    """Whether a draft is approved."""

    approved: bool


class GradeOut(Wire):
    """Grades of a product; the higher of issuer, distributor and source counts."""

    product_no: str
    state: str
    issuer: Grade | None
    distributor: Grade | None
    basis: str
    made_by: str
    approved_by: str | None
    made_at: datetime


class GradeIn(Wire):
    """Grades to propose, and on what basis."""

    issuer: Grade | None = None
    distributor: Grade | None = None
    basis: Words


class CheckIn(Wire):
    """What is to be sold; ``amount`` in 分 of CNY, none: the product's smallest."""

    customer_no: Annotated[str, Limits(max_length=32)]
    product_no: Annotated[str, Limits(max_length=40)]
    amount: Annotated[int | None, Limits(ge=0, le=10**15)] = None


@router.post("/checks", responses=problems(UnknownProduct))
def check_product(given: CheckIn, actor: ActorDep, bank: BankDep) -> CheckOut:
    """Whether a product suits a customer now, and why not. The look is recorded."""
    said = handle.check(bank, actor, given.customer_no, given.product_no, amount=given.amount)
    fits = isinstance(said, Fit)
    grade, tolerance = said.facts["grade"], said.facts["tolerance"]
    return CheckOut(
        fits=fits,
        insisted=isinstance(said, Fit) and said.insisted,
        insistable=not isinstance(said, Fit) and said.insistable,
        policy=said.policy,
        grade=Grade(f"R{grade}") if grade else None,
        tolerance=Tolerance(f"C{tolerance}") if tolerance else None,
        reasons=[] if isinstance(said, Fit) else [ReasonOut.model_validate(reason) for reason in said.reasons],
    )


@router.get("/customers/{customer_no}")
def read_buyer(customer_no: CustomerNo, actor: ActorDep, bank: BankDep) -> BuyerOut:
    """A customer's tolerance and until when it holds. The look is recorded."""
    found = handle.investor(bank, actor, customer_no)
    until = found.valid_until if found else None
    return BuyerOut(
        customer_no=customer_no,
        tolerance=found.tolerance if found else None,
        origin=found.origin if found else "none",
        assessed_on=found.assessed_on if found else None,
        valid_until=until,
        expired=found is not None and found.tolerance is not None and (until is None or until < bank.clock.today()),
        experienced=found.experienced if found else False,
    )


@router.get("/policy")
def read_policy(actor: ActorDep, bank: BankDep) -> SuitabilityPolicyOut:
    """The numbers and points of the check, each with its source."""
    found = handle.policies(bank, actor)
    drafted = asdict(found.draft) if found.draft else {}
    return SuitabilityPolicyOut(
        version=found.present.version,
        numbers=[_number(found.present, name, drafted.get(name)) for name in NOTES],
        points=[PointOut(words=points.in_words(one.point), **asdict(one)) for one in points.CHECKS],
        draft_version=found.draft.version if found.draft else None,
        draft_by=found.draft_by,
        draft_reason=found.draft_reason,
    )


def _number(policy: Policy, name: str, draft: Any) -> NumberOut:  # noqa: ANN401
    value, note = getattr(policy, name), NOTES[name]
    plain = list(value) if isinstance(value, tuple) else value
    other = list(draft) if isinstance(draft, tuple) else draft
    return NumberOut(name=name, title=note.title, value=plain, draft=other, source=note.source, verify=note.verify)


@router.post("/policy/drafts", status_code=201, responses=problems(DraftWaiting))
def propose_policy(given: SuitabilityPolicyIn, actor: ActorDep, bank: BankDep) -> SuitabilityVersionOut:
    """Propose other numbers; somebody else approves."""
    return SuitabilityVersionOut(version=handle.propose_policy(bank, actor, given.changed, reason=given.reason))


@router.post("/policy/drafts/{version}", status_code=204, responses=problems(UnknownDraft))
def settle_policy(
    version: Annotated[int, Path(ge=1, lt=2**31)], given: VerdictIn, actor: ActorDep, bank: BankDep
) -> None:
    """Approve a proposed policy, or put it aside."""
    handle.settle_policy(bank, actor, version, approved=given.approved)


@router.get("/grades/drafts")
def list_grade_drafts(actor: ActorDep, bank: BankDep) -> list[GradeOut]:
    """Product grades that wait for a second person."""
    return [_grade(found, "draft") for found in handle.grade_drafts(bank, actor)]


@router.get("/grades/{product_no}")
def read_grades(product_no: ProductNo, actor: ActorDep, bank: BankDep) -> list[GradeOut]:
    """Grades of a product: in force, and proposed."""
    return [_grade(found, state) for state, found in handle.product_grades(bank, actor, product_no).items()]


@router.put("/grades/{product_no}", status_code=204, responses=problems(UnknownProduct))
def propose_grade(product_no: ProductNo, given: GradeIn, actor: ActorDep, bank: BankDep) -> None:
    """Propose grades of a product; somebody else approves."""
    handle.propose_grade(bank, actor, product_no, issuer=given.issuer, distributor=given.distributor, basis=given.basis)


@router.post("/grades/{product_no}/verdict", status_code=204, responses=problems(UnknownDraft))
def settle_grade(product_no: ProductNo, given: VerdictIn, actor: ActorDep, bank: BankDep) -> None:
    """Approve proposed grades, or put them aside."""
    handle.settle_grade(bank, actor, product_no, approved=given.approved)


def _grade(found: ProductGrade, state: str) -> GradeOut:
    return GradeOut(state=state, **asdict(found))


#: All routers of this capability, for wiring.
routers: Final = (router, papers_router, sales_router)
