"""Insistence, dual recordings and evidence packs over HTTP."""

from datetime import UTC, date, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path, Response
from pydantic import Field as Limits

from liuke.data.products import UnknownProduct
from liuke.data.profile import UnknownCustomer
from liuke.guard.suitability.sales import pack, service
from liuke.guard.suitability.sales.model import (
    STEP_TITLES,
    STEPS,
    CannotInsist,
    Insistence,
    Recording,
    Script,
    Step,
    UnknownInsistence,
    UnknownRecording,
)
from liuke.kernel.bank import Bank
from liuke.kernel.errors import Forbidden, Invalid
from liuke.kernel.http import COMMON, ActorDep, BankDep, Wire, problems
from liuke.kernel.ids import OneId

router = APIRouter(
    prefix="/api/suitability", tags=["suitability"], responses=COMMON | problems(Forbidden, Invalid, UnknownCustomer)
)

CustomerNo = Annotated[str, Path(max_length=32)]
Ref = Annotated[str, Limits(max_length=80)]


class InsistenceOut(Wire):
    """A customer's written insistence; it holds from its confirmation until ``valid_until``. ``amount`` in 分."""

    id: UUID
    customer_no: str
    product_no: str
    amount: int
    reasons: list[str]
    policy: int
    warning: str
    warning_digest: str
    evidence_ref: str
    made_by: str
    made_at: datetime
    confirmed_by: str | None
    confirmed_at: datetime | None
    valid_until: datetime | None


class ScriptStepOut(Wire):
    """A step of the script and the second of the recording at which it is done; null when missing."""

    name: str
    title: str
    second: int | None


class ScriptOut(Wire):
    """A script and its steps in order."""

    script: Script
    steps: list[ScriptStepOut]


class RecordingOut(Wire):
    """双录: one recording of a sale in the index. ``complete``: every step of its script is there."""

    id: UUID
    customer_no: str
    product_no: str
    sale_ref: str
    script: Script
    steps: list[ScriptStepOut]
    media_ref: str
    media_algorithm: str
    media_digest: str
    media_bytes: int
    media_seconds: int
    complete: bool
    made_by: str
    made_at: datetime
    keep_until: date


class PackOut(Wire):
    """Everything that proves a sale, and the SM3 of its canonical bytes."""

    content: dict[str, Any]
    sm3: str


class InsistIn(Wire):
    """On what the customer insists; ``amount`` in 分 of CNY; the number of the signed warning."""

    customer_no: Annotated[str, Limits(max_length=32)]
    product_no: Annotated[str, Limits(max_length=40)]
    amount: Annotated[int, Limits(ge=0, le=10**15)]
    evidence_ref: Ref


class RecordingIn(Wire):
    """A recording for the index; ``steps`` gives the second of each step done."""

    customer_no: Annotated[str, Limits(max_length=32)]
    product_no: Annotated[str, Limits(max_length=40)]
    sale_ref: Ref
    script: Script
    steps: dict[str, int]
    media_ref: Ref
    media_algorithm: Annotated[str, Limits(max_length=10)]
    media_digest: Annotated[str, Limits(max_length=64)]
    media_bytes: Annotated[int, Limits(lt=2**62)]
    media_seconds: Annotated[int, Limits(le=86_400)]


@router.post("/insistences", status_code=201, responses=problems(UnknownProduct, CannotInsist))
def insist(given: InsistIn, actor: ActorDep, bank: BankDep) -> InsistenceOut:
    """Record that a customer insists, with the warning to sign; a second person confirms."""
    found = service.insist(
        bank, actor, given.customer_no, given.product_no, amount=given.amount, evidence_ref=given.evidence_ref
    )
    return _insistence(bank, found)


@router.post("/insistences/{insistence_id}/confirm", responses=problems(UnknownInsistence))
def confirm_insistence(insistence_id: UUID, actor: ActorDep, bank: BankDep) -> InsistenceOut:
    """Confirm an insistence face to face, as a second person."""
    return _insistence(bank, service.confirm(bank, actor, insistence_id))


@router.get("/customers/{customer_no}/insistences")
def list_insistences(customer_no: CustomerNo, actor: ActorDep, bank: BankDep) -> list[InsistenceOut]:
    """Insistences of a customer, latest first. The look is recorded."""
    return [_insistence(bank, found) for found in service.insistences(bank, actor, customer_no)]


@router.get("/scripts")
def list_scripts(actor: ActorDep) -> list[ScriptOut]:
    """The scripts of dual recording."""
    del actor  # any signed-in user
    return [
        ScriptOut(
            script=script, steps=[ScriptStepOut(name=name, title=STEP_TITLES[name], second=None) for name in steps]
        )
        for script, steps in STEPS.items()
    ]


@router.post("/recordings", status_code=201, responses=problems(UnknownProduct))
def keep_recording(given: RecordingIn, actor: ActorDep, bank: BankDep) -> RecordingOut:
    """Put a dual recording into the index; the file stays in the bank's archive."""
    facts = {name: getattr(given, name) for name in RecordingIn.model_fields if name not in ("customer_no", "steps")}
    unset: dict[str, Any] = {"id": UUID(int=0), "one_id": OneId(0), "complete": False, "made_by": ""}
    unset |= {"made_at": datetime.min.replace(tzinfo=UTC), "keep_until": date.min}
    steps = tuple(Step(name, second) for name, second in given.steps.items())
    return _recording(bank, service.keep(bank, actor, given.customer_no, Recording(**facts, **unset, steps=steps)))


@router.get("/customers/{customer_no}/recordings")
def list_recordings(customer_no: CustomerNo, actor: ActorDep, bank: BankDep) -> list[RecordingOut]:
    """Dual recordings of a customer, latest first. The look is recorded."""
    return [_recording(bank, found) for found in service.recordings(bank, actor, customer_no)]


@router.post("/recordings/{recording_id}/pack", response_model=PackOut, responses=problems(UnknownRecording))
def make_pack(recording_id: UUID, actor: ActorDep, bank: BankDep) -> Response:
    """The evidence pack of a sale as JSON with its digest. Making it is recorded."""
    return Response(pack.pack(bank, actor, recording_id), media_type="application/json")


@router.post(
    "/recordings/{recording_id}/pdf",
    response_class=Response,
    responses=problems(UnknownRecording, pack.NoPdf) | {200: {"content": {"application/pdf": {}}}},
)
def make_pdf(recording_id: UUID, actor: ActorDep, bank: BankDep) -> Response:
    """The evidence pack of a sale as PDF. Making it is recorded."""
    return Response(pack.pack_pdf(bank, actor, recording_id), media_type="application/pdf")


def _insistence(bank: Bank, found: Insistence) -> InsistenceOut:
    facts = {name: getattr(found, name) for name in InsistenceOut.model_fields if name != "customer_no"}
    facts |= {"reasons": list(found.reasons)}
    return InsistenceOut(customer_no=bank.keys.customer_numbers.encode(found.one_id), **facts)


def _recording(bank: Bank, found: Recording) -> RecordingOut:
    facts = {name: getattr(found, name) for name in RecordingOut.model_fields if name != "customer_no"}
    facts |= {"steps": [ScriptStepOut(name=s.name, title=STEP_TITLES[s.name], second=s.second) for s in found.steps]}
    return RecordingOut(customer_no=bank.keys.customer_numbers.encode(found.one_id), **facts)
