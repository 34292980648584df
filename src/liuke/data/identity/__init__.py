"""客户归并 one-ID: which records of the bank's separate systems are one and the same person or firm.

Reads the current rows of the canonical table ``party`` and people's decisions. Writes which source record belongs to
which customer number, a journal in which every merge can be undone to the byte, and a queue of pairs for people to
judge. Emits ``identity.ran``, ``identity.merged``, ``identity.split``, ``identity.decided``.

Two different valid identity cards never share a customer number, whoever asks. A number is never given twice, and an
unchanged rerun changes none. One-ID holds no name, phone or number itself: only keys and outcomes of comparisons; the
screens read both records through the lake and mask them. It does not decide who may see a customer, and it does not
build the customer's page.

Rooms inside: ``linkage`` links any tables without labels; ``party`` says how Chinese retail parties are compared,
``match`` clusters them, ``assign`` numbers them, ``settle`` writes what changed, ``merge`` is the ledger of people's
merges, ``resolve`` answers for one record in milliseconds.
"""

from liuke.data.identity.linkage.link import Linked, link
from liuke.data.identity.linkage.spec import Spec
from liuke.data.identity.linkage.spec import parse as parse_spec
from liuke.data.identity.model import CustomersMerged, CustomersSplit, IdentityRan, Outcome
from liuke.data.identity.service import members, resolver, run, train

__all__ = [
    "CustomersMerged",
    "CustomersSplit",
    "IdentityRan",
    "Linked",
    "Outcome",
    "Spec",
    "link",
    "members",
    "parse_spec",
    "resolver",
    "run",
    "train",
]
