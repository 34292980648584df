"""What others may ask of segments: make, change and put them away; count a rule while it is written; who is in one."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

from liuke.data import profile
from liuke.insight.segments import desk, rules, store
from liuke.insight.segments.count import bits, tagged
from liuke.insight.segments.count.bits import Bits
from liuke.insight.segments.count.tagged import Tagged
from liuke.insight.segments.members import files
from liuke.insight.segments.members.hold import Standing
from liuke.insight.segments.members.renew import MACHINE, refresh, vocabulary
from liuke.insight.segments.model import (
    MEANING_LONGEST,
    NAME_LONGEST,
    NOTE_LONGEST,
    PREFIX,
    Cause,
    Counted,
    Draft,
    Place,
    Refresh,
    Segment,
    SegmentArchived,
    SegmentInUse,
    SegmentMoved,
    SegmentNameBad,
    SegmentNameTaken,
    SegmentSaved,
    SegmentState,
    SegmentStateChanged,
    SegmentTextTooLong,
    Size,
    UnknownSegment,
    Version,
)
from liuke.insight.segments.rules import Vocabulary
from liuke.kernel import rule
from liuke.kernel.actor import Actor, Permission
from liuke.kernel.bank import Bank
from liuke.kernel.clock import BANK_ZONE
from liuke.kernel.ids import OneId
from liuke.kernel.page import Page
from liuke.kernel.store.records import ReadHandle, WriteHandle

_CODE: Final = re.compile(r"\W+")
_STRATEGIES: Final = 12
#: Refreshes looked through for the day a customer came into a segment.
_BACK: Final = 120


@dataclass(frozen=True, slots=True)
class Listed:
    """A segment in a list, with its size within the asker's scope and the last sizes over the bank."""

    segment: Segment
    size: Size
    trend: Sequence[tuple[date, int]]


def words(bank: Bank, actor: Actor, known: Tagged) -> Vocabulary:
    """What a rule may name. Raises Forbidden."""
    actor.require(Permission.SEGMENT_READ)
    with bank.read(MACHINE) as tx:
        return vocabulary(known, tx)


def count(bank: Bank, actor: Actor, text: str, *, purpose: str) -> Counted:
    """The exact number of customers a rule is true for, within the actor's scope.

    Raises: Forbidden, RuleInvalid, OutsidePurpose, NoSnapshot.
    """
    actor.require(Permission.SEGMENT_READ)
    wanted = rules.purpose_of(purpose)
    now = tagged.current(bank)
    snapshot, here = now.snapshot, desk.of(bank)
    with bank.read(MACHINE) as tx:
        known = vocabulary(now, tx)
        checked = known.check(text)
        rules.require_purpose(checked, wanted, known)
        standing = desk.standing(bank, tx)
        engine = here.engine(bank, tx, known, members=standing.members, snapshot=snapshot)
        base = seen(bank, actor, engine.present, snapshot.size)
        found = engine.find(checked) & base
        reach = here.reach.mask(tx, bank.settings.home, wanted, now=bank.clock.now())
        parts = engine.parts(checked, base)
    return Counted(
        customers=bits.count(found),
        reachable=bits.count(found & bits.resized(reach, snapshot.size)),
        base=bits.count(base),
        as_of=snapshot.as_of,
        sentence=rule.to_chinese(checked),
        text=rule.to_text(checked.rule),
        tree=rule.to_json(checked.rule),
        parts=[(part.path, part.customers) for part in parts],
    )


def seen(bank: Bank, actor: Actor, present: Bits, size: int) -> Bits:
    """The customers of a snapshot the actor may see."""
    with bank.read(actor) as tx:
        mask = desk.of(bank).scopes.mask(tx, size=size, now=bank.clock.now())
    return present if mask is None else present & mask


def create(bank: Bank, actor: Actor, draft: Draft) -> Segment:
    """Save a new segment and compute who is in it.

    Raises: Forbidden, SegmentNameBad, SegmentNameTaken, RuleInvalid, OutsidePurpose, CircularSegment.
    """
    return create_all(bank, actor, [draft])[0]


def create_all(bank: Bank, actor: Actor, drafts: Sequence[Draft], *, as_of: date | None = None) -> list[Segment]:
    """Save new segments at once and compute who is in them. Raises: as `create`; then none is saved."""
    actor.require(Permission.SEGMENT_EDIT)
    with bank.write(actor) as tx:
        store.locked(tx)
        made = [_add(bank, tx, _tidy(draft)) for draft in drafts]
    if made:
        refresh(bank, actor, cause=Cause.SAVED, only=[segment.id for segment in made], as_of=as_of)
    return made


def _add(bank: Bank, tx: WriteHandle, draft: Draft) -> Segment:
    code = _CODE.sub("_", draft.name).strip("_")
    if code[0].isdigit():
        code = f"客群{code}"
    if store.taken(tx, name=draft.name, code=code):
        raise SegmentNameTaken(name=draft.name)
    draft, sentence = _checked(bank, tx, draft, field=PREFIX + code)
    segment = store.add(tx, draft, code=code, sentence=sentence)
    tx.emit(SegmentSaved(segment=segment.id, rule_version=1, purpose=segment.purpose))
    return segment


def save(bank: Bank, actor: Actor, segment_id: int, draft: Draft, *, version: int) -> Segment:
    """Save the next version. ``version`` is the one that was read.

    Raises: as `create`, UnknownSegment, SegmentMoved, SegmentArchived.
    """
    actor.require(Permission.SEGMENT_EDIT)
    draft = _tidy(draft)
    with bank.write(actor) as tx:
        store.locked(tx)
        held = _known(tx, segment_id)
        if held.state is SegmentState.ARCHIVED:
            raise SegmentArchived(name=held.name)
        if held.version != version:
            raise SegmentMoved(name=held.name, version=held.version)
        if draft.name != held.name and store.taken(tx, name=draft.name, code=held.code, but=held.id):
            raise SegmentNameTaken(name=draft.name)
        draft, sentence = _checked(bank, tx, draft, field=held.field)
        changed = store.change(tx, held, draft, sentence=sentence)
        assert changed is not None  # noqa: S101  (the lock is held)
        tx.emit(SegmentSaved(segment=segment_id, rule_version=changed.version, purpose=changed.purpose))
    refresh(bank, actor, cause=Cause.SAVED, only=[segment_id])
    return changed


def set_state(bank: Bank, actor: Actor, segment_id: int, state: SegmentState) -> Segment:
    """Put a segment out of use, or back into it. Raises Forbidden, UnknownSegment, SegmentInUse."""
    actor.require(Permission.SEGMENT_EDIT)
    with bank.write(actor) as tx:
        store.locked(tx)
        held = _known(tx, segment_id)
        if state is SegmentState.ARCHIVED:
            using = rules.users(held.field, store.every(tx))
            if using:
                raise SegmentInUse(name=held.name, users="、".join(f"“{other.name}”" for other in using[:5]))
        if state is not held.state:
            store.set_state(tx, segment_id, state)
            tx.emit(SegmentStateChanged(segment=segment_id, state=state))
    if state is SegmentState.ACTIVE and held.state is SegmentState.ARCHIVED:
        refresh(bank, actor, cause=Cause.SAVED, only=[segment_id])
    return replace(held, state=state)


def _tidy(draft: Draft) -> Draft:
    """The draft without needless blanks. Raises SegmentNameBad, SegmentTextTooLong."""
    name = " ".join(draft.name.split())
    if not 1 <= len(name) <= NAME_LONGEST or not _CODE.sub("", name).strip("_"):
        raise SegmentNameBad
    meaning, note = draft.meaning.strip(), draft.note.strip()
    strategy = tuple(line.strip() for line in draft.strategy if line.strip())
    for words_, limit in (
        (meaning, MEANING_LONGEST),
        (note, NOTE_LONGEST),
        *((line, MEANING_LONGEST) for line in strategy),
    ):
        if len(words_) > limit:
            raise SegmentTextTooLong(limit=limit)
    return replace(draft, name=name, meaning=meaning, note=note, strategy=strategy[:_STRATEGIES])


def _checked(bank: Bank, tx: ReadHandle, draft: Draft, *, field: str) -> tuple[Draft, str]:
    """The draft with its rule in canonical text, and the rule's sentence."""
    known = vocabulary(tagged.current(bank), tx)
    rules.require_acyclic(field, draft.rule_text, known.segments)
    checked = known.check(draft.rule_text)
    rules.require_purpose(checked, rules.purpose_of(draft.purpose), known)
    return replace(draft, rule_text=rule.to_text(checked.rule)), rule.to_chinese(checked)


def _known(tx: ReadHandle, segment_id: int) -> Segment:
    found = store.read(tx, segment_id)
    if found is None:
        raise UnknownSegment
    return found


def read(bank: Bank, actor: Actor, segment_id: int) -> Listed:
    """One segment. Raises Forbidden, UnknownSegment."""
    actor.require(Permission.SEGMENT_READ)
    with bank.read(MACHINE) as tx:
        return _sized(bank, tx, actor, [_known(tx, segment_id)])[0]


def find(
    bank: Bank, actor: Actor, *, text: str, state: SegmentState | None, cursor: str | None, limit: int
) -> Page[Listed]:
    """Segments, latest changed first. Raises Forbidden."""
    actor.require(Permission.SEGMENT_READ)
    with bank.read(MACHINE) as tx:
        page = store.find(tx, text_=text.strip(), state=state, cursor=cursor, limit=limit)
        return Page(_sized(bank, tx, actor, page.items), page.next_cursor)


def _sized(bank: Bank, tx: ReadHandle, actor: Actor, segments: Sequence[Segment]) -> list[Listed]:
    numbers = [segment.id for segment in segments]
    standing, faults = desk.standing(bank, tx), store.faults(tx, numbers)
    longest = max((len(standing.members(number)) for number in numbers), default=0) * bits.WORD
    within = seen(bank, actor, bits.full(longest), longest)
    found = []
    for segment in segments:
        history = store.refreshes(tx, segment.id, limit=_BACK)
        found.append(Listed(segment, _size(bank, tx, standing, segment, within, history, faults), _trend(history)))
    return found


def _size(
    bank: Bank,
    tx: ReadHandle,
    standing: Standing,
    segment: Segment,
    within: Bits,
    history: Sequence[Refresh],
    faults: dict[int, str],
) -> Size:
    size = len(within) * bits.WORD
    members = bits.resized(standing.members(segment.id), size) & within
    mask = desk.of(bank).reach.mask(tx, bank.settings.home, rules.purpose_of(segment.purpose), now=bank.clock.now())
    last = history[0] if history else None
    earlier = next((one.customers for one in history if last and one.as_of < last.as_of), None)
    return Size(
        customers=bits.count(members),
        reachable=bits.count(members & bits.resized(mask, size)),
        change=None if last is None or earlier is None else last.customers - earlier,
        as_of=last.as_of if last else None,
        refreshed_at=last.at if last else None,
        fault=faults.get(segment.id, ""),
    )


def _trend(history: Sequence[Refresh]) -> list[tuple[date, int]]:
    """The size at the end of each day, oldest first."""
    days: dict[date, int] = {}
    for one in history:
        days.setdefault(one.as_of, one.customers)
    return sorted(days.items())


def versions(bank: Bank, actor: Actor, segment_id: int) -> list[Version]:
    """Every version of a segment, newest first. Raises Forbidden, UnknownSegment."""
    actor.require(Permission.SEGMENT_READ)
    with bank.read(actor) as tx:
        _known(tx, segment_id)
        return store.versions(tx, segment_id)


def history(bank: Bank, actor: Actor, segment_id: int) -> list[Refresh]:
    """Refreshes of a segment over the whole bank, newest first. Raises Forbidden, UnknownSegment."""
    actor.require(Permission.SEGMENT_READ)
    with bank.read(actor) as tx:
        _known(tx, segment_id)
        return store.refreshes(tx, segment_id, limit=_BACK)


def members(bank: Bank, actor: Actor, segment_id: int, *, cursor: str | None, limit: int) -> Page[dict[str, Any]]:
    """One page of the members within the actor's scope, largest AUM first; a look that is written down.

    Raises: Forbidden, UnknownSegment, BadCursor.
    """
    actor.require(Permission.SEGMENT_READ)
    with bank.read(MACHINE) as tx:
        _known(tx, segment_id)
        inside = desk.standing(bank, tx).members(segment_id)
    return profile.among(
        bank,
        actor,
        lambda one_ids: bits.has_each(inside, one_ids),
        few=bits.numbers(inside).tolist() if bits.count(inside) <= FEW else None,
        where=f"segment:{segment_id}",
        cursor=cursor,
        limit=limit,
    )


def inside(bank: Bank, actor: Actor, segment_id: int) -> Bits:
    """The set of a segment's members over the whole bank: whoever answers with it narrows it to the actor's scope.

    Raises: Forbidden, UnknownSegment.
    """
    actor.require(Permission.SEGMENT_READ)
    with bank.read(MACHINE) as tx:
        _known(tx, segment_id)
        return desk.standing(bank, tx).members(segment_id)


#: Members up to which a list is read by their numbers, not by walking the customers in order.
FEW: Final = 20_000


def of_customer(tx: ReadHandle, bank: Bank, one_id: OneId) -> list[Place]:
    """The segments a customer is in, and since which data day. ``tx`` sees the whole bank."""
    standing = desk.standing(bank, tx)
    found = [segment for segment in store.every(tx) if bits.has(standing.members(segment.id), int(one_id))]
    return [Place(segment, _since(bank, tx, segment, int(one_id))) for segment in found]


def _since(bank: Bank, tx: ReadHandle, segment: Segment, one_id: int) -> date | None:
    """The data day of the refresh that brought a customer in, or the day of the move that did."""
    moves = [move for number, move in store.moves_of(tx, one_id, limit=200) if number == segment.id]
    for one in store.refreshes(tx, segment.id, limit=_BACK):
        if moves and moves[0].joined and moves[0].at > one.at:
            return moves[0].at.astimezone(BANK_ZONE).date()
        joined, _gone = files.moved(bank.settings.home, segment.id, one.id)
        if files.holds(joined, one_id):
            return one.as_of
    return None


def places(bank: Bank, actor: Actor, customer_no: str) -> list[Place]:
    """The segments a customer is in. Raises Forbidden, UnknownCustomer."""
    actor.require(Permission.SEGMENT_READ)
    actor.require(Permission.CUSTOMER_READ)
    one_id = profile.facts.number_of(bank, customer_no)
    with bank.write(actor) as tx:
        if not profile.facts.knows(tx, one_id):
            raise profile.UnknownCustomer
        tx.emit(profile.CustomerViewed(subject=one_id, part="segments"))
    with bank.read(MACHINE) as tx:
        return of_customer(tx, bank, one_id)


def refresh_now(bank: Bank, actor: Actor, segment_id: int) -> Segment:
    """Compute a segment again. Raises Forbidden, UnknownSegment, SegmentArchived, NoSnapshot."""
    actor.require(Permission.SEGMENT_EDIT)
    with bank.read(actor) as tx:
        held = _known(tx, segment_id)
    if held.state is SegmentState.ARCHIVED:
        raise SegmentArchived(name=held.name)
    refresh(bank, actor, cause=Cause.MANUAL, only=[segment_id])
    return held
