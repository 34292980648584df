"""Tags over HTTP: the catalogue, one tag, and the desk where definitions are checked, saved and put into force.

Values stand as snapshots hold them: amounts in 分, rates in basis points, dates in days since 1970 where a bin names
them. Trying a draft shows customers: who may see whom and under which name, whoever wires the routes says.
"""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Annotated, Protocol

from fastapi import APIRouter, Path, Query

from liuke.data import org
from liuke.data.tags.desk import service
from liuke.data.tags.desk.model import Catalogued, Shown, Tried
from liuke.data.tags.desk.wire import TagDraft, TagOut, TagSpread, draft_of, tag_out
from liuke.data.tags.model import (
    FAMILIES,
    CircularTag,
    CodeInvalid,
    CodeTaken,
    Family,
    Kind,
    NoSnapshot,
    NothingToDo,
    State,
    TagInUse,
    TagInvalid,
    UnknownTag,
    VersionMoved,
)
from liuke.data.tags.table import TABLES
from liuke.kernel.actor import Actor
from liuke.kernel.bank import Bank
from liuke.kernel.errors import Forbidden, Invalid
from liuke.kernel.http import COMMON, ActorDep, BankDep, Wire, problems
from liuke.kernel.lineage import NodeKind, Provider
from liuke.kernel.rule import Field

router = APIRouter(prefix="/api/tags", tags=["tags"], responses=COMMON | problems(Forbidden, Invalid))

Code = Annotated[str, Path(max_length=40)]
Seed = Annotated[int, Query(ge=0, le=1_000_000)]
Base = Annotated[int, Query(ge=1, le=1_000_000)]


class FamilyOut(Wire):
    """One of the eight families."""

    family: Family
    label: str


class TagRow(Wire):
    """A tag in the catalogue: ``filled`` customers have it, ``told`` have a value; None before its first refresh."""

    code: str
    name: str
    family: Family
    kind: Kind
    unit: str
    owner: str
    meaning: str
    state: State
    version: int
    shipped: bool
    ingredient: bool
    draft: bool
    source: str | None
    filled: int | None
    told: int | None
    users: int


class TagList(Wire):
    """The catalogue with the day and time of its newest snapshot."""

    as_of: date | None
    refreshed_at: datetime | None
    customers: int
    families: list[FamilyOut]
    items: list[TagRow]


class TagRef(Wire):
    """A tag by code and name."""

    code: str
    name: str


class TagUse(Wire):
    """What is made from a tag: another tag, a segment, a metric, a part of a screen."""

    kind: NodeKind
    key: str
    label: str


class TagVersion(Wire):
    """A saved version."""

    version: int
    state: State
    note: str
    saved_by: str
    saved_at: datetime
    definition: TagOut


class TagDetail(Wire):
    """One tag with all there is to know about it; ``newest_version`` is what a change is based on."""

    definition: TagOut
    sentence: str
    needs: list[TagRef]
    users: list[TagUse]
    source: str | None
    as_of: date | None
    refreshed_at: datetime | None
    spread: TagSpread | None
    newest_version: int
    versions: list[TagVersion]


class TagField(Wire):
    """A column of a table tags are measured from."""

    name: str
    label: str
    type: str
    unit: str | None
    words: dict[str, str]


class TagTableOut(Wire):
    """A table tags may be measured from: ``facets`` for filters, ``values`` to aggregate, ``day`` what its day is."""

    name: str
    label: str
    day: str
    facets: list[TagField]
    values: list[TagField]


class TagExample(Wire):
    """A customer who has the draft's tag, masked by role."""

    customer_no: str
    name: str
    tier: str
    branch_name: str
    value: bool | int | str | date | None


class TagTrial(Wire):
    """A draft computed on the newest day. ``every`` > 1: one customer in so many was looked at."""

    as_of: date
    sentence: str
    every: int
    spread: TagSpread
    examples: list[TagExample]


class Introduced(Protocol):
    """A customer somebody may see."""

    @property
    def one_id(self) -> int: ...
    @property
    def customer_no(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def tier(self) -> str: ...
    @property
    def branch_name(self) -> str: ...


#: Who of some customers (the numbers) an actor may see, at most ten, masked by role; the look is recorded.
Introduce = Callable[[Bank, Actor, Sequence[int]], Sequence[Introduced]]


class TagSentence(Wire):
    """How a draft reads."""

    sentence: str


_DRAFT_FAULTS = problems(TagInvalid, CircularTag)


@router.get("/tables")
def list_tables(actor: ActorDep) -> list[TagTableOut]:
    """The tables tags may be measured from."""
    service.may_read(actor)
    return [
        TagTableOut(
            name=table.name,
            label=table.label,
            day=table.day,
            facets=[_field(name, field) for name, field in table.facets.items()],
            values=[_field(name, field) for name, field in table.values.items()],
        )
        for table in TABLES.values()
    ]


@router.post("/check", responses=_DRAFT_FAULTS)
def check_draft(draft: TagDraft, actor: ActorDep, bank: BankDep) -> TagSentence:
    """Check a draft; the sentence says what would be computed."""
    return TagSentence(sentence=service.check(bank, actor, draft_of(draft)))


@router.post("", status_code=201, responses=_DRAFT_FAULTS | problems(CodeInvalid, CodeTaken))
def create_tag(draft: TagDraft, actor: ActorDep, bank: BankDep) -> TagOut:
    """Save a new tag as a draft."""
    return tag_out(service.save(bank, actor, draft_of(draft), note=draft.note, base=None))


@router.put("/{code}", responses=_DRAFT_FAULTS | problems(UnknownTag, VersionMoved))
def change_tag(code: Code, base: Base, draft: TagDraft, actor: ActorDep, bank: BankDep) -> TagOut:
    """Save a draft as the next version of a tag."""
    if draft.code != code:
        raise CodeInvalid
    return tag_out(service.save(bank, actor, draft_of(draft), note=draft.note, base=base))


@router.post("/{code}/live", responses=problems(UnknownTag, VersionMoved, NothingToDo))
def put_live(code: Code, base: Base, actor: ActorDep, bank: BankDep) -> TagOut:
    """Put the newest version into force."""
    return tag_out(service.put_live(bank, actor, code, base=base))


def routes(providers: Sequence[Provider], introduce: Introduce) -> APIRouter:
    """The routes that tell who uses a tag, over what the capabilities offer, and who has a draft's."""
    used = APIRouter(prefix="/api/tags", tags=["tags"], responses=COMMON | problems(Forbidden, Invalid))

    @used.get("")
    def list_tags(actor: ActorDep, bank: BankDep) -> TagList:
        """Every tag in force and every draft."""
        return _list(service.catalogue(bank, actor, providers))

    @used.get("/{code}", responses=problems(UnknownTag))
    def read_tag(code: Code, actor: ActorDep, bank: BankDep) -> TagDetail:
        """One tag: definition, sentence, spread, users, versions."""
        return _detail(bank, actor, service.show(bank, actor, code, providers))

    @used.post("/{code}/retire", responses=problems(UnknownTag, VersionMoved, NothingToDo, TagInUse))
    def retire_tag(code: Code, base: Base, actor: ActorDep, bank: BankDep) -> TagOut:
        """Take a tag out of force; refused while something is made from it."""
        return tag_out(service.retire(bank, actor, code, base=base, providers=providers))

    @used.post("/trial", responses=_DRAFT_FAULTS | problems(NoSnapshot))
    def try_draft(draft: TagDraft, actor: ActorDep, bank: BankDep, seed: Seed = 0) -> TagTrial:
        """Compute a draft on the newest data: how many have it, how it is spread, ten examples one may see."""
        found = service.attempted(bank, actor, draft_of(draft), seed=seed)
        return _trial(found, introduce(bank, actor, found.one_ids) if found.one_ids else ())

    return used


def _trial(found: Tried, people: Sequence[Introduced]) -> TagTrial:
    values = dict(zip(found.one_ids, found.values, strict=True))
    return TagTrial(
        as_of=found.as_of,
        sentence=found.sentence,
        every=found.every,
        spread=TagSpread.model_validate(found.spread),
        examples=[
            TagExample(
                customer_no=one.customer_no,
                name=one.name,
                tier=one.tier,
                branch_name=one.branch_name,
                value=values[one.one_id],
            )
            for one in people
        ],
    )


def _list(found: Catalogued) -> TagList:
    return TagList(
        as_of=found.as_of,
        refreshed_at=found.refreshed_at,
        customers=found.customers,
        families=[FamilyOut(family=family, label=label) for family, label in FAMILIES.items()],
        items=[
            TagRow(
                code=one.tag.code,
                name=one.tag.name,
                family=one.tag.family,
                kind=one.tag.kind,
                unit=one.tag.unit,
                owner=one.tag.owner,
                meaning=one.tag.meaning,
                state=one.tag.state,
                version=one.tag.version,
                shipped=one.tag.shipped,
                ingredient=one.tag.ingredient,
                draft=one.draft,
                source=one.plate.source if one.plate else None,
                filled=one.plate.filled if one.plate else None,
                told=one.plate.told if one.plate else None,
                users=one.users,
            )
            for one in found.tags
        ],
    )


def _field(name: str, field: Field) -> TagField:
    return TagField(
        name=name, label=field.label, type=field.type.value, unit=field.unit, words=dict(field.values or {})
    )


def _detail(bank: Bank, actor: Actor, shown: Shown) -> TagDetail:
    with bank.read(actor) as tx:
        names = org.names(tx, [saved.saved_by for saved in shown.versions])
    return TagDetail(
        definition=tag_out(shown.tag),
        sentence=shown.sentence,
        needs=[TagRef(code=tag.code, name=tag.name) for tag in shown.needs],
        users=[TagUse.model_validate(node) for node in shown.users],
        source=shown.plate.source if shown.plate else None,
        as_of=shown.as_of,
        refreshed_at=shown.refreshed_at,
        spread=TagSpread.model_validate(shown.spread) if shown.spread else None,
        newest_version=max([shown.tag.version, *(saved.tag.version for saved in shown.versions)]),
        versions=[
            TagVersion(
                version=saved.tag.version,
                state=saved.tag.state,
                note=saved.note,
                saved_by=names[saved.saved_by],
                saved_at=saved.saved_at,
                definition=tag_out(saved.tag),
            )
            for saved in shown.versions
        ],
    )
