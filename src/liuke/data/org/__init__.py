"""组织 · who works where, whose customers are whose, who may sign in and what they may see.

Answers: where a branch stands in the tree of head office, branches and sub-branches; who the staff are; in whose book
(管户) a customer is, now and before; who a user is, which roles they hold, and how far their data scope reaches; what a
role sees of a name, a phone or an ID number.

Reads: the canonical tables ``branch`` and ``staff`` (given by the sources through ``replace_branches`` and
``replace_staff``) and assignments (through ``assign``).

Emits: ``branch.replaced``, ``staff.replaced``, ``book.changed``; ``user.*`` and ``role.*`` for accounts; ``session.*``,
``totp.*``, ``token.*`` for signing in. No event holds a name or what somebody typed.

Does not: keep customers (profile does), reveal a masked field (profile does, with a reason), or decide which RM a pool
customer should get. Rooms inside: ``users`` (accounts, roles, passwords) and ``session`` (signing in, tokens).
"""

from liuke.data.org.mask import REVEALABLE, Masking
from liuke.data.org.model import Assignment
from liuke.data.org.service import assign, replace_branches, replace_staff
from liuke.data.org.session.service import sign_in
from liuke.data.org.store import assignments, branch_paths
from liuke.data.org.users.service import create_user, recover
from liuke.data.org.users.service import holders as holders
from liuke.data.org.users.store import names

__all__ = [
    "REVEALABLE",
    "Assignment",
    "Masking",
    "assign",
    "assignments",
    "branch_paths",
    "create_user",
    "names",
    "recover",
    "replace_branches",
    "replace_staff",
    "sign_in",
]
