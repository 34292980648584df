"""Lineage: what a node comes from and what is made from it, however the graph winds."""

from hypothesis import given
from hypothesis import strategies as st

from liuke.kernel.lineage import Edge, Node, NodeKind, around, find, table_column


def column(key: str) -> Node:
    return Node(NodeKind.TABLE_COLUMN, key, key)


def made(*pairs: tuple[str, str]) -> list[Edge]:
    return [Edge(column(one), column(other), "") for one, other in pairs]


CHAIN = made(("a.x", "b.x"), ("b.x", "c.x"), ("c.x", "d.x"), ("z.x", "c.x"))


def keys(found: object) -> dict[str, int]:
    return {node.key: distance for node, distance in found.nodes.items()}  # type: ignore[attr-defined]


def test_upstream_and_downstream_are_told_with_their_distance() -> None:
    found = around(CHAIN, [column("c.x")], up=9, down=9)
    assert keys(found) == {"c.x": 0, "b.x": -1, "z.x": -1, "a.x": -2, "d.x": 1}
    assert len(found.edges) == 4
    assert not found.cut


def test_a_sibling_of_an_origin_is_neither_upstream_nor_downstream() -> None:
    edges = [*CHAIN, *made(("a.x", "sibling.x"))]
    assert "sibling.x" not in keys(around(edges, [column("c.x")], up=9, down=9))


def test_a_depth_limit_says_that_there_is_more() -> None:
    found = around(CHAIN, [column("c.x")], up=1, down=0)
    assert keys(found) == {"c.x": 0, "b.x": -1, "z.x": -1}
    assert found.cut


def test_a_limit_of_nodes_says_that_there_is_more() -> None:
    found = around(made(*(("a.x", f"b.{n}") for n in range(50))), [column("a.x")], up=1, down=1, most=10)
    assert len(found.nodes) == 10
    assert found.cut


def test_a_circle_ends_where_it_closes() -> None:
    circle = made(("a.x", "b.x"), ("b.x", "c.x"), ("c.x", "a.x"))
    found = around(circle, [column("a.x")], up=32, down=32)
    assert set(keys(found)) == {"a.x", "b.x", "c.x"}
    assert set(found.edges) == set(circle)


def test_a_node_that_feeds_itself_is_shown_once() -> None:
    found = around(made(("a.x", "a.x")), [column("a.x")], up=5, down=5)
    assert keys(found) == {"a.x": 0}
    assert len(found.edges) == 1


def test_the_name_of_a_table_stands_for_its_columns_and_for_no_others() -> None:
    edges = made(("a.x", "b.x"), ("a.y", "b.y"), ("ab.x", "b.z"))
    assert [node.key for node in find(edges, NodeKind.TABLE_COLUMN, "a")] == ["a.x", "a.y"]
    assert find(edges, NodeKind.TAG, "a") == ()


def test_a_label_says_the_meaning_up_to_its_explanation_and_no_codes() -> None:
    named = table_column("account", "balance", of="账户：存款、卡", meaning="余额；贷款为尚欠金额")
    assert (named.key, named.label) == ("account.balance", "账户 · 余额")
    assert table_column("account", "kind", of="账户", meaning="current term wealth").label == "账户 · kind"


@given(st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)), max_size=60), st.integers(0, 12))
def test_what_is_upstream_of_a_node_has_it_downstream(pairs: list[tuple[int, int]], start: int) -> None:
    edges = made(*((f"t.{one}", f"t.{other}") for one, other in pairs))
    here = column(f"t.{start}")
    for node in around(edges, [here], up=32, down=0).nodes:
        assert here in around(edges, [node], up=0, down=32).nodes
