"""Question papers and sittings over HTTP."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path
from pydantic import Field as Limits

from liuke.data.profile import UnknownCustomer
from liuke.guard.consent import Channel
from liuke.guard.suitability.model import Tolerance, UnknownDraft
from liuke.guard.suitability.papers import service
from liuke.guard.suitability.papers.model import (
    Paper,
    PaperState,
    PaperWithdrawn,
    Sign,
    Sitting,
    SittingState,
    TooManyToday,
    UnknownPaper,
    UnknownSitting,
)
from liuke.kernel.bank import Bank
from liuke.kernel.errors import Forbidden, Invalid
from liuke.kernel.http import COMMON, ActorDep, BankDep, LimitQuery, Wire, problems

router = APIRouter(
    prefix="/api/suitability", tags=["suitability"], responses=COMMON | problems(Forbidden, Invalid, UnknownSitting)
)

PaperNo = Annotated[str, Path(max_length=40)]
Code = Annotated[str, Limits(max_length=40)]


class OptionOut(Wire):
    """One answer to choose."""

    id: str
    text: str


class QuestionOut(Wire):
    """One question; one answer is chosen."""

    id: str
    text: str
    options: list[OptionOut]


class PaperOut(Wire):
    """A version of a question paper, without its points."""

    paper_no: str
    version: int
    title: str
    source: str
    state: PaperState
    questions: list[QuestionOut]
    made_by: str
    approved_by: str | None
    live_at: datetime | None


class SittingOut(Wire):
    """One answering of a paper; ``signs`` hold it back until a second person settles it."""

    id: UUID
    customer_no: str
    paper_no: str
    version: int
    channel: str
    state: SittingState
    started_at: datetime
    started_by: str
    submitted_at: datetime | None
    answers: dict[str, str]
    changes: int
    score: int | None
    tolerance: Tolerance | None
    signs: list[Sign]
    settled_by: str | None
    note: str | None


class StartedOut(Wire):
    """A sitting and its paper."""

    sitting: SittingOut
    paper: PaperOut


class PaperIn(Wire):
    """A new version: ``questions`` [{id, text, options: [{id, text, score, cap}]}], ``bands`` [{from, tolerance}]."""

    title: Annotated[str, Limits(max_length=100)]
    source: Annotated[str, Limits(max_length=400)] = ""
    questions: Annotated[list[dict[str, Any]], Limits(max_length=50)]
    bands: Annotated[list[dict[str, Any]], Limits(max_length=5)]


class PaperVersionOut(Wire):
    """The version that was made."""

    paper_no: str
    version: int


class StartIn(Wire):
    """Who answers which paper, where."""

    customer_no: Annotated[str, Limits(max_length=32)]
    paper_no: Code = service.RETAIL
    channel: Channel = Channel.COUNTER


class AnswerIn(Wire):
    """The answer chosen to a question."""

    question: Code
    option: Code


class ReviewIn(Wire):
    """Whether a sitting held back is confirmed, and why."""

    confirmed: bool
    note: Annotated[str, Limits(max_length=400)]


@router.get("/papers")
def list_papers(actor: ActorDep, bank: BankDep) -> list[PaperOut]:
    """Every version of every paper."""
    return [_paper(found) for found in service.papers(bank, actor)]


@router.post("/papers/{paper_no}", status_code=201)
def propose_paper(paper_no: PaperNo, given: PaperIn, actor: ActorDep, bank: BankDep) -> PaperVersionOut:
    """Propose a new version of a paper; somebody else publishes it."""
    body = {"questions": given.questions, "bands": given.bands, "source": given.source}
    version = service.propose(bank, actor, paper_no, title=given.title, body=body)
    return PaperVersionOut(paper_no=paper_no, version=version)


@router.post("/papers/{paper_no}/versions/{version}/publish", status_code=204, responses=problems(UnknownDraft))
def publish_paper(
    paper_no: PaperNo, version: Annotated[int, Path(ge=1, lt=2**31)], actor: ActorDep, bank: BankDep
) -> None:
    """Put a draft in force in place of the present version."""
    service.publish(bank, actor, paper_no, version)


@router.post("/papers/{paper_no}/withdraw", status_code=204, responses=problems(UnknownPaper))
def withdraw_paper(paper_no: PaperNo, actor: ActorDep, bank: BankDep) -> None:
    """Take the version in force away."""
    service.withdraw(bank, actor, paper_no)


@router.post("/sittings", status_code=201, responses=problems(UnknownCustomer, UnknownPaper, TooManyToday))
def start_sitting(given: StartIn, actor: ActorDep, bank: BankDep) -> StartedOut:
    """Begin an assessment of a customer."""
    sitting, paper = service.start(bank, actor, given.customer_no, paper_no=given.paper_no, channel=given.channel)
    return StartedOut(sitting=_sitting(bank, sitting), paper=_paper(paper))


@router.put("/sittings/{sitting_id}/answers", responses=problems(PaperWithdrawn))
def answer_question(sitting_id: UUID, given: AnswerIn, actor: ActorDep, bank: BankDep) -> SittingOut:
    """Choose an answer; changes are counted."""
    found = service.answer(bank, actor, sitting_id, question=given.question, option=given.option)
    return _sitting(bank, found)


@router.post("/sittings/{sitting_id}/submit", responses=problems(PaperWithdrawn, TooManyToday))
def submit_sitting(sitting_id: UUID, actor: ActorDep, bank: BankDep) -> SittingOut:
    """Score the answers."""
    return _sitting(bank, service.submit(bank, actor, sitting_id))


@router.get("/reviews")
def list_reviews(actor: ActorDep, bank: BankDep, limit: LimitQuery = 50) -> list[SittingOut]:
    """Assessments held back because they look guided, oldest first."""
    return [_sitting(bank, found) for found in service.reviews(bank, actor, limit=limit)]


@router.post("/sittings/{sitting_id}/review")
def settle_sitting(sitting_id: UUID, given: ReviewIn, actor: ActorDep, bank: BankDep) -> SittingOut:
    """Confirm an assessment held back, or make it void."""
    return _sitting(bank, service.settle(bank, actor, sitting_id, confirmed=given.confirmed, note=given.note))


@router.get("/customers/{customer_no}/sittings", responses=problems(UnknownCustomer))
def list_sittings(customer_no: Annotated[str, Path(max_length=32)], actor: ActorDep, bank: BankDep) -> list[SittingOut]:
    """Assessments of a customer, latest first. The look is recorded."""
    return [_sitting(bank, found) for found in service.sittings(bank, actor, customer_no)]


def _paper(found: Paper) -> PaperOut:
    return PaperOut.model_validate(
        {name: getattr(found, name) for name in PaperOut.model_fields if name != "questions"}
        | {
            "questions": [
                {"id": one.id, "text": one.text, "options": [{"id": o.id, "text": o.text} for o in one.options]}
                for one in found.questions
            ]
        }
    )


def _sitting(bank: Bank, found: Sitting) -> SittingOut:
    facts = {name: getattr(found, name) for name in SittingOut.model_fields if name != "customer_no"}
    facts |= {"answers": dict(found.answers), "signs": list(found.signs)}
    return SittingOut(customer_no=bank.keys.customer_numbers.encode(found.one_id), **facts)
