"""关系图 · who belongs to whom: relations with their evidence, families and enterprises, and what each has with us.

Answers: how a customer is related to others (spouse, parent, firm, guarantee, shared home, number or device, money
sent), by what evidence, how surely and who confirmed it; which family or enterprise a customer belongs to and why; what
such a group has with the bank, summed over the members the one who asks may see.

Reads: the canonical tables ``party``, ``relation``, ``account`` and ``transaction`` of the lake, membership of one-ID,
the profile's facts. A rebuild derives relations and groups; the truth is in PostgreSQL, a snapshot of arrays (or a
Ladybug database) answers, and newer changes lie over it. People register, deny, confirm, merge and split; a second
person approves, and no later rebuild undoes their word.

Emits: ``graph.rebuilt``, ``relation.proposed``, ``relation.decided``; ``customers.listed`` for every look.

Does not: use what was kept against fraud for anything else. Every relation and membership names its kinds of
evidence; guard decides by `fields_of` what a purpose may use, and `memberships` leaves out who is in only by it.

Rooms inside: ``derive`` (evidence), ``groups`` (weighing and clustering), ``engine`` (snapshots and walks), ``renew``
(rebuilds), ``decide`` (people's changes).
"""

from liuke.data.graph.model import EvidenceType, GraphRebuilt, GroupKind, RelationKind, UnknownGroup
from liuke.data.graph.renew.rebuild import Rebuilt, rebuild
from liuke.data.graph.service import around, fields_of, group, groups, memberships

__all__ = [
    "EvidenceType",
    "GraphRebuilt",
    "GroupKind",
    "Rebuilt",
    "RelationKind",
    "UnknownGroup",
    "around",
    "fields_of",
    "group",
    "groups",
    "memberships",
    "rebuild",
]
