"""数据开发 over HTTP: derived tables, their definitions and versions, checks, previews, runs."""

from typing import Annotated, Any

from fastapi import APIRouter, Body, Path, status

from liuke.data.pipelines import service
from liuke.data.pipelines.build.preview import preview
from liuke.data.pipelines.build.run import Wanted
from liuke.data.pipelines.define import edit
from liuke.data.pipelines.model import (
    Full,
    NothingLike,
    NotPublished,
    PipelineBroken,
    PipelineBusy,
    PipelineInvalid,
    PipelineMoved,
    PipelineNeeded,
    PipelineUnknown,
    QueryFailed,
    QueryTooLarge,
    QueryTooLong,
)
from liuke.data.pipelines.wire import (
    DefinitionCheck,
    DefinitionDraft,
    DefinitionWire,
    DiffLineWire,
    LakeColumnWire,
    LakeTableWire,
    OutColumnWire,
    PipelineDetail,
    PipelineRun,
    PipelineRunStarted,
    PipelineSummary,
    PipelineVersion,
    PreviewWire,
    Publication,
    RunWanted,
    StateChange,
    definition_of,
)
from liuke.kernel.errors import Forbidden
from liuke.kernel.http import COMMON, ActorDep, BankDep, CursorQuery, LimitQuery, WirePage, problems

router = APIRouter(prefix="/api/pipelines", tags=["pipelines"], responses=COMMON | problems(Forbidden))

Name = Annotated[str, Path(max_length=60)]


@router.get("", operation_id="pipelines:list")
def list_pipelines(bank: BankDep, actor: ActorDep) -> list[PipelineSummary]:
    """All derived tables, by name."""
    return [PipelineSummary.model_validate(one) for one in service.overview(bank, actor)]


@router.get("/tables", operation_id="pipelines:tables")
def list_tables(bank: BankDep, actor: ActorDep) -> list[LakeTableWire]:
    """The tables a query may read, with their columns."""
    return [
        LakeTableWire(
            name=one.table.name,
            meaning=one.table.meaning,
            derived=one.derived,
            rows=one.rows,
            columns=[LakeColumnWire.model_validate(column) for column in one.table.columns],
        )
        for one in service.lake_tables(bank, actor)
    ]


@router.get("/runs", operation_id="pipelines:recent_runs")
def recent_runs(
    bank: BankDep, actor: ActorDep, cursor: CursorQuery = None, limit: LimitQuery = 50
) -> WirePage[PipelineRun]:
    """Runs of all tables, newest first."""
    return _runs(bank, actor, "", cursor, limit)


@router.post("/checks", operation_id="pipelines:check")
def check_definition(bank: BankDep, actor: ActorDep, draft: Annotated[DefinitionDraft, Body()]) -> DefinitionCheck:
    """Everything wrong with a definition, each at its place, and what it would be; nothing is saved."""
    return DefinitionCheck.model_validate(service.check_definition(bank, actor, _tree(draft.definition)))


@router.post(
    "/previews",
    operation_id="pipelines:preview",
    responses=problems(PipelineInvalid, QueryFailed, QueryTooLarge, QueryTooLong),
)
def preview_definition(bank: BankDep, actor: ActorDep, draft: Annotated[DefinitionDraft, Body()]) -> PreviewWire:
    """Some rows of the newest partition a definition would give, masked; the look is an event."""
    return PreviewWire.model_validate(preview(bank, actor, _tree(draft.definition)))


@router.get("/{name}", operation_id="pipelines:get", responses=problems(PipelineUnknown))
def get_pipeline(bank: BankDep, actor: ActorDep, name: Name) -> PipelineDetail:
    """One derived table with its newest definition."""
    return _detail(service.full(bank, actor, name))


@router.get("/{name}/versions/{version}", operation_id="pipelines:version", responses=problems(PipelineUnknown))
def get_version(bank: BankDep, actor: ActorDep, name: Name, version: int) -> PipelineDetail:
    """One derived table with an earlier definition."""
    return _detail(service.full(bank, actor, name, version=version))


@router.get("/{name}/diff", operation_id="pipelines:diff", responses=problems(PipelineUnknown))
def get_diff(bank: BankDep, actor: ActorDep, name: Name, old: int, new: int) -> list[DiffLineWire]:
    """The difference of two versions, line by line."""
    return [DiffLineWire.model_validate(line) for line in edit.diff(bank, actor, name, old=old, new=new)]


@router.put("/{name}", operation_id="pipelines:save", responses=problems(PipelineInvalid, PipelineMoved))
def save_pipeline(
    bank: BankDep, actor: ActorDep, name: Name, draft: Annotated[DefinitionDraft, Body()]
) -> PipelineDetail:
    """Save a definition as a new version, not yet in force; refused while it has errors."""
    edit.save(bank, actor, _tree(draft.definition) | {"table": name}, base_version=draft.base_version)
    return _detail(service.full(bank, actor, name))


@router.post(
    "/{name}/publications",
    operation_id="pipelines:publish",
    responses=problems(PipelineUnknown, PipelineBroken, PipelineNeeded),
)
def publish_pipeline(
    bank: BankDep, actor: ActorDep, name: Name, wanted: Annotated[Publication, Body()]
) -> PipelineDetail:
    """Put a version in force; it is built at the next run."""
    edit.publish(bank, actor, name, version=wanted.version)
    return _detail(service.full(bank, actor, name))


@router.post("/{name}/state", operation_id="pipelines:state", responses=problems(PipelineUnknown, PipelineNeeded))
def change_state(bank: BankDep, actor: ActorDep, name: Name, wanted: Annotated[StateChange, Body()]) -> PipelineDetail:
    """Pause, resume or retire a derived table."""
    edit.state_to(bank, actor, name, wanted.state)
    return _detail(service.full(bank, actor, name))


@router.get("/{name}/runs", operation_id="pipelines:runs")
def list_runs(
    bank: BankDep, actor: ActorDep, name: Name, cursor: CursorQuery = None, limit: LimitQuery = 50
) -> WirePage[PipelineRun]:
    """Runs of one table, newest first."""
    return _runs(bank, actor, name, cursor, limit)


@router.post(
    "/{name}/runs",
    operation_id="pipelines:run",
    status_code=status.HTTP_202_ACCEPTED,
    responses=problems(PipelineUnknown, NotPublished, PipelineBusy, NothingLike),
)
def run_pipeline(
    bank: BankDep, actor: ActorDep, name: Name, wanted: Annotated[RunWanted, Body()]
) -> PipelineRunStarted:
    """Bring a derived table up to date, in the background."""
    asked = Wanted(wanted.kind, wanted.since, wanted.until)
    return PipelineRunStarted(run_id=service.start(bank, actor, name=name, wanted=asked))


def _tree(definition: DefinitionWire) -> dict[str, Any]:
    return definition.model_dump(mode="json")


def _runs(bank: BankDep, actor: ActorDep, name: str, cursor: str | None, limit: int) -> WirePage[PipelineRun]:
    page = service.runs(bank, actor, name=name, cursor=cursor, limit=limit)
    return WirePage(items=[PipelineRun.model_validate(one) for one in page.items], next_cursor=page.next_cursor)


def _detail(one: Full) -> PipelineDetail:
    return PipelineDetail(
        summary=PipelineSummary.model_validate(one.view),
        definition=definition_of(one.definition),
        version=one.version,
        text=one.text,
        check=DefinitionCheck.model_validate(one.checked),
        built=[OutColumnWire.model_validate(column) for column in one.built],
        versions=[PipelineVersion.model_validate(version) for version in one.versions],
    )
