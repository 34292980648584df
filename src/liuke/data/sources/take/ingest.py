"""Taking in what has arrived: of one source, or of all, in the order in which tables refer to each other."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any, Final, Protocol

from sqlalchemy import RowMapping

from liuke.data.sources import store
from liuke.data.sources.contract import folder
from liuke.data.sources.contract.folder import Known
from liuke.data.sources.contract.plan import Plan
from liuke.data.sources.files.arrive import Arrival, arrival, arrivals, refuse_early, refuse_late, refuse_twins
from liuke.data.sources.files.extract import REMOTE, extracts
from liuke.data.sources.files.land import Landed, land, landed_path
from liuke.data.sources.model import FileRefused, Format, Load, LoadState, Mode
from liuke.data.sources.take.load import SHARED, Work, refuse, run
from liuke.kernel import steps
from liuke.kernel.actor import Actor, Permission
from liuke.kernel.bank import Bank
from liuke.kernel.errors import Unavailable
from liuke.kernel.ids import new_id

#: A load that failed this often is left until somebody runs it by hand.
_TRIES: Final = 10
_TEXTS: Final = (Format.CSV, Format.FIXED, Format.JSONL, Format.REST)

#: Told each file as it begins: done so far, all, and a short Chinese phrase.
Tell = Callable[[int, int, str], None]


class Reports(Protocol):
    """Where progress is told (`kernel.job.Progress`)."""

    def at(self, fraction: float, message: str = "") -> None:
        """``fraction`` of the work is done, 0–1."""
        ...


def load_all(bank: Bank, actor: Actor, progress: Reports | None = None, *, again: bool = False) -> list[Load]:
    """Take in everything that has arrived of every source; one source's fault does not stop the others.

    Sources that do not build on each other are taken in side by side.

    Raises: at the end, the first fault of a machine or contract met; what was taken in stays.
    """
    known = list(folder.known(bank).values())
    done: list[Load] = []
    faults: list[Exception] = []

    def take(source: str) -> None:
        try:
            done.extend(load_source(bank, actor, source, again=again))
        except Unavailable:
            raise
        except Exception as fault:  # noqa: BLE001  (an edge: the other sources go on, the first fault is raised at the end)
            faults.append(fault)

    steps.carry_out(
        [steps.Step(one.name, partial(take, one.name), tuple(_before(one, known))) for one in known],
        _teller(progress, known),
    )
    if faults:
        raise faults[0]
    return done


def _before(contract: Known, known: Sequence[Known]) -> Iterator[str]:
    """The sources that must be in before this one: those of the lists all share, those that feed a table it looks
    into, and of its own system those that feed the same table."""
    plan = contract.plan
    for other in known[: known.index(contract)]:
        if plan is None or other.plan is None:
            continue
        feeds = set(other.plan.contract.tables)
        same = other.plan.contract.system == plan.contract.system and feeds & set(plan.contract.tables)
        if same or feeds & (SHARED | set(plan.contract.reads)):
            yield other.name


def _teller(progress: Reports | None, known: Sequence[Known]) -> steps.Tell:
    """Tells which source is being taken in, and how many are."""
    titles = {one.name: one.plan.contract.title if one.plan else one.name for one in known}
    ended = 0

    def tell(source: str, course: steps.Course) -> None:
        nonlocal ended
        if course is steps.Course.ENDED:
            ended += 1
        elif progress is not None:
            progress.at(ended / len(known), f"正在加载 {titles[source]}")

    return tell


def load_source(bank: Bank, actor: Actor, source: str, *, again: bool = False, tell: Tell | None = None) -> list[Load]:
    """Take in what has arrived of one source, oldest first; ``again`` reads files taken in before once more.

    Raises: Forbidden, SourceUnknown, ContractInvalid, SourceBusy; DiskFull or DatabaseLost, then it can be repeated.
    """
    actor.require(Permission.SOURCE_RUN)
    known = folder.one(bank, source)
    plan = known.ready()
    with store.sole(bank, source):
        with bank.write(actor) as tx:
            stated = plan.contract.version
            version = store.keep_contract(tx, source, known.text, stated=stated, by=actor.user_id, at=bank.clock.now())
        return [
            run(bank, actor, work) if isinstance(work, Work) else work
            for work in _works(bank, actor, plan, version, again=again, tell=tell)
        ]


def _works(
    bank: Bank, actor: Actor, plan: Plan, version: int, *, again: bool, tell: Tell | None
) -> Iterator[Work | Load]:
    """What is to be done, each prepared only when the one before is done; refusals at the door are given as loads."""
    with bank.read(actor) as tx:
        left = store.unfinished(tx, plan.contract.name, tries=10**6 if again else _TRIES)
    for row in left:
        raw = landed_path(bank.settings.home / "raw", row["sha256"])
        if raw is not None:
            yield Work(row["id"], plan, version, raw, arrival(plan.contract, raw, row["file_name"]), again=True)
    if plan.contract.file.format in REMOTE:
        for landed, came, cursor in extracts(bank, actor, plan):
            with bank.read(actor) as tx:
                last = store.files_seen(tx, plan.contract.name).get(came.name)
            if last is None or last["sha256"] != landed.sha256 or not _settled(last, version):
                yield _begun(bank, actor, plan, version, landed, came, cursor=cursor, known=last is not None)
        return
    present = arrivals(plan.contract, bank.settings.sources_dir)
    for number, came in enumerate(present):
        if tell:
            tell(number, len(present), came.name)
        made = _arrived(bank, actor, plan, version, came, present, again=again)
        if made is not None:
            yield made


def _arrived(
    bank: Bank, actor: Actor, plan: Plan, version: int, came: Arrival, present: Sequence[Arrival], *, again: bool
) -> Work | Load | None:
    """A file at the door: known already (None), refused (its load), or landed and ready to be checked."""
    contract = plan.contract
    with bank.read(actor) as tx:
        seen = store.files_seen(tx, contract.name)
        newest = store.newest_day(tx, contract.name)
    last = seen.get(came.name)
    if not again and _same_stat(last, came) and _settled(last, version):
        return None
    try:
        refuse_early(came, contract, today=bank.clock.today())
        refuse_twins(came, contract, list(present), _taken_days(seen))
        refuse_late(came, contract, newest)
        landed = _land(came, bank, text=contract.file.format in _TEXTS)
    except FileRefused as fault:
        if again and contract.load.mode is Mode.SNAPSHOT and _settled(last, version):
            return None
        return _refused_at_door(bank, actor, plan, version, came, last, fault)
    if not again and last is not None and last["sha256"] == landed.sha256 and _settled(last, version):
        with bank.write(actor) as tx:
            store.seen_again(tx, last["id"], mtime_ns=came.mtime_ns)
        return None
    return _begun(bank, actor, plan, version, landed, came, known=last is not None)


def _land(came: Arrival, bank: Bank, *, text: bool) -> Landed:
    try:
        return land(came.path, bank.settings.home / "raw", text=text)
    except (FileNotFoundError, PermissionError) as fault:
        reason = "文件不能读取，可能已被移走或没有读取权限。请检查后重新运行。"
        raise FileRefused(file=came.name, reason=reason) from fault


def _same_stat(last: RowMapping | None, came: Arrival) -> bool:
    return last is not None and bool((last["file_bytes"], last["file_mtime_ns"]) == (came.bytes, came.mtime_ns))


def _settled(last: RowMapping | None, version: int) -> bool:
    """Whether a file's last load needs no other look: taken in, or refused for its content under the same contract."""
    if last is None or not last["sha256"]:
        return False
    refused = last["state"] == LoadState.REFUSED and last["contract_version"] == version
    return bool(refused or last["state"] == LoadState.PUBLISHED)


def _taken_days(seen: dict[str, RowMapping]) -> dict[date, str]:
    return {row["file_date"]: name for name, row in seen.items() if row["state"] == LoadState.PUBLISHED}


def _begun(
    bank: Bank,
    actor: Actor,
    plan: Plan,
    version: int,
    landed: Landed,
    came: Arrival,
    *,
    cursor: str = "",
    known: bool = False,
) -> Work:
    """The record of a load whose raw copy is safe."""
    values = _values(bank, actor, plan, version, came) | {
        "sha256": landed.sha256,
        "state": LoadState.LANDED,
        "cursor": cursor,
    }
    with bank.write(actor) as tx:
        store.begin(tx, values)
    return Work(values["id"], plan, version, landed.path, came, again=known)


def _values(bank: Bank, actor: Actor, plan: Plan, version: int, came: Arrival) -> dict[str, Any]:
    return {
        "id": new_id(bank.clock),
        "source": plan.contract.name,
        "system": plan.contract.system,
        "file_name": came.name,
        "file_date": min(came.last, bank.clock.today()) if came.last else None,
        "file_bytes": came.bytes,
        "file_mtime_ns": came.mtime_ns,
        "sha256": "",
        "contract_version": version,
        "started_by": actor.user_id,
        "started_at": bank.clock.now(),
    }


def _refused_at_door(
    bank: Bank, actor: Actor, plan: Plan, version: int, came: Arrival, last: RowMapping | None, fault: FileRefused
) -> Load | None:
    """The record of a file that was not even landed; said once, not at every look."""
    if last is not None and last["state"] == LoadState.REFUSED and last["sentence"] == fault.message:
        return None
    values = _values(bank, actor, plan, version, came) | {"state": LoadState.CHECKING}
    with bank.write(actor) as tx:
        store.begin(tx, values)
    refuse(bank, actor, values["id"], 0, plan.contract.name, fault)
    with bank.read(actor) as tx:
        row = store.one(tx, values["id"])
    return store.as_load(row) if row is not None else None


def waiting(bank: Bank, source: str) -> list[Path]:
    """The files of a source that are there, whether taken in or not."""
    plan = folder.one(bank, source).ready()
    return [came.path for came in arrivals(plan.contract, bank.settings.sources_dir)]
