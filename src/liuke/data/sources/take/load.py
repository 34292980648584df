"""One file's way in: raw copy → check → drafts → one transaction that makes everything visible at once.

Killed anywhere, it goes on from the raw copy: drafts nobody published are in no catalogue; the load record tells how
far it came. An attempt that was overtaken by another publishes nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final
from uuid import UUID

import duckdb

from liuke.data import org, products
from liuke.data.sources import store
from liuke.data.sources.canonical import BRANCH, CANONICAL, PRODUCT, QUARANTINE, STAFF
from liuke.data.sources.contract.plan import Plan
from liuke.data.sources.contract.spec import Contract, KnownAt
from liuke.data.sources.current import current_sql
from liuke.data.sources.files.arrive import Arrival, known_at
from liuke.data.sources.files.feed import Feed, open_feed
from liuke.data.sources.files.land import no_room
from liuke.data.sources.model import FileRefused, Load, LoadState, SourceLoaded, SourceRefused, TableCount
from liuke.data.sources.take.judge import KEPT_ROWS, Judged, judge, refuse_bad
from liuke.data.sources.take.merge import before_sql, corrected_count_sql, fresh_sql, taken_count_sql
from liuke.kernel.actor import Actor
from liuke.kernel.bank import Bank
from liuke.kernel.errors import Conflict, Invalid, LiukeError
from liuke.kernel.store.lake import FileDraft
from liuke.kernel.store.records import DatabaseLost, WriteHandle

_PUBLISH_TRIES: Final = 4
#: Tables that other capabilities keep whole; they are handed the full list whenever it changes.
SHARED: Final = frozenset(table.name for table in (BRANCH, STAFF, PRODUCT))


@dataclass(frozen=True, slots=True)
class Work:
    """A load to be done: its record, its plan (with the version in force), its raw copy and what it is about."""

    load_id: UUID
    plan: Plan
    version: int
    landed: Path
    arrival: Arrival
    again: bool

    @property
    def contract(self) -> Contract:
        return self.plan.contract


@dataclass(frozen=True, slots=True)
class Checked:
    """A file checked and written as drafts."""

    judged: Judged
    feed: Feed
    drafts: tuple[FileDraft, ...]
    tables: tuple[TableCount, ...]
    quarantine: FileDraft | None
    handed: dict[str, list[dict[str, object]]]


def run(bank: Bank, actor: Actor, work: Work) -> Load:
    """Check and publish one landed file. A refusal is recorded and returned, a machine fault recorded and raised.

    Raises: DiskFull, DatabaseLost and other faults that leave the load to be tried again.
    """
    with bank.write(actor) as tx:
        attempts = store.attempt(tx, work.load_id, work.version)
    try:
        with no_room():
            checked = _check(bank, actor, work)
        _publish(bank, actor, work, attempts, checked)
    except FileRefused as fault:
        refuse(bank, actor, work.load_id, attempts, work.contract.name, fault)
    except BaseException as fault:
        _fail(bank, actor, work, attempts, fault)
        raise
    with bank.read(actor) as tx:
        row = store.one(tx, work.load_id)
    if row is None:
        raise LiukeError
    return store.as_load(row)


def _check(bank: Bank, actor: Actor, work: Work) -> Checked:
    """Judge the file and write what is new as drafts."""
    now = bank.clock.now()
    known = known_at(work.arrival, work.contract, now=now)
    slack = timedelta(days=work.contract.load.future_days)
    feed = open_feed(work.landed, work.contract, work.arrival.name)
    tables = {target.table for target in work.plan.targets} | {PRODUCT}
    tables |= {CANONICAL[name] for name in work.contract.reads}
    with bank.read(actor) as tx:
        scans = {table.name: bank.lake.scan_sql(tx, table) for table in tables}
    with bank.lake.engine() as connection:
        for name, scan in scans.items():
            connection.execute(f'CREATE VIEW "{name}" AS {scan}')
        # A file by date may hold its own day only; other files may hold anything until the present.
        dated = work.contract.load.known_at is KnownAt.FILE_DATE
        judged = judge(connection, work.plan, feed, latest=(known if dated else now) + slack)
        rejected = _write_rejected(bank, connection, work)
        try:
            refuse_bad(judged, work.plan, work.arrival.name)
        except FileRefused as fault:
            raise _Bad(fault, judged, feed, rejected) from fault
        drafts, counts = _write(bank, connection, work, known, now)
        handed = _handed(connection, work, scans, drafts)
        return Checked(judged, feed, drafts, counts, rejected, handed)


class _Bad(FileRefused):
    """文件 {file} 未被接收：{reason}"""

    def __init__(self, fault: FileRefused, judged: Judged, feed: Feed, rejected: FileDraft | None) -> None:
        super().__init__(**fault.facts)
        self.judged = judged
        self.feed = feed
        self.rejected = rejected


def _write_rejected(bank: Bank, connection: duckdb.DuckDBPyConnection, work: Work) -> FileDraft | None:
    query = f"SELECT line_no, reasons, raw FROM rejected ORDER BY line_no LIMIT {KEPT_ROWS}"
    return bank.lake.write_query(QUARANTINE, connection, query, partition=work.load_id.hex)


def _write(
    bank: Bank, connection: duckdb.DuckDBPyConnection, work: Work, known: datetime, now: datetime
) -> tuple[tuple[FileDraft, ...], tuple[TableCount, ...]]:
    drafts: list[FileDraft] = []
    counts: list[TableCount] = []
    for number, target in enumerate(work.plan.targets):
        before = _before(connection, work, number)
        fresh = fresh_sql(work.plan, number, load_id=work.load_id, known_at=known, now=now, before=before)
        draft = bank.lake.write_query(target.table, connection, fresh, partition=work.contract.system)
        written = draft.rows if draft else 0
        if draft:
            drafts.append(draft)
        counts.append(_count(connection, number, target.table.name, written, before))
    return tuple(drafts), tuple(counts)


def _before(connection: duckdb.DuckDBPyConnection, work: Work, number: int) -> str | None:
    """A table of what is known so far under the file's keys; None when nothing is."""
    name = f"before{number}"
    query = before_sql(work.plan, number, narrowed=not work.again)
    connection.execute(f"CREATE TEMP TABLE {name} AS {query}")
    [(found,)] = connection.execute(f"SELECT count(*) FROM {name}").fetchall()
    return name if found else None


def _count(
    connection: duckdb.DuckDBPyConnection, number: int, table: str, written: int, before: str | None
) -> TableCount:
    [(taken,)] = connection.execute(taken_count_sql(number)).fetchall()
    corrected = 0
    if before:
        [(corrected,)] = connection.execute(corrected_count_sql(number, before)).fetchall()
    return TableCount(table, accepted=written, unchanged=taken - written, corrected=corrected)


def _handed(
    connection: duckdb.DuckDBPyConnection, work: Work, scans: dict[str, str], drafts: Sequence[FileDraft]
) -> dict[str, list[dict[str, object]]]:
    """The full lists of shared tables as they will stand, for the capabilities that keep them."""
    handed: dict[str, list[dict[str, object]]] = {}
    for number, target in enumerate(work.plan.targets):
        name = target.table.name
        if name not in SHARED or name in handed:
            continue
        paths = ", ".join(f"'{draft.path}'" for draft in drafts if draft.table == name)
        if not paths:
            continue
        whole = f"{scans[name]} UNION ALL BY NAME SELECT * FROM read_parquet([{paths}])"
        connection.execute(f'CREATE OR REPLACE VIEW "{name}" AS {whole}')
        listed = current_sql(name)
        if len(work.plan.targets) == 1:
            # The file is the list itself: what it no longer names is over.
            listed += f" AND (source <> '{work.contract.system}' OR source_key IN (SELECT k{number} FROM staged))"
        chosen = f'SELECT DISTINCT ON ("{name}_no") * FROM ({listed}) ORDER BY "{name}_no", known_at DESC, source'
        handed[name] = connection.sql(chosen).to_arrow_table().to_pylist()
    return handed


def _publish(bank: Bank, actor: Actor, work: Work, attempts: int, checked: Checked) -> None:
    """Make everything visible in one transaction; a server lost in between is asked again what it did."""
    for last in (False,) * (_PUBLISH_TRIES - 1) + (True,):
        try:
            with bank.write(actor) as tx:
                _publish_in(tx, bank, work, attempts, checked)
        except DatabaseLost:
            if last:
                raise
        except (Invalid, Conflict) as fault:
            raise FileRefused(file=work.arrival.name, reason=fault.message) from fault
        else:
            return


def _publish_in(tx: WriteHandle, bank: Bank, work: Work, attempts: int, checked: Checked) -> None:
    judged = checked.judged
    ended = {
        **_counted(judged, checked.feed, checked.tables),
        "state": LoadState.PUBLISHED,
        "ended_at": bank.clock.now(),
        "rows_accepted": judged.read - judged.quarantined,
        "rows_unchanged": max((one.unchanged for one in checked.tables), default=0),
        "sentence": _sentence(checked.feed),
    }
    if not store.finish(tx, work.load_id, attempts, ended):
        return
    drafts = [*checked.drafts, *([checked.quarantine] if checked.quarantine else [])]
    bank.lake.publish(tx, drafts, load_id=work.load_id)
    if branches := checked.handed.get("branch"):
        org.replace_branches(tx, branches)
    if staff := checked.handed.get("staff"):
        org.replace_staff(tx, staff)
    if shelf := checked.handed.get("product"):
        products.replace(tx, shelf)
    accepted: dict[str, int] = {}
    for one in checked.tables:
        accepted[one.table] = accepted.get(one.table, 0) + one.accepted
    tx.emit(
        SourceLoaded(
            source=work.contract.name,
            system=work.contract.system,
            load_id=str(work.load_id),
            tables=accepted,
            rows_quarantined=judged.quarantined,
        )
    )


def _counted(judged: Judged, feed: Feed, tables: Sequence[TableCount]) -> dict[str, object]:
    report = {
        "new_columns": list(feed.new),
        "missing_columns": list(feed.missing),
        "reasons": [{"column": one.column, "reason": one.reason, "rows": one.rows} for one in judged.reasons],
        "tables": [
            {"table": one.table, "accepted": one.accepted, "unchanged": one.unchanged, "corrected": one.corrected}
            for one in tables
        ],
    }
    return {
        "rows_read": judged.read,
        "rows_repeated": judged.repeated,
        "rows_quarantined": judged.quarantined,
        "report": report,
    }


def _sentence(feed: Feed) -> str:
    """What a reader should know although the file was taken."""
    said = []
    if feed.new:
        said.append(f"多出 {len(feed.new)} 个契约里没有的列({'、'.join(feed.new[:8])})，未读取")
    if feed.missing:
        said.append(f"缺少 {len(feed.missing)} 个列({'、'.join(feed.missing[:8])})，按未知处理")
    return ";".join(said) + "。" if said else ""


def refuse(bank: Bank, actor: Actor, load_id: UUID, attempts: int, source: str, fault: FileRefused) -> None:
    """Record that a file is not acceptable, with what was found in it; nothing of it is taken."""
    ended: dict[str, object] = {
        "state": LoadState.REFUSED,
        "ended_at": bank.clock.now(),
        "sentence": fault.message,
    }
    drafts = []
    if isinstance(fault, _Bad):
        ended |= _counted(fault.judged, fault.feed, ())
        drafts = [fault.rejected] if fault.rejected else []
    with bank.write(actor) as tx:
        if store.finish(tx, load_id, attempts, ended):
            bank.lake.publish(tx, drafts, load_id=load_id)
            tx.emit(SourceRefused(source=source, load_id=str(load_id), code="file_refused"))


def _fail(bank: Bank, actor: Actor, work: Work, attempts: int, fault: BaseException) -> None:
    """Record that the machine failed; one that cannot even do that leaves the load as it is, to be gone on with."""
    said = fault.message if isinstance(fault, LiukeError) else LiukeError().message
    ended = {"state": LoadState.FAILED, "ended_at": bank.clock.now(), "sentence": said}
    try:
        with bank.write(actor) as tx:
            store.finish(tx, work.load_id, attempts, ended)
    except LiukeError:
        return
