"""How the customers of a set differ from the bank: traits far more, or far less, common among them.

A trait is a yes/no tag, a value of a text tag, or the highest or lowest fifth of a number or date. Of each tag the
trait that tells most is kept: by Kullback–Leibler divergence between the share in the set, p, and in the bank, q::

    p·ln(p/q) + (1−p)·ln((1−p)/(1−q))

so that neither a rare oddity nor a slight difference of many comes first.
"""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

import numpy as np

from liuke.insight.segments.count import bits
from liuke.insight.segments.count.bits import Bits
from liuke.insight.segments.count.columns import Typed
from liuke.insight.segments.count.engine import Engine
from liuke.insight.segments.count.index import compared
from liuke.kernel.rule import Field, Type

#: Words of a text tag that are looked at, the most frequent codes first.
_WORDS: Final = 16
#: A boundary between fifths is estimated from at most so many customers; shares are exact.
_SAMPLE: Final = 50_000
#: Traits rarer than this among the set, or the bank, tell nothing.
_RAREST: Final = 0.005
_EPOCH: Final = date(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class Contrast:
    """A trait: ``share`` and ``bank_share`` are 0–1 of those who have a value; ``lift`` is their ratio.

    ``value`` is the word of a text tag, or a number or date written out; ``sign`` is ``=``, ``>=`` or ``<=``.
    """

    field: str
    label: str
    sign: str
    value: str
    share: float
    bank_share: float
    lift: float
    tells: float


def contrasts(
    engine: Engine, fields: Iterable[tuple[str, Field]], members: Bits, base: Bits, *, limit: int
) -> list[Contrast]:
    """The traits that tell the set from ``base`` best, each tag once."""
    found = []
    for name, field in fields:
        column = engine.column(name)
        traits = [_judged(name, field, trait, column, members, base) for trait in _traits(column, field, base)]
        told = [trait for trait in traits if trait is not None]
        if told:
            found.append(max(told, key=lambda trait: trait.tells))
    found.sort(key=lambda trait: (-trait.tells, trait.field))
    return found[:limit]


def _traits(column: Typed, field: Field, base: Bits) -> Iterator[tuple[str, str, Bits]]:
    """(sign, value, who has it)."""
    if column.yes is not None:
        yield "=", "是", column.yes
        return
    if field.type == Type.TEXT:
        for code, word in enumerate(column.words[:_WORDS]):
            shown = (field.values or {}).get(word, word)
            yield "=", shown, compared(column, ((code, code),))
        return
    known = bits.numbers(column.valid & base)
    if len(known) == 0:
        return
    step = max(1, len(known) // _SAMPLE)
    values = np.sort(column.values[known[::step]])
    low, high = int(values[len(values) // 5]), int(values[(len(values) * 4) // 5])
    yield ">=", written(high, field), compared(column, ((high, None),))
    yield "<=", written(low, field), compared(column, ((None, low),))


def _judged(
    name: str, field: Field, trait: tuple[str, str, Bits], column: Typed, members: Bits, base: Bits
) -> Contrast | None:
    sign, value, having = trait
    mine, all_ = bits.count(column.valid & members), bits.count(column.valid & base)
    if not mine or not all_:
        return None
    share, bank_share = bits.count(having & members) / mine, bits.count(having & base) / all_
    if not _RAREST <= bank_share <= 1 - _RAREST:
        return None
    return Contrast(
        field=name,
        label=field.label,
        sign=sign,
        value=value,
        share=share,
        bank_share=bank_share,
        lift=share / bank_share,
        tells=_divergence(share, bank_share),
    )


def _divergence(p: float, q: float) -> float:
    """Kullback–Leibler divergence of two shares in nats; 0·ln 0 is 0."""
    return sum(a * math.log(a / b) for a, b in ((p, q), (1 - p, 1 - q)) if a > 0)


def written(value: int, field: Field) -> str:
    """A stored number or date as a user writes it."""
    if field.type == Type.DATE:
        return (_EPOCH + timedelta(days=value)).isoformat()
    shape = field.shape
    number = Decimal(value).scaleb(-shape.scale)
    whole = number == number.to_integral_value()
    return f"{f'{int(number):,}' if whole else f'{number.normalize():,f}'}{shape.unit or ''}"


@dataclass(frozen=True, slots=True)
class Overlap:
    """Customers a segment shares with another: ``share`` of this one, ``other_share`` of the other, 0–1.

    ``jaccard``: shared customers among those in either.
    """

    segment_id: int
    customers: int
    share: float
    other_share: float
    jaccard: float


def overlap(members: Bits, other: Bits, *, segment_id: int) -> Overlap:
    """What two sets of one length share."""
    both, mine, theirs = bits.count_both(members, other), bits.count(members), bits.count(other)
    either = mine + theirs - both
    return Overlap(
        segment_id=segment_id,
        customers=both,
        share=both / mine if mine else 0.0,
        other_share=both / theirs if theirs else 0.0,
        jaccard=both / either if either else 0.0,
    )
