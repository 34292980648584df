"""One run of one derived table, from what changed to what everybody sees; killed anywhere, it goes on where it was."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from sqlalchemy import RowMapping

from liuke.data.pipelines import store
from liuke.data.pipelines.build import plan as planning
from liuke.data.pipelines.build.inputs import Input, known_tables, opened, present, scan_sql
from liuke.data.pipelines.build.judge import judge, stopping
from liuke.data.pipelines.build.plan import Moved, Plan
from liuke.data.pipelines.build.stage import Stage, staged_name, translated
from liuke.data.pipelines.define.read import read
from liuke.data.pipelines.model import (
    Broken,
    Checked,
    Definition,
    InputFailed,
    NothingLike,
    NotPublished,
    PipelineBroken,
    PipelineBuilt,
    PipelineFailed,
    PipelineRunState,
    PipelineState,
    PipelineUnknown,
    RuleBroken,
    RunKind,
)
from liuke.data.pipelines.query.check import check
from liuke.kernel.actor import Actor
from liuke.kernel.bank import Bank
from liuke.kernel.errors import LiukeError, Unavailable
from liuke.kernel.ids import new_id
from liuke.kernel.store.lake import LakeTable

#: Told how far a run is: (fraction, Chinese phrase).
Report = Callable[[float, str], None]

#: Share of a run that computing takes; judging and proving is the rest.
_COMPUTING: Final = 0.85


def _silent(_fraction: float, _phrase: str) -> None:
    """Nobody listens."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked of a run: what changed, everything, or a span of days."""

    kind: RunKind = RunKind.CHANGED
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class _Ready:
    """A table about to run: its record, the live version, its definition as checked now, and its inputs."""

    row: RowMapping
    version: int
    one: Definition
    checked: Checked
    inputs: Mapping[str, Input]

    @property
    def files(self) -> dict[str, list[str]]:
        """The files it reads, by input."""
        return {name: [str(number) for number in one.files] for name, one in self.inputs.items()}


def bring(bank: Bank, actor: Actor, name: str, wanted: Wanted, *, report: Report = _silent) -> UUID | None:
    """Bring a derived table up to date; the run's id, or None when there was nothing to do.

    Everything becomes visible at once, or nothing; what was visible stays until then.

    Raises: PipelineUnknown, NotPublished, PipelineBusy, PipelineBroken, InputFailed, RuleBroken, NothingLike and the
    faults of queries.
    """
    with store.sole(bank, name):
        ready = _ready(bank, actor, name)
        again = _taken_up(bank, actor, ready)
        if again is None:
            planned = _plan(bank, actor, ready, wanted)
            if planned is None:
                return None
            again = _begin(bank, actor, ready, wanted, planned)
        run_id, ready, planned, done = again
        try:
            _carry_out(bank, actor, ready, run_id, planned, done, report)
        except Unavailable:
            raise  # the run stays open and is taken up again
        except LiukeError as fault:
            _fail(bank, actor, ready, run_id, fault)
            raise
    return run_id


def _ready(bank: Bank, actor: Actor, name: str) -> _Ready:
    with bank.read(actor) as tx:
        row = store.pipeline(tx, name)
        if row is None:
            raise PipelineUnknown(table=name)
        if row["live_version"] is None or row["state"] in (PipelineState.DRAFT, PipelineState.RETIRED):
            raise NotPublished(table=name)
        kept = store.version(tx, name, row["live_version"])
        one, problems = read(kept["text"]) if kept else (None, ())
        if one is None:
            raise PipelineBroken(table=name, reason=problems[0].message if problems else "定义已丢失。")
        tables = known_tables(tx, built=True)
        checked = check(one, tables)
        inputs = present(bank, tx, tables, checked.inputs) if not checked.problems else {}
        failing = store.stopped(tx).get(name)
    ready = _Ready(row, row["live_version"], one, checked, inputs)
    if failing:
        _block(bank, actor, ready, failing)
    if checked.problems:
        fault = PipelineBroken(table=name, reason=_said(checked))
        _record(bank, actor, ready, PipelineRunState.FAILED, fault)
        raise fault
    return ready


def _said(checked: Checked) -> str:
    first = checked.problems[0]
    return f"第 {first.line} 行，{first.message}" if first.line else first.message


def _block(bank: Bank, actor: Actor, ready: _Ready, failing: Sequence[str]) -> None:
    fault = InputFailed(table=ready.one.name, inputs="、".join(failing))
    _record(bank, actor, ready, PipelineRunState.BLOCKED, fault)
    raise fault


def _record(bank: Bank, actor: Actor, ready: _Ready, state: PipelineRunState, fault: LiukeError) -> None:
    """Record a run that could not begin, unless the last one says the same."""
    name, now = ready.one.name, bank.clock.now()
    with bank.write(actor) as tx:
        last = store.last_runs(tx).get(name)
        if last and last.state is state and last.sentence == fault.message and last.version == ready.version:
            return
        run_id = new_id(bank.clock)
        store.begin_run(
            tx,
            _begun(actor, ready, Wanted(), Plan(whole=False, partitions=(), why=""))
            | {"id": run_id, "state": state, "sentence": fault.message, "started_at": now, "ended_at": now},
        )
        tx.emit(_failed(name, ready.version, run_id, state, ""))


def _failed(name: str, version: int, run_id: UUID, state: PipelineRunState, rule: str) -> PipelineFailed:
    return PipelineFailed(table=name, table_version=version, run_id=str(run_id), state=state, rule=rule)


def _begun(actor: Actor, ready: _Ready, wanted: Wanted, planned: Plan) -> dict[str, object]:
    return {
        "name": ready.one.name,
        "version": ready.version,
        "kind": wanted.kind,
        "since": wanted.since,
        "until": wanted.until,
        "whole": planned.whole,
        "partitions": list(planned.partitions),
        "why": planned.why,
        "inputs": ready.files,
        "started_by": actor.user_id,
    }


_Open = tuple[UUID, _Ready, Plan, int]


def _taken_up(bank: Bank, actor: Actor, ready: _Ready) -> _Open | None:
    """The run a killed process left, with the files it read; it is given up when it can no longer be the same."""
    with bank.write(actor) as tx:
        left = store.open_run(tx, ready.one.name)
        if left is None:
            return None
        files = {name: {UUID(number) for number in numbers} for name, numbers in left["inputs"].items()}
        same = left["version"] == ready.version and files.keys() == ready.inputs.keys()
        if same and all(numbers <= ready.inputs[name].files.keys() for name, numbers in files.items()):
            inputs = {
                name: Input(one.table, {number: path for number, path in one.files.items() if number in files[name]})
                for name, one in ready.inputs.items()
            }
            planned = Plan(
                whole=left["whole"],
                partitions=tuple(left["partitions"]),
                why=left["why"],
                caught_up=left["kind"] != RunKind.RANGE or left["whole"],
            )
            same_ready = _Ready(ready.row, ready.version, ready.one, ready.checked, inputs)
            return left["id"], same_ready, planned, left["partitions_done"]
        store.move_run(
            tx,
            left["id"],
            state=PipelineRunState.FAILED,
            ended_at=bank.clock.now(),
            sentence="处理中断，其间数据或定义已变，重新开始。",
        )
        bank.lake.retire(tx, store.lake_table(staged_name(ready.one.name, left["id"]), "", ()))
    return None


def _plan(bank: Bank, actor: Actor, ready: _Ready, wanted: Wanted) -> Plan | None:
    cut = ready.one.partition
    with opened(bank, ready.inputs, also=_gone(bank, actor, ready)) as connection, translated():
        if ready.row["built_version"] is None:
            return planning.whole(connection, ready.inputs, cut, "首次生成")
        if ready.row["built_version"] != ready.version:
            return planning.whole(connection, ready.inputs, cut, f"启用第 {ready.version} 版定义")
        if wanted.kind is RunKind.WHOLE:
            return planning.whole(connection, ready.inputs, cut, "手工全部重算")
        if wanted.kind is RunKind.RANGE:
            return _range(ready, wanted)
        planned = planning.changed(connection, ready.inputs, cut, _moved(bank, actor, ready))
    if planned is None and ready.row["consumed"] != ready.files:
        with bank.write(actor) as tx:
            store.put(tx, ready.one.name, consumed=ready.files)
    return planned


def _range(ready: _Ready, wanted: Wanted) -> Plan:
    cut = ready.one.partition
    if cut is None or wanted.since is None or wanted.until is None or wanted.until < wanted.since:
        raise NothingLike
    planned = planning.span(cut, wanted.since, wanted.until, f"手工重算 {wanted.since} 至 {wanted.until}")
    if not planned.partitions:
        raise NothingLike
    return planned


def _moved(bank: Bank, actor: Actor, ready: _Ready) -> dict[str, Moved]:
    consumed = ready.row["consumed"]
    before = [UUID(number) for numbers in consumed.values() for number in numbers]
    with bank.read(actor) as tx:
        elsewhere = {row["id"]: bank.lake.root / row["path"] for row in store.files_by_id(tx, before)}
    return {name: planning.moved(one, consumed.get(name, ()), elsewhere) for name, one in ready.inputs.items()}


def _gone(bank: Bank, actor: Actor, ready: _Ready) -> list[Any]:
    """Files once consumed that are no longer visible but still there: their days are read."""
    return [path for change in _moved(bank, actor, ready).values() for path in change.gone]


def _begin(bank: Bank, actor: Actor, ready: _Ready, wanted: Wanted, planned: Plan) -> _Open:
    run_id = new_id(bank.clock)
    with bank.write(actor) as tx:
        begun = _begun(actor, ready, wanted, planned)
        store.begin_run(tx, begun | {"id": run_id, "state": PipelineRunState.RUNNING, "started_at": bank.clock.now()})
    return run_id, ready, planned, 0


def _carry_out(bank: Bank, actor: Actor, ready: _Ready, run_id: UUID, planned: Plan, done: int, report: Report) -> None:
    stage = Stage(bank, actor, ready.one, ready.checked, run_id)
    kept = _kept(bank, actor, ready, planned)
    with stage.opened(ready.inputs, also=kept) as connection:

        def tell(so_far: int, all_: int) -> None:
            report(_COMPUTING * so_far / max(all_, 1), f"正在计算 {ready.one.title}（{so_far}/{all_}）")

        stage.fill(connection, ready.inputs, planned, done=done, report=tell)
        fresh_sql = scan_sql(stage.table, stage.files())
        if planned.whole:
            report(_COMPUTING, f"正在核对 {ready.one.title}")
            stage.prove(connection, ready.inputs, fresh_sql)
        report(0.95, f"正在检查 {ready.one.title}")
        all_sql = f"{fresh_sql} UNION ALL {scan_sql(stage.table, kept)}" if kept else fresh_sql
        broken = judge(connection, ready.one, ready.checked.columns, fresh_sql=fresh_sql, all_sql=all_sql)
        rows = int(connection.execute(f"SELECT count(*) FROM ({fresh_sql})").fetchall()[0][0])
    first = stopping(broken)
    if first is not None:
        with bank.write(actor) as tx:
            store.move_run(tx, run_id, broken=[asdict(one) for one in broken], rows=rows)
        raise RuleBroken(table=ready.one.name, rule=first.rule, rows=first.rows)
    _settle(bank, actor, ready, run_id, planned, broken, rows)


def _kept(bank: Bank, actor: Actor, ready: _Ready, planned: Plan) -> list[Any]:
    """The visible files of the partitions that stay as they are."""
    if planned.whole:
        return []
    with bank.read(actor) as tx:
        files = store.files(tx, [ready.one.name])[ready.one.name]
    return [bank.lake.root / row["path"] for row in files.values() if row["partition"] not in planned.partitions]


def _settle(
    bank: Bank, actor: Actor, ready: _Ready, run_id: UUID, planned: Plan, broken: Sequence[Broken], rows: int
) -> None:
    """Let everybody see the run's rows, in one transaction."""
    name, now = ready.one.name, bank.clock.now()
    table = LakeTable(name, "", ())
    with bank.write(actor) as tx:
        if planned.whole:
            bank.lake.retire(tx, table)
        for partition in () if planned.whole else planned.partitions:
            bank.lake.retire(tx, table, partition=partition)
        bank.lake.rename(tx, staged_name(name, run_id), name)
        consumed = ready.files if planned.caught_up else ready.row["consumed"]
        store.put(tx, name, built_version=ready.version, built_at=now, consumed=consumed)
        store.move_run(
            tx, run_id, state=PipelineRunState.DONE, ended_at=now, rows=rows, broken=[asdict(one) for one in broken]
        )
        tx.emit(
            PipelineBuilt(
                table=name,
                table_version=ready.version,
                run_id=str(run_id),
                rows=rows,
                partitions=len(planned.partitions),
            )
        )


def _fail(bank: Bank, actor: Actor, ready: _Ready, run_id: UUID, fault: LiukeError) -> None:
    """End a run whose rows nobody will see; the version before stays."""
    state = PipelineRunState.REJECTED if isinstance(fault, RuleBroken) else PipelineRunState.FAILED
    rule = str(fault.facts.get("rule", "")) if state is PipelineRunState.REJECTED else ""
    with bank.write(actor) as tx:
        bank.lake.retire(tx, store.lake_table(staged_name(ready.one.name, run_id), "", ()))
        store.move_run(tx, run_id, state=state, ended_at=bank.clock.now(), sentence=fault.message)
        tx.emit(_failed(ready.one.name, ready.version, run_id, state, rule))
