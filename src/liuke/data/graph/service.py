"""What others may ask of relations: the neighbourhood of a customer, groups and their sums, and for whom they serve."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import pyarrow as pa
from sqlalchemy import RowMapping

from liuke.data import org, profile
from liuke.data.graph import people, rollup, serve, store
from liuke.data.graph.engine import walk
from liuke.data.graph.engine.shape import Expand, Link
from liuke.data.graph.groups import weigh
from liuke.data.graph.model import (
    FIELDS,
    KINDS,
    Edge,
    EvidenceType,
    Group,
    GroupKind,
    GroupState,
    Member,
    RelationKind,
    UnknownGroup,
)
from liuke.data.graph.people import Party, Standing
from liuke.data.graph.renew import bulk
from liuke.data.graph.rollup import RollUp
from liuke.kernel.actor import Actor, Permission
from liuke.kernel.bank import Bank
from liuke.kernel.page import Page, page_of, read_cursor, whole
from liuke.kernel.store.records import ReadHandle, WriteHandle

#: Parties a picture may hold: more cannot be read by eyes.
MOST_PARTIES: Final = 150


@dataclass(frozen=True, slots=True)
class Picture:
    """Relations around a customer, as the actor may see them. ``cut``: there is more than is shown."""

    start: int
    parties: tuple[Party, ...]
    edges: tuple[Edge, ...]
    hubs: frozenset[int]
    cut: bool


@dataclass(frozen=True, slots=True)
class Shown:
    """A group with its members as the actor may see them, its sums, and who confirmed it by name."""

    group: Group
    parties: Mapping[int, Party]
    sums: RollUp
    confirmed_by: str | None


def around(
    bank: Bank,
    actor: Actor,
    customer_no: str,
    *,
    hops: int,
    kinds: Sequence[RelationKind] = KINDS,
    floor: float = 0.0,
) -> Picture:
    """Relations within ``hops`` layers of a customer.

    Only what touches a customer of the actor's is shown, and beyond a masked party nothing. The look is recorded.
    Raises: UnknownCustomer, TooFar, Forbidden.
    """
    actor.require(Permission.CUSTOMER_READ)
    start = profile.facts.number_of(bank, customer_no)
    found = walk.expand(serve.graph(bank), Expand(start, hops, tuple(kinds), floor))
    with bank.write(actor) as tx:
        if not profile.facts.knows(tx, start):
            raise profile.UnknownCustomer
        ends = {end for link in found.links for end in (link.left, link.right)}
        parties = people.look(bank, tx, ends | {start})
        links, reached, cut = _reachable(start, found.links, parties)
        edges = store.edges_between(tx, [(link.left, link.right, link.kind.value) for link in links])
        shown = tuple(parties[one_id] for one_id in reached)
        seen(tx, "graph", shown)
    hubs = frozenset(found.hubs & set(reached))
    order = {(link.left, link.right, link.kind): place for place, link in enumerate(links)}
    ordered = sorted(edges, key=lambda edge: order[edge.left, edge.right, edge.kind])
    return Picture(start, shown, tuple(ordered), hubs, found.cut or cut)


def _reachable(start: int, links: Sequence[Link], parties: Mapping[int, Party]) -> tuple[list[Link], list[int], bool]:
    """What of a walk may be shown: from customers of the actor's outward, masked parties only as ends."""
    mine = {one_id for one_id, party in parties.items() if party.standing is Standing.MINE}
    reached, layer, cut = {start: None}, {start}, False
    while layer:
        nearer: set[int] = set()
        for link in links:
            for here, there in ((link.left, link.right), (link.right, link.left)):
                if here in layer and here in mine and there not in reached:
                    if len(reached) == MOST_PARTIES:
                        cut = True
                        continue
                    reached[there] = None
                    nearer.add(there)
        layer = nearer
    kept = [
        link
        for link in links
        if link.left in reached and link.right in reached and (link.left in mine or link.right in mine)
    ]
    return kept, list(reached), cut


def seen(tx: WriteHandle, where: str, parties: Iterable[Party]) -> None:
    """Write down which customers were looked at."""
    one_ids = sorted(party.one_id for party in parties if party.standing is Standing.MINE)
    tx.emit(profile.CustomersListed(where=where, count=len(one_ids), one_ids=one_ids))


def groups_of(bank: Bank, actor: Actor, customer_no: str) -> list[Shown]:
    """The family and the enterprise of a customer, where there are any. Recorded. Raises UnknownCustomer."""
    actor.require(Permission.CUSTOMER_READ)
    start = profile.facts.number_of(bank, customer_no)
    with bank.write(actor) as tx:
        if not profile.facts.knows(tx, start):
            raise profile.UnknownCustomer
        found = store.group_ids_of(tx, start)
        shown = [_shown(bank, tx, found[kind]) for kind in GroupKind if kind in found]
        parties = {one_id: party for group in shown for one_id, party in group.parties.items()}
        seen(tx, "groups", parties.values() or people.look(bank, tx, [start]).values())
    return shown


def group(bank: Bank, actor: Actor, group_id: int) -> Shown:
    """One group. The look is recorded. Raises UnknownGroup, also when no member is within the actor's scope."""
    actor.require(Permission.CUSTOMER_READ)
    with bank.write(actor) as tx:
        shown = _shown(bank, tx, group_id)
        seen(tx, "groups", shown.parties.values())
    return shown


def _shown(bank: Bank, tx: ReadHandle, group_id: int) -> Shown:
    row = store.group(tx, group_id)
    if row is None or not store.group_members(tx, group_id):
        raise UnknownGroup
    whole_group = read_group(bank, row)
    parties = people.look(bank, tx, [member.one_id for member in whole_group.members])
    by = whole_group.confirmed_by
    named = org.names(tx, [by])[by] if by else None
    return Shown(whole_group, parties, rollup.roll_up(parties.values()), named)


def read_group(bank: Bank, row: RowMapping) -> Group:
    """A group with all its members, read by the machine; whoever shows it masks them."""
    kind = GroupKind(row["kind"])
    with bank.read(Actor.system("graph")) as tx:
        members = store.group_members(tx, row["id"])
    return Group(
        id=row["id"],
        kind=kind,
        state=GroupState(row["state"]),
        size=row["size"],
        confidence=row["confidence"],
        types=tuple(EvidenceType(name) for name in row["types"]),
        confirmed_by=row["confirmed_by"],
        confirmed_at=row["confirmed_at"],
        changed_at=row["changed_at"],
        members=tuple(_member(kind, member) for member in members),
    )


def _member(kind: GroupKind, row: Mapping[Any, Any]) -> Member:
    return Member(
        one_id=row["one_id"],
        via=row["via"],
        confidence=row["confidence"],
        reasons=weigh.reasons(kind, row["reasons"]),
        needs=tuple(EvidenceType(name) for name in row["needs"]),
    )


def groups(
    bank: Bank,
    actor: Actor,
    *,
    kind: GroupKind | None = None,
    state: GroupState | None = None,
    customer_no: str | None = None,
    cursor: str | None = None,
    limit: int = 50,
) -> Page[Shown]:
    """Groups with a member in the actor's scope, largest first. The look is recorded.

    Raises: UnknownCustomer, BadCursor, Forbidden.
    """
    actor.require(Permission.CUSTOMER_READ)
    among = [profile.facts.number_of(bank, customer_no)] if customer_no else None
    after = tuple(read_cursor(cursor, whole, whole)) if cursor else None
    with bank.write(actor) as tx:
        rows = store.groups(tx, kind=kind, state=state, among=among, after=after, limit=limit + 1)
        page = page_of(rows, limit=limit, key=lambda row: (row["size"], row["id"]))
        every = _members(bank, [row["id"] for row in page.items])
        parties = people.look(bank, tx, [one_id for _, one_id in every])
        seen(tx, "groups", parties.values())
        names = org.names(tx, [row["confirmed_by"] for row in page.items if row["confirmed_by"]])
    inside: dict[int, dict[int, Party]] = {}
    for group_id, one_id in every:
        inside.setdefault(group_id, {})[one_id] = parties[one_id]
    return page.map(lambda row: _listed(row, inside.get(row["id"], {}), names))


def _listed(row: RowMapping, parties: Mapping[int, Party], names: Mapping[str, str]) -> Shown:
    """A group in a list: without how its members were joined."""
    whole_group = Group(
        id=row["id"],
        kind=GroupKind(row["kind"]),
        state=GroupState(row["state"]),
        size=row["size"],
        confidence=row["confidence"],
        types=tuple(EvidenceType(name) for name in row["types"]),
        confirmed_by=row["confirmed_by"],
        confirmed_at=row["confirmed_at"],
        changed_at=row["changed_at"],
        members=(),
    )
    by = row["confirmed_by"]
    return Shown(whole_group, parties, rollup.roll_up(parties.values()), names[by] if by else None)


def _members(bank: Bank, group_ids: Sequence[int]) -> list[tuple[int, int]]:
    with bank.read(Actor.system("graph")) as tx:
        return [(row["group_id"], row["one_id"]) for row in store.members_in(tx, group_ids)]


def memberships(tx: ReadHandle, kind: GroupKind, *, without: Iterable[EvidenceType] = ()) -> pa.Table:
    """one_id, group_id of every member of a kind of group within the actor's scope, for joins and columns.

    ``without``: kinds of evidence a purpose may not use (`fields_of` and guard say which). Whoever is in a group only
    by such evidence is left out, and so is whoever hangs on them.
    """
    return bulk.memberships(tx, kind, without=[type_.value for type_ in without])


def fields_of(types: Iterable[EvidenceType]) -> tuple[str, ...]:
    """The fields of the canonical model that kinds of evidence are made from: what guard is asked about."""
    return tuple(dict.fromkeys(name for type_ in types for name in FIELDS[type_]))
