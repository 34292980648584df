"""The merge of what was derived into PostgreSQL: only what differs is written, people's words stay."""

import io
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.csv as pacsv
from sqlalchemy import text

from liuke.data.graph import store
from liuke.data.graph.groups.find import Before, Found
from liuke.data.graph.model import GroupKind
from liuke.kernel.store.records import ReadHandle, WriteHandle

_EDGES: Final = (
    "CREATE TEMP TABLE edge_incoming (left_id bigint, right_id bigint, kind text, confidence double precision,"
    " valid_from date, valid_to date, evidence jsonb) ON COMMIT DROP"
)
#: A relation people denied or registered is theirs; one they confirmed keeps their trust and takes new evidence.
_TAKE_EDGES: Final = """
INSERT INTO relation_edge AS e (left_id, right_id, kind, confidence, valid_from, valid_to, evidence, origin, state)
SELECT left_id, right_id, kind, confidence, valid_from, valid_to, evidence, 'source', 'live' FROM edge_incoming
ON CONFLICT (left_id, right_id, kind) DO UPDATE SET
    confidence = CASE WHEN e.confirmed_by IS NULL THEN excluded.confidence ELSE e.confidence END,
    valid_from = excluded.valid_from, valid_to = excluded.valid_to, evidence = excluded.evidence,
    state = 'live', changed = nextval('relation_change_no')
WHERE e.origin = 'source' AND e.state <> 'denied'
  AND (e.evidence, e.valid_from, e.valid_to)
      IS DISTINCT FROM (excluded.evidence, excluded.valid_from, excluded.valid_to)
"""
_DROP_EDGES: Final = """
DELETE FROM relation_edge e WHERE e.state = 'gone' OR (e.origin = 'source' AND e.state = 'live'
  AND e.confirmed_by IS NULL AND NOT EXISTS (SELECT FROM edge_incoming n WHERE n.left_id = e.left_id
  AND n.right_id = e.right_id AND n.kind = e.kind))
"""
_MEMBERS: Final = (
    "CREATE TEMP TABLE member_incoming (one_id bigint, group_id bigint, via bigint, confidence double precision,"
    " reasons text[], needs text[]) ON COMMIT DROP"
)
_TAKE_MEMBERS: Final = """
INSERT INTO relation_member AS m (kind, one_id, group_id, via, confidence, reasons, needs)
SELECT :kind, one_id, group_id, nullif(via, 0), confidence, reasons, needs FROM member_incoming
ON CONFLICT (kind, one_id) DO UPDATE SET group_id = excluded.group_id, via = excluded.via,
    confidence = excluded.confidence, reasons = excluded.reasons, needs = excluded.needs
WHERE (m.group_id, m.via, m.confidence, m.reasons, m.needs)
   IS DISTINCT FROM (excluded.group_id, excluded.via, excluded.confidence, excluded.reasons, excluded.needs)
"""
_DROP_MEMBERS: Final = (
    "DELETE FROM relation_member m WHERE m.kind = :kind"
    " AND NOT EXISTS (SELECT FROM member_incoming n WHERE n.one_id = m.one_id)"
)
_GROUPS: Final = (
    "CREATE TEMP TABLE group_incoming (id bigint, size integer, confidence double precision, types text[])"
    " ON COMMIT DROP"
)
_TAKE_GROUPS: Final = """
INSERT INTO relation_group AS g (id, kind, state, size, confidence, types, changed_at)
SELECT id, :kind, 'found', size, confidence, types, :now FROM group_incoming
ON CONFLICT (id) DO UPDATE SET size = excluded.size, confidence = excluded.confidence, types = excluded.types,
    changed_at = excluded.changed_at
WHERE (g.size, g.confidence, g.types) IS DISTINCT FROM (excluded.size, excluded.confidence, excluded.types)
"""
_DROP_GROUPS: Final = (
    "DELETE FROM relation_group g WHERE g.kind = :kind AND NOT EXISTS (SELECT FROM group_incoming n WHERE n.id = g.id)"
)


def take_edges(tx: WriteHandle, edges: pa.Table) -> None:
    """Make the derived relations those of the bank: left_id, right_id, kind, confidence, validity, evidence (JSON)."""
    _fill(tx, _EDGES, "edge_incoming", edges)
    tx.execute(text(_TAKE_EDGES))
    tx.execute(text(_DROP_EDGES))


def take_groups(tx: WriteHandle, kind: GroupKind, found: Found) -> None:
    """Make the groups found those of the bank."""
    here = {"kind": kind.value}
    _fill(tx, _MEMBERS, "member_incoming", found.members)
    _fill(tx, _GROUPS, "group_incoming", found.groups)
    tx.execute(text(_TAKE_GROUPS), here | {"now": tx.clock.now()})
    tx.execute(text(_TAKE_MEMBERS), here)
    tx.execute(text(_DROP_MEMBERS), here)
    tx.execute(text(_DROP_GROUPS), here)
    for name in ("member_incoming", "group_incoming"):
        tx.execute(text(f"DROP TABLE {name}"))
    tx.execute(text("SELECT setval('relation_group_no', greatest(:last, 1), :last > 0)"), {"last": found.last})


def before(tx: ReadHandle, kind: GroupKind) -> Before:
    """What stands: memberships, confirmed groups, people's words."""
    here = {"kind": kind.value}
    members = _read(tx, f"SELECT one_id, group_id FROM relation_member WHERE kind = '{kind.value}'", 2)
    confirmed = tx.rows(text("SELECT id FROM relation_group WHERE kind = :kind AND state = 'confirmed'"), here)
    said = [word for word in store.words(tx) if word["kind"] == kind]
    pairs = {
        verdict: np.array(
            [(word["left_id"], word["right_id"]) for word in said if word["verdict"] == verdict], np.int64
        ).reshape(-1, 2)
        for verdict in ("together", "apart")
    }
    last = int(tx.value(text("SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM relation_group_no")))
    return Before(
        one_ids=members[:, 0],
        groups=members[:, 1],
        confirmed=np.array([row["id"] for row in confirmed], np.int64),
        together=pairs["together"],
        apart=pairs["apart"],
        last=last,
    )


def memberships(tx: ReadHandle, kind: GroupKind, *, without: Sequence[str]) -> pa.Table:
    """one_id, group_id of the members the actor may see; whoever hangs on evidence of these types is left out."""
    listed = ", ".join(f"'{name}'" for name in without)
    members = _read(
        tx,
        "SELECT one_id, group_id, coalesce(via, 0), (needs && ARRAY[" + listed + "]::text[])::integer"
        f" FROM relation_member WHERE kind = '{kind.value}' ORDER BY one_id",
        4,
    )
    one_ids, via, lost = members[:, 0], members[:, 2], members[:, 3].astype(bool)
    while len(one_ids):
        gone = lost | np.isin(via, one_ids[lost])
        if (gone == lost).all():
            break
        lost = gone
    kept = members[~lost]
    numbers, sizes = np.unique(kept[:, 1], return_counts=True)
    some = np.isin(kept[:, 1], numbers[sizes > 1])
    return pa.table({"one_id": kept[some, 0], "group_id": kept[some, 1]})


def _fill(tx: WriteHandle, create: str, table: str, rows: pa.Table) -> None:
    """Send an Arrow table to a temporary one."""
    tx.execute(text(create))
    raw: Any = tx.connection.connection
    options = pacsv.WriteOptions(include_header=False)
    with raw.cursor() as cursor, cursor.copy(f"COPY {table} FROM STDIN (FORMAT csv)") as stream:
        for batch in rows.to_batches(max_chunksize=100_000):
            body = io.BytesIO()
            pacsv.write_csv(batch, body, options)
            stream.write(body.getbuffer())
    tx.execute(text(f"ANALYZE {table}"))


def _read(tx: ReadHandle, query: str, columns: int) -> np.ndarray[Any, np.dtype[np.int64]]:
    """Rows of whole numbers, (n, columns), in bulk."""
    raw: Any = tx.connection.connection
    with raw.cursor() as cursor, cursor.copy(f"COPY ({query}) TO STDOUT (FORMAT csv)") as stream:
        body = b"".join(bytes(part) for part in stream)
    flat: Sequence[bytes] = body.replace(b"\n", b",").split(b",")[:-1]
    return np.array(flat, dtype="S20").astype(np.int64).reshape(-1, columns)
