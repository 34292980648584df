"""适当性 · may this product be sold to this customer, for this amount, today?

Answers: a customer's risk tolerance C1–C5 and until when it holds; a product's grade R1–R5 (the higher of issuer's,
source's and ours); whether the one suits the other, with every point against, the values it saw and what would make it
possible.

One definition, two forms: `check` for one customer, `sql` for a set of millions as a SQLAlchemy select of
(one_id, refusal) to be used as a CTE; both run the same rules (`points`) over the same facts (`gather`)::

    people = select(...).cte("people")  # has one_id
    said = suitability.sql(tx, people, product_no, amount, now).cte("suitability")  # refusal NULL: suits

Reads: the customers of `data.profile`, the shelf of `data.products`. Emits: ``suitability.*``, ``paper.*``,
``sitting.*``, ``insistence.*``, ``recording.kept``.

Does not: ask for consent (consent does), sell, or keep media: a recording's file stays in the bank's archive, its
digest is kept here. Rooms inside: ``papers`` (questionnaires) and ``sales`` (insistence, 双录, evidence pack).
Every number of the policy carries its source; those marked verify must be confirmed by compliance
(``docs/suitability.md``).
"""

from liuke.guard.suitability import erase as _erase  # noqa: F401  (takes part in requests of data subjects)
from liuke.guard.suitability.gather import Offered as Offered
from liuke.guard.suitability.gather import Sale as Sale
from liuke.guard.suitability.gather import offered as offered
from liuke.guard.suitability.gather import onto as onto
from liuke.guard.suitability.gather import sale_of as sale_of
from liuke.guard.suitability.model import Fit, Grade, Point, Reason, Tolerance, Unfit
from liuke.guard.suitability.service import check, sql
from liuke.guard.suitability.service import told as told
from liuke.guard.suitability.store import stamp as stamp
from liuke.guard.suitability.take import take_over

__all__ = ["Fit", "Grade", "Point", "Reason", "Tolerance", "Unfit", "check", "sql", "take_over"]
