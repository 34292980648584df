"""What others may ask of clusters: run one, list and read runs, turn a cluster into a segment."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass, replace
from datetime import date
from typing import Final
from uuid import UUID

from liuke.data import tags
from liuke.insight.clusters import place, store, take
from liuke.insight.clusters.features import EARNINGS, FEATURES, Earning
from liuke.insight.clusters.find.run import find
from liuke.insight.clusters.find.stable import Table
from liuke.insight.clusters.model import (
    FEWEST,
    MOST,
    BadWish,
    Cluster,
    ClustersFound,
    Feature,
    Found,
    Run,
    UnknownRun,
    Wanted,
)
from liuke.kernel import rule
from liuke.kernel.actor import Actor, Permission
from liuke.kernel.bank import Bank
from liuke.kernel.errors import LiukeError
from liuke.kernel.job import Progress, running
from liuke.kernel.page import Page

#: Months a run may be compared with, and the largest seed and rate (100 % a year).
_MOST_MONTHS: Final = 12
_MOST_SEED: Final = 2**31 - 1
_MOST_BP: Final = 10_000


@dataclass(frozen=True, slots=True)
class Options:
    """What a run may use: features with whether their tag is there, earnings, and the day of the newest tags."""

    features: tuple[tuple[Feature, bool], ...]
    earnings: tuple[Earning, ...]
    as_of: date | None


def options(bank: Bank, actor: Actor) -> Options:
    """What a run would look at now. Raises Forbidden."""
    actor.require(Permission.CLUSTER_READ)
    try:
        snapshot = tags.open(bank)
    except tags.NoSnapshot:
        return Options(tuple((one, False) for one in FEATURES), EARNINGS, None)
    return Options(tuple((one, one.tag in snapshot) for one in FEATURES), EARNINGS, snapshot.as_of)


def listed(bank: Bank, actor: Actor, *, cursor: str | None, limit: int) -> Page[Run]:
    """Runs, newest first, without what they found. Raises Forbidden."""
    actor.require(Permission.CLUSTER_READ)
    with bank.read(actor) as tx:
        return store.listed(tx, cursor=cursor, limit=limit)


def read(bank: Bank, actor: Actor, run_id: UUID) -> Run:
    """One run with everything it found. Raises Forbidden, UnknownRun."""
    actor.require(Permission.CLUSTER_READ)
    with bank.read(actor) as tx:
        found = store.read(tx, run_id)
    if found is None:
        raise UnknownRun
    return found


def start(bank: Bank, actor: Actor, wanted: Wanted) -> UUID:
    """Begin a run in the background; returns its number. Raises Forbidden, BadWish, AlreadyRunning, NoSnapshot."""
    actor.require(Permission.CLUSTER_RUN)
    _check(wanted)
    tags.open(bank)
    begun: Future[UUID] = Future()
    threading.Thread(target=_alone, args=(bank, actor, wanted, begun), name="clusters", daemon=True).start()
    return begun.result(timeout=30)


def _alone(bank: Bank, actor: Actor, wanted: Wanted, begun: "Future[UUID]") -> None:
    try:
        with running(bank, replace(actor), job="clusters.run") as progress:
            run(bank, actor, wanted, progress=progress, begun=begun.set_result)
    except LiukeError as fault:  # it stands in the run, which the screen shows
        if not begun.done():
            begun.set_exception(fault)


def run(
    bank: Bank,
    actor: Actor,
    wanted: Wanted,
    *,
    progress: Progress | None = None,
    begun: Callable[[UUID], None] = lambda _id: None,
) -> Run:
    """Cluster the customers of the newest snapshot, now.

    Raises: Forbidden, BadWish, AlreadyRunning, NoSnapshot, TooFewCustomers, NothingDiffers; the last two are kept with
    the run.
    """
    actor.require(Permission.CLUSTER_RUN)
    _check(wanted)
    with bank.read(actor) as held:
        store.claim(held)
        with bank.write(actor) as tx:
            run_id = store.begin(tx, wanted, job_run=progress.run_id if progress else None)
        begun(run_id)
        try:
            _complete(bank, actor, run_id, wanted, progress)
        except BaseException as fault:
            message = fault.message if isinstance(fault, LiukeError) else LiukeError().message
            with bank.write(actor) as tx:
                store.fail(tx, run_id, message)
            raise
    return read(bank, actor, run_id)


def _complete(bank: Bank, actor: Actor, run_id: UUID, wanted: Wanted, progress: Progress | None) -> None:
    snapshot = tags.open(bank)
    now = take.table_of(snapshot, FEATURES)
    profit = take.profit_of(snapshot, now.ids, wanted.rates)
    past = _past(bank, snapshot.as_of, wanted.months)
    tell = progress.at if progress else (lambda _done, _phrase="": None)
    found, labels = find(now, profit, FEATURES, wanted, past=past, tell=tell)
    found = _spoken(bank, found)
    place.keep(bank.settings.home, run_id, now.ids, labels)
    with bank.write(actor) as tx:
        store.succeed(tx, run_id, found, as_of=snapshot.as_of, size=len(now.ids))
        done = store.read(tx, run_id)
        version = done.version if done else 0
        tx.emit(
            ClustersFound(
                run_id=str(run_id),
                run_version=version,
                method=wanted.method,
                k=found.k,
                customers=len(now.ids),
                as_of=snapshot.as_of.isoformat(),
            )
        )
    place.prune(bank.settings.home, run_id)


def _past(bank: Bank, as_of: date, months: int) -> Iterator[Table]:
    """The last snapshot of each earlier month, newest first."""
    last: dict[tuple[int, int], date] = {}
    for day in sorted(tags.days(bank)):
        if (day.year, day.month) < (as_of.year, as_of.month):
            last[day.year, day.month] = day
    for day in sorted(last.values(), reverse=True)[:months]:
        yield take.table_of(tags.open(bank, day), FEATURES)


def _spoken(bank: Bank, found: Found) -> Found:
    """What was found, with the rules said in Chinese."""
    catalogue = tags.catalogue(bank)

    def speak(cluster: Cluster) -> Cluster:
        if not cluster.surrogate.text:
            return cluster
        checked = rule.check(rule.parse(cluster.surrogate.text), catalogue, wants=rule.Type.BOOL)
        said = replace(cluster.surrogate, text=rule.to_text(checked.rule), chinese=rule.to_chinese(checked))
        return replace(cluster, surrogate=said)

    return replace(found, clusters=tuple(speak(cluster) for cluster in found.clusters))


def _check(wanted: Wanted) -> None:
    known = {line.tag for line in EARNINGS}
    for wrong, reason in (
        (wanted.k is not None and not FEWEST <= wanted.k <= MOST, f"类数须在 {FEWEST} 到 {MOST} 之间"),
        (not FEWEST <= wanted.k_min <= wanted.k_max <= MOST, f"类数范围须在 {FEWEST} 到 {MOST} 之间，先小后大"),
        (not 0 <= wanted.months <= _MOST_MONTHS, f"比较的月份至多 {_MOST_MONTHS} 个"),
        (not 0 <= wanted.seed <= _MOST_SEED, "随机种子须为非负整数"),
        (not wanted.rates.keys() <= known, "收益率只能给列出的项目"),
        (any(not 0 <= rate <= _MOST_BP for rate in wanted.rates.values()), "收益率须在 0 到 100% 之间"),
    ):
        if wrong:
            raise BadWish(reason=reason)
