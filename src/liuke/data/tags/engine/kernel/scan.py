"""Hand a bucket's rows to the inner loop: the days a pass looks at, without rows not known yet or no longer true."""

from collections.abc import Iterable
from typing import Final

import numpy as np

from liuke.data.tags.engine.facts.model import BUCKET, Facts, Ints, Segment
from liuke.data.tags.engine.kernel import loop
from liuke.data.tags.engine.kernel.plan import Call, Pass

_NO_VALUES: Final = np.zeros(0, np.int64)
_NO_VALUES.flags.writeable = False


def scan(wanted: Pass, facts: Facts, sums: Ints, *, bucket: int, as_of: int, segments: Iterable[Segment]) -> None:
    """Add a bucket's rows in some segments to ``sums`` (customers of the bucket, slots), changed in place."""
    for segment in segments:
        begin, end = segment.span(bucket)
        if begin == end:
            continue
        days = segment.days[begin:end]
        lows = days.searchsorted(wanted.firsts, "left") + begin
        highs = days.searchsorted(wanted.lasts, "right") + begin
        for low, high in zip(lows.tolist(), highs.tolist(), strict=True):
            if low < high:
                _rows(wanted, facts, segment, sums, (low, high, bucket, as_of))


def _rows(wanted: Pass, facts: Facts, segment: Segment, sums: Ints, at: tuple[int, int, int, int]) -> None:
    low, high, bucket, _as_of = at
    kept = _kept(facts, segment, at)
    ids, days, facets = (_plain(segment.slice(name, low, high), kept) for name in ("id", "day", "facet"))
    for call in wanted.calls:
        values = _plain(segment.slice(call.value, low, high), kept) if call.value else _NO_VALUES
        _add(call, ids, days, facets, values, bucket * BUCKET, wanted.sign, sums)


def _kept(facts: Facts, segment: Segment, at: tuple[int, int, int, int]) -> Ints | None:
    """Which of the rows count; None: all of them."""
    low, high, bucket, as_of = at
    kept: Ints | None = None
    if segment.last_known > as_of:
        kept = segment.slice("known", low, high) <= as_of
    if segment.mortal:
        alive = segment.slice("dead", low, high) > as_of
        kept = alive if kept is None else kept & alive
    if facts.since is not None:
        since = facts.since[bucket * BUCKET : (bucket + 1) * BUCKET]
        if len(since) and since.max() > segment.number:
            own = np.zeros(BUCKET, np.uint32)
            own[: len(since)] = since
            counts = own[segment.slice("id", low, high) - bucket * BUCKET] <= segment.number
            kept = counts if kept is None else kept & counts
    return kept


def _plain(rows: Ints, kept: Ints | None) -> Ints:
    """A read-only plain array, so that the loop is compiled once."""
    if kept is None:
        return rows
    plain = rows[kept]
    plain.flags.writeable = False
    return plain


def _add(call: Call, ids: Ints, days: Ints, facets: Ints, values: Ints, first_id: int, sign: int, sums: Ints) -> None:
    loop.add(
        ids,
        days,
        facets,
        values,
        first_id,
        sign,
        call.classes,
        call.facet_count,
        call.starts,
        call.chosen,
        call.ops,
        call.slots,
        call.firsts,
        call.signed,
        call.signs,
        call.codes,
        sums,
    )
