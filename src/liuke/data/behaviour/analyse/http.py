"""Behaviour analysis over HTTP: what can be asked, answers, and who it was."""

from datetime import date, datetime
from typing import Annotated, Final, Protocol

import numpy as np
from fastapi import APIRouter
from fastapi import Query as Parameter
from numpy.typing import NDArray
from pydantic import Field as Limits

from liuke.data.behaviour.analyse import ask
from liuke.data.behaviour.analyse.model import (
    MAX_DEPTH,
    MAX_RETURNS,
    MAX_STEPS,
    MAX_WINDOW_DAYS,
    Analysis,
    By,
    Query,
    Step,
    TimeGrain,
)
from liuke.data.behaviour.model import NoEvents, QueryInvalid
from liuke.kernel.actor import Actor
from liuke.kernel.bank import Bank
from liuke.kernel.errors import Forbidden, NotFound
from liuke.kernel.http import COMMON, ActorDep, BankDep, Wire, problems
from liuke.kernel.rule import RuleInvalid

_FAULTS: Final = problems(Forbidden, NoEvents, QueryInvalid)
router = APIRouter(prefix="/api/behaviour", tags=["behaviour"], responses=COMMON | _FAULTS)


class BehaviourStep(Wire):
    """Events of one kind (empty: any) on a condition of the rule language (empty: none)."""

    event: Annotated[str, Limits(max_length=40)]
    where: Annotated[str, Limits(max_length=2000)]


class BehaviourQuery(Wire):
    """A question; both days included."""

    kind: Analysis
    steps: Annotated[list[BehaviourStep], Limits(max_length=MAX_STEPS)]
    since: date
    until: date
    grain: TimeGrain
    by: By | None
    window_days: Annotated[int, Limits(ge=1, le=MAX_WINDOW_DAYS)]
    returns: Annotated[int, Limits(ge=1, le=MAX_RETURNS)]
    depth: Annotated[int, Limits(ge=1, le=MAX_DEPTH)]

    def query(self) -> Query:
        """As the analysis takes it."""
        facts = {name: getattr(self, name) for name in Query.__slots__}
        return Query(**facts | {"steps": tuple(Step(step.event, step.where) for step in self.steps)})


class BehaviourResult(Wire):
    """An answer: rows of named columns. ``steps`` say in Chinese what was counted; ``customers`` were looked at."""

    kind: Analysis
    columns: list[str]
    rows: list[list[int | str | None]]
    summary: dict[str, int | None]
    steps: list[str]
    customers: int
    as_of: datetime
    milliseconds: int


class BehaviourEventOut(Wire):
    """A kind of event."""

    name: str
    title: str


class EventFieldOut(Wire):
    """A field conditions may name; ``values`` with their Chinese words, empty when any value may stand."""

    name: str
    label: str
    type: str
    values: dict[str, str]


class BehaviourExample(Wire):
    """A question Liuke comes with, about the days up to the newest."""

    code: str
    title: str
    note: str
    query: BehaviourQuery


class BehaviourOffer(Wire):
    """What can be asked, and over which days there is something to count."""

    events: list[BehaviourEventOut]
    fields: list[EventFieldOut]
    first: date
    last: date
    as_of: datetime
    examples: list[BehaviourExample]


class DoerOut(Wire):
    """A customer who did what was asked."""

    customer_no: str
    times: int
    last_at: datetime


@router.get("/catalogue")
def read_catalogue(actor: ActorDep, bank: BankDep) -> BehaviourOffer:
    """Events, fields, days and examples."""
    found = ask.offer(bank, actor)
    return BehaviourOffer(
        events=[BehaviourEventOut(name=one.name, title=one.title) for one in found.plan.events.values()],
        fields=[
            EventFieldOut(name=name, label=one.label, type=one.type.value, values=dict(one.values or {}))
            for name, one in found.fields.items()
        ],
        first=found.first,
        last=found.last,
        as_of=found.as_of,
        examples=[
            BehaviourExample(
                code=one.code,
                title=one.title,
                note=one.note,
                query=BehaviourQuery.model_validate(one.ending(found.last)),
            )
            for one in found.examples
        ],
    )


class Members(Protocol):
    """The customers of a segment, packed (little bit order). Raises NotFound for one that is not there."""

    def __call__(self, bank: Bank, actor: Actor, segment: int, /) -> NDArray[np.uint8]: ...


SegmentQuery = Annotated[int | None, Parameter(ge=1, le=2**62)]


def routes(members: Members) -> APIRouter:
    """The routes that answer, over everybody or one segment: who is in it, whoever wires the routes says."""
    asked = APIRouter(prefix="/api/behaviour", tags=["behaviour"], responses=COMMON | _FAULTS)

    def chosen(bank: Bank, actor: Actor, segment: int | None) -> NDArray[np.uint8] | None:
        return None if segment is None else members(bank, actor, segment)

    @asked.post("/analysis", responses=problems(RuleInvalid, NotFound))
    def analyse(
        wanted: BehaviourQuery, actor: ActorDep, bank: BankDep, segment: SegmentQuery = None
    ) -> BehaviourResult:
        """The answer to a question, over the customers the asker sees, or those of a segment among them."""
        found = ask.analyse(bank, actor, wanted.query(), members=chosen(bank, actor, segment))
        return BehaviourResult.model_validate(found)

    @asked.post("/customers", responses=problems(RuleInvalid, NotFound))
    def list_doers(
        wanted: BehaviourQuery, actor: ActorDep, bank: BankDep, segment: SegmentQuery = None
    ) -> list[DoerOut]:
        """The 200 customers who did the question's first step most often; the look is recorded."""
        found = ask.who(bank, actor, wanted.query(), members=chosen(bank, actor, segment))
        return [DoerOut.model_validate(one) for one in found]

    return asked
