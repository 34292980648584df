"""The merge of changed wide rows into PostgreSQL, in one transaction."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import pyarrow as pa
from sqlalchemy import ARRAY, BigInteger, bindparam, select, text

from liuke.data.profile.model import CustomerChanged, Row
from liuke.data.profile.seal import seal
from liuke.data.profile.store import SEALED, blind_table, due_table, key_table, profile_table
from liuke.kernel.crypto import Erased, KeyRing, SubjectKey
from liuke.kernel.errors import Conflict
from liuke.kernel.ids import OneId
from liuke.kernel.store.records import ReadHandle, WriteHandle

#: Facts whose change is told in the change log.
TOLD: Final = ("tier", "branch_no", "rm_no", "risk_tolerance", "risk_valid_until")

_COLUMNS: Final = tuple(profile_table.c.keys())
_DUE_COLUMNS: Final = tuple(due_table.c.keys())
_IDS: Final = bindparam("one_ids", type_=ARRAY(BigInteger))

_BEGIN: Final = (
    text("CREATE TEMP TABLE profile_incoming (LIKE profile) ON COMMIT DROP"),
    text("CREATE TEMP TABLE profile_due_incoming (LIKE profile_due) ON COMMIT DROP"),
    text("CREATE TEMP TABLE profile_blind_incoming (LIKE profile_blind) ON COMMIT DROP"),
)
_CHANGES: Final = text(
    "SELECT o.one_id, "
    + ", ".join(f"o.{name}::text AS old_{name}, n.{name}::text AS new_{name}" for name in TOLD)
    + " FROM profile o JOIN profile_incoming n USING (one_id) WHERE "
    + " OR ".join(f"o.{name} IS DISTINCT FROM n.{name}" for name in TOLD)
    + " ORDER BY o.one_id"
)
_UPSERT: Final = text(
    "INSERT INTO profile SELECT * FROM profile_incoming ON CONFLICT (one_id) DO UPDATE SET "
    + ", ".join(f"{name} = excluded.{name}" for name in _COLUMNS if name != "one_id")
)
_REPLACE: Final = tuple(
    text(statement.format(table=table))
    for table in ("profile_due", "profile_blind")
    for statement in (
        "DELETE FROM {table} d USING profile_incoming n WHERE d.one_id = n.one_id",
        "INSERT INTO {table} SELECT * FROM {table}_incoming",
    )
)
_PRESENT: Final = text("CREATE TEMP TABLE profile_present (one_id bigint PRIMARY KEY, ledger text) ON COMMIT DROP")
_GONE: Final = text(
    "DELETE FROM profile p WHERE NOT EXISTS (SELECT FROM profile_present n WHERE n.one_id = p.one_id)"
    " AND (CAST(:one_ids AS bigint[]) IS NULL OR p.one_id = ANY (CAST(:one_ids AS bigint[])))"
)
_GONE_TOO: Final = tuple(
    text(f"DELETE FROM {table} d WHERE NOT EXISTS (SELECT FROM profile p WHERE p.one_id = d.one_id)")
    for table in ("profile_due", "profile_blind")
)
_POINT: Final = text(
    "UPDATE profile p SET ledger = n.ledger FROM profile_present n WHERE p.one_id = n.one_id AND p.ledger <> n.ledger"
)


def claim(tx: ReadHandle, busy: type[Conflict]) -> None:
    """Hold the right to refresh until the transaction ends. Raises ``busy`` when somebody else holds it."""
    if not tx.value(text("SELECT pg_try_advisory_xact_lock(hashtextextended('profile.refresh', 0))")):
        raise busy


def erased(tx: ReadHandle) -> list[int]:
    """Customers whose key was destroyed."""
    return [row["one_id"] for row in tx.rows(select(key_table.c.one_id).where(key_table.c.wrapped.is_(None)))]


def fingerprints(tx: ReadHandle, only: Sequence[OneId] | None) -> pa.Table:
    """What the present rows say, as numbers: (one_id, fingerprint)."""
    query = select(profile_table.c.one_id, profile_table.c.fingerprint)
    if only is not None:
        query = query.where(profile_table.c.one_id == text("ANY(:one_ids)").bindparams(_IDS))
    rows = tx.rows(query, {"one_ids": list(only)} if only is not None else None)
    return pa.table(
        {
            "one_id": pa.array([row["one_id"] for row in rows], pa.int64()),
            "fingerprint": pa.array([int.from_bytes(row["fingerprint"], "big") for row in rows], pa.uint64()),
        }
    )


def begin(tx: WriteHandle) -> None:
    """Room for the rows that come in."""
    for statement in _BEGIN:
        tx.execute(statement)


def add(ring: KeyRing, tx: WriteHandle, rows: Sequence[Row]) -> None:
    """Seal wide rows (as DuckDB gives them) and send them to PostgreSQL."""
    one_ids = [row["one_id"] for row in rows]
    sealed = seal(ring, _keys(ring, tx, one_ids), [row["person"] for row in rows])
    tx.copy("profile_incoming", _COLUMNS, _wide(rows, sealed.fields))
    tx.copy("profile_blind_incoming", tuple(blind_table.c.keys()), iter(sealed.blinds))
    tx.copy("profile_due_incoming", _DUE_COLUMNS, _dues(rows))


def _keys(ring: KeyRing, tx: WriteHandle, one_ids: Sequence[int]) -> list[SubjectKey | Erased]:
    """The keys of customers; who has none yet gets one."""
    query = select(key_table).where(key_table.c.one_id == text("ANY(:one_ids)").bindparams(_IDS))
    found = tx.rows(query, {"one_ids": list(one_ids)})
    opened = ring.unwrap_many([row["wrapped"] for row in found], [row["one_id"] for row in found])
    known = {row["one_id"]: key for row, key in zip(found, opened, strict=True)}
    fresh = [ring.new_subject_key(one_id) for one_id in one_ids if one_id not in known]
    if fresh:
        wrapped = ring.wrap_many(fresh)
        tx.copy("subject_key", ("one_id", "wrapped"), zip((key.subject for key in fresh), wrapped, strict=True))
    known.update({key.subject: key for key in fresh})
    return [known[one_id] for one_id in one_ids]


def _wide(rows: Sequence[Row], made: Mapping[str, Sequence[object]]) -> Iterator[Sequence[object]]:
    for place, row in enumerate(rows):
        made_here = {name: made[name][place] for name in SEALED}
        made_here["fingerprint"] = row["fingerprint"].to_bytes(8, "big")
        yield [made_here[name] if name in made_here else row[name] for name in _COLUMNS]


def _dues(rows: Sequence[Row]) -> Iterator[Sequence[object]]:
    for row in rows:
        for due in row["due"] or ():
            yield (row["one_id"], due[0], row["branch_path"], row["rm_no"], *due[1:])


def settle(tx: WriteHandle, parts: Sequence[tuple[int, str]], *, only: Sequence[OneId] | None) -> int:
    """Put the rows in force, tell what changed, and drop customers who are no more; returns how many are gone.

    parts: every customer looked at and present, with the partition of the ledger that now holds it.
    """
    tx.emit(*(_changed(row) for row in tx.rows(_CHANGES)))
    tx.execute(_UPSERT)
    for statement in (*_REPLACE, _PRESENT):
        tx.execute(statement)
    tx.copy("profile_present", ("one_id", "ledger"), iter(parts))
    gone = tx.execute(_GONE, {"one_ids": None if only is None else list(only)})
    if gone:
        for statement in _GONE_TOO:
            tx.execute(statement)
    tx.execute(_POINT)
    return gone


def _changed(row: Row) -> CustomerChanged:
    facts = {
        name: [row[f"old_{name}"], row[f"new_{name}"]] for name in TOLD if row[f"old_{name}"] != row[f"new_{name}"]
    }
    return CustomerChanged(subject=OneId(row["one_id"]), facts=facts)
