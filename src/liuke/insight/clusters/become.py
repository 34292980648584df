"""A cluster becomes a segment: its rule, saved with where it comes from and how faithful it is."""

from typing import Final
from uuid import UUID

from liuke.insight import segments
from liuke.insight.clusters import service, store
from liuke.insight.clusters.model import (
    Cluster,
    ClusterMadeSegment,
    ClusterState,
    NoRule,
    NotReady,
    Run,
    UnknownCluster,
)
from liuke.kernel.actor import Actor
from liuke.kernel.bank import Bank

_STATES: Final = {ClusterState.RUNNING: "进行中", ClusterState.FAILED: "已失败", ClusterState.DONE: "已完成"}


def make_segment(bank: Bank, actor: Actor, run_id: UUID, number: int, *, name: str, purpose: str) -> segments.Segment:
    """Save a cluster's rule as a segment, with where it comes from and how faithful it is.

    Raises: Forbidden, UnknownRun, NotReady, UnknownCluster, NoRule, and what saving a segment raises.
    """
    done = service.read(bank, actor, run_id)
    if done.found is None:
        raise NotReady(state=_STATES[done.state])
    cluster = next((one for one in done.found.clusters if one.number == number), None)
    if cluster is None:
        raise UnknownCluster(number=number)
    if not cluster.surrogate.text:
        raise NoRule(number=number)
    draft = segments.Draft(
        name=name,
        rule_text=cluster.surrogate.text,
        purpose=purpose,
        meaning=_meaning(done, cluster),
        note=f"由第 {done.version} 次聚类的第 {number} 类转来",
    )
    made = segments.create(bank, actor, draft)
    with bank.write(actor) as tx:
        store.add_segment(tx, run_id, number, made.id)
        tx.emit(ClusterMadeSegment(run_id=str(run_id), number=number, segment=made.id))
    return made


def _meaning(done: Run, cluster: Cluster) -> str:
    fit = cluster.surrogate
    return (
        f"来自第 {done.version} 次聚类（数据日期 {done.as_of}）的“{cluster.name}”，当时 {cluster.size:,} 位客户。"
        f"规则与该类的符合程度：准确率 {fit.accuracy:.1%}，查准率 {fit.precision:.1%}，查全率 {fit.recall:.1%}。"
    )
