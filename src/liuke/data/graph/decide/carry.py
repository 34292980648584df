"""Carrying out what was approved: relations, memberships and people's words, all in the open transaction."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from liuke.data.graph import store
from liuke.data.graph.decide.ask import REGISTRABLE
from liuke.data.graph.groups.cluster import MOST
from liuke.data.graph.model import (
    Action,
    EdgeState,
    EvidenceType,
    GroupKind,
    GroupMoved,
    GroupState,
    GroupTooLarge,
    Origin,
    RelationKind,
    Request,
    Verdict,
)
from liuke.kernel.store.records import ReadHandle, WriteHandle


def carry_out(tx: WriteHandle, asked: Request) -> tuple[dict[str, Any], dict[str, Any]]:
    """Do what was asked; returns what stood before and what stands now."""
    before = _state(tx, asked)
    match asked.action:
        case Action.ADD:
            _add(tx, asked)
        case Action.DENY:
            store.deny_edge(tx, asked.facts["edge"], by=tx.actor.user_id)
        case Action.CONFIRM:
            _confirm(tx, asked)
        case Action.MERGE:
            _merge(tx, asked)
        case Action.SPLIT:
            _split(tx, asked)
    return before, _state(tx, asked)


def _state(tx: ReadHandle, asked: Request) -> dict[str, Any]:
    """Memberships of everybody concerned, and the relation that is asked about."""
    facts = asked.facts
    edges = store.edges_between(tx, [(facts["left"], facts["right"], facts["kind"])]) if "left" in facts else []
    kinds = [GroupKind(facts["kind"])] if facts["kind"] in set(GroupKind) else list(GroupKind)
    members = [
        {"kind": kind.value, "one_id": row["one_id"], "group_id": row["group_id"]}
        for kind in kinds
        for row in store.members_of(tx, asked.subjects, kind)
    ]
    return {
        "edges": [{"id": edge.id, "state": edge.state.value, "confidence": edge.confidence} for edge in edges],
        "members": members,
    }


def _add(tx: WriteHandle, asked: Request) -> None:
    facts = asked.facts
    evidence = {"type": EvidenceType.PERSON.value, "text": asked.reason, "count": 1}
    store.save_edge(
        tx,
        {
            "left_id": facts["left"],
            "right_id": facts["right"],
            "kind": facts["kind"],
            "confidence": facts["confidence"],
            "valid_from": _day(facts["valid_from"]),
            "valid_to": _day(facts["valid_to"]),
            "evidence": [evidence],
            "origin": Origin.PERSON.value,
            "state": EdgeState.LIVE.value,
            "confirmed_by": tx.actor.user_id,
            "confirmed_at": tx.clock.now(),
        },
    )
    joins = REGISTRABLE[RelationKind(facts["kind"])]
    ended = facts["valid_to"] is not None and facts["valid_to"] < tx.clock.today().isoformat()
    if joins and not ended:
        store.say(tx, joins, [(facts["left"], facts["right"])], Verdict.TOGETHER, asked.id)
        _together(tx, joins, facts["left"], facts["right"], facts["confidence"])


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _together(tx: WriteHandle, kind: GroupKind, left: int, right: int, confidence: float) -> None:
    """Put two parties into one group now: a new one, the one of either, or both groups made one."""
    here = {row["one_id"]: row["group_id"] for row in store.members_of(tx, (left, right), kind)}
    if len(here) == 2 and here[left] == here[right]:
        return
    joined = {"confidence": confidence, "reasons": ["person"], "needs": [EvidenceType.PERSON.value]}
    first = {"confidence": 1.0, "reasons": [], "needs": []}
    if not here:
        number = store.new_group_no(tx)
        _resize(tx, kind, number, [(left, None, first), (right, left, joined)], confidence)
    elif len(here) == 1:
        (held,) = here
        other = right if held == left else left
        _resize(tx, kind, here[held], [(other, held, joined)], confidence)
    else:
        sides = {number: store.group_members(tx, number) for number in here.values()}
        keeps, goes = sorted(sides, key=lambda number: (-len(sides[number]), number))
        if sum(map(len, sides.values())) > MOST:
            raise GroupTooLarge(size=sum(map(len, sides.values())), most=MOST)
        _pour(tx, kind, keeps, goes, confidence)


def _resize(
    tx: WriteHandle,
    kind: GroupKind,
    number: int,
    come: Iterable[tuple[int, int | None, Mapping[str, Any]]],
    confidence: float,
) -> None:
    """Members come into a group: (one_id, via, how)."""
    rows = [{"kind": kind, "one_id": one, "group_id": number, "via": via, **how} for one, via, how in come]
    store.place_members(tx, rows)
    _recount(tx, kind, number, confidence)


def _recount(tx: WriteHandle, kind: GroupKind, number: int, confidence: float | None = None, **stated: Any) -> None:  # noqa: ANN401  (columns)
    """Bring a group's own row up to its members; a group of one is none."""
    members = store.group_members(tx, number)
    if len(members) < 2:
        store.drop_group(tx, number)
        return
    row = store.group(tx, number)
    sure = [member["confidence"] for member in members] + ([confidence] if confidence is not None else [])
    types = list(row["types"]) if row else []
    if any("person" in member["reasons"] for member in members) and EvidenceType.PERSON not in types:
        types.append(EvidenceType.PERSON.value)
    held = {name: row[name] for name in ("state", "confirmed_by", "confirmed_at")} if row else {}
    found = {"state": GroupState.FOUND.value, "confirmed_by": None, "confirmed_at": None} | held | stated
    store.save_group(
        tx,
        {"id": number, "kind": kind, "size": len(members), "confidence": min(sure), "types": types, **found},
    )


def _confirm(tx: WriteHandle, asked: Request) -> None:
    facts = asked.facts
    kind, members = GroupKind(facts["kind"]), facts["members"]
    _unmoved(tx, facts["group"], members)
    store.say(tx, kind, [(members[0], other) for other in members[1:]], Verdict.TOGETHER, asked.id)
    stated: dict[str, Any] = {
        "state": GroupState.CONFIRMED.value,
        "confirmed_by": tx.actor.user_id,
        "confirmed_at": tx.clock.now(),
    }
    _recount(tx, kind, facts["group"], **stated)


def _merge(tx: WriteHandle, asked: Request) -> None:
    facts = asked.facts
    kind = GroupKind(facts["kind"])
    _unmoved(tx, facts["keeps"], facts["stay"])
    _unmoved(tx, facts["goes"], facts["come"])
    head = facts["stay"][0]
    pairs = [(head, other) for other in (*facts["stay"][1:], *facts["come"])]
    store.say(tx, kind, pairs, Verdict.TOGETHER, asked.id)
    _pour(tx, kind, facts["keeps"], facts["goes"], 1.0)
    stated: dict[str, Any] = {
        "state": GroupState.CONFIRMED.value,
        "confirmed_by": tx.actor.user_id,
        "confirmed_at": tx.clock.now(),
    }
    _recount(tx, kind, facts["keeps"], **stated)


def _pour(tx: WriteHandle, kind: GroupKind, keeps: int, goes: int, confidence: float) -> None:
    """The members of one group come into another: its first by a person's word, the rest as they hung on it."""
    head = store.group_members(tx, keeps)[0]["one_id"]
    joined = {"confidence": confidence, "reasons": ["person"], "needs": [EvidenceType.PERSON.value]}
    come = []
    for member in store.group_members(tx, goes):
        how = {name: member[name] for name in ("confidence", "reasons", "needs")}
        come.append((member["one_id"], member["via"] or head, how if member["via"] else joined))
    old = store.group(tx, goes)
    types: list[str] = list(old["types"]) if old else []
    _resize(tx, kind, keeps, come, confidence)
    row = store.group(tx, keeps)
    if row:
        store.save_group(tx, {"id": keeps, "types": sorted({*row["types"], *types})} | _kept(row))
    store.drop_group(tx, goes)


def _kept(row: Mapping[Any, Any]) -> dict[str, Any]:
    return {name: row[name] for name in ("kind", "size", "confidence", "state", "confirmed_by", "confirmed_at")}


def _split(tx: WriteHandle, asked: Request) -> None:
    facts = asked.facts
    kind, stay, leave = GroupKind(facts["kind"]), facts["stay"], facts["leave"]
    _unmoved(tx, facts["group"], sorted((*stay, *leave)))
    for part in (stay, leave):
        store.say(tx, kind, [(part[0], other) for other in part[1:]], Verdict.TOGETHER, asked.id)
    store.say(tx, kind, [(one, other) for one in stay for other in leave], Verdict.APART, asked.id)
    rows = {row["one_id"]: dict(row) for row in store.group_members(tx, facts["group"])}
    store.drop_members(tx, kind, leave)
    _rehang(tx, kind, facts["group"], [rows[one_id] for one_id in stay])
    if len(leave) > 1:
        _rehang(tx, kind, store.new_group_no(tx), [rows[one_id] for one_id in leave])


def _rehang(tx: WriteHandle, kind: GroupKind, number: int, rows: Sequence[dict[str, Any]]) -> None:
    """Who hung on somebody no longer there hangs on the first by a person's word: they were left together."""
    inside = {row["one_id"] for row in rows}
    roots = [row["one_id"] for row in rows if row["via"] not in inside]
    for row in rows:
        row["group_id"] = number
        if row["one_id"] == roots[0]:
            row |= {"via": None, "confidence": 1.0, "reasons": [], "needs": []}
        elif row["one_id"] in roots:
            row |= {"via": roots[0], "reasons": ["person"], "needs": [EvidenceType.PERSON.value]}
    store.place_members(tx, rows)
    _recount(tx, kind, number)


def _unmoved(tx: ReadHandle, group_id: int, members: Sequence[int]) -> None:
    """The group must still be what was asked about. Raises GroupMoved."""
    if sorted(row["one_id"] for row in store.group_members(tx, group_id)) != sorted(members):
        raise GroupMoved
