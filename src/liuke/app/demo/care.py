"""What customers of a demonstration bank have agreed to, and how they stand as buyers."""

from datetime import timedelta
from typing import Final

from liuke.data import profile
from liuke.guard import consent, suitability
from liuke.kernel.actor import Actor
from liuke.kernel.bank import Bank
from liuke.kernel.ids import OneId

#: Of ten customers, so many agreed to marketing, and so many to personal recommendation, when they opened an account.
_AGREED: Final = {consent.Purpose.MARKETING: 8, consent.Purpose.PROFILING: 6}
#: Prime, so that the last digit of a number says nothing about the customer.
_SPREAD: Final = 7919


def take_care(bank: Bank, actor: Actor) -> None:
    """Take tolerances over, and the consents that would stand in the account-opening papers; safe to repeat."""
    suitability.take_over(bank, actor)
    with bank.write(actor) as tx:
        known = profile.facts.rows().subquery()
        numbers = [OneId(row["one_id"]) for row in tx.rows(known.select().with_only_columns(known.c.one_id))]
        source = consent.Evidence(consent.EvidenceKind.SOURCE, "demo:account-opening")
        for purpose, of_ten in _AGREED.items():
            consent.take_over(
                tx,
                [one_id for one_id in numbers if one_id * _SPREAD // 10 % 10 < of_ten],
                purpose=purpose,
                channels=consent.Channel,
                evidence=source,
                decided_at=bank.clock.now() - timedelta(days=90),
            )
