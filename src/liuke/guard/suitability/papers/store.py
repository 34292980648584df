"""Tables of papers and sittings and every statement about them."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    JSON,
    BigInteger,
    DateTime,
    Index,
    Integer,
    RowMapping,
    SmallInteger,
    Table,
    Text,
    Uuid,
    func,
    insert,
    select,
    text,
    update,
)

from liuke.guard.suitability.model import Tolerance
from liuke.guard.suitability.papers.model import Paper, PaperState, Sign, Sitting, SittingState
from liuke.guard.suitability.papers.score import bands_of, questions_of
from liuke.kernel.ids import OneId
from liuke.kernel.store.columns import PiClass, Retention, column, metadata
from liuke.kernel.store.records import ReadHandle, WriteHandle

_plain = partial(column, pi=PiClass.NONE, keep=Retention.PERMANENT)
_none = partial(column, pi=PiClass.NONE, keep=Retention.RECORD)
_c1 = partial(column, pi=PiClass.C1, keep=Retention.RECORD)
_c2 = partial(column, pi=PiClass.C2, keep=Retention.RECORD)
_MOMENT: Final = DateTime(timezone=True)

paper_table = Table(
    "paper",
    metadata,
    _plain("paper_no", Text, primary_key=True),
    _plain("version", Integer, primary_key=True, autoincrement=False),
    _plain("title", Text),
    _plain("state", Text),
    _plain("body", JSON),
    _plain("made_by", Text),
    _plain("made_at", _MOMENT),
    _plain("approved_by", Text, nullable=True),
    _plain("live_at", _MOMENT, nullable=True),
    _plain("withdrawn_at", _MOMENT, nullable=True),
    Index("ix_paper_live", "paper_no", unique=True, postgresql_where=text("state = 'live'")),
)

sitting_table = Table(
    "sitting",
    metadata,
    _none("id", Uuid, primary_key=True),
    _c1("one_id", BigInteger),
    _none("paper_no", Text),
    _none("version", Integer),
    _none("channel", Text),
    _none("state", Text),
    _c1("started_at", _MOMENT),
    _c1("started_by", Text),
    _c1("submitted_at", _MOMENT, nullable=True),
    _c2("answers", JSON),
    _none("changes", Integer),
    _c2("score", Integer, nullable=True),
    _c2("tolerance", SmallInteger, nullable=True),
    _none("signs", ARRAY(Text)),
    _c1("settled_by", Text, nullable=True),
    _c1("note", Text, nullable=True),
    Index("ix_sitting_one_id", "one_id", "started_at"),
    Index("ix_sitting_review", "submitted_at", postgresql_where=text("state = 'review'")),
)


def paper(tx: ReadHandle, paper_no: str, *, version: int | None = None) -> Paper | None:
    """A version of a paper; without one, the version in force."""
    mine = paper_table.c.paper_no == paper_no
    which = paper_table.c.state == PaperState.LIVE if version is None else paper_table.c.version == version
    row = tx.one(select(paper_table).where(mine, which))
    return _paper(row) if row else None


def papers(tx: ReadHandle) -> list[Paper]:
    """Every version of every paper."""
    rows = tx.rows(select(paper_table).order_by(paper_table.c.paper_no, paper_table.c.version.desc()))
    return [_paper(row) for row in rows]


def _paper(row: Mapping[Any, Any]) -> Paper:
    facts = {name: row[name] for name in ("paper_no", "version", "title", "made_by", "approved_by", "live_at")}
    body = row["body"]
    return Paper(
        **facts,
        source=str(body.get("source", "")),
        state=PaperState(row["state"]),
        questions=questions_of(body),
        bands=bands_of(body),
    )


def next_version(tx: ReadHandle, paper_no: str) -> int:
    """Number of the next version of a paper."""
    highest = select(func.coalesce(func.max(paper_table.c.version), 0)).where(paper_table.c.paper_no == paper_no)
    return int(tx.value(highest)) + 1


def add_paper(tx: WriteHandle, values: Mapping[str, object]) -> None:
    """Keep a version of a paper."""
    tx.execute(insert(paper_table).values(**values, made_by=tx.actor.user_id, made_at=tx.clock.now()))


def change_paper(tx: WriteHandle, found: Paper, **values: object) -> None:
    """Set columns of a version of a paper."""
    mine = (paper_table.c.paper_no == found.paper_no) & (paper_table.c.version == found.version)
    tx.execute(update(paper_table).where(mine).values(**values))


def add_sitting(tx: WriteHandle, values: Mapping[str, object]) -> None:
    """Keep a sitting that begins."""
    fresh = {"state": SittingState.OPEN, "answers": {}, "changes": 0, "signs": []}
    tx.execute(insert(sitting_table).values(**fresh, **values))


def lock_sitting(tx: WriteHandle, sitting_id: UUID) -> Sitting | None:
    """A sitting within the actor's scope, locked until the transaction ends."""
    row = tx.one(select(sitting_table).where(sitting_table.c.id == sitting_id).with_for_update())
    return _sitting(row) if row else None


def change_sitting(tx: WriteHandle, sitting_id: UUID, **values: object) -> None:
    """Set columns of a sitting."""
    tx.execute(update(sitting_table).where(sitting_table.c.id == sitting_id).values(**values))


def counted(tx: ReadHandle, one_id: OneId, *, since: datetime) -> int:
    """Sittings of a customer that count, begun since a moment; those that seem to lie in the future count too."""
    sitting = sitting_table.c
    counts = sitting.state.in_((SittingState.DONE, SittingState.REVIEW)) | (
        (sitting.state == SittingState.VOID) & sitting.score.is_not(None)
    )
    query = select(func.count()).where(sitting.one_id == one_id, sitting.started_at >= since, counts)
    return int(tx.value(query))


def sittings(tx: ReadHandle, one_id: OneId, *, limit: int = 50) -> list[Sitting]:
    """Sittings of a customer, latest first."""
    mine = select(sitting_table).where(sitting_table.c.one_id == one_id)
    return [_sitting(row) for row in tx.rows(mine.order_by(sitting_table.c.id.desc()).limit(limit))]


def reviews(tx: ReadHandle, *, limit: int) -> list[Sitting]:
    """Sittings held back for a second person, oldest first."""
    waiting = select(sitting_table).where(sitting_table.c.state == SittingState.REVIEW)
    return [_sitting(row) for row in tx.rows(waiting.order_by(sitting_table.c.submitted_at).limit(limit))]


def forget_answers(tx: WriteHandle, one_id: OneId) -> None:
    """Destroy a customer's answers; the score stays."""
    tx.execute(update(sitting_table).where(sitting_table.c.one_id == one_id).values(answers={}))


def _sitting(row: RowMapping) -> Sitting:
    facts = {name: row[name] for name in Sitting.__slots__}
    return Sitting(
        **facts
        | {
            "state": SittingState(row["state"]),
            "tolerance": Tolerance(f"C{row['tolerance']}") if row["tolerance"] else None,
            "signs": tuple(Sign(sign) for sign in row["signs"]),
        }
    )


def year_before(moment: datetime) -> datetime:
    """Twelve months before a moment, counted as 365 days."""
    return moment - timedelta(days=365)


def scored_before(found: Sequence[Sitting], this: UUID) -> list[Sitting]:
    """Earlier sittings that came to a score and were not made void."""
    return [one for one in found if one.id != this and one.state in (SittingState.DONE, SittingState.REVIEW)]
