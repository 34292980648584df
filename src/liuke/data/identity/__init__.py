"""客户归并 one-ID: which records of the bank's separate systems are one and the same person or firm.

Reads the lake table ``party`` (current state) and people's decisions. Writes which source record belongs to which
customer number, a journal in which every merge can be undone to the byte, and a queue of pairs for people to judge.
Emits `IdentityRan`, `CustomersMerged`, `CustomersSplit`, `PairDecided`. Two different valid identity cards never share
a customer number, whoever asks. It holds no name, phone or number itself: only keys and outcomes of comparisons.
It does not decide who may see a customer, and it does not build the customer's page.

The same machinery links any tables without labels: ``link(files, spec=parse_spec(text))``.
"""

from liuke.data.identity.linkage.link import Linked, link
from liuke.data.identity.linkage.spec import Spec
from liuke.data.identity.linkage.spec import parse as parse_spec

__all__ = ["Linked", "Spec", "link", "parse_spec"]
