"""Checking proofs: what an auditor computes from a leaf, a path and a signed root."""

from collections.abc import Sequence

from liuke.guard.audit.seal.hash import Digest


def included(leaf: bytes, index: int, size: int, path: Sequence[bytes], *, node: Digest) -> bytes | None:
    """The root that a leaf and its path give; None when the path has not the length it must have.

    Source: RFC 9162, section 2.1.3.2.
    """
    if index >= size:
        return None
    place, last, found = index, size - 1, leaf
    for step in path:
        if last == 0:
            return None
        if place & 1 or place == last:
            found = node(step + found)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            found = node(found + step)
        place, last = place >> 1, last >> 1
    return found if last == 0 else None


def consistent(
    first: int, first_root: bytes, second: int, second_root: bytes, path: Sequence[bytes], *, node: Digest
) -> bool:
    """Whether a log of size ``first`` is the beginning of one of size ``second``. Source: RFC 9162, section 2.1.4.2."""
    if first == second:
        return not path and first_root == second_root
    if not 0 < first < second or not path:
        return False
    steps = [first_root, *path] if first & (first - 1) == 0 else list(path)
    place, last = first - 1, second - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    old = new = steps[0]
    for step in steps[1:]:
        if last == 0:
            return False
        if place & 1 or place == last:
            old, new = node(step + old), node(step + new)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            new = node(new + step)
        place, last = place >> 1, last >> 1
    return last == 0 and old == first_root and new == second_root
