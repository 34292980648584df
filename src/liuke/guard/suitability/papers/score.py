"""From a paper's text to a paper, from answers to a tolerance, from a sitting to signs of guidance: pure."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from liuke.guard.suitability.model import Policy, Tolerance
from liuke.guard.suitability.papers.model import (
    AnswerNotOnPaper,
    BadPaper,
    Band,
    Option,
    Paper,
    Question,
    Scored,
    Sign,
    Sitting,
    Unanswered,
)

_MOST = 50


def questions_of(body: Mapping[str, Any]) -> tuple[Question, ...]:
    """The questions of a paper's JSON. Raises BadPaper."""
    try:
        found = tuple(
            Question(
                str(one["id"]),
                str(one["text"]),
                tuple(Option(str(o["id"]), str(o["text"]), int(o["score"]), o.get("cap")) for o in one["options"]),
            )
            for one in body["questions"]
        )
    except (KeyError, TypeError, ValueError) as fault:
        raise BadPaper(reason=f"题目缺少或写错了 {fault}") from fault
    if not 1 <= len(found) <= _MOST or len({one.id for one in found}) != len(found):
        raise BadPaper(reason=f"题数应为 1–{_MOST}，题号不重复")
    for one in found:
        if len(one.options) < 2 or len({option.id for option in one.options}) != len(one.options):
            raise BadPaper(reason=f"第 {one.id} 题至少要有两个不同的选项")
        if any(option.cap is not None and option.cap not in range(1, 6) for option in one.options):
            raise BadPaper(reason=f"第 {one.id} 题的封顶等级应为 1–5")
    return found


def bands_of(body: Mapping[str, Any]) -> tuple[Band, ...]:
    """The bands of a paper's JSON, from cautious to bold. Raises BadPaper."""
    try:
        found = tuple(Band(int(one["from"]), int(one["tolerance"])) for one in body["bands"])
    except (KeyError, TypeError, ValueError) as fault:
        raise BadPaper(reason=f"分档缺少或写错了 {fault}") from fault
    starts, ranks = [band.from_score for band in found], [band.tolerance for band in found]
    if not found or starts != sorted(set(starts)) or ranks != sorted(set(ranks)) or not set(ranks) <= set(range(1, 6)):
        raise BadPaper(reason="分档应由低到高、不重复，等级为 1–5")
    return found


def score(paper: Paper, answers: Mapping[str, str]) -> Scored:
    """The sum of points and its tolerance; a capping answer holds it down. Raises Unanswered, AnswerNotOnPaper."""
    missing = [one.id for one in paper.questions if one.id not in answers]
    if missing:
        raise Unanswered(count=len(missing), questions="、".join(missing))
    chosen = [_chosen(one, answers[one.id]) for one in paper.questions]
    total = sum(option.score for option in chosen)
    rank = max((band.tolerance for band in paper.bands if band.from_score <= total), default=paper.bands[0].tolerance)
    caps = [option.cap for option in chosen if option.cap is not None]
    return Scored(total, Tolerance(f"C{min([rank, *caps])}"))


def _chosen(question: Question, option_id: str) -> Option:
    for option in question.options:
        if option.id == option_id:
            return option
    raise AnswerNotOnPaper(question=question.id, option=option_id[:20])


def signs(
    paper: Paper, policy: Policy, *, sitting: Sitting, scored: Scored, now: datetime, before: Sequence[Sitting]
) -> tuple[Sign, ...]:
    """What makes this sitting look guided. ``before``: the customer's earlier scored sittings, latest first."""
    found = []
    count = len(paper.questions)
    seconds = (now - sitting.started_at).total_seconds()
    if seconds < 0:
        found.append(Sign.CLOCK)
    elif seconds < policy.seconds_a_question * count:
        found.append(Sign.TOO_FAST)
    if sitting.changes > policy.changes_a_question * count:
        found.append(Sign.TOO_MANY_CHANGES)
    recent = [one for one in before if one.submitted_at and one.submitted_at > now - timedelta(days=policy.jump_days)]
    ranks = [one.tolerance.rank for one in recent if one.tolerance]
    if ranks and scored.tolerance.rank - min(ranks) >= policy.jump_levels:
        found.append(Sign.JUMP)
    if len(ranks) >= 2 and scored.tolerance.rank > max(ranks):
        found.append(Sign.REPEATED)
    return tuple(found)
