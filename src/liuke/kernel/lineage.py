"""Lineage: how a value on a screen comes from a column of a source's file, as a graph that no room owns alone.

Each capability offers the edges it knows (a `Provider`); the wiring puts them side by side. Nothing is stored: the
edges are read off contracts, queries and definitions as they are in force.
"""

import re
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Final, TypeAlias

if TYPE_CHECKING:
    from liuke.kernel.bank import Bank

#: Furthest one may look in either direction, in edges.
MAX_DEPTH: Final = 32
#: Most nodes of one answer; beyond it the answer says that it is cut.
MAX_NODES: Final = 2_000

_PAUSE: Final = re.compile("[：，；;(（]")


class NodeKind(StrEnum):
    """What a node is; in the order data flows."""

    SOURCE_FILE = "source_file"  # key: the source's name
    SOURCE_COLUMN = "source_column"  # key: source.column
    TABLE_COLUMN = "table_column"  # key: table.column, of canonical and derived tables of the lake
    TAG = "tag"  # key: the tag's code
    SEGMENT = "segment"  # key: the segment's id
    METRIC = "metric"  # key: the metric's code
    SCREEN = "screen"  # key: page.part


@dataclass(frozen=True, slots=True)
class Node:
    """One thing data passes through. ``label`` is its Chinese name; two nodes of one kind and key are the same."""

    kind: NodeKind
    key: str
    label: str = field(compare=False)


@dataclass(frozen=True, slots=True)
class Edge:
    """``target`` is made from ``origin``; ``how`` says in a few words or as an expression in which way."""

    origin: Node
    target: Node
    how: str = field(compare=False)


def table_column(table: str, column: str, *, of: str, meaning: str) -> Node:
    """The node of a column of a lake table, from the table's and the column's meaning."""
    return Node(NodeKind.TABLE_COLUMN, f"{table}.{column}", f"{_short(of) or table} · {_short(meaning) or column}")


def _short(meaning: str) -> str:
    """A meaning up to where it begins to explain itself; nothing when it only lists codes."""
    said = _PAUSE.split(meaning, maxsplit=1)[0].strip()
    return "" if said[:1].isascii() else said


#: What a capability offers: every edge it knows of, quickly (it is asked at every look) and from anyone's eyes.
Provider: TypeAlias = "Callable[[Bank], Iterable[Edge]]"


@dataclass(frozen=True, slots=True)
class Around:
    """What lies around some nodes: each with its distance in edges, negative towards the sources, 0 where one stands.

    ``cut`` tells that there is more than is shown, further away or beyond `MAX_NODES`.
    """

    nodes: Mapping[Node, int]
    edges: tuple[Edge, ...]
    cut: bool


def find(edges: Iterable[Edge], kind: NodeKind, key: str) -> tuple[Node, ...]:
    """The nodes of a kind and key; the name of a table or source stands for all of its columns."""
    inside = key + "."
    ends = dict.fromkeys(node for edge in edges for node in (edge.origin, edge.target))
    return tuple(node for node in ends if node.kind is kind and (node.key == key or node.key.startswith(inside)))


def around(edges: Iterable[Edge], start: Iterable[Node], *, up: int, down: int, most: int = MAX_NODES) -> Around:
    """Everything ``start`` comes from within ``up`` edges and everything made from it within ``down`` edges.

    Each node is visited once in a direction, so a circle ends where it closes.
    """
    known, first = tuple(dict.fromkeys(edges)), tuple(start)
    nodes = dict.fromkeys(first, 0)
    kept: dict[Edge, None] = {}
    into: dict[Node, list[Edge]] = {}
    outof: dict[Node, list[Edge]] = {}
    for edge in known:
        into.setdefault(edge.target, []).append(edge)
        outof.setdefault(edge.origin, []).append(edge)
    cut = _walk(first, into, lambda edge: edge.origin, _Reach(-1, up, most), nodes, kept)
    cut |= _walk(first, outof, lambda edge: edge.target, _Reach(1, down, most), nodes, kept)
    return Around(nodes, tuple(kept), cut)


@dataclass(frozen=True, slots=True)
class _Reach:
    """How a walk goes: sign of its distances, furthest distance, most nodes."""

    sign: int
    depth: int
    most: int


def _walk(
    first: tuple[Node, ...],
    ways: Mapping[Node, list[Edge]],
    end: Callable[[Edge], Node],
    reach: _Reach,
    nodes: dict[Node, int],
    kept: dict[Edge, None],
) -> bool:
    """Breadth first along ``ways``; tells whether something was left out."""
    queue = deque((node, 0) for node in first)
    seen, cut = set(first), False
    while queue:
        node, far = queue.popleft()
        for edge in ways.get(node, ()):
            other = end(edge)
            if far == reach.depth or (other not in nodes and len(nodes) >= reach.most):
                cut |= other not in nodes
                continue
            kept.setdefault(edge)
            nodes.setdefault(other, reach.sign * (far + 1))
            if other not in seen:
                seen.add(other)
                queue.append((other, far + 1))
    return cut
