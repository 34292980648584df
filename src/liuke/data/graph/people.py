"""Who the parties of a graph are to the one who looks: a customer of theirs, another's, or nobody of the bank."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Final

from liuke.data import org, profile
from liuke.kernel.actor import Actor
from liuke.kernel.bank import Bank
from liuke.kernel.ids import OneId
from liuke.kernel.store.records import ReadHandle

#: What a party has with the bank, each an amount in 分.
AMOUNTS: Final = ("deposits", "wealth", "funds", "insurance", "metal", "loans", "card_balance")
_FACTS: Final = ("one_id", "kind", "tier", "as_of", "aum", *AMOUNTS)


class Standing(StrEnum):
    """What a party is to the one who looks."""

    MINE = "mine"  # within the actor's scope
    OTHERS = "others"  # 他人客户
    OUTSIDE = "outside"  # 行外: known by name to a source only


@dataclass(frozen=True, slots=True)
class Party:
    """A party as the actor may see it. Without a number and a name it is masked; money in 分 of CNY."""

    one_id: int
    standing: Standing
    customer_no: str | None
    name: str | None
    kind: str | None
    tier: str | None
    aum: int
    amounts: Mapping[str, int]
    as_of: date | None


def look(bank: Bank, tx: ReadHandle, one_ids: Iterable[int]) -> dict[int, Party]:
    """The parties by number, as the actor of ``tx`` may see them."""
    asked = sorted(set(one_ids))
    known = profile.facts.rows().subquery()
    columns = [known.c[name] for name in _FACTS]
    query = known.select().with_only_columns(*columns).where(known.c.one_id.in_(asked))
    mine = {row["one_id"]: row for row in tx.rows(query)}
    names = profile.facts.names(tx, bank.keys, list(mine))
    rest = [one_id for one_id in asked if one_id not in mine]
    others = _customers(bank, rest) if rest else set()
    masking = org.Masking.for_actor(tx.actor)
    return {one_id: _party(bank, one_id, mine.get(one_id), names, others, masking) for one_id in asked}


def _customers(bank: Bank, one_ids: Sequence[int]) -> set[int]:
    """Which of them are customers of the bank at all."""
    known = profile.facts.rows().subquery()
    with bank.read(Actor.system("graph")) as tx:
        found = tx.rows(known.select().with_only_columns(known.c.one_id).where(known.c.one_id.in_(one_ids)))
    return {row["one_id"] for row in found}


def _party(
    bank: Bank,
    one_id: int,
    row: Mapping[Any, Any] | None,
    names: Mapping[int, str],
    others: set[int],
    masking: org.Masking,
) -> Party:
    if row is None:
        standing = Standing.OTHERS if one_id in others else Standing.OUTSIDE
        return Party(one_id, standing, None, None, None, None, 0, {}, None)
    name = names[one_id]
    return Party(
        one_id=one_id,
        standing=Standing.MINE,
        customer_no=bank.keys.customer_numbers.encode(OneId(one_id)),
        name=name if name == profile.facts.GONE else masking.name(name),
        kind=row["kind"],
        tier=row["tier"],
        aum=row["aum"],
        amounts={name: row[name] for name in AMOUNTS},
        as_of=row["as_of"],
    )
