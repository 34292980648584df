"""The whole way: evidence from the lake, relations into PostgreSQL, a new snapshot, groups found anew."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from liuke.data.graph import store
from liuke.data.graph.derive.run import gather_pairs, lake_of, pairs_of
from liuke.data.graph.engine import snapshot
from liuke.data.graph.engine.fresh import holds
from liuke.data.graph.engine.shape import codes_of, floor_of
from liuke.data.graph.engine.snapshot import Links
from liuke.data.graph.groups.find import Found, find
from liuke.data.graph.model import KINDS, GraphRebuilt, GroupKind, Origin, RebuildRunning, RelationKind
from liuke.data.graph.renew import bulk, remap
from liuke.kernel.actor import Actor, Permission
from liuke.kernel.bank import Bank
from liuke.kernel.store.records import WriteHandle

#: Says how far a rebuild is: (fraction, Chinese phrase).
Report = Callable[[float, str], None]


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What a rebuild made: relations and parties in the snapshot, groups, and values too widely shared to count."""

    version: str
    parties: int
    relations: int
    families: int
    enterprises: int
    hubs: int


def rebuild(
    bank: Bank, actor: Actor, *, day: date | None = None, report: Report = lambda _fraction, _phrase: None
) -> Rebuilt:
    """Derive relations and groups as of ``day`` (today) and let a new snapshot serve.

    Customers merged or split while it ran are carried over before anything is written; readers see the old graph or
    the new one. Raises: RebuildRunning when another is at work; Forbidden.
    """
    actor.require(Permission.SYSTEM_MANAGE)
    today = day or bank.clock.today()
    since = remap.place(bank, actor)
    with bank.read(actor) as tx:
        if not store.claim(tx):
            raise RebuildRunning
        report(0.05, "汇集关系证据")
        with lake_of(tx, bank.lake, day=today) as engine:
            edges = engine.sql("SELECT * FROM edge ORDER BY left_id, right_id, kind").to_arrow_table()
            hubs = engine.sql("SELECT count(*) FROM hub").fetchall()[0][0]
            with bank.write(actor) as out:
                return _write(bank, out, engine, remap.edges(out, edges, since=since), today, hubs, report)


def _write(
    bank: Bank,
    tx: WriteHandle,
    engine: duckdb.DuckDBPyConnection,
    edges: pa.Table,
    today: date,
    hubs: int,
    report: Report,
) -> Rebuilt:
    store.lock(tx)
    report(0.4, "写入关系")
    bulk.take_edges(tx, edges)
    people = store.told_by_people(tx)
    report(0.6, "识别家庭与企业")
    gather_pairs(engine, people)
    found = {kind: _grouped(tx, engine, kind) for kind in GroupKind}
    report(0.8, "生成图快照")
    links = links_of(edges, people, today=today)
    version = snapshot.write(bank.settings, links, upto=store.last_change(tx))
    done = Rebuilt(
        version=version,
        parties=len(np.unique(np.concatenate([links.left, links.right]))),
        relations=len(links),
        families=found[GroupKind.FAMILY].groups.num_rows,
        enterprises=found[GroupKind.ENTERPRISE].groups.num_rows,
        hubs=hubs,
    )
    tx.emit(
        GraphRebuilt(
            snapshot=version,
            parties=done.parties,
            relations=done.relations,
            families=done.families,
            enterprises=done.enterprises,
        )
    )
    snapshot.swap(bank.settings, version)
    return done


def _grouped(tx: WriteHandle, engine: duckdb.DuckDBPyConnection, kind: GroupKind) -> Found:
    found = find(kind, pairs_of(engine, kind), bulk.before(tx, kind))
    bulk.take_groups(tx, kind, found)
    return found


_CODES: Final = pa.array([kind.value for kind in KINDS])


def links_of(edges: pa.Table, people: Sequence[Mapping[Any, Any]], *, today: date) -> Links:
    """Relations that hold today: the derived ones, with what people registered added and what they denied left out."""
    begun = pc.fill_null(pc.less_equal(edges["valid_from"], pa.scalar(today)), fill_value=True)
    ended = pc.fill_null(pc.less(edges["valid_to"], pa.scalar(today)), fill_value=False)
    valid = edges.filter(pc.and_(begun, pc.invert(ended)))
    code = pc.index_in(valid["kind"], _CODES).to_numpy().astype(np.int64)
    sure = np.rint(valid["confidence"].to_numpy() * 10_000).astype(np.int64)
    left, right = (valid[name].to_numpy() for name in ("left_id", "right_id"))
    theirs = [row for row in people if row["origin"] == Origin.PERSON or row["state"] != "live"]
    if theirs:
        gone = {(row["left_id"], row["right_id"], codes_of([RelationKind(row["kind"])])[0]) for row in theirs}
        told = zip(left.tolist(), right.tolist(), code.tolist(), strict=True)
        kept = np.fromiter((key not in gone for key in told), np.bool_, len(left))
        left, right, code, sure = (part[kept] for part in (left, right, code, sure))
    added = [row for row in theirs if holds(row, today)]
    more = np.array(
        [
            (row["left_id"], row["right_id"], codes_of([RelationKind(row["kind"])])[0], floor_of(row["confidence"]))
            for row in added
        ],
        np.int64,
    ).reshape(-1, 4)
    parts = (np.concatenate([old, new]) for old, new in zip((left, right, code, sure), more.T, strict=True))
    return Links(*parts)
