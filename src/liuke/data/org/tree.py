"""From parent numbers to paths: ``HO/0571/003/`` contains everything whose path begins with it."""

from collections.abc import Mapping

from liuke.data.org.model import MAX_NUMBER, BadNumber, BrokenTree


def paths(parents: Mapping[str, str | None]) -> dict[str, str]:
    """The path of every branch, from the number of its parent (``None`` at the top).

    Raises: BrokenTree when a parent is missing or branches stand above each other; BadNumber.
    """
    found: dict[str, str] = {}
    for branch_no in parents:
        _climb(branch_no, parents, found)
    return found


def checked(number: str, *, what: str) -> str:
    """The number, when it can be part of a path. Raises BadNumber."""
    if not number or len(number) > MAX_NUMBER or "/" in number or not number.isprintable():
        raise BadNumber(what=what, number=number[:MAX_NUMBER])
    return number


def _climb(branch_no: str, parents: Mapping[str, str | None], found: dict[str, str]) -> None:
    """Put the path of a branch, and of all above it, into ``found``."""
    chain: list[str] = []
    here: str | None = branch_no
    while here is not None and here not in found:
        if here in chain or here not in parents:
            raise BrokenTree(branch_no=chain[-1], parent_no=here)
        chain.append(checked(here, what="机构"))
        here = parents[here]
    above = found[here] if here is not None else ""
    for number in reversed(chain):
        above = found[number] = f"{above}{number}/"
