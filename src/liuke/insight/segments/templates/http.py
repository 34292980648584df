"""Templates over HTTP."""

from fastapi import APIRouter

from liuke.guard import consent
from liuke.insight.segments.templates import service
from liuke.kernel.errors import Forbidden
from liuke.kernel.http import COMMON, ActorDep, BankDep, Wire, problems

router = APIRouter(prefix="/api", tags=["segments"], responses=COMMON | problems(Forbidden))


class SegmentTemplateOut(Wire):
    """A template; ``customers`` within the asker's scope, None with ``fault`` when it cannot be counted."""

    key: str
    name: str
    group: str
    purpose: consent.Purpose
    rule_text: str
    sentence: str
    meaning: str
    strategy: list[str]
    customers: int | None
    reachable: int | None
    fault: str
    taken: list[int]


@router.get("/segment-templates")
def list_templates(actor: ActorDep, bank: BankDep) -> list[SegmentTemplateOut]:
    """Segments that come with Liuke, with what each would count today."""
    return [
        SegmentTemplateOut(
            key=one.template.key,
            name=one.template.name,
            group=one.template.group,
            purpose=consent.Purpose(one.template.purpose),
            rule_text=one.template.rule_text,
            sentence=one.counted.sentence if one.counted else "",
            meaning=one.template.meaning,
            strategy=list(one.template.strategy),
            customers=one.counted.customers if one.counted else None,
            reachable=one.counted.reachable if one.counted else None,
            fault=one.fault,
            taken=list(one.taken),
        )
        for one in service.offered(bank, actor)
    ]
