"""Compute a draft on the newest data, before anybody depends on it."""

from datetime import date
from typing import Final

import numpy as np
import pyarrow as pa

from liuke.data import identity, sources
from liuke.data.tags.define.book import Book, Entry
from liuke.data.tags.desk.model import Tried
from liuke.data.tags.desk.say import sentence
from liuke.data.tags.desk.spread import spread_of
from liuke.data.tags.engine.duck import numbers
from liuke.data.tags.engine.sql import TAGGED, steps
from liuke.data.tags.model import Kind
from liuke.data.tags.snapshot.model import told
from liuke.kernel.actor import Actor
from liuke.kernel.bank import Bank

#: Customers computed for an attempt; of more, one in so many is taken.
MOST: Final = 200_000
#: Source records a customer has, about: what the number of customers is guessed from.
_RECORDS: Final = 3
#: Customers handed on as possible examples.
EXAMPLES: Final = 500


def attempt(bank: Bank, actor: Actor, book: Book, entry: Entry, *, as_of: date, seed: int) -> Tried:
    """The draft's values on a day, over everybody or an even sample of customers by number.

    ``every`` says how even the sample is; 1 is everybody.
    """
    with bank.read(actor) as tx, bank.lake.connect(tx, *sources.CANONICAL.values()) as lake:
        members = identity.members(tx)
        every = max(1, -(-members.num_rows // (MOST * _RECORDS)))
        lake.register("member_rows", members)
        lake.execute(
            f"CREATE TEMP TABLE member AS SELECT source, source_key, one_id FROM member_rows WHERE one_id % {every} = 0"
        ).fetchall()
        for step in steps(book, as_of):
            kind = "TABLE" if step.kept else "VIEW"
            lake.execute(f"CREATE TEMP {kind} {step.name} AS {step.query}").fetchall()
        rows = lake.sql(f'SELECT one_id, "{entry.tag.code}" AS value FROM {TAGGED} ORDER BY one_id').to_arrow_table()
    return _tried(rows, entry, as_of=as_of, every=every, seed=seed)


def _tried(rows: pa.Table, entry: Entry, *, as_of: date, every: int, seed: int) -> Tried:
    column = rows["value"].combine_chunks()
    here = column.is_valid().to_numpy(zero_copy_only=False)
    values = numbers(column, entry.tag)
    one_ids = rows["one_id"].to_numpy()
    found = spread_of(values[here], entry.tag.kind, tuple(entry.tag.words), customers=rows.num_rows)
    wanted = np.flatnonzero(here & (values != 0)) if entry.tag.kind is not Kind.WORD else np.flatnonzero(here)
    chosen = np.random.default_rng(seed).permutation(wanted)[:EXAMPLES]
    return Tried(
        as_of=as_of,
        sentence=sentence(entry),
        every=every,
        spread=found,
        one_ids=[int(one) for one in one_ids[chosen]],
        values=[told(int(values[place]), entry.tag.kind, tuple(entry.tag.words)) for place in chosen],
    )
