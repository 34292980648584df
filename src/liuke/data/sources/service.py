"""What others may ask of sources: how fresh they are, what was set aside, their contracts, and to load now."""

import re
import threading
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from liuke.data.sources import store
from liuke.data.sources.canonical import QUARANTINE
from liuke.data.sources.contract import folder
from liuke.data.sources.contract.folder import Known
from liuke.data.sources.contract.parse import read
from liuke.data.sources.contract.plan import Plan, plan
from liuke.data.sources.contract.trace import trace
from liuke.data.sources.model import (
    ContractInvalid,
    ContractMoved,
    ContractSaved,
    ContractText,
    Freshness,
    Lineage,
    Load,
    LoadState,
    LoadUnknown,
    Problem,
    QuarantinedRow,
    QuarantineViewed,
    SourceUnknown,
    SourceView,
)
from liuke.data.sources.take import ingest
from liuke.kernel.actor import Actor, Permission, Role
from liuke.kernel.bank import Bank
from liuke.kernel.errors import LiukeError
from liuke.kernel.job import running
from liuke.kernel.page import Page, decode_cursor, page_of

#: A source is late when it is this much of its cadence past due: arrivals are never to the minute.
_GRACE: Final = 0.25
_STATES: Final = {
    LoadState.LANDED: Freshness.RUNNING,
    LoadState.CHECKING: Freshness.RUNNING,
    LoadState.REFUSED: Freshness.REFUSED,
    LoadState.FAILED: Freshness.FAILED,
}
_SIGNS: Final = re.compile(r"[^\W_]")


def source_list(bank: Bank, actor: Actor) -> Sequence[SourceView]:
    """All sources with freshness and counts, by system and name. Raises: Forbidden."""
    actor.require(Permission.SOURCE_READ)
    seen = _seen(bank, actor)
    views = [_view(known, seen, bank.clock.now()) for known in folder.known(bank).values()]
    return sorted(views, key=lambda view: (view.system, view.name))


def source_view(bank: Bank, actor: Actor, *, source: str) -> SourceView:
    """One source with freshness and counts. Raises: Forbidden, SourceUnknown."""
    actor.require(Permission.SOURCE_READ)
    return _view(folder.one(bank, source), _seen(bank, actor), bank.clock.now())


@dataclass(frozen=True, slots=True)
class _Seen:
    """What is recorded of all sources."""

    loads: dict[str, Load]
    sums: dict[str, store.Sums]
    versions: dict[str, int]


def _seen(bank: Bank, actor: Actor) -> _Seen:
    with bank.read(actor) as tx:
        return _Seen(store.last_loads(tx), store.summary(tx), store.newest_versions(tx))


def _view(known: Known, seen: _Seen, now: datetime) -> SourceView:
    last = seen.loads.get(known.name)
    sums = seen.sums.get(known.name, store.NO_LOADS)
    contract = known.plan.contract if known.plan else None
    due = sums.last_at + contract.load.cadence if contract and sums.last_at else None
    return SourceView(
        name=known.name,
        title=contract.title if contract else known.name,
        system=contract.system if contract else "",
        system_title=contract.system_title if contract else "",
        format=contract.file.format if contract else "csv",
        mode=contract.load.mode if contract else "snapshot",
        cadence=contract.load.cadence_text if contract else "",
        tables=contract.tables if contract else (),
        contract_version=seen.versions.get(known.name, contract.version if contract else 0),
        problems=known.problems,
        freshness=_freshness(known, last, due, now),
        data_date=sums.data_date,
        due_at=due,
        files=sums.files,
        rows_accepted=sums.accepted,
        rows_quarantined=sums.quarantined,
        last_load=last,
    )


def _freshness(known: Known, last: Load | None, due: datetime | None, now: datetime) -> Freshness:
    if known.plan is None:
        return Freshness.BROKEN
    if last is None or due is None:
        return Freshness.NEVER
    if last.state in _STATES:
        return _STATES[last.state]
    grace = max(known.plan.contract.load.cadence * _GRACE, timedelta(minutes=5))
    return Freshness.LATE if now > due + grace else Freshness.FRESH


def loads(bank: Bank, actor: Actor, *, source: str, cursor: str | None, limit: int) -> Page[Load]:
    """Loads of one source (or of all, when empty), newest first. Raises: Forbidden, BadCursor."""
    actor.require(Permission.SOURCE_READ)
    after = None
    if cursor:
        at, load_id = decode_cursor(cursor, size=2)
        after = (datetime.fromisoformat(str(at)), UUID(str(load_id)))
    with bank.read(actor) as tx:
        found = [store.as_load(row) for row in store.page(tx, source, after=after, limit=limit + 1)]
    return page_of(found, limit=limit, key=lambda one: (one.started_at.isoformat(), one.id))


def load(bank: Bank, actor: Actor, *, load_id: UUID) -> Load:
    """One load. Raises: Forbidden, LoadUnknown."""
    actor.require(Permission.SOURCE_READ)
    with bank.read(actor) as tx:
        row = store.one(tx, load_id)
    if row is None:
        raise LoadUnknown
    return store.as_load(row)


def quarantine(bank: Bank, actor: Actor, *, load_id: UUID, cursor: str | None, limit: int) -> Page[QuarantinedRow]:
    """Rows of a load that were set aside, by line. Only data engineers see letters and digits; their look is an event.

    Raises: Forbidden, LoadUnknown, BadCursor.
    """
    load(bank, actor, load_id=load_id)
    after = int(str(decode_cursor(cursor, size=1)[0])) if cursor else 0
    clear = Role.DATA_ENGINEER in actor.roles or actor.via == "system"
    with bank.write(actor) as tx:
        paths = bank.lake.files(tx, QUARANTINE, partition=load_id.hex)
        if clear and paths:
            tx.emit(QuarantineViewed(load_id=str(load_id), after_line=after))
    if not paths:
        return Page([], None)
    listed = ", ".join(f"'{path}'" for path in paths)
    with bank.lake.engine() as connection:
        found = connection.execute(
            f"SELECT line_no, reasons, raw FROM read_parquet([{listed}]) WHERE line_no > ? ORDER BY line_no LIMIT ?",
            [after, limit + 1],
        ).fetchall()
    rows = [
        QuarantinedRow(line, tuple(_said(one) for one in reasons), raw if clear else _SIGNS.sub("*", raw), not clear)
        for line, reasons, raw in found
    ]
    return page_of(rows, limit=limit, key=lambda row: (row.line_no,))


def _said(reason: str) -> str:
    return reason.replace("\t", " ").strip()


def contract(bank: Bank, actor: Actor, *, source: str, version: int | None = None) -> ContractText:
    """A contract's text: the one in force, or an earlier version. Raises: Forbidden, SourceUnknown."""
    actor.require(Permission.SOURCE_READ)
    known = folder.known(bank).get(source)
    with bank.read(actor) as tx:
        versions = store.contract_versions(tx, source)
        kept = store.contract_in_force(tx, source, version)
    if version is not None and kept is not None:
        return ContractText(source, version, kept["text"], (), versions)
    if known is None or version is not None:
        raise SourceUnknown(source=source)
    stated = known.plan.contract.version if known.plan else 1
    return ContractText(source, kept["version"] if kept else stated, known.text, known.problems, versions)


def contract_problems(text: str) -> tuple[str, Sequence[Problem]]:
    """What a contract's text calls itself (title and name, empty when unreadable), and every error in it."""
    made, problems = plan(text)
    return (f"{made.contract.title}({made.contract.name})" if made else "", problems)


def check_contract(_bank: Bank, actor: Actor, *, text: str) -> tuple[str, Sequence[Problem]]:
    """The name a contract's text gives itself, and every error in it. Raises: Forbidden."""
    actor.require(Permission.SOURCE_READ)
    made, problems = plan(text)
    return made.contract.name if made else _stated_name(text), problems


def _stated_name(text: str) -> str:
    stated, _ = read(text)
    return stated.name if stated else ""


def save_contract(bank: Bank, actor: Actor, *, source: str, text: str, base_version: int) -> ContractText:
    """Save a new version of a contract; the old one stays in the history.

    Raises: Forbidden, ContractInvalid, ContractMoved.
    """
    actor.require(Permission.SOURCE_EDIT)
    made = _sound(text, source)
    with bank.write(actor) as tx:
        present = store.contract_in_force(tx, source)
        newest = present["version"] if present else 0
        if base_version not in (newest, 0) or (base_version == 0 and newest > 0):
            raise ContractMoved(version=newest)
        before = folder.known(bank).get(source)
        if present is None and before is not None:
            # The text that lay in the folder becomes the first version of the history.
            newest = store.keep_contract(tx, source, before.text, stated=1, by="file", at=bank.clock.now())
        version = store.keep_contract(
            tx, source, text, stated=max(made.contract.version, newest + 1), by=actor.user_id, at=bank.clock.now()
        )
        tx.emit(ContractSaved(source=source, contract_version=version))
        folder.save(bank, source, text, version=version)
    return contract(bank, actor, source=source)


def _sound(text: str, source: str) -> Plan:
    made, problems = plan(text)
    if made is None:
        first = problems[0]
        where = f"第 {first.line} 行 {first.key}:" if first.line else ""
        raise ContractInvalid(count=len(problems), where=where, reason=first.message)
    if made.contract.name != source:
        raise ContractInvalid(count=1, where="contract:", reason=f"名称须是 {source}。")
    return made


def lineage(bank: Bank, actor: Actor, *, table: str = "", source: str = "") -> Sequence[Lineage]:
    """Ways from source columns to canonical columns, of one table, one source, or all. Raises: Forbidden."""
    actor.require(Permission.SOURCE_READ)
    return [
        one
        for known in folder.known(bank).values()
        if known.plan and (not source or known.name == source)
        for one in trace(known.plan.contract)
        if not table or one.table == table
    ]


def start(bank: Bank, actor: Actor, *, source: str) -> UUID:
    """Load one source (empty = all) in the background; returns the run's id.

    Raises: Forbidden, SourceUnknown, ContractInvalid, SourceBusy.
    """
    actor.require(Permission.SOURCE_RUN)
    if source:
        folder.one(bank, source).ready()
        with store.sole(bank, source):
            pass
    begun: Future[UUID] = Future()
    threading.Thread(target=_run, args=(bank, actor, source, begun), name=f"ingest {source}", daemon=True).start()
    return begun.result(timeout=30)


def _run(bank: Bank, actor: Actor, source: str, begun: "Future[UUID]") -> None:
    try:
        with running(bank, replace(actor), job="ingest", target=source) as progress:
            begun.set_result(progress.run_id)
            if source:
                ingest.load_source(
                    bank,
                    actor,
                    source,
                    tell=lambda done, all_, name: progress.at(done / max(all_, 1), f"正在加载 {name}"),
                )
            else:
                ingest.load_all(bank, actor, progress)
    except LiukeError as fault:
        if not begun.done():
            begun.set_exception(fault)
