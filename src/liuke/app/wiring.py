"""Where the capabilities come together: the only module that sees their routes and jobs."""

from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from fastapi import APIRouter

from liuke.app import lineage, runs, upkeep
from liuke.data import behaviour, pipelines, profile, sources, tags
from liuke.data.behaviour import http as behaviour_http
from liuke.data.graph import http as graph_http
from liuke.data.graph import jobs as graph_jobs
from liuke.data.identity import http as identity_http
from liuke.data.identity import jobs as identity_jobs
from liuke.data.org import http as org_http
from liuke.data.pipelines import http as pipelines_http
from liuke.data.pipelines import jobs as pipelines_jobs
from liuke.data.products import http as products_http
from liuke.data.profile import http as profile_http
from liuke.data.profile import jobs as profile_jobs
from liuke.data.sources import http as sources_http
from liuke.data.sources import jobs as sources_jobs
from liuke.data.tags import jobs as tags_jobs
from liuke.data.tags.desk import http as tags_http
from liuke.guard.audit import http as audit_http
from liuke.guard.audit import jobs as audit_jobs
from liuke.guard.cases import http as cases_http
from liuke.guard.consent import http as consent_http
from liuke.guard.gate import http as gate_http
from liuke.guard.suitability import http as suitability_http
from liuke.guard.suitability import jobs as suitability_jobs
from liuke.insight import segments
from liuke.insight.clusters import http as clusters_http
from liuke.insight.clusters import jobs as clusters_jobs
from liuke.insight.segments import http as segments_http
from liuke.insight.segments import jobs as segments_jobs
from liuke.kernel.bank import Bank
from liuke.kernel.job import Job
from liuke.kernel.lineage import Provider

#: What each capability knows of where values come from and where they go.
LINEAGE: Final[tuple[Provider, ...]] = (
    sources.lineage,
    pipelines.lineage,
    tags.lineage,
    profile.lineage,
    segments.lineage,
)

#: Looked through in this order: the customer page, which is asked most, comes first.
ROUTERS: Final[tuple[APIRouter, ...]] = (
    *profile_http.routers,
    *org_http.routers,
    products_http.router,
    sources_http.router,
    pipelines_http.router,
    identity_http.router,
    *behaviour_http.routers,
    behaviour_http.routes(segments_http.members),
    tags_http.router,
    tags_http.routes(LINEAGE, partial(profile.introduce, where="tag", limit=10)),
    *graph_http.routers,
    *consent_http.routers,
    *suitability_http.routers,
    *gate_http.routers,
    cases_http.router,
    *clusters_http.routers,
    audit_http.router,
    *segments_http.routers,
    runs.router,
    lineage.routes(LINEAGE),
)

JOBS: Final[tuple[Job, ...]] = (
    *sources_jobs.JOBS,
    *pipelines_jobs.JOBS,
    *identity_jobs.JOBS,
    *tags_jobs.JOBS,
    *profile_jobs.JOBS,
    *graph_jobs.JOBS,
    *suitability_jobs.JOBS,
    *clusters_jobs.JOBS,
    *audit_jobs.JOBS,
    *segments_jobs.JOBS,
    *upkeep.JOBS,
)

#: Work that never ends: each has a thread of its own in every worker.
LISTENERS: Final = audit_jobs.LISTENERS


#: Told of every micro-batch of behaviour events, in the stream process, in this order.
STREAM_LISTENERS: Final[tuple[behaviour.Listener, ...]] = (segments.Live(),)


@dataclass(frozen=True, slots=True)
class Plugged:
    """A middleware and what it is made with."""

    cls: Any
    options: dict[str, Any]


def middleware(bank: Bank) -> tuple[Plugged, ...]:
    """Middleware of the capabilities, innermost first."""
    return (Plugged(org_http.SessionMiddleware, {"bank": bank}),)


def api_document() -> dict[str, Any]:
    """The OpenAPI document of all routes; needs no open bank."""
    from liuke.app.http import describe

    return describe()
