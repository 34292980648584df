"""What others may ask of one-ID: run it, resolve one record, read the queue and the journal."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import numpy as np
import pyarrow as pa

from liuke.data.identity import match, parties, resolve, settle, store
from liuke.data.identity.linkage.model import Model
from liuke.data.identity.model import (
    CustomersMerged,
    CustomersSplit,
    Entry,
    IdentityRan,
    IdentityViewed,
    JournalKind,
    Outcome,
    Resolved,
    Review,
    ReviewStatus,
    TooFewParties,
    UnknownEntry,
    UnknownReview,
)
from liuke.kernel.actor import Actor, Permission
from liuke.kernel.bank import Bank
from liuke.kernel.page import Page, page_of, read_cursor, whole
from liuke.kernel.store.records import ReadHandle

Say = Callable[[float, str], None]

#: Fewer parties than this say too little about how people and systems write.
_FEWEST: Final = 2000


def run(bank: Bank, actor: Actor, *, say: Say | None = None) -> Outcome:
    """Compute one-ID afresh over the current parties of all systems.

    People's decisions are read again at the moment of writing, so a merge made while the run computes holds. Numbers
    of unchanged customers stay; what moved is journalled. Everything becomes visible in one transaction.
    """
    actor.require(Permission.SOURCE_RUN)
    say = say or (lambda _done, _step: None)
    say(0.02, "读取当事人")
    with bank.read(actor) as tx:
        keys, records = parties.read(tx, bank.lake)
    say(0.3, "比对")
    trained = _model(bank)
    scored = match.compare(records, model=trained, progress=lambda done: say(0.3 + 0.4 * done, "比对"))
    say(0.75, "聚合与编号")
    with bank.write(actor) as tx:
        store.lock(tx)
        changes = settle.settle(tx, keys, records, scored, model=trained, now=bank.clock.now())
        entries = settle.journalled(bank, actor, changes)
        store.add_entries(tx, entries)
        tx.emit(*_events(changes, entries))
    say(1.0, "完成")
    return changes.outcome


def _events(changes: settle.Changes, entries: Sequence[Mapping[str, Any]]) -> list[Any]:
    done = changes.outcome
    events: list[Any] = [
        IdentityRan(
            records=done.records, customers=done.customers, added=done.added, merged=done.merged, split=done.split
        )
    ]
    for entry in entries:
        evidence = entry["evidence"]
        if entry["kind"] == JournalKind.MERGE:
            events.append(
                CustomersMerged(subject=evidence["keeps"], freed=evidence["frees"], journal_id=str(entry["id"]))
            )
        elif entry["kind"] == JournalKind.SPLIT:
            events.append(
                CustomersSplit(subject=evidence["keeps"], others=evidence["others"], journal_id=str(entry["id"]))
            )
    return events


def members(tx: ReadHandle) -> pa.Table:
    """Which customer each source record belongs to: source, source_key, one_id, since (µs); for joins in DuckDB."""
    return store.members(tx)


def resolver(bank: Bank, actor: Actor) -> Callable[[Mapping[str, Any]], Resolved]:
    """The online resolver over all present parties: give it a party record, it answers in milliseconds.

    Building it reads all parties once (seconds per million); renew it after each run. It is personal data in memory.
    """
    actor.require(Permission.IDENTITY_READ)
    with bank.read(actor) as tx:
        keys, records = parties.read(tx, bank.lake)
        one_ids = settle.numbers(tx, keys)
    known = np.flatnonzero(one_ids)
    index = resolve.index(records.take(pa.array(known)), one_ids[known], model=_model(bank))
    return partial(resolve.resolve, among=index)


def train(bank: Bank, actor: Actor, *, seed: int, note: str, out: Path | None = None) -> tuple[Model, Path]:
    """Learn a model afresh from the bank's own current parties, without labels.

    Written to ``out``, or kept as the bank's own model, which every later run uses in place of the shipped one.
    Raises: TooFewParties.
    """
    actor.require(Permission.SOURCE_RUN)
    with bank.read(actor) as tx:
        _, records = parties.read(tx, bank.lake)
    if records.num_rows < _FEWEST:
        raise TooFewParties(count=records.num_rows, needed=_FEWEST)
    model = match.train(records, seed=seed, note=note)
    return model, store.keep_model(model, out or store.own_model_path(bank.settings.home))


def _model(bank: Bank) -> Model:
    return store.own_model(bank.settings.home) or match.shipped_model()


def reviews(bank: Bank, actor: Actor, *, status: ReviewStatus, cursor: str | None, limit: int) -> Page[Review]:
    """The review queue, most likely pairs first. Raises: Forbidden, BadCursor."""
    actor.require(Permission.IDENTITY_READ)
    after = None
    if cursor:
        weight, last = read_cursor(cursor, float, UUID)
        after = (weight, last)
    with bank.write(actor) as tx:
        rows = store.reviews(tx, status=status, after=after, limit=limit + 1)
        tx.emit(IdentityViewed(part="reviews", ids=[str(row["id"]) for row in rows[:limit]]))
    page = page_of(rows, limit=limit, key=lambda row: (row["weight"], row["id"]))
    return page.map(settle.review_of)


def review(bank: Bank, actor: Actor, *, review_id: UUID) -> tuple[Review, Sequence[Mapping[str, Any]]]:
    """One pair with its waterfall, and both party records as the lake holds them (the caller masks them).

    Raises: Forbidden, UnknownReview.
    """
    actor.require(Permission.IDENTITY_READ)
    with bank.write(actor) as tx:
        row = store.review(tx, review_id)
        if row is None:
            raise UnknownReview
        tx.emit(IdentityViewed(part="review", ids=[str(review_id)]))
        found = settle.review_of(row)
        pair = parties.read_some(tx, bank.lake, [found.left, found.right])
    return found, pair


def journal(bank: Bank, actor: Actor, *, kind: JournalKind | None, cursor: str | None, limit: int) -> Page[Entry]:
    """The merge journal, newest first. Raises: Forbidden, BadCursor."""
    actor.require(Permission.IDENTITY_READ)
    before = read_cursor(cursor, whole)[0] if cursor else None
    with bank.write(actor) as tx:
        rows = store.entries(tx, kind=kind, before_seq=before, limit=limit + 1)
        tx.emit(IdentityViewed(part="journal", ids=[str(row["id"]) for row in rows[:limit]]))
    return page_of(rows, limit=limit, key=lambda row: (row["seq"],)).map(settle.entry_of)


def entry(bank: Bank, actor: Actor, *, entry_id: UUID) -> Entry:
    """One journal entry. Raises: Forbidden, UnknownEntry."""
    actor.require(Permission.IDENTITY_READ)
    with bank.read(actor) as tx:
        row = store.entry(tx, entry_id)
    if row is None:
        raise UnknownEntry
    return settle.entry_of(row)
