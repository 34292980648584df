"""What a group has with the bank: sums over the members the one who looks may see."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from liuke.data.graph.people import AMOUNTS, Party, Standing


@dataclass(frozen=True, slots=True)
class Held:
    """A kind of product in a group: how many members hold it, and for how much, in 分."""

    kind: str
    members: int
    amount: int


@dataclass(frozen=True, slots=True)
class RollUp:
    """Sums of a group, in 分 of CNY. ``counted`` of ``members`` are in them; the others are not the actor's to see."""

    members: int
    counted: int
    aum: int
    loans: int
    card_balance: int
    products: tuple[Held, ...]
    as_of: date | None


def roll_up(parties: Iterable[Party]) -> RollUp:
    """Add up the parties of a group as their own pages state them; masked ones count as members only."""
    every = list(parties)
    mine = [party for party in every if party.standing is Standing.MINE]
    held = [
        Held(kind, sum(1 for party in mine if party.amounts[kind]), sum(party.amounts[kind] for party in mine))
        for kind in AMOUNTS
    ]
    amounts = {one.kind: one.amount for one in held}
    return RollUp(
        members=len(every),
        counted=len(mine),
        aum=sum(party.aum for party in mine),
        loans=amounts["loans"],
        card_balance=amounts["card_balance"],
        products=tuple(one for one in held if one.members),
        as_of=max((party.as_of for party in mine if party.as_of), default=None),
    )
