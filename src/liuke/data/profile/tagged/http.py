"""The tags of one customer over HTTP."""

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Path

from liuke.data import tags
from liuke.data.profile.model import UnknownCustomer
from liuke.data.profile.tagged import service
from liuke.kernel.errors import Forbidden
from liuke.kernel.http import COMMON, ActorDep, BankDep, Wire, problems

router = APIRouter(prefix="/api", tags=["customers"], responses=COMMON | problems(Forbidden))

#: A truth, a word, an ISO date, or a whole number in the tag's unit (分, basis points, counts, days).
Value = bool | int | str | date | None


class CustomerTag(Wire):
    """A tag of a customer. ``label`` is the Chinese word of a classified value; ``source`` the table it comes from."""

    code: str
    name: str
    family: tags.Family
    kind: tags.Kind
    unit: str
    value: Value
    label: str | None
    source: str


class CustomerTags(Wire):
    """All tags of a customer with their data day and when they were computed."""

    as_of: date | None
    refreshed_at: datetime | None
    items: list[CustomerTag]


@router.get("/customers/{customer_no}/tags", responses=problems(UnknownCustomer))
def list_customer_tags(
    customer_no: Annotated[str, Path(max_length=32)], actor: ActorDep, bank: BankDep
) -> CustomerTags:
    """Every tag of one customer, from the newest snapshot."""
    snapshot, told = service.tags_of(bank, actor, customer_no)
    return CustomerTags(
        as_of=snapshot.as_of if snapshot else None,
        refreshed_at=snapshot.created_at if snapshot else None,
        items=[
            CustomerTag(
                code=plate.code,
                name=plate.name,
                family=plate.family,
                kind=plate.kind,
                unit=plate.unit,
                value=value,
                label=dict(zip(plate.words, plate.labels, strict=True)).get(str(value)) if plate.words else None,
                source=plate.source,
            )
            for plate, value in told
        ],
    )
