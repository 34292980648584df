"""The tree agrees with the definition in RFC 9162, and its proofs prove what they should and nothing else."""

from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from liuke.guard.audit.seal.hash import Hasher
from liuke.guard.audit.seal.prove import consistent, included
from liuke.guard.audit.seal.tree import Frontier, Tree

HASH = Hasher("sha256")


def root_of(leaves: Sequence[bytes]) -> bytes:
    """MTH of RFC 9162, section 2.1.1, word for word."""
    if not leaves:
        return HASH.empty
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return HASH.node(root_of(leaves[:k]) + root_of(leaves[k:]))


def grown(size: int, batch: int) -> tuple[Tree, Frontier, list[bytes]]:
    leaves = [HASH.leaf(b"%d" % n) for n in range(size)]
    stored: dict[int, bytes] = {}
    frontier = Frontier(HASH)
    for first in range(0, size, batch):
        for level, hashes in frontier.grow(b"".join(leaves[first : first + batch])).items():
            stored[level] = stored.get(level, b"") + hashes
    tree = Tree(size, HASH, lambda level, start, count: stored[level][start * 32 : (start + count) * 32])
    return tree, frontier, leaves


@given(st.integers(1, 700), st.integers(1, 90), st.data())
@settings(max_examples=60, deadline=None)
def test_roots_and_proofs_are_those_of_the_rfc(size: int, batch: int, data: st.DataObject) -> None:
    tree, frontier, leaves = grown(size, batch)
    root = root_of(leaves)
    assert frontier.root() == root == tree.root() == tree.frontier().root()
    n = data.draw(st.integers(0, size - 1))
    path = tree.inclusion(n)
    assert included(leaves[n], n, size, path, node=HASH.node) == root
    other = data.draw(st.integers(0, size - 1))
    if other != n:
        assert included(leaves[other], n, size, path, node=HASH.node) != root
    first = data.draw(st.integers(1, size))
    proof, old = tree.consistency(first), root_of(leaves[:first])
    assert consistent(first, old, size, root, proof, node=HASH.node)
    assert not consistent(first, HASH.leaf(b"x"), size, root, proof, node=HASH.node)


@given(st.integers(2, 300), st.data())
@settings(max_examples=40, deadline=None)
def test_a_path_of_the_wrong_length_proves_nothing(size: int, data: st.DataObject) -> None:
    tree, _, leaves = grown(size, 64)
    n = data.draw(st.integers(0, size - 1))
    path = tree.inclusion(n)
    for wrong in (path[:-1], (*path, leaves[0])):
        assert included(leaves[n], n, size, wrong, node=HASH.node) != tree.root()
    assert included(leaves[n], size, size, path, node=HASH.node) is None


def test_an_empty_log_has_the_hash_of_nothing_as_its_root() -> None:
    assert Frontier(HASH).root().hex().startswith("e3b0c44298fc1c14")
