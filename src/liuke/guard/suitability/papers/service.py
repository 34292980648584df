"""Keep papers with two pairs of eyes; start, answer, submit and review sittings; set tolerances."""

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from importlib import resources
from typing import Any, Final
from uuid import UUID

import orjson

from liuke.data import profile
from liuke.guard import consent
from liuke.guard.suitability import store as buyers
from liuke.guard.suitability.model import NotYourOwn, SuitabilityViewed, Tolerance, ToleranceSet, UnknownDraft
from liuke.guard.suitability.papers import score, store
from liuke.guard.suitability.papers.model import (
    AnswerNotOnPaper,
    BadPaper,
    NoteMissing,
    Paper,
    PaperChanged,
    PaperState,
    PaperWithdrawn,
    Sign,
    Sitting,
    SittingSettled,
    SittingStarted,
    SittingState,
    SittingSubmitted,
    TooManyThisYear,
    TooManyToday,
    UnknownPaper,
    UnknownSitting,
)
from liuke.kernel.actor import Actor, Permission
from liuke.kernel.bank import Bank
from liuke.kernel.clock import BANK_ZONE
from liuke.kernel.ids import OneId, new_id
from liuke.kernel.store.records import WriteHandle

#: The paper that is shipped.
RETAIL: Final = "retail"
_NOTE: Final = range(4, 201)


def papers(bank: Bank, actor: Actor) -> list[Paper]:
    """Every version of every paper; the shipped one is put there when there is none."""
    actor.require(Permission.SUITABILITY_READ)
    with bank.write(actor) as tx:
        _ship(tx)
        return store.papers(tx)


def _ship(tx: WriteHandle) -> None:
    """Put the shipped paper in force where no paper of that name was ever made."""
    if store.next_version(tx, RETAIL) > 1:
        return
    body = orjson.loads(resources.files(__package__).joinpath("retail.json").read_bytes())
    now = tx.clock.now()
    row = {"paper_no": RETAIL, "version": 1, "title": body["title"], "state": PaperState.LIVE, "body": body}
    store.add_paper(tx, row | {"approved_by": "shipped", "live_at": now})
    tx.emit(PaperChanged(paper_no=RETAIL, paper_version=1, state=PaperState.LIVE))


def propose(bank: Bank, actor: Actor, paper_no: str, *, title: str, body: Mapping[str, Any]) -> int:
    """Keep a new version of a paper as a draft; returns its number. Raises Forbidden, BadPaper."""
    actor.require(Permission.SUITABILITY_EDIT)
    if not paper_no.isascii() or not paper_no.isalnum() or not title.strip():
        raise BadPaper(reason="问卷编号只用字母和数字，并须有标题")
    score.questions_of(body)
    score.bands_of(body)
    with bank.write(actor) as tx:
        version = store.next_version(tx, paper_no)
        kept = {"questions": body["questions"], "bands": body["bands"], "source": str(body.get("source", ""))}
        row = {"paper_no": paper_no, "version": version, "title": title.strip(), "state": PaperState.DRAFT}
        store.add_paper(tx, row | {"body": kept})
        tx.emit(PaperChanged(paper_no=paper_no, paper_version=version, state=PaperState.DRAFT))
    return version


def publish(bank: Bank, actor: Actor, paper_no: str, version: int) -> None:
    """Put a draft in force in place of the present version; by somebody else than its author.

    Raises: Forbidden, UnknownDraft, NotYourOwn.
    """
    actor.require(Permission.SUITABILITY_EDIT)
    with bank.write(actor) as tx:
        draft = store.paper(tx, paper_no, version=version)
        if draft is None or draft.state is not PaperState.DRAFT:
            raise UnknownDraft
        if draft.made_by == actor.user_id:
            raise NotYourOwn
        present = store.paper(tx, paper_no)
        if present is not None:
            store.change_paper(tx, present, state=PaperState.WITHDRAWN, withdrawn_at=tx.clock.now())
        store.change_paper(tx, draft, state=PaperState.LIVE, approved_by=actor.user_id, live_at=tx.clock.now())
        tx.emit(PaperChanged(paper_no=paper_no, paper_version=version, state=PaperState.LIVE))


def withdraw(bank: Bank, actor: Actor, paper_no: str) -> None:
    """Take the version in force away; sittings begun on it cannot be submitted. Raises Forbidden, UnknownPaper."""
    actor.require(Permission.SUITABILITY_EDIT)
    with bank.write(actor) as tx:
        present = store.paper(tx, paper_no)
        if present is None:
            raise UnknownPaper(paper_no=paper_no)
        store.change_paper(tx, present, state=PaperState.WITHDRAWN, withdrawn_at=tx.clock.now())
        tx.emit(PaperChanged(paper_no=paper_no, paper_version=present.version, state=PaperState.WITHDRAWN))


def start(
    bank: Bank, actor: Actor, customer_no: str, *, paper_no: str, channel: consent.Channel
) -> tuple[Sitting, Paper]:
    """Begin a sitting of a customer on the paper in force.

    Raises: Forbidden, UnknownCustomer, UnknownPaper, TooManyToday, TooManyThisYear.
    """
    actor.require(Permission.SUITABILITY_SELL)
    one_id = profile.facts.number_of(bank, customer_no)
    sitting_id = new_id(bank.clock)
    with bank.write(actor) as tx:
        if not profile.facts.knows(tx, one_id):
            raise profile.UnknownCustomer
        if paper_no == RETAIL:
            _ship(tx)
        paper = store.paper(tx, paper_no)
        if paper is None:
            raise UnknownPaper(paper_no=paper_no)
        buyers.lock(tx, one_id)
        _check_times(tx, one_id)
        row = {"id": sitting_id, "one_id": one_id, "paper_no": paper_no, "version": paper.version, "channel": channel}
        store.add_sitting(tx, row | {"started_at": tx.clock.now(), "started_by": actor.user_id})
        version = paper.version
        tx.emit(SittingStarted(subject=one_id, sitting=str(sitting_id), paper_no=paper_no, paper_version=version))
        return _locked(tx, sitting_id, SittingState.OPEN), paper


def _check_times(tx: WriteHandle, one_id: OneId) -> None:
    rules, now = buyers.policy(tx), tx.clock.now()
    midnight = datetime.combine(now.astimezone(BANK_ZONE).date(), time(), BANK_ZONE)
    today = store.counted(tx, one_id, since=midnight)
    if today >= rules.attempts_a_day:
        raise TooManyToday(times=today, limit=rules.attempts_a_day)
    year = store.counted(tx, one_id, since=store.year_before(now))
    if year >= rules.attempts_a_year:
        raise TooManyThisYear(times=year, limit=rules.attempts_a_year)


def answer(bank: Bank, actor: Actor, sitting_id: UUID, *, question: str, option: str) -> Sitting:
    """Choose an answer; choosing another later is counted as a change.

    Raises: Forbidden, UnknownSitting, PaperWithdrawn, AnswerNotOnPaper.
    """
    actor.require(Permission.SUITABILITY_SELL)
    with bank.write(actor) as tx:
        sitting = _locked(tx, sitting_id, SittingState.OPEN)
        paper = _paper(tx, sitting)
        if not any(one.id == question and any(o.id == option for o in one.options) for one in paper.questions):
            raise AnswerNotOnPaper(question=question[:20], option=option[:20])
        changed = question in sitting.answers and sitting.answers[question] != option
        answers = {**sitting.answers, question: option}
        store.change_sitting(tx, sitting_id, answers=answers, changes=sitting.changes + changed)
        return _locked(tx, sitting_id, SittingState.OPEN)


def submit(bank: Bank, actor: Actor, sitting_id: UUID) -> Sitting:
    """Score a sitting: the tolerance holds at once, or waits for a second person where it looks guided.

    Raises: Forbidden, UnknownSitting, PaperWithdrawn, Unanswered, TooManyToday, TooManyThisYear.
    """
    actor.require(Permission.SUITABILITY_SELL)
    with bank.write(actor) as tx:
        sitting = _locked(tx, sitting_id, SittingState.OPEN)
        paper, now = _paper(tx, sitting), tx.clock.now()
        buyers.lock(tx, sitting.one_id)
        _check_times(tx, sitting.one_id)
        scored = score.score(paper, sitting.answers)
        before = store.scored_before(store.sittings(tx, sitting.one_id), sitting_id)
        rules = buyers.policy(tx)
        found = score.signs(paper, rules, sitting=sitting, scored=scored, now=now, before=before)
        state = SittingState.REVIEW if found else SittingState.DONE
        values = {"state": state, "submitted_at": now, "score": scored.score, "tolerance": scored.tolerance.rank}
        store.change_sitting(tx, sitting_id, signs=[sign.value for sign in found], **values)
        tx.emit(_submitted(sitting, scored.score, scored.tolerance, found))
        if state is SittingState.DONE:
            _apply(tx, sitting, scored.tolerance, on=now)
        return _locked(tx, sitting_id, state)


def _submitted(sitting: Sitting, total: int, tolerance: Tolerance, found: tuple[Sign, ...]) -> SittingSubmitted:
    signs = [sign.value for sign in found]
    return SittingSubmitted(
        subject=sitting.one_id, sitting=str(sitting.id), score=total, tolerance=tolerance, signs=signs
    )


def settle(bank: Bank, actor: Actor, sitting_id: UUID, *, confirmed: bool, note: str) -> Sitting:
    """Confirm a sitting held back, or make it void; by somebody else than who conducted it.

    Raises: Forbidden, UnknownSitting, NotYourOwn, NoteMissing.
    """
    actor.require(Permission.SUITABILITY_EDIT)
    why = " ".join(note.split())
    if len(why) not in _NOTE:
        raise NoteMissing
    with bank.write(actor) as tx:
        sitting = _locked(tx, sitting_id, SittingState.REVIEW)
        if sitting.started_by == actor.user_id:
            raise NotYourOwn
        state = SittingState.DONE if confirmed else SittingState.VOID
        store.change_sitting(tx, sitting_id, state=state, settled_by=actor.user_id, note=why)
        tx.emit(SittingSettled(subject=sitting.one_id, sitting=str(sitting_id), state=state))
        if confirmed and sitting.tolerance and sitting.submitted_at:
            _apply(tx, sitting, sitting.tolerance, on=sitting.submitted_at)
        return _locked(tx, sitting_id, state)


def _apply(tx: WriteHandle, sitting: Sitting, tolerance: Tolerance, *, on: datetime) -> None:
    """Make the tolerance of a sitting the customer's own."""
    before = buyers.lock(tx, sitting.one_id)["tolerance"]
    assessed = on.astimezone(BANK_ZONE).date()
    until = assessed + timedelta(days=buyers.policy(tx).validity_days)
    facts = {"tolerance": tolerance.rank, "origin": "paper", "assessed_on": assessed, "valid_until": until}
    buyers.change(tx, sitting.one_id, **facts)
    told = {"before": f"C{before}" if before else "", "after": tolerance.value}
    tx.emit(ToleranceSet(subject=sitting.one_id, sitting=str(sitting.id), valid_until=until.isoformat(), **told))


def _locked(tx: WriteHandle, sitting_id: UUID, state: SittingState) -> Sitting:
    found = store.lock_sitting(tx, sitting_id)
    if found is None or found.state is not state:
        raise UnknownSitting
    return found


def _paper(tx: WriteHandle, sitting: Sitting) -> Paper:
    paper = store.paper(tx, sitting.paper_no, version=sitting.version)
    if paper is None or paper.state is not PaperState.LIVE:
        raise PaperWithdrawn
    return paper


def sittings(bank: Bank, actor: Actor, customer_no: str) -> list[Sitting]:
    """Sittings of a customer, latest first; the look is recorded. Raises Forbidden, UnknownCustomer."""
    actor.require(Permission.SUITABILITY_READ)
    one_id = profile.facts.number_of(bank, customer_no)
    with bank.write(actor) as tx:
        if not profile.facts.knows(tx, one_id):
            raise profile.UnknownCustomer
        tx.emit(SuitabilityViewed(subject=one_id, part="sittings"))
        return store.sittings(tx, one_id)


def reviews(bank: Bank, actor: Actor, *, limit: int) -> list[Sitting]:
    """Sittings that wait for a second person; the look is recorded."""
    actor.require(Permission.SUITABILITY_EDIT)
    with bank.write(actor) as tx:
        found = store.reviews(tx, limit=limit)
        seen = [int(one.one_id) for one in found]
        tx.emit(profile.CustomersListed(where="suitability_reviews", count=len(seen), one_ids=seen))
    return found
