"""血缘 over HTTP: what a column, tag, segment or part of a screen comes from, and what is made from it."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Query

from liuke.kernel import lineage
from liuke.kernel.actor import Permission
from liuke.kernel.bank import Bank
from liuke.kernel.errors import Forbidden, NotFound
from liuke.kernel.http import COMMON, ActorDep, BankDep, Wire, problems
from liuke.kernel.lineage import MAX_DEPTH, Edge, Node, NodeKind, Provider

#: Most nodes a search answers.
_FOUND = 50


class NodeUnknown(NotFound):
    """血缘里没有 {key}。它可能已改名、已停用，或还没有被任何来源和定义用到。"""


class NodeOut(Wire):
    """A node: what it is, its key and its Chinese name."""

    kind: NodeKind
    key: str
    label: str


class PlacedNode(NodeOut):
    """A node with its distance in edges from where one stands: negative towards the sources, 0 there itself."""

    distance: int


class EdgeOut(Wire):
    """``target`` is made from ``origin``: places in the list of nodes. ``how`` is an expression or empty."""

    origin: int
    target: int
    how: str


class LineageOut(Wire):
    """A part of the lineage; ``cut`` tells that there is more than is shown."""

    nodes: list[PlacedNode]
    edges: list[EdgeOut]
    cut: bool


def routes(providers: Sequence[Provider]) -> APIRouter:
    """The routes over what the capabilities offer."""
    router = APIRouter(prefix="/api/lineage", tags=["lineage"], responses=COMMON | problems(Forbidden))

    @router.get("", operation_id="lineage:around", responses=problems(NodeUnknown))
    def around(
        actor: ActorDep,
        bank: BankDep,
        kind: NodeKind,
        key: Annotated[str, Query(min_length=1, max_length=200)],
        up: Annotated[int, Query(ge=0, le=MAX_DEPTH)] = MAX_DEPTH,
        down: Annotated[int, Query(ge=0, le=MAX_DEPTH)] = MAX_DEPTH,
    ) -> LineageOut:
        """What a node comes from and what is made from it; a table's name stands for all of its columns."""
        actor.require(Permission.PIPELINE_READ)
        edges = edges_of(bank, providers)
        start = lineage.find(edges, kind, key)
        if not start:
            raise NodeUnknown(key=key)
        return _shown(lineage.around(edges, start, up=up, down=down))

    @router.get("/nodes", operation_id="lineage:nodes")
    def nodes(
        actor: ActorDep,
        bank: BankDep,
        kind: NodeKind | None = None,
        q: Annotated[str, Query(max_length=60)] = "",
    ) -> list[NodeOut]:
        """Nodes whose name or key contains ``q``, at most fifty; those that begin with it come first."""
        actor.require(Permission.PIPELINE_READ)
        found = _search(edges_of(bank, providers), kind, q.strip().lower())
        return [NodeOut(kind=node.kind, key=node.key, label=node.label) for node in found[:_FOUND]]

    return router


def edges_of(bank: Bank, providers: Sequence[Provider]) -> list[Edge]:
    """Every edge all capabilities know of, each once."""
    return list(dict.fromkeys(edge for provider in providers for edge in provider(bank)))


def _search(edges: Sequence[Edge], kind: NodeKind | None, wanted: str) -> list[Node]:
    ends = dict.fromkeys(node for edge in edges for node in (edge.origin, edge.target))
    found = [
        node
        for node in ends
        if (kind is None or node.kind is kind) and (wanted in node.key.lower() or wanted in node.label.lower())
    ]
    return sorted(found, key=lambda node: (not node.key.lower().startswith(wanted), node.kind, node.key))


def _shown(found: lineage.Around) -> LineageOut:
    places = {node: place for place, node in enumerate(found.nodes)}
    return LineageOut(
        nodes=[
            PlacedNode(kind=node.kind, key=node.key, label=node.label, distance=distance)
            for node, distance in found.nodes.items()
        ],
        edges=[
            EdgeOut(origin=places[edge.origin], target=places[edge.target], how=edge.how)
            for edge in found.edges
            if edge.origin in places and edge.target in places
        ],
        cut=found.cut,
    )
