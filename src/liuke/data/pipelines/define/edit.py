"""Changing derived tables: checking and saving definitions, publishing, pausing, retiring, taking in text files."""

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, Final

from liuke.data.pipelines import graph, store
from liuke.data.pipelines.build.inputs import known_tables
from liuke.data.pipelines.define import folder
from liuke.data.pipelines.define.read import from_tree, read
from liuke.data.pipelines.define.write import write
from liuke.data.pipelines.model import (
    Checked,
    Definition,
    DiffLine,
    PipelineBroken,
    PipelineInvalid,
    PipelineMoved,
    PipelineNeeded,
    PipelineSaved,
    PipelineState,
    PipelineStated,
    PipelineUnknown,
    Problem,
)
from liuke.data.pipelines.query.check import check
from liuke.kernel.actor import Actor, Permission
from liuke.kernel.bank import Bank
from liuke.kernel.store.lake import LakeTable
from liuke.kernel.store.records import ReadHandle, WriteHandle

#: Who saved the text that lay in the folder.
FILE: Final = "file"
#: Names a route uses itself.
_RESERVED: Final = frozenset({"checks", "previews", "tables", "runs"})


def check_tree(bank: Bank, actor: Actor, tree: Mapping[str, Any]) -> Checked:
    """Everything wrong with a definition, and what it would be. Raises: Forbidden."""
    actor.require(Permission.PIPELINE_READ)
    one, problems = from_tree(tree)
    if one is None:
        return Checked(problems)
    with bank.read(actor) as tx:
        return checked(tx, one)


def checked(tx: ReadHandle, one: Definition) -> Checked:
    """A definition looked at over the tables there are, circles included."""
    tables = known_tables(tx)
    found = check(one, tables)
    more: list[Problem] = []
    if one.name in _RESERVED or store.taken(tx, one.name) or _canonical(one.name, tables, tx):
        more.append(Problem("table", 0, 0, f"表名 {one.name} 已被占用，请换一个。"))
    way = graph.circle(_inputs(tx) | {one.name: found.inputs}, one.name)
    if way or one.name in found.inputs:
        shown = " → ".join(way or (one.name, one.name))
        more.append(Problem("sql", 1, 1, f"加工表不能互相循环：{shown}。"))
    return replace(found, problems=(*found.problems, *more)) if more else found


def _canonical(name: str, tables: Mapping[str, LakeTable], tx: ReadHandle) -> bool:
    return name in tables and store.pipeline(tx, name) is None


def _inputs(tx: ReadHandle) -> dict[str, Sequence[str]]:
    return {name: row["inputs"] for name, row in store.working(tx).items()}


def save(bank: Bank, actor: Actor, tree: Mapping[str, Any], *, base_version: int) -> int:
    """Save a definition as a new version, not yet in force; returns its number.

    ``base_version`` is the version it was edited from, 0 for a new table.

    Raises: Forbidden, PipelineInvalid, PipelineMoved.
    """
    actor.require(Permission.PIPELINE_EDIT)
    one, problems = from_tree(tree)
    if one is None:
        raise _invalid(problems)
    with bank.write(actor) as tx:
        store.lock(tx)
        present = store.pipeline(tx, one.name)
        newest = present["newest_version"] if present else 0
        if base_version != newest:
            raise PipelineMoved(version=newest)
        version = keep(tx, one, by=actor.user_id)
        folder.save(bank, one.name, write(one), version=version)
    return version


def keep(tx: WriteHandle, one: Definition, *, by: str) -> int:
    """Keep a definition as the newest version, unless the newest says the same. Raises: PipelineInvalid."""
    found = checked(tx, one)
    if found.problems:
        raise _invalid(found.problems)
    present = store.pipeline(tx, one.name)
    newest = present["newest_version"] if present else 0
    before = store.version(tx, one.name, newest)
    if before is not None and read(before["text"])[0] == one:
        return int(newest)
    version = newest + 1
    store.put(tx, one.name, newest_version=version)
    store.add_version(
        tx,
        {
            "name": one.name,
            "version": version,
            "text": write(one),
            "columns": [asdict(column) for column in found.columns],
            "inputs": list(found.inputs),
            "reads": list(found.reads),
            "saved_by": by,
            "saved_at": tx.clock.now(),
        },
    )
    tx.emit(PipelineSaved(table=one.name, table_version=version))
    return version


def _invalid(problems: Sequence[Problem]) -> PipelineInvalid:
    first = problems[0]
    where = f"第 {first.line} 行，" if first.line else f"{first.field}，" if first.field else ""
    return PipelineInvalid(count=len(problems), where=where, reason=first.message)


def publish(bank: Bank, actor: Actor, name: str, *, version: int) -> None:
    """Put a version in force; it is built at the next run, until then the version before is seen.

    Raises: Forbidden, PipelineUnknown, PipelineBroken, PipelineNeeded when a table made from it could no longer run.
    """
    actor.require(Permission.PIPELINE_EDIT)
    with bank.write(actor) as tx:
        store.lock(tx)
        kept = store.version(tx, name, version)
        one = read(kept["text"])[0] if kept else None
        if kept is None or one is None:
            raise PipelineUnknown(table=name)
        found = checked(tx, one)
        if found.problems:
            raise PipelineBroken(table=name, reason=found.problems[0].message)
        _refuse_breaking(tx, one, found)
        store.put(tx, name, live_version=version, state=PipelineState.LIVE)
        tx.emit(PipelineStated(table=name, state=PipelineState.LIVE, table_version=version))


def _refuse_breaking(tx: ReadHandle, one: Definition, found: Checked) -> None:
    """Look at every table made from this one, with its new columns."""
    tables = known_tables(tx) | {one.name: store.lake_table(one.name, one.title, found.columns)}
    working, records = store.working(tx), store.pipelines(tx)
    for name in graph.users({other: row["inputs"] for other, row in working.items()}, one.name):
        user = read(working[name]["text"])[0]
        if user is None or records[name]["state"] == PipelineState.RETIRED:
            continue
        problems = check(user, tables).problems
        if problems:
            raise PipelineNeeded(table=one.name, tables=name, detail=f"（{problems[0].message.rstrip('。')}）")


def state_to(bank: Bank, actor: Actor, name: str, state: PipelineState) -> None:
    """Pause, resume or retire a derived table.

    Raises: Forbidden, PipelineUnknown, PipelineNeeded when a table that is not retired is made from it.
    """
    actor.require(Permission.PIPELINE_EDIT)
    with bank.write(actor) as tx:
        store.lock(tx)
        present = store.pipeline(tx, name)
        if present is None or present["live_version"] is None:
            raise PipelineUnknown(table=name)
        if state is PipelineState.RETIRED:
            records = store.pipelines(tx)
            using = [one for one in graph.users(_inputs(tx), name) if records[one]["state"] != PipelineState.RETIRED]
            if using:
                raise PipelineNeeded(table=name, tables="、".join(using), detail="")
        store.put(tx, name, state=state)
        tx.emit(PipelineStated(table=name, state=state, table_version=present["live_version"]))


def take_in(bank: Bank, actor: Actor) -> list[str]:
    """Make a version of every text file that says something new; returns the tables changed. Broken files are left."""
    changed = []
    for file in folder.found(bank.settings.pipelines_dir):
        if file.definition is None:
            continue
        with bank.write(actor) as tx:
            store.lock(tx)
            before = store.pipeline(tx, file.definition.name)
            known = store.version(tx, file.definition.name, before["newest_version"]) if before else None
            if known is not None and read(known["text"])[0] == file.definition:
                continue
            if not checked(tx, file.definition).problems:
                keep(tx, file.definition, by=FILE)
                changed.append(file.definition.name)
    return changed


def publish_newest(bank: Bank, actor: Actor, name: str) -> int:
    """Take in text files and put a table's newest version in force; returns its number.

    Raises: Forbidden, PipelineUnknown, PipelineBroken, PipelineNeeded.
    """
    take_in(bank, actor)
    with bank.read(actor) as tx:
        present = store.pipeline(tx, name)
    if present is None:
        raise PipelineUnknown(table=name)
    publish(bank, actor, name, version=present["newest_version"])
    return int(present["newest_version"])


def file_problems(bank: Bank, actor: Actor, path: Path) -> tuple[Problem, ...]:
    """Everything wrong with a text file, over the tables there are. Raises: Forbidden."""
    actor.require(Permission.PIPELINE_READ)
    file = folder.one(path)
    if file.definition is None:
        return file.problems
    with bank.read(actor) as tx:
        return checked(tx, file.definition).problems


def install(bank: Bank, actor: Actor, texts: Sequence[Path]) -> list[str]:
    """Save and publish definitions that come with the product, in an order in which each finds what it reads.

    Raises: PipelineInvalid.
    """
    actor.require(Permission.PIPELINE_EDIT)
    files = [folder.one(path) for path in texts]
    waiting = [file.definition for file in files if file.definition is not None]
    if len(waiting) < len(files):
        raise _invalid(next(file.problems for file in files if file.definition is None))
    names = {one.name for one in waiting}
    read_by = {one.name: [name for name in names if f" {name}" in one.sql] for one in waiting}
    by_name = {one.name: one for one in waiting}
    done = []
    for name in graph.ordered(read_by):
        with bank.write(actor) as tx:
            store.lock(tx)
            version = keep(tx, by_name[name], by=FILE)
            folder.save(bank, name, write(by_name[name]), version=version)
        publish(bank, actor, name, version=version)
        done.append(name)
    return done


def diff(bank: Bank, actor: Actor, name: str, *, old: int, new: int) -> tuple[DiffLine, ...]:
    """The difference of two versions, line by line with all that stays. Raises: Forbidden, PipelineUnknown."""
    actor.require(Permission.PIPELINE_READ)
    with bank.read(actor) as tx:
        before, after = store.version(tx, name, old), store.version(tx, name, new)
    if before is None or after is None:
        raise PipelineUnknown(table=name)
    lines = difflib.ndiff(before["text"].splitlines(), after["text"].splitlines())
    return tuple(DiffLine(line[0], line[2:]) for line in lines if line[0] != "?")
