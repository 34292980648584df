"""What people may ask of the desk: list and read tags, check and try a draft, save it, put it into force, retire it."""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from liuke.data.tags import store
from liuke.data.tags.define.book import Book, Entry, bind
from liuke.data.tags.define.read import shipped
from liuke.data.tags.desk.attempt import attempt
from liuke.data.tags.desk.model import Catalogued, Listed, Shown, Tried
from liuke.data.tags.desk.say import sentence
from liuke.data.tags.desk.spread import of_snapshot
from liuke.data.tags.model import (
    CodeInvalid,
    CodeTaken,
    NoSnapshot,
    NothingToDo,
    State,
    Tag,
    TagInUse,
    TagSaved,
    UnknownTag,
    VersionMoved,
)
from liuke.data.tags.refresh import newest_day
from liuke.data.tags.snapshot import read
from liuke.data.tags.snapshot.model import Snapshot
from liuke.kernel.actor import Actor, Permission
from liuke.kernel.bank import Bank
from liuke.kernel.lineage import Node, NodeKind, Provider
from liuke.kernel.rule.catalogue import propose
from liuke.kernel.store.records import ReadHandle, WriteHandle

_CODE: Final = re.compile(r"[a-z][a-z0-9_]{1,39}")


def may_read(actor: Actor) -> None:
    """Raises Forbidden when the actor may not look at tags."""
    actor.require(Permission.TAG_READ)


def users(bank: Bank, providers: Sequence[Provider]) -> dict[str, list[Node]]:
    """What is made from each tag, by its code: other tags, segments, parts of screens, as every capability tells it."""
    found: dict[str, list[Node]] = {}
    for provider in providers:
        for edge in provider(bank):
            if edge.origin.kind is NodeKind.TAG:
                known = found.setdefault(edge.origin.key, [])
                if edge.target not in known:
                    known.append(edge.target)
    return found


def catalogue(bank: Bank, actor: Actor, providers: Sequence[Provider]) -> Catalogued:
    """Every tag in force and every draft, in the order of families. Raises Forbidden."""
    actor.require(Permission.TAG_READ)
    with bank.read(actor) as tx:
        live, drafts = store.live(tx), {tag.code: tag for tag in store.drafts(tx)}
    snapshot, used = newest(bank), users(bank, providers)
    plates, codes = snapshot.plates if snapshot else {}, {tag.code for tag in live}
    only_drafts = [tag for code, tag in drafts.items() if code not in codes]
    return Catalogued(
        as_of=snapshot.as_of if snapshot else None,
        refreshed_at=snapshot.created_at if snapshot else None,
        customers=snapshot.customers if snapshot else 0,
        tags=[
            Listed(tag, plates.get(tag.code), len(used.get(tag.code, ())), draft=tag.code in drafts)
            for tag in (*live, *only_drafts)
        ],
    )


def show(bank: Bank, actor: Actor, code: str, providers: Sequence[Provider]) -> Shown:
    """One tag: the definition in force, else the newest there is. Raises Forbidden, UnknownTag."""
    actor.require(Permission.TAG_READ)
    with bank.read(actor) as tx:
        versions = store.versions(tx, code)
        live = {tag.code: tag for tag in store.live(tx)}
    tag = live.get(code) or (versions[0].tag if versions else None)
    if tag is None:
        raise UnknownTag(code=code[:40], proposal=propose(code, list(live)))
    book, snapshot = bind({**live, code: tag}.values()), newest(bank)
    entry = book.entries[code]
    known = snapshot if snapshot and code in snapshot else None
    return Shown(
        tag=tag,
        sentence=sentence(entry),
        needs=[book.entries[need].tag for need in sorted(entry.needs)],
        users=users(bank, providers).get(code, []),
        plate=known.plates[code] if known else None,
        as_of=snapshot.as_of if snapshot else None,
        refreshed_at=snapshot.created_at if snapshot else None,
        spread=of_snapshot(known, code) if known else None,
        versions=versions,
    )


def check(bank: Bank, actor: Actor, draft: Tag) -> str:
    """How a draft reads as one Chinese sentence. Raises Forbidden, TagInvalid, RuleInvalid, CircularTag."""
    actor.require(Permission.TAG_EDIT)
    with bank.read(actor) as tx:
        return sentence(_bound(tx, draft)[1])


def attempted(bank: Bank, actor: Actor, draft: Tag, *, seed: int) -> Tried:
    """The draft computed on the newest day. Raises what `check` raises, and NoSnapshot when there is no data yet."""
    actor.require(Permission.TAG_EDIT)
    with bank.read(actor) as tx:
        book, entry = _bound(tx, draft)
    day = newest_day(bank, actor)
    if day is None:
        raise NoSnapshot
    return attempt(bank, actor, book.with_needs([draft.code]), entry, as_of=day, seed=seed)


def save(bank: Bank, actor: Actor, draft: Tag, *, note: str, base: int | None) -> Tag:
    """Keep a draft as a new version. ``base`` is the version it was made from; None for a new tag.

    Raises: what `check` raises; CodeInvalid, CodeTaken, VersionMoved.
    """
    actor.require(Permission.TAG_EDIT)
    if not _CODE.fullmatch(draft.code):
        raise CodeInvalid
    with bank.write(actor) as tx:
        store.lock(tx)
        at = _version(tx, draft.code)
        if base is None and at is not None:
            raise CodeTaken(code=draft.code)
        if base is not None and base != at:
            raise VersionMoved(code=draft.code, version=at or 0)
        _bound(tx, draft)
        return _kept(tx, replace(draft, version=(at or 0) + 1, state=State.DRAFT), note)


def put_live(bank: Bank, actor: Actor, code: str, *, base: int) -> Tag:
    """Put the newest version into force; the next refresh computes it. Raises UnknownTag, VersionMoved, NothingToDo."""
    actor.require(Permission.TAG_EDIT)
    with bank.write(actor) as tx:
        store.lock(tx)
        newest_version = _newest(tx, code, base)
        if newest_version.state is State.LIVE:
            raise NothingToDo(code=code, state="生效")
        _bound(tx, newest_version)
        return _kept(tx, replace(newest_version, version=base + 1, state=State.LIVE), "")


def retire(bank: Bank, actor: Actor, code: str, *, base: int, providers: Sequence[Provider]) -> Tag:
    """Take a tag out of force. Raises UnknownTag, VersionMoved, NothingToDo, TagInUse."""
    actor.require(Permission.TAG_EDIT)
    used = [f"“{node.label}”" for node in users(bank, providers).get(code, []) if node.kind is not NodeKind.SCREEN]
    with bank.write(actor) as tx:
        store.lock(tx)
        newest_version = _newest(tx, code, base)
        if newest_version.state is State.RETIRED:
            raise NothingToDo(code=code, state="停用")
        if used:
            raise TagInUse(code=code, users="、".join(used[:5]))
        return _kept(tx, replace(newest_version, version=base + 1, state=State.RETIRED), "")


def newest(bank: Bank) -> Snapshot | None:
    """The newest snapshot, None before the first refresh."""
    try:
        return read.newest(store.root(bank))
    except NoSnapshot:
        return None


def _bound(tx: ReadHandle, draft: Tag) -> tuple[Book, Entry]:
    book = bind({**{tag.code: tag for tag in store.live(tx)}, draft.code: draft}.values())
    return book, book.entries[draft.code]


_SHIPPED: Final = {tag.code: tag for tag in shipped()}


def _version(tx: ReadHandle, code: str) -> int | None:
    """The newest version of a tag; a shipped one that was never changed is at its own."""
    saved = store.versions(tx, code)
    if saved:
        return saved[0].tag.version
    return _SHIPPED[code].version if code in _SHIPPED else None


def _newest(tx: ReadHandle, code: str, base: int) -> Tag:
    at = _version(tx, code)
    if at is None:
        raise UnknownTag(code=code[:40], proposal="")
    if at != base:
        raise VersionMoved(code=code, version=at)
    saved = store.versions(tx, code)
    return saved[0].tag if saved else _SHIPPED[code]


def _kept(tx: WriteHandle, tag: Tag, note: str) -> Tag:
    store.save(tx, tag, note)
    tx.emit(TagSaved(code=tag.code, tag_version=tag.version, state=tag.state))
    return tag
