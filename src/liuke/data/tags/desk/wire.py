"""Wire types of a definition: as somebody writes it, as it is shown, and how its values are spread."""

from typing import Annotated

from pydantic import Field as Limits

from liuke.data.tags.define.read import measure_of
from liuke.data.tags.model import FARTHEST, Aggregate, Family, Kind, State, Tag
from liuke.kernel.http import Wire
from liuke.kernel.store.columns import PiClass

_Words = Annotated[str, Limits(max_length=60)]
_Text = Annotated[str, Limits(max_length=2000)]
_Days = Annotated[int, Limits(ge=-FARTHEST, le=FARTHEST)]


class TagWindowIn(Wire):
    """Days from the data day, both ends included; ``month``: since the first of its month."""

    since: _Days | None = None
    until: _Days | None = None
    month: bool = False


class TagMeasureIn(Wire):
    """Rows of a table that pass a filter, inside a window, aggregated."""

    table: _Words
    aggregate: Aggregate
    filter: _Text = ""
    value: _Words = ""
    window: TagWindowIn = TagWindowIn()


class TagDraft(Wire):
    """A definition somebody writes: either ``measure`` or ``expression``."""

    code: Annotated[str, Limits(min_length=1, max_length=40)]
    name: Annotated[str, Limits(min_length=1, max_length=30)]
    family: Family
    kind: Kind
    unit: Annotated[str, Limits(max_length=8)] = ""
    owner: Annotated[str, Limits(min_length=1, max_length=40)]
    meaning: Annotated[str, Limits(min_length=4, max_length=400)]
    pi: PiClass = PiClass.C2
    measure: TagMeasureIn | None = None
    expression: _Text = ""
    words: Annotated[dict[_Words, _Words], Limits(max_length=200, default_factory=dict)]
    note: Annotated[str, Limits(max_length=200)] = ""


class TagWindow(Wire):
    """Days from the data day, both ends included."""

    since: int | None
    until: int | None
    month: bool


class TagMeasure(Wire):
    """How a tag is measured."""

    table: str
    aggregate: Aggregate
    filter: str
    value: str
    window: TagWindow


class TagOut(Wire):
    """A definition."""

    code: str
    name: str
    family: Family
    kind: Kind
    unit: str
    owner: str
    meaning: str
    pi: PiClass
    measure: TagMeasure | None
    expression: str
    words: dict[str, str]
    ingredient: bool
    schedule: str
    version: int
    state: State
    shipped: bool


class TagBin(Wire):
    """Customers with a value in low ≤ value < high, or with this word or truth."""

    word: str
    low: int | None
    high: int | None
    customers: int


class TagSpread(Wire):
    """How values are spread over customers."""

    bins: list[TagBin]
    customers: int
    missing: int
    filled: int
    low: int | None
    median: int | None
    high: int | None


def draft_of(draft: TagDraft) -> Tag:
    """The definition a draft says. What it means is checked by the service."""
    body = draft.measure.model_dump(mode="json") if draft.measure else None
    return Tag(
        code=draft.code,
        name=draft.name.strip(),
        family=draft.family,
        kind=draft.kind,
        unit=draft.unit,
        owner=draft.owner.strip(),
        meaning=draft.meaning.strip(),
        pi=draft.pi,
        measure=measure_of(body) if body else None,
        expression=" ".join(draft.expression.split()),
        words=draft.words,
        state=State.DRAFT,
        shipped=False,
    )


def tag_out(tag: Tag) -> TagOut:
    """A definition on the wire."""
    return TagOut.model_validate(tag)
