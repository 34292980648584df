"""Clusters over HTTP."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body, Path, status
from pydantic import Field as Limits

from liuke.data import org, profile
from liuke.guard.consent import Purpose
from liuke.insight.clusters import become, place, service
from liuke.insight.clusters.features import EARNINGS
from liuke.insight.clusters.model import (
    FEWEST,
    MOST,
    AlreadyRunning,
    BadWish,
    Cluster,
    ClusterFamily,
    ClusterMethod,
    ClusterState,
    Feature,
    NoRule,
    NotReady,
    Run,
    UnknownCluster,
    UnknownRun,
    Wanted,
)
from liuke.kernel.actor import Actor
from liuke.kernel.bank import Bank
from liuke.kernel.errors import Forbidden
from liuke.kernel.http import COMMON, ActorDep, BankDep, CursorQuery, LimitQuery, Wire, WirePage, problems

router = APIRouter(prefix="/api/clusterings", tags=["clusters"], responses=COMMON | problems(Forbidden))
customer_router = APIRouter(prefix="/api/customers", tags=["clusters"], responses=COMMON | problems(Forbidden))
#: All routers of this capability, for wiring.
routers = (router, customer_router)

Number = Annotated[int, Path(ge=1, le=MOST)]
Rate = Annotated[int, Limits(ge=0, le=10_000)]
Count = Annotated[int, Limits(ge=FEWEST, le=MOST)]


class ClusterFeature(Wire):
    """What customers are told apart by; ``known``: whether its tag is there."""

    tag: str
    label: str
    family: ClusterFamily
    unit: str
    known: bool


class ClusterEarning(Wire):
    """What a balance is taken to earn a year, in basis points."""

    tag: str
    label: str
    rate_bp: int


class ClusterOptions(Wire):
    """What a run would look at now."""

    features: list[ClusterFeature]
    earnings: list[ClusterEarning]
    as_of: date | None


class ClusteringIn(Wire):
    """What is wanted. Without ``k`` the evidence chooses between ``k_min`` and ``k_max``."""

    method: ClusterMethod = ClusterMethod.KMEANS
    k: Count | None = None
    k_min: Count = 4
    k_max: Count = 9
    seed: Annotated[int, Limits(ge=0, lt=2**31)] = 1
    months: Annotated[int, Limits(ge=0, le=12)] = 5
    rates: Annotated[dict[str, Rate], Limits(max_length=20, default_factory=dict)]


class ClusteringStarted(Wire):
    """The run that was begun."""

    id: UUID


class ClusteringSummary(Wire):
    """A run in the list."""

    id: UUID
    version: int
    state: ClusterState
    method: ClusterMethod
    k: int | None
    as_of: date | None
    size: int
    names: list[str]
    started_by: str
    started_by_name: str
    started_at: datetime
    ended_at: datetime | None
    message: str
    job_run: UUID | None


class ClusterEvidence(Wire):
    """What speaks for one number of clusters."""

    k: int
    silhouette: float
    davies_bouldin: float
    bic: float
    stability: float
    smallest: float


class ClusterInterval(Wire):
    """An estimate and the bounds that hold it with 95 % confidence, where enough customers tell."""

    value: float
    low: float | None
    high: float | None


class ClusterContrast(Wire):
    """How a cluster differs from the bank in one feature."""

    tag: str
    label: str
    unit: str
    z: float
    median: float | None
    bank_median: float | None
    missing: float


class ClusterRule(Wire):
    """The rule that stands for a cluster, and its fidelity over all customers, 0–1."""

    text: str
    chinese: str
    accuracy: float
    precision: float
    recall: float
    named: int


class ClusterOut(Wire):
    """One cluster; profits in 元 a customer and year; ``segment`` is what it became, if it did."""

    number: int
    name: str
    size: int
    share: float
    contrasts: list[ClusterContrast]
    profit: ClusterInterval
    difference: ClusterInterval
    surrogate: ClusterRule
    segment: int | None


class ClusterMonth(Wire):
    """How alike an earlier month is grouped."""

    as_of: date
    ari: float | None
    stayed: float | None
    shared: int
    note: str


class ClusterLeft(Wire):
    """A feature the run did without."""

    tag: str
    label: str
    reason: str


class ClusteringDetail(Wire):
    """A run with everything it found; lists are empty until it is done."""

    run: ClusteringSummary
    seed: int
    sample: int
    reason: str
    features: list[ClusterFeature]
    left: list[ClusterLeft]
    earnings: list[ClusterEarning]
    evidence: list[ClusterEvidence]
    clusters: list[ClusterOut]
    months: list[ClusterMonth]


class ClusterSegmentIn(Wire):
    """How the segment is called, and what its customers may be used for."""

    name: Annotated[str, Limits(min_length=1, max_length=40)]
    purpose: Purpose


class ClusterSegmentOut(Wire):
    """The segment that was made."""

    segment: int
    name: str


class ClusterPlaceOut(Wire):
    """The cluster a customer is in, by the newest run; ``segment`` is what it became, if it did."""

    run_id: UUID
    version: int
    number: int
    name: str
    as_of: date
    size: int
    segment: int | None


@customer_router.get("/{customer_no}/cluster", responses=problems(profile.UnknownCustomer))
def show_customer_cluster(
    customer_no: Annotated[str, Path(max_length=32)], actor: ActorDep, bank: BankDep
) -> ClusterPlaceOut | None:
    """The cluster a customer is in, if in one; the look is recorded."""
    found = place.of_customer(bank, actor, customer_no)
    return ClusterPlaceOut.model_validate(found) if found else None


@router.get("/options")
def show_options(actor: ActorDep, bank: BankDep) -> ClusterOptions:
    """Features, earnings and the day of the newest tags."""
    found = service.options(bank, actor)
    return ClusterOptions(
        features=[_feature(one, known=known) for one, known in found.features],
        earnings=[ClusterEarning(tag=one.tag, label=one.label, rate_bp=one.rate_bp) for one in found.earnings],
        as_of=found.as_of,
    )


@router.get("")
def list_clusterings(
    actor: ActorDep, bank: BankDep, cursor: CursorQuery = None, limit: LimitQuery = 50
) -> WirePage[ClusteringSummary]:
    """Runs, newest first."""
    page = service.listed(bank, actor, cursor=cursor, limit=limit)
    names = _names(bank, actor, *page.items)
    return WirePage(items=[_summary(one, names) for one in page.items], next_cursor=page.next_cursor)


@router.post("", status_code=status.HTTP_202_ACCEPTED, responses=problems(BadWish, AlreadyRunning))
def start_clustering(actor: ActorDep, bank: BankDep, wish: Annotated[ClusteringIn, Body()]) -> ClusteringStarted:
    """Cluster the customers of the newest tags, in the background."""
    return ClusteringStarted(id=service.start(bank, actor, Wanted(**wish.model_dump())))


@router.get("/{run_id}", responses=problems(UnknownRun))
def show_clustering(run_id: UUID, actor: ActorDep, bank: BankDep) -> ClusteringDetail:
    """One run with its evidence, clusters and stability."""
    done = service.read(bank, actor, run_id)
    return _detail(done, _names(bank, actor, done))


@router.post(
    "/{run_id}/clusters/{number}/segment",
    status_code=status.HTTP_201_CREATED,
    responses=problems(UnknownRun, UnknownCluster, NotReady, NoRule),
)
def make_segment(
    run_id: UUID, number: Number, wish: Annotated[ClusterSegmentIn, Body()], actor: ActorDep, bank: BankDep
) -> ClusterSegmentOut:
    """Save a cluster's rule as a segment."""
    made = become.make_segment(bank, actor, run_id, number, name=wish.name, purpose=wish.purpose)
    return ClusterSegmentOut(segment=made.id, name=made.name)


def _names(bank: Bank, actor: Actor, *runs: Run) -> dict[str, str]:
    with bank.read(actor) as tx:
        return dict(org.names(tx, [one.started_by for one in runs]))


def _feature(feature: Feature, *, known: bool) -> ClusterFeature:
    return ClusterFeature(tag=feature.tag, label=feature.label, family=feature.family, unit=feature.unit, known=known)


def _summary(run: Run, names: dict[str, str]) -> ClusteringSummary:
    own = {"method", "k", "started_by_name", "names"}
    facts = {name: getattr(run, name) for name in ClusteringSummary.model_fields if name not in own}
    facts["names"] = list(run.names)
    facts["k"] = len(run.names) or run.wanted.k
    return ClusteringSummary(method=run.wanted.method, started_by_name=names[run.started_by], **facts)


def _detail(run: Run, names: dict[str, str]) -> ClusteringDetail:
    found = run.found
    rates = run.wanted.rates
    return ClusteringDetail(
        run=_summary(run, names),
        seed=run.wanted.seed,
        sample=found.sample if found else 0,
        reason=found.reason if found else "",
        features=[_feature(one, known=True) for one in found.features] if found else [],
        left=[ClusterLeft.model_validate(one) for one in found.left] if found else [],
        earnings=[
            ClusterEarning(tag=one.tag, label=one.label, rate_bp=rates.get(one.tag, one.rate_bp)) for one in EARNINGS
        ],
        evidence=[ClusterEvidence.model_validate(one) for one in found.evidence] if found else [],
        clusters=[_cluster(one, run.segments.get(one.number)) for one in found.clusters] if found else [],
        months=[ClusterMonth.model_validate(one) for one in found.months] if found else [],
    )


def _cluster(cluster: Cluster, segment: int | None) -> ClusterOut:
    return ClusterOut(
        number=cluster.number,
        name=cluster.name,
        size=cluster.size,
        share=cluster.share,
        contrasts=[ClusterContrast.model_validate(one) for one in cluster.contrasts],
        profit=ClusterInterval.model_validate(cluster.profit),
        difference=ClusterInterval.model_validate(cluster.difference),
        surrogate=ClusterRule.model_validate(cluster.surrogate),
        segment=segment,
    )
