"""标签 · what the bank knows of every customer in single words and numbers, each with its source and its day.

Answers: which tags there are, what each means and from which columns it is computed; which value a customer has, since
when and from where; what it was on any past day. 72 tags in eight families come with Liuke; the bank
defines its own the same way: a table, a filter (kernel.rule), an aggregate and a window, or an expression over tags.

Reads: the canonical tables of the lake and the membership of one-ID. Writes: snapshots under ``home/tags``, one file a
tag, indexed by customer number, published whole and never changed; the bank's own definitions in PostgreSQL.

Emits: ``tags.refreshed``, ``tag.saved``.

Does not: run code or SQL that somebody wrote, decide who is one customer, or choose customers (segments does).
Rooms inside: ``define`` (definitions), ``table`` (what they may be measured from), ``engine`` (how they are computed),
``snapshot`` (how they are kept), ``desk`` (where people define them). Day counts, windows and empty results are fixed
in ``docs/tags.md``.
"""

from liuke.data.tags.desk.service import newest as newest
from liuke.data.tags.engine.choose import engine as engine
from liuke.data.tags.engine.model import Engine
from liuke.data.tags.engine.sql import steps
from liuke.data.tags.lineage import lineage as lineage
from liuke.data.tags.model import FAMILIES as FAMILIES
from liuke.data.tags.model import Aggregate as Aggregate
from liuke.data.tags.model import Family, Kind, NoSnapshot, Tag, TagsRefreshed
from liuke.data.tags.refresh import refresh
from liuke.data.tags.service import book, catalogue, open  # noqa: A004  (tags.open, as its users say it)
from liuke.data.tags.service import days as days
from liuke.data.tags.snapshot.model import Column as Column
from liuke.data.tags.snapshot.model import Plate as Plate
from liuke.data.tags.snapshot.model import Snapshot

__all__ = [
    "Engine",
    "Family",
    "Kind",
    "NoSnapshot",
    "Snapshot",
    "Tag",
    "TagsRefreshed",
    "book",
    "catalogue",
    "open",
    "refresh",
    "steps",
]
